//! A bakery wants to know how many loaves are done within 10, 20 and 30 minutes.
//! Build the histogram `forno.duracao`, in seconds, with exactly these three
//! bounds, and record the time of each loaf.

#![allow(dead_code, unused_variables, reason = "the solution uses them")]

use std::time::Duration;

use opentelemetry::metrics::{Histogram, Meter};

/// The oven's instrument.
pub struct Oven(Histogram<f64>);

impl Oven {
    /// Builds the instrument.
    pub fn new(meter: &Meter) -> Self {
        todo!()
    }

    /// Records how long one loaf was in the oven.
    pub fn bake(&self, time: Duration) {
        todo!()
    }
}

mod tests {
    use std::time::Duration;

    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::Oven;

    #[test]
    fn the_buckets_say_how_many_were_done_in_time() {
        let collector = Collector::by_hand("padaria", Temporality::Cumulative);
        let oven = Oven::new(&collector.meter());
        // The second loaf takes exactly 10 minutes.
        for milliseconds in [450_000, 600_000, 1_500_500, 1_800_250] {
            oven.bake(Duration::from_millis(milliseconds));
        }
        let document = collector.export();
        let time = expect_metric(&document, "forno.duracao");
        time.has("unit", "s");
        let time = time.point(&json!({}));
        time.has("explicit_bounds", json!([600.0, 1200.0, 1800.0]));
        time.has("bucket_counts", json!([2, 0, 1, 1]));
        time.has("count", 4).has("sum", 4350.75);
    }
}
