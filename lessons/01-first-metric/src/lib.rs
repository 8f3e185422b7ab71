//! The first metric: a measurement's path until it is printed.

use std::io::Write;
use std::time::Duration;

use opentelemetry::metrics::Meter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use shared::JsonExporter;

// ANCHOR: pipeline
/// Builds the pipeline back to front.
pub fn pipeline(writer: impl Write + Send + 'static) -> SdkMeterProvider {
    // The exporter turns each collection into a document.
    let exporter = JsonExporter::new(writer);

    // The reader collects at each interval, and once more at shutdown.
    let reader = PeriodicReader::builder(exporter)
        .with_interval(Duration::from_mins(1))
        .build();

    // The resource says whose metrics these are.
    let resource = Resource::builder()
        .with_service_name("first-metric")
        .build();

    // The provider connects them, and creates the meters.
    SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(reader)
        .build()
}
// ANCHOR_END: pipeline

// ANCHOR: count_start
/// Counts one start of the application.
pub fn count_start(meter: &Meter) {
    // The instrument is created once, with what all its measurements share.
    let starts = meter
        .u64_counter("app.inicializacoes")
        .with_description("As inicializações do aplicativo.")
        // Braces mark a word for what is counted, not a unit of measure.
        .with_unit("{inicializacao}")
        .build();

    // The measurement: one more.
    starts.add(1, &[]);
}
// ANCHOR_END: count_start
