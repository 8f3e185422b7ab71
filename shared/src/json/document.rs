//! The shape of a document: one `Serialize` for each object in it, one line
//! for each key, in the order in which the Python SDK writes them.
//!
//! The SDK's types are foreign to `serde`, so each is wrapped in [`Json`].
//! Arrays are a [`Sequence`]: items are made one at a time, when written. Only
//! scopes and data points are sorted before, see [`Order`].

use std::hint::black_box;
use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::{InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, ExponentialBucket, ExponentialHistogramDataPoint,
    GaugeDataPoint, HistogramDataPoint, Metric, MetricData, ResourceMetrics,
    ScopeMetrics, SumDataPoint,
};
use serde_core::ser::{
    Error, Serialize, SerializeMap, SerializeSeq, Serializer,
};
use serde_json::value::{RawValue, to_raw_value};

use super::attributes::Attributes;
use super::order::{self, Order};

// ANCHOR: json
/// A value of the SDK as JSON.
pub(super) struct Json<T>(pub T);
// ANCHOR_END: json

/// An array whose items come from an iterator, made anew by the function.
struct Sequence<F>(F);

impl<F, I> Serialize for Sequence<F>
where
    F: Fn() -> I,
    I: IntoIterator<Item: Serialize>,
{
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.collect_seq(self.0())
    }
}

/// A whole document. `reader` is a key that the Python SDK does not have.
pub(super) struct Document<'a> {
    pub reader: Option<&'static str>,
    pub metrics: &'a ResourceMetrics,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        let mut object = json.serialize_map(None)?;
        if let Some(reader) = self.reader {
            object.serialize_entry("reader", reader)?;
        }
        object.serialize_entry("resource_metrics", &[Json(self.metrics)])?;
        object.end()
    }
}

// ANCHOR: resource_metrics
impl Serialize for Json<&ResourceMetrics> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        let resource = self.0.resource();
        let mut scopes: Vec<_> = self.0.scope_metrics().collect();
        scopes.sort_by(|left, right| compare_scopes(left, right));
        let scopes = Sequence(|| scopes.iter().map(|scope| Json(*scope)));

        let mut object = json.serialize_map(None)?;
        object.serialize_entry("resource", &Json(resource))?;
        object.serialize_entry("scope_metrics", &scopes)?;
        object.serialize_entry("schema_url", schema_url(resource))?;
        object.end()
    }
}
// ANCHOR_END: resource_metrics

fn compare_scopes(
    left: &ScopeMetrics,
    right: &ScopeMetrics,
) -> std::cmp::Ordering {
    let (left, right) = (left.scope(), right.scope());
    let names = left.name().cmp(right.name());
    names
        .then_with(|| left.version().cmp(&right.version()))
        .then_with(|| left.schema_url().cmp(&right.schema_url()))
        .then_with(|| {
            order::compare(|| left.attributes(), || right.attributes())
        })
}

impl Serialize for Json<&Resource> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        let attributes = Attributes::new(|| self.0.iter());

        let mut object = json.serialize_map(None)?;
        object.serialize_entry("attributes", &attributes)?;
        object.serialize_entry("schema_url", schema_url(self.0))?;
        object.end()
    }
}

fn schema_url(resource: &Resource) -> &str {
    resource.schema_url().unwrap_or_default()
}

impl Serialize for Json<&ScopeMetrics> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        let scope = self.0.scope();
        let metrics = Sequence(|| self.0.metrics().map(Json));
        let schema_url = scope.schema_url().unwrap_or_default();

        let mut object = json.serialize_map(None)?;
        object.serialize_entry("scope", &Json(scope))?;
        object.serialize_entry("metrics", &metrics)?;
        object.serialize_entry("schema_url", schema_url)?;
        object.end()
    }
}

impl Serialize for Json<&InstrumentationScope> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        let scope = self.0;
        let is_empty = scope.attributes().next().is_none();
        let attributes = Attributes::new(|| scope.attributes());
        let attributes = (!is_empty).then_some(attributes);
        let schema_url = scope.schema_url().unwrap_or_default();

        let mut object = json.serialize_map(None)?;
        object.serialize_entry("name", scope.name())?;
        object.serialize_entry("version", &scope.version())?;
        object.serialize_entry("schema_url", schema_url)?;
        object.serialize_entry("attributes", &attributes)?;
        object.end()
    }
}

