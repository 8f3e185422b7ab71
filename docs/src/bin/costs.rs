//! Turns a run of the benchmarks into the figures, pictures and tables of the
//! book: `just bench-report`.

use std::process::ExitCode;

use docs::{costs, pictures, quotes};

fn main() -> ExitCode {
    match report() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            for problem in problems {
                eprintln!("error: {problem}");
            }
            ExitCode::FAILURE
        }
    }
}

fn report() -> Result<(), Vec<String>> {
    let root = docs::workspace();
    costs::report::write(&root).map_err(|problem| vec![problem])?;
    pictures::write(&root).map_err(|problem| vec![problem])?;
    quotes::rewrite(&root)
}
