//! What the SDK has to say for itself.

use std::io;
use std::sync::mpsc::Sender;

use tracing::subscriber::{SetGlobalDefaultError, set_global_default};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::telemetry::{Error, Stop};

/// Prints the SDK's own warnings and errors to standard error, and stops the
/// lesson when one of them says that no collection will come any more.
///
/// # Errors
///
/// If the program has a subscriber already. The lesson would not notice the end
/// of its collections.
pub(crate) fn log_to_stderr(
    stop: Sender<Stop>,
) -> Result<(), SetGlobalDefaultError> {
    // ANCHOR: subscriber
    let is_meant =
        |event: &Metadata| !BEFORE_REGISTRATION.contains(&event.name());
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .without_time()
        .with_filter(filter_fn(is_meant));
    let subscriber = tracing_subscriber::registry()
        .with(LevelFilter::WARN)
        .with(lines)
        .with(ReaderWatch { stop });
    set_global_default(subscriber)
    // ANCHOR_END: subscriber
}

/// What the SDK says of a reader whose interval ends before the provider is
/// built, which happens with an interval of microseconds. The next collection
/// makes up for it.
const BEFORE_REGISTRATION: [&str; 2] = [
    "PeriodReader.MeterProviderNotRegistered",
    "PeriodReaderCollectError",
];

/// Notices the end of the periodic reader's thread, which the SDK only logs.
struct ReaderWatch {
    stop: Sender<Stop>,
}

// ANCHOR: watch
impl<S: Subscriber> Layer<S> for ReaderWatch {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if event.metadata().name() == "PeriodicReader.WorkerThreadTerminated" {
            let _ = self.stop.send(Stop::Failed(Error::Collection));
        }
    }
}
// ANCHOR_END: watch
