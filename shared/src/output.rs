//! From a reader to standard output.

use std::cell::Cell;
use std::io::{self, IsTerminal, Stdout};
use std::num::NonZeroU64;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{SdkMeterProvider, Temporality};

use crate::options::Format;
use crate::telemetry::{Error, Stop};
use crate::text::TextExporter;
use crate::{JsonExporter, lock};

/// Where collections are written to.
#[derive(Clone, Debug)]
pub(crate) enum Output {
    Json(JsonExporter<Stdout>),
    Text(TextExporter),
}

impl Output {
    pub(crate) fn new(format: Format) -> Self {
        match format {
            Format::Json => {
                let stdout = io::stdout();
                let indented = stdout.is_terminal();
                Self::Json(JsonExporter::new(stdout).indented(indented))
            }
            Format::Text => Self::Text(TextExporter::new()),
        }
    }

    /// The same output; text has no place for the name.
    pub(crate) fn for_reader(&self, reader: &'static str) -> Self {
        match self {
            Self::Json(exporter) => Self::Json(exporter.for_reader(reader)),
            Self::Text(_) => self.clone(),
        }
    }

    fn write(&self, metrics: &ResourceMetrics) -> io::Result<()> {
        match self {
            Self::Json(exporter) => exporter.write(metrics),
            Self::Text(exporter) => exporter.write(metrics),
        }
    }
}

/// An exporter that tells [`Telemetry::wait`](crate::Telemetry::wait) when there were enough exports,
/// or when one failed. It exports nothing before `wait` and nothing after
/// the last export.
#[derive(Debug)]
pub struct SupervisedExporter {
    pub(crate) output: Output,
    pub(crate) supervisor: Supervisor,
}

/// What the exporters of a lesson have in common.
#[derive(Clone, Debug)]
pub(crate) struct Supervisor {
    /// Exports after which the lesson stops.
    pub(crate) limit: Option<NonZeroU64>,
    pub(crate) exports: Arc<Mutex<Exports>>,
    pub(crate) stop: Sender<Stop>,
}

#[derive(Debug, Default)]
pub(crate) enum Exports {
    #[default]
    NotStarted,
    SoFar(u64),
    Ended,
}

impl PushMetricExporter for SupervisedExporter {
    // ANCHOR: export
    /// Never fails: `wait` says what went wrong, once. The SDK would log it
    /// again for every collection.
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        if !IS_COMPLETE.get() {
            return Ok(());
        }
        let Supervisor {
            limit,
            exports,
            stop,
        } = &self.supervisor;
        let mut exports = lock(exports);
        let Exports::SoFar(count) = &mut *exports else {
            return Ok(());
        };
        *count += 1;
        let reason = match self.output.write(metrics) {
            Err(error) => Stop::Failed(Error::Output(error)),
            Ok(()) if limit.is_some_and(|limit| limit.get() == *count) => {
                Stop::Requested
            }
            Ok(()) => return Ok(()),
        };
        *exports = Exports::Ended;
        let _ = stop.send(reason);
        Ok(())
    }
    // ANCHOR_END: export

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}

// ANCHOR: complete
thread_local! {
    /// Whether the collection that runs on this reader's thread began after
    /// the lesson had all its instruments.
    static IS_COMPLETE: Cell<bool> = const { Cell::new(false) };
}

/// Sets [`IS_COMPLETE`] at the start of each collection: callbacks run in the
/// order in which their instruments were built, and this one is the first. It
/// observes nothing, so that the SDK leaves its instrument out.
pub(crate) fn mark_complete_collections(
    provider: &SdkMeterProvider,
    exports: Arc<Mutex<Exports>>,
) {
    provider
        .meter("shared")
        .u64_observable_gauge("lesson.complete")
        .with_callback(move |_| {
            let started = !matches!(*lock(&exports), Exports::NotStarted);
            IS_COMPLETE.set(started);
        })
        .build();
}
// ANCHOR_END: complete
