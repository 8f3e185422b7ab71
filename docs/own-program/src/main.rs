//! A program with one metric of its own.

// ANCHOR: main
use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use opentelemetry::global;
use opentelemetry::metrics::Meter;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_stdout::MetricExporter;
use tracing_subscriber::filter::LevelFilter;

fn main() -> Result<(), Box<dyn Error>> {
    // Before the provider: without a subscriber, the SDK's warnings are lost.
    let log = tracing_subscriber::fmt().with_writer(io::stderr);
    log.with_max_level(LevelFilter::WARN).init();
    let provider = SdkMeterProvider::builder()
        .with_periodic_exporter(MetricExporter::default())
        .build();
    global::set_meter_provider(provider.clone());
    let start = Instant::now();
    observe_uptime(&global::meter("meu-programa"), move || start.elapsed());

    let worked = work();
    // An error of the work is returned after the last export, not before.
    provider.shutdown()?;
    worked
}

/// In place of your program's work: reads lines until there are no more.
fn work() -> Result<(), Box<dyn Error>> {
    for line in io::stdin().lines() {
        line?;
    }
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
    use opentelemetry_sdk::metrics::data::{
        AggregatedMetrics, MetricData, ResourceMetrics,
    };

    use super::*;

    #[test]
    fn uptime_is_a_sum_in_seconds() -> Result<(), Box<dyn Error>> {
        let collections = collect()?;
        let scope = collections[0].scope_metrics().next().ok_or("no scope")?;
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

    pub(super) fn collect() -> Result<Vec<ResourceMetrics>, Box<dyn Error>> {
        let exporter = InMemoryMetricExporter::default();
        let provider = SdkMeterProvider::builder()
            .with_periodic_exporter(exporter.clone())
            .build();
        let uptime = || Duration::from_millis(12_500);
        observe_uptime(&provider.meter("test"), uptime);
        // Collects at once, whatever the interval.
        provider.force_flush()?;
        Ok(exporter.get_finished_metrics()?)
    }
}
// ANCHOR_END: test

// ANCHOR: snapshot
#[cfg(test)]
mod exporter;
#[cfg(test)]
mod json;

#[cfg(test)]
fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().expect("no test panics while it holds a lock")
}

#[cfg(test)]
fn copy(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}

#[cfg(test)]
mod snapshots {
    use super::exporter::JsonExporter;
    use super::*;

    #[test]
    fn the_whole_metric_is_what_was_accepted() -> Result<(), Box<dyn Error>> {
        let mut json = Vec::new();
        JsonExporter::new(&mut json).write(&tests::collect()?[0])?;
        let document: serde_json::Value = serde_json::from_slice(&json)?;
        let scopes = &document["resource_metrics"][0]["scope_metrics"];
        insta::assert_json_snapshot!("uptime", scopes, {
            ".**.start_time_unix_nano" => "[time]",
            ".**.time_unix_nano" => "[time]",
        });
        Ok(())
    }
}
// ANCHOR_END: snapshot
