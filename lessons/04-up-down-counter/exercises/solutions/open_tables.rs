//! A solution of `open_tables`.

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, UpDownCounter};

/// The tables of a restaurant.
pub struct Restaurant(UpDownCounter<i64>);

/// A table that is taken for as long as this exists.
#[must_use = "it is dropped at once, and the table free again"]
pub struct Table {
    taken: UpDownCounter<i64>,
    attributes: [KeyValue; 1],
}

// ANCHOR: solution
impl Restaurant {
    /// Builds the instrument.
    pub fn new(meter: &Meter) -> Self {
        let taken = meter
            .i64_up_down_counter("restaurante.mesas_ocupadas")
            .with_description("As mesas ocupadas.")
            .with_unit("{mesa}")
            .build();
        Self(taken)
    }

    /// Takes a table in this room.
    pub fn seat(&self, room: &'static str) -> Table {
        let taken = self.0.clone();
        let attributes = [KeyValue::new("mesa.salao", room)];
        taken.add(1, &attributes);
        Table { taken, attributes }
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        // The room of the 1: with another, this would be another sum.
        self.taken.add(-1, &self.attributes);
    }
}
// ANCHOR_END: solution

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::Restaurant;

    #[test]
    fn each_room_has_its_own_level() {
        let collector =
            Collector::by_hand("restaurante", Temporality::Cumulative);
        let restaurant = Restaurant::new(&collector.meter());
        let tables = ["jardim", "jardim", "varanda"];
        let _taken = tables.map(|room| restaurant.seat(room));
        let document = collector.export();
        let taken = expect_metric(&document, "restaurante.mesas_ocupadas");
        taken.has("unit", "{mesa}").has("is_monotonic", false);
        taken.has_points(2);
        for (room, level) in [("jardim", 2), ("varanda", 1)] {
            let room = json!({"mesa.salao": room});
            taken.point(&room).has("value", level);
        }
    }

    #[test]
    fn a_table_is_free_again_whoever_leaves_first() {
        let collector =
            Collector::by_hand("restaurante", Temporality::Cumulative);
        let restaurant = Restaurant::new(&collector.meter());
        let first = restaurant.seat("jardim");
        let second = restaurant.seat("varanda");
        drop(first);
        let document = collector.export();
        let taken = expect_metric(&document, "restaurante.mesas_ocupadas");
        taken.has_points(2);
        for (room, level) in [("jardim", 0), ("varanda", 1)] {
            let room = json!({"mesa.salao": room});
            taken.point(&room).has("value", level);
        }
        drop(second);
    }
}
