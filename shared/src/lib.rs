//! Setup shared by all lessons, so that each holds only its own subject.
//!
//! A lesson calls [`init`], creates its instruments and waits:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! fn main() -> ExitCode {
//!     let telemetry = shared::init("my-lesson", "What it shows");
//!     let meter = opentelemetry::global::meter("my-lesson");
//!     let _answer = meter
//!         .u64_observable_counter("answer")
//!         .with_callback(|counter| counter.observe(42, &[]))
//!         .build();
//!     telemetry.wait()
//! }
//! ```

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

mod exporter;
mod json;
mod lesson;
mod log;
mod options;
mod output;
mod process;
mod sampler;
#[cfg(feature = "server")]
mod server;
mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
mod text;

pub use exporter::JsonExporter;
pub use lesson::{Lesson, init, init_with, refuse, without_flags};
pub use options::{IntervalFlag, NoFlags, duration, percent_decoded, value};
pub use output::{CountedExporter, LessonExporter, Printer};
pub use process::{DiskIo, ProcessSampler, ProcessStatistics};
pub use sampler::Sampler;
#[cfg(feature = "server")]
pub use server::{ServerFlags, serve};
pub use telemetry::{Telemetry, fail};

/// Ignores poisoning: what this crate keeps behind a lock may be stale after a
/// panic, which is better than a second one.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// For an error reported in two places: `io::Error` is not `Clone`.
fn copy(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}
