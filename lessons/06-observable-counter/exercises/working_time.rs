//! A machine knows for how long it has worked. Somebody exports this as a gauge
//! of milliseconds, so that no backend can work out a rate, and times of other
//! machines do not match. Mend it: a total that only grows, in seconds.

use std::time::Duration;

use opentelemetry::metrics::Meter;

/// Observes for how long the machine has worked.
pub fn observe_work(
    meter: &Meter,
    worked: impl Fn() -> Duration + Send + Sync + 'static,
) {
    meter
        .f64_observable_gauge("maquina.trabalho.tempo")
        .with_description("O tempo de trabalho da máquina.")
        .with_unit("ms")
        .with_callback(move |gauge| {
            gauge.observe(worked().as_secs_f64() * 1000.0, &[]);
        })
        .build();
}

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::{Value, json};
    use shared::testing::{Collector, expect_metric};

    use super::{Duration, observe_work};

    #[test]
    fn working_time_only_grows() {
        let document = a_second_and_a_half();
        let time = expect_metric(&document, "maquina.trabalho.tempo");
        time.has("is_monotonic", true);
        time.has("aggregation_temporality", 2);
    }

    #[test]
    fn working_time_is_in_seconds() {
        let document = a_second_and_a_half();
        let time = expect_metric(&document, "maquina.trabalho.tempo");
        time.has("unit", "s").point(&json!({})).has("value", 1.5);
    }

    fn a_second_and_a_half() -> Value {
        let collector = Collector::by_hand("fabrica", Temporality::Cumulative);
        observe_work(&collector.meter(), || Duration::from_millis(1500));
        collector.export()
    }
}
