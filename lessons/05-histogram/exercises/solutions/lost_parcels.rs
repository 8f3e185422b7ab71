//! A solution of `lost_parcels`.

use std::time::Duration;

use opentelemetry::metrics::{Counter, Histogram, Meter};

/// The instruments of the deliveries.
pub struct Deliveries {
    deliveries: Counter<u64>,
    duration: Histogram<f64>,
}

impl Deliveries {
    // ANCHOR: solution
    /// Builds the instruments.
    pub fn new(meter: &Meter) -> Self {
        // In hours: the express, the same day, two days, a week. They rise, or
        // else the histogram records nothing.
        let bounds = [3.0, 24.0, 48.0, 168.0];
        Self {
            deliveries: meter
                .u64_counter("correio.entregas")
                .with_description("As entregas feitas.")
                .with_unit("{entrega}")
                .build(),
            duration: meter
                .f64_histogram("correio.duracao")
                .with_description("A duração das entregas.")
                .with_unit("h")
                .with_boundaries(bounds.to_vec())
                .build(),
        }
    }
    // ANCHOR_END: solution

    /// Records one delivery.
    pub fn deliver(&self, duration: Duration) {
        self.deliveries.add(1, &[]);
        self.duration.record(duration.as_secs_f64() / 3600.0, &[]);
    }
}

mod tests {
    use std::time::Duration;

    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::Deliveries;

    #[test]
    fn each_delivery_is_counted_and_in_a_bucket() {
        let collector = Collector::by_hand("correio", Temporality::Cumulative);
        let deliveries = Deliveries::new(&collector.meter());
        for hours in [2, 30, 72] {
            deliveries.deliver(Duration::from_hours(hours));
        }
        let document = collector.export();
        let count = expect_metric(&document, "correio.entregas");
        count.point(&json!({})).has("value", 3);
        let duration = expect_metric(&document, "correio.duracao");
        let duration = duration.point(&json!({}));
        duration.has("explicit_bounds", json!([3.0, 24.0, 48.0, 168.0]));
        duration.has("bucket_counts", json!([1, 0, 1, 1, 0]));
    }
}
