//! What the exporter promises beyond the shape of the document.

use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use opentelemetry::metrics::MeterProvider;
use opentelemetry::{Array, InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, PeriodicReader, SdkMeterProvider, Stream,
    Temporality,
};
use serde_json::{Value as Json, json};
use shared::JsonExporter;
use shared::testing::{Collector, data_points, document_channel};

#[test]
fn points_are_sorted_by_attributes_given_in_any_order() {
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let counter = collector.meter().u64_counter("total").build();
    for number in [10, 9, 2, 1] {
        for name in ["b", "a"] {
            let number = KeyValue::new("number", number);
            let name = KeyValue::new("name", name);
            counter.add(1, &[number.clone(), name.clone()]);
            counter.add(1, &[name, number]);
        }
    }
    counter.add(1, &[]);

    let document = collector.document();
    let points = data_points(&document, "total");
    let attributes: Vec<_> =
        points.iter().map(|point| &point["attributes"]).collect();
    let sorted = json!([
        {},
        {"name": "a", "number": 1},
        {"name": "a", "number": 2},
        {"name": "a", "number": 9},
        {"name": "a", "number": 10},
        {"name": "b", "number": 1},
        {"name": "b", "number": 2},
        {"name": "b", "number": 9},
        {"name": "b", "number": 10},
    ]);
    assert_eq!(json!(attributes), sorted);
    // Comparing `json!` values ignores key order.
    assert_eq!(json!(attributes).to_string(), sorted.to_string());
}

#[test]
fn points_whose_attributes_have_different_types_are_sorted_by_type() {
    let values: [Value; 15] = [
        Value::Array(Array::String(vec!["a".into()])),
        Value::Array(Array::String(vec![])),
        Value::Array(vec![2.5].into()),
        Value::Array(vec![1.5, 0.0].into()),
        Value::Array(vec![1.5].into()),
        Value::Array(vec![-2.5].into()),
        Value::Array(vec![10].into()),
        Value::Array(vec![9, 1].into()),
        Value::Array(vec![true].into()),
        "9".into(),
        "10".into(),
        1.5.into(),
        (-1.5).into(),
        7.into(),
        false.into(),
    ];
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let counter = collector.meter().u64_counter("total").build();
    for value in values {
        counter.add(1, &[KeyValue::new("key", value)]);
    }

    let document = collector.document();
    let points = data_points(&document, "total");
    let values: Vec<_> = points
        .iter()
        .map(|point| &point["attributes"]["key"])
        .collect();
    assert_eq!(
        json!(values),
        json!([
            false,
            7,
            -1.5,
            1.5,
            "10",
            "9",
            [true],
            [9, 1],
            [10],
            [-2.5],
            [1.5],
            [1.5, 0.0],
            [2.5],
            [],
            ["a"]
        ])
    );
}

#[test]
fn point_order_does_not_depend_on_insertion_order() {
    let mut random = fastrand::Rng::with_seed(6);
    for keys in 0..4 {
        let mut sets: Vec<_> =
            (0..500).map(|_| set(&mut random, keys)).collect();
        let mut attributes = || {
            random.shuffle(&mut sets);
            let collector = Collector::by_hand("test", Temporality::Cumulative);
            let counter = collector.meter().u64_counter("total").build();
            for set in &sets {
                counter.add(1, set);
            }
            let document = collector.document();
            let points = data_points(&document, "total").into_iter();
            let attributes = points.map(|point| point["attributes"].clone());
            attributes.collect::<Vec<_>>()
        };
        assert_eq!(attributes(), attributes());
    }
}

/// Up to `keys` attributes in any order, with values of any type.
fn set(random: &mut fastrand::Rng, keys: usize) -> Vec<KeyValue> {
    let mut names = ["a", "b", "ab"];
    random.shuffle(&mut names);
    let names = names.into_iter().take(random.usize(..=keys));
    names
        .map(|name| KeyValue::new(name, value(random)))
        .collect()
}

