//! How the program ends: the real binary, real signals, real pipes.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use shared::testing::data_points;
#[cfg(target_os = "linux")]
use shared::testing::full_device;

#[test]
fn ctrl_c_exports_one_last_collection() {
    ends_with_a_last_collection(&[Signal::INT]);
}

#[test]
fn sigterm_exports_one_last_collection() {
    ends_with_a_last_collection(&[Signal::TERM]);
}

#[test]
fn a_closed_terminal_exports_one_last_collection() {
    // The shell and the system send one each.
    ends_with_a_last_collection(&[Signal::HUP, Signal::HUP]);
}

#[test]
fn different_signals_at_once_export_one_last_collection() {
    for _ in 0..20 {
        ends_with_a_last_collection(&[Signal::TERM, Signal::HUP]);
        ends_with_a_last_collection(&[Signal::INT, Signal::TERM]);
        ends_with_a_last_collection(&[Signal::TERM, Signal::INT]);
    }
}

/// Stops the program after its first export, at a moment that varies from run
/// to run: it may be waiting, collecting or writing.
fn ends_with_a_last_collection(signals: &[Signal]) {
    let (child, mut stdout) = start(&mut program(&["--interval", "10ms"]));
    let mut documents = String::new();
    stdout.read_line(&mut documents).expect("a first document");
    for signal in signals {
        send(&child, *signal);
    }
    stdout.read_to_string(&mut documents).expect("the rest");

    let output = end(child);
    assert_eq!(output.status.code(), Some(0));
    assert!(documents.ends_with('\n'), "the last document is complete");
    let runs: Vec<_> = documents.lines().map(runs).collect();
    assert!(runs.len() >= 2, "the last collection is exported");
    assert!(runs.is_sorted());
}

#[test]
fn nohup_protects_a_lesson_from_a_closed_terminal() {
    let mut nohup = Command::new("nohup");
    nohup.arg(env!("CARGO_BIN_EXE_counting"));
    let (child, mut stdout) = start(nohup.args(["--interval", "10ms"]));
    stdout.read_line(&mut String::new()).expect("a document");
    send(&child, Signal::HUP);
    send(&child, Signal::TERM);
    stdout.read_to_string(&mut String::new()).expect("the rest");
    let output = end(child);
    assert_eq!(output.status.code(), Some(0));
    let stderr = text(&output.stderr);
    let stopping = stderr.lines().filter(|line| line.starts_with("stopping"));
    assert_eq!(stopping.count(), 1, "for SIGTERM only: {stderr}");
}

/// Here the signal comes as early as it can: before any instrument exists.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_during_startup_still_exports_one_collection() {
    let (child, mut stdout) = start(&mut program(&["--interval", "1h"]));
    while !catches(&child, Signal::TERM) {
        std::thread::yield_now();
    }
    send(&child, Signal::TERM);
    let mut documents = String::new();
    stdout.read_to_string(&mut documents).expect("the document");

    let output = end(child);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(documents.lines().map(runs).count(), 1);
}

#[test]
fn each_document_is_complete_at_the_shortest_interval() {
    // A collection that began before the program had all its instruments is
    // not exported.
    for _ in 0..20 {
        let output = run(&["--interval", "10ms", "--exports", "2"]);
        assert_eq!(text(&output.stderr), "");
        assert_eq!(text(&output.stdout).lines().map(runs).count(), 2);
    }
}

#[test]
fn the_first_export_is_at_the_end_of_an_interval() {
    let start = Instant::now();
    let output = run(&["--interval", "300ms", "--exports", "1"]);
    assert!(start.elapsed() >= Duration::from_millis(300));
    assert_eq!(runs(text(&output.stdout)), 1);
}

