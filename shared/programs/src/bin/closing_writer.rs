//! A lesson whose writer reports when it is closed.

use std::io::{self, Stdout, Write};
use std::process::ExitCode;
use std::time::Duration;

use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use shared::{Lesson, NoFlags};

struct Closing(Stdout);

impl Write for Closing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        eprintln!("closed");
    }
}

fn main() -> ExitCode {
    let lesson = Lesson::<NoFlags>::new("closing-writer", "For a test");
    let exporter = lesson.exporter_to(Closing(io::stdout()));
    let reader = PeriodicReader::builder(exporter)
        .with_interval(Duration::from_millis(10))
        .build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let (telemetry, _flags) = lesson.start(provider);
    let meter = opentelemetry::global::meter("closing-writer");
    meter.u64_counter("total").build().add(1, &[]);
    telemetry.wait()
}
