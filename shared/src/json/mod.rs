//! The shape of a document: each struct is an object and each field a key, in
//! the order in which the Python SDK writes them.

mod attributes;

use std::cmp::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::{self, AggregatedMetrics, MetricData};
use serde::Serialize;
use serde_json::Value as Number;

use attributes::{Attributes, sort};

// ANCHOR: shape
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    /// The one key that the Python SDK does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reader: Option<&'static str>,
    pub resource_metrics: [ResourceMetrics<'a>; 1],
}

#[derive(Serialize)]
pub(crate) struct ResourceMetrics<'a> {
    resource: Resource<'a>,
    scope_metrics: Vec<ScopeMetrics<'a>>,
    schema_url: &'a str,
}

#[derive(Serialize)]
struct Resource<'a> {
    attributes: Attributes<'a>,
    schema_url: &'a str,
}

#[derive(Serialize)]
struct ScopeMetrics<'a> {
    scope: Scope<'a>,
    metrics: Vec<Metric<'a>>,
    schema_url: &'a str,
}

#[derive(PartialEq, PartialOrd, Serialize)]
struct Scope<'a> {
    name: &'a str,
    version: Option<&'a str>,
    schema_url: &'a str,
    attributes: Option<Attributes<'a>>,
}

#[derive(Serialize)]
struct Metric<'a> {
    name: &'a str,
    description: &'a str,
    unit: &'a str,
    data: Data<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Data<'a> {
    Sum {
        data_points: Vec<NumberDataPoint<'a>>,
        aggregation_temporality: u8,
        is_monotonic: bool,
    },
    Gauge {
        data_points: Vec<NumberDataPoint<'a>>,
    },
    Histogram {
        data_points: Vec<HistogramDataPoint<'a>>,
        aggregation_temporality: u8,
    },
    ExponentialHistogram {
        data_points: Vec<ExponentialHistogramDataPoint<'a>>,
        aggregation_temporality: u8,
    },
}

#[derive(Serialize)]
struct NumberDataPoint<'a> {
    attributes: Attributes<'a>,
    /// A gauge has none: its value holds at a single moment.
    start_time_unix_nano: Option<u64>,
    time_unix_nano: u64,
    value: Number,
    exemplars: [(); 0],
}
// ANCHOR_END: shape

#[derive(Serialize)]
struct HistogramDataPoint<'a> {
    attributes: Attributes<'a>,
    start_time_unix_nano: u64,
    time_unix_nano: u64,
    count: u64,
    sum: Number,
    bucket_counts: Vec<u64>,
    explicit_bounds: Vec<f64>,
    min: Option<Number>,
    max: Option<Number>,
    exemplars: [(); 0],
}

#[derive(Serialize)]
struct ExponentialHistogramDataPoint<'a> {
    attributes: Attributes<'a>,
    start_time_unix_nano: u64,
    time_unix_nano: u64,
    count: usize,
    sum: Number,
    scale: i8,
    zero_count: u64,
    positive: Buckets,
    negative: Buckets,
    flags: u8,
    min: Option<Number>,
    max: Option<Number>,
    exemplars: [(); 0],
}

#[derive(Serialize)]
struct Buckets {
    offset: i32,
    bucket_counts: Vec<u64>,
}

impl<'a> From<&'a data::ResourceMetrics> for ResourceMetrics<'a> {
    fn from(metrics: &'a data::ResourceMetrics) -> Self {
        let schema_url = metrics.resource().schema_url().unwrap_or_default();
        let mut scopes: Vec<_> =
            metrics.scope_metrics().map(scope_metrics).collect();
        scopes.sort_by(|left, right| {
            let order = left.scope.partial_cmp(&right.scope);
            order.unwrap_or(Ordering::Equal)
        });
        Self {
            resource: Resource {
                attributes: Attributes::new(metrics.resource()),
                schema_url,
            },
            scope_metrics: scopes,
            schema_url,
        }
    }
}

fn scope_metrics(metrics: &data::ScopeMetrics) -> ScopeMetrics<'_> {
    let scope = metrics.scope();
    let schema_url = scope.schema_url().unwrap_or_default();
    let has_attributes = scope.attributes().next().is_some();
    ScopeMetrics {
        scope: Scope {
            name: scope.name(),
            version: scope.version(),
            schema_url,
            attributes: has_attributes.then(|| scope.attributes().collect()),
        },
        metrics: metrics.metrics().map(metric).collect(),
        schema_url,
    }
}

fn metric(metric: &data::Metric) -> Metric<'_> {
    Metric {
        name: metric.name(),
        description: metric.description(),
        unit: metric.unit(),
        data: match metric.data() {
            AggregatedMetrics::U64(data) => self::data(data),
            AggregatedMetrics::I64(data) => self::data(data),
            AggregatedMetrics::F64(data) => self::data(data),
        },
    }
}

