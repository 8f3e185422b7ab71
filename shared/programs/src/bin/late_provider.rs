//! A lesson whose reader collects before there is a provider.

use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use shared::{Lesson, NoFlags};

fn main() -> ExitCode {
    let lesson = Lesson::<NoFlags>::new("late-provider", "For a test");
    let interval = Duration::from_millis(10);
    let reader = PeriodicReader::builder(lesson.exporter())
        .with_interval(interval)
        .build();
    let start = Instant::now();
    while start.elapsed() < interval * 10 {
        thread::yield_now();
    }
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let (telemetry, _flags) = lesson.start(provider);
    let meter = opentelemetry::global::meter("late-provider");
    meter.u64_counter("total").build().add(1, &[]);
    telemetry.wait()
}
