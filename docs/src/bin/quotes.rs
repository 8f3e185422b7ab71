//! Fills the quoted regions of the book and the READMEs: `just quotes`.

use std::process::ExitCode;

fn main() -> ExitCode {
    match docs::quotes::rewrite(&docs::workspace()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            for problem in problems {
                eprintln!("error: {problem}");
            }
            ExitCode::FAILURE
        }
    }
}
