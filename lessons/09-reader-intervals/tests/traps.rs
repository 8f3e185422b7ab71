//! Surprises with readers, each shown by a test.

use std::process::Command;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use reader_intervals::collections::CountingExporter;
use reader_intervals::{observe_runs, reader};
use serde_json::Value;
use shared::JsonExporter;
use shared::testing::{data_points, document_channel};

const MILLISECOND: Duration = Duration::from_millis(1);
const NEVER: Duration = Duration::MAX;

#[test]
fn a_stateful_callback_splits_its_values_between_readers() {
    let (provider, [fast, slow]) = two_readers([NEVER, NEVER]);
    let work_done = Arc::new(AtomicU64::new(0));
    let since_last_call = Arc::clone(&work_done);
    provider
        .meter("trap")
        .u64_observable_gauge("work.since.last.call")
        .with_callback(move |gauge| {
            gauge.observe(since_last_call.swap(0, SeqCst), &[]);
        })
        .build();

    // A flush makes the fast reader collect, then the slow one.
    work_done.store(10, SeqCst);
    provider.force_flush().expect("nothing fails");
    let name = "work.since.last.call";
    assert_eq!(data_points(&next(&fast), name)[0]["value"], 10);
    assert_eq!(data_points(&next(&slow), name)[0]["value"], 0);
}

// ANCHOR: cross_talk
#[test]
fn observations_for_one_reader_are_exported_by_the_other() {
    let (provider, [fast, slow]) = two_readers([MILLISECOND, NEVER]);
    let runs = AtomicI64::new(0);
    provider
        .meter("trap")
        .u64_observable_counter("runs")
        .with_callback(move |counter| {
            let run = runs.fetch_add(1, SeqCst);
            counter.observe(1, &[KeyValue::new("run", run)]);
        })
        .build();
    for _ in 0..5 {
        // The callback observes one set of attributes per collection.
        assert_eq!(data_points(&next(&fast), "runs").len(), 1);
    }

    // The slow reader's only collection has the sets of all the others,
    // although its own callback run observed just one.
    provider.shutdown().expect("nothing fails");
    let document = next(&slow);
    assert!(data_points(&document, "runs").len() > 5, "{document}");
    assert_eq!(slow.try_iter().count(), 0);
}
// ANCHOR_END: cross_talk

#[test]
fn two_readers_can_be_inside_one_callback_at_the_same_time() {
    let (provider, [fast, slow]) = two_readers([MILLISECOND; 2]);
    let both = Barrier::new(2);
    let meetings = AtomicU64::new(0);
    provider
        .meter("trap")
        .u64_observable_counter("meetings")
        .with_callback(move |counter| {
            // Neither leaves before the other has arrived.
            if meetings.load(SeqCst) == 0 {
                both.wait();
                meetings.store(1, SeqCst);
            }
            counter.observe(meetings.load(SeqCst), &[]);
        })
        .build();
    for documents in [fast, slow] {
        assert_eq!(data_points(&next(&documents), "meetings")[0]["value"], 1);
    }
}

#[test]
fn a_callback_slower_than_the_interval_sets_the_pace() {
    const COLLECTIONS: u32 = 5;
    let pause = MILLISECOND * 10;
    let start = Instant::now();
    let (provider, [fast, _slow]) = two_readers([MILLISECOND, NEVER]);
    provider
        .meter("trap")
        .u64_observable_counter("slow")
        .with_callback(move |counter| {
            let start = Instant::now();
            while start.elapsed() < pause {
                std::hint::spin_loop();
            }
            counter.observe(1, &[]);
        })
        .build();
    for _ in 0..COLLECTIONS {
        next(&fast);
    }
    // One after the other: never as often as the interval asks.
    assert!(start.elapsed() >= pause * COLLECTIONS);
}

