//! The web application: three routes, and a middleware that counts what is
//! active.

use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{Router, get};
use tokio::time::sleep;

use crate::ActiveRequests;

/// The application's routes, each counted; `/lento` takes the time `slow`.
pub fn app(requests: ActiveRequests, slow: Duration) -> Router {
    Router::new()
        .route("/", get("Espere em /lento\n"))
        .route("/lento", get(move || wait(slow)))
        .route("/quebrado", get(fail))
        // Unlike `layer`, only for requests that have a route.
        .route_layer(middleware::from_fn_with_state(requests, track))
}

async fn wait(time: Duration) -> &'static str {
    sleep(time).await;
    "Pronto\n"
}

async fn fail() -> &'static str {
    panic!("/quebrado always fails")
}

// ANCHOR: track
/// Counts each request until its response is ready, or until it has failed.
pub async fn track(
    State(requests): State<ActiveRequests>,
    route: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let method = known(request.method());
    // Dropped when this function ends, when a panic unwinds through it, and
    // when axum drops its future because the client has hung up.
    let _active = requests.begin(route.as_str(), method);
    next.run(request).await
}
// ANCHOR_END: track

/// The methods of RFC 9110 and RFC 5789.
static METHODS: [Method; 9] = [
    Method::CONNECT,
    Method::DELETE,
    Method::GET,
    Method::HEAD,
    Method::OPTIONS,
    Method::PATCH,
    Method::POST,
    Method::PUT,
    Method::TRACE,
];

/// The method's name, or `_OTHER`, which the conventions have for a method that
/// a client has made up.
fn known(method: &Method) -> &'static str {
    let known = METHODS.iter().find(|known| *known == method);
    known.map_or("_OTHER", Method::as_str)
}
