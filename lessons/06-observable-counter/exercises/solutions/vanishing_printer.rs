//! A solution of `vanishing_printer`.

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

// ANCHOR: solution
/// Observes the pages that each printer has printed.
pub fn observe_pages(
    meter: &Meter,
    printers: impl Fn() -> Vec<(&'static str, u64)> + Send + Sync + 'static,
) {
    meter
        .u64_observable_counter("impressora.paginas")
        .with_unit("{pagina}")
        .with_callback(move |counter| {
            // Every printer, every time: what is not observed is not exported.
            for (name, pages) in printers() {
                let name = KeyValue::new("impressora.nome", name);
                counter.observe(pages, &[name]);
            }
        })
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
    fn a_printer_that_rests_keeps_its_total() {
        let busy = Arc::new(AtomicU64::new(30));
        let pages = Arc::clone(&busy);
        let collector = Collector::by_hand("escola", Temporality::Cumulative);
        observe_pages(&collector.meter(), move || {
            vec![("patio", 12), ("secretaria", pages.load(Relaxed))]
        });
        for total in [30, 45] {
            busy.store(total, Relaxed);
            let document = collector.export();
            let pages = expect_metric(&document, "impressora.paginas");
            for (name, total) in [("secretaria", total), ("patio", 12)] {
                let printer = json!({"impressora.nome": name});
                pages.point(&printer).has("value", total);
            }
        }
    }
}
