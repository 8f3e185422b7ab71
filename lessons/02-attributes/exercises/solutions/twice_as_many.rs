//! A solution of `twice_as_many`.

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;

// ANCHOR: solution
/// Counts one sale.
pub fn sell(sales: &Counter<u64>, product: &'static str) {
    // Whoever wants the total adds up the series.
    sales.add(1, &[KeyValue::new("venda.produto", product)]);
}
// ANCHOR_END: solution

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::sell;

    #[test]
    fn the_series_add_up_to_the_sales() {
        let collector = Collector::by_hand("padaria", Temporality::Cumulative);
        let sales = collector.meter().u64_counter("padaria.vendas").build();
        for product in ["pao", "pao", "pao", "bolo", "bolo"] {
            sell(&sales, product);
        }
        let document = collector.export();
        let sales = expect_metric(&document, "padaria.vendas");
        sales.has_points(2);
        sales
            .point(&json!({"venda.produto": "pao"}))
            .has("value", 3);
        sales
            .point(&json!({"venda.produto": "bolo"}))
            .has("value", 2);
    }
}
