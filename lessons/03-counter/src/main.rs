//! Counts the calls to a web server: `just lesson-3`, then `curl` it.

use std::process::ExitCode;

use counter::Counters;
use counter::app::app;
use counter::server::{Server, ServerFlags};
use opentelemetry::global;

const NAME: &str = env!("CARGO_PKG_NAME");
const ABOUT: &str = env!("CARGO_PKG_DESCRIPTION");

fn main() -> ExitCode {
    let (telemetry, flags) = shared::init_with::<ServerFlags>(NAME, ABOUT);
    let counters = Counters::new(&global::meter(NAME));
    match Server::start(flags.port, app(counters)) {
        // The server stops first, so the last collection includes all calls.
        Ok(server) => telemetry.wait_and(|| server.stop()),
        Err(error) => shared::fail(&error),
    }
}
