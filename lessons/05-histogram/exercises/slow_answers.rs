//! An API promises to answer in at most 300 ms. `api.resposta.duracao` should say
//! how many answers kept the promise, but all of them are in one bucket. Mend
//! the bounds; the durations stay in seconds.

use std::time::Duration;

use opentelemetry::metrics::{Histogram, Meter};

/// The durations of answers.
pub struct Answers(Histogram<f64>);

impl Answers {
    /// Builds the instrument.
    pub fn new(meter: &Meter) -> Self {
        let durations = meter
            .f64_histogram("api.resposta.duracao")
            .with_description("A duração das respostas.")
            .with_unit("s")
            .with_boundaries(vec![100.0, 300.0, 1000.0])
            .build();
        Self(durations)
    }

    /// Records how long one answer took.
    pub fn record(&self, duration: Duration) {
        self.0.record(duration.as_secs_f64(), &[]);
    }
}

mod tests {
    use std::time::Duration;

    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::Answers;

    #[test]
    fn the_counts_up_to_a_bound_have_kept_the_promise() {
        let collector = Collector::by_hand("api", Temporality::Cumulative);
        let answers = Answers::new(&collector.meter());
        for milliseconds in [40, 120, 300, 450, 2000] {
            answers.record(Duration::from_millis(milliseconds));
        }
        let document = collector.export();
        let durations = expect_metric(&document, "api.resposta.duracao");
        durations.has("unit", "s");
        let durations = durations.point(&json!({}));
        durations.has("bucket_counts", json!([1, 2, 1, 1]));
        durations.has("explicit_bounds", json!([0.1, 0.3, 1.0]));
        durations.has("sum", 2.91);
    }
}
