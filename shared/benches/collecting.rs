//! The cost of one collection, without the export (`just bench collecting`),
//! and of asking the operating system in callbacks (`just bench process`).

mod support;

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main,
};
use opentelemetry::metrics::Meter;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use shared::ProcessSampler;
use support::Pair;

/// Counters and observable counters, each with one data point.
fn collecting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("collecting");
    for instruments in [1, 10, 100] {
        let id = BenchmarkId::new("counter", instruments);
        measure(&mut group, id, instruments, |meter, name| {
            meter.u64_counter(name).build().add(1, &[]);
        });
        let id = BenchmarkId::new("observable_counter", instruments);
        measure(&mut group, id, instruments, |meter, name| {
            let total = AtomicU64::new(0);
            observe(meter, name, move || total.fetch_add(1, Relaxed));
        });
    }
}

/// Process statistics, read by each callback or once for all of them.
fn process(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("process");
    let always_new = ProcessSampler::with_clock(a_second_each(1));
    group.bench_function(BenchmarkId::new("one_reading", 1), |bencher| {
        bencher.iter(|| black_box(always_new.get()));
    });
    let id = BenchmarkId::new("each_callback_reads", 10);
    measure(&mut group, id, 10, |meter, name| {
        let process = always_new.clone();
        observe(meter, name, move || process.get().memory.unwrap_or(0));
    });
    // The first callback of a collection reads for the other nine.
    let new_for_ten = ProcessSampler::with_clock(a_second_each(10));
    let id = BenchmarkId::new("one_reading_for_all", 10);
    measure(&mut group, id, 10, |meter, name| {
        let process = new_for_ten.clone();
        observe(meter, name, move || process.get().memory.unwrap_or(0));
    });
}

/// A clock that advances by one second every `looks` times it is read.
fn a_second_each(looks: u64) -> impl Fn() -> Duration + Send + 'static {
    let looked = AtomicU64::new(looks - 1);
    move || Duration::from_secs(looked.fetch_add(1, Relaxed) / looks)
}

fn observe(
    meter: &Meter,
    name: String,
    value: impl Fn() -> u64 + Send + Sync + 'static,
) {
    meter
        .u64_observable_counter(name)
        .with_callback(move |counter| counter.observe(value(), &[]))
        .build();
}

/// Measures a collection of `instruments` instruments, built by `register`.
fn measure(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    instruments: usize,
    register: impl Fn(&Meter, String),
) {
    let pair = Pair::new();
    for number in 0..instruments {
        register(&pair.meter(), format!("total.{number}"));
    }
    let mut metrics = ResourceMetrics::default();
    group.bench_function(id, |bencher| {
        bencher.iter(|| pair.collect(&mut metrics));
    });
}

criterion_group!(benches, collecting, process);
criterion_main!(benches);
