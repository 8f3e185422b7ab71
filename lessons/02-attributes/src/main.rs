//! Rolls a die and counts its numbers: `just lesson-2`.

use std::process::ExitCode;
use std::time::Duration;

use attributes as lesson;
use opentelemetry::global;

const NAME: &str = env!("CARGO_PKG_NAME");
const ABOUT: &str = env!("CARGO_PKG_DESCRIPTION");

fn main() -> ExitCode {
    let (telemetry, flags) = shared::init_with::<lesson::Flags>(NAME, ABOUT);
    let meter = global::meter(NAME);
    lesson::count_die(&meter, flags.sides);
    let rolls = lesson::rolls(&meter);
    lesson::roll_each_number(&rolls, flags.sides);
    lesson::keep_rolling(rolls, flags.sides, Duration::from_millis(5));
    telemetry.wait()
}
