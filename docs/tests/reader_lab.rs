//! The reader lab, a page of the book, computes what readers collect. It is
//! held to what the SDK made of many scripts: here they run through the SDK
//! once more, and `docs/site/reader-lab.test.mjs` runs them through the page's
//! code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use fastrand::Rng;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Meter, MeterProvider};
use opentelemetry_sdk::metrics::{
    PeriodicReader, SdkMeterProvider, Temporality,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::JsonExporter;
use shared::testing::{data_points, document_channel};

const FILE: &str = "docs/data/reader-lab.json";

/// The name of the meter and of the instrument.
const NAME: &str = "lab";

/// Each instrument, with each kind of number that it can have.
const KINDS: [&str; 16] = [
    "u64_counter",
    "f64_counter",
    "i64_up_down_counter",
    "f64_up_down_counter",
    "u64_histogram",
    "f64_histogram",
    "u64_gauge",
    "i64_gauge",
    "f64_gauge",
    "u64_observable_counter",
    "f64_observable_counter",
    "i64_observable_up_down_counter",
    "f64_observable_up_down_counter",
    "u64_observable_gauge",
    "i64_observable_gauge",
    "f64_observable_gauge",
];

const TEMPORALITIES: [&str; 3] = ["cumulative", "delta", "lowmemory"];

/// What a program does, and what its readers collect.
#[derive(Serialize, Deserialize)]
struct Script {
    name: String,
    kind: String,
    /// The temporality that each reader asks for.
    readers: Vec<String>,
    steps: Vec<Step>,
    /// The data points of each collection, in order.
    collections: Vec<Vec<Value>>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Step {
    /// The program starts; if it runs already, it crashes first.
    Start,
    /// Adds, records or sets a value; or changes what will be observed, where
    /// null is nothing.
    Measure { set: String, value: Value },
    /// One reader collects.
    Collect { reader: usize },
}

#[test]
fn the_sdk_still_gives_what_the_reader_lab_is_held_to() {
    let changed = recorded().into_iter().filter_map(|script| {
        let collections = run(&script);
        let name = &script.name;
        (collections != script.collections)
            .then(|| format!("{name}: {}", json!(collections)))
    });
    assert_eq!(changed.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn the_reader_lab_is_held_to_scripts_of_every_kind() {
    let scripts = recorded();
    assert!(scripts.len() >= 200);
    let mut seen = BTreeSet::new();
    for script in &scripts {
        let kind = &script.kind;
        for reader in &script.readers {
            seen.insert(format!("{kind} {reader}"));
        }
        let starts = |step: &&Step| matches!(step, Step::Start);
        if script.steps.iter().filter(starts).count() > 1 {
            seen.insert(format!("{kind} restarts"));
        }
        let is_gap = |step: &Step| match step {
            Step::Measure { value, .. } => value.is_null(),
            _ => false,
        };
        if script.steps.iter().any(is_gap) {
            seen.insert(format!("{kind} has a gap"));
        }
    }
    for kind in KINDS {
        let mut all = TEMPORALITIES.to_vec();
        all.push("restarts");
        if kind.contains("observable") {
            all.push("has a gap");
        }
        for what in all {
            assert!(seen.contains(&format!("{kind} {what}")), "{kind} {what}");
        }
    }
}

#[test]
#[ignore = "`just record-lab` runs it: it writes the file"]
fn record_what_the_sdk_gives() {
    // The same scripts each time: only the SDK can change the file.
    let mut rng = Rng::with_seed(9);
    let numbered = KINDS
        .iter()
        .flat_map(|kind| (1..=13).map(move |n| (kind, n)));
    let lines = numbered.map(|(kind, number)| {
        let mut script = generated(&mut rng, kind);
        script.name = format!("{kind} {number}");
        script.collections = run(&script);
        json!(script).to_string()
    });
    let lines: Vec<_> = lines.collect();
    let file = format!("[\n{}\n]\n", lines.join(",\n"));
    fs::write(docs::workspace().join(FILE), file).expect("it can be written");
}

fn recorded() -> Vec<Script> {
    let file = fs::read_to_string(docs::workspace().join(FILE));
    let file = file.expect("`just record-lab` has written it");
    serde_json::from_str(&file).expect("it is an array of scripts")
}

fn generated(rng: &mut Rng, kind: &str) -> Script {
    let count = if rng.u8(..4) == 0 { 1 } else { 2 };
    // Under delta a reader remembers most: ask for it most often.
    let asked = ["delta", "delta", "cumulative", "lowmemory"];
    let readers = (0..count).map(|_| asked[rng.usize(..4)].to_owned());
    let readers: Vec<_> = readers.collect();
    // Where a total is an integer, a fall under delta ends a debug build.
    let may_fall = kind != "u64_observable_counter"
        || !readers.iter().any(|reader| reader == "delta");
    let mut totals = BTreeMap::new();
    let mut steps = vec![Step::Start];
    for _ in 0..18 {
        steps.push(match rng.u8(..16) {
            0 => Step::Start,
            1..=7 => {
                let set = ["", "a", "b"][rng.usize(..3)].to_owned();
                let mut value = value(rng, kind);
                if let Some(number) = value.as_u64().filter(|_| !may_fall) {
                    let total: &mut u64 =
                        totals.entry(set.clone()).or_default();
                    *total += number;
                    value = json!(*total);
                }
                Step::Measure { set, value }
            }
            _ => Step::Collect {
                reader: rng.usize(..count),
            },
        });
    }
    steps.extend((0..count).map(|reader| Step::Collect { reader }));
    Script {
        name: String::new(),
        kind: kind.to_owned(),
        readers,
        steps,
        collections: Vec::new(),
    }
}

/// A small number, now and then a large one; or null, if it is to be observed.
fn value(rng: &mut Rng, kind: &str) -> Value {
    if kind.contains("observable") && rng.u8(..4) == 0 {
        return Value::Null;
    }
    let scale = if rng.u8(..10) == 0 { 1_000_007_u32 } else { 1 };
    match &kind[..3] {
        "u64" => json!(rng.u64(..100) * u64::from(scale)),
        "i64" => json!(rng.i64(-50..100) * i64::from(scale)),
        _ => json!(f64::from(rng.i32(-300..900)) / 10.0 * f64::from(scale)),
    }
}

/// What the callbacks observe, by attribute set. A restart does not change it.
type Observed = Arc<Mutex<BTreeMap<String, Value>>>;

/// Calls an instrument, or changes what it observes.
type Measure = Box<dyn Fn(&str, &Value)>;

/// A program from its start to its crash.
struct Life {
    /// Each reader, as the only one of a provider, and its documents.
    readers: Vec<(SdkMeterProvider, Receiver<String>)>,
    /// The provider of all readers.
    _provider: SdkMeterProvider,
    measure: Measure,
}

impl Life {
    fn start(script: &Script, observed: &Observed) -> Self {
        let mut readers = Vec::new();
        let mut provider = SdkMeterProvider::builder();
        for temporality in &script.readers {
            let (writer, documents) = document_channel();
            let mut exporter = JsonExporter::new(writer);
            exporter.temporality =
                temporality.parse::<Temporality>().expect("the SDK has it");
            let reader = PeriodicReader::builder(exporter)
                .with_interval(Duration::MAX)
                .build();
            // A provider flushes all its readers. A reader collects from the
            // last provider that got it, and can be flushed alone by another.
            let alone = SdkMeterProvider::builder()
                .with_reader(reader.clone())
                .build();
            readers.push((alone, documents));
            provider = provider.with_reader(reader);
        }
        let provider = provider.build();
        let meter = provider.meter(NAME);
        Self {
            readers,
            measure: instrument(&meter, &script.kind, observed),
            _provider: provider,
        }
    }

    /// The data points that a reader collects, each as the lab has it.
    fn collect(
        &self,
        reader: usize,
        step: impl Fn(&Value) -> Option<usize>,
    ) -> Vec<Value> {
        let (alone, documents) = &self.readers[reader];
        // What fails has no document.
        let _ = alone.force_flush();
        let Ok(document) = documents.try_recv() else {
            return Vec::new();
        };
        let document = serde_json::from_str(&document);
        let document = document.expect("a document is JSON");
        let points = data_points(&document, NAME).into_iter();
        let point = |point: &Value| {
            let mut known = json!({
                "set": point["attributes"]["set"].as_str().unwrap_or(""),
                "start": step(&point["start_time_unix_nano"]),
                "end": step(&point["time_unix_nano"]),
            });
            for key in ["value", "count", "sum", "min", "max"] {
                if let Some(value) = point.get(key) {
                    known[key] = value.clone();
                }
            }
            known
        };
        points.map(point).collect()
    }
}

/// Runs a script through the SDK. A time becomes the number of the step in
/// which it lies.
fn run(script: &Script) -> Vec<Vec<Value>> {
    let observed = Observed::default();
    let mut life = None;
    let mut beginnings = Vec::new();
    let mut collections = Vec::new();
    for step in &script.steps {
        beginnings.push(unix_nanoseconds());
        match step {
            Step::Start => life = Some(Life::start(script, &observed)),
            Step::Measure { set, value } => {
                let life: &Life = life.as_ref().expect("it has started");
                (life.measure)(set, value);
            }
            Step::Collect { reader } => {
                let life = life.as_ref().expect("it has started");
                let step = |time: &Value| {
                    let time = time.as_u64()?;
                    beginnings.iter().rposition(|beginning| *beginning <= time)
                };
                collections.push(life.collect(*reader, step));
            }
        }
    }
    collections
}

fn unix_nanoseconds() -> u64 {
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let time = time.expect("it is after 1970").as_nanos();
    time.try_into().expect("it is before 2554")
}

/// Builds the instrument, and returns how to measure with it.
fn instrument(meter: &Meter, kind: &str, observed: &Observed) -> Measure {
    let name = NAME;
    match kind {
        "u64_counter" => {
            let counter = meter.u64_counter(name).build();
            measuring(Value::as_u64, move |n, set| counter.add(n, set))
        }
        "f64_counter" => {
            let counter = meter.f64_counter(name).build();
            measuring(Value::as_f64, move |n, set| counter.add(n, set))
        }
        "i64_up_down_counter" => {
            let counter = meter.i64_up_down_counter(name).build();
            measuring(Value::as_i64, move |n, set| counter.add(n, set))
        }
        "f64_up_down_counter" => {
            let counter = meter.f64_up_down_counter(name).build();
            measuring(Value::as_f64, move |n, set| counter.add(n, set))
        }
        "u64_histogram" => {
            let histogram = meter.u64_histogram(name).build();
            measuring(Value::as_u64, move |n, set| histogram.record(n, set))
        }
        "f64_histogram" => {
            let histogram = meter.f64_histogram(name).build();
            measuring(Value::as_f64, move |n, set| histogram.record(n, set))
        }
        "u64_gauge" => {
            let gauge = meter.u64_gauge(name).build();
            measuring(Value::as_u64, move |n, set| gauge.record(n, set))
        }
        "i64_gauge" => {
            let gauge = meter.i64_gauge(name).build();
            measuring(Value::as_i64, move |n, set| gauge.record(n, set))
        }
        "f64_gauge" => {
            let gauge = meter.f64_gauge(name).build();
            measuring(Value::as_f64, move |n, set| gauge.record(n, set))
        }
        _ => {
            observe(meter, kind, Arc::clone(observed));
            let observed = Arc::clone(observed);
            Box::new(move |set, value| {
                let mut observed = observed.lock().expect("no panic");
                observed.insert(set.to_owned(), value.clone());
            })
        }
    }
}

/// Builds an instrument that observes.
fn observe(meter: &Meter, kind: &str, observed: Observed) {
    let name = NAME;
    match kind {
        "u64_observable_counter" => {
            let callback = observing(observed, Value::as_u64);
            meter
                .u64_observable_counter(name)
                .with_callback(callback)
                .build();
        }
        "f64_observable_counter" => {
            let callback = observing(observed, Value::as_f64);
            meter
                .f64_observable_counter(name)
                .with_callback(callback)
                .build();
        }
        "i64_observable_up_down_counter" => {
            let callback = observing(observed, Value::as_i64);
            meter
                .i64_observable_up_down_counter(name)
                .with_callback(callback)
                .build();
        }
        "f64_observable_up_down_counter" => {
            let callback = observing(observed, Value::as_f64);
            meter
                .f64_observable_up_down_counter(name)
                .with_callback(callback)
                .build();
        }
        "u64_observable_gauge" => {
            let callback = observing(observed, Value::as_u64);
            meter
                .u64_observable_gauge(name)
                .with_callback(callback)
                .build();
        }
        "i64_observable_gauge" => {
            let callback = observing(observed, Value::as_i64);
            meter
                .i64_observable_gauge(name)
                .with_callback(callback)
                .build();
        }
        "f64_observable_gauge" => {
            let callback = observing(observed, Value::as_f64);
            meter
                .f64_observable_gauge(name)
                .with_callback(callback)
                .build();
        }
        _ => panic!("{kind} is no instrument"),
    }
}

fn measuring<T: 'static>(
    number: fn(&Value) -> Option<T>,
    call: impl Fn(T, &[KeyValue]) + 'static,
) -> Measure {
    Box::new(move |set, value| {
        let number = number(value).expect("the instrument has such numbers");
        call(number, &attributes(set));
    })
}

fn observing<T: 'static>(
    observed: Observed,
    number: fn(&Value) -> Option<T>,
) -> impl Fn(&dyn AsyncInstrument<T>) {
    move |instrument| {
        for (set, value) in &*observed.lock().expect("no panic") {
            // Null is no number.
            if let Some(number) = number(value) {
                instrument.observe(number, &attributes(set));
            }
        }
    }
}

fn attributes(set: &str) -> Vec<KeyValue> {
    let set = Some(set).filter(|set| !set.is_empty());
    set.map(|set| KeyValue::new("set", set.to_owned()))
        .into_iter()
        .collect()
}
