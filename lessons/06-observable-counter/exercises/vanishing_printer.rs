//! Two printers have printed 12 and 30 pages. At night nobody prints at the
//! first one, and its series has gaps, as if it had been switched off. Find out
//! why, and mend `observe_pages`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

/// Observes the pages that each printer has printed.
pub fn observe_pages(
    meter: &Meter,
    printers: impl Fn() -> Vec<(&'static str, u64)> + Send + Sync + 'static,
) {
    let known = Mutex::new(HashMap::new());
    meter
        .u64_observable_counter("impressora.paginas")
        .with_unit("{pagina}")
        .with_callback(move |counter| {
            let known = known.lock();
            let mut known = known.unwrap_or_else(PoisonError::into_inner);
            for (name, pages) in printers() {
                // What has not changed need not be exported again.
                if known.insert(name, pages) != Some(pages) {
                    let name = KeyValue::new("impressora.nome", name);
                    counter.observe(pages, &[name]);
                }
            }
        })
        .build();
}

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
