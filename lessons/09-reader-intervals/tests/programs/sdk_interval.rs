//! Prints the interval that the SDK takes from its environment, and the one
//! that the lesson says it takes.

use std::io;

use opentelemetry_sdk::metrics::PeriodicReader;
use reader_intervals::sdk_interval;
use shared::JsonExporter;

fn main() {
    let reader = PeriodicReader::builder(JsonExporter::new(io::sink()));
    println!("{reader:?}");
    println!("{:?}", sdk_interval());
}
