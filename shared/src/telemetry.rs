//! Running a lesson, and shutting it down gracefully.

use std::fmt;
use std::io::{self, Write};
use std::iter;
use std::mem::{self, MaybeUninit};
use std::process::{self, ExitCode};
use std::ptr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::thread;

use opentelemetry_sdk::metrics::SdkMeterProvider;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::lock;
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
        let first = self.until_stopped();
        self.shut_down(first)
    }

    // ANCHOR: run
    /// Lets exports through, until something ends the lesson.
    pub(crate) fn until_stopped(&self) -> Stop {
        self.gate.open();
        // The signal handler keeps a sender for the life of the process.
        self.stops.recv().unwrap_or(Ok(()))
    }

    /// Collects once more and reports what failed, of all since the first.
    pub(crate) fn shut_down(self, first: Stop) -> ExitCode {
        self.gate.silence();
        let shut_down = self.provider.shutdown();
        let shut_down = match lock(&self.gate.failure).take() {
            // The SDK's error at shutdown does not have the reason.
            Some(reason) => Err(Error::Shutdown(reason)),
            None => {
                shut_down.map_err(|error| Error::Shutdown(error.to_string()))
            }
        };
        let stops = iter::once(first).chain(self.stops.try_iter());
        let errors: Vec<_> = stops.filter_map(Result::err).collect();
        let result = if errors.is_empty() {
            shut_down
        } else {
            // An export's error says more than the shutdown's.
            errors.into_iter().try_for_each(ignore_closed_pipe)
        };
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error),
        }
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
    #[error("collection cannot start: no thread for it: {0}")]
    Start(String),
    #[error("collection stopped: its thread has panicked, see above")]
    Collection,
    #[error("the last collection was not exported: {0}")]
    Shutdown(String),
}

/// Reports an error on standard error and returns the exit code for `main`.
pub fn fail(error: &impl fmt::Display) -> ExitCode {
    // Unlike `eprintln!`, this does not panic if stderr is closed.
    let _ = writeln!(io::stderr(), "error: {error}");
    ExitCode::FAILURE
}

// ANCHOR: signals
/// Stops the lesson on SIGINT, on SIGTERM and, unless it is ignored, on SIGHUP.
///
/// Several signals can come at once: a closing terminal sends two. So none of
/// them ends the process early, save a second SIGINT, which somebody has typed.
pub(crate) fn stop_on_signals(stop: Sender<Stop>) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    if !ignores_hangup() {
        signals.add_signal(SIGHUP)?;
    }
    let handle = move || {
        let mut is_interrupted = false;
        for signal in signals.forever() {
            if signal == SIGINT && mem::replace(&mut is_interrupted, true) {
                process::exit(INTERRUPTED);
            }
            let _ = writeln!(
                io::stderr(),
                "stopping; a second Ctrl-C ends at once"
            );
            let _ = stop.send(Ok(()));
        }
    };
    thread::Builder::new()
        .name("signals".into())
        .spawn(handle)?;
    Ok(())
}
// ANCHOR_END: signals

/// Whether SIGHUP is ignored, which is how `nohup` protects a program.
#[expect(unsafe_code, reason = "no safe function reads a signal's action")]
fn ignores_hangup() -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: without a new action, the call only writes the current one. All
    // zeros are a valid action too, should it fail.
    let action = unsafe {
        libc::sigaction(SIGHUP, ptr::null(), action.as_mut_ptr());
        action.assume_init()
    };
    action.sa_sigaction == libc::SIG_IGN
}
