//! Records one measurement and prints one document: `just lesson-1`.

use std::io;
use std::process::ExitCode;

use first_metric::{count_start, pipeline};
use opentelemetry::global;
use tracing_subscriber::filter::LevelFilter;

fn main() -> ExitCode {
    shared::without_flags("first-metric", env!("CARGO_PKG_DESCRIPTION"));
    // The SDK says what goes wrong in events. A subscriber prints them.
    let log = tracing_subscriber::fmt().with_writer(io::stderr);
    log.with_max_level(LevelFilter::WARN).init();

    let provider = pipeline(io::stdout());
    // From here on, any code in the program can get a meter.
    global::set_meter_provider(provider.clone());
    count_start(&global::meter("first-metric"));
    // The only collection: the program ends before the first interval does.
    match provider.shutdown() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => shared::fail(&format!("not printed: {error}")),
    }
}
