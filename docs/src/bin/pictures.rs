//! Makes the book's pictures: `just pictures` records runs of the lessons and
//! draws, `just pictures draw` draws what was recorded before.

use std::env;
use std::process::ExitCode;

use docs::pictures::{self, recording};

fn main() -> ExitCode {
    match make(env::args().nth(1).as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn make(step: Option<&str>) -> Result<(), String> {
    let root = docs::workspace();
    match step {
        None => {
            recording::record(&root)?;
            pictures::write(&root)
        }
        Some("record") => recording::record(&root),
        Some("draw") => pictures::write(&root),
        Some(other) => Err(format!(
            "unknown step {other}: there are record and draw, and none for both"
        )),
    }
}
