//! Surprises with views, each shown by a test.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use opentelemetry::metrics::Meter;
use opentelemetry::{Key, KeyValue};
use opentelemetry_sdk::metrics::{Aggregation, Stream};
use serde_json::{Value, json};
use shared::testing::{data_points, document_channel, metric, names, shape};
use support::{Function, Viewed};
use tracing::Level;
use tracing::subscriber::with_default;

mod support;

#[test]
fn a_view_that_matches_nothing_says_nothing() {
    // The counter is called `calls`.
    let misspelt: Function = |instrument| match instrument.name() {
        "call" => Stream::builder().with_name("requests").build().ok(),
        _ => None,
    };
    let (document, log) = logged(&[misspelt], |meter| count(meter, "calls"));
    assert_eq!(names(&document), ["calls"]);
    assert_eq!(log, "");
}

#[test]
fn a_view_that_cannot_be_built_is_left_out_in_silence() {
    let wrong: [Function; 4] = [
        |_| Stream::builder().with_cardinality_limit(0).build().ok(),
        |_| Stream::builder().with_unit("{lançamento}").build().ok(),
        |_| explicit(vec![2.0, 1.0]),
        |_| exponential(160, 21),
    ];
    for view in wrong {
        let measure = |meter: &Meter| {
            count(meter, "calls");
            let histogram = meter.f64_histogram("times");
            histogram
                .with_boundaries(vec![1.0])
                .build()
                .record(2.0, &[]);
        };
        let (with, log) = logged(&[view], measure);
        assert_eq!(log, "");
        let without = exported(&[], measure);
        assert_eq!(shape(&with), shape(&without));
    }
}

#[test]
fn two_views_that_match_make_two_metrics() {
    let document = exported(
        &[
            |_| Stream::builder().with_name("requests").build().ok(),
            |_| {
                Stream::builder()
                    .with_description("All calls.")
                    .build()
                    .ok()
            },
        ],
        |meter| count(meter, "calls"),
    );
    assert_eq!(names(&document), ["requests", "calls"]);
    assert_eq!(data_points(&document, "requests")[0]["value"], 1);
    assert_eq!(data_points(&document, "calls")[0]["value"], 1);
}

#[test]
fn of_two_views_that_leave_the_name_the_second_is_ignored() {
    let views: [Function; 2] =
        [|_| explicit(vec![1.0]), |_| exponential(160, 20)];
    let (document, log) = logged(&views, |meter| {
        meter.f64_histogram("times").build().record(2.0, &[]);
    });
    assert_eq!(log, "");
    assert_eq!(names(&document), ["times"]);
    let point = data_points(&document, "times")[0];
    assert_eq!(point["explicit_bounds"], json!([1.0]));
    assert_eq!(point.get("scale"), None);
}

#[test]
fn a_view_for_all_gives_two_counters_one_sum() {
    let one_name: Function =
        |_| Stream::builder().with_name("total").build().ok();
    let (document, log) = logged(&[one_name], |meter| {
        meter.u64_counter("calls").build().add(3, &[]);
        meter.u64_counter("rolls").build().add(4, &[]);
    });
    assert_eq!(log, "");
    assert_eq!(names(&document), ["total"]);
    assert_eq!(metric(&document)["data"]["data_points"][0]["value"], 7);
}

#[test]
fn a_view_for_all_gives_two_metrics_one_name() {
    let one_name: Function =
        |_| Stream::builder().with_name("total").build().ok();
    let (document, log) = logged(&[one_name], |meter| {
        meter.u64_counter("calls").build().add(3, &[]);
        let rolls = meter.u64_counter("rolls").with_description("Dice.");
        rolls.build().add(4, &[]);
    });
    assert_eq!(log, "");
    assert_eq!(names(&document), ["total", "total"]);
}

#[test]
fn without_an_attribute_a_counter_adds_up_and_an_observable_does_not() {
    let no_attributes: Function = |_| {
        Stream::builder()
            .with_allowed_attribute_keys([])
            .build()
            .ok()
    };
    let values = [("a", 10), ("b", 7)];
    let document = exported(&[no_attributes], |meter| {
        let counter = meter.u64_counter("added").build();
        for (user, value) in values {
            counter.add(value, &[KeyValue::new("user", user)]);
        }
        meter
            .u64_observable_counter("observed")
            .with_callback(move |counter| {
                for (user, value) in values {
                    counter.observe(value, &[KeyValue::new("user", user)]);
                }
            })
            .build();
    });
    assert_eq!(data_points(&document, "added")[0]["value"], 17);
    assert_eq!(data_points(&document, "observed")[0]["value"], 7);
}

#[test]
fn a_misspelt_attribute_removes_all() {
    let misspelt: Function = |_| {
        let keys = [Key::new("usr")];
        Stream::builder()
            .with_allowed_attribute_keys(keys)
            .build()
            .ok()
    };
    let (document, log) = logged(&[misspelt], |meter| {
        let counter = meter.u64_counter("calls").build();
        counter.add(1, &[KeyValue::new("user", "a")]);
    });
    assert_eq!(log, "");
    assert_eq!(data_points(&document, "calls")[0]["attributes"], json!({}));
}

