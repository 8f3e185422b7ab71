//! An exporter that writes each collection as one JSON document.

mod attributes;
mod document;
mod order;

use std::io::{self, BufWriter, Write};
use std::mem;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use serde_core::Serialize;
use serde_json::Serializer;
use serde_json::ser::PrettyFormatter;

use crate::lock;
use document::Document;
pub use order::Order;

/// Bytes held back before they go to the writer. A document of a lesson fits,
/// so that it takes one write; this is also what a pipe holds on Linux.
const BUFFER_BYTES: usize = 64 * 1024;

/// Writes each collection as one JSON document, in the shape of the Python
/// SDK's `ConsoleMetricExporter`.
///
/// A document takes one line, or many with [`indented`](Self::indented), and
/// ends in a line feed. It is flushed when complete, and no other document
/// of this exporter comes between its bytes. Scopes, data points and
/// attributes are sorted, because the SDK hands them over in an order that
/// differs from run to run; metrics stay in the order of their creation.
///
/// The document borrows the SDK's data and is written while that data is
/// walked. Beyond a buffer of fixed size, memory grows by one pointer for
/// each data point of the metric at hand, which holds the sorted order.
///
/// # Differences from the Python SDK
///
/// - `exemplars` is always empty: the Rust SDK samples none.
/// - A gauge's `start_time_unix_nano` is `null`, as in Python, although the
///   Rust SDK has a value.
/// - `start_time_unix_nano` is the same for all points of a metric.
/// - An exponential histogram lists no empty bucket after the last one with
///   a value, save one bucket if there is no value at all.
/// - Numbers have the type of the instrument: Python prints each as it was
///   given, so that one histogram can have a `min` of `0` and a `sum` of `1.5`.
/// - NaN and infinite numbers, which JSON does not have, are `null`.
/// - `min` and `max` of a histogram are `null` where a view turned them off;
///   Python prints infinities.
/// - The Rust SDK keeps no sum for a histogram of an up-down counter or of a
///   gauge: `sum` is 0.
/// - The scale of an exponential histogram with nothing but zeros is the
///   largest, not 0.
/// - Text is UTF-8, not `\u` escapes: the same once parsed.
/// - An attribute key that was given twice appears once, with the first value.
///
/// # Errors
///
/// The first write that fails ends the exporter: what was left of the
/// document is dropped, the writer is not touched again, and each later export
/// fails with the reason of that first failure.
#[derive(Debug)]
pub struct JsonExporter<W: Write> {
    output: Arc<Mutex<Output<W>>>,
    reader: Option<&'static str>,
    indented: bool,
    temporality: Temporality,
}

/// The clone writes to the same writer.
impl<W: Write> Clone for JsonExporter<W> {
    fn clone(&self) -> Self {
        Self {
            output: Arc::clone(&self.output),
            ..*self
        }
    }
}

#[derive(Debug)]
enum Output<W: Write> {
    Open(BufWriter<W>),
    Failed(io::ErrorKind, String),
    ShutDown,
}

impl<W: Write> JsonExporter<W> {
    /// Creates an exporter with one document a line and cumulative
    /// temporality.
    pub fn new(writer: W) -> Self {
        let writer = BufWriter::with_capacity(BUFFER_BYTES, writer);
        Self {
            output: Arc::new(Mutex::new(Output::Open(writer))),
            reader: None,
            indented: false,
            temporality: Temporality::Cumulative,
        }
    }

    /// Whether documents are spread over lines with four spaces a level, for
    /// people, or take one line each, for programs.
    #[must_use]
    pub fn indented(self, indented: bool) -> Self {
        Self { indented, ..self }
    }

    /// The temporality that the reader asks the SDK for.
    #[must_use]
    pub fn with_temporality(self, temporality: Temporality) -> Self {
        Self {
            temporality,
            ..self
        }
    }

    /// An exporter to the same writer whose documents name their reader, in a
    /// key `reader` before all others. Documents of exporters with the same
    /// writer do not mix; if one fails or is shut down, so are all.
    #[must_use]
    pub fn for_reader(&self, reader: &'static str) -> Self {
        Self {
            reader: Some(reader),
            ..self.clone()
        }
    }

    /// Writes one document and flushes it.
    ///
    /// # Errors
    ///
    /// The writer's error; after it, the same one again for every call. An
    /// exporter that was shut down fails as well.
    // ANCHOR: write
    pub fn write(&self, metrics: &ResourceMetrics) -> io::Result<()> {
        let mut output = lock(&self.output);
        match &mut *output {
            Output::Open(writer) => {
                let document = Document {
                    reader: self.reader,
                    metrics,
                };
                let written = write(writer, &document, self.indented);
                if let Err(error) = &written {
                    let failed =
                        Output::Failed(error.kind(), error.to_string());
                    close(mem::replace(&mut *output, failed));
                }
                written
            }
            Output::Failed(kind, reason) => {
                Err(io::Error::new(*kind, reason.clone()))
            }
            Output::ShutDown => Err(io::Error::other("already shut down")),
        }
    }
    // ANCHOR_END: write
}

// ANCHOR: document
fn write(
    writer: &mut impl Write,
    document: &Document,
    indented: bool,
) -> io::Result<()> {
    if indented {
        let format = PrettyFormatter::with_indent(b"    ");
        let mut json = Serializer::with_formatter(&mut *writer, format);
        document.serialize(&mut json)?;
    } else {
        document.serialize(&mut Serializer::new(&mut *writer))?;
    }
    writer.write_all(b"\n")?;
    writer.flush()
}
// ANCHOR_END: document

/// Drops the writer without a last attempt to write what is buffered, which
/// would leave the rest of a broken document behind.
fn close<W: Write>(output: Output<W>) {
    if let Output::Open(writer) = output {
        let _ = writer.into_parts();
    }
}

// ANCHOR: exporter
impl<W: Write + Send + 'static> PushMetricExporter for JsonExporter<W> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        if let Output::ShutDown = *lock(&self.output) {
            return Err(OTelSdkError::AlreadyShutdown);
        }
        self.write(metrics).map_err(|error| {
            OTelSdkError::InternalFailure(format!(
                "cannot write the metrics: {error}"
            ))
        })
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        let mut output = lock(&self.output);
        // A failed exporter keeps its reason.
        if let Output::Open(_) = *output {
            close(mem::replace(&mut *output, Output::ShutDown));
        }
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        self.temporality
    }
}
// ANCHOR_END: exporter
