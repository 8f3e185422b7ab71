//! The same measurements with and without a view: `just lesson-11`.

use std::process::ExitCode;

use opentelemetry::global;
use views as lesson;

const NAME: &str = env!("CARGO_PKG_NAME");

fn main() -> ExitCode {
    let setup = shared::Lesson::new(NAME, env!("CARGO_PKG_DESCRIPTION"));
    let provider = lesson::provider(&setup);
    let (telemetry, flags) = setup.start(provider);
    let meter = global::meter(NAME);
    lesson::count_calls(&meter, flags.users);
    lesson::record_durations(&meter);
    lesson::count_tasks(&global::meter(lesson::QUEUE));
    telemetry.wait()
}
