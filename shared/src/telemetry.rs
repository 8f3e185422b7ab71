//! The run of a lesson, and its orderly end.

use std::fmt;
use std::io::{self, Write};
use std::iter;
use std::process::{self, ExitCode};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::metrics::SdkMeterProvider;

use crate::output::Gate;

/// What a shell reports for a command that Ctrl-C ended: 128 + SIGINT.
const INTERRUPTED: i32 = 130;

/// The running telemetry of a lesson.
#[derive(Debug)]
#[must_use = "without `wait` the program ends before its first export"]
pub struct Telemetry {
    pub(crate) provider: SdkMeterProvider,
    pub(crate) stops: Receiver<Stop>,
    pub(crate) gate: Arc<Gate>,
}

impl Telemetry {
    /// Lets the lesson run until a signal, enough exports, a closed pipe or an
    /// error ends it, and returns the status for `main` to return.
    ///
    /// Nothing is exported before: a lesson calls this when it has all its
    /// instruments, so that each document is complete.
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
        self.gate.open();
        // The signal handler keeps a sender for as long as the process lives.
        let first = self.stops.recv().unwrap_or(Ok(()));
        finish();
        let shut_down = self.provider.shutdown();
        // What went wrong in an export says more than the shutdown does.
        for stop in iter::once(first).chain(self.stops.try_iter()) {
            if let Err(error) = stop {
                return ignore_closed_pipe(error);
            }
        }
        shut_down.map_err(Error::Shutdown)
    }
    // ANCHOR_END: run
}

pub(crate) fn ignore_closed_pipe(error: Error) -> Stop {
    match &error {
        Error::Output(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error),
    }
}

/// Why a lesson ends: somebody asked for it, or something failed.
pub(crate) type Stop = Result<(), Error>;

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

/// Reports an error on standard error, and returns the status for `main` to
/// return.
pub fn fail(error: &impl fmt::Display) -> ExitCode {
    // Unlike `eprintln!`, this does not panic if nobody can read it.
    let _ = writeln!(io::stderr(), "error: {error}");
    ExitCode::FAILURE
}

pub(crate) fn stop_on_signals(stop: Sender<Stop>) -> Result<(), ctrlc::Error> {
    let mut requested = false;
    ctrlc::set_handler(move || {
        if requested {
            process::exit(INTERRUPTED);
        }
        requested = true;
        let _ = writeln!(
            io::stderr(),
            "stopping after one last collection; Ctrl-C again ends at once"
        );
        let _ = stop.send(Ok(()));
    })
}
