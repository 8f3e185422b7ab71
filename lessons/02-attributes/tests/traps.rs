//! Surprises with attributes, each shown by a test.

use std::sync::Mutex;

use opentelemetry::{Array, KeyValue, Value as Attribute};
use opentelemetry_sdk::metrics::Temporality;
use serde_json::{Value, json};
use shared::testing::{Collector, data_points, document_channel, exported};

#[test]
fn a_text_an_integer_and_a_float_of_the_same_digits_are_three_series() {
    let document = exported("trap", |meter| {
        let rolls = meter.u64_counter("rolls").build();
        rolls.add(1, &[KeyValue::new("number", 6)]);
        rolls.add(1, &[KeyValue::new("number", 6.0)]);
        rolls.add(1, &[KeyValue::new("number", "6")]);
    });
    assert_eq!(
        attributes(&document, "rolls"),
        [
            json!({"number": 6}),
            json!({"number": 6.0}),
            json!({"number": "6"}),
        ]
    );
}

#[test]
fn the_order_within_an_array_matters() {
    let colours = |colours: [&'static str; 2]| {
        let colours = colours.map(Into::into).to_vec();
        KeyValue::new("colours", Attribute::Array(Array::String(colours)))
    };
    let document = exported("trap", |meter| {
        let dice = meter.u64_counter("dice").build();
        dice.add(1, &[colours(["white", "black"])]);
        dice.add(1, &[colours(["black", "white"])]);
    });
    assert_eq!(
        attributes(&document, "dice"),
        [
            json!({"colours": ["black", "white"]}),
            json!({"colours": ["white", "black"]}),
        ]
    );
}

#[test]
fn the_empty_set_is_a_series_and_not_the_total() {
    let document = exported("trap", |meter| {
        let rolls = meter.u64_counter("rolls").build();
        rolls.add(2, &[KeyValue::new("number", 1)]);
        rolls.add(3, &[KeyValue::new("number", 6)]);
        rolls.add(5, &[]);
    });
    let points: Vec<_> = data_points(&document, "rolls")
        .into_iter()
        .map(|point| json!([point["attributes"], point["value"]]))
        .collect();
    assert_eq!(
        points,
        [
            json!([{}, 5]),
            json!([{"number": 1}, 2]),
            json!([{"number": 6}, 3]),
        ]
    );
}

#[test]
fn a_space_in_the_name_of_a_metric_makes_it_vanish() {
    let (writer, logged) = document_channel();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(writer))
        .finish();
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    tracing::subscriber::with_default(subscriber, || {
        let rolls = collector.meter().u64_counter("dado rolagens").build();
        rolls.add(1, &[]);
    });
    assert_eq!(collector.collect().expect("nothing fails"), None);
    let log: String = logged.iter().collect();
    assert!(log.contains("InstrumentCreationFailed"), "{log}");
}

#[test]
fn nobody_checks_the_key_of_an_attribute() {
    let document = exported("trap", |meter| {
        let rolls = meter.u64_counter("rolls").build();
        for key in ["", "Número do dado", "número do dado"] {
            rolls.add(1, &[KeyValue::new(key, 6)]);
        }
    });
    assert_eq!(
        attributes(&document, "rolls"),
        [
            json!({"": 6}),
            json!({"Número do dado": 6}),
            json!({"número do dado": 6}),
        ]
    );
}

// ANCHOR: overflow
#[test]
fn beyond_the_limit_a_measurement_loses_all_its_attributes() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let calls = collector.meter().u64_counter("calls").build();
    for user in 0..2100 {
        // Every call of the last 200 users fails.
        let failed = KeyValue::new("failed", user >= 1900);
        calls.add(1, &[failed, KeyValue::new("user.id", user)]);
    }
    let document = collector.document();
    let points = data_points(&document, "calls");
    let count = |attribute: &str| -> u64 {
        let points =
            points.iter().filter(|p| p["attributes"][attribute] == true);
        points.filter_map(|point| point["value"].as_u64()).sum()
    };
    // There are two values of `failed`, and still half the failures are gone.
    assert_eq!(count("failed"), 100);
    assert_eq!(count("otel.metric.overflow"), 100);
}
// ANCHOR_END: overflow

/// The attribute sets of a metric, in document order.
fn attributes(document: &Value, name: &str) -> Vec<Value> {
    let points = data_points(document, name).into_iter();
    points.map(|point| point["attributes"].clone()).collect()
}
