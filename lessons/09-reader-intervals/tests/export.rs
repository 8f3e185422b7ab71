//! What the lesson's functions export, and that the program exports the same
//! to both readers.

use std::collections::BTreeSet;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use insta::assert_json_snapshot;
use reader_intervals::{count_beats, observe_runs};
use serde_json::Value;
use shared::testing::{exported, names, redactions, shape};

const NAME: &str = "reader-intervals";

#[test]
fn callback_runs_are_a_cumulative_monotonic_sum() {
    let document = exported(NAME, |meter| observe_runs(meter, Arc::default()));
    redactions().bind(|| assert_json_snapshot!("runs", document));
}

#[test]
fn beats_are_a_cumulative_monotonic_sum() {
    let document = exported(NAME, |meter| count_beats(meter, Duration::MAX));
    redactions().bind(|| assert_json_snapshot!("beats", document));
}

#[test]
fn each_reader_exports_all_instruments_and_is_named() {
    let output = run(&["--fast", "10ms", "--slow", "30ms", "--exports", "20"]);
    let functions = exported(NAME, |meter| {
        observe_runs(meter, Arc::default());
        count_beats(meter, Duration::MAX);
    });
    let mut readers = BTreeSet::new();
    for document in documents(&output) {
        assert_eq!(names(&document), names(&functions));
        assert_eq!(shape(&document), shape(&functions));
        let reader = document["reader"].as_str().expect("a name");
        readers.insert(reader.to_owned());
    }
    assert_eq!(readers, ["fast", "slow"].map(String::from).into());
}

#[test]
fn documents_of_two_readers_with_the_same_interval_do_not_mix() {
    let output = run(&["--fast", "10ms", "--slow", "10ms", "--exports", "100"]);
    // Each line is one complete document.
    assert_eq!(documents(&output).len(), 100);
}

#[test]
fn the_callback_runs_once_for_each_collection_of_each_reader() {
    let output = run(&["--fast", "10ms", "--slow", "20ms", "--exports", "50"]);
    let table = String::from_utf8_lossy(&output.stderr).into_owned();
    let last_number = |start: &str| -> u64 {
        let line = table.lines().find(|line| line.starts_with(start));
        line.and_then(|line| line.split_whitespace().last()?.parse().ok())
            .unwrap_or_else(|| panic!("no {start} in:\n{table}"))
    };
    let (fast, slow) = (last_number("fast"), last_number("slow"));
    assert!(fast >= 1 && slow >= 1, "{table}");
    assert!(fast + slow >= 50, "{table}");
    assert_eq!(last_number("callback runs"), fast + slow, "{table}");
}

#[test]
fn the_table_names_the_interval_of_each_reader() {
    let one_export = ["--fast", "10ms", "--exports", "1"];
    for (flags, environment, slow) in [
        (&["--slow", "1h"][..], None, "3600s"),
        (&["--slow", "1h"], Some("250"), "3600s"),
        (&[], Some("250"), "250ms"),
        (&[], None, "3s"),
        (&["--sdk-interval"], Some("250"), "250ms"),
        (&["--sdk-interval"], None, "60s"),
    ] {
        let mut command = command(&one_export);
        command.args(flags);
        if let Some(environment) = environment {
            command.env("OTEL_METRIC_EXPORT_INTERVAL", environment);
        }
        let output = command.output().expect("the program runs");
        let table = String::from_utf8_lossy(&output.stderr);
        let line = table.lines().find(|line| line.starts_with("slow"));
        let interval = line.and_then(|line| line.split_whitespace().nth(1));
        assert_eq!(interval, Some(slow), "{flags:?}: {table}");
    }
}

#[test]
fn a_bad_interval_of_either_reader_is_refused_in_one_line() {
    for flags in [
        &["--fast", "0s"][..],
        &["--slow", "3"],
        &["--interval", "1s"],
    ] {
        let output = run(flags);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(stderr.contains(&flags[0][..6]), "{stderr}");
    }
}

fn command(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reader-intervals"));
    command
        .args(flags)
        .env_remove("OTEL_METRIC_EXPORT_INTERVAL");
    command
}

fn run(flags: &[&str]) -> Output {
    command(flags).output().expect("the program runs")
}

fn documents(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", output.status);
    let stdout = std::str::from_utf8(&output.stdout).expect("JSON is UTF-8");
    stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a complete document"))
        .collect()
}
