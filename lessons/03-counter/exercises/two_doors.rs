//! A library counts its visitors at two doors. Three came in by the front door
//! and two by the garden, but `biblioteca.visitas` is in the document twice, once
//! for each door. Find out why, and mend it.

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Meter};

/// A door of the library.
pub struct Door {
    visits: Counter<u64>,
    attributes: [KeyValue; 1],
}

impl Door {
    /// The door to the street.
    pub fn front(meter: &Meter) -> Self {
        Self {
            visits: meter
                .u64_counter("biblioteca.visitas")
                .with_description("As visitas à biblioteca.")
                .with_unit("{visita}")
                .build(),
            attributes: [KeyValue::new("visita.porta", "frente")],
        }
    }

    /// The door to the garden.
    pub fn garden(meter: &Meter) -> Self {
        Self {
            visits: meter
                .u64_counter("biblioteca.visitas")
                .with_description("As visitas pelo jardim.")
                .with_unit("{visita}")
                .build(),
            attributes: [KeyValue::new("visita.porta", "jardim")],
        }
    }

    /// Counts one visitor.
    pub fn enter(&self) {
        self.visits.add(1, &self.attributes);
    }
}

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::Door;

    #[test]
    fn both_doors_are_in_one_metric() {
        let collector =
            Collector::by_hand("biblioteca", Temporality::Cumulative);
        let front = Door::front(&collector.meter());
        let garden = Door::garden(&collector.meter());
        for door in [&front, &front, &garden, &front, &garden] {
            door.enter();
        }
        let document = collector.export();
        let visits = expect_metric(&document, "biblioteca.visitas");
        visits.has_points(2);
        for (door, count) in [("frente", 3), ("jardim", 2)] {
            let door = json!({"visita.porta": door});
            visits.point(&door).has("value", count);
        }
    }
}
