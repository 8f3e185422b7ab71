//! Prints how busy the process and its system are: `just lesson-8`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use observable_gauge as lesson;
use opentelemetry::global;
use sysinfo::System;

const NAME: &str = env!("CARGO_PKG_NAME");

fn main() -> ExitCode {
    let start = Instant::now();
    let telemetry = shared::init(NAME, env!("CARGO_PKG_DESCRIPTION"));
    let meter = global::meter(NAME);
    let process = shared::ProcessSampler::new(&meter);
    let cpu_time = move || process.cpu_time();
    lesson::observe_process_cpu(&meter, cpu_time, move || start.elapsed());
    let system = lesson::SystemSampler::new(&meter);
    lesson::observe_system_cpu(&meter, move || system.cpu_usage());
    lesson::observe_load(&meter, || System::load_average().ok());
    lesson::work_and_rest(Duration::from_secs(3));
    telemetry.wait()
}
