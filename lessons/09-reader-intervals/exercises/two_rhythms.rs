//! A pizzeria shows its metrics on a screen each second, and sends them to its
//! office each minute. Build one provider with a reader for each of the two
//! writers. The tests flush the provider, so they do not wait for an interval.

#![allow(
    clippy::needless_pass_by_value,
    unused_variables,
    reason = "the solution uses them"
)]

use std::io::Write;

use opentelemetry_sdk::metrics::SdkMeterProvider;

/// Builds a provider that exports to the screen each second, and to the office
/// each minute.
pub fn provider(
    screen: impl Write + Send + 'static,
    office: impl Write + Send + 'static,
) -> SdkMeterProvider {
    todo!()
}

mod tests {
    use opentelemetry::metrics::MeterProvider;
    use serde_json::json;
    use shared::testing::{document_channel, expect_metric, received};

    use super::provider;

    #[test]
    fn both_readers_get_all_orders() {
        let (screen, on_screen) = document_channel();
        let (office, in_office) = document_channel();
        let provider = provider(screen, office);
        let meter = provider.meter("pizzaria");
        meter.u64_counter("pizzaria.pedidos").build().add(3, &[]);
        let _ = provider.force_flush();
        for documents in [on_screen, in_office] {
            let document = received(&documents);
            let orders = expect_metric(&document, "pizzaria.pedidos");
            orders.point(&json!({})).has("value", 3);
        }
    }
}
