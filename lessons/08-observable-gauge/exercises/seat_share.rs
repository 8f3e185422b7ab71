//! A cinema exports which part of the seats of each room is taken: as a sum, in
//! per cent, and a closed room, which has no seats, as 0. Mend it: a value that
//! makes no sense added up, between 0 and 1 and in `1`, and no point for a
//! closed room.

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

/// Observes which part of its seats is taken in each open room.
pub fn observe_seats(
    meter: &Meter,
    rooms: impl Fn() -> Vec<Room> + Send + Sync + 'static,
) {
    meter
        .f64_observable_up_down_counter("sala.ocupacao")
        .with_unit("%")
        .with_callback(move |share| {
            for Room { name, taken, seats } in rooms() {
                // A division by zero is no number.
                let seats = f64::from(seats.max(1));
                let name = KeyValue::new("sala.nome", name);
                share.observe(100.0 * f64::from(taken) / seats, &[name]);
            }
        })
        .build();
}

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
