//! What the export of one document costs, with the exporter of the lessons and
//! with that of the OpenTelemetry project: `just bench exporting`.

mod support;

use std::fs::File;
use std::io;
use std::pin::pin;
use std::task::{Context, Waker};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_stdout::MetricExporter;
use rustix::stdio::dup2_stdout;
use shared::JsonExporter;

fn exporting(criterion: &mut Criterion) {
    // Criterion prints on standard error where there is no terminal; both
    // exporters get the null device.
    let null_device = File::create("/dev/null").expect("Unix has it");
    let terminal =
        rustix::io::dup(rustix::stdio::stdout()).expect("it is open");

    let mut group = criterion.benchmark_group("exporting");
    // The SDK keeps 2000 data points of one instrument.
    for points in [100, 1000, 2000] {
        let metrics = counter(points);
        let json = JsonExporter::new(io::stdout());
        let text = MetricExporter::default();
        dup2_stdout(&null_device).expect("both are open");
        group.bench_function(BenchmarkId::new("json", points), |bencher| {
            bencher.iter(|| export(&json, &metrics));
        });
        let id = BenchmarkId::new("opentelemetry_stdout", points);
        group.bench_function(id, |bencher| {
            bencher.iter(|| export(&text, &metrics));
        });
        dup2_stdout(&terminal).expect("both are open");
    }
}

/// A counter with that many data points, collected.
fn counter(points: i64) -> ResourceMetrics {
    let pair = support::Pair::new();
    let calls = pair.meter().u64_counter("api.chamadas").build();
    for (user, status) in (0..points).zip((200..205).cycle()) {
        let attributes = [
            KeyValue::new("http.response.status_code", status),
            KeyValue::new("http.route", format!("/users/{user}/items")),
        ];
        calls.add(1, &attributes);
    }
    let mut metrics = ResourceMetrics::default();
    pair.collect(&mut metrics);
    metrics
}

/// Neither exporter waits, so that the first poll is the whole export.
fn export(exporter: &impl PushMetricExporter, metrics: &ResourceMetrics) {
    let export = pin!(exporter.export(metrics));
    let mut context = Context::from_waker(Waker::noop());
    assert!(export.poll(&mut context).is_ready());
}

criterion_group!(benches, exporting);
criterion_main!(benches);
