//! A solution of `two_rhythms`.

use std::io::Write;
use std::time::Duration;

use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use shared::JsonExporter;

// ANCHOR: solution
/// Builds a provider that exports to the screen each second, and to the office
/// each minute.
pub fn provider(
    screen: impl Write + Send + 'static,
    office: impl Write + Send + 'static,
) -> SdkMeterProvider {
    // Each reader has an exporter and an interval of its own.
    let screen = PeriodicReader::builder(JsonExporter::new(screen))
        .with_interval(Duration::from_secs(1))
        .build();
    let office = PeriodicReader::builder(JsonExporter::new(office))
        .with_interval(Duration::from_mins(1))
        .build();
    // The instruments belong to the provider: both readers collect them all.
    SdkMeterProvider::builder()
        .with_reader(screen)
        .with_reader(office)
        .build()
}
// ANCHOR_END: solution

mod tests {
    use opentelemetry::metrics::MeterProvider;
    use serde_json::json;
    use shared::testing::{document_channel, expect_metric, received};

    use super::provider;

    #[test]
    fn both_readers_get_all_orders() {
        let (screen, on_screen) = document_channel();
        let (office, in_office) = document_channel();
        let provider = provider(screen, office);
        let meter = provider.meter("pizzaria");
        meter.u64_counter("pizzaria.pedidos").build().add(3, &[]);
        let _ = provider.force_flush();
        for documents in [on_screen, in_office] {
            let document = received(&documents);
            let orders = expect_metric(&document, "pizzaria.pedidos");
            orders.point(&json!({})).has("value", 3);
        }
    }
}
