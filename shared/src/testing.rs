//! On-demand collection, for tests that neither sleep nor read a clock.
#![expect(clippy::missing_errors_doc, reason = "a test expects none")]
#![expect(clippy::missing_panics_doc, reason = "a failed test panics")]

use std::io::{self, Write};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use insta::Settings;
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::{
    PeriodicReader, SdkMeterProvider, Temporality,
};
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::JsonExporter;

mod allocator;
mod backend;
mod expectation;
#[cfg(feature = "server")]
mod server;

pub use allocator::{CountingAllocator, bytes_in_use};
pub use backend::Backend;
pub use expectation::{Expected, expect_metric, received};
#[cfg(feature = "server")]
pub use server::{ServerProgram, connect, request, response, serve};

/// A meter provider whose documents go to the test.
#[derive(Debug)]
pub struct Collector {
    name: &'static str,
    provider: SdkMeterProvider,
    documents: Receiver<String>,
}

impl Collector {
    /// Collects only when the test calls [`collect`](Self::collect). `name` is
    /// used for both the service and the meter.
    pub fn by_hand(name: &'static str, temporality: Temporality) -> Self {
        Self::new(name, temporality, Duration::MAX)
    }

    /// Collects at an interval, for [`next_document`](Self::next_document).
    pub fn every(name: &'static str, interval: Duration) -> Self {
        Self::new(name, Temporality::Cumulative, interval)
    }

    // ANCHOR: provider
    fn new(
        name: &'static str,
        temporality: Temporality,
        interval: Duration,
    ) -> Self {
        let (writer, documents) = document_channel();
        let mut exporter = JsonExporter::new(writer);
        exporter.temporality = temporality;
        let reader = PeriodicReader::builder(exporter)
            .with_interval(interval)
            .build();
        // Not `Resource::builder()`: it reads the environment, which is not
        // part of the test.
        let resource = Resource::builder_empty()
            .with_detector(Box::new(TelemetryResourceDetector))
            .with_service_name(name)
            .build();
        let provider = SdkMeterProvider::builder()
            .with_resource(resource)
            .with_reader(reader)
            .build();
        Self {
            name,
            provider,
            documents,
        }
    }
    // ANCHOR_END: provider

    /// A meter from this provider.
    pub fn meter(&self) -> Meter {
        self.provider.meter(self.name)
    }

    /// Collects once and returns the document, or `None` if there was nothing
    /// to export.
    // ANCHOR: collect
    pub fn collect(&self) -> Result<Option<Value>, OTelSdkError> {
        self.provider.force_flush()?;
        Ok(self.documents.try_recv().ok().map(|json| parse(&json)))
    }
    // ANCHOR_END: collect

    /// Collects once and returns the document.
    pub fn document(&self) -> Value {
        let document = self.collect().expect("the collection succeeds");
        document.expect("something was measured")
    }

    /// Waits for the next interval's document. After
    /// [`shut_down`](Self::shut_down), `None` once all have been returned.
    pub fn next_document(&self) -> Option<Value> {
        self.documents.recv().ok().map(|json| parse(&json))
    }

    /// Shuts the provider down, which triggers the last collection.
    pub fn shut_down(&self) -> OTelSdkResult {
        self.provider.shutdown()
    }
}

/// What a lesson's function exports: the document of one collection. `name` is
/// used for both the service and the meter.
// ANCHOR: exported
pub fn exported(name: &'static str, register: impl FnOnce(&Meter)) -> Value {
    let collector = Collector::by_hand(name, Temporality::Cumulative);
    register(&collector.meter());
    collector.document()
}
// ANCHOR_END: exported