impl Serialize for Json<&Metric> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        let metric = self.0;
        let mut object = json.serialize_map(None)?;
        object.serialize_entry("name", metric.name())?;
        object.serialize_entry("description", metric.description())?;
        object.serialize_entry("unit", metric.unit())?;
        match metric.data() {
            AggregatedMetrics::F64(data) => {
                object.serialize_entry("data", &Json(data))?;
            }
            AggregatedMetrics::U64(data) => {
                object.serialize_entry("data", &Json(data))?;
            }
            AggregatedMetrics::I64(data) => {
                object.serialize_entry("data", &Json(data))?;
            }
        }
        object.end()
    }
}

impl<N: Copy + Serialize> Serialize for Json<&MetricData<N>> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        let mut object = json.serialize_map(None)?;
        match self.0 {
            MetricData::Sum(sum) => {
                let start = Some(sum.start_time());
                let points =
                    DataPoints::new(|| sum.data_points(), start, sum.time());
                serialize_aggregate(&mut object, &points, sum.temporality())?;
                object.serialize_entry("is_monotonic", &sum.is_monotonic())?;
            }
            // The Python SDK gives a gauge no start time: its value holds at
            // one moment, whatever came before.
            MetricData::Gauge(gauge) => {
                let points =
                    DataPoints::new(|| gauge.data_points(), None, gauge.time());
                object.serialize_entry("data_points", &points)?;
            }
            MetricData::Histogram(histogram) => {
                let start = Some(histogram.start_time());
                let time = histogram.time();
                let points =
                    DataPoints::new(|| histogram.data_points(), start, time);
                serialize_aggregate(
                    &mut object,
                    &points,
                    histogram.temporality(),
                )?;
            }
            MetricData::ExponentialHistogram(histogram) => {
                let start = Some(histogram.start_time());
                let time = histogram.time();
                let points =
                    DataPoints::new(|| histogram.data_points(), start, time);
                serialize_aggregate(
                    &mut object,
                    &points,
                    histogram.temporality(),
                )?;
            }
        }
        object.end()
    }
}

/// Writes the points of what is aggregated over a time, and the number that
/// its temporality has in `AggregationTemporality` of OTLP's `metrics.proto`.
fn serialize_aggregate<M: SerializeMap>(
    object: &mut M,
    points: &impl Serialize,
    temporality: Temporality,
) -> Result<(), M::Error> {
    let number = match temporality {
        Temporality::Delta => 1,
        Temporality::Cumulative => 2,
        _ => 0,
    };
    object.serialize_entry("data_points", points)?;
    object.serialize_entry("aggregation_temporality", &number)
}

/// The data points of one metric, sorted by their attributes.
struct DataPoints<F> {
    /// Gives the points, anew with each call. The SDK keeps them in a `Vec`, so
    /// that `nth` finds a point without a walk to it.
    points: F,
    order: Order,
    start_time: Option<u64>,
    time: u64,
}

impl<'a, F, I, P> DataPoints<F>
where
    F: Fn() -> I,
    I: Iterator<Item = &'a P>,
    P: DataPoint + 'a,
{
    fn new(
        points: F,
        start_time: Option<SystemTime>,
        time: SystemTime,
    ) -> Self {
        let set = |point| points().nth(point).map(P::key_values);
        Self {
            order: Order::new(points().count(), set),
            points,
            start_time: start_time.map(unix_nanoseconds),
            time: unix_nanoseconds(time),
        }
    }
}

/// Nanoseconds since 1970. Before that it is 0, which in OTLP means "unknown".
fn unix_nanoseconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since_epoch| since_epoch.as_nanos().try_into().ok())
        .unwrap_or_default()
}

// ANCHOR: points
impl<'a, F, I, P> Serialize for DataPoints<F>
where
    F: Fn() -> I,
    I: Iterator<Item = &'a P>,
    P: DataPoint + 'a,
{
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        // All points have these in common: they become text once.
        let start_time =
            to_raw_value(&self.start_time).map_err(S::Error::custom)?;
        let time = to_raw_value(&self.time).map_err(S::Error::custom)?;

        let numbers = &self.order.numbers;
        let mut array = json.serialize_seq(Some(numbers.len()))?;
        for numbers in numbers.chunks(AT_A_TIME) {
            let find = |number: &usize| (self.points)().nth(*number);
            numbers.iter().filter_map(find).for_each(fetch);
            for point in numbers.iter().filter_map(find) {
                array.serialize_element(&TimedDataPoint {
                    point,
                    by_key: self.order.by_key,
                    start_time: &start_time,
                    time: &time,
                })?;
            }
        }
        array.end()
    }
}

/// Points that are [fetched](fetch) before the first of them is written.
const AT_A_TIME: usize = 16;

