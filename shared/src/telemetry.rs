//! Running a lesson, and shutting it down gracefully.

use std::fmt;
use std::io::{self, Write};
use std::iter;
use std::process::{self, ExitCode};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::metrics::SdkMeterProvider;

use crate::output::Gate;

/// What a shell reports for a command ended by Ctrl-C: 128 + SIGINT.
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
    /// Runs the lesson until a signal, enough exports, a closed pipe or an
    /// error ends it, and returns the exit code for `main`.
    ///
    /// Nothing is exported before this call: a lesson makes it once all its
    /// instruments exist, so that each document is complete.
    pub fn wait(self) -> ExitCode {
        self.wait_and(|| ())
    }

    /// Like [`wait`](Self::wait), but calls `finish` before the last
    /// collection, which therefore includes whatever `finish` records.
    pub fn wait_and(self, finish: impl FnOnce()) -> ExitCode {
        match self.run(finish) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error),
        }
    }

    // ANCHOR: run
    fn run(self, finish: impl FnOnce()) -> Result<(), Error> {
        self.gate.open();
        // The signal handler keeps a sender for the life of the process.
        let first = self.stops.recv().unwrap_or(Ok(()));
        finish();
        let shut_down = self.provider.shutdown();
        let stops = iter::once(first).chain(self.stops.try_iter());
        let errors: Vec<_> = stops.filter_map(Result::err).collect();
        if errors.is_empty() {
            return shut_down.map_err(Error::Shutdown);
        }
        // An export's error says more than the shutdown's.
        errors.into_iter().try_for_each(ignore_closed_pipe)
    }
    // ANCHOR_END: run
}

pub(crate) fn ignore_closed_pipe(error: Error) -> Stop {
    match &error {
        Error::Output(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error),
    }
}

/// Why a lesson ends: it was asked to, or something failed.
pub(crate) type Stop = Result<(), Error>;

/// Why a lesson could not do all that was asked of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
    #[error("collection stopped: its thread has panicked, see above")]
    Collection,
    #[error("the last collection was not exported: {0}")]
    Shutdown(OTelSdkError),
}

/// Reports an error on standard error and returns the exit code for `main`.
pub fn fail(error: &impl fmt::Display) -> ExitCode {
    // Unlike `eprintln!`, this does not panic if stderr is closed.
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
