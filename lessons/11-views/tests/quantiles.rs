//! How good the quantiles are that can be estimated from either histogram.

use insta::assert_json_snapshot;
use opentelemetry_sdk::metrics::{Aggregation, Instrument, Stream};
use serde_json::{Map, Value, json};
use shared::testing::data_points;
use support::{Function, Viewed};
use views::{BOUNDS, DURATIONS, SEED, exponential, simulated_durations};

mod support;

#[test]
fn both_histograms_give_estimates_beside_the_exact_quantiles() {
    let values = values(SEED);
    let views: [&[Function]; 3] = [&[], &[exponential], &[exponential_160]];
    let histograms =
        views.map(|views| edges_and_counts(&point(&values, views)));
    let mut table = Map::new();
    for p in [50, 95, 99] {
        let [explicit, twenty, finest] =
            [0, 1, 2].map(|at| rounded(estimate(&histograms[at], p)));
        let row = json!({
            "exact": rounded(exact(&values, p)),
            "explicit_10_bounds": explicit,
            "exponential_20_buckets": twenty,
            "exponential_160_buckets": finest,
        });
        table.insert(format!("p{p}"), row);
    }
    assert_json_snapshot!("quantiles", table);
}

#[test]
fn an_exponential_estimate_is_off_by_less_than_the_factor() {
    for (view, scale) in [(exponential as Function, 2), (exponential_160, 5)] {
        // Each bucket ends where its beginning, times this factor, is.
        let factor = 2_f64.powf(2_f64.powi(-scale));
        for seed in 0..10 {
            let values = values(seed);
            let point = point(&values, &[view]);
            assert_eq!(point["scale"], scale);
            let histogram = edges_and_counts(&point);
            for p in 1..=100 {
                let [exact, estimate] =
                    [exact(&values, p), estimate(&histogram, p)];
                let ratio = estimate / exact;
                assert!(ratio < factor, "{seed}, {p}: {estimate} for {exact}");
                assert!(ratio > 1.0 / factor, "{seed}, {p}: {estimate}");
            }
        }
    }
}

#[test]
fn one_outlier_makes_all_buckets_coarser_for_good() {
    let viewed = Viewed::by(&[exponential]);
    let meter = viewed.meter("quantiles");
    let histogram = meter.f64_histogram(DURATIONS).build();
    let scale_after = |values: Vec<f64>| {
        for value in values {
            histogram.record(value, &[]);
        }
        data_points(&viewed.document(), DURATIONS)[0]["scale"].clone()
    };
    assert_eq!(scale_after(values(SEED)), 2);
    assert_eq!(scale_after(vec![3600.0]), 0);
    assert_eq!(scale_after(values(SEED)), 0);
}

#[test]
fn zeros_and_negative_values_are_counted_apart() {
    let point = point(&[0.0, -1.0, -2.0, -2.0, 3.0], &[exponential]);
    let counted = |side: &str| -> f64 {
        numbers(&point[side]["bucket_counts"]).iter().sum()
    };
    assert_eq!(point["zero_count"], 1);
    assert_eq!([counted("negative"), counted("positive")], [3.0, 1.0]);
}

fn values(seed: u64) -> Vec<f64> {
    simulated_durations(seed).collect()
}

/// As many buckets as the specification has by default.
fn exponential_160(_: &Instrument) -> Option<Stream> {
    let aggregation = Aggregation::Base2ExponentialHistogram {
        max_size: 160,
        max_scale: 20,
        record_min_max: true,
    };
    Stream::builder().with_aggregation(aggregation).build().ok()
}

fn point(values: &[f64], views: &[Function]) -> Value {
    let viewed = Viewed::by(views);
    let meter = viewed.meter("quantiles");
    let histogram = meter.f64_histogram(DURATIONS);
    let histogram = histogram.with_boundaries(BOUNDS.to_vec()).build();
    for value in values {
        histogram.record(*value, &[]);
    }
    data_points(&viewed.document(), DURATIONS)[0].clone()
}

/// The smallest value that `p` per cent of the values do not exceed.
fn exact(values: &[f64], p: u8) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * usize::from(p)).div_ceil(100);
    sorted[rank - 1]
}

/// Where the buckets of a histogram of either kind begin and end, and how many
/// values each has.
fn edges_and_counts(point: &Value) -> (Vec<f64>, Vec<f64>) {
    if let Some(scale) = point["scale"].as_f64() {
        // No value is zero or below.
        let buckets = &point["positive"];
        let counts = numbers(&buckets["bucket_counts"]);
        let mut index = number(&buckets["offset"]);
        let mut edges = vec![];
        for _ in 0..=counts.len() {
            edges.push(2_f64.powf(index * 2_f64.powf(-scale)));
            index += 1.0;
        }
        (edges, counts)
    } else {
        let [min, max] = ["min", "max"].map(|key| vec![number(&point[key])]);
        let bounds = numbers(&point["explicit_bounds"]);
        (
            [min, bounds, max].concat(),
            numbers(&point["bucket_counts"]),
        )
    }
}

/// As if the values of a bucket were evenly spread over it.
fn estimate((edges, counts): &(Vec<f64>, Vec<f64>), p: u8) -> f64 {
    let rank = counts.iter().sum::<f64>() * f64::from(p) / 100.0;
    let mut below = 0.0;
    for (edges, count) in edges.windows(2).zip(counts) {
        if below + count >= rank {
            return edges[0] + (edges[1] - edges[0]) * (rank - below) / count;
        }
        below += count;
    }
    panic!("the counts do not reach {rank}")
}

fn number(json: &Value) -> f64 {
    json.as_f64().expect("a number")
}

fn numbers(json: &Value) -> Vec<f64> {
    json.as_array().into_iter().flatten().map(number).collect()
}

/// To a millisecond.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
