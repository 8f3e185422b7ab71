//! Temporality: whether a value counts from the start, or from the document
//! before.
//!
//! A bakery has one set of instruments and two readers. Nothing in it is left
//! to chance: each minute, which lasts as long as the interval, is known
//! beforehand.

pub mod bakery;
mod flags;
pub mod lossy;

use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{
    PeriodicReader, SdkMeterProvider, Temporality,
};
use shared::Lesson;

use bakery::Bakery;
pub use flags::Flags;
use lossy::LossyExporter;

/// The number of the current minute, which is also that of its document.
pub type Minute = Arc<AtomicU64>;

// ANCHOR: two_readers
/// Builds a provider with two readers, which differ in their temporality.
pub fn two_readers(
    lesson: &Lesson<Flags>,
    minute: &Minute,
) -> SdkMeterProvider {
    let (name, temporality) = if lesson.flags.low_memory {
        ("low-memory", Temporality::LowMemory)
    } else {
        ("delta", Temporality::Delta)
    };
    let exporter = |name, temporality| LossyExporter {
        exporter: lesson
            .exporter()
            .for_reader(name)
            .with_temporality(temporality),
        minute: Arc::clone(minute),
        lost: lesson.flags.lose,
    };
    SdkMeterProvider::builder()
        .with_resource(lesson.resource())
        .with_reader(reader(exporter("cumulative", Temporality::Cumulative)))
        .with_reader(reader(exporter(name, temporality)))
        .build()
}

/// Builds a reader that waits to be flushed: with an interval, each reader
/// would collect at a moment of its own, and see other values.
fn reader<E: PushMetricExporter>(exporter: E) -> PeriodicReader<E> {
    PeriodicReader::builder(exporter)
        .with_interval(Duration::MAX)
        .build()
}
// ANCHOR_END: two_readers

// ANCHOR: lives
/// A provider, and the last minute before it crashes.
pub type Life = (SdkMeterProvider, Option<NonZeroU64>);

/// Builds a provider for each life of the program, one or two, and returns
/// that of the last life once more, to be shut down.
pub fn lives(
    lesson: &Lesson<Flags>,
    minute: &Minute,
) -> (Vec<Life>, SdkMeterProvider) {
    let last = two_readers(lesson, minute);
    let mut lives = Vec::new();
    if let Some(restart) = lesson.flags.restart {
        lives.push((two_readers(lesson, minute), Some(restart)));
    }
    lives.push((last.clone(), None));
    (lives, last)
}

/// Works and collects, minute by minute.
pub fn run(lives: &[Life], interval: Duration, minute: &Minute) {
    for (provider, last_minute) in lives {
        let meter = provider.meter(env!("CARGO_PKG_NAME"));
        // A program that starts knows nothing of the one before.
        let mut bakery = Bakery::open(&meter, minute);
        loop {
            thread::sleep(interval);
            let number = minute.fetch_add(1, Relaxed) + 1;
            bakery.work(number);
            // Collects for one reader, then for the other. The exporter
            // reports what fails.
            let _ = provider.force_flush();
            if last_minute.is_some_and(|last| last.get() == number) {
                // No shutdown and no last collection: this is a crash.
                break;
            }
        }
    }
}
// ANCHOR_END: lives
