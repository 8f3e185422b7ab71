//! The SDK as it comes, without `shared` around it: one document at the end.

use std::hint::spin_loop;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use shared::JsonExporter;

/// Takes longer than a millisecond, for the variable that would allow one.
struct Slow;

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(20) {
            spin_loop();
        }
        io::stdout().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}

fn main() -> ExitCode {
    let reader = PeriodicReader::builder(JsonExporter::new(Slow)).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let meter = provider.meter("bare-sdk");
    meter.u64_counter("total").build().add(1, &[]);
    match provider.shutdown() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => shared::fail(&error),
    }
}
