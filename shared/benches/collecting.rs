//! What one collection costs, without an export: `just bench collecting`.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Weak};
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{
    Instrument, InstrumentKind, ManualReader, Pipeline, SdkMeterProvider,
    Stream, Temporality,
};
use shared::{OncePerCollection, ProcessSampler};

// One instrument with many data points.
fn data_points(criterion: &mut Criterion) {
    for points in [1, 10, 100, 1000, 10_000] {
        measure(criterion, "counter", points, |meter| {
            let counter = meter.u64_counter("total").build();
            for set in sets(points) {
                counter.add(1, &set);
            }
        });
        measure(criterion, "observable_counter", points, |meter| {
            let sets: Vec<_> = sets(points).collect();
            meter
                .u64_observable_counter("total")
                .with_callback(move |counter| {
                    for set in &sets {
                        counter.observe(1, set);
                    }
                })
                .build();
        });
    }
}

// Many instruments with one data point each, and what their callbacks read.
fn callbacks(criterion: &mut Criterion) {
    for callbacks in [1, 10, 100, 1000] {
        measure(criterion, "atomic", callbacks, |meter| {
            let total = Arc::new(AtomicU64::new(1));
            for _ in 0..callbacks {
                let total = Arc::clone(&total);
                observe(meter, move || Some(total.load(Relaxed)));
            }
        });
        measure(criterion, "atomic_read_once", callbacks, |meter| {
            let total = AtomicU64::new(1);
            let read = move || total.load(Relaxed);
            let reading = OncePerCollection::new(meter, "reading", read);
            for _ in 0..callbacks {
                let reading = reading.clone();
                observe(meter, move || reading.get());
            }
        });
        measure(criterion, "process_read_once", callbacks, |meter| {
            let process = ProcessSampler::new(meter);
            for _ in 0..callbacks {
                let process = process.clone();
                observe(meter, move || process.memory());
            }
        });
        measure(criterion, "process", callbacks, |meter| {
            for _ in 0..callbacks {
                let process = ProcessSampler::new(meter);
                observe(meter, move || process.memory());
            }
        });
    }
}

fn sets(count: u64) -> impl Iterator<Item = [KeyValue; 1]> {
    (0..count).map(|user| {
        [KeyValue::new("http.route", format!("/users/{user}/items"))]
    })
}

fn observe(
    meter: &Meter,
    value: impl Fn() -> Option<u64> + Send + Sync + 'static,
) {
    // The SDK merges instruments of one name.
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let name = format!("total.{}", NUMBER.fetch_add(1, Relaxed));
    meter
        .u64_observable_counter(name)
        .with_callback(move |counter| {
            if let Some(value) = value() {
                counter.observe(value, &[]);
            }
        })
        .build();
}

/// Measures a collection of the instruments that `register` builds. `count` is
/// the number of data points.
fn measure(
    criterion: &mut Criterion,
    name: &str,
    count: u64,
    register: impl FnOnce(&Meter),
) {
    let reader = SharedReader::default();
    // Unless told otherwise, the SDK makes room for 2000 sets, and a collection
    // of a counter walks all of it.
    let limit = usize::try_from(count).expect("a small number").max(2000);
    let provider = SdkMeterProvider::builder()
        .with_reader(reader.clone())
        .with_view(move |_: &Instrument| {
            Stream::builder().with_cardinality_limit(limit).build().ok()
        })
        .build();
    register(&provider.meter("collecting"));

    let mut metrics = ResourceMetrics::default();
    let mut group = criterion.benchmark_group("collecting");
    group.bench_function(BenchmarkId::new(name, count), |bencher| {
        bencher.iter(|| reader.collect(&mut metrics));
    });
}

/// Collects on the thread that asks, so that no other thread is measured.
#[derive(Clone, Debug, Default)]
struct SharedReader(Arc<ManualReader>);

impl MetricReader for SharedReader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.temporality(kind)
    }
}

criterion_group!(benches, data_points, callbacks);
criterion_main!(benches);