// ANCHOR: redactions
/// Replaces times and the SDK's version with placeholders, so that a snapshot
/// is the same in every run and with every release. A `null` time stays.
pub fn redactions() -> Settings {
    let mut settings = Settings::clone_current();
    settings.add_redaction(r#".**["telemetry.sdk.version"]"#, "[version]");
    for time in [".**.start_time_unix_nano", ".**.time_unix_nano"] {
        settings.add_dynamic_redaction(time, |time, _path| {
            time.as_u64().map_or(time, |_| "[time]".into())
        });
    }
    settings
}
// ANCHOR_END: redactions

/// A document's scopes with each value and time replaced by its type: the same
/// for two runs that export the same metrics.
pub fn shape(document: &Value) -> Value {
    let mut scopes = document["resource_metrics"][0]["scope_metrics"].clone();
    replace_numbers(&mut scopes);
    scopes
}

fn replace_numbers(json: &mut Value) {
    match json {
        Value::Object(object) => {
            for (key, value) in object {
                let is_measured = key == "value" || key.ends_with("_unix_nano");
                if is_measured && value.is_number() {
                    let is_float = value.is_f64();
                    *value = if is_float { "float" } else { "integer" }.into();
                }
                replace_numbers(value);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(replace_numbers),
        _ => {}
    }
}

/// Runs a lesson's program to completion and returns the documents it printed.
pub fn documents(program: &mut Command) -> Vec<Value> {
    let output = program.output().expect("the program runs");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success(), "{}", output.status);
    let stdout = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    stdout.lines().map(parse).collect()
}

/// Runs a program that may fail to end, and returns what it printed.
pub fn output_in_time(program: &mut Command) -> Output {
    let program = program.stdout(Stdio::piped()).stderr(Stdio::piped());
    end_in_time(program.spawn().expect("the program starts"))
}

/// Waits for the end of a program, and returns what it printed. One that hangs
/// is killed after a minute, and fails the test.
pub fn end_in_time(child: Child) -> Output {
    let pid = Pid::from_child(&child);
    let (sender, output) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    let ended = output.recv_timeout(Duration::from_mins(1));
    if ended.is_err() {
        kill_process(pid, Signal::KILL).expect("it is running");
    }
    let output = ended.expect("the program ends within a minute");
    output.expect("the program can be waited for")
}

/// Checks that a program refused its command line or its environment, with this
/// one line.
#[track_caller]
pub fn refused(output: &Output, message: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, format!("error: {message}\n"));
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

fn parse(document: &str) -> Value {
    serde_json::from_str(document).expect("a document is JSON")
}

/// A device on which every write fails, for a program's output.
#[cfg(target_os = "linux")]
pub fn full_device() -> std::fs::File {
    std::fs::File::create("/dev/full").expect("Linux has this device")
}

/// A document's only metric, or its first.
pub fn metric(document: &Value) -> &Value {
    &document["resource_metrics"][0]["scope_metrics"][0]["metrics"][0]
}

/// The names of a document's metrics.
pub fn names(document: &Value) -> Vec<&Value> {
    metrics(document).map(|metric| &metric["name"]).collect()
}

/// The data points of the metric called `name`; empty if the document does not
/// have it.
pub fn data_points<'a>(document: &'a Value, name: &str) -> Vec<&'a Value> {
    metrics(document)
        .filter(|metric| metric["name"] == name)
        .flat_map(|metric| items(&metric["data"]["data_points"]))
        .collect()
}

fn metrics(document: &Value) -> impl Iterator<Item = &Value> {
    items(&document["resource_metrics"])
        .flat_map(|resource| items(&resource["scope_metrics"]))
        .flat_map(|scope| items(&scope["metrics"]))
}

fn items(array: &Value) -> impl Iterator<Item = &Value> {
    array.as_array().into_iter().flatten()
}

// ANCHOR: writer
/// A writer for one exporter, and the receiver of its documents.
pub fn document_channel() -> (impl Write + Send + 'static, Receiver<String>) {
    let (documents, receiver) = mpsc::channel();
    (DocumentWriter(documents), receiver)
}

/// Treats each write as a document: the exporter makes one write for each.
struct DocumentWriter(Sender<String>);

impl Write for DocumentWriter {
    fn write(&mut self, document: &[u8]) -> io::Result<usize> {
        // Once the test has ended, nobody reads the documents.
        let _ = self.0.send(String::from_utf8_lossy(document).into());
        Ok(document.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
// ANCHOR_END: writer
