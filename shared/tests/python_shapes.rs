//! Each document equals what Python SDK 1.45.2 printed for the same metrics:
//! keys, key order, types and values. The files in `python-shapes` are its
//! unmodified output.
//!
//! Where the two differ:
//!
//! - `exemplars` is always empty: the Rust SDK samples none.
//! - `start_time_unix_nano` is the same for all points of a metric.
//! - An exponential histogram lists no empty buckets after the last non-empty
//!   one.
//! - Numbers have the instrument's type. Python prints each as given, so one
//!   histogram can have a `min` of `0` and a `sum` of `1.5`.
//! - NaN and infinite numbers, which JSON cannot represent, are `null`.
//! - `min` and `max` of a histogram are `null` where a view turned them off.
//!   Python prints infinities.
//! - The Rust SDK keeps no sum for a histogram of an up-down counter or of a
//!   gauge: `sum` is 0.
//! - The scale of an exponential histogram of nothing but zeros is the maximum,
//!   not 0.
//! - Text is UTF-8, not `\u` escapes: the same once parsed.
//! - An attribute key given twice appears once, with its first value.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry::{Array, InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, PeriodicReader, SdkMeterProvider, Stream,
};
use serde_json::Value as Json;
use shared::JsonExporter;
use shared::testing::document_channel;

#[test]
fn an_observable_counter_of_integers() {
    assert_same("01-observable-counter-int", |meter| {
        meter
            .u64_observable_counter("app.requests")
            .with_description("requests served")
            .with_unit("{request}")
            .with_callback(|counter| counter.observe(42, &[]))
            .build();
    });
}

#[test]
fn an_observable_counter_of_floats() {
    assert_same("02-observable-counter-float", |meter| {
        meter
            .f64_observable_counter("app.atividade.tempo")
            .with_description("Tempo de atividade")
            .with_unit("s")
            .with_callback(|counter| {
                counter.observe(12.345_678_901_234_567, &[]);
            })
            .build();
    });
}

#[test]
fn an_observable_up_down_counter_of_negative_integers() {
    assert_same("03-observable-updowncounter-int", |meter| {
        meter
            .i64_observable_up_down_counter("queue.size")
            .with_unit("{item}")
            .with_callback(|counter| counter.observe(-7, &[]))
            .build();
    });
}

#[test]
fn a_gauge_with_attributes_of_every_type() {
    let every_type = [
        KeyValue::new("b_true", true),
        KeyValue::new("b_false", false),
        KeyValue::new("i", 7),
        KeyValue::new("i_neg", -1),
        KeyValue::new("i_big", 9_007_199_254_740_993),
        KeyValue::new("f", 1.5),
        KeyValue::new("f_int", 2.0),
        KeyValue::new("s", "x"),
        KeyValue::new("s_empty", ""),
        KeyValue::new("arr_str", strings(&["a", "b"])),
        KeyValue::new("arr_int", Value::Array(vec![1, 2].into())),
        KeyValue::new("arr_float", Value::Array(vec![1.0, 2.5].into())),
        KeyValue::new("arr_bool", Value::Array(vec![true, false].into())),
        KeyValue::new("arr_empty", strings(&[])),
    ];
    let two_integers = [KeyValue::new("z", 1), KeyValue::new("a", 2)];
    assert_same_but_floats("04-observable-gauge-attr-types", |meter| {
        meter
            .f64_observable_gauge("g")
            .with_unit("1")
            .with_callback(move |gauge| {
                gauge.observe(1.0, &every_type);
                gauge.observe(2.5, &two_integers);
            })
            .build();
    });
}

#[test]
fn a_histogram_of_floats() {
    assert_same_but_floats("05-histogram-no-attributes", |meter| {
        let histogram = meter
            .f64_histogram("h")
            .with_description("latency")
            .with_unit("ms")
            .build();
        for value in [0.0, 1.5, 5.0, 7.0, 20_000.0] {
            histogram.record(value, &[]);
        }
    });
}

#[test]
fn a_histogram_of_integers_with_attributes() {
    let a = [KeyValue::new("route", "/a"), KeyValue::new("code", 200)];
    let b = [KeyValue::new("route", "/b"), KeyValue::new("code", 500)];
    assert_same("05b-histogram-with-attributes", |meter| {
        let histogram = meter.u64_histogram("h").with_unit("ms").build();
        for value in [1, 2, 300] {
            histogram.record(value, &a);
        }
        histogram.record(4, &b);
    });
}