#[test]
fn exactly_the_requested_exports_are_made() {
    for format in ["json", "text"] {
        let output =
            run(&["--interval", "10ms", "--exports", "3", "--format", format]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(text(&output.stderr), "");
        let stdout = text(&output.stdout);
        let documents = match format {
            "json" => stdout.lines().map(runs).count(),
            _ => stdout.lines().filter(|line| *line == "Metrics").count(),
        };
        assert_eq!(documents, 3, "as {format}");
    }
}

#[test]
fn a_closed_pipe_ends_the_program_silently() {
    for format in ["json", "text"] {
        let (child, mut stdout) =
            start(&mut program(&["--interval", "10ms", "--format", format]));
        stdout.read_line(&mut String::new()).expect("a first line");
        drop(stdout);

        let output = end(child);
        assert_eq!(output.status.code(), Some(0), "as {format}");
        assert_eq!(text(&output.stderr), "", "as {format}");
    }
}

/// Nobody asked for the documents: the standard library takes such a write as
/// done.
#[test]
fn a_standard_output_that_is_closed_or_read_only_is_no_error() {
    for redirection in [">&-", "1</dev/null"] {
        let script = format!("exec \"$0\" \"$@\" {redirection}");
        let output = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_counting")])
            .args(["--interval", "10ms", "--exports", "2"])
            .output()
            .expect("the program runs");
        assert_eq!(output.status.code(), Some(0), "{redirection}");
        assert_eq!(text(&output.stderr), "", "{redirection}");
        assert_eq!(text(&output.stdout), "", "{redirection}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_fails_with_one_line() {
    for format in ["json", "text"] {
        let output = program(&["--interval", "10ms", "--format", format])
            .stdout(full_device())
            .output()
            .expect("the program runs");
        assert_eq!(output.status.code(), Some(1), "as {format}");
        assert_eq!(
            text(&output.stderr),
            "error: cannot write to standard output: \
             No space left on device (os error 28)\n",
            "as {format}"
        );
    }
}

/// Here it is the last collection's export that fails.
#[cfg(target_os = "linux")]
#[test]
fn a_full_device_at_the_end_is_a_failure_too() {
    let child = program(&["--interval", "1h"])
        .stdout(full_device())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    while !catches(&child, Signal::INT) {
        std::thread::yield_now();
    }
    send(&child, Signal::INT);
    let output = end(child);
    assert_eq!(output.status.code(), Some(1));
    let stderr = text(&output.stderr);
    assert!(stderr.contains("No space left on device"), "{stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_document_is_indented_on_a_terminal() {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    let terminal = openpt(OpenptFlags::RDWR).expect("a terminal");
    grantpt(&terminal).expect("access to its other end");
    unlockpt(&terminal).expect("its other end is unlocked");
    let name = ptsname(&terminal, vec![]).expect("its other end has a name");
    let stdout = std::fs::File::options()
        .write(true)
        .open(text(name.as_bytes()))
        .expect("its other end can be opened");
    let mut child = program(&["--interval", "10ms", "--exports", "1"])
        .stdout(stdout)
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(std::fs::File::from(terminal)).lines();
    let mut line = || lines.next().expect("a line").expect("UTF-8");
    assert_eq!(line(), "{");
    assert_eq!(line(), "    \"resource_metrics\": [");
    while line() != "}" {}
    assert!(child.wait().expect("the program ends").success());
}

fn program(arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_counting"));
    program.args(arguments);
    program
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().expect("the program runs")
}

fn start(program: &mut Command) -> (Child, BufReader<ChildStdout>) {
    let mut child = program
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let stdout = child.stdout.take().expect("stdout is a pipe");
    (child, BufReader::new(stdout))
}

fn end(child: Child) -> Output {
    child.wait_with_output().expect("the program ends")
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("it is running");
}

/// Whether the process already handles the signal.
#[cfg(target_os = "linux")]
fn catches(child: &Child, signal: Signal) -> bool {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", child.id()))
            .expect("the process is running");
    let caught = status
        .lines()
        .find_map(|line| line.strip_prefix("SigCgt:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .expect("Linux lists the caught signals");
    caught & (1 << (signal.as_raw() - 1)) != 0
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the program prints UTF-8")
}

/// The callback's run count, from a document that must be complete.
fn runs(line: &str) -> u64 {
    let document: Value = serde_json::from_str(line).expect("it is complete");
    let value = |metric| data_points(&document, metric)[0]["value"].as_u64();
    assert_eq!(value("starts"), Some(1));
    value("runs").expect("a number")
}
