//! From a reader to standard output.

use std::io::{self, Stdout, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::Sender;
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_stdout::MetricExporter;

use crate::telemetry::{Error, Stop};
use crate::{JsonExporter, copy, text};

/// A lesson's exporter. It exports from [`crate::Telemetry::wait`] until the
/// last export requested, and tells `wait` when that is done, or why an export
/// failed.
#[derive(Debug)]
pub struct LessonExporter<W = Stdout> {
    pub(crate) output: Output<W>,
    pub(crate) gate: Arc<Gate>,
}

#[derive(Debug)]
pub(crate) enum Output<W> {
    Json(JsonExporter<W>),
    Text(MetricExporter),
}

impl<W: Write> LessonExporter<W> {
    /// Names the reader in each JSON document. Text has no place for it.
    #[must_use]
    pub fn for_reader(mut self, reader: &'static str) -> Self {
        if let Output::Json(exporter) = &mut self.output {
            exporter.reader = Some(reader);
        }
        self
    }

    /// Sets the temporality that the reader asks for, instead of cumulative.
    #[must_use]
    pub fn with_temporality(mut self, temporality: Temporality) -> Self {
        match &mut self.output {
            Output::Json(exporter) => exporter.temporality = temporality,
            Output::Text(exporter) => {
                *exporter = MetricExporter::builder()
                    .with_temporality(temporality)
                    .build();
            }
        }
        self
    }
}

impl<W: Write + Send + 'static> PushMetricExporter for LessonExporter<W> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let exported = self.gate.pass(|| match &self.output {
            Output::Json(exporter) => exporter.write(metrics),
            Output::Text(exporter) => text::write(exporter, metrics),
        });
        exported
            .map_err(|error| OTelSdkError::InternalFailure(error.to_string()))
    }

    fn force_flush(&self) -> OTelSdkResult {
        match &self.output {
            Output::Json(exporter) => exporter.force_flush(),
            Output::Text(exporter) => exporter.force_flush(),
        }
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        match &self.output {
            Output::Json(exporter) => exporter.shutdown_with_timeout(timeout),
            Output::Text(exporter) => exporter.shutdown_with_timeout(timeout),
        }
    }

    fn temporality(&self) -> Temporality {
        match &self.output {
            Output::Json(exporter) => exporter.temporality,
            Output::Text(exporter) => exporter.temporality(),
        }
    }
}

/// Lets exports through once `wait` opens it, until enough have passed or one
/// has failed. All of a lesson's exporters share it.
#[derive(Debug)]
pub(crate) struct Gate {
    limit: u64,
    /// How many more exports may start.
    left: AtomicU64,
    /// From `wait` until an export fails.
    pub(crate) is_running: AtomicBool,
    stop: Sender<Stop>,
}

impl Gate {
    /// A closed gate that will open for `limit` exports.
    pub(crate) fn new(limit: u64, stop: Sender<Stop>) -> Self {
        Self {
            limit,
            left: AtomicU64::new(0),
            is_running: AtomicBool::new(false),
            stop,
        }
    }

    pub(crate) fn open(&self) {
        self.is_running.store(true, SeqCst);
        self.left.store(self.limit, SeqCst);
    }

    pub(crate) fn stop(&self) {
        let _ = self.stop.send(Ok(()));
    }

    // ANCHOR: gate
    /// Runs `export` if the gate is open.
    ///
    /// No lock is held meanwhile, so an export blocked on its writer does not
    /// hold up another reader's.
    fn pass(&self, export: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let one_less = |left: u64| left.checked_sub(1);
        let Ok(left) = self.left.fetch_update(SeqCst, SeqCst, one_less) else {
            return Ok(());
        };
        let exported = export();
        if let Err(error) = &exported {
            self.left.store(0, SeqCst);
            self.is_running.store(false, SeqCst);
            let _ = self.stop.send(Err(Error::Output(copy(error))));
        } else if left == 1 {
            self.stop();
        }
        exported
    }
    // ANCHOR_END: gate
}
