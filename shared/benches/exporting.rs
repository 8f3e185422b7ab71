//! The cost of exporting one document, with the lessons' exporter and with the
//! OpenTelemetry project's own: `just bench exporting`.

#[cfg(unix)]
mod support;

#[cfg(unix)]
criterion::criterion_main!(unix::benches);

#[cfg(not(unix))]
fn main() {}

/// Redirecting standard output to the null device needs Unix.
#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io;
    use std::pin::pin;
    use std::task::{Context, Waker};
    use std::time::{Duration, Instant};

    use criterion::{BenchmarkId, Criterion, criterion_group};
    use opentelemetry::KeyValue;
    use opentelemetry_sdk::metrics::data::ResourceMetrics;
    use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
    use opentelemetry_stdout::MetricExporter;
    use rustix::io::dup;
    use rustix::stdio::{dup2_stdout, stdout};
    use shared::JsonExporter;

    fn exporting(criterion: &mut Criterion) {
        // The SDK keeps at most 2000 data points per instrument apart.
        for points in [100, 1000, 2000] {
            let metrics = counter(points);
            let json = JsonExporter::new(io::stdout());
            measure(criterion, "json", points, || export(&json, &metrics));
            let text = MetricExporter::default();
            let name = "opentelemetry_stdout";
            measure(criterion, name, points, || export(&text, &metrics));
        }
    }

    /// Measures an export to standard output, redirected to the null device:
    /// `opentelemetry-stdout` writes nowhere else.
    fn measure(
        criterion: &mut Criterion,
        name: &str,
        points: i64,
        export: impl Fn(),
    ) {
        let mut group = criterion.benchmark_group("exporting");
        // Long enough to compare the two on a busy machine.
        group
            .measurement_time(Duration::from_secs(3))
            .sample_size(50);
        group.bench_function(BenchmarkId::new(name, points), |bencher| {
            bencher.iter_custom(|times| {
                let stdout = dup(stdout()).expect("stdout is open");
                let null_device =
                    File::create("/dev/null").expect("Unix has it");
                dup2_stdout(null_device).expect("both are open");
                let start = Instant::now();
                (0..times).for_each(|_| export());
                let elapsed = start.elapsed();
                dup2_stdout(stdout).expect("both are open");
                elapsed
            });
        });
    }

    /// A collected counter with `points` data points.
    fn counter(points: i64) -> ResourceMetrics {
        let pair = crate::support::Pair::new();
        let calls = pair.meter().u64_counter("api.chamadas").build();
        for (user, method) in (0..points).zip(["GET", "POST"].iter().cycle()) {
            let attributes = [
                KeyValue::new("endpoint", format!("/users/{user}/items")),
                KeyValue::new("metodo", *method),
            ];
            calls.add(1, &attributes);
        }
        let mut metrics = ResourceMetrics::default();
        pair.collect(&mut metrics);
        metrics
    }

    /// Neither exporter awaits anything, so the first poll is the whole export.
    fn export(exporter: &impl PushMetricExporter, metrics: &ResourceMetrics) {
        let export = pin!(exporter.export(metrics));
        let mut context = Context::from_waker(Waker::noop());
        assert!(export.poll(&mut context).is_ready());
    }

    criterion_group!(benches, exporting);
}
