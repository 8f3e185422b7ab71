//! Surprises with up-down counters, each shown by a test.

use std::future;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::UpDownCounter;
use opentelemetry_sdk::metrics::Temporality;
use serde_json::{Value, json};
use shared::testing::{Collector, data_points, metric};
use tokio::time::timeout;
use up_down_counter::ActiveRequests;

// ANCHOR: naive
/// Counts as day 4 of the series does.
async fn naive(active: UpDownCounter<i64>, handler: impl Future) {
    active.add(1, &[]);
    handler.await;
    active.add(-1, &[]);
}

#[tokio::test]
async fn without_a_guard_a_panic_and_a_hang_up_stay_counted() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let active = collector.meter().i64_up_down_counter("active").build();

    naive(active.clone(), async {}).await;
    assert_eq!(value(&collector.document()), 0);

    let panics = tokio::spawn(naive(active.clone(), async { panic!() }));
    assert!(panics.await.is_err());
    assert_eq!(value(&collector.document()), 1);

    // The client hangs up: the server drops the future where it waits.
    let waits = naive(active, future::pending::<()>());
    assert!(timeout(Duration::ZERO, waits).await.is_err());
    assert_eq!(value(&collector.document()), 2);
}
// ANCHOR_END: naive

#[test]
fn a_guard_bound_to_an_underscore_is_dropped_at_once() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let requests = ActiveRequests::new(&collector.meter());
    let _ = requests.begin("/lento", "GET");
    assert_eq!(value(&collector.document()), 0);

    // With a name, though it begins with an underscore, it stays.
    let _active = requests.begin("/lento", "GET");
    assert_eq!(value(&collector.document()), 1);
}

// ANCHOR: other_attributes
#[test]
fn a_minus_1_with_other_attributes_is_another_series() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let active = collector.meter().i64_up_down_counter("active").build();
    active.add(1, &[KeyValue::new("endpoint", "/lento")]);
    // The status is known only at the end, so it seems to belong here.
    let status = KeyValue::new("http.response.status_code", 200);
    active.add(-1, &[KeyValue::new("endpoint", "/lento"), status]);

    let document = collector.document();
    let points = data_points(&document, "active");
    let values: Vec<_> = points.iter().map(|p| p["value"].clone()).collect();
    assert_eq!(values, [1, -1]);
}
// ANCHOR_END: other_attributes

#[test]
fn a_set_at_0_stays_in_every_later_document() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let requests = ActiveRequests::new(&collector.meter());
    drop(requests.begin("/lento", "GET"));
    for _ in 0..3 {
        assert_eq!(value(&collector.document()), 0);
    }
}

#[test]
fn users_who_have_gone_use_up_the_cardinality_limit() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let active = collector.meter().i64_up_down_counter("active").build();
    for number in 0..2000 {
        let user = [KeyValue::new("user.id", number)];
        active.add(1, &user);
        active.add(-1, &user);
    }
    active.add(1, &[KeyValue::new("user.id", "the only one who is here")]);

    let document = collector.document();
    let here: Vec<_> = data_points(&document, "active")
        .into_iter()
        .filter(|point| point["value"] != 0)
        .map(|point| &point["attributes"])
        .collect();
    assert_eq!(here, [&json!({"otel.metric.overflow": true})]);
}

#[test]
fn a_restart_begins_at_0_whatever_was_active() {
    let before = Collector::by_hand("trap", Temporality::Cumulative);
    let requests = ActiveRequests::new(&before.meter());
    let _active = [(); 3].map(|()| requests.begin("/lento", "GET"));
    assert_eq!(value(&before.document()), 3);

    // The last document says 3, and no later one takes them away.
    let after = Collector::by_hand("trap", Temporality::Cumulative);
    let requests = ActiveRequests::new(&after.meter());
    assert_eq!(after.collect().expect("nothing fails"), None);
    drop(requests.begin("/lento", "GET"));
    assert_eq!(value(&after.document()), 0);
}

#[test]
fn under_delta_active_requests_stay_cumulative() {
    let collector = Collector::by_hand("trap", Temporality::Delta);
    let requests = ActiveRequests::new(&collector.meter());
    let _active = requests.begin("/lento", "GET");
    // As a change, the second document would say 0, or nothing.
    for _ in 0..2 {
        let document = collector.document();
        assert_eq!(value(&document), 1);
        let data = &metric(&document)["data"];
        assert_eq!(data["aggregation_temporality"], 2);
    }
}

#[test]
fn a_request_between_two_collections_is_never_seen() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let requests = ActiveRequests::new(&collector.meter());
    drop(requests.begin("/lento", "GET"));
    assert_eq!(value(&collector.document()), 0);
    drop([(); 1000].map(|()| requests.begin("/lento", "GET")));
    assert_eq!(value(&collector.document()), 0);
}

#[test]
fn a_gauge_keeps_the_number_that_was_written_last() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let gauge = collector.meter().i64_gauge("active").build();
    // Two requests begin, and both count before either writes.
    let active = AtomicI64::new(0);
    let first = active.fetch_add(1, Relaxed) + 1;
    let second = active.fetch_add(1, Relaxed) + 1;
    gauge.record(second, &[]);
    gauge.record(first, &[]);

    assert_eq!(value(&collector.document()), 1);
    assert_eq!(active.into_inner(), 2);
}

/// The value of the only data point.
fn value(document: &Value) -> i64 {
    let points = metric(document)["data"]["data_points"].as_array();
    let [point] = points.expect("a metric has points").as_slice() else {
        panic!("not one point: {document}");
    };
    point["value"].as_i64().expect("the value is an integer")
}