fn value(random: &mut fastrand::Rng) -> Value {
    let integer = [i64::MIN, i64::MAX, -1, 0, 1][random.usize(..5)];
    let float = [f64::MIN, f64::MAX, -1.5, 0.0, 1.0][random.usize(..5)];
    let text = ["", "a", "ab", "\0", "\u{10ffff}"][random.usize(..5)];
    let length = random.usize(..3);
    match random.u8(..8) {
        0 => Value::Bool(random.bool()),
        1 => Value::I64(integer),
        2 => Value::F64(float),
        3 => Value::String(text.into()),
        4 => Value::Array(vec![random.bool(); length].into()),
        5 => Value::Array(vec![integer; length].into()),
        6 => Value::Array(vec![float; length].into()),
        _ => Value::Array(Array::String(vec![text.into(); length])),
    }
}

#[test]
fn scopes_are_sorted_and_metrics_keep_the_order_of_their_creation() {
    let (writer, documents) = document_channel();
    let provider = provider(JsonExporter::new(writer));
    let scopes = [
        ("b", None, None, "x"),
        ("a", Some("2"), Some("https://b.example"), "x"),
        ("a", Some("2"), Some("https://a.example"), "y"),
        ("a", Some("2"), Some("https://a.example"), "x"),
        ("a", Some("1"), None, "x"),
        ("a", None, None, "x"),
    ];
    for (name, version, schema_url, attribute) in scopes {
        let mut scope = InstrumentationScope::builder(name)
            .with_attributes([KeyValue::new("key", attribute)]);
        if let Some(version) = version {
            scope = scope.with_version(version);
        }
        if let Some(schema_url) = schema_url {
            scope = scope.with_schema_url(schema_url);
        }
        let meter = provider.meter_with_scope(scope.build());
        for metric in ["second", "first"] {
            meter.u64_counter(metric).build().add(1, &[]);
        }
    }
    provider.force_flush().expect("nothing fails");

    let document = next(&documents);
    let exported = document["resource_metrics"][0]["scope_metrics"].as_array();
    let exported: Vec<_> = exported
        .into_iter()
        .flatten()
        .map(|scope| {
            assert_eq!(scope["metrics"][0]["name"], "second");
            assert_eq!(scope["metrics"][1]["name"], "first");
            assert_eq!(scope["schema_url"], scope["scope"]["schema_url"]);
            let scope = &scope["scope"];
            json!([
                scope["name"],
                scope["version"],
                scope["schema_url"],
                scope["attributes"]["key"],
            ])
        })
        .collect();
    assert_eq!(
        json!(exported),
        json!([
            ["a", null, "", "x"],
            ["a", "1", "", "x"],
            ["a", "2", "https://a.example", "x"],
            ["a", "2", "https://a.example", "y"],
            ["a", "2", "https://b.example", "x"],
            ["b", null, "", "x"],
        ])
    );
}

#[test]
fn an_attribute_given_twice_appears_once_with_its_first_value() {
    let twice = [KeyValue::new("key", 1), KeyValue::new("key", 2)];
    // Chance decides whether the SDK keeps attributes as given or sorted.
    for _ in 0..20 {
        let collector = Collector::by_hand("test", Temporality::Cumulative);
        let counter = collector.meter().u64_counter("total").build();
        counter.add(1, &twice);
        counter.add(1, &twice[..1]);
        counter.add(1, &twice[1..]);
        let document = collector.document();
        let points: Vec<_> = data_points(&document, "total")
            .iter()
            .map(|point| json!([point["attributes"], point["value"]]))
            .collect();
        assert_eq!(json!(points), json!([[{"key": 1}, 2], [{"key": 2}, 1]]));
    }
}

#[test]
fn times_are_nanoseconds_from_the_creation_to_the_collection() {
    let nanoseconds = || {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        now.expect("it is later than 1970").as_nanos()
    };
    let before = nanoseconds();
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let meter = collector.meter();
    meter.u64_counter("sum").build().add(1, &[]);
    meter.u64_histogram("histogram").build().record(1, &[]);
    let between = nanoseconds();
    let document = collector.document();
    let after = nanoseconds();

    for name in ["sum", "histogram"] {
        let point = data_points(&document, name)[0];
        let time = |key: &str| point[key].as_u64().map(u128::from);
        let start = time("start_time_unix_nano").expect("a number");
        let end = time("time_unix_nano").expect("a number");
        assert!((before..=between).contains(&start), "{name}: {start}");
        assert!((between..=after).contains(&end), "{name}: {end}");
    }
}

