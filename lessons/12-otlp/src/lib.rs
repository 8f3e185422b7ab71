//! OTLP: the protocol with which metrics leave a program, for any backend.

mod environment;
mod receiver;
mod tasks;
mod totals;

use std::error::Error;
use std::io::{self, Write};

use clap::Args;
use opentelemetry_otlp::{MetricExporter, WithExportConfig};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use shared::{IntervalFlag, Lesson};

pub use receiver::receive;
pub use tasks::{BOUNDS, Tasks, work};
pub use totals::{observe_cpu_time, observe_uptime};

/// The lesson's flags.
#[derive(Args, Debug)]
pub struct Flags {
    /// Time between exports.
    #[command(flatten)]
    pub interval: IntervalFlag,
}

// ANCHOR: exporter
/// Builds an exporter to the endpoint that the environment names, or else to a
/// receiver of our own, which prints what arrives.
///
/// # Errors
///
/// Why the exporter cannot be built, or the receiver not be started.
pub fn exporter(
    lesson: &Lesson<Flags>,
) -> Result<MetricExporter, Box<dyn Error>> {
    environment::check();
    let builder = MetricExporter::builder().with_http();
    if let Some((variable, endpoint)) = environment::endpoint() {
        let endpoint = endpoint.display();
        // Otherwise the terminal would stay empty. If it is closed, nobody
        // wants to know.
        let _ = writeln!(io::stderr(), "exporting to {variable}={endpoint}");
        return Ok(builder.build()?);
    }
    let printer = lesson.printer();
    let address = receive(move |line| printer.print(line))?;
    let endpoint = format!("http://{address}/v1/metrics");
    Ok(builder.with_endpoint(endpoint).build()?)
}
// ANCHOR_END: exporter

// ANCHOR: provider
/// Builds a provider whose reader exports with `exporter`.
pub fn provider<E: PushMetricExporter>(
    lesson: &Lesson<Flags>,
    exporter: E,
) -> SdkMeterProvider {
    let reader = PeriodicReader::builder(lesson.counted(exporter))
        .with_interval(lesson.flags.interval.get())
        .build();
    SdkMeterProvider::builder()
        .with_resource(lesson.resource())
        .with_reader(reader)
        .build()
}
// ANCHOR_END: provider
