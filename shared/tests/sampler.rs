//! All callers share a reading until it is too old.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, PeriodicReader, SdkMeterProvider, Stream,
    Temporality,
};
use shared::testing::{Collector, data_points, document_channel};
use shared::{JsonExporter, Sampler};

#[test]
fn a_reading_is_renewed_when_it_is_older_than_the_stated_age() {
    let (clock, sampler) = readings(Duration::from_secs(2));
    assert_eq!(sampler.get(), 0, "the first reading is the one given");
    clock.store(2, SeqCst);
    assert_eq!(sampler.get(), 0, "it is two seconds old, not older");
    clock.store(3, SeqCst);
    assert_eq!(sampler.get(), 1);
    assert_eq!(sampler.clone().get(), 1, "the clone shares it");
    clock.store(5, SeqCst);
    assert_eq!(sampler.get(), 1);
    clock.store(6, SeqCst);
    assert_eq!(sampler.get(), 2);
}

#[test]
fn a_value_is_read_once_in_a_collection_with_many_callbacks() {
    let (clock, sampler) = readings(Duration::ZERO);
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    observe(&collector.meter(), &sampler);
    for collection in 1..=3 {
        clock.store(collection, SeqCst);
        let document = collector.document();
        for name in NAMES {
            let point = data_points(&document, name)[0];
            assert_eq!(point["value"], collection);
        }
    }
}

#[test]
fn a_reading_renewed_during_a_collection_reaches_only_later_callbacks() {
    let (clock, sampler) = readings(Duration::ZERO);
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    for name in NAMES {
        let (clock, sampler) = (Arc::clone(&clock), sampler.clone());
        collector
            .meter()
            .u64_observable_counter(name)
            .with_callback(move |counter| {
                counter.observe(sampler.get(), &[]);
                // So the next callback finds it too old.
                clock.fetch_add(1, SeqCst);
            })
            .build();
    }
    let document = collector.document();
    let mut values =
        NAMES.map(|name| data_points(&document, name)[0]["value"].as_u64());
    values.sort_unstable();
    assert_eq!(values, [0, 1, 2, 3, 4].map(Some));
}

#[test]
fn two_readers_that_collect_at_the_same_time_share_a_reading() {
    let (clock, sampler) = readings(Duration::ZERO);
    let mut provider = SdkMeterProvider::builder();
    let documents = [(); 2].map(|()| {
        let (writer, documents) = document_channel();
        let reader = PeriodicReader::builder(JsonExporter::new(writer))
            .with_interval(Duration::MAX)
            .build();
        provider = std::mem::take(&mut provider).with_reader(reader);
        documents
    });
    let provider = provider.build();
    observe(&provider.meter("test"), &sampler);

    clock.store(1, SeqCst);
    let together = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                together.wait();
                // Each flush makes both readers collect, on their own threads.
                for _ in 0..50 {
                    provider.force_flush().expect("nothing fails");
                }
            });
        }
    });
    let documents = documents.iter().flat_map(|reader| reader.try_iter());
    assert_eq!(documents.count(), 2 * 2 * 50);
    assert_eq!(sampler.get(), 1, "the clock stood still");
}

#[test]
fn a_view_that_drops_every_instrument_does_not_stop_a_sampler() {
    let (clock, sampler) = readings(Duration::ZERO);
    let (writer, documents) = document_channel();
    let reader = PeriodicReader::builder(JsonExporter::new(writer))
        .with_interval(Duration::MAX)
        .build();
    let drop_all = |_: &Instrument| {
        let drop = Stream::builder().with_aggregation(Aggregation::Drop);
        drop.build().ok()
    };
    let provider = SdkMeterProvider::builder()
        .with_reader(reader)
        .with_view(drop_all)
        .build();
    observe(&provider.meter("test"), &sampler);
    provider.force_flush().expect("dropping is not a failure");
    provider.shutdown().expect("dropping is not a failure");
    assert_eq!(documents.iter().count(), 0);
    clock.store(1, SeqCst);
    assert_eq!(sampler.get(), 1);
}

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// A clock in seconds, and a sampler that counts its own readings.
fn readings(max_age: Duration) -> (Arc<AtomicU64>, Sampler<u64>) {
    let seconds = Arc::new(AtomicU64::new(0));
    let clock = Arc::clone(&seconds);
    let clock = move || Duration::from_secs(clock.load(SeqCst));
    let mut readings = 0;
    let sampler = Sampler::new(max_age, clock, 0, move |_now| {
        readings += 1;
        readings
    });
    (seconds, sampler)
}

/// Registers counters that all observe the latest reading.
fn observe(meter: &Meter, sampler: &Sampler<u64>) {
    for name in NAMES {
        let sampler = sampler.clone();
        meter
            .u64_observable_counter(name)
            .with_callback(move |counter| counter.observe(sampler.get(), &[]))
            .build();
    }
}