fn data<N: Copy + Into<Number>>(data: &MetricData<N>) -> Data<'_> {
    match data {
        MetricData::Sum(sum) => {
            let points = sum.data_points().map(|p| (p.attributes(), p.value()));
            let start = Some(sum.start_time());
            Data::Sum {
                data_points: numbers(points, start, sum.time()),
                aggregation_temporality: otlp_number(sum.temporality()),
                is_monotonic: sum.is_monotonic(),
            }
        }
        MetricData::Gauge(gauge) => {
            let points = gauge.data_points();
            let points = points.map(|p| (p.attributes(), p.value()));
            Data::Gauge {
                data_points: numbers(points, None, gauge.time()),
            }
        }
        MetricData::Histogram(histogram) => Data::Histogram {
            data_points: distributions(histogram),
            aggregation_temporality: otlp_number(histogram.temporality()),
        },
        MetricData::ExponentialHistogram(histogram) => {
            Data::ExponentialHistogram {
                data_points: exponential_distributions(histogram),
                aggregation_temporality: otlp_number(histogram.temporality()),
            }
        }
    }
}

fn numbers<'a, A: Iterator<Item = &'a KeyValue>, N: Into<Number>>(
    points: impl Iterator<Item = (A, N)>,
    start: Option<SystemTime>,
    time: SystemTime,
) -> Vec<NumberDataPoint<'a>> {
    let start = start.map(unix_nanoseconds);
    let time = unix_nanoseconds(time);
    data_points(points, |attributes, value| NumberDataPoint {
        attributes,
        start_time_unix_nano: start,
        time_unix_nano: time,
        value: value.into(),
        exemplars: [],
    })
}

/// Sorts a metric's points by their attributes, then converts each to its
/// printed form.
fn data_points<'a, A: Iterator<Item = &'a KeyValue>, T, P>(
    points: impl Iterator<Item = (A, T)>,
    printed: impl Fn(Attributes<'a>, T) -> P,
) -> Vec<P> {
    let points =
        points.map(|(attributes, point)| (attributes.collect(), point));
    let mut points: Vec<_> = points.collect();
    sort(&mut points);
    points
        .into_iter()
        .map(|(a, point)| printed(a, point))
        .collect()
}

fn distributions<N: Copy + Into<Number>>(
    histogram: &data::Histogram<N>,
) -> Vec<HistogramDataPoint<'_>> {
    let start = unix_nanoseconds(histogram.start_time());
    let time = unix_nanoseconds(histogram.time());
    let points = histogram.data_points().map(|p| (p.attributes(), p));
    data_points(points, |attributes, p| HistogramDataPoint {
        attributes,
        start_time_unix_nano: start,
        time_unix_nano: time,
        count: p.count(),
        sum: p.sum().into(),
        bucket_counts: or_one(p.bucket_counts(), p.count()),
        explicit_bounds: p.bounds().collect(),
        min: p.min().map(Into::into),
        max: p.max().map(Into::into),
        exemplars: [],
    })
}

fn exponential_distributions<N: Copy + Into<Number>>(
    histogram: &data::ExponentialHistogram<N>,
) -> Vec<ExponentialHistogramDataPoint<'_>> {
    let start = unix_nanoseconds(histogram.start_time());
    let time = unix_nanoseconds(histogram.time());
    let points = histogram.data_points().map(|p| (p.attributes(), p));
    data_points(points, |attributes, p| ExponentialHistogramDataPoint {
        attributes,
        start_time_unix_nano: start,
        time_unix_nano: time,
        count: p.count(),
        sum: p.sum().into(),
        scale: p.scale(),
        zero_count: p.zero_count(),
        positive: buckets(p.positive_bucket()),
        negative: buckets(p.negative_bucket()),
        flags: 0,
        min: p.min().map(Into::into),
        max: p.max().map(Into::into),
        exemplars: [],
    })
}

fn buckets(buckets: &data::ExponentialBucket) -> Buckets {
    Buckets {
        offset: buckets.offset(),
        bucket_counts: or_one(buckets.counts(), 0),
    }
}

/// Where this SDK has no bucket, the Python SDK has one.
fn or_one(counts: impl Iterator<Item = u64>, one: u64) -> Vec<u64> {
    let mut counts: Vec<_> = counts.collect();
    if counts.is_empty() {
        counts.push(one);
    }
    counts
}

/// As in `AggregationTemporality` in OTLP's `metrics.proto`.
fn otlp_number(temporality: Temporality) -> u8 {
    match temporality {
        Temporality::Delta => 1,
        Temporality::Cumulative => 2,
        _ => 0,
    }
}

/// Nanoseconds since 1970. Earlier times become 0, "unknown" in OTLP.
fn unix_nanoseconds(time: SystemTime) -> u64 {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since_epoch.as_nanos().try_into().unwrap_or_default()
}
