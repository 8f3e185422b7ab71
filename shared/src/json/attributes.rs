//! Attribute sets as JSON objects, and sorting by attribute set.

use std::cmp::Ordering;

use opentelemetry::{Array, Key, KeyValue, Value};
use serde::{Serialize, Serializer};

/// An attribute set, sorted by key, with each key once. Sets compare by key,
/// then by value, then by the next key.
#[derive(PartialEq, PartialOrd)]
pub(super) struct Attributes<'a>(Vec<(&'a str, AttributeValue<'a>)>);

/// A value as printed. Types sort in the order of the variants. A float that
/// JSON cannot represent is `None`, printed as `null`.
#[derive(PartialEq, PartialOrd, Serialize)]
#[serde(untagged)]
enum AttributeValue<'a> {
    Bool(bool),
    Integer(i64),
    Float(Option<f64>),
    Text(&'a str),
    Bools(&'a [bool]),
    Integers(&'a [i64]),
    Floats(Vec<Option<f64>>),
    Texts(Vec<&'a str>),
    Other(String),
}

impl<'a> Attributes<'a> {
    /// The SDK keeps attributes as the caller gave them, in any order and with
    /// duplicate keys. The first value wins: the SDK tells sets apart by it.
    pub(super) fn new(
        attributes: impl IntoIterator<Item = (&'a Key, &'a Value)>,
    ) -> Self {
        let mut attributes: Vec<_> = attributes
            .into_iter()
            .map(|(key, value)| (key.as_str(), value.into()))
            .collect();
        attributes.sort_by_key(|(key, _)| *key);
        attributes.dedup_by_key(|(key, _)| *key);
        Self(attributes)
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| *key)
    }

    fn values(&self) -> impl Iterator<Item = &AttributeValue<'a>> {
        self.0.iter().map(|(_, value)| value)
    }
}

impl<'a> FromIterator<&'a KeyValue> for Attributes<'a> {
    fn from_iter<I: IntoIterator<Item = &'a KeyValue>>(attributes: I) -> Self {
        Self::new(attributes.into_iter().map(|a| (&a.key, &a.value)))
    }
}

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'a> From<&'a Value> for AttributeValue<'a> {
    fn from(value: &'a Value) -> Self {
        let finite = |float: &f64| float.is_finite().then_some(*float);
        match value {
            Value::Bool(value) => Self::Bool(*value),
            Value::I64(value) => Self::Integer(*value),
            Value::F64(value) => Self::Float(finite(value)),
            Value::String(value) => Self::Text(value.as_str()),
            Value::Array(Array::Bool(values)) => Self::Bools(values),
            Value::Array(Array::I64(values)) => Self::Integers(values),
            Value::Array(Array::F64(values)) => {
                Self::Floats(values.iter().map(finite).collect())
            }
            Value::Array(Array::String(values)) => {
                Self::Texts(values.iter().map(AsRef::as_ref).collect())
            }
            other => Self::Other(other.as_str().into_owned()),
        }
    }
}

/// Sorts a metric's points by their attributes, because the SDK's order varies
/// from run to run.
pub(super) fn sort<P>(points: &mut [(Attributes, P)]) {
    // Usually all sets have the same keys and differ only in their values.
    let have_same_keys =
        |pair: &[(Attributes, P)]| pair[0].0.keys().eq(pair[1].0.keys());
    let same_keys = points.windows(2).all(have_same_keys);
    points.sort_unstable_by(|(left, _), (right, _)| {
        let order = if same_keys {
            left.values().partial_cmp(right.values())
        } else {
            left.partial_cmp(right)
        };
        // Only NaN is unordered, and no `AttributeValue` holds one.
        order.unwrap_or(Ordering::Equal)
    });
}
