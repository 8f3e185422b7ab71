//! The shop counts its openings and its orders. Its documents have
//! `loja.aberturas`, but never `loja.pedidos`, and no error says why. Find out
//! why, and mend the program.

use std::io::Write;

use first_metric::pipeline;
use opentelemetry::global;
use opentelemetry::metrics::Counter;

/// The shop and its instruments.
pub struct Shop {
    orders: Counter<u64>,
}

impl Shop {
    /// Gets ready to open.
    pub fn prepare() -> Self {
        let meter = global::meter("loja");
        let orders = meter.u64_counter("loja.pedidos");
        Self {
            orders: orders.with_unit("{pedido}").build(),
        }
    }

    /// Opens it.
    pub fn open(&self) {
        let meter = global::meter("loja");
        let openings = meter.u64_counter("loja.aberturas");
        openings.with_unit("{abertura}").build().add(1, &[]);
    }

    /// Takes an order.
    pub fn order(&self) {
        self.orders.add(1, &[]);
    }
}

/// A day with two orders.
pub fn run(writer: impl Write + Send + 'static) {
    let shop = Shop::prepare();
    let provider = pipeline(writer);
    global::set_meter_provider(provider.clone());
    shop.open();
    shop.order();
    shop.order();
    if let Err(error) = provider.shutdown() {
        eprintln!("not exported: {error}");
    }
}

mod tests {
    use serde_json::json;
    use shared::testing::{document_channel, expect_metric, received};

    use super::run;

    #[test]
    fn each_order_is_counted() {
        let (writer, documents) = document_channel();
        run(writer);
        let document = received(&documents);
        expect_metric(&document, "loja.pedidos")
            .point(&json!({}))
            .has("value", 2);
    }
}
