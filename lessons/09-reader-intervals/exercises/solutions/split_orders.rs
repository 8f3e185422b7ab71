//! A solution of `split_orders`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use opentelemetry::metrics::Meter;

// ANCHOR: solution
/// Observes the orders, which somebody else adds to.
pub fn observe_orders(meter: &Meter, orders: Arc<AtomicU64>) {
    meter
        // A total that only grows is a counter; its reader knows the change.
        .u64_observable_counter("pizzaria.pedidos")
        .with_unit("{pedido}")
        .with_callback(move |counter| {
            // Only read: what this run took, the other reader would not see.
            counter.observe(orders.load(Relaxed), &[]);
        })
        .build();
}
// ANCHOR_END: solution

mod tests {
    use std::time::Duration;

    use opentelemetry::metrics::MeterProvider;
    use opentelemetry_sdk::metrics::{SdkMeterProvider, Temporality};
    use reader_intervals::reader;
    use serde_json::json;
    use shared::JsonExporter;
    use shared::testing::{
        Collector, document_channel, expect_metric, received,
    };

    use super::{Arc, AtomicU64, Relaxed, observe_orders};

    #[test]
    fn both_readers_get_the_total_of_all_orders() {
        let [(one, first), (other, second)] =
            [(); 2].map(|()| document_channel());
        let [one, other] = [one, other].map(|writer| {
            reader(JsonExporter::new(writer), Some(Duration::MAX))
        });
        let provider = SdkMeterProvider::builder()
            .with_reader(one)
            .with_reader(other)
            .build();
        let orders = Arc::new(AtomicU64::new(0));
        observe_orders(&provider.meter("pizzaria"), Arc::clone(&orders));
        for (new, total) in [(10, 10), (5, 15)] {
            orders.fetch_add(new, Relaxed);
            // The first reader collects, then the second.
            let _ = provider.force_flush();
            for documents in [&first, &second] {
                let document = received(documents);
                let orders = expect_metric(&document, "pizzaria.pedidos");
                orders.point(&json!({})).has("value", total);
            }
        }
    }

    #[test]
    fn orders_are_a_sum_that_only_grows() {
        let collector = Collector::by_hand("pizzaria", Temporality::Cumulative);
        observe_orders(&collector.meter(), Arc::default());
        let document = collector.export();
        expect_metric(&document, "pizzaria.pedidos").has("is_monotonic", true);
    }
}
