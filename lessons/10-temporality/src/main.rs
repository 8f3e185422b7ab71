//! A bakery's metrics as totals and as changes, side by side:
//! `just lesson-10`.

use std::process::ExitCode;
use std::thread;

use temporality as lesson;

const NAME: &str = env!("CARGO_PKG_NAME");

fn main() -> ExitCode {
    let setup = shared::Lesson::new(NAME, env!("CARGO_PKG_DESCRIPTION"));
    let minute = lesson::Minute::default();
    let (lives, last_provider) = lesson::lives(&setup, &minute);
    let (telemetry, flags) = setup.start(last_provider);
    let interval = flags.interval.get();
    thread::spawn(move || lesson::run(&lives, interval, &minute));
    telemetry.wait()
}
