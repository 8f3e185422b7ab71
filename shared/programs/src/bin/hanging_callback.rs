//! A lesson whose callback never returns.

use std::process::ExitCode;
use std::thread;

fn main() -> ExitCode {
    let telemetry = shared::init("hanging-callback", "For a test");
    let _counter = opentelemetry::global::meter("hanging-callback")
        .u64_observable_counter("total")
        .with_callback(|_| {
            eprintln!("collecting");
            loop {
                thread::park();
            }
        })
        .build();
    telemetry.wait()
}
