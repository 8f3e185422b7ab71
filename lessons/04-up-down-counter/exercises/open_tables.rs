//! A restaurant wants to see how many of its tables are taken, in each room:
//! `restaurante.mesas_ocupadas`, with the unit `{mesa}` and the attribute
//! `mesa.salao`. Fill in `new` and `seat`, and write a `Drop` for `Table`, so
//! that a table is free again whatever ends its use.

#![allow(dead_code, unused_variables, reason = "the solution uses them")]

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

impl Restaurant {
    /// Builds the instrument.
    pub fn new(meter: &Meter) -> Self {
        todo!()
    }

    /// Takes a table in this room.
    pub fn seat(&self, room: &'static str) -> Table {
        todo!()
    }
}

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
