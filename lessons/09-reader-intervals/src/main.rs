//! Two readers of one provider, in one stream of documents: `just lesson-9`.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::global;
use reader_intervals as lesson;

const NAME: &str = env!("CARGO_PKG_NAME");

fn main() -> ExitCode {
    let setup = shared::Lesson::new(NAME, env!("CARGO_PKG_DESCRIPTION"));
    let (provider, summary) = lesson::two_readers(&setup);
    let (telemetry, _flags) = setup.start(provider);
    let meter = global::meter(NAME);
    lesson::observe_runs(&meter, Arc::clone(&summary.runs));
    lesson::count_beats(&meter, Duration::from_millis(100));
    let status = telemetry.wait();
    summary.print();
    status
}
