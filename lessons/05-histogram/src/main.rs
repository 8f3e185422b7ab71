//! Records how long tasks take: `just lesson-5`, then `curl` it.

use std::process::ExitCode;

use histogram::app::app;
use histogram::{Durations, Flags, simulate_tasks};
use opentelemetry::global;

const NAME: &str = env!("CARGO_PKG_NAME");
const ABOUT: &str = env!("CARGO_PKG_DESCRIPTION");

#[tokio::main]
async fn main() -> ExitCode {
    let (telemetry, flags) = shared::init_with::<Flags>(NAME, ABOUT);
    let durations = Durations::new(&global::meter(NAME));
    simulate_tasks(&durations, &mut flags.random());
    shared::serve(telemetry, &flags.server, "/tarefa", app(durations)).await
}
