//! The variables of the environment that configure the exporter.

use std::env;

const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
];

/// Whether the environment names an endpoint.
pub(crate) fn names_endpoint() -> bool {
    ENDPOINTS
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Refuses what the exporter would ignore.
pub(crate) fn check() {}
