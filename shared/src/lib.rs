//! The setup that every lesson uses, so that a lesson holds its subject only.
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
//!
//! [`JsonExporter`] stands on its own: it needs a writer and nothing else of
//! this crate.

use std::sync::{Mutex, MutexGuard, PoisonError};

mod json;
mod lesson;
mod log;
mod options;
mod output;
mod process;
mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
mod text;

pub use json::{JsonExporter, Order};
pub use lesson::{Lesson, init, init_with};
pub use options::{Accepted, interval};
pub use output::SupervisedExporter;
pub use process::{DiskIo, OncePerCollection, ProcessSampler};
pub use telemetry::{Telemetry, fail};

// ANCHOR: lock
/// Locks a mutex also after a thread has panicked with the lock in hand: what
/// this crate keeps in one may be old then, but is not broken.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
// ANCHOR_END: lock
