//! The program behind `just quotes`, `just pictures`, `just bench-report` and
//! `just experiments`.

use std::env;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use docs::pictures::recording;
use docs::{costs, experiments, pictures, quotes};
use signal_hook::consts::SIGINT;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let Err(problems) = run(&docs::workspace(), &arguments) else {
        return ExitCode::SUCCESS;
    };
    for problem in problems {
        eprintln!("error: {problem}");
    }
    ExitCode::FAILURE
}

fn run(root: &Path, arguments: &[&str]) -> Result<(), Vec<String>> {
    let done = match arguments {
        ["quotes"] => return quotes::rewrite(root),
        ["pictures"] => {
            recording::record(root).and_then(|()| pictures::write(root))
        }
        ["pictures", "record"] => recording::record(root),
        ["pictures", "draw"] => pictures::write(root),
        ["experiments"] => {
            // Ctrl-C ends the command; this program still restores its files.
            let caught = signal_hook::flag::register(SIGINT, Arc::default());
            caught.map_err(|error| vec![error.to_string()])?;
            let broken = experiments::run::all(root).map_err(|p| vec![p])?;
            return if broken.is_empty() {
                Ok(())
            } else {
                Err(broken)
            };
        }
        ["bench-report"] => {
            costs::report::write(root)
                .and_then(|()| pictures::write(root))
                .map_err(|problem| vec![problem])?;
            return quotes::rewrite(root);
        }
        _ => Err(
            "use quotes, pictures [record|draw], bench-report or experiments"
                .into(),
        ),
    };
    done.map_err(|problem| vec![problem])
}