#[test]
fn nobody_checks_a_name_that_a_view_gives() {
    let names_given: [(&str, Function); 3] = [
        ("", |_| Stream::builder().with_name("").build().ok()),
        ("2 calls", |_| {
            Stream::builder().with_name("2 calls").build().ok()
        }),
        ("lançar", |_| {
            Stream::builder().with_name("lançar").build().ok()
        }),
    ];
    for (name, view) in names_given {
        let (document, log) = logged(&[view], |meter| count(meter, "calls"));
        assert_eq!(log, "");
        assert_eq!(names(&document), [name]);
    }
}

#[test]
fn a_view_cannot_save_an_instrument_with_a_bad_name() {
    let rename: Function =
        |_| Stream::builder().with_name("calls").build().ok();
    let (document, log) = logged(&[rename], |meter| count(meter, "ligações"));
    assert_eq!(document, Value::Null);
    assert!(log.contains("ERROR"), "{log}");
    assert!(log.contains("InstrumentCreationFailed"), "{log}");
}

#[test]
fn a_dropped_observable_is_never_asked_and_logged_as_an_error() {
    let (document, log) = logged(&[|_| dropped()], |meter| {
        meter
            .u64_observable_counter("observed")
            .with_callback(|_| panic!("it was asked"))
            .build();
    });
    assert_eq!(document, Value::Null);
    assert!(log.contains("InstrumentCreationFailed"), "{log}");
    assert!(log.contains("Check View Configuration"), "{log}");
}

#[test]
fn a_view_that_drops_all_leaves_no_document_and_no_trace() {
    let (document, log) =
        logged(&[|_| dropped()], |meter| count(meter, "calls"));
    assert_eq!(document, Value::Null);
    assert_eq!(log, "");
}

#[test]
fn of_a_view_that_drops_all_and_one_that_keeps_the_first_counts() {
    let drop_all: Function = |_| dropped();
    let keep_calls: Function = |instrument| match instrument.name() {
        "calls" => Stream::builder().build().ok(),
        _ => None,
    };
    let counted = |views: &[Function]| {
        let measure = |meter: &Meter| {
            count(meter, "calls");
            count(meter, "rolls");
        };
        let (document, log) = logged(views, measure);
        assert_eq!(log, "");
        document
    };
    assert_eq!(names(&counted(&[keep_calls, drop_all])), ["calls"]);
    assert_eq!(counted(&[drop_all, keep_calls]), Value::Null);
}

#[test]
fn a_view_cannot_make_a_gauge_of_a_counter() {
    let last_value: Function = |_| {
        let stream = Stream::builder();
        stream.with_aggregation(Aggregation::LastValue).build().ok()
    };
    let (document, log) = logged(&[last_value], |meter| count(meter, "calls"));
    assert!(log.contains("ViewAggregationIncompatible"), "{log}");
    assert_eq!(metric(&document)["data"]["is_monotonic"], true);
}

#[test]
fn a_view_without_an_aggregation_leaves_the_bounds() {
    let rename: Function =
        |_| Stream::builder().with_name("durations").build().ok();
    let document = exported(&[rename], |meter| {
        let histogram = meter.f64_histogram("times");
        histogram
            .with_boundaries(vec![1.0])
            .build()
            .record(2.0, &[]);
    });
    let point = data_points(&document, "durations")[0];
    assert_eq!(point["explicit_bounds"], json!([1.0]));
}

#[test]
fn a_view_is_asked_when_an_instrument_is_built_and_not_when_it_records() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let counting: Function = |_| {
        ASKED.fetch_add(1, Relaxed);
        None
    };
    exported(&[counting], |meter| {
        let calls = meter.u64_counter("calls").build();
        assert_eq!(ASKED.load(Relaxed), 1);
        calls.add(1, &[]);
        calls.add(1, &[]);
    });
    assert_eq!(ASKED.load(Relaxed), 1);
}

fn count(meter: &Meter, name: &'static str) {
    meter.u64_counter(name).build().add(1, &[]);
}

fn dropped() -> Option<Stream> {
    let stream = Stream::builder().with_aggregation(Aggregation::Drop);
    stream.build().ok()
}

fn explicit(boundaries: Vec<f64>) -> Option<Stream> {
    let aggregation = Aggregation::ExplicitBucketHistogram {
        boundaries,
        record_min_max: true,
    };
    Stream::builder().with_aggregation(aggregation).build().ok()
}

fn exponential(max_size: u32, max_scale: i8) -> Option<Stream> {
    let aggregation = Aggregation::Base2ExponentialHistogram {
        max_size,
        max_scale,
        record_min_max: true,
    };
    Stream::builder().with_aggregation(aggregation).build().ok()
}

fn exported(views: &[Function], measure: impl FnOnce(&Meter)) -> Value {
    let viewed = Viewed::by(views);
    measure(&viewed.meter("trap"));
    viewed.document()
}

/// What is exported under these views, and what the SDK logs of what is built
/// and measured, except that an instrument was built.
fn logged(views: &[Function], measure: impl FnOnce(&Meter)) -> (Value, String) {
    let (writer, lines) = document_channel();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_writer(Mutex::new(writer))
        .finish();
    let document = exported(views, |meter| {
        with_default(subscriber, || measure(meter));
    });
    let lines = lines.iter();
    let log = lines.filter(|l| !l.contains("Metrics.InstrumentCreated"));
    (document, log.collect())
}
