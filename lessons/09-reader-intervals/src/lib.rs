//! Reader intervals: what decides when a value is read.
//!
//! Instruments belong to a provider, and each of its readers collects them all
//! at its own interval. So a callback runs once for each reader.

pub mod collections;
mod flags;

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use opentelemetry::metrics::Meter;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{
    OTEL_METRIC_EXPORT_INTERVAL, OTEL_METRIC_EXPORT_INTERVAL_DEFAULT,
    PeriodicReader, SdkMeterProvider,
};
use shared::Lesson;

use collections::{CountingExporter, Summary};
pub use flags::{Flags, Intervals};

// ANCHOR: two_readers
/// Builds one provider with two readers, and the summary of what they will do.
pub fn two_readers(lesson: &Lesson<Flags>) -> (SdkMeterProvider, Summary) {
    let Intervals { fast, slow } = lesson.flags.intervals(lesson);
    let fast_exporter =
        CountingExporter::new(lesson.exporter().for_reader("fast"));
    let slow_exporter =
        CountingExporter::new(lesson.exporter().for_reader("slow"));
    let slow_or_sdk = slow.unwrap_or_else(sdk_interval);
    let summary = Summary {
        readers: [
            ("fast", fast, fast_exporter.collections()),
            ("slow", slow_or_sdk, slow_exporter.collections()),
        ],
        runs: Arc::default(),
    };
    let provider = SdkMeterProvider::builder()
        .with_resource(lesson.resource())
        .with_reader(reader(fast_exporter, Some(fast)))
        .with_reader(reader(slow_exporter, slow))
        .build();
    (provider, summary)
}
// ANCHOR_END: two_readers

// ANCHOR: reader
/// Builds a reader that collects and exports at an interval. With `None` the
/// SDK chooses one: see [`sdk_interval`].
pub fn reader<E: PushMetricExporter>(
    exporter: E,
    interval: Option<Duration>,
) -> PeriodicReader<E> {
    let reader = PeriodicReader::builder(exporter);
    match interval {
        Some(interval) => reader.with_interval(interval).build(),
        None => reader.build(),
    }
}
// ANCHOR_END: reader

/// The interval that the SDK chooses for a reader without one: the milliseconds
/// in `OTEL_METRIC_EXPORT_INTERVAL`, or else 60 seconds.
pub fn sdk_interval() -> Duration {
    env::var(OTEL_METRIC_EXPORT_INTERVAL)
        .ok()
        .and_then(|milliseconds| milliseconds.parse().ok())
        .map_or(OTEL_METRIC_EXPORT_INTERVAL_DEFAULT, Duration::from_millis)
}

// ANCHOR: observe_runs
/// Observes how often its own callback has run: once for each collection of
/// each reader. `runs` keeps the count.
pub fn observe_runs(meter: &Meter, runs: Arc<AtomicU64>) {
    meter
        .u64_observable_counter("leitor.coletas")
        .with_description("As coletas de todos os leitores.")
        .with_unit("{coleta}")
        .with_callback(move |counter| {
            counter.observe(runs.fetch_add(1, Relaxed) + 1, &[]);
        })
        .build();
}
// ANCHOR_END: observe_runs

// ANCHOR: count_beats
/// Counts one beat now and another after each `pause`, for as long as the
/// program runs: a counter does not wait for a collection.
pub fn count_beats(meter: &Meter, pause: Duration) {
    let beats = meter
        .u64_counter("app.batidas")
        .with_description("As batidas do aplicativo.")
        .with_unit("{batida}")
        .build();
    beats.add(1, &[]);
    thread::spawn(move || {
        loop {
            thread::sleep(pause);
            beats.add(1, &[]);
        }
    });
}
// ANCHOR_END: count_beats
