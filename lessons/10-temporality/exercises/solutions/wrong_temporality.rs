//! A solution of `wrong_temporality`.

use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;

/// Tries a second time to export what was not exported.
#[derive(Debug)]
pub struct Retrying<E>(pub E);

impl<E: PushMetricExporter> PushMetricExporter for Retrying<E> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        if self.0.export(metrics).await.is_ok() {
            return Ok(());
        }
        self.0.export(metrics).await
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    // ANCHOR: solution
    fn temporality(&self) -> Temporality {
        // The SDK asks only the outer exporter; the inner one knows.
        self.0.temporality()
    }
    // ANCHOR_END: solution
}

mod tests {
    use opentelemetry::metrics::MeterProvider;
    use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
    use serde_json::json;
    use shared::JsonExporter;
    use shared::testing::{document_channel, expect_metric, received};

    use super::{Duration, Retrying, Temporality};

    #[test]
    fn an_exporter_that_wants_increments_gets_them() {
        expect_orders(Temporality::Delta, 1, [4, 1]);
    }

    #[test]
    fn an_exporter_that_wants_totals_gets_them() {
        expect_orders(Temporality::Cumulative, 2, [4, 5]);
    }

    /// Four orders come in, then another one.
    fn expect_orders(wanted: Temporality, number: u64, values: [u64; 2]) {
        let (writer, documents) = document_channel();
        let mut exporter = JsonExporter::new(writer);
        exporter.temporality = wanted;
        let reader = PeriodicReader::builder(Retrying(exporter))
            .with_interval(Duration::MAX)
            .build();
        let provider = SdkMeterProvider::builder().with_reader(reader).build();
        let meter = provider.meter("padaria");
        let orders = meter.u64_counter("padaria.pedidos").build();
        for (arrived, value) in [4, 1].into_iter().zip(values) {
            orders.add(arrived, &[]);
            provider.force_flush().expect("nothing fails");
            let document = received(&documents);
            let orders = expect_metric(&document, "padaria.pedidos");
            orders.has("aggregation_temporality", number);
            orders.point(&json!({})).has("value", value);
        }
    }
}
