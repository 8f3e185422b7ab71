//! Where the SDK's own warnings and errors go.

use std::fmt::Debug;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::Sender;

use tracing::field::{Field, Visit};
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
// `a_collection_before_there_is_a_provider_is_not_reported`,
// `a_reader_whose_thread_cannot_start_ends_the_program_with_one_line` and
// `a_callback_that_panics_ends_the_program_with_the_message`.

/// Not before `wait`, when nothing is exported, nor after a failed export or in
/// the last collection, which `wait` reports in one line.
const NOT_WORTH_PRINTING: [&str; 7] = [
    "Export.Failed.DeadlineExceeded",
    "Export.Failed.Exhausted",
    "Export.Failed.NonRetryable",
    "PeriodReader.MeterProviderNotRegistered",
    "PeriodReaderCollectError",
    THREAD_NOT_STARTED,
    "PeriodicReader.ExportError",
];
const THREAD_NOT_STARTED: &str = "PeriodReaderThreadStartError";
const THREAD_ENDED: &str = "PeriodicReader.WorkerThreadTerminated";

/// Detects the end of a periodic reader's thread, or that it never began, which
/// the SDK only logs.
struct ReaderWatch {
    stop: Sender<Stop>,
}

// ANCHOR: watch
impl<S: Subscriber> Layer<S> for ReaderWatch {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let error = match event.metadata().name() {
            THREAD_NOT_STARTED => {
                let mut reason = Reason::default();
                event.record(&mut reason);
                Error::Start(reason.0)
            }
            THREAD_ENDED => Error::Collection,
            _ => return,
        };
        let _ = self.stop.send(Err(error));
    }
}
// ANCHOR_END: watch

/// The error that an event reports.
#[derive(Default)]
struct Reason(String);

impl Visit for Reason {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "error" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn Debug) {}
}
