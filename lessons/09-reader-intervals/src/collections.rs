//! How often a reader has collected.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;

/// An exporter that counts what its reader hands it, and passes it on.
///
/// A reader exports each collection that has a metric, so this is the number
/// of its collections. No setting makes one reader collect often and export
/// rarely.
#[derive(Debug)]
pub struct CountingExporter<E> {
    exporter: E,
    collections: Arc<AtomicU64>,
}

impl<E> CountingExporter<E> {
    /// Wraps `exporter`, starting from zero.
    pub fn new(exporter: E) -> Self {
        Self {
            exporter,
            collections: Arc::default(),
        }
    }

    /// The running number of collections.
    pub fn collections(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.collections)
    }
}

impl<E: PushMetricExporter> PushMetricExporter for CountingExporter<E> {
    // ANCHOR: export
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        self.collections.fetch_add(1, Relaxed);
        self.exporter.export(metrics).await
    }
    // ANCHOR_END: export

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

/// A table of what the readers did.
#[derive(Debug)]
pub struct Summary {
    /// Name, interval and collections of each reader.
    pub readers: [(&'static str, Duration, Arc<AtomicU64>); 2],
    /// How often a callback ran.
    pub runs: Arc<AtomicU64>,
}

impl Summary {
    /// Prints the table on standard error.
    pub fn print(&self) {
        // If stderr is closed, there is nobody to tell.
        let _ = write!(io::stderr(), "{self}");
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, table: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            table,
            "{:8}{:>12}{:>14}",
            "reader", "interval", "collections"
        )?;
        for (name, interval, collections) in &self.readers {
            let interval = format!("{interval:?}");
            let collections = collections.load(Relaxed);
            writeln!(table, "{name:8}{interval:>12}{collections:>14}")?;
        }
        writeln!(
            table,
            "{:20}{:>14}",
            "callback runs",
            self.runs.load(Relaxed)
        )
    }
}
