//! The program that the book builds outside the workspace.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use docs::workspace;
use toml::{Table, Value};

#[test]
fn the_program_of_ones_own_builds_and_passes_its_tests() {
    let output = cargo(&["test"]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    for test in [
        "uptime_is_a_sum_in_seconds",
        "the_whole_metric_is_what_was_accepted",
    ] {
        assert!(stdout.contains(&format!("{test} ... ok")), "{stdout}");
    }
}

#[test]
fn the_program_of_ones_own_prints_what_the_book_shows() {
    let output = cargo(&["run", "--quiet"]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    let metric = stdout.find("Metric #0").expect("it prints a metric");
    // What differs from run to run.
    let lines = stdout[metric..].lines().map(|line| {
        let label = ["StartTime    : ", "EndTime      : ", "Value        : "];
        let label = label.into_iter().find_map(|label| line.find(label));
        label.map_or(line.to_owned(), |start| {
            line[..start + 15].to_owned() + "…"
        })
    });
    let lines = lines.collect::<Vec<_>>().join("\n").replace('\t', "    ");
    let path = folder().join("output.txt");
    let expected = std::fs::read_to_string(path).expect("it is readable");
    assert_eq!(lines.trim_end(), expected.trim_end());
}

#[test]
fn the_program_of_ones_own_exports_although_its_work_failed() {
    let folder = File::open(folder()).expect("it can be opened");
    // A folder has no lines: the program's work fails at once.
    let mut program = command(&["run", "--quiet"]);
    let output = program.stdin(folder).output().expect("cargo runs");
    assert_eq!(output.status.code(), Some(1));
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("app.atividade.tempo"), "{stdout}");
}

#[test]
fn the_program_of_ones_own_has_the_versions_of_the_course() {
    let (course, own) = (packages(&workspace()), packages(&folder()));
    let other = own.iter().filter(|package| !course.contains(package));
    let other: Vec<_> =
        other.filter(|(name, _)| name != "meu-programa").collect();
    assert!(
        other.is_empty(),
        "not in the course's Cargo.lock: {other:?}"
    );
}

fn folder() -> PathBuf {
    workspace().join("docs/own-program")
}

#[track_caller]
fn cargo(arguments: &[&str]) -> Output {
    let output = command(arguments).output().expect("cargo runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(!stderr.contains("warning"), "{stderr}");
    output
}

fn command(arguments: &[&str]) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(arguments)
        .args(["--locked", "--color", "never"])
        .arg("--target-dir")
        .arg(concat!(env!("CARGO_TARGET_TMPDIR"), "/own-program"))
        .current_dir(folder());
    cargo
}

/// The names and versions in a folder's `Cargo.lock`.
fn packages(folder: &Path) -> Vec<(String, String)> {
    let lock = std::fs::read_to_string(folder.join("Cargo.lock"));
    let lock: Table = lock.expect("it is readable").parse().expect("TOML");
    let packages = lock["package"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let name =
        |package: &Value| (text(&package["name"]), text(&package["version"]));
    packages.iter().map(name).collect()
}
