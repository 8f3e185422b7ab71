//! A solution of `seat_share`.

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

/// A room; without seats if it is closed.
#[derive(Clone, Copy)]
pub struct Room {
    /// What tells it apart.
    pub name: &'static str,
    /// How many seats are taken.
    pub taken: u32,
    /// How many seats there are.
    pub seats: u32,
}

// ANCHOR: solution
/// Observes which part of its seats is taken in each open room.
pub fn observe_seats(
    meter: &Meter,
    rooms: impl Fn() -> Vec<Room> + Send + Sync + 'static,
) {
    meter
        // Shares of two rooms, added up, are no share.
        .f64_observable_gauge("sala.ocupacao")
        .with_unit("1")
        .with_callback(move |share| {
            for Room { name, taken, seats } in rooms() {
                // A room without seats is neither empty nor full.
                if seats == 0 {
                    continue;
                }
                let name = KeyValue::new("sala.nome", name);
                share.observe(f64::from(taken) / f64::from(seats), &[name]);
            }
        })
        .build();
}
// ANCHOR_END: solution

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::{Value, json};
    use shared::testing::{Collector, expect_metric};

    use super::{Room, observe_seats};

    const LARGE: Room = Room {
        name: "grande",
        taken: 30,
        seats: 120,
    };
    const CLOSED: Room = Room {
        name: "fechada",
        taken: 0,
        seats: 0,
    };

    #[test]
    fn a_quarter_of_the_seats_is_0_25() {
        let document = exported(vec![LARGE]);
        let share = expect_metric(&document, "sala.ocupacao");
        share.has("unit", "1");
        let large = share.point(&json!({"sala.nome": "grande"}));
        large.has("value", 0.25);
    }

    #[test]
    fn shares_are_a_gauge() {
        let document = exported(vec![LARGE]);
        let share = expect_metric(&document, "sala.ocupacao");
        let large = share.point(&json!({"sala.nome": "grande"}));
        // Only a gauge has no start.
        large.has("start_time_unix_nano", Value::Null);
    }

    #[test]
    fn a_closed_room_has_no_point() {
        let document = exported(vec![LARGE, CLOSED]);
        expect_metric(&document, "sala.ocupacao").has_points(1);
    }

    fn exported(rooms: Vec<Room>) -> Value {
        let collector = Collector::by_hand("cinema", Temporality::Cumulative);
        observe_seats(&collector.meter(), move || rooms.clone());
        collector.export()
    }
}
