//! A shop wants to export `loja.pedidos` and nothing else, because it pays for
//! each series. Since it has views, nothing is exported at all. Find out why,
//! and mend `provider`.

use std::io::Write;
use std::time::Duration;

use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, PeriodicReader, SdkMeterProvider, Stream,
};
use shared::JsonExporter;

/// Builds a provider that exports the orders alone.
pub fn provider(writer: impl Write + Send + 'static) -> SdkMeterProvider {
    let reader = PeriodicReader::builder(JsonExporter::new(writer))
        .with_interval(Duration::MAX)
        .build();
    SdkMeterProvider::builder()
        .with_reader(reader)
        .with_view(drop_all)
        .with_view(keep_orders)
        .build()
}

fn drop_all(_: &Instrument) -> Option<Stream> {
    let stream = Stream::builder().with_aggregation(Aggregation::Drop);
    stream.build().ok()
}

fn keep_orders(instrument: &Instrument) -> Option<Stream> {
    if instrument.name() != "loja.pedidos" {
        return None;
    }
    Stream::builder().build().ok()
}

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