/// Looks at all parts of a point. In order, points are all over the memory. The
/// processor fetches several at the same time if nothing else is to be done
/// between them.
fn fetch(point: &impl DataPoint) {
    black_box(point.number());
    for attribute in point.key_values() {
        if let Value::String(text) = &attribute.value {
            black_box(text.as_str().bytes().next());
        }
    }
}
// ANCHOR_END: points

/// A data point with the times that the SDK keeps once for the whole metric.
struct TimedDataPoint<'a, P> {
    point: &'a P,
    by_key: bool,
    start_time: &'a RawValue,
    time: &'a RawValue,
}

// ANCHOR: point
impl<P: DataPoint> Serialize for TimedDataPoint<'_, P> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        let attributes =
            Attributes::known(|| self.point.key_values(), self.by_key);

        let mut object = json.serialize_map(None)?;
        object.serialize_entry("attributes", &attributes)?;
        object.serialize_entry("start_time_unix_nano", self.start_time)?;
        object.serialize_entry("time_unix_nano", self.time)?;
        self.point.serialize_values(&mut object)?;
        object.serialize_entry("exemplars", &[(); 0])?;
        object.end()
    }
}
// ANCHOR_END: point

/// What the four kinds of data point have in common.
trait DataPoint {
    fn key_values(&self) -> impl Iterator<Item = &KeyValue>;

    /// Any number of the point.
    fn number(&self) -> impl Copy;

    /// Writes the entries between the times and the exemplars.
    fn serialize_values<M: SerializeMap>(
        &self,
        object: &mut M,
    ) -> Result<(), M::Error>;
}

// ANCHOR: value
impl<N: Copy + Serialize> DataPoint for SumDataPoint<N> {
    fn key_values(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }

    fn number(&self) -> impl Copy {
        self.value()
    }

    fn serialize_values<M: SerializeMap>(
        &self,
        object: &mut M,
    ) -> Result<(), M::Error> {
        object.serialize_entry("value", &self.value())
    }
}
// ANCHOR_END: value

impl<N: Copy + Serialize> DataPoint for GaugeDataPoint<N> {
    fn key_values(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }

    fn number(&self) -> impl Copy {
        self.value()
    }

    fn serialize_values<M: SerializeMap>(
        &self,
        object: &mut M,
    ) -> Result<(), M::Error> {
        object.serialize_entry("value", &self.value())
    }
}

impl<N: Copy + Serialize> DataPoint for HistogramDataPoint<N> {
    fn key_values(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }

    fn number(&self) -> impl Copy {
        self.count()
    }

    fn serialize_values<M: SerializeMap>(
        &self,
        object: &mut M,
    ) -> Result<(), M::Error> {
        // Without bounds the SDK keeps no bucket. It is the one for all.
        let no_bucket = self.bucket_counts().next().is_none();
        let bucket_counts = Sequence(|| {
            let only_bucket = no_bucket.then(|| self.count());
            self.bucket_counts().chain(only_bucket)
        });
        let bounds = Sequence(|| self.bounds());

        object.serialize_entry("count", &self.count())?;
        object.serialize_entry("sum", &self.sum())?;
        object.serialize_entry("bucket_counts", &bucket_counts)?;
        object.serialize_entry("explicit_bounds", &bounds)?;
        object.serialize_entry("min", &self.min())?;
        object.serialize_entry("max", &self.max())
    }
}

impl<N: Copy + Serialize> DataPoint for ExponentialHistogramDataPoint<N> {
    fn key_values(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes()
    }

    fn number(&self) -> impl Copy {
        self.count()
    }

    fn serialize_values<M: SerializeMap>(
        &self,
        object: &mut M,
    ) -> Result<(), M::Error> {
        object.serialize_entry("count", &self.count())?;
        object.serialize_entry("sum", &self.sum())?;
        object.serialize_entry("scale", &self.scale())?;
        object.serialize_entry("zero_count", &self.zero_count())?;
        object.serialize_entry("positive", &Json(self.positive_bucket()))?;
        object.serialize_entry("negative", &Json(self.negative_bucket()))?;
        object.serialize_entry("flags", &0)?;
        object.serialize_entry("min", &self.min())?;
        object.serialize_entry("max", &self.max())
    }
}

impl Serialize for Json<&ExponentialBucket> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        // The Python SDK lists one empty bucket on a side without values.
        let no_values = self.0.counts().next().is_none();
        let counts = Sequence(|| self.0.counts().chain(no_values.then_some(0)));

        let mut object = json.serialize_map(None)?;
        object.serialize_entry("offset", &self.0.offset())?;
        object.serialize_entry("bucket_counts", &counts)?;
        object.end()
    }
}
