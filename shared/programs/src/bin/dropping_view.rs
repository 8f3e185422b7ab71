//! A lesson with a view that drops every instrument not called `kept`.

use std::process::ExitCode;
use std::time::Duration;

use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, PeriodicReader, SdkMeterProvider, Stream,
};
use shared::{Lesson, NoFlags, ProcessSampler};

fn main() -> ExitCode {
    let lesson = Lesson::<NoFlags>::new("dropping-view", "For a test");
    let reader = PeriodicReader::builder(lesson.exporter())
        .with_interval(Duration::from_millis(10))
        .build();
    let provider = SdkMeterProvider::builder()
        .with_resource(lesson.resource())
        .with_reader(reader)
        .with_view(drop_all_but_kept)
        .build();
    let (telemetry, _flags) = lesson.start(provider);

    let meter = opentelemetry::global::meter("dropping-view");
    meter.u64_counter("dropped").build().add(1, &[]);
    let process = ProcessSampler::of_this_process();
    meter
        .u64_observable_gauge("kept")
        .with_callback(move |gauge| {
            gauge.observe(process.get().memory.unwrap_or_default(), &[]);
        })
        .build();
    telemetry.wait()
}

fn drop_all_but_kept(instrument: &Instrument) -> Option<Stream> {
    let drop = Stream::builder()
        .with_aggregation(Aggregation::Drop)
        .build();
    (instrument.name() != "kept").then_some(drop.ok()?)
}
