//! A very small exporter: one line for each data point.

use std::fmt::Display;
use std::process::ExitCode;
use std::time::Duration;

use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics,
};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{
    PeriodicReader, SdkMeterProvider, Temporality,
};

// ANCHOR: exporter
struct LineExporter;

impl PushMetricExporter for LineExporter {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        for metric in metrics.scope_metrics().flat_map(ScopeMetrics::metrics) {
            match metric.data() {
                AggregatedMetrics::F64(data) => print(metric.name(), data),
                AggregatedMetrics::I64(data) => print(metric.name(), data),
                AggregatedMetrics::U64(data) => print(metric.name(), data),
            }
        }
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}

fn print<T: Copy + Display>(name: &str, data: &MetricData<T>) {
    match data {
        MetricData::Sum(sum) => sum
            .data_points()
            .for_each(|point| println!("{name}: {}", point.value())),
        MetricData::Gauge(gauge) => gauge
            .data_points()
            .for_each(|point| println!("{name}: {}", point.value())),
        // A histogram's points have a count, a sum and buckets instead.
        MetricData::Histogram(_) | MetricData::ExponentialHistogram(_) => {}
    }
}
// ANCHOR_END: exporter

// ANCHOR: use
fn main() -> ExitCode {
    let reader = PeriodicReader::builder(LineExporter).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let meter = provider.meter("line-exporter");
    meter.u64_counter("rolls").build().add(2, &[]);
    meter.f64_gauge("temperature").build().record(21.5, &[]);
    match provider.shutdown() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => shared::fail(&error),
    }
}
// ANCHOR_END: use
