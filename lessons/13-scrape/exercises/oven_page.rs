//! A bakery's Prometheus already draws `forno_temperatura_celsius`, a gauge, from
//! another program. Build the instrument whose metric has that name on the page.
//! The exporter translates names and units: you write neither as on the page.

#![allow(unused_variables, reason = "the solution uses them")]

use opentelemetry::metrics::Meter;

/// Observes how hot the oven is, in degrees Celsius.
pub fn observe_oven(
    meter: &Meter,
    temperature: impl Fn() -> f64 + Send + Sync + 'static,
) {
    todo!()
}

mod tests {
    use opentelemetry::metrics::MeterProvider;
    use opentelemetry_sdk::Resource;
    use scrape::{page, provider};

    use super::observe_oven;

    #[test]
    fn the_oven_is_on_the_page() {
        let (provider, registry) = provider(Resource::builder_empty().build());
        observe_oven(&provider.meter("padaria"), || 180.0);
        let page = page(&registry).expect("the collection succeeds");
        let lines: Vec<_> = page.lines().collect();
        let name = "forno_temperatura_celsius";
        let types = lines.iter().filter(|line| line.starts_with("# TYPE"));
        let types: Vec<_> = types.collect();
        assert!(
            lines.contains(&"# TYPE forno_temperatura_celsius gauge"),
            "metric `{name}` is not on the page as a gauge; the page has \
             {types:?}"
        );
        let sample = lines.iter().find(|line| line.starts_with(name));
        assert!(
            sample.is_some_and(|line| line.ends_with(" 180")),
            "metric `{name}` is {sample:?}, but should be 180"
        );
    }
}
