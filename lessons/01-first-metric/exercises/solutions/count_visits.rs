//! A solution of `count_visits`.

use opentelemetry::metrics::Meter;

// ANCHOR: solution
/// Counts the people who came in together.
pub fn count_visits(meter: &Meter, people: u64) {
    let visits = meter
        .u64_counter("loja.visitas")
        .with_description("As visitas à loja.")
        .with_unit("{visita}")
        .build();
    visits.add(people, &[]);
}
// ANCHOR_END: solution

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::count_visits;

    #[test]
    fn visits_are_a_sum_that_only_grows() {
        let collector = Collector::by_hand("loja", Temporality::Cumulative);
        count_visits(&collector.meter(), 1);
        let document = collector.export();
        expect_metric(&document, "loja.visitas")
            .has("unit", "{visita}")
            .has("is_monotonic", true);
    }

    #[test]
    fn everybody_who_came_in_is_counted() {
        let collector = Collector::by_hand("loja", Temporality::Cumulative);
        count_visits(&collector.meter(), 2);
        count_visits(&collector.meter(), 3);
        let document = collector.export();
        expect_metric(&document, "loja.visitas")
            .point(&json!({}))
            .has("value", 5);
    }
}
