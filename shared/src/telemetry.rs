//! The run of a lesson, and its orderly end.

use std::fmt;
use std::io::{self, Write};
use std::iter;
use std::process::{self, ExitCode};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex};

use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::metrics::SdkMeterProvider;

use crate::lock;
use crate::output::Exports;

/// What a shell reports for a command that Ctrl-C ended: 128 + SIGINT.
const INTERRUPTED: i32 = 130;

/// The running telemetry of a lesson.
#[derive(Debug)]
#[must_use = "without `wait` the program ends before its first export"]
pub struct Telemetry {
    pub(crate) provider: SdkMeterProvider,
    pub(crate) stops: Receiver<Stop>,
    pub(crate) exports: Arc<Mutex<Exports>>,
}

impl Telemetry {
    /// Lets the lesson run until it is stopped, and gives the status for
    /// `main` to return.
    ///
    /// No collection that began before is exported: a lesson calls this when
    /// it has all its instruments, so that each document is complete.
    ///
    /// | what stops it | then | status |
    /// | --- | --- | --- |
    /// | Ctrl-C, SIGTERM, SIGHUP | one last collection is exported | 0 |
    /// | a second one of these | the process ends at once | 130 |
    /// | the number of exports asked for | nothing more is exported | 0 |
    /// | a reader that closed the pipe | nothing more is exported | 0 |
    /// | standard output that cannot be written | the reason on stderr | 1 |
    /// | a callback that panicked | its message on stderr | 1 |
    /// | a last collection that takes over 5 s | a line on stderr | 1 |
    ///
    /// A standard output that was closed before the start takes everything:
    /// Rust opens the null device in its place.
    pub fn wait(self) -> ExitCode {
        self.wait_and(|| ())
    }

    /// The same as [`wait`](Self::wait), with something to do before the last
    /// collection, so that it counts.
    pub fn wait_and(self, finish: impl FnOnce()) -> ExitCode {
        match self.run(finish) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error),
        }
    }

    // ANCHOR: run
    fn run(self, finish: impl FnOnce()) -> Result<(), Error> {
        *lock(&self.exports) = Exports::SoFar(0);
        // The signal handler keeps a sender for as long as the process lives.
        let first = self.stops.recv().unwrap_or(Stop::Requested);
        finish();
        let shut_down = self.provider.shutdown();
        // What went wrong in a collection says more than the result of the
        // shutdown.
        let mut stops = iter::once(first).chain(self.stops.try_iter());
        let failure = stops.find_map(|stop| match stop {
            Stop::Failed(error) => Some(error),
            Stop::Requested => None,
        });
        match failure {
            Some(error) => ignore_closed_pipe(error),
            None => shut_down.map_err(Error::Shutdown),
        }
    }
    // ANCHOR_END: run
}

pub(crate) fn ignore_closed_pipe(error: Error) -> Result<(), Error> {
    match error {
        Error::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            Ok(())
        }
        error => Err(error),
    }
}

/// Why a lesson ends.
#[derive(Debug)]
pub(crate) enum Stop {
    Requested,
    Failed(Error),
}

/// What keeps a lesson from doing all that it was asked to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
    #[error("collection stopped: its thread has panicked, see above")]
    Collection,
    #[error("the last collection was not exported: {0}")]
    Shutdown(OTelSdkError),
}

/// Says on standard error what went wrong, and gives the status for `main` to
/// return.
pub fn fail(error: &impl fmt::Display) -> ExitCode {
    print_error(error);
    ExitCode::FAILURE
}

pub(crate) fn print_error(error: &impl fmt::Display) {
    print_to_stderr(format_args!("error: {error}"));
}

/// Unlike `eprintln!`, does not panic when nobody can read it.
fn print_to_stderr(message: fmt::Arguments) {
    let _ = writeln!(io::stderr(), "{message}");
}

pub(crate) fn stop_on_signals(stop: Sender<Stop>) -> Result<(), ctrlc::Error> {
    let mut requested = false;
    ctrlc::set_handler(move || {
        if requested {
            process::exit(INTERRUPTED);
        }
        requested = true;
        print_to_stderr(format_args!(
            "stopping after one last collection; Ctrl-C again ends at once"
        ));
        let _ = stop.send(Stop::Requested);
    })
}
