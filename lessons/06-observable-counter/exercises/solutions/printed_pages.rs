//! A solution of `printed_pages`.

use opentelemetry::metrics::Meter;

// ANCHOR: solution
/// Observes the pages that were printed.
pub fn observe_pages(
    meter: &Meter,
    pages: impl Fn() -> u64 + Send + Sync + 'static,
) {
    meter
        .u64_observable_counter("impressora.paginas")
        .with_description("As páginas impressas.")
        .with_unit("{pagina}")
        // The total, as the printer keeps it. The SDK knows the last one.
        .with_callback(move |counter| counter.observe(pages(), &[]))
        .build();
}
// ANCHOR_END: solution

mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::observe_pages;

    #[test]
    fn pages_are_a_sum_that_only_grows() {
        let collector = Collector::by_hand("escola", Temporality::Cumulative);
        observe_pages(&collector.meter(), || 12);
        let document = collector.export();
        let pages = expect_metric(&document, "impressora.paginas");
        pages.has("unit", "{pagina}").has("is_monotonic", true);
    }

    #[test]
    fn each_collection_reads_the_total() {
        let pages = Arc::new(AtomicU64::new(12));
        let printer = Arc::clone(&pages);
        let collector = Collector::by_hand("escola", Temporality::Cumulative);
        observe_pages(&collector.meter(), move || printer.load(Relaxed));
        for total in [12, 12, 30] {
            pages.store(total, Relaxed);
            let document = collector.export();
            let pages = expect_metric(&document, "impressora.paginas");
            pages.point(&json!({})).has("value", total);
        }
    }

    #[test]
    fn under_delta_the_sdk_subtracts() {
        let pages = Arc::new(AtomicU64::new(12));
        let printer = Arc::clone(&pages);
        let collector = Collector::by_hand("escola", Temporality::Delta);
        observe_pages(&collector.meter(), move || printer.load(Relaxed));
        for (total, growth) in [(12, 12), (30, 18)] {
            pages.store(total, Relaxed);
            let document = collector.export();
            let pages = expect_metric(&document, "impressora.paginas");
            pages.point(&json!({})).has("value", growth);
        }
    }
}
