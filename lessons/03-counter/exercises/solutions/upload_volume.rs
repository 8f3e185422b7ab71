//! A solution of `upload_volume`.

use opentelemetry::metrics::{Counter, Meter};

/// The instruments of the uploads.
pub struct Uploads {
    uploads: Counter<u64>,
    volume: Counter<u64>,
}

// ANCHOR: solution
impl Uploads {
    /// Builds the instruments.
    pub fn new(meter: &Meter) -> Self {
        Self {
            uploads: meter
                .u64_counter("api.envios")
                .with_description("Os arquivos enviados.")
                .with_unit("{envio}")
                .build(),
            volume: meter
                .u64_counter("api.envios.volume")
                .with_description("Os bytes dos arquivos enviados.")
                // Bytes, and no multiple of them: whoever draws them scales.
                .with_unit("By")
                .build(),
        }
    }

    /// Counts one upload.
    pub fn count(&self, bytes: u64) {
        self.uploads.add(1, &[]);
        self.volume.add(bytes, &[]);
    }
}
// ANCHOR_END: solution

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
