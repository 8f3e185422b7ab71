//! A provider with views, for tests that collect by hand.

use std::sync::mpsc::Receiver;
use std::time::Duration;

use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::metrics::{
    Instrument, PeriodicReader, SdkMeterProvider, Stream,
};
use serde_json::Value;
use shared::JsonExporter;
use shared::testing::{document_channel, received};

/// A view, as the provider takes it.
pub type Function = fn(&Instrument) -> Option<Stream>;

/// A provider with views, and what it exports.
pub struct Viewed {
    provider: SdkMeterProvider,
    documents: Receiver<String>,
}

impl Viewed {
    /// Builds a provider with these views.
    pub fn by(views: &[Function]) -> Self {
        let (writer, documents) = document_channel();
        let reader = PeriodicReader::builder(JsonExporter::new(writer))
            .with_interval(Duration::MAX)
            .build();
        let mut provider = SdkMeterProvider::builder().with_reader(reader);
        for view in views {
            provider = provider.with_view(*view);
        }
        Self {
            provider: provider.build(),
            documents,
        }
    }

    /// A meter of this provider.
    pub fn meter(&self, name: &'static str) -> Meter {
        self.provider.meter(name)
    }

    /// Collects once; `null` if there was nothing to export.
    pub fn document(&self) -> Value {
        self.provider.force_flush().expect("nothing fails");
        received(&self.documents)
    }
}
