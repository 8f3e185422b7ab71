//! A solution of `short_distance`.

use opentelemetry::metrics::Meter;
use opentelemetry_sdk::metrics::{Instrument, Stream};

// ANCHOR: solution
/// Observes how far all vehicles have gone.
pub fn observe_distance(
    meter: &Meter,
    vehicles: impl Fn() -> Vec<(&'static str, u64)> + Send + Sync + 'static,
) {
    meter
        .u64_observable_counter("frota.distancia")
        .with_unit("km")
        .with_callback(move |counter| {
            // One observation for what becomes one point.
            let distances = vehicles().into_iter().map(|(_, km)| km);
            counter.observe(distances.sum(), &[]);
        })
        .build();
}
// ANCHOR_END: solution

/// Removes all attributes.
pub fn no_attributes(_: &Instrument) -> Option<Stream> {
    let stream = Stream::builder().with_allowed_attribute_keys([]);
    stream.build().ok()
}

mod tests {
    use std::time::Duration;

    use opentelemetry::metrics::MeterProvider;
    use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
    use serde_json::json;
    use shared::JsonExporter;
    use shared::testing::{document_channel, expect_metric, received};

    use super::{no_attributes, observe_distance};

    #[test]
    fn the_distance_of_all_vehicles_is_added_up() {
        let (writer, documents) = document_channel();
        let reader = PeriodicReader::builder(JsonExporter::new(writer))
            .with_interval(Duration::MAX)
            .build();
        let provider = SdkMeterProvider::builder()
            .with_reader(reader)
            .with_view(no_attributes)
            .build();
        observe_distance(&provider.meter("frota"), || {
            vec![("ABC1D23", 120), ("EFG4H56", 45)]
        });
        provider.force_flush().expect("nothing fails");
        let document = received(&documents);
        let distance = expect_metric(&document, "frota.distancia");
        distance.has_points(1).point(&json!({})).has("value", 165);
    }
}
