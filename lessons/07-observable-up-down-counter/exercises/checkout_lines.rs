//! People wait at the two checkouts of a market. `mercado.fila` has only one
//! number, and nothing says that it adds up with that of other markets. Mend
//! it: a point for each checkout, told apart by `mercado.caixa`, of a sum.

use opentelemetry::metrics::Meter;

/// Observes how many people wait at each checkout.
pub fn observe_lines(
    meter: &Meter,
    lines: impl Fn() -> Vec<(&'static str, i64)> + Send + Sync + 'static,
) {
    meter
        .i64_observable_gauge("mercado.fila")
        .with_description("As pessoas na fila.")
        .with_unit("{pessoa}")
        .with_callback(move |gauge| {
            for (_checkout, people) in lines() {
                gauge.observe(people, &[]);
            }
        })
        .build();
}

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
