//! Attribute sets: as JSON objects, and in order.

use std::cmp::Ordering;

use opentelemetry::{Array, Key, KeyValue, Value};
use serde::ser::{Serialize, Serializer};

use super::document::Json;

/// An attribute set, sorted by key, each key once.
///
/// The SDK keeps attributes as the caller gave them, so the same set can come
/// in any order, and with a key twice. Then the first value counts: by it the
/// SDK tells sets apart.
pub(super) struct Attributes<'a>(Vec<Attribute<'a>>);

impl<'a> Attributes<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    // ANCHOR: new
    fn new(attributes: impl Iterator<Item = Attribute<'a>>) -> Self {
        let mut sorted: Vec<_> = attributes.collect();
        sorted.sort_by_key(|attribute| attribute.key);
        sorted.dedup_by_key(|attribute| attribute.key);
        Self(sorted)
    }
    // ANCHOR_END: new
}

impl<'a> FromIterator<&'a KeyValue> for Attributes<'a> {
    fn from_iter<I: IntoIterator<Item = &'a KeyValue>>(attributes: I) -> Self {
        Self::new(attributes.into_iter().map(Attribute::from))
    }
}

impl<'a> FromIterator<(&'a Key, &'a Value)> for Attributes<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a Key, &'a Value)>>(
        attributes: I,
    ) -> Self {
        Self::new(attributes.into_iter().map(|(key, value)| Attribute {
            key: key.as_str(),
            value,
        }))
    }
}

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.iter();
        json.collect_map(entries.map(|entry| (entry.key, Json(entry.value))))
    }
}

/// Orders two attribute sets by their sorted attributes.
///
/// `left` and `right` give the attributes anew with each call. Sets whose keys
/// are in order already, as most are, are compared without an allocation.
pub(super) fn compare<'a, I: Iterator<Item = &'a KeyValue>>(
    left: impl Fn() -> I,
    right: impl Fn() -> I,
) -> Ordering {
    if in_order(left()) && in_order(right()) {
        let left = left().map(Attribute::from);
        left.cmp(right().map(Attribute::from))
    } else {
        let left: Attributes = left().collect();
        let right: Attributes = right().collect();
        left.0.cmp(&right.0)
    }
}

fn in_order<'a>(attributes: impl Iterator<Item = &'a KeyValue>) -> bool {
    attributes.is_sorted_by(|left, right| left.key < right.key)
}

#[derive(Clone, Copy)]
struct Attribute<'a> {
    key: &'a str,
    value: &'a Value,
}

impl<'a> From<&'a KeyValue> for Attribute<'a> {
    fn from(attribute: &'a KeyValue) -> Self {
        Self {
            key: attribute.key.as_str(),
            value: &attribute.value,
        }
    }
}

impl Ord for Attribute<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let keys = self.key.cmp(other.key);
        keys.then_with(|| compare_values(self.value, other.value))
    }
}

impl PartialOrd for Attribute<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Attribute<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Attribute<'_> {}

/// Orders values by type, then by value: a total order, which `Value` does not
/// have because it holds floating-point numbers.
fn compare_values(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::I64(left), Value::I64(right)) => left.cmp(right),
        (Value::F64(left), Value::F64(right)) => left.total_cmp(right),
        (Value::String(left), Value::String(right)) => {
            left.as_str().cmp(right.as_str())
        }
        (Value::Array(left), Value::Array(right)) => {
            compare_arrays(left, right)
        }
        _ => type_rank(left).cmp(&type_rank(right)),
    }
}

fn compare_arrays(left: &Array, right: &Array) -> Ordering {
    match (left, right) {
        (Array::Bool(left), Array::Bool(right)) => left.cmp(right),
        (Array::I64(left), Array::I64(right)) => left.cmp(right),
        (Array::F64(left), Array::F64(right)) => {
            let pairs = left.iter().zip(right);
            let mut orders = pairs.map(|(left, right)| left.total_cmp(right));
            let lengths = left.len().cmp(&right.len());
            orders.find(|order| order.is_ne()).unwrap_or(lengths)
        }
        (Array::String(left), Array::String(right)) => {
            let left = left.iter().map(AsRef::<str>::as_ref);
            left.cmp(right.iter().map(AsRef::<str>::as_ref))
        }
        _ => array_rank(left).cmp(&array_rank(right)),
    }
}

fn type_rank(value: &Value) -> u8 {
    match value {
        Value::Bool(_) => 0,
        Value::I64(_) => 1,
        Value::F64(_) => 2,
        Value::String(_) => 3,
        _ => 4,
    }
}

fn array_rank(array: &Array) -> u8 {
    match array {
        Array::Bool(_) => 0,
        Array::I64(_) => 1,
        Array::F64(_) => 2,
        _ => 3,
    }
}

impl Serialize for Json<&Value> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool(value) => json.serialize_bool(*value),
            Value::I64(value) => json.serialize_i64(*value),
            Value::F64(value) => json.serialize_f64(*value),
            Value::Array(Array::Bool(values)) => json.collect_seq(values),
            Value::Array(Array::I64(values)) => json.collect_seq(values),
            Value::Array(Array::F64(values)) => json.collect_seq(values),
            Value::Array(Array::String(values)) => {
                json.collect_seq(values.iter().map(AsRef::<str>::as_ref))
            }
            // Text, and the types that a later release may add.
            other => json.serialize_str(&other.as_str()),
        }
    }
}
