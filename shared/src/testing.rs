//! Collections made by hand, for tests that neither sleep nor look at a clock.

use std::io::{self, Write};
use std::mem;
use std::process::Command;
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{
    Instrument, PeriodicReader, SdkMeterProvider, Stream, Temporality,
};
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use serde_json::Value;

use crate::{JsonExporter, lock};

/// A meter provider whose documents go to the test.
#[derive(Debug)]
pub struct Collector {
    name: &'static str,
    provider: SdkMeterProvider,
    documents: Receiver<String>,
}

impl Collector {
    /// Collects when the test calls [`collect`](Self::collect), and never of
    /// itself. `name` is that of the service and of the meter.
    pub fn by_hand(name: &'static str, temporality: Temporality) -> Self {
        Self::new(name, temporality, Duration::MAX)
    }

    /// Collects at an interval, with cumulative temporality. The documents come
    /// from [`next_document`](Self::next_document).
    pub fn every(name: &'static str, interval: Duration) -> Self {
        Self::new(name, Temporality::Cumulative, interval)
    }

    fn new(
        name: &'static str,
        temporality: Temporality,
        interval: Duration,
    ) -> Self {
        // ANCHOR: provider
        let (writer, documents) = document_channel();
        let exporter = JsonExporter::new(writer).with_temporality(temporality);
        let reader = PeriodicReader::builder(exporter)
            .with_interval(interval)
            .build();
        // Without the detectors that read the environment: that of a test run
        // is not part of the test.
        let resource = Resource::builder_empty()
            .with_detector(Box::new(TelemetryResourceDetector))
            .with_service_name(name)
            .build();
        let provider = SdkMeterProvider::builder()
            .with_resource(resource)
            .with_reader(reader)
            .build();
        // ANCHOR_END: provider
        Self {
            name,
            provider,
            documents,
        }
    }

    /// A meter of this provider.
    pub fn meter(&self) -> Meter {
        self.provider.meter(self.name)
    }

    /// Makes one collection. Gives its document, or `None` if there was nothing
    /// to export.
    ///
    /// # Errors
    ///
    /// The SDK's error, such as that of a reader whose thread has ended.
    ///
    /// # Panics
    ///
    /// If the document is not JSON.
    // ANCHOR: collect
    pub fn collect(&self) -> Result<Option<Value>, OTelSdkError> {
        self.provider.force_flush()?;
        Ok(self.documents.try_recv().ok().map(|json| parse(&json)))
    }
    // ANCHOR_END: collect

    /// Makes one collection and gives its document.
    ///
    /// # Panics
    ///
    /// If the collection fails, or there was nothing to export.
    pub fn document(&self) -> Value {
        let document = self.collect().expect("the collection succeeds");
        document.expect("something was measured")
    }

    /// Waits for the next document of the interval. After
    /// [`shut_down`](Self::shut_down) it is `None` once all were given.
    ///
    /// # Panics
    ///
    /// If the document is not JSON.
    pub fn next_document(&self) -> Option<Value> {
        self.documents.recv().ok().map(|json| parse(&json))
    }

    /// Shuts the provider down, which makes the last collection.
    ///
    /// # Errors
    ///
    /// The SDK's error.
    pub fn shut_down(&self) -> OTelSdkResult {
        self.provider.shutdown()
    }
}

/// Lends each collection to a test or a benchmark, in place of exporting it. The
/// SDK's data cannot be kept or built outside an export.
#[derive(Debug)]
pub struct Lender {
    provider: SdkMeterProvider,
    borrowers: Sender<Borrower>,
}

type Borrower = Box<dyn FnOnce(&ResourceMetrics) + Send>;

impl Lender {
    /// Lends what is measured with instruments of up to `limit` attribute sets
    /// each, with cumulative temporality.
    pub fn new(limit: usize) -> Self {
        let (borrowers, receiver) = mpsc::channel();
        let exporter = LendingExporter(Mutex::new(receiver));
        let reader = PeriodicReader::builder(exporter)
            .with_interval(Duration::MAX)
            .build();
        let with_limit = move |_: &Instrument| {
            Stream::builder().with_cardinality_limit(limit).build().ok()
        };
        let provider = SdkMeterProvider::builder()
            .with_reader(reader)
            .with_view(with_limit)
            .build();
        Self {
            provider,
            borrowers,
        }
    }

    /// A meter of this provider.
    pub fn meter(&self) -> Meter {
        self.provider.meter("lender")
    }

    /// Makes one collection and lends it to `borrower`, on the reader's thread.
    ///
    /// # Panics
    ///
    /// If there is nothing to export, or `borrower` panics.
    pub fn lend<T: Send + 'static>(
        &self,
        borrower: impl FnOnce(&ResourceMetrics) -> T + Send + 'static,
    ) -> T {
        let (result, receiver) = mpsc::channel();
        let borrower = Box::new(move |metrics: &ResourceMetrics| {
            // The receiver waits until this function returns.
            let _ = result.send(borrower(metrics));
        });
        let lent = self.borrowers.send(borrower).is_ok()
            && self.provider.force_flush().is_ok();
        assert!(lent, "the reader's thread has ended");
        receiver.try_recv().expect("something was measured")
    }
}

