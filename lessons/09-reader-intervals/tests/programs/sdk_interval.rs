//! Prints the interval that the SDK takes from its environment, the same where
//! the code gives one second, and what the lesson says that the SDK takes.

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
