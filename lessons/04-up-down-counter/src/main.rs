//! Says how many requests are active: `just lesson-4`, then `curl` it.

use std::process::ExitCode;

use opentelemetry::global;
use up_down_counter::app::app;
use up_down_counter::{ActiveRequests, Flags};

const NAME: &str = env!("CARGO_PKG_NAME");
const ABOUT: &str = env!("CARGO_PKG_DESCRIPTION");

#[tokio::main]
async fn main() -> ExitCode {
    let (telemetry, flags) = shared::init_with::<Flags>(NAME, ABOUT);
    let requests = ActiveRequests::new(&global::meter(NAME));
    let app = app(requests, flags.slow);
    shared::serve(telemetry, &flags.server, "/lento", app).await
}
