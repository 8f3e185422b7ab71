//! How good the quantiles are that can be estimated from buckets.

use std::iter;

use fastrand::Rng;
use histogram::{BOUNDS, TASKS, simulated_duration};
use insta::assert_json_snapshot;
use serde_json::{Map, Value, json};
use shared::testing::{data_points, exported};

#[test]
fn estimates_are_as_good_as_the_buckets() {
    let values = values(5);
    let fine = point(&values, Some(&BOUNDS));
    let default = point(&values, None);
    let mut table = Map::new();
    for p in [50, 95, 99] {
        let row = json!({
            "exact": rounded(exact(&values, p)),
            "from_these_bounds": rounded(estimate(&fine, p)),
            "from_the_default_bounds": rounded(estimate(&default, p)),
        });
        table.insert(format!("p{p}"), row);
    }
    assert_json_snapshot!("quantiles", table);
}

#[test]
fn an_estimate_can_exceed_the_maximum() {
    let point = point(&values(5), Some(&BOUNDS));
    let maximum = point["max"].as_f64().expect("a number");
    assert!(estimate(&point, 99) > maximum);
}

#[test]
fn an_estimate_is_in_the_same_bucket_as_the_exact_value() {
    let bucket = |value| BOUNDS.partition_point(|bound| *bound < value);
    for seed in 0..10 {
        let values = values(seed);
        let point = point(&values, Some(&BOUNDS));
        for p in 1..=100 {
            let [exact, estimate] = [exact(&values, p), estimate(&point, p)];
            assert_eq!(bucket(exact), bucket(estimate), "{seed}, {p}");
        }
    }
}

#[test]
fn ten_times_as_many_values_make_no_better_estimate() {
    let [few, many] = [1, 10].map(|times| {
        let values: Vec<_> = (0..times).flat_map(values).collect();
        let point = point(&values, Some(&BOUNDS));
        estimate(&point, 99) - exact(&values, 99)
    });
    assert!(few > 0.5 && many > 0.5, "{few}, {many}");
}

/// The durations of the tasks that are simulated with a seed, in seconds.
fn values(seed: u64) -> Vec<f64> {
    let mut random = Rng::with_seed(seed);
    iter::repeat_with(|| simulated_duration(&mut random).as_secs_f64())
        .take(TASKS)
        .collect()
}

/// The data point of a histogram with these bounds, or with the SDK's own.
fn point(values: &[f64], bounds: Option<&[f64]>) -> Value {
    let document = exported("quantiles", |meter| {
        let histogram = meter.f64_histogram("tarefa.duracao");
        let histogram = match bounds {
            Some(bounds) => histogram.with_boundaries(bounds.to_vec()),
            None => histogram,
        };
        let histogram = histogram.build();
        for value in values {
            histogram.record(*value, &[]);
        }
    });
    data_points(&document, "tarefa.duracao")[0].clone()
}

/// The smallest value that `p` per cent of the values do not exceed.
fn exact(values: &[f64], p: u8) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * usize::from(p)).div_ceil(100);
    sorted[rank - 1]
}

/// What `quantile.jq` prints.
fn estimate(point: &Value, p: u8) -> f64 {
    let numbers = |key: &str| {
        let list = point[key].as_array().into_iter().flatten();
        list.filter_map(Value::as_f64).collect::<Vec<_>>()
    };
    let number = |key: &str| point[key].as_f64().expect("a number");
    let (min, max) = (vec![number("min")], vec![number("max")]);
    let edges = [min, numbers("explicit_bounds"), max].concat();
    let rank = number("count") * f64::from(p) / 100.0;
    let mut below = 0.0;
    for (edges, count) in edges.windows(2).zip(numbers("bucket_counts")) {
        if below + count >= rank {
            return edges[0] + (edges[1] - edges[0]) * (rank - below) / count;
        }
        below += count;
    }
    panic!("the counts do not reach {rank}")
}

/// To a millisecond.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
