//! The web application: two routes, and a middleware that counts.

use std::thread;

use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Uri;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{Router, get};
use percent_encoding::percent_decode_str;

use crate::Counters;

const ROLL: &str = "/lançar_dado";

/// The application's routes, each counted.
pub fn app(counters: Counters) -> Router {
    let routes = Router::new()
        .route("/", get(home))
        .route(ROLL, get(roll))
        .route("/lancar_dado", get(roll))
        .layer(middleware::from_fn_with_state(counters.clone(), count))
        .with_state(counters);
    // Around all routes: a route's own layers run only once it is chosen.
    Router::new()
        .fallback_service(routes)
        .layer(middleware::map_request(decode_path))
}

async fn home() -> &'static str {
    "Lance o dado em /lançar_dado\n"
}

async fn roll(State(counters): State<Counters>) -> String {
    let number = fastrand::u8(1..=6);
    counters.count_roll(number);
    format!("{number}\n")
}

// ANCHOR: count
/// Counts each call when its response is ready, so that the status is known.
pub async fn count(
    State(counters): State<Counters>,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let route = route.as_ref().map(MatchedPath::as_str);
    let mut call = Call {
        counters: &counters,
        route,
        status: None,
    };
    let response = next.run(request).await;
    call.status = Some(response.status().as_u16());
    if let (Some(route), Some(bytes)) =
        (route, response.body().size_hint().exact())
    {
        counters.count_response(route, bytes);
    }
    response
}
// ANCHOR_END: count

// ANCHOR: call
/// A call that is counted when it ends, whatever ends it.
struct Call<'a> {
    counters: &'a Counters,
    route: Option<&'a str>,
    status: Option<u16>,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        match self.status {
            Some(status) => self.counters.count_call(self.route, status),
            None if thread::panicking() => {
                self.counters.count_failed_call(self.route, "panic");
            }
            // The client has hung up: axum has dropped the handler.
            None => self.counters.count_failed_call(self.route, "cancelled"),
        }
    }
}
// ANCHOR_END: call

/// Gives a percent-encoded `/lançar_dado` its route's path: axum matches raw
/// paths, which browsers percent-encode and `curl` does not.
async fn decode_path(mut request: Request) -> Request {
    let path = percent_decode_str(request.uri().path()).decode_utf8();
    if path.is_ok_and(|path| path == ROLL) {
        *request.uri_mut() = Uri::from_static(ROLL);
    }
    request
}
