//! A program with one metric of its own.

// ANCHOR: main
use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use opentelemetry::global;
use opentelemetry::metrics::Meter;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_stdout::MetricExporter;

fn main() -> Result<(), Box<dyn Error>> {
    // Before the provider: without a subscriber, the SDK's warnings are lost.
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let provider = SdkMeterProvider::builder()
        .with_periodic_exporter(MetricExporter::default())
        .build();
    global::set_meter_provider(provider.clone());
    let start = Instant::now();
    observe_uptime(&global::meter("meu-programa"), move || start.elapsed());
    // The program's work goes here.
    provider.shutdown()?;
    Ok(())
}
// ANCHOR_END: main

// ANCHOR: observable
/// Observes the seconds since the program started.
fn observe_uptime(
    meter: &Meter,
    uptime: impl Fn() -> Duration + Send + Sync + 'static,
) {
    meter
        .f64_observable_counter("app.atividade.tempo")
        .with_description("A duração desde o início do programa.")
        .with_unit("s")
        .with_callback(move |counter| {
            counter.observe(uptime().as_secs_f64(), &[]);
        })
        .build();
}
// ANCHOR_END: observable

// ANCHOR: test
#[cfg(test)]
mod tests {
    use opentelemetry::metrics::MeterProvider;
    use opentelemetry_sdk::metrics::InMemoryMetricExporter;
    use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};

    use super::*;

    #[test]
    fn uptime_is_a_sum_in_seconds() -> Result<(), Box<dyn Error>> {
        let exporter = InMemoryMetricExporter::default();
        let provider = SdkMeterProvider::builder()
            .with_periodic_exporter(exporter.clone())
            .build();
        let uptime = || Duration::from_millis(12_500);
        observe_uptime(&provider.meter("test"), uptime);
        // Collects at once, whatever the interval.
        provider.force_flush()?;

        let documents = exporter.get_finished_metrics()?;
        let scope = documents[0].scope_metrics().next().ok_or("no scope")?;
        let metric = scope.metrics().next().ok_or("no metric")?;
        assert_eq!(metric.name(), "app.atividade.tempo");
        assert_eq!(metric.unit(), "s");
        let AggregatedMetrics::F64(MetricData::Sum(sum)) = metric.data() else {
            panic!("not a sum of f64: {metric:?}");
        };
        let point = sum.data_points().next().ok_or("no data point")?;
        assert_eq!(point.value(), 12.5);
        Ok(())
    }
}
// ANCHOR_END: test
