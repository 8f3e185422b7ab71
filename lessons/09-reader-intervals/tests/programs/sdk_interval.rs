//! Prints the reader with the SDK's interval, the reader with one second set in
//! code, and the interval that the lesson expects the SDK to choose.

use std::io;
use std::time::Duration;

use opentelemetry_sdk::metrics::PeriodicReader;
use reader_intervals::sdk_interval;
use shared::JsonExporter;

fn main() {
    let reader = || PeriodicReader::builder(JsonExporter::new(io::sink()));
    println!("{:?}", reader());
    println!("{:?}", reader().with_interval(Duration::from_secs(1)));
    println!("{:?}", sdk_interval());
}
