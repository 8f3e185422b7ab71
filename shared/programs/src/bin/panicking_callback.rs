//! A lesson whose callback panics in the first collection.

use std::process::ExitCode;

fn main() -> ExitCode {
    let telemetry = shared::init("panicking-callback", "For a test");
    let _counter = opentelemetry::global::meter("panicking-callback")
        .u64_observable_counter("total")
        .with_callback(|_| panic!("there is no total"))
        .build();
    telemetry.wait()
}
