//! Attribute sets as JSON objects.

use std::iter;

use opentelemetry::{Array, Key, KeyValue, Value};
use serde_core::ser::{Serialize, Serializer};

use super::document::Json;

/// An attribute set as an object, by rising key, each key once.
///
/// The SDK keeps attributes as the caller gave them, so the same set can come
/// in any order, and with a key twice. Then the first value counts: by it the
/// SDK tells sets apart.
pub(super) struct Attributes<F> {
    /// Gives the attributes, anew with each call.
    attributes: F,
    by_key: bool,
}

impl<'a, F, I> Attributes<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Attribute<'a>>,
{
    pub(super) fn new(attributes: F) -> Self {
        let by_key = is_by_key(attributes());
        Self { attributes, by_key }
    }

    /// The same for attributes of which is known whether they are
    /// [by key](is_by_key).
    pub(super) fn known(attributes: F, by_key: bool) -> Self {
        Self { attributes, by_key }
    }
}

impl<'a, F, I> Serialize for Attributes<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Attribute<'a>>,
{
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        let entry = |a: I::Item| (a.key(), Json(a.value()));
        if self.by_key {
            json.collect_map((self.attributes)().map(entry))
        } else {
            json.collect_map(by_key(&self.attributes).map(entry))
        }
    }
}

/// Whether keys rise, so that attributes can be taken as they are.
pub(super) fn is_by_key<'a>(
    attributes: impl Iterator<Item: Attribute<'a>>,
) -> bool {
    attributes.is_sorted_by(|left, right| left.key() < right.key())
}

// ANCHOR: by_key
/// The attributes by rising key, each key once.
///
/// Looks for the next key again and again: sets are small, and this takes no
/// memory.
pub(super) fn by_key<'a, I>(
    attributes: impl Fn() -> I,
) -> impl Iterator<Item = I::Item>
where
    I: Iterator<Item: Attribute<'a>>,
{
    let mut last = None;
    iter::from_fn(move || {
        let later = attributes().filter(|a| last.is_none_or(|k| k < a.key()));
        // The first of those with this key.
        let next = later.min_by_key(Attribute::key)?;
        last = Some(next.key());
        Some(next)
    })
}
// ANCHOR_END: by_key

/// An attribute, as the SDK keeps it in a point or scope, and in a resource.
pub(super) trait Attribute<'a> {
    fn key(&self) -> &'a str;
    fn value(&self) -> &'a Value;
}

impl<'a> Attribute<'a> for &'a KeyValue {
    fn key(&self) -> &'a str {
        self.key.as_str()
    }

    fn value(&self) -> &'a Value {
        &self.value
    }
}

impl<'a> Attribute<'a> for (&'a Key, &'a Value) {
    fn key(&self) -> &'a str {
        self.0.as_str()
    }

    fn value(&self) -> &'a Value {
        self.1
    }
}

impl Serialize for Json<&Value> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool(value) => json.serialize_bool(*value),
            Value::I64(value) => json.serialize_i64(*value),
            Value::F64(value) => json.serialize_f64(*value),
            Value::String(value) => json.serialize_str(value.as_str()),
            Value::Array(Array::Bool(values)) => json.collect_seq(values),
            Value::Array(Array::I64(values)) => json.collect_seq(values),
            Value::Array(Array::F64(values)) => json.collect_seq(values),
            Value::Array(Array::String(values)) => {
                json.collect_seq(values.iter().map(AsRef::<str>::as_ref))
            }
            // Types that a later release may add.
            other => json.serialize_str(&other.as_str()),
        }
    }
}