#[test]
fn a_delta_point_starts_at_the_previous_collection() {
    let collector = Collector::by_hand("test", Temporality::Delta);
    let counter = collector.meter().u64_counter("total").build();
    let point = || {
        counter.add(1, &[]);
        data_points(&collector.document(), "total")[0].clone()
    };
    let (first, second) = (point(), point());
    assert_eq!(second["start_time_unix_nano"], first["time_unix_nano"]);
    assert_ne!(
        second["start_time_unix_nano"],
        first["start_time_unix_nano"]
    );
}

#[test]
fn a_histogram_without_bounds_has_one_bucket() {
    let (writer, documents) = document_channel();
    let view = |_: &Instrument| {
        let aggregation = Aggregation::ExplicitBucketHistogram {
            boundaries: vec![],
            record_min_max: true,
        };
        Stream::builder().with_aggregation(aggregation).build().ok()
    };
    let provider = SdkMeterProvider::builder()
        .with_reader(reader(JsonExporter::new(writer)))
        .with_view(view)
        .build();
    let histogram = provider.meter("test").u64_histogram("histogram").build();
    histogram.record(3, &[]);
    histogram.record(4, &[]);
    provider.force_flush().expect("nothing fails");

    let document = next(&documents);
    let point = data_points(&document, "histogram")[0];
    assert_eq!(point["bucket_counts"], json!([2]));
    assert_eq!(point["explicit_bounds"], json!([]));
}

#[test]
fn delta_is_1_and_histograms_may_lack_min_and_max() {
    let (writer, documents) = document_channel();
    let mut exporter = JsonExporter::new(writer);
    exporter.temporality = Temporality::Delta;
    let view = |_: &Instrument| {
        let aggregation = Aggregation::ExplicitBucketHistogram {
            boundaries: vec![1.0],
            record_min_max: false,
        };
        Stream::builder().with_aggregation(aggregation).build().ok()
    };
    let provider = SdkMeterProvider::builder()
        .with_reader(reader(exporter))
        .with_view(view)
        .build();
    provider
        .meter("test")
        .i64_gauge("histogram")
        .build()
        .record(-3, &[]);
    provider.force_flush().expect("nothing fails");

    let document = next(&documents);
    let scope = &document["resource_metrics"][0]["scope_metrics"][0];
    assert_eq!(scope["metrics"][0]["data"]["aggregation_temporality"], 1);
    let point = data_points(&document, "histogram")[0];
    assert_eq!(point["bucket_counts"], json!([1, 0]));
    assert_eq!(point["min"], Json::Null);
    assert_eq!(point["max"], Json::Null);
}

#[test]
fn numbers_that_json_lacks_are_null() {
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let counter = collector.meter().f64_counter("total").build();
    counter.add(f64::MAX, &[]);
    counter.add(f64::MAX, &[]);
    counter.add(1.0, &[KeyValue::new("key", f64::NAN)]);

    let document = collector.document();
    let points = data_points(&document, "total");
    assert_eq!(points[0]["value"], Json::Null);
    assert_eq!(points[1]["attributes"], json!({"key": null}));
}

#[test]
fn a_document_takes_one_line_or_is_indented_by_four_spaces() {
    for (indented, beginning) in [
        (false, "{\"resource_metrics\":[{\"resource\":{"),
        (true, "{\n    \"resource_metrics\": [\n        {\n"),
    ] {
        let (writer, documents) = document_channel();
        let mut exporter = JsonExporter::new(writer);
        exporter.indented = indented;
        let provider = provider(exporter);
        add_one(&provider);
        let document = documents.recv().expect("a document");
        assert!(document.starts_with(beginning), "{document}");
        assert!(document.ends_with("}\n"), "{document}");
        let lines = document.lines().count();
        assert_eq!(lines == 1, !indented, "{document}");
    }
}

