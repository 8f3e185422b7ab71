//! Values that are read once in each collection.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{
    PeriodicReader, SdkMeterProvider, Temporality,
};
use shared::testing::{Collector, data_points, document_channel};
use shared::{JsonExporter, OncePerCollection, ProcessSampler};

#[test]
fn a_value_is_read_once_in_a_collection_with_many_callbacks() {
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let reading = readings(&collector.meter(), 5);
    assert_eq!(reading.get(), None, "nothing is read before a collection");
    for collection in 1..=3 {
        let document = collector.document();
        for name in NAMES {
            let point = data_points(&document, name)[0];
            assert_eq!(point["value"], collection);
        }
        assert!(data_points(&document, "reading").is_empty());
    }
    assert_eq!(reading.get(), Some(3));
}

#[test]
fn two_readers_that_collect_at_the_same_time_read_once_each() {
    let readers = [(); 2].map(|()| {
        let (writer, documents) = document_channel();
        let reader = PeriodicReader::builder(JsonExporter::new(writer))
            .with_interval(Duration::MAX)
            .build();
        (reader, documents)
    });
    let mut provider = SdkMeterProvider::builder();
    for (reader, _) in &readers {
        provider = provider.with_reader(reader.clone());
    }
    let provider = provider.build();
    let reading = readings(&provider.meter("test"), 5);

    // Each flush makes both readers collect, on their own threads.
    let flushes = 50;
    let together = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                together.wait();
                for _ in 0..flushes {
                    provider.force_flush().expect("nothing fails");
                }
            });
        }
    });
    let collections: usize = readers
        .iter()
        .map(|(_, documents)| documents.try_iter().count())
        .sum();
    assert_eq!(collections, 2 * 2 * flushes);
    assert_eq!(reading.get(), Some(collections as u64));
}

#[test]
fn the_process_is_sampled_at_each_collection() {
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let process = ProcessSampler::new(&collector.meter());
    assert_eq!(process.cpu_time(), None);
    assert_eq!(process.disk_io(), None);

    collector.collect().expect("nothing fails");
    let before = process.cpu_time().expect("this platform tells");
    // The kernel counts CPU time in steps of some milliseconds.
    loop {
        collector.collect().expect("nothing fails");
        let after = process.cpu_time().expect("this platform tells");
        assert!(after >= before);
        if after > before {
            break;
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn disk_io_is_that_of_the_kernel() {
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let process = ProcessSampler::new(&collector.meter());
    collector.collect().expect("nothing fails");

    let kernel = std::fs::read_to_string("/proc/self/io").ok();
    let count = |name: &str| -> Option<u64> {
        let lines = kernel.as_deref()?.lines();
        let mut counts = lines.filter_map(|line| line.split_once(": "));
        counts.find(|(key, _)| *key == name)?.1.parse().ok()
    };
    let sampled = process.disk_io();
    assert!(sampled.map(|io| io.read) <= count("read_bytes"));
    assert!(sampled.map(|io| io.written) <= count("write_bytes"));
    assert_eq!(sampled.is_some(), kernel.is_some());
}

#[test]
fn memory_is_that_of_a_running_program() {
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let process = ProcessSampler::new(&collector.meter());
    collector.collect().expect("nothing fails");
    let before = process.memory().expect("this platform tells");

    let megabytes = 64 * 1024 * 1024;
    // Not zeros: the kernel gives memory when it is written to.
    let block = std::hint::black_box(vec![1_u8; megabytes]);
    collector.collect().expect("nothing fails");
    let after = process.memory().expect("this platform tells");
    assert!(after >= before + megabytes as u64 / 2);
    drop(block);
}

#[cfg(target_os = "linux")]
#[test]
fn threads_that_begin_and_end_are_counted() {
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let process = ProcessSampler::new(&collector.meter());
    // The other tests of this file run on threads of the same process.
    let threads = 100;
    let count = || {
        collector.collect().expect("nothing fails");
        process.threads().expect("Linux tells")
    };
    assert!(
        count() >= 3,
        "the main thread, this test's and the reader's"
    );
    let (started, running) = std::sync::mpsc::channel();
    thread::scope(|scope| {
        let end = Arc::new(Barrier::new(threads + 1));
        for _ in 0..threads {
            let (started, end) = (started.clone(), Arc::clone(&end));
            scope.spawn(move || {
                started.send(()).expect("the test is there");
                end.wait();
            });
        }
        assert_eq!(running.iter().take(threads).count(), threads);
        assert!(count() > threads);
        end.wait();
    });
    // A thread can be seen for a moment after it was joined.
    while count() > threads {
        thread::yield_now();
    }
}

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// Registers counters that all observe how often the value was read.
fn readings(
    meter: &opentelemetry::metrics::Meter,
    count: usize,
) -> OncePerCollection<u64> {
    let reads = Arc::new(AtomicU64::new(0));
    let reading = OncePerCollection::new(meter, "reading", move || {
        reads.fetch_add(1, SeqCst) + 1
    });
    for name in &NAMES[..count] {
        let reading = reading.clone();
        meter
            .u64_observable_counter(*name)
            .with_callback(move |counter| {
                if let Some(reads) = reading.get() {
                    counter.observe(reads, &[]);
                }
            })
            .build();
    }
    reading
}
