//! A solution of `twice_total`.

use opentelemetry::metrics::{Counter, Meter};

// ANCHOR: solution
/// Builds the counter of orders.
pub fn count_orders(meter: &Meter) -> Counter<u64> {
    meter
        .u64_counter("loja.pedidos")
        .with_description("Os pedidos feitos na loja.")
        // For the unit `1`, the page would have a ratio.
        .with_unit("{pedido}")
        .build()
}
// ANCHOR_END: solution

mod tests {
    use opentelemetry::metrics::MeterProvider;
    use opentelemetry_sdk::Resource;
    use scrape::{page, provider};

    use super::count_orders;

    #[test]
    fn the_graph_of_orders_has_its_metric_again() {
        let (provider, registry) = provider(Resource::builder_empty().build());
        count_orders(&provider.meter("loja")).add(3, &[]);
        let page = page(&registry).expect("the collection succeeds");
        let types = page.lines().filter(|line| line.starts_with("# TYPE"));
        let types: Vec<_> = types.collect();
        assert!(
            types.contains(&"# TYPE loja_pedidos_total counter"),
            "metric `loja_pedidos_total` is not on the page, which has \
             {types:?}"
        );
    }
}
