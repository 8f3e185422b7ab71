//! A solution of `endless_orders`.

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;

// ANCHOR: solution
/// Counts an order and returns its receipt.
pub fn take_order(
    orders: &Counter<u64>,
    number: i64,
    payment: &'static str,
) -> String {
    // No number: each order would be a series of its own, with the value 1.
    orders.add(1, &[KeyValue::new("pedido.pagamento", payment)]);
    format!("{number}: {payment}")
}
// ANCHOR_END: solution

mod tests {
    use opentelemetry_sdk::metrics::Temporality;
    use serde_json::json;
    use shared::testing::{Collector, expect_metric};

    use super::take_order;

    #[test]
    fn three_thousand_orders_are_counted_by_way_of_payment() {
        let collector = Collector::by_hand("loja", Temporality::Cumulative);
        let orders = collector.meter().u64_counter("loja.pedidos").build();
        for number in 0..1500 {
            take_order(&orders, 2 * number, "cartao");
            take_order(&orders, 2 * number + 1, "pix");
        }
        let document = collector.export();
        let orders = expect_metric(&document, "loja.pedidos");
        orders.has_points(2);
        for payment in ["cartao", "pix"] {
            let attributes = json!({"pedido.pagamento": payment});
            orders.point(&attributes).has("value", 1500);
        }
    }

    #[test]
    fn the_receipt_has_the_number() {
        let collector = Collector::by_hand("loja", Temporality::Cumulative);
        let orders = collector.meter().u64_counter("loja.pedidos").build();
        assert_eq!(take_order(&orders, 7, "pix"), "7: pix");
    }
}
