//! The cost of counting one thing: `just bench recording`.

use std::cell::Cell;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::Temporality;
use shared::testing::Collector;

// Each call to `compare` is one candidate.
fn recording(criterion: &mut Criterion) {
    let collector = Collector::by_hand("recording", Temporality::Cumulative);
    let counter = collector.meter().u64_counter("calls").build();
    let none = [];
    let one = [KeyValue::new("http.route", "/")];
    let four = [
        KeyValue::new("http.request.method", "GET"),
        KeyValue::new("http.response.status_code", 200),
        KeyValue::new("http.route", "/"),
        KeyValue::new("server.port", 8080),
    ];
    let total = AtomicU64::new(0);

    let mut compare = |name: &str, record: &(dyn Fn() + Sync)| {
        measure(criterion, name, record);
    };
    compare("atomic", &|| {
        total.fetch_add(1, Relaxed);
    });
    compare("counter_0_attributes", &|| counter.add(1, &none));
    compare("counter_1_attribute", &|| counter.add(1, &one));
    compare("counter_4_attributes", &|| counter.add(1, &four));
    compare("counter_formatted_attribute", &|| {
        let route = format!("/users/{}", next_user());
        counter.add(1, &[KeyValue::new("http.route", route)]);
    });
}

/// One of a hundred users, different at each call.
fn next_user() -> u64 {
    thread_local! {
        static CALLS: Cell<u64> = const { Cell::new(0) };
    }
    CALLS.with(|calls| calls.replace(calls.get() + 1) % 100)
}

/// Measures `record` on one thread, and on two at the same time.
fn measure(criterion: &mut Criterion, name: &str, record: &(dyn Fn() + Sync)) {
    let mut group = criterion.benchmark_group("recording");
    for threads in [1, 2] {
        let id = BenchmarkId::new(name, threads);
        group.bench_function(id, |bencher| {
            bencher.iter_custom(|times| slowest(threads, times, record));
        });
    }
}

/// The time the slowest thread takes to call `record` that many times.
fn slowest(threads: usize, times: u64, record: &(dyn Fn() + Sync)) -> Duration {
    let start_together = Barrier::new(threads);
    let run = || {
        start_together.wait();
        let start = Instant::now();
        for _ in 0..times {
            record();
        }
        start.elapsed()
    };
    thread::scope(|scope| {
        let runs: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let times = runs.into_iter().map(|run| run.join().expect("no panic"));
        times.max().unwrap_or_default()
    })
}

criterion_group!(benches, recording);
criterion_main!(benches);