/// The exporter of a [`Lender`].
struct LendingExporter(Mutex<Receiver<Borrower>>);

impl PushMetricExporter for LendingExporter {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        // Nobody borrows the last collection, that of the shutdown.
        if let Ok(borrower) = lock(&self.0).try_recv() {
            borrower(metrics);
        }
        Ok(())
    }

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

/// What a lesson's function exports: the document of one collection, with times
/// redacted. `name` is that of the service and of the meter.
///
/// # Panics
///
/// As [`Collector::document`].
// ANCHOR: exported
pub fn exported(name: &'static str, register: impl FnOnce(&Meter)) -> Value {
    let collector = Collector::by_hand(name, Temporality::Cumulative);
    register(&collector.meter());
    redacted(collector.document())
}
// ANCHOR_END: exported

fn parse(document: &str) -> Value {
    serde_json::from_str(document).expect("a document is JSON")
}

/// The word for a time.
const TIME: &str = "[time]";

/// Replaces the times and the SDK's version by a word, so that the document is
/// the same in every run and with every release. A time that is `null` stays.
///
/// # Panics
///
/// If a time is neither an integer nor `null` nor redacted.
pub fn redacted(mut document: Value) -> Value {
    redact(&mut document);
    document
}

// ANCHOR: redact
fn redact(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                if key == "telemetry.sdk.version" {
                    *value = "[version]".into();
                } else if !key.ends_with("time_unix_nano") {
                    redact(value);
                } else if !value.is_null() && *value != TIME {
                    assert!(value.is_u64(), "{key} is {value}");
                    *value = TIME.into();
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(redact),
        _ => {}
    }
}
// ANCHOR_END: redact

/// What a document has of each scope, with times redacted and the value of each
/// data point replaced by its type: the same for two runs that export the same
/// metrics.
///
/// # Panics
///
/// As [`redacted`].
pub fn shape(document: &Value) -> Value {
    let resource = &document["resource_metrics"][0];
    let mut scopes = redacted(resource["scope_metrics"].clone());
    replace_values(&mut scopes);
    scopes
}

fn replace_values(json: &mut Value) {
    match json {
        Value::Object(object) => {
            if let Some(value) = object.get_mut("value") {
                let is_float = value.is_f64();
                *value = if is_float { "float" } else { "integer" }.into();
            }
            object.values_mut().for_each(replace_values);
        }
        Value::Array(values) => values.iter_mut().for_each(replace_values),
        _ => {}
    }
}

/// Runs a lesson's program to its end and gives the documents that it printed.
///
/// # Panics
///
/// If the program fails, prints to standard error, or prints anything but
/// documents to standard output.
// ANCHOR: documents
pub fn documents(program: &mut Command) -> Vec<Value> {
    let output = program.output().expect("the program runs");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success(), "{}", output.status);
    let stdout = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    stdout.lines().map(parse).collect()
}
// ANCHOR_END: documents

/// A device on which no write succeeds, for the output of a program.
///
/// # Panics
///
/// If the device is not there; Linux has it.
#[cfg(target_os = "linux")]
pub fn full_device() -> std::fs::File {
    std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("Linux has this device")
}

/// The only metric of a document, or the first.
pub fn metric(document: &Value) -> &Value {
    &document["resource_metrics"][0]["scope_metrics"][0]["metrics"][0]
}

/// The data points of the metric called `name`; none if the document does not
/// have it.
pub fn data_points<'a>(document: &'a Value, name: &str) -> Vec<&'a Value> {
    let metrics = items(&document["resource_metrics"])
        .flat_map(|resource| items(&resource["scope_metrics"]))
        .flat_map(|scope| items(&scope["metrics"]));
    metrics
        .filter(|metric| metric["name"] == name)
        .flat_map(|metric| items(&metric["data"]["data_points"]))
        .collect()
}

fn items(array: &Value) -> impl Iterator<Item = &Value> {
    array.as_array().into_iter().flatten()
}

// ANCHOR: writer
/// A writer for one exporter, and where its documents arrive, one by one.
pub fn document_channel() -> (impl Write + Send + 'static, Receiver<String>) {
    let (documents, receiver) = mpsc::channel();
    let writer = DocumentWriter {
        document: Vec::new(),
        documents,
    };
    (writer, receiver)
}

/// Takes what comes before a flush for one document.
struct DocumentWriter {
    document: Vec<u8>,
    documents: Sender<String>,
}

impl Write for DocumentWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.document.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        let document = String::from_utf8(mem::take(&mut self.document))
            .map_err(io::Error::other)?;
        // A test that has ended reads no more documents.
        let _ = self.documents.send(document);
        Ok(())
    }
}
// ANCHOR_END: writer

/// A maker of writers for a `tracing` subscriber, and where its lines arrive.
pub fn log_channel() -> (
    impl Fn() -> LineWriter + Send + Sync + 'static,
    Receiver<String>,
) {
    let (lines, receiver) = mpsc::channel();
    (move || LineWriter(lines.clone()), receiver)
}

/// Takes each write for one line, as a `tracing` subscriber does them.
#[derive(Debug)]
pub struct LineWriter(Sender<String>);

impl Write for LineWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // A test that has ended reads no more lines.
        let _ = self.0.send(String::from_utf8_lossy(line).into_owned());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
