//! A solution of `late_reading`.

use opentelemetry::metrics::Meter;

// ANCHOR: solution
/// Observes the litres that have run through the water meter.
pub fn observe_water(
    meter: &Meter,
    read: impl Fn() -> u64 + Send + Sync + 'static,
) {
    meter
        .u64_observable_counter("agua.consumo")
        .with_unit("L")
        // Read and observed in the same run, for the reader that collects.
        .with_callback(move |counter| counter.observe(read(), &[]))
        .build();
}
// ANCHOR_END: solution

mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::observe_water;

    #[test]
    fn each_document_has_the_reading_of_its_own_collection() {
        let litres = Arc::new(AtomicU64::new(0));
        let meter = Arc::clone(&litres);
        let collector = Collector::by_hand("casa", Temporality::Cumulative);
        observe_water(&collector.meter(), move || meter.load(Relaxed));
        for reading in [120, 125] {
            litres.store(reading, Relaxed);
            let document = collector.export();
            let water = expect_metric(&document, "agua.consumo");
            water.point(&json!({})).has("value", reading);
        }
    }
}
