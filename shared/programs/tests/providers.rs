//! Lessons that build their own provider.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use shared::testing::{data_points, documents};

#[test]
fn a_view_that_drops_everything_else_leaves_the_rest_intact() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_dropping_view"));
    let documents = documents(program.args(["--exports", "3"]));
    assert_eq!(documents.len(), 3);
    for document in documents {
        assert_eq!(data_points(&document, "kept").len(), 1);
        assert_eq!(data_points(&document, "dropped").len(), 0);
    }
}

#[test]
fn a_collection_before_there_is_a_provider_is_not_reported() {
    // `documents` fails if the program prints to standard error.
    let mut program = Command::new(env!("CARGO_BIN_EXE_late_provider"));
    assert_eq!(documents(program.args(["--exports", "2"])).len(), 2);
}

#[test]
fn the_shutdown_reaches_the_exporter_of_the_lesson() {
    let output = Command::new(env!("CARGO_BIN_EXE_closing_writer"))
        .args(["--exports", "2"])
        .output()
        .expect("the program runs");
    // The exporter drops its writer, although the global provider lives on.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "closed\n");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 2);
}

#[test]
fn an_exit_loses_what_was_not_exported() {
    let mut exits = Command::new(env!("CARGO_BIN_EXE_exiting"));
    assert_eq!(documents(&mut exits).len(), 0);
    // The provider is dropped, which exports once more.
    let mut returns = Command::new(env!("CARGO_BIN_EXE_exiting"));
    assert_eq!(documents(returns.arg("return")).len(), 1);
}

#[test]
fn a_blocked_reader_does_not_hold_up_another() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_two_readers"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let unread = child.stdout.take().expect("stdout is a pipe");
    let read = child.stderr.take().expect("stderr is a pipe");
    let (sender, documents) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(read).lines().map_while(Result::ok) {
            // The test stops receiving once it has enough.
            let _ = sender.send(line);
        }
    });
    for _ in 0..5 {
        let document = documents.recv_timeout(Duration::from_mins(1));
        document.expect("the other reader exports");
    }
    // The first reader's export has been blocked all along.
    drop(unread);
    let status = child.wait().expect("the closed pipe ends the program");
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_small_exporter_prints_one_line_for_each_data_point() {
    let output = Command::new(env!("CARGO_BIN_EXE_line_exporter"))
        .output()
        .expect("the program runs");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(stdout, "rolls: 2\ntemperature: 21.5\n");
    assert_eq!(output.status.code(), Some(0));
}
