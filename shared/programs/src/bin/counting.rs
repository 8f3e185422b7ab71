//! A lesson whose callback counts its own runs.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use opentelemetry::KeyValue;

fn main() -> ExitCode {
    let telemetry = shared::init("counting", "For a test");
    let meter = opentelemetry::global::meter("counting");
    let runs = AtomicU64::new(0);
    meter
        .u64_observable_counter("runs")
        .with_callback(move |counter| {
            counter.observe(runs.fetch_add(1, Relaxed) + 1, &[]);
        })
        .build();
    // The last instrument: a document that has it is complete.
    let starts = meter.u64_counter("starts").build();
    starts.add(1, &[]);
    starts.add(1, &[KeyValue::new("how", "again")]);
    telemetry.wait()
}
