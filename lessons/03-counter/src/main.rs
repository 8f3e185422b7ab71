//! Counts the calls to a web server: `just lesson-3`, then `curl` it.

use std::process::ExitCode;

use counter::Counters;
use counter::app::app;
use opentelemetry::global;
use shared::ServerFlags;

const NAME: &str = env!("CARGO_PKG_NAME");
const ABOUT: &str = env!("CARGO_PKG_DESCRIPTION");

#[tokio::main]
async fn main() -> ExitCode {
    let (telemetry, flags) = shared::init_with::<ServerFlags>(NAME, ABOUT);
    let counters = Counters::new(&global::meter(NAME));
    shared::serve(telemetry, &flags, "/lançar_dado", app(counters)).await
}
