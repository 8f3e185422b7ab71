//! A solution of `phantom_restart`.

use std::time::{Instant, SystemTime};

use opentelemetry::metrics::Meter;

/// What the two clocks of a computer show.
#[derive(Clone, Copy)]
pub struct Clocks {
    /// What time it is.
    pub system: SystemTime,
    /// A moment that only says how far it is from another.
    pub instant: Instant,
}

// ANCHOR: solution
/// Observes for how long the machine has been on.
pub fn observe_time_on(
    meter: &Meter,
    clocks: impl Fn() -> Clocks + Send + Sync + 'static,
) {
    // The system clock shows what time it is, and can be set.
    let start = clocks().instant;
    meter
        .f64_observable_counter("maquina.ligada.tempo")
        .with_unit("s")
        .with_callback(move |counter| {
            let on = clocks().instant.duration_since(start);
            counter.observe(on.as_secs_f64(), &[]);
        })
        .build();
}
// ANCHOR_END: solution

mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::{Clocks, Instant, SystemTime, observe_time_on};

    #[test]
    fn a_clock_that_is_set_back_takes_no_time_away() {
        let start = Clocks {
            system: SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000),
            instant: Instant::now(),
        };
        let clocks = Arc::new(Mutex::new(start));
        let read = Arc::clone(&clocks);
        let collector = Collector::by_hand("fabrica", Temporality::Cumulative);
        observe_time_on(&collector.meter(), move || {
            *read.lock().expect("no panic")
        });

        // After ten minutes, the system clock is set back by nine of them.
        for (time, total) in [(600.0, 600.0), (60.0, 600.0), (120.0, 660.0)] {
            *clocks.lock().expect("no panic") = Clocks {
                system: start.system + Duration::from_secs_f64(time),
                instant: start.instant + Duration::from_secs_f64(total),
            };
            let document = collector.export();
            let time = expect_metric(&document, "maquina.ligada.tempo");
            time.point(&json!({})).has("value", total);
        }
    }
}
