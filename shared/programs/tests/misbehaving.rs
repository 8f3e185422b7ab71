//! How a lesson with a misbehaving callback ends: real programs, real signals.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStderr, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use shared::testing::output_in_time;

#[test]
fn a_callback_that_panics_ends_the_program_with_the_message() {
    for format in ["json", "text"] {
        let output = output_in_time(
            Command::new(env!("CARGO_BIN_EXE_panicking_callback")).args([
                "--interval",
                "10ms",
                "--format",
                format,
            ]),
        );
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains("there is no total"), "{stderr}");
        let event = "PeriodicReader.WorkerThreadTerminated";
        assert!(stderr.contains(event), "{stderr}");
        let end = "error: collection stopped: its thread has panicked, \
                   see above\n";
        assert!(stderr.ends_with(end), "{stderr}");
        assert!(output.stdout.is_empty());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_reader_whose_thread_cannot_start_ends_the_program_with_one_line() {
    let program = env!("CARGO_BIN_EXE_refused_thread");
    let output = output_in_time(&mut Command::new(program));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert_eq!(
        stderr,
        "error: collection cannot start: no thread for it: Os { code: 11, \
         kind: WouldBlock, message: \"Resource temporarily unavailable\" }\n"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn a_second_ctrl_c_ends_a_program_whose_collection_hangs() {
    let (mut child, mut stderr) = hang();
    for signal in [Signal::TERM, Signal::HUP, Signal::TERM, Signal::INT] {
        send(&child, signal);
        // The line shows that the signal was handled: two pending ones would
        // merge.
        assert_eq!(next(&mut stderr), "stopping; a second Ctrl-C ends at once");
    }
    send(&child, Signal::INT);
    let status = child.wait().expect("the program ends");
    assert_eq!(status.code(), Some(130));
}

#[test]
fn a_last_collection_that_hangs_is_given_up() {
    let (mut child, mut stderr) = hang();
    send(&child, Signal::TERM);
    assert!(next(&mut stderr).starts_with("stopping"));
    assert_eq!(
        next(&mut stderr),
        "error: the last collection was not exported: \
         Operation failed: [Timeout(5s)]"
    );
    let status = child.wait().expect("the program ends");
    assert_eq!(status.code(), Some(1));
}

/// Starts a program and waits until its collection hangs.
fn hang() -> (Child, Lines<BufReader<ChildStderr>>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hanging_callback"))
        .args(["--interval", "10ms"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let stderr = child.stderr.take().expect("stderr is a pipe");
    let mut stderr = BufReader::new(stderr).lines();
    assert_eq!(next(&mut stderr), "collecting");
    (child, stderr)
}

fn next(lines: &mut Lines<BufReader<ChildStderr>>) -> String {
    let line = lines.next().expect("the program prints another line");
    line.expect("the program prints UTF-8")
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("it is running");
}
