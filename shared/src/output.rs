//! From a reader to standard output.

use std::io::{self, Stdout, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_stdout::MetricExporter;

use crate::telemetry::{Error, Stop};
use crate::{JsonExporter, copy, lock, text};

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

/// An exporter that writes elsewhere than to standard output. Its failures are
/// the SDK's to report, and do not end the lesson: a backend can come back.
#[derive(Debug)]
pub struct CountedExporter<E> {
    pub(crate) exporter: E,
    pub(crate) gate: Arc<Gate>,
}

impl<E: PushMetricExporter> PushMetricExporter for CountedExporter<E> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let Some(is_last) = self.gate.admit() else {
            return Ok(());
        };
        if is_last {
            // Its failure is for `wait` to report, in one line.
            self.gate.silence();
        }
        let exported = self.exporter.export(metrics).await;
        *lock(&self.gate.failure) =
            exported.as_ref().err().map(ToString::to_string);
        if is_last {
            self.gate.stop();
        }
        exported
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.exporter.temporality()
    }
}

/// Prints lines to standard output. The first that fails ends the lesson.
#[derive(Clone, Debug)]
pub struct Printer {
    pub(crate) gate: Arc<Gate>,
}

impl Printer {
    /// Prints one line.
    ///
    /// # Errors
    ///
    /// Standard output's error, of which [`crate::Telemetry::wait`] learns too.
    pub fn print(&self, line: &str) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        let printed = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
        if let Err(error) = &printed {
            self.gate.fail(error);
        }
        printed
    }
}

/// Lets exports through once `wait` opens it, until enough have passed or one
/// has failed. All of a lesson's exporters share it.
#[derive(Debug)]
pub(crate) struct Gate {
    limit: u64,
    /// How many more exports may start.
    left: AtomicU64,
    /// From `wait` until an export fails, the lesson stops, or the last export
    /// elsewhere begins.
    pub(crate) is_running: AtomicBool,
    /// Why the latest export elsewhere failed, if it did.
    pub(crate) failure: Mutex<Option<String>>,
    stop: Sender<Stop>,
}

impl Gate {
    /// A closed gate that will open for `limit` exports.
    pub(crate) fn new(limit: u64, stop: Sender<Stop>) -> Self {
        Self {
            limit,
            left: AtomicU64::new(0),
            is_running: AtomicBool::new(false),
            failure: Mutex::default(),
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

    /// From now on, `wait` reports what fails.
    pub(crate) fn silence(&self) {
        self.is_running.store(false, SeqCst);
    }

    // ANCHOR: gate
    /// Runs `export` if the gate is open.
    ///
    /// No lock is held meanwhile, so an export blocked on its writer does not
    /// hold up another reader's.
    fn pass(&self, export: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let Some(is_last) = self.admit() else {
            return Ok(());
        };
        let exported = export();
        if let Err(error) = &exported {
            self.fail(error);
        } else if is_last {
            self.stop();
        }
        exported
    }

    /// Takes one of the exports that are left, and says whether it is the last.
    fn admit(&self) -> Option<bool> {
        let one_less = |left: u64| left.checked_sub(1);
        let left = self.left.fetch_update(SeqCst, SeqCst, one_less).ok()?;
        Some(left == 1)
    }

    fn fail(&self, error: &io::Error) {
        self.left.store(0, SeqCst);
        self.silence();
        let _ = self.stop.send(Err(Error::Output(copy(error))));
    }
    // ANCHOR_END: gate
}
