//! A solution of `only_orders`.

use std::io::Write;
use std::time::Duration;

use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, PeriodicReader, SdkMeterProvider, Stream,
};
use shared::JsonExporter;

// ANCHOR: solution
/// Builds a provider that exports the orders alone.
pub fn provider(writer: impl Write + Send + 'static) -> SdkMeterProvider {
    let reader = PeriodicReader::builder(JsonExporter::new(writer))
        .with_interval(Duration::MAX)
        .build();
    SdkMeterProvider::builder()
        .with_reader(reader)
        .with_view(drop_all_but_orders)
        .build()
}

/// One view decides on each instrument, so that no order is to be kept.
fn drop_all_but_orders(instrument: &Instrument) -> Option<Stream> {
    if instrument.name() == "loja.pedidos" {
        return None;
    }
    let stream = Stream::builder().with_aggregation(Aggregation::Drop);
    stream.build().ok()
}
// ANCHOR_END: solution

mod tests {
    use opentelemetry::metrics::MeterProvider;
    use serde_json::json;
    use shared::testing::{document_channel, expect_metric, names, received};

    use super::provider;

    #[test]
    fn orders_are_exported_and_nothing_else() {
        let (writer, documents) = document_channel();
        let provider = provider(writer);
        let meter = provider.meter("loja");
        meter.u64_counter("loja.visitas").build().add(9, &[]);
        meter.u64_counter("loja.pedidos").build().add(2, &[]);
        provider.force_flush().expect("nothing fails");
        let document = received(&documents);
        let orders = expect_metric(&document, "loja.pedidos");
        orders.point(&json!({})).has("value", 2);
        let names = names(&document);
        assert_eq!(names, ["loja.pedidos"], "nothing else is exported");
    }
}
