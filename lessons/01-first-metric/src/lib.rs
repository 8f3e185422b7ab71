//! The first metric: what a measurement passes through until it is printed.

use std::io::Write;
use std::time::Duration;

use opentelemetry::metrics::Meter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use shared::JsonExporter;

// ANCHOR: pipeline
/// Builds the pipeline from its end to its beginning.
pub fn pipeline(writer: impl Write + Send + 'static) -> SdkMeterProvider {
    // The exporter turns what was collected into a document.
    let exporter = JsonExporter::new(writer);

    // The reader collects: at each interval, and once more at the shutdown.
    let reader = PeriodicReader::builder(exporter)
        .with_interval(Duration::from_mins(1))
        .build();

    // The resource says whose metrics these are.
    let resource = Resource::builder()
        .with_service_name("first-metric")
        .build();

    // The provider connects them, and makes the meters.
    SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(reader)
        .build()
}
// ANCHOR_END: pipeline

// ANCHOR: count_start
/// Counts that the application has started.
pub fn count_start(meter: &Meter) {
    // The instrument is made once, with what is true of all its measurements.
    let starts = meter
        .u64_counter("app.inicios")
        .with_description("Os inícios do aplicativo.")
        // In braces: a word for what is counted, not a unit of measure.
        .with_unit("{inicio}")
        .build();

    // The measurement: one more.
    starts.add(1, &[]);
}
// ANCHOR_END: count_start
