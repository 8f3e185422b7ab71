//! A provider with the lesson's page, for tests that scrape by hand.

use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::Registry;

/// Something to scrape.
pub struct Target {
    pub provider: SdkMeterProvider,
    pub registry: Registry,
}

impl Target {
    /// Has no metrics yet.
    pub fn new() -> Self {
        let resource = Resource::builder_empty()
            .with_service_name("scrape")
            .build();
        let (provider, registry) = scrape::provider(resource);
        Self { provider, registry }
    }

    /// A meter from its provider.
    pub fn meter(&self) -> Meter {
        self.provider.meter("scrape")
    }

    /// The page as it is now.
    pub fn page(&self) -> String {
        scrape::page(&self.registry).expect("the collection succeeds")
    }
}

/// The page with the metrics that `register` makes.
pub fn scraped(register: impl FnOnce(&Meter)) -> String {
    let target = Target::new();
    register(&target.meter());
    target.page()
}
