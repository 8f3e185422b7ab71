//! What one export costs, from one data point to 100,000, and how far it is
//! from what is possible: `just bench exporting`.

use std::collections::BTreeMap;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufWriter, Write};
use std::os::fd::OwnedFd;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group,
    criterion_main,
};
use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics, SumDataPoint,
};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_stdout::MetricExporter;
use rustix::io::dup;
use rustix::stdio::{dup2_stdout, stdout};
use serde::{Deserialize, Serialize};
use shared::testing::{Lender, document_channel};
use shared::{JsonExporter, Order};

const BUFFER_BYTES: usize = 64 * 1024;

fn exporting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("exporting");
    for points in [1, 10, 100, 1000, 10_000, 100_000] {
        group.throughput(Throughput::Elements(points as u64));
        let mut comparison = Comparison {
            group: &mut group,
            lender: lender(points),
            points,
        };
        comparison.json();
        comparison.ordering();
        comparison.json_to_stdout();
        comparison.opentelemetry_stdout();
        comparison.bounds();
    }
}

/// A counter with that many data points.
fn lender(points: usize) -> Lender {
    let lender = Lender::new(points);
    let calls = lender.meter().u64_counter("api.chamadas").build();
    for (user, status) in (0..points).zip((200..205_i64).cycle()) {
        let attributes = [
            KeyValue::new("http.response.status_code", status),
            KeyValue::new("http.route", format!("/users/{user}/items")),
        ];
        calls.add(1, &attributes);
    }
    lender
}

/// What is compared for one number of data points.
struct Comparison<'a, 'b> {
    group: &'a mut BenchmarkGroup<'b, WallTime>,
    lender: Lender,
    points: usize,
}

impl Comparison<'_, '_> {
    /// The exporter of the lessons.
    fn json(&mut self) {
        let exporter = JsonExporter::new(Sink::default());
        self.compare("json", move |metrics, times| {
            elapsed(times, || {
                exporter.write(metrics).expect("a sink never fails");
            })
        });
    }

    /// The part of it that puts the points in order.
    fn ordering(&mut self) {
        self.compare("ordering", |metrics, times| {
            elapsed(times, || order(metrics))
        });
    }

    /// The same exporter where the next one can write.
    fn json_to_stdout(&mut self) {
        let exporter = JsonExporter::new(io::stdout());
        self.compare("json_to_stdout", move |metrics, times| {
            let _null_device = NullDevice::in_place_of_stdout();
            elapsed(times, || {
                exporter
                    .write(metrics)
                    .expect("the null device never fails");
            })
        });
    }

    /// The exporter of the OpenTelemetry project, which writes to standard
    /// output only.
    fn opentelemetry_stdout(&mut self) {
        let exporter = MetricExporter::default();
        self.compare("opentelemetry_stdout", move |metrics, times| {
            let _null_device = NullDevice::in_place_of_stdout();
            elapsed(times, || {
                let export = pin!(exporter.export(metrics));
                let mut context = Context::from_waker(Waker::noop());
                assert!(export.poll(&mut context).is_ready());
            })
        });
    }

    /// What is possible with `serde_json`, if the document is in structs of its
    /// own already and in order, and with any exporter, if it is JSON already.
    fn bounds(&mut self) {
        let json = self.lender.lend(printed);
        let document: Document =
            serde_json::from_str(&json).expect("it is such a document");
        let mut writer = BufWriter::with_capacity(BUFFER_BYTES, Vec::new());
        document.write(&mut writer);
        let written = writer.into_inner().expect("memory never fails");
        assert_eq!(written, json.as_bytes(), "the structs are the document");

        let id = BenchmarkId::new("typed_structs", self.points);
        self.group.bench_function(id, |bencher| {
            let sink = Sink::default();
            let mut writer = BufWriter::with_capacity(BUFFER_BYTES, sink);
            bencher.iter(|| document.write(&mut writer));
        });
        let id = BenchmarkId::new("copy", self.points);
        self.group.bench_function(id, |bencher| {
            let mut sink = Sink::default();
            bencher.iter(|| sink.write_all(black_box(json.as_bytes())));
        });
    }

