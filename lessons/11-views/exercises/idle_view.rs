//! A view should export `api.chamadas` as `api.requisicoes`, in `{requisicao}`,
//! but changes nothing, and the log is empty. There are two reasons, and each
//! alone would be enough. Find both, and mend the view.

use opentelemetry_sdk::metrics::{Instrument, Stream};

/// Gives the counter of calls another name and unit.
pub fn rename(instrument: &Instrument) -> Option<Stream> {
    if instrument.name() != "api.chamada" {
        return None;
    }
    let stream = Stream::builder()
        .with_name("api.requisicoes")
        .with_unit("{requisição}");
    stream.build().ok()
}

mod tests {
    use std::time::Duration;

    use opentelemetry::metrics::MeterProvider;
    use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
    use serde_json::{Value, json};
    use shared::JsonExporter;
    use shared::testing::{document_channel, expect_metric, received};

    use super::rename;

    #[test]
    fn calls_have_the_new_name_and_unit() {
        let document = exported("api.chamadas");
        let requests = expect_metric(&document, "api.requisicoes");
        requests.has("unit", "{requisicao}");
        requests.point(&json!({})).has("value", 2);
    }

    #[test]
    fn another_metric_keeps_its_name() {
        let document = exported("api.erros");
        expect_metric(&document, "api.erros").has("unit", "{chamada}");
    }

    fn exported(name: &'static str) -> Value {
        let (writer, documents) = document_channel();
        let reader = PeriodicReader::builder(JsonExporter::new(writer))
            .with_interval(Duration::MAX)
            .build();
        let provider = SdkMeterProvider::builder()
            .with_reader(reader)
            .with_view(rename)
            .build();
        let meter = provider.meter("api");
        let calls = meter.u64_counter(name).with_unit("{chamada}");
        calls.build().add(2, &[]);
        provider.force_flush().expect("nothing fails");
        received(&documents)
    }
}
