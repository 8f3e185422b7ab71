//! A network that loses a document.

use std::num::NonZeroU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;

use crate::Minute;

/// An exporter that exports nothing in one minute, and does not notice.
#[derive(Debug)]
pub struct LossyExporter<E> {
    /// What exports in all other minutes.
    pub exporter: E,
    /// The current minute.
    pub minute: Minute,
    /// The minute whose document is lost, if any.
    pub lost: Option<NonZeroU64>,
}

impl<E: PushMetricExporter> PushMetricExporter for LossyExporter<E> {
    // ANCHOR: export
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let minute = self.minute.load(Relaxed);
        if self.lost.is_some_and(|lost| lost.get() == minute) {
            return Ok(());
        }
        self.exporter.export(metrics).await
    }
    // ANCHOR_END: export

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    /// The SDK asks the exporter which temporality it wants.
    fn temporality(&self) -> Temporality {
        self.exporter.temporality()
    }
}
