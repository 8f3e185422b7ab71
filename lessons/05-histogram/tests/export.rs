//! What the histogram and the gauge export.

use std::time::Duration;

use fastrand::Rng;
use histogram::{BOUNDS, Durations, TASKS, simulate_tasks};
use insta::assert_json_snapshot;
use opentelemetry_sdk::metrics::Temporality;
use serde_json::{Value, json};
use shared::testing::{Collector, data_points, exported, redactions};

#[test]
fn a_thousand_tasks_are_eleven_counts_and_one_last_value() {
    let document = exported("histogram", |meter| {
        simulate_tasks(&Durations::new(meter), &mut Rng::with_seed(5));
    });
    redactions().bind(|| assert_json_snapshot!("simulated_tasks", document));
}

#[test]
fn one_task_changes_one_bucket() {
    let collector = Collector::by_hand("histogram", Temporality::Cumulative);
    let durations = Durations::new(&collector.meter());
    simulate_tasks(&durations, &mut Rng::with_seed(5));
    let buckets = || {
        let document = collector.document();
        let point = data_points(&document, "tarefa.duracao")[0];
        let counts = point["bucket_counts"].as_array().into_iter().flatten();
        counts.filter_map(Value::as_u64).collect::<Vec<_>>()
    };
    let mut expected = buckets();
    durations.record(Duration::from_millis(2300));
    // 2.3 s lie between the fourth bound and the fifth.
    expected[4] += 1;
    assert_eq!(buckets(), expected);
    assert_eq!(expected.len(), BOUNDS.len() + 1);
}

#[test]
fn sum_and_count_give_the_exact_mean() {
    let document = exported("histogram", |meter| {
        let durations = Durations::new(meter);
        for milliseconds in [750, 1000, 2000, 6250] {
            durations.record(Duration::from_millis(milliseconds));
        }
    });
    let point = data_points(&document, "tarefa.duracao")[0];
    assert_eq!([&point["sum"], &point["count"]], [&json!(10.0), &json!(4)]);
    assert_eq!([&point["min"], &point["max"]], [0.75, 6.25]);
}

#[test]
fn simulated_tasks_take_from_0_5_to_6_5_seconds() {
    let document = exported("histogram", |meter| {
        let durations = Durations::new(meter);
        for seed in 0..100 {
            simulate_tasks(&durations, &mut Rng::with_seed(seed));
        }
    });
    let point = data_points(&document, "tarefa.duracao")[0];
    assert_eq!(point["count"], 100 * TASKS);
    let edge = |key: &str| point[key].as_f64().expect("a number");
    assert!((0.5..0.51).contains(&edge("min")), "{point}");
    assert!((6.49..6.5).contains(&edge("max")), "{point}");
}
