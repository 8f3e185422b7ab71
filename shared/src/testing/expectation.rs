//! What an exercise expects of a document, in words that say what to mend.

use std::sync::mpsc::Receiver;

use serde_json::Value;

use super::{Collector, items, metrics, parse};

impl Collector {
    /// Collects once and returns the document, or `null` if there was nothing
    /// to export.
    pub fn export(&self) -> Value {
        // Whatever fails has exported nothing: an expectation says so.
        self.collect().ok().flatten().unwrap_or_default()
    }
}

/// The next of an exporter's documents, or `null` if there is none.
pub fn received(documents: &Receiver<String>) -> Value {
    let document = documents.try_recv();
    document.map_or(Value::Null, |json| parse(&json))
}

/// A metric that a document must have, or a data point of it.
#[derive(Debug)]
pub struct Expected<'a> {
    /// What a failure calls it.
    name: String,
    json: &'a Value,
}

/// The metric called `name`, which the document must have once.
#[track_caller]
pub fn expect_metric<'a>(document: &'a Value, name: &str) -> Expected<'a> {
    let name_of = |metric: &Value| metric["name"].as_str() == Some(name);
    let found: Vec<_> = metrics(document).filter(|m| name_of(m)).collect();
    match *found {
        [json] => Expected {
            name: format!("metric `{name}`"),
            json,
        },
        [] => panic!("metric `{name}` is missing: {}", exported(document)),
        [..] => panic!(
            "metric `{name}` is exported {} times, but should be once: is it \
             built with two definitions?",
            found.len()
        ),
    }
}

/// What a document has instead.
fn exported(document: &Value) -> String {
    let names = list(metrics(document).map(|metric| &metric["name"]));
    if names.is_empty() {
        return "nothing was exported. Is the instrument built, and after the \
                provider was set? Are its name and its unit without accents \
                and spaces? Was anything measured, and then collected?"
            .into();
    }
    format!("the document has only {names}")
}

impl<'a> Expected<'a> {
    /// This key must have this value.
    #[track_caller]
    pub fn has(&self, key: &str, expected: impl Into<Value>) -> &Self {
        let Self { name, json } = self;
        let expected = expected.into();
        let found = json.get(key).or_else(|| json["data"].get(key));
        let is = found.map_or("missing".into(), |found| shown(key, found));
        assert!(
            found == Some(&expected),
            "{name}: `{key}` is {is}, but should be {}",
            shown(key, &expected)
        );
        self
    }

    /// The metric must have this many data points.
    #[track_caller]
    pub fn has_points(&self, expected: usize) -> &Self {
        let points = self.points().count();
        assert!(
            points == expected,
            "{}: the number of its points is {points}, but should be \
             {expected}: {}",
            self.name,
            list(self.points().map(|point| &point["attributes"]))
        );
        self
    }

    /// The metric's data point with these attributes, and no others.
    #[track_caller]
    #[must_use]
    pub fn point(&self, attributes: &Value) -> Self {
        let point = self.points().find(|p| p["attributes"] == *attributes);
        let Some(json) = point else {
            let others = list(self.points().map(|point| &point["attributes"]));
            panic!(
                "{}: the point {attributes} is missing: there is only {others}",
                self.name
            )
        };
        Self {
            name: format!("{}, point {attributes}", self.name),
            json,
        }
    }

    fn points(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        items(&self.json["data"]["data_points"])
    }
}

/// The number of a temporality says little.
fn shown(key: &str, value: &Value) -> String {
    let meaning = match (key, value.as_u64()) {
        ("aggregation_temporality", Some(1)) => " (delta)",
        ("aggregation_temporality", Some(2)) => " (cumulative)",
        _ => "",
    };
    format!("{value}{meaning}")
}

/// The first of these, because a metric can have thousands of points.
fn list<'a>(values: impl Iterator<Item = &'a Value>) -> String {
    let mut first: Vec<_> = values.take(6).map(Value::to_string).collect();
    if first.len() == 6 {
        first[5] = "...".into();
    }
    first.join(", ")
}