#[test]
fn an_exponential_histogram() {
    let case = Case {
        aggregation: Some(Aggregation::Base2ExponentialHistogram {
            max_size: 20,
            max_scale: 20,
            record_min_max: true,
        }),
        ..Case::default()
    };
    let ours = case.documents(1, |provider| {
        let histogram = provider
            .meter("lab")
            .f64_histogram("h")
            .with_unit("ms")
            .build();
        for value in [0.0, 1.0, 1.5, 4.0, 1000.0] {
            histogram.record(value, &[KeyValue::new("route", "/a")]);
        }
    });
    let mut theirs = python("06-exponential-histogram");
    integers_to_floats(&mut theirs);
    without_trailing_zeros(&mut theirs);
    assert_equal(ours, theirs);
}

#[test]
fn a_resource_with_a_schema_url() {
    let attributes = [
        KeyValue::new("service.name", "lab"),
        KeyValue::new("n", 1),
        KeyValue::new("f", 0.5),
        KeyValue::new("b", true),
        KeyValue::new("arr", strings(&["x", "y"])),
        // Bytes in Python; the Rust API has no such type.
        KeyValue::new("by", "01ff"),
    ];
    let case = Case {
        resource: Resource::builder_empty()
            .with_schema_url(
                attributes,
                "https://opentelemetry.io/schemas/1.37.0",
            )
            .build(),
        ..Case::default()
    };
    let ours = case.documents(1, |provider| add_one(&provider.meter("lab")));
    assert_equal(ours, python("08-resource-schema-url"));
}

#[test]
fn a_scope_with_version_schema_url_and_attributes() {
    let scope = InstrumentationScope::builder("lab.scope")
        .with_version("1.2.3")
        .with_schema_url("https://opentelemetry.io/schemas/1.30.0")
        .with_attributes([
            KeyValue::new("env", "dev"),
            KeyValue::new("n", 1),
            KeyValue::new("arr", Value::Array(vec![1, 2].into())),
        ])
        .build();
    let ours = Case::default().documents(1, |provider| {
        add_one(&provider.meter_with_scope(scope));
    });
    assert_equal(ours, python("09-scope-version-schema-attributes"));
}

#[test]
fn an_instrument_that_observes_nothing_beside_one_that_does() {
    assert_same("10d-empty-one-of-two", |meter| {
        meter
            .u64_observable_counter("empty")
            .with_callback(|_| {})
            .build();
        add_one(meter);
    });
}

#[test]
fn text_with_accents_and_control_characters() {
    let attributes = [
        KeyValue::new("região", "São Paulo"),
        KeyValue::new("emoji", "🚀"),
        KeyValue::new("ctl", "a\0\u{1f}\u{7f}\t\n\"\\/"),
        KeyValue::new("ls", "\u{2028}"),
    ];
    assert_same("11-non-ascii", |meter| {
        meter
            .f64_observable_counter("app.atividade.tempo")
            .with_description("Tempo de atividade da aplicação – ç ã é")
            .with_unit("s")
            .with_callback(move |counter| counter.observe(1.5, &attributes))
            .build();
    });
}

#[test]
fn two_collections_of_cumulative_sums() {
    let ours = Case::default().documents(2, |provider| {
        let meter = provider.meter("lab");
        let counter = meter.u64_counter("c").build();
        let observed = AtomicU64::new(0);
        meter
            .u64_observable_counter("oc")
            .with_callback(move |observable| {
                observable.observe(observed.fetch_add(10, Relaxed) + 10, &[]);
                counter.add(3, &[]);
            })
            .build();
    });
    assert_equal(ours, python("14b-cumulative-two-docs"));
}

#[test]
fn synchronous_counter_up_down_counter_and_gauge() {
    assert_same("15-sync-counter-updown-gauge", |meter| {
        let counter = meter.u64_counter("c").with_unit("1").build();
        counter.add(3, &[KeyValue::new("a", 1)]);
        meter.f64_up_down_counter("u").build().add(-2.5, &[]);
        meter.i64_gauge("g").build().record(9, &[]);
    });
}

