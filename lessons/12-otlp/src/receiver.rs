//! A receiver of one's own: the smallest backend there is.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{Router, post};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use prost::Message;
use tokio::net::TcpListener;
use tokio::runtime;

/// Starts a receiver on a free port, in a thread of its own. It gives `print`
/// each request that arrives, as one line of JSON.
///
/// # Errors
///
/// Why it cannot listen, or its thread not be started.
pub fn receive<P>(print: P) -> io::Result<SocketAddr>
where
    P: Fn(&str) -> io::Result<()> + Clone + Send + Sync + 'static,
{
    let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
    let listen = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let listener = runtime.block_on(listen)?;
    let address = listener.local_addr()?;
    let answer = |body| async move { accept(body, print) };
    let app = Router::new().route("/v1/metrics", post(answer));
    thread::Builder::new()
        .name("receiver".into())
        .spawn(move || {
            runtime.block_on(axum::serve(listener, app).into_future())
        })?;
    Ok(address)
}

// ANCHOR: accept
/// Decodes a request, prints it in OTLP's JSON form, and answers.
fn accept(
    body: Bytes,
    print: impl Fn(&str) -> io::Result<()>,
) -> Result<impl IntoResponse, StatusCode> {
    let request = ExportMetricsServiceRequest::decode(body)
        .map_err(|_| StatusCode::BAD_REQUEST)?;
    serde_json::to_string(&request)
        .map_err(io::Error::from)
        .and_then(|line| print(&line))
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    // Nothing to complain about: everything was accepted.
    let response = ExportMetricsServiceResponse::default();
    let protobuf = [(header::CONTENT_TYPE, "application/x-protobuf")];
    Ok((protobuf, response.encode_to_vec()))
}
// ANCHOR_END: accept