#[test]
fn each_reader_has_the_whole_sum_of_a_counter() {
    let (provider, [fast, slow]) = two_readers([NEVER, NEVER]);
    let beats = provider.meter("trap").u64_counter("beats").build();
    for (beat, sum) in [(3, 3), (2, 5)] {
        beats.add(beat, &[]);
        provider.force_flush().expect("nothing fails");
        for documents in [&fast, &slow] {
            let document = next(documents);
            assert_eq!(data_points(&document, "beats")[0]["value"], sum);
        }
    }
}

#[test]
fn a_flush_and_the_shutdown_are_collections_too() {
    let (provider, [fast, slow]) = two_readers([NEVER, NEVER]);
    let runs = Arc::new(AtomicU64::new(0));
    observe_runs(&provider.meter("trap"), Arc::clone(&runs));
    provider.force_flush().expect("nothing fails");
    assert_eq!(runs.load(SeqCst), 2);
    provider.shutdown().expect("nothing fails");
    assert_eq!(runs.load(SeqCst), 4);
    assert_eq!(fast.iter().count() + slow.iter().count(), 4);
}

#[test]
fn a_reader_exports_each_of_its_collections() {
    let (writer, documents) = document_channel();
    let exporter = CountingExporter::new(JsonExporter::new(writer));
    let exports = exporter.collections();
    let provider = SdkMeterProvider::builder()
        .with_reader(reader(exporter, Some(MILLISECOND)))
        .build();
    let runs = Arc::new(AtomicU64::new(0));
    observe_runs(&provider.meter("trap"), Arc::clone(&runs));
    for _ in 0..5 {
        next(&documents);
    }
    provider.shutdown().expect("nothing fails");
    assert_eq!(runs.load(SeqCst), exports.load(SeqCst));
}

#[test]
fn the_sdk_reads_milliseconds_and_silently_falls_back_to_60s() {
    for (environment, interval) in [
        (None, "60s"),
        (Some("200"), "200ms"),
        // Meant as five seconds, this is 200 collections a second.
        (Some("5"), "5ms"),
        (Some("-5"), "60s"),
        (Some("abc"), "60s"),
        (Some(""), "60s"),
        (Some("200ms"), "60s"),
        (Some("0.2"), "60s"),
        // No pause at all between collections.
        (Some("0"), "0ns"),
    ] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_sdk-interval"));
        program.env_remove("OTEL_METRIC_EXPORT_INTERVAL");
        if let Some(environment) = environment {
            program.env("OTEL_METRIC_EXPORT_INTERVAL", environment);
        }
        let output = program.output().expect("the program runs");
        let stdout = String::from_utf8_lossy(&output.stdout);
        let lines: Vec<_> = stdout.lines().collect();
        let [from_environment, from_code, lesson] = lines[..] else {
            panic!("not three lines: {stdout}");
        };
        let reader = |interval| {
            format!("PeriodicReaderBuilder {{ interval: {interval}, ")
        };
        assert!(from_environment.starts_with(&reader(interval)), "{stdout}");
        // The code overrides the environment.
        assert!(from_code.starts_with(&reader("1s")), "{stdout}");
        assert_eq!(lesson, interval);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[test]
fn the_builder_ignores_an_interval_of_zero() {
    let exporter = JsonExporter::new(std::io::sink());
    let reader = PeriodicReader::builder(exporter)
        .with_interval(MILLISECOND)
        .with_interval(Duration::ZERO);
    let reader = format!("{reader:?}");
    assert!(reader.contains("interval: 1ms"), "{reader}");
}

/// A provider with two readers, and the receivers of their documents.
fn two_readers(
    intervals: [Duration; 2],
) -> (SdkMeterProvider, [Receiver<String>; 2]) {
    let mut provider = SdkMeterProvider::builder();
    let documents = intervals.map(|interval| {
        let (writer, documents) = document_channel();
        let exporter = JsonExporter::new(writer);
        provider = std::mem::take(&mut provider)
            .with_reader(reader(exporter, Some(interval)));
        documents
    });
    (provider.build(), documents)
}

fn next(documents: &Receiver<String>) -> Value {
    let document = documents.recv().expect("a document");
    serde_json::from_str(&document).expect("the document is JSON")
}
