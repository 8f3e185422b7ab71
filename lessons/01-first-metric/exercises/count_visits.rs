//! A shop has an electric eye at its door, which says how many people came in
//! together. Build the counter `loja.visitas` with the unit `{visita}`, and add
//! these people to it. Try it with `just exercise count_visits`.

#![allow(unused_variables, reason = "the solution uses them")]

use opentelemetry::metrics::Meter;

/// Counts the people who came in together.
pub fn count_visits(meter: &Meter, people: u64) {
    todo!()
}

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
