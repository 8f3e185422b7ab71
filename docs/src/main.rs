//! The program behind `just quotes`, `just pictures`, `just bench-report`,
//! `just experiments`, `just exercises` and `just exercises-check`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::{env, io};

use docs::pictures::recording;
use docs::{costs, exercises, experiments, pictures, quotes};
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
            return or_problems(experiments::run::all(root));
        }
        ["exercises"] => exercises::run::list(root, &mut io::stdout()),
        ["exercises", "check"] => {
            return or_problems(exercises::run::check(root));
        }
        ["bench-report"] => {
            costs::report::write(root)
                .and_then(|()| pictures::write(root))
                .map_err(|problem| vec![problem])?;
            return quotes::rewrite(root);
        }
        _ => Err(
            "use quotes, pictures [record|draw], bench-report, experiments or \
             exercises [check]"
                .into(),
        ),
    };
    done.map_err(|problem| vec![problem])
}

/// A list of problems is an error, unless it is empty.
fn or_problems(
    problems: Result<Vec<String>, String>,
) -> Result<(), Vec<String>> {
    match problems {
        Ok(problems) if problems.is_empty() => Ok(()),
        Ok(problems) => Err(problems),
        Err(problem) => Err(vec![problem]),
    }
}
