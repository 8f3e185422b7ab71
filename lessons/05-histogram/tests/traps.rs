//! Surprises with histograms and gauges, each shown by a test.

use std::future;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Waker};
use std::time::Duration;

use fastrand::Rng;
use histogram::{BOUNDS, Durations, TASKS, simulated_duration};
use opentelemetry::metrics::Meter;
use opentelemetry_sdk::metrics::Temporality;
use serde_json::{Value, json};
use shared::testing::{Collector, data_points, document_channel, exported};
use tracing::subscriber::with_default;

// ANCHOR: default_bounds
#[test]
fn with_the_default_bounds_all_seconds_fall_into_two_buckets() {
    let document = exported("trap", |meter| {
        let histogram = meter.f64_histogram("total").build();
        let mut random = Rng::with_seed(5);
        for _ in 0..TASKS {
            let duration = simulated_duration(&mut random);
            histogram.record(duration.as_secs_f64(), &[]);
        }
    });
    let point = data_points(&document, "total")[0];
    assert_eq!(
        point["explicit_bounds"],
        json!([
            0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0,
            1000.0, 2500.0, 5000.0, 7500.0, 10000.0
        ])
    );
    assert_eq!(
        point["bucket_counts"],
        json!([0, 904, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    );
}
// ANCHOR_END: default_bounds

#[test]
fn bounds_that_do_not_rise_make_the_metric_vanish() {
    for bounds in [
        vec![1.0, 3.0, 2.0],
        vec![1.0, 1.0],
        vec![1.0, f64::NAN],
        vec![1.0, f64::INFINITY],
    ] {
        let collector = Collector::by_hand("trap", Temporality::Cumulative);
        let log = logged(|| record(&collector.meter(), bounds, &[1.5]));
        assert!(log.contains("ERROR"), "{log}");
        assert!(log.contains("InstrumentCreationFailed"), "{log}");
        assert_eq!(collector.collect().expect("nothing fails"), None);
    }
}

#[test]
fn of_two_builds_with_other_bounds_the_first_counts() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let log = logged(|| {
        record(&collector.meter(), vec![1.0, 2.0], &[1.5]);
        record(&collector.meter(), vec![10.0], &[15.0]);
    });
    assert_eq!(log, "");
    let document = collector.document();
    let points = data_points(&document, "total");
    assert_eq!(points.len(), 1);
    assert_eq!(points[0]["explicit_bounds"], json!([1.0, 2.0]));
    assert_eq!(points[0]["bucket_counts"], json!([0, 1, 1]));
}

#[test]
fn a_negative_value_lowers_the_sum() {
    let point = recorded(vec![1.0, 2.0], &[1.5, -5.0]);
    assert_eq!(point["bucket_counts"], json!([1, 1, 0]));
    assert_eq!([&point["sum"], &point["min"]], [-3.5, -5.0]);
}

#[test]
fn nan_and_infinity_are_not_recorded() {
    let values = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.5];
    let point = recorded(vec![1.0, 2.0], &values);
    assert_eq!(point["count"], 1);
    assert_eq!(point["bucket_counts"], json!([0, 1, 0]));
    assert_eq!([&point["sum"], &point["min"], &point["max"]], [1.5; 3]);
}

#[test]
fn a_value_on_a_bound_belongs_to_the_bucket_below() {
    let point = recorded(vec![1.0, 2.0], &[1.0, 2.0, 2.0]);
    assert_eq!(point["bucket_counts"], json!([1, 2, 0]));
}

#[test]
fn without_bounds_count_and_sum_remain() {
    let point = recorded(vec![], &[1.5, 2.5]);
    assert_eq!(point["explicit_bounds"], json!([]));
    // The SDK has no bucket then; the document has one, as Python's does.
    assert_eq!(point["bucket_counts"], json!([2]));
    assert_eq!([&point["count"], &point["sum"]], [&json!(2), &json!(4.0)]);
    assert_eq!([&point["min"], &point["max"]], [1.5, 2.5]);
}

#[test]
fn the_maximum_falls_only_under_delta_temporality() {
    for (temporality, second) in
        [(Temporality::Cumulative, 60.0), (Temporality::Delta, 1.0)]
    {
        let collector = Collector::by_hand("trap", temporality);
        let maximum = |value| {
            record(&collector.meter(), BOUNDS.to_vec(), &[value]);
            data_points(&collector.document(), "total")[0]["max"].clone()
        };
        assert_eq!(maximum(60.0), 60.0);
        assert_eq!(maximum(1.0), second);
    }
}

#[test]
fn a_task_that_is_cut_off_is_not_recorded() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let durations = Durations::new(&collector.meter());
    {
        // What axum does with a handler whose client hangs up: drop it.
        let task = pin!(durations.time(future::pending()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(task.poll(&mut context).is_pending());
    }
    assert_eq!(collector.collect().expect("nothing fails"), None);
}

#[test]
fn a_gauge_keeps_one_value_and_repeats_it() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let durations = Durations::new(&collector.meter());
    for seconds in [60, 1] {
        durations.record(Duration::from_secs(seconds));
    }
    for _ in 0..3 {
        let document = collector.document();
        let points = data_points(&document, "tarefa.ultima_duracao");
        assert_eq!(points[0]["value"], 1.0);
        let points = data_points(&document, "tarefa.duracao");
        assert_eq!(points[0]["max"], 60.0);
    }
}

fn record(meter: &Meter, bounds: Vec<f64>, values: &[f64]) {
    let builder = meter.f64_histogram("total").with_boundaries(bounds);
    let histogram = builder.build();
    for value in values {
        histogram.record(*value, &[]);
    }
}

/// The data point of a histogram with these bounds and values.
fn recorded(bounds: Vec<f64>, values: &[f64]) -> Value {
    let document = exported("trap", |meter| record(meter, bounds, values));
    data_points(&document, "total")[0].clone()
}

/// What the SDK logs meanwhile, from INFO on.
fn logged(run: impl FnOnce()) -> String {
    let (writer, logged) = document_channel();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(writer))
        .finish();
    with_default(subscriber, run);
    logged.iter().collect()
}
