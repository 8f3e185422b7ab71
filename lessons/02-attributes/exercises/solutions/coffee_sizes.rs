//! A solution of `coffee_sizes`.

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;

// ANCHOR: solution
/// Counts one coffee.
pub fn count_coffee(coffees: &Counter<u64>, millilitres: u16) {
    // The size is an attribute, and not the value: one more coffee was sold.
    let size = KeyValue::new("cafe.volume", i64::from(millilitres));
    coffees.add(1, &[size]);
}
// ANCHOR_END: solution

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::{Value, json};
    use shared::testing::{Collector, expect_metric};

    use super::count_coffee;

    #[test]
    fn each_size_is_a_series() {
        let document = coffees(&[50, 200, 200]);
        let coffees = expect_metric(&document, "cafe.vendas");
        coffees.has_points(2);
    }

    #[test]
    fn coffees_of_a_size_are_added_up() {
        let document = coffees(&[50, 200, 200]);
        let coffees = expect_metric(&document, "cafe.vendas");
        coffees.point(&json!({"cafe.volume": 50})).has("value", 1);
        coffees.point(&json!({"cafe.volume": 200})).has("value", 2);
    }

    fn coffees(sizes: &[u16]) -> Value {
        let collector = Collector::by_hand("cafe", Temporality::Cumulative);
        let coffees = collector.meter().u64_counter("cafe.vendas").build();
        for size in sizes {
            count_coffee(&coffees, *size);
        }
        collector.export()
    }
}