    /// Measures what is done with a collection of the SDK that many times.
    fn compare(
        &mut self,
        name: &str,
        work: impl Fn(&ResourceMetrics, u64) -> Duration + Send + Sync + 'static,
    ) {
        let id = BenchmarkId::new(name, self.points);
        let work = Arc::new(work);
        self.group.bench_function(id, |bencher| {
            bencher.iter_custom(|times| {
                let work = Arc::clone(&work);
                self.lender.lend(move |metrics| work(metrics, times))
            });
        });
    }
}

fn elapsed(times: u64, mut work: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        work();
    }
    start.elapsed()
}

fn order(metrics: &ResourceMetrics) {
    for metric in metrics.scope_metrics().flat_map(ScopeMetrics::metrics) {
        if let AggregatedMetrics::U64(MetricData::Sum(sum)) = metric.data() {
            let points = || sum.data_points();
            let set = |n| points().nth(n).map(SumDataPoint::attributes);
            black_box(Order::new(points().count(), set));
        }
    }
}

/// What the exporter of the lessons writes.
fn printed(metrics: &ResourceMetrics) -> String {
    let (writer, documents) = document_channel();
    let exporter = JsonExporter::new(writer);
    exporter.write(metrics).expect("a channel never fails");
    documents.recv().expect("it was written")
}

/// Copies what is written to the same place again and again, as into a pipe.
struct Sink(Box<[u8]>);

impl Default for Sink {
    fn default() -> Self {
        Self(vec![0; BUFFER_BYTES].into_boxed_slice())
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = &bytes[..bytes.len().min(self.0.len())];
        self.0[..bytes.len()].copy_from_slice(bytes);
        black_box(&mut self.0);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Is in the place of standard output until dropped.
struct NullDevice {
    standard_output: OwnedFd,
}

impl NullDevice {
    fn in_place_of_stdout() -> Self {
        let standard_output = dup(stdout()).expect("it is open");
        let null_device = File::create("/dev/null").expect("it is there");
        dup2_stdout(null_device).expect("both are open");
        Self { standard_output }
    }
}

impl Drop for NullDevice {
    fn drop(&mut self) {
        dup2_stdout(&self.standard_output).expect("both are open");
    }
}

// The document of this benchmark as structs, one for each object.

#[derive(Deserialize, Serialize)]
struct Document {
    resource_metrics: [ResourceObject; 1],
}

#[derive(Deserialize, Serialize)]
struct ResourceObject {
    resource: Resource,
    scope_metrics: [ScopeMetricsObject; 1],
    schema_url: String,
}

#[derive(Deserialize, Serialize)]
struct Resource {
    attributes: BTreeMap<String, String>,
    schema_url: String,
}

#[derive(Deserialize, Serialize)]
struct ScopeMetricsObject {
    scope: ScopeIdentity,
    metrics: [Metric; 1],
    schema_url: String,
}

#[derive(Deserialize, Serialize)]
struct ScopeIdentity {
    name: String,
    version: Option<String>,
    schema_url: String,
    attributes: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize, Serialize)]
struct Metric {
    name: String,
    description: String,
    unit: String,
    data: Sum,
}

#[derive(Deserialize, Serialize)]
struct Sum {
    data_points: Vec<Point>,
    aggregation_temporality: u8,
    is_monotonic: bool,
}

#[derive(Deserialize, Serialize)]
struct Point {
    attributes: Attributes,
    start_time_unix_nano: Option<u64>,
    time_unix_nano: u64,
    value: u64,
    exemplars: [(); 0],
}

#[derive(Deserialize, Serialize)]
struct Attributes {
    #[serde(rename = "http.response.status_code")]
    status: i64,
    #[serde(rename = "http.route")]
    route: String,
}

impl Document {
    fn write(&self, writer: &mut impl Write) {
        serde_json::to_writer(&mut *writer, self).expect("memory never fails");
        writer.write_all(b"\n").expect("memory never fails");
        writer.flush().expect("memory never fails");
    }
}

criterion_group!(benches, exporting);
criterion_main!(benches);
