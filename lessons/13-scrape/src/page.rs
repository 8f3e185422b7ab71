//! The page that is scraped.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{Router, get};
use prometheus::{Registry, TextEncoder};
use tokio::task::spawn_blocking;

/// The content type of Prometheus' text format. Without a character set, a
/// browser would guess one, and a description has accents.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(crate) fn routes(registry: Registry) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .with_state(registry)
}

// ANCHOR: handler
/// Answers with the metrics as they are now.
async fn metrics(State(registry): State<Registry>) -> Response {
    // A callback may block, and a second scrape waits for the first: neither
    // may hold up a thread that other requests need.
    match spawn_blocking(move || page(&registry)).await {
        Ok(Some(page)) => ([(CONTENT_TYPE, FORMAT)], page).into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
// ANCHOR_END: handler

// ANCHOR: page
/// Collects, which runs all callbacks, and writes Prometheus' text format.
/// `None` if that failed.
pub fn page(registry: &Registry) -> Option<String> {
    let metrics = registry.gather();
    let page = TextEncoder::new().encode_to_string(&metrics).ok()?;
    // Of a failed collection the crate returns nothing, and no error. After a
    // good one there is at least `target_info`.
    Some(page).filter(|page| !page.is_empty())
}
// ANCHOR_END: page
