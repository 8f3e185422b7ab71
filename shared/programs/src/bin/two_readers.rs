//! A lesson with two readers: one writes to standard output, the other to
//! standard error.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use shared::{Lesson, NoFlags};

fn main() -> ExitCode {
    let lesson = Lesson::<NoFlags>::new("two-readers", "For a test");
    let provider = SdkMeterProvider::builder()
        .with_reader(reader(lesson.exporter()))
        .with_reader(reader(lesson.exporter_to(io::stderr())))
        .build();
    let (telemetry, _flags) = lesson.start(provider);
    let meter = opentelemetry::global::meter("two-readers");
    let counter = meter.u64_counter("total").build();
    // Makes one document larger than a pipe's buffer.
    for number in 0..2000 {
        counter.add(1, &[KeyValue::new("number", number)]);
    }
    telemetry.wait()
}

fn reader<E: PushMetricExporter>(exporter: E) -> PeriodicReader<E> {
    PeriodicReader::builder(exporter)
        .with_interval(Duration::from_millis(10))
        .build()
}
