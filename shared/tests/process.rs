//! Values that are read once in each collection.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

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
fn cpu_time_grows_no_faster_than_the_clock_on_all_cores() {
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let process = ProcessSampler::new(&collector.meter());
    assert_eq!(process.cpu_time(), None);

    let cpu_time = || {
        collector.collect().expect("nothing fails");
        process.cpu_time().expect("this platform tells")
    };
    let (start, before) = (Instant::now(), cpu_time());
    // The kernel counts in steps of some milliseconds.
    let after = loop {
        let after = cpu_time();
        assert!(after >= before);
        assert!(start.elapsed() < Duration::from_mins(1), "it stands still");
        if after >= before + Duration::from_millis(50) {
            break after;
        }
    };
    let cores = thread::available_parallelism().expect("a number").get();
    let cores = u32::try_from(cores).expect("a small number");
    let step = Duration::from_millis(20);
    assert!(after <= before + (start.elapsed() + step) * cores);
}

#[cfg(target_os = "linux")]
#[test]
fn disk_io_is_that_of_the_kernel() {
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let process = ProcessSampler::new(&collector.meter());
    let kernel = || {
        let text = std::fs::read_to_string("/proc/self/io").ok()?;
        let count = |name: &str| -> Option<u64> {
            let mut counts = text.lines().filter_map(|l| l.split_once(": "));
            counts.find(|(key, _)| *key == name)?.1.parse().ok()
        };
        Some((count("read_bytes")?, count("write_bytes")?))
    };
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("disk_io");
    std::fs::write(&path, vec![1; 100_000]).expect("the folder is there");

    let before = kernel();
    collector.collect().expect("nothing fails");
    let after = kernel();
    std::fs::remove_file(&path).expect("the file is there");
    let sampled = process.disk_io().map(|io| (io.read, io.written));
    assert_eq!(sampled.is_some(), before.is_some());
    if let (Some(before), Some(sampled), Some(after)) = (before, sampled, after)
    {
        assert!((before.0..=after.0).contains(&sampled.0), "read");
        assert!((before.1..=after.1).contains(&sampled.1), "written");
    }
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
