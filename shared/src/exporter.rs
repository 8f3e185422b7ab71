//! An exporter that writes each collection as one JSON document.

use std::io::{self, ErrorKind, Write};
use std::sync::Mutex;
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::PrettyFormatter;

use crate::json::Document;
use crate::{copy, lock};

/// Writes each collection as one JSON document, in the shape of the Python
/// SDK's `ConsoleMetricExporter`.
///
/// Scopes, data points and attributes are sorted: the SDK's order varies from
/// run to run. Each document reaches the writer in one `write_all`, so two
/// exporters to standard output never interleave. The first failed write ends
/// the exporter: every later export fails with the same error.
#[derive(Debug)]
pub struct JsonExporter<W> {
    /// The writer and a buffer, or why writing is no longer possible.
    output: Mutex<io::Result<(W, Vec<u8>)>>,
    /// Named in each document, under a leading `reader` key.
    pub reader: Option<&'static str>,
    /// Whether documents are pretty-printed, with four spaces per level.
    pub indented: bool,
    /// The temporality that the reader requests from the SDK.
    pub temporality: Temporality,
}

impl<W: Write> JsonExporter<W> {
    /// One document per line, with cumulative temporality.
    pub fn new(writer: W) -> Self {
        Self {
            output: Mutex::new(Ok((writer, Vec::new()))),
            reader: None,
            indented: false,
            temporality: Temporality::Cumulative,
        }
    }

    /// Writes one document and flushes the writer.
    ///
    /// # Errors
    ///
    /// The writer's first error, or an error if the exporter was shut down.
    // ANCHOR: write
    pub fn write(&self, metrics: &ResourceMetrics) -> io::Result<()> {
        let mut output = lock(&self.output);
        let (writer, text) = match &mut *output {
            Ok(open) => open,
            Err(error) => return Err(copy(error)),
        };
        text.clear();
        let document = Document {
            reader: self.reader,
            resource_metrics: [metrics.into()],
        };
        if self.indented {
            let format = PrettyFormatter::with_indent(b"    ");
            let mut json = Serializer::with_formatter(&mut *text, format);
            document.serialize(&mut json)?;
        } else {
            serde_json::to_writer(&mut *text, &document)?;
        }
        text.push(b'\n');
        let written = writer.write_all(text).and_then(|()| writer.flush());
        if let Err(error) = &written {
            *output = Err(copy(error));
        }
        written
    }
    // ANCHOR_END: write
}

impl<W: Write + Send + 'static> PushMetricExporter for JsonExporter<W> {
    /// A pipe whose reader has gone away is no failure: nobody is missing the
    /// document.
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        match self.write(metrics) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(
                OTelSdkError::InternalFailure(format!("cannot write: {error}")),
            ),
            _ => Ok(()),
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(()) // Every write already flushes.
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        let mut output = lock(&self.output);
        // A failed exporter keeps its reason.
        if output.is_ok() {
            *output = Err(io::Error::other("the exporter was shut down"));
        }
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        self.temporality
    }
}
