//! Scraping: the program exports nothing by itself, and answers whoever asks
//! for its metrics.

mod page;
mod tasks;
mod totals;

use axum::routing::{Router, get};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::Registry;

pub use page::page;
pub use tasks::{BOUNDS, Tasks};
pub use totals::{observe_memory, observe_uptime};

// ANCHOR: provider
/// Builds a provider, and the registry through which its metrics are gathered.
///
/// # Panics
///
/// Never: only a registry that others use too can refuse an exporter.
pub fn provider(resource: Resource) -> (SdkMeterProvider, Registry) {
    let registry = Registry::new();
    // Exporter and reader in one, without an interval and without a thread.
    let reader = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .build()
        .expect("a registry of our own accepts it");
    let provider = SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(reader)
        .build();
    (provider, registry)
}
// ANCHOR_END: provider

// ANCHOR: app
/// The application: a route that works, and the one that is scraped.
pub fn app(registry: Registry, tasks: Tasks) -> Router {
    Router::new()
        .route("/tarefa", get(tasks::task))
        .with_state(tasks)
        .merge(page::routes(registry))
}
// ANCHOR_END: app
