//! A receiver of one's own: the smallest backend there is.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{Router, post};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use prost::Message;
use shared::Printer;
use tokio::net::TcpListener;
use tokio::runtime;

/// Starts a receiver on a free port, in a thread of its own.
///
/// # Errors
///
/// Why it cannot listen, or its thread not be started.
pub fn receive(printer: Printer) -> io::Result<SocketAddr> {
    let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
    let listen = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let listener = runtime.block_on(listen)?;
    let address = listener.local_addr()?;
    let app = Router::new()
        .route("/v1/metrics", post(print))
        .with_state(printer);
    thread::Builder::new()
        .name("receiver".into())
        .spawn(move || {
            runtime.block_on(axum::serve(listener, app).into_future())
        })?;
    Ok(address)
}

// ANCHOR: print
/// Decodes a request, and prints it in OTLP's JSON form as one line.
async fn print(
    State(printer): State<Printer>,
    body: Bytes,
) -> Result<Vec<u8>, StatusCode> {
    let request = ExportMetricsServiceRequest::decode(body)
        .map_err(|_| StatusCode::BAD_REQUEST)?;
    let line = serde_json::to_string(&request)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    printer
        .print(&line)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    // An empty response means that everything was accepted.
    Ok(ExportMetricsServiceResponse::default().encode_to_vec())
}
// ANCHOR_END: print
