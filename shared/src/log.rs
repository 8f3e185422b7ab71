//! Where the SDK's own warnings and errors go.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::Sender;

use tracing::subscriber::{SetGlobalDefaultError, set_global_default};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{LevelFilter, dynamic_filter_fn};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::output::Gate;
use crate::telemetry::{Error, Stop};

/// Prints the SDK's warnings and errors to standard error, and stops the lesson
/// when one of them means that collection has ended.
pub(crate) fn log_to_stderr(
    gate: Arc<Gate>,
    stop: Sender<Stop>,
) -> Result<(), SetGlobalDefaultError> {
    // ANCHOR: subscriber
    let is_worth_printing = dynamic_filter_fn(move |event, _| {
        gate.is_running.load(SeqCst)
            || !NOT_WORTH_PRINTING.contains(&event.name())
    });
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .without_time()
        .with_filter(is_worth_printing);
    let subscriber = tracing_subscriber::registry()
        .with(LevelFilter::WARN)
        .with(lines)
        .with(ReaderWatch { stop });
    set_global_default(subscriber)
    // ANCHOR_END: subscriber
}

// SDK internals, which a release may rename. These tests would notice:
// `a_full_device_fails_with_one_line`,
// `a_collection_before_there_is_a_provider_is_not_reported` and
// `a_callback_that_panics_ends_the_program_with_the_message`.

/// Not before `wait`, when nothing is exported, nor after a failed export, which
/// `wait` reports in one line.
const NOT_WORTH_PRINTING: [&str; 3] = [
    "PeriodReader.MeterProviderNotRegistered",
    "PeriodReaderCollectError",
    "PeriodicReader.ExportError",
];
const THREAD_ENDED: &str = "PeriodicReader.WorkerThreadTerminated";

/// Detects the end of a periodic reader's thread, which the SDK only logs.
struct ReaderWatch {
    stop: Sender<Stop>,
}

// ANCHOR: watch
impl<S: Subscriber> Layer<S> for ReaderWatch {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if event.metadata().name() == THREAD_ENDED {
            let _ = self.stop.send(Err(Error::Collection));
        }
    }
}
// ANCHOR_END: watch
