//! A solution of `checkout_lines`.

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

// ANCHOR: solution
/// Observes how many people wait at each checkout.
pub fn observe_lines(
    meter: &Meter,
    lines: impl Fn() -> Vec<(&'static str, i64)> + Send + Sync + 'static,
) {
    meter
        // People in two lines make sense added up: no gauge.
        .i64_observable_up_down_counter("mercado.fila")
        .with_description("As pessoas na fila.")
        .with_unit("{pessoa}")
        .with_callback(move |counter| {
            for (checkout, people) in lines() {
                // Without it, the last line would replace the others.
                let checkout = KeyValue::new("mercado.caixa", checkout);
                counter.observe(people, &[checkout]);
            }
        })
        .build();
}
// ANCHOR_END: solution

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::{Value, json};
    use shared::testing::{Collector, expect_metric};

    use super::observe_lines;

    #[test]
    fn lines_make_sense_added_up() {
        let document = two_lines();
        let line = expect_metric(&document, "mercado.fila");
        line.has("is_monotonic", false);
        line.has("aggregation_temporality", 2);
    }

    #[test]
    fn each_checkout_has_its_line() {
        let document = two_lines();
        let line = expect_metric(&document, "mercado.fila");
        line.has_points(2);
        for (checkout, people) in [("1", 7), ("2", 3)] {
            let point = line.point(&json!({"mercado.caixa": checkout}));
            point.has("value", people);
        }
    }

    fn two_lines() -> Value {
        let collector = Collector::by_hand("mercado", Temporality::Cumulative);
        observe_lines(&collector.meter(), || vec![("1", 7), ("2", 3)]);
        collector.export()
    }
}
