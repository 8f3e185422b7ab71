//! The setup that every lesson uses, so that a lesson holds only its subject.
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
mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
mod text;

pub use exporter::JsonExporter;
pub use lesson::{Lesson, init, init_with};
pub use options::{NoFlags, duration, value};
pub use output::LessonExporter;
pub use process::{DiskIo, ProcessSampler};
pub use sampler::Sampler;
pub use telemetry::{Telemetry, fail};

/// Locks a mutex even after a thread has panicked while it held the lock: what
/// this crate keeps in one may be old then, but is not broken.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An error that two have to hear of; `io::Error` cannot be cloned.
fn copy(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}