#[test]
fn a_document_is_written_in_one_piece_and_flushed() {
    let calls = Calls::default();
    let provider = provider(JsonExporter::new(calls.clone()));
    add_one(&provider);
    add_one(&provider);
    let calls = calls.0.lock().expect("no panic");
    let [
        Call::Write(first),
        Call::Flush,
        Call::Write(second),
        Call::Flush,
    ] = calls.as_slice()
    else {
        panic!("other calls: {calls:?}");
    };
    for document in [first, second] {
        serde_json::from_slice::<Json>(document).expect("it is complete");
    }
}

#[test]
fn a_named_reader_comes_first_in_the_document() {
    for (reader, beginning) in [
        (Some("slow"), r#"{"reader":"slow","resource_metrics":["#),
        (None, r#"{"resource_metrics":["#),
    ] {
        let (writer, documents) = document_channel();
        let mut exporter = JsonExporter::new(writer);
        exporter.reader = reader;
        add_one(&provider(exporter));
        let document = documents.recv().expect("a document");
        assert!(document.starts_with(beginning), "{document}");
    }
}

#[test]
fn the_first_error_ends_the_exporter_and_is_kept() {
    let calls = Calls::default();
    let writer = FullDevice(calls.clone());
    let (results, received) = mpsc::channel();
    let exporter = Reporting {
        exporter: JsonExporter::new(writer),
        results,
    };
    let provider = SdkMeterProvider::builder()
        .with_reader(reader(exporter))
        .build();
    provider
        .meter("test")
        .u64_counter("total")
        .build()
        .add(1, &[]);
    for _ in 0..3 {
        assert!(provider.force_flush().is_err());
    }

    let results: Vec<_> = received.try_iter().collect();
    assert_eq!(results.len(), 3);
    for result in results {
        let error = result.expect_err("the write fails");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(error.to_string(), "the device is full");
    }
    drop(provider);
    let calls = calls.0.lock().expect("no panic");
    assert_eq!(calls.len(), 1, "the writer was used again: {calls:?}");
}

#[test]
fn nothing_is_written_after_the_shutdown() {
    let calls = Calls::default();
    let exporter = JsonExporter::new(calls.clone());
    exporter.shutdown().expect("nothing fails");
    let error = exporter
        .write(&ResourceMetrics::default())
        .expect_err("it is shut down");
    assert_eq!(error.to_string(), "the exporter was shut down");
    assert!(calls.0.lock().expect("no panic").is_empty());
}

fn reader<E: PushMetricExporter>(exporter: E) -> PeriodicReader<E> {
    PeriodicReader::builder(exporter)
        .with_interval(Duration::MAX)
        .build()
}

fn provider<W: Write + Send + 'static>(
    exporter: JsonExporter<W>,
) -> SdkMeterProvider {
    SdkMeterProvider::builder()
        .with_resource(Resource::builder_empty().build())
        .with_reader(reader(exporter))
        .build()
}

/// Counts something and exports it.
fn add_one(provider: &SdkMeterProvider) {
    provider
        .meter("test")
        .u64_counter("total")
        .build()
        .add(1, &[]);
    provider.force_flush().expect("nothing fails");
}

fn next(documents: &Receiver<String>) -> Json {
    let document = documents.recv().expect("a document");
    serde_json::from_str(&document).expect("the document is JSON")
}

/// A writer that records the calls it receives.
#[derive(Clone, Default)]
struct Calls(Arc<Mutex<Vec<Call>>>);

#[derive(Debug)]
enum Call {
    Write(Vec<u8>),
    Flush,
}

impl Calls {
    fn push(&self, call: Call) {
        self.0.lock().expect("no panic").push(call);
    }
}

impl Write for Calls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(Call::Write(bytes.to_vec()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.push(Call::Flush);
        Ok(())
    }
}

/// A writer that always fails.
struct FullDevice(Calls);

impl Write for FullDevice {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(Call::Write(bytes.to_vec()));
        let message = "the device is full";
        Err(io::Error::new(io::ErrorKind::StorageFull, message))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// An exporter that hands the result of each write to the test.
struct Reporting<W: Write> {
    exporter: JsonExporter<W>,
    results: Sender<io::Result<()>>,
}

impl<W: Write + Send + 'static> PushMetricExporter for Reporting<W> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let result = self.exporter.write(metrics);
        self.results.send(result).expect("the test is listening");
        self.exporter.export(metrics).await
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.exporter.temporality()
    }
}
