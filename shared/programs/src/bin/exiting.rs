//! Ends with `process::exit`, or with any argument by returning from `main`.

use std::{env, io, process};

use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use shared::JsonExporter;

fn main() {
    let provider = SdkMeterProvider::builder()
        .with_periodic_exporter(JsonExporter::new(io::stdout()))
        .build();
    let meter = provider.meter("exiting");
    meter.u64_counter("total").build().add(1, &[]);
    if env::args().len() == 1 {
        process::exit(0);
    }
}
