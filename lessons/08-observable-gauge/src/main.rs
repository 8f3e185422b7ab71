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
    let clock = move || start.elapsed();
    let process = shared::ProcessSampler::of_this_process();
    let share = lesson::sample_cpu_share(move || process.get().cpu_time, clock);
    lesson::observe_process_cpu(&meter, move || share.get());
    let cores = lesson::sample_cores(clock);
    lesson::observe_system_cpu(&meter, move || cores.get());
    lesson::observe_load(&meter, || System::load_average().ok());
    lesson::work_and_rest(Duration::from_secs(3));
    telemetry.wait()
}
