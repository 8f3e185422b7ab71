//! Records one measurement and prints one document: `just lesson-1`.

use std::io;
use std::process::ExitCode;

use first_metric::{count_start, pipeline};
use opentelemetry::global;

fn main() -> ExitCode {
    let provider = pipeline(io::stdout());
    // From here on, any code in the program can get a meter.
    global::set_meter_provider(provider.clone());
    let meter = global::meter("first-metric");
    count_start(&meter);

    // The last collection, and here the only one: the program ends before the
    // reader's first interval does.
    match provider.shutdown() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: the document was not printed: {error}");
            ExitCode::FAILURE
        }
    }
}
