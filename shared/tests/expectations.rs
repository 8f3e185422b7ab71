//! A failed expectation says which metric, which key, what it is and what it
//! should be.

use std::panic::{AssertUnwindSafe, catch_unwind};

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;
use opentelemetry_sdk::metrics::Temporality;
use serde_json::{Value, json};
use shared::testing::{Collector, document_channel, expect_metric, received};

#[test]
fn what_is_as_expected_does_not_fail() {
    let document = document(count_orders);
    let orders = expect_metric(&document, "orders");
    orders.has("unit", "{order}").has("is_monotonic", true);
    orders.has_points(1);
    orders.point(&json!({"paid": true})).has("value", 3);
}

#[test]
fn another_value_names_metric_key_and_both_values() {
    let document = document(count_orders);
    let orders = || expect_metric(&document, "orders");
    let failed = failure(|| {
        orders().has("unit", "s");
    });
    let message = r#"metric `orders`: `unit` is "{order}", but should be "s""#;
    assert_eq!(failed, message);
    let failed = failure(|| {
        orders().has("aggregation_temporality", 1);
    });
    let message = "metric `orders`: `aggregation_temporality` is \
                   2 (cumulative), but should be 1 (delta)";
    assert_eq!(failed, message);
    let failed = failure(|| {
        orders().has("count", 3);
    });
    let message = "metric `orders`: `count` is missing, but should be 3";
    assert_eq!(failed, message);
    let failed = failure(|| {
        orders().point(&json!({"paid": true})).has("value", 4);
    });
    let message = "metric `orders`, point {\"paid\":true}: `value` is 3, but \
                   should be 4";
    assert_eq!(failed, message);
}

#[test]
fn other_points_are_listed() {
    let document = document(|meter| {
        let orders = meter.u64_counter("orders").build();
        (0..9).for_each(|id| orders.add(1, &[KeyValue::new("id", id)]));
    });
    let others = r#"{"id":0}, {"id":1}, {"id":2}, {"id":3}, {"id":4}, ..."#;
    let orders = expect_metric(&document, "orders");
    let failed = failure(|| {
        orders.has_points(1);
    });
    let message = "the number of its points is 9, but should be 1";
    assert_eq!(failed, format!("metric `orders`: {message}: {others}"));
    let failed = failure(|| {
        let _ = orders.point(&json!({}));
    });
    let message = "the point {} is missing: there is only";
    assert_eq!(failed, format!("metric `orders`: {message} {others}"));
}

#[test]
fn a_missing_metric_names_what_there_is() {
    let document = document(count_orders);
    let failed = failure(|| {
        expect_metric(&document, "visits");
    });
    let message =
        "metric `visits` is missing: the document has only \"orders\"";
    assert_eq!(failed, message);
}

#[test]
fn no_document_at_all_is_said_too() {
    let (writer, documents) = document_channel();
    for document in [
        // The accent makes an instrument that does nothing.
        document(|meter| meter.u64_counter("órders").build().add(1, &[])),
        received(&documents),
    ] {
        let failed = failure(|| {
            expect_metric(&document, "orders");
        });
        let message = "metric `orders` is missing: nothing was exported.";
        assert!(failed.starts_with(message), "{failed}");
    }
    drop(writer);
}

#[test]
fn a_metric_that_is_there_twice_is_a_failure() {
    let document = document(|meter| {
        count_orders(meter);
        meter.f64_counter("orders").build().add(1.0, &[]);
    });
    let failed = failure(|| {
        expect_metric(&document, "orders");
    });
    let message = "metric `orders` is exported 2 times, but should be once:";
    assert!(failed.starts_with(message), "{failed}");
}

fn count_orders(meter: &Meter) {
    let orders = meter.u64_counter("orders").with_unit("{order}").build();
    orders.add(3, &[KeyValue::new("paid", true)]);
}

fn document(register: impl FnOnce(&Meter)) -> Value {
    let collector = Collector::by_hand("shop", Temporality::Cumulative);
    register(&collector.meter());
    collector.export()
}

/// The message of a failed expectation.
fn failure(expectation: impl FnOnce()) -> String {
    let failed = catch_unwind(AssertUnwindSafe(expectation));
    let panic = failed.expect_err("it is not as expected");
    *panic.downcast().expect("the message is formatted")
}
