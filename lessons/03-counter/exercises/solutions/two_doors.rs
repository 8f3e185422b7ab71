//! A solution of `two_doors`.

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Meter};

/// A door of the library.
pub struct Door {
    visits: Counter<u64>,
    attributes: [KeyValue; 1],
}

impl Door {
    // ANCHOR: solution
    /// The door to the street.
    pub fn front(meter: &Meter) -> Self {
        Self::new(meter, "frente")
    }

    /// The door to the garden.
    pub fn garden(meter: &Meter) -> Self {
        Self::new(meter, "jardim")
    }

    // In one place, so that there is one definition.
    fn new(meter: &Meter, door: &'static str) -> Self {
        Self {
            visits: meter
                .u64_counter("biblioteca.visitas")
                .with_description("As visitas à biblioteca.")
                .with_unit("{visita}")
                .build(),
            attributes: [KeyValue::new("visita.porta", door)],
        }
    }
    // ANCHOR_END: solution

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
