//! Sends metrics with OTLP, to a backend or to a receiver of its own:
//! `just lesson-12`.

use std::process::ExitCode;
use std::time::Instant;

use opentelemetry::global;
use otlp as lesson;
use shared::{Lesson, ProcessSampler};

const NAME: &str = env!("CARGO_PKG_NAME");

fn main() -> ExitCode {
    let start = Instant::now();
    let setup = Lesson::without_format(NAME, env!("CARGO_PKG_DESCRIPTION"));
    let exporter = match lesson::exporter(&setup) {
        Ok(exporter) => exporter,
        Err(error) => return shared::fail(&error),
    };
    let provider = lesson::provider(&setup, exporter);
    let (telemetry, _flags) = setup.start(provider);
    let meter = global::meter(NAME);
    lesson::observe_uptime(&meter, move || start.elapsed());
    let process = ProcessSampler::of_this_process();
    lesson::observe_cpu_time(&meter, move || process.get().cpu_time);
    lesson::work(lesson::Tasks::new(&meter));
    telemetry.wait()
}
