//! The exporter as it comes, without the lesson's checks: one export.

use std::io;
use std::process::ExitCode;

use opentelemetry::metrics::MeterProvider;
use opentelemetry_otlp::MetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .without_time()
        .init();
    let exporter = match MetricExporter::builder().with_http().build() {
        Ok(exporter) => exporter,
        Err(error) => return shared::fail(&error),
    };
    let reader = PeriodicReader::builder(exporter).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let meter = provider.meter("bare");
    meter.u64_counter("total").build().add(1, &[]);
    match provider.shutdown() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => shared::fail(&error),
    }
}
