//! Building and running the exercises. Cargo builds them all at once, and goes
//! on past those that do not compile.

use std::collections::HashMap;
use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{CLINIC, Exercise, all, problems, solution_target};
use crate::Result;
use crate::pages::{self, Page};

/// What Cargo says of a target.
#[derive(Default)]
struct Built {
    /// Warnings and errors, with their lines.
    diagnostics: Vec<String>,
    /// The program, unless it does not compile.
    program: Option<PathBuf>,
}

/// A test that failed, and by what.
struct Failure<'a> {
    test: &'a str,
    panic: &'a str,
}

impl Failure<'_> {
    /// Whether this is what an unsolved exercise fails by: its `todo!()`, or
    /// what its tests expect of a metric.
    fn is_meant(&self) -> bool {
        let meant = ["not yet implemented", "metric `"];
        meant.iter().any(|start| self.panic.starts_with(start))
    }
}

/// Lists the exercises, what is done and what is next.
pub fn list(root: &Path, out: &mut impl Write) -> Result<()> {
    let exercises = all(root)?;
    let names = exercises.iter().map(|exercise| exercise.name.clone());
    let built = build(root, names)?;
    let width = exercises.iter().map(|e| e.name.len()).max().unwrap_or(0);
    let mut write = |text: String| {
        // An exercise can hang: its name shall be there already.
        let written = write!(out, "{text}").and_then(|()| out.flush());
        written.map_err(|error| format!("the list cannot be written: {error}"))
    };
    let (mut last_lesson, mut to_do) = ("", Vec::new());
    for exercise in &exercises {
        let Exercise { lesson, name } = exercise;
        if lesson != last_lesson {
            write(format!("{lesson}\n"))?;
            last_lesson = lesson;
        }
        write(format!("  {name:width$}  "))?;
        let state = match built.get(name).and_then(|b| b.program.as_ref()) {
            Some(program) if run(root, exercise, program)?.passed => "done",
            Some(_) => "not done",
            None => "not done: does not compile",
        };
        write(format!("{state}\n"))?;
        if state != "done" {
            to_do.push(name);
        }
    }
    let (all, done) = (exercises.len(), exercises.len() - to_do.len());
    write(format!("\n{done} of {all} done\n"))?;
    let next = to_do
        .first()
        .map(|name| format!("next: just exercise {name}\n"));
    write(next.unwrap_or_default())
}

/// Everything wrong with the exercises as they stand, which must fail, and
/// with their solutions, which must pass.
pub fn check(root: &Path) -> Result<Vec<String>> {
    let exercises = all(root)?;
    let targets = exercises
        .iter()
        .flat_map(|e| [e.name.clone(), solution_target(&e.name)]);
    let built = build(root, targets)?;
    let mut problems = problems(root);
    let mut clinics = pages::all(root)?;
    clinics.retain(|page| page.name() == CLINIC);
    for exercise in &exercises {
        let (path, solution) = (exercise.path(), exercise.solution());
        let targets = [
            (path, exercise.name.clone(), false),
            (solution, solution_target(&exercise.name), true),
        ];
        for (path, target, is_solution) in targets {
            let Some(Built {
                diagnostics,
                program: Some(program),
            }) = built.get(&target)
            else {
                problems.push(format!("{path} does not compile"));
                continue;
            };
            problems.extend(diagnostics.iter().map(|d| format!("{path}, {d}")));
            let ran = run(root, exercise, program)?;
            let wrong = if is_solution {
                ran.broken_solution()
            } else {
                problems.extend(other_symptoms(&clinics, exercise, &ran));
                ran.not_an_exercise()
            };
            problems.extend(wrong.map(|wrong| format!("{path} {wrong}")));
        }
    }
    Ok(problems)
}

/// Names each symptom that the clinic does not show as the exercise prints it.
fn other_symptoms(
    clinics: &[Page],
    exercise: &Exercise,
    ran: &Ran,
) -> Vec<String> {
    let command = exercise.command();
    let mut problems = Vec::new();
    let pages = clinics.iter().filter(|page| page.text.contains(&command));
    for Page { path, text, .. } in pages {
        for Failure { panic, .. } in ran.failures() {
            if !text.contains(panic) {
                let name = &exercise.name;
                problems
                    .push(format!("{path} lacks what {name} prints: {panic}"));
            }
        }
    }
    problems
}

/// Builds these test targets, and returns those of which Cargo says anything.
fn build(
    root: &Path,
    targets: impl Iterator<Item = String>,
) -> Result<HashMap<String, Built>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = Command::new(cargo);
    // The packages of `just test`, so that nothing is built a second time.
    cargo.args(["build", "--quiet", "--workspace", "--exclude", "docs"]);
    cargo.args(["--keep-going", "--message-format", "json"]);
    cargo.args(targets.flat_map(|target| ["--test".into(), target]));
    let output = cargo.current_dir(root).output();
    let output = output.map_err(|e| format!("Cargo cannot be run: {e}"))?;

    let mut built: HashMap<String, Built> = HashMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let target = &message["target"];
        if target["kind"][0] != "test" {
            continue;
        }
        let name = target["name"].as_str().unwrap_or_default();
        let built = built.entry(name.to_owned()).or_default();
        if let Some(program) = message["executable"].as_str() {
            built.program = Some(program.into());
        }
        built.diagnostics.extend(diagnostic(&message["message"]));
    }
    if built.is_empty() && !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("Cargo builds no exercise: {errors}"));
    }
    Ok(built)
}

/// What the compiler says of a place in a file.
fn diagnostic(message: &Value) -> Option<String> {
    let line = &message["spans"][0]["line_start"].as_u64()?;
    let text = message["message"].as_str()?;
    Some(format!("line {line}: {text}"))
}

/// How the tests of a file came out.
struct Ran {
    passed: bool,
    output: String,
}

fn run(root: &Path, exercise: &Exercise, program: &Path) -> Result<Ran> {
    let mut command = Command::new(program);
    command.current_dir(root.join(&exercise.lesson));
    let output = command.env("RUST_BACKTRACE", "0").output();
    let output = output.map_err(|e| format!("{} {e}", program.display()))?;
    Ok(Ran {
        passed: output.status.success(),
        output: String::from_utf8_lossy(&output.stdout).into(),
    })
}

impl Ran {
    /// A failed test's output is under its name, and ends with the panic that
    /// made it fail.
    fn failures(&self) -> impl Iterator<Item = Failure<'_>> {
        let outputs = self.output.split("\n---- ").skip(1);
        outputs.filter_map(|output| {
            let (test, output) = output.split_once(" stdout ----\n")?;
            let (_, panic) = output.rsplit_once(" panicked at ")?;
            // Its place, the message, and a note.
            let panic = panic.lines().nth(1)?;
            Some(Failure { test, panic })
        })
    }

    fn broken_solution(&self) -> Option<String> {
        let panics: Vec<_> = self.failures().map(|f| f.panic).collect();
        (!self.passed).then(|| format!("fails: {}", panics.join("; ")))
    }

    fn not_an_exercise(&self) -> Option<String> {
        if self.passed {
            return Some("passes: there is nothing to do".into());
        }
        let mut failures = self.failures().peekable();
        if failures.peek().is_none() {
            return Some("fails without a failed test".into());
        }
        let other = failures.find(|failure| !failure.is_meant())?;
        let Failure { test, panic } = other;
        Some(format!(
            "fails in `{test}` by a panic that is neither its `todo!()` nor an \
             expectation: {panic}"
        ))
    }
}