fn strings(values: &[&'static str]) -> Value {
    let values = values.iter().map(|value| (*value).into()).collect();
    Value::Array(Array::String(values))
}

fn add_one(meter: &Meter) {
    meter.u64_counter("c").build().add(1, &[]);
}

fn assert_same(file: &str, record: impl FnOnce(&Meter)) {
    assert_equal(Case::default().document(record), python(file));
}

/// A Python instrument accepts integers and floats alike and prints each as
/// given. A Rust instrument has one number type.
fn assert_same_but_floats(file: &str, record: impl FnOnce(&Meter)) {
    let mut theirs = python(file);
    integers_to_floats(&mut theirs);
    assert_equal(Case::default().document(record), theirs);
}

/// Compares as text, so that key order counts.
#[track_caller]
fn assert_equal(ours: Vec<Json>, theirs: Vec<Json>) {
    let text = |mut documents: Vec<Json>| {
        documents.iter_mut().for_each(sort_what_has_no_order);
        let text = documents.iter().map(|json| format!("{json:#}\n"));
        text.collect::<String>()
    };
    let (ours, theirs) = (text(ours), text(theirs));
    assert!(ours == theirs, "ours:\n{ours}\nPython's:\n{theirs}");
}

/// The inputs of a document that a test can vary.
struct Case {
    resource: Resource,
    aggregation: Option<Aggregation>,
}

impl Default for Case {
    fn default() -> Self {
        let attributes = [
            KeyValue::new("service.name", "lab"),
            KeyValue::new("service.instance.id", "fixed-id"),
        ];
        Self {
            resource: Resource::builder_empty()
                .with_attributes(attributes)
                .build(),
            aggregation: None,
        }
    }
}

impl Case {
    fn document(self, record: impl FnOnce(&Meter)) -> Vec<Json> {
        self.documents(1, |provider| record(&provider.meter("lab")))
    }

    fn documents(
        self,
        collections: usize,
        record: impl FnOnce(&SdkMeterProvider),
    ) -> Vec<Json> {
        let (writer, documents) = document_channel();
        let reader = PeriodicReader::builder(JsonExporter::new(writer))
            .with_interval(Duration::MAX)
            .build();
        let view = move |_: &Instrument| {
            let aggregation = self.aggregation.clone()?;
            Stream::builder().with_aggregation(aggregation).build().ok()
        };
        let provider = SdkMeterProvider::builder()
            .with_resource(self.resource)
            .with_reader(reader)
            .with_view(view)
            .build();
        record(&provider);
        for _ in 0..collections {
            provider.force_flush().expect("the collection is exported");
        }
        let documents: Vec<_> =
            documents.try_iter().flat_map(|text| parse(&text)).collect();
        assert_eq!(documents.len(), collections);
        documents
    }
}

fn python(file: &str) -> Vec<Json> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/python-shapes")
        .join(file)
        .with_extension("json");
    let text = fs::read_to_string(path).expect("the file exists");
    parse(&text)
}

/// Parses the documents in a text, replacing each time with a placeholder.
fn parse(text: &str) -> Vec<Json> {
    let documents = serde_json::Deserializer::from_str(text).into_iter();
    let without_times = documents.map(|json| {
        let mut json = json.expect("the text is JSON");
        visit(&mut json, &mut |key, value| {
            if key.ends_with("_unix_nano") && value.is_u64() {
                *value = "[time]".into();
            }
        });
        json
    });
    without_times.collect()
}

/// Python keeps attributes and points in order of first appearance.
fn sort_what_has_no_order(json: &mut Json) {
    visit(json, &mut |key, value| match value {
        Json::Object(attributes) if key == "attributes" => {
            attributes.sort_keys();
        }
        Json::Array(points) if key == "data_points" => {
            points.sort_by_key(|point| point["attributes"].to_string());
        }
        _ => {}
    });
}

fn integers_to_floats(documents: &mut [Json]) {
    let keys = ["value", "sum", "min", "max"];
    for json in documents {
        visit(json, &mut |key, value| {
            if keys.contains(&key) {
                *value = value.as_f64().into();
            }
        });
    }
}

/// Python lists the empty buckets after the last non-empty one.
fn without_trailing_zeros(documents: &mut [Json]) {
    for json in documents {
        visit(json, &mut |key, value| {
            if let ("bucket_counts", Json::Array(counts)) = (key, value) {
                while counts.len() > 1 && counts.ends_with(&[0.into()]) {
                    counts.pop();
                }
            }
        });
    }
}

/// Calls `change` with each key and its value, innermost first.
fn visit(json: &mut Json, change: &mut impl FnMut(&str, &mut Json)) {
    match json {
        Json::Object(object) => {
            for (key, value) in object {
                visit(value, change);
                change(key, value);
            }
        }
        Json::Array(values) => {
            for value in values {
                visit(value, change);
            }
        }
        _ => {}
    }
}
