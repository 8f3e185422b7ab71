//! An energy meter stands at 1000 kWh when the bakery opens. After the first
//! minute, with 2 kWh more, the backend has counted 1002. Find out why, and
//! mend `observe_energy`: only what was used since then is of interest.

use opentelemetry::metrics::Meter;

/// Observes how much energy was used.
pub fn observe_energy(
    meter: &Meter,
    reading: impl Fn() -> u64 + Send + Sync + 'static,
) {
    meter
        .u64_observable_counter("padaria.energia")
        .with_unit("kWh")
        .with_callback(move |counter| counter.observe(reading(), &[]))
        .build();
}

mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::observe_energy;

    #[test]
    fn a_total_begins_at_zero() {
        expect_energy(1000, Temporality::Cumulative, [2, 5]);
    }

    #[test]
    fn after_a_restart_an_increment_is_what_was_used_since() {
        expect_energy(1005, Temporality::Delta, [2, 3]);
    }

    fn expect_energy(first: u64, temporality: Temporality, values: [u64; 2]) {
        let energy = Arc::new(AtomicU64::new(first));
        let reading = Arc::clone(&energy);
        let collector = Collector::by_hand("padaria", temporality);
        observe_energy(&collector.meter(), move || reading.load(Relaxed));
        for (used, value) in [2, 5].into_iter().zip(values) {
            energy.store(first + used, Relaxed);
            let document = collector.export();
            let energy = expect_metric(&document, "padaria.energia");
            energy.point(&json!({})).has("value", value);
        }
    }
}
