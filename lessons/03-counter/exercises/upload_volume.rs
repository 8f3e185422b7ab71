//! A server receives files. Count each upload with two counters: `api.envios`,
//! in `{envio}`, and `api.envios.volume`, the bytes, with the unit that the
//! lesson uses for bytes. Build both in `new`, and add to both in `count`.

#![allow(dead_code, unused_variables, reason = "the solution uses them")]

use opentelemetry::metrics::{Counter, Meter};

/// The instruments of the uploads.
pub struct Uploads {
    uploads: Counter<u64>,
    volume: Counter<u64>,
}

impl Uploads {
    /// Builds the instruments.
    pub fn new(meter: &Meter) -> Self {
        todo!()
    }

    /// Counts one upload.
    pub fn count(&self, bytes: u64) {
        todo!()
    }
}

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::{Value, json};
    use shared::testing::{Collector, expect_metric};

    use super::Uploads;

    #[test]
    fn each_upload_is_counted_once() {
        let document = three_uploads();
        let uploads = expect_metric(&document, "api.envios");
        uploads.has("unit", "{envio}").has("is_monotonic", true);
        uploads.point(&json!({})).has("value", 3);
    }

    #[test]
    fn the_volume_is_in_bytes() {
        let document = three_uploads();
        let volume = expect_metric(&document, "api.envios.volume");
        volume.has("unit", "By").has("is_monotonic", true);
        volume.point(&json!({})).has("value", 2700);
    }

    fn three_uploads() -> Value {
        let collector = Collector::by_hand("api", Temporality::Cumulative);
        let uploads = Uploads::new(&collector.meter());
        for _ in 0..3 {
            uploads.count(900);
        }
        collector.export()
    }
}
