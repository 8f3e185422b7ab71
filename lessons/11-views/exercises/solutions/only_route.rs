//! A solution of `only_route`.

use opentelemetry::Key;
use opentelemetry_sdk::metrics::{Aggregation, Instrument, Stream};

// ANCHOR: solution
/// Keeps the route of a call, and sets the bounds of its duration.
pub fn only_route(instrument: &Instrument) -> Option<Stream> {
    if instrument.name() != "api.duracao" {
        return None;
    }
    let aggregation = Aggregation::ExplicitBucketHistogram {
        boundaries: vec![0.1, 1.0],
        record_min_max: true,
    };
    // One stream for both: a second view would have no effect.
    let stream = Stream::builder()
        .with_allowed_attribute_keys([Key::new("api.rota")])
        .with_aggregation(aggregation);
    stream.build().ok()
}
// ANCHOR_END: solution

mod tests {
    use std::time::Duration;

    use opentelemetry::KeyValue;
    use opentelemetry::metrics::{Meter, MeterProvider};
    use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
    use serde_json::{Value, json};
    use shared::JsonExporter;
    use shared::testing::{document_channel, expect_metric, received};

    use super::only_route;

    #[test]
    fn durations_of_a_route_are_one_point() {
        let document = exported(call);
        let durations = expect_metric(&document, "api.duracao");
        durations.has_points(1);
        let route = json!({"api.rota": "/pedidos"});
        durations.point(&route).has("count", 2);
    }

    #[test]
    fn durations_are_counted_between_two_bounds() {
        let document = exported(call);
        let durations = expect_metric(&document, "api.duracao");
        let route = json!({"api.rota": "/pedidos"});
        let point = durations.point(&route);
        point.has("explicit_bounds", json!([0.1, 1.0]));
        point.has("bucket_counts", json!([1, 0, 1]));
    }

    #[test]
    fn other_metrics_keep_their_attributes() {
        let sold = json!({"venda.produto": "pao"});
        let document = exported(|meter| {
            let product = KeyValue::new("venda.produto", "pao");
            meter
                .u64_counter("padaria.vendas")
                .build()
                .add(3, &[product]);
        });
        let sales = expect_metric(&document, "padaria.vendas");
        sales.point(&sold).has("value", 3);
    }

    /// Two users call, one of them with more patience.
    fn call(meter: &Meter) {
        let durations = meter.f64_histogram("api.duracao").build();
        for (user, seconds) in [("ana", 0.05), ("rui", 3.0)] {
            let route = KeyValue::new("api.rota", "/pedidos");
            let user = KeyValue::new("api.usuario", user);
            durations.record(seconds, &[route, user]);
        }
    }

    fn exported(measure: impl FnOnce(&Meter)) -> Value {
        let (writer, documents) = document_channel();
        let reader = PeriodicReader::builder(JsonExporter::new(writer))
            .with_interval(Duration::MAX)
            .build();
        let provider = SdkMeterProvider::builder()
            .with_reader(reader)
            .with_view(only_route)
            .build();
        measure(&provider.meter("api"));
        provider.force_flush().expect("nothing fails");
        received(&documents)
    }
}
