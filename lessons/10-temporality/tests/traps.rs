//! Surprises with temporality, each shown by a test.

use std::io::Write;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::Receiver;
use std::time::{Duration, SystemTime};

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, MeterProvider};
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::Temporality::{self, Cumulative, Delta};
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use serde_json::{Value, json};
use shared::JsonExporter;
use shared::testing::{Collector, data_points, document_channel, metric};
use support::minutes;
use temporality::Minute;
use temporality::bakery::{ENERGY_BEFORE, ORDERS};

mod support;

/// What the SDK keeps apart.
const LIMIT: i64 = 2000;

#[test]
fn a_lost_change_is_lost_for_ever_and_a_lost_total_is_not() {
    let arrived: u64 = ORDERS.map(u64::from).iter().sum();
    for (temporality, missing) in [(Cumulative, 0), (Delta, 3)] {
        let mut documents = minutes(temporality, 4);
        // The third minute had three orders.
        documents.remove(2);
        let values = documents.iter().map(|d| integer(d, "padaria.pedidos"));
        let known = match temporality {
            Cumulative => values.max().expect("a document"),
            _ => values.sum(),
        };
        assert_eq!(arrived - known, missing, "{temporality:?}");
    }
}

#[test]
fn a_lost_change_leaves_a_gap_between_the_times() {
    let documents = minutes(Delta, 4);
    let times = |document: &Value| {
        let point = data_points(document, "padaria.pedidos")[0];
        let time = |key: &str| point[key].as_u64().expect("a time");
        (time("start_time_unix_nano"), time("time_unix_nano"))
    };
    let times: Vec<_> = documents.iter().map(times).collect();
    // Each begins where the one before it ends: without the third, the
    // fourth begins too late.
    for pair in times.windows(2) {
        assert_eq!(pair[1].0, pair[0].1);
    }
    assert_ne!(times[3].0, times[1].1);
}

#[test]
fn the_first_change_begins_with_its_instrument() {
    let collector = Collector::by_hand("trap", Delta);
    let before = wall_clock();
    let counter = collector.meter().u64_counter("orders").build();
    let after = wall_clock();
    counter.add(1, &[]);
    let start = start_time(&collector.document(), "orders");
    assert!([before, start, after].is_sorted());
}

/// An exporter that fails the first time.
#[derive(Debug)]
struct FailsOnce<E> {
    exporter: E,
    has_failed: AtomicBool,
}

impl<E: PushMetricExporter> PushMetricExporter for FailsOnce<E> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        if self.has_failed.swap(true, Relaxed) {
            return self.exporter.export(metrics).await;
        }
        Err(OTelSdkError::InternalFailure("no network".into()))
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

#[test]
fn a_change_that_failed_to_export_is_not_exported_again() {
    for (temporality, second) in [(Cumulative, 5), (Delta, 2)] {
        let (exporter, documents) = exporter(temporality);
        let provider = SdkMeterProvider::builder()
            .with_reader(by_hand(FailsOnce {
                exporter,
                has_failed: AtomicBool::new(false),
            }))
            .build();
        let counter = provider.meter("trap").u64_counter("orders").build();
        counter.add(3, &[]);
        assert!(provider.force_flush().is_err());
        counter.add(2, &[]);
        provider.force_flush().expect("the network is back");
        assert_eq!(added_up(&documents), second, "{temporality:?}");
    }
}

/// The growth between two totals, as a backend must work it out.
fn growth(before: &Value, after: &Value) -> u64 {
    let total = |document| integer(document, "padaria.pedidos");
    let start = |document| start_time(document, "padaria.pedidos");
    if start(before) == start(after) {
        total(after) - total(before)
    } else {
        // A new start: it grew from zero.
        total(after)
    }
}

#[test]
fn after_a_restart_a_total_grows_from_zero_again() {
    // Two lives of the program: 4, 5, 8, and then 4, 5, 8, 10, 14.
    let documents = [minutes(Cumulative, 3), minutes(Cumulative, 5)].concat();
    let pairs = documents.windows(2);
    let grown: u64 = pairs.map(|pair| growth(&pair[0], &pair[1])).sum();
    // The first total is itself a growth from zero.
    assert_eq!(4 + grown, 8 + 14);

    // A total that falls gives away some restarts, but not all: if the third
    // document of the second life is the first to arrive, 8 follows 8.
    let unseen = [&documents[2], &documents[5]];
    assert_eq!(unseen.map(|d| integer(d, "padaria.pedidos")), [8, 8]);
    assert_eq!(growth(unseen[0], unseen[1]), 8);
}

#[test]
fn the_first_change_of_an_observed_total_is_the_whole_total() {
    for life in 0..2 {
        let values = minutes(Delta, 3);
        let values = values.iter().map(|d| integer(d, "padaria.energia"));
        let whole = ENERGY_BEFORE + 2;
        // A restart counts it all again.
        assert_eq!(values.collect::<Vec<_>>(), [whole, 2, 2], "{life}");
    }
}

#[test]
fn an_observed_total_did_not_begin_at_its_start_time() {
    // The meter has long been there when the bakery opens.
    let opening = wall_clock();
    let document = minutes(Cumulative, 1).remove(0);
    assert!(start_time(&document, "padaria.energia") >= opening);
    assert_eq!(integer(&document, "padaria.energia"), ENERGY_BEFORE + 2);
}

#[test]
fn an_observed_total_less_its_first_reading_begins_at_its_start_time() {
    let minute = Minute::default();
    let reading = |minute: &Minute| ENERGY_BEFORE + 2 * minute.load(Relaxed);
    for temporality in [Cumulative, Delta] {
        let collector = Collector::by_hand("trap", temporality);
        let now = Arc::clone(&minute);
        let base = reading(&now);
        collector
            .meter()
            .u64_observable_counter("energia")
            .with_callback(move |counter| {
                counter.observe(reading(&now) - base, &[]);
            })
            .build();
        minute.fetch_add(1, Relaxed);
        assert_eq!(integer(&collector.document(), "energia"), 2);
    }
}

#[test]
fn adding_up_the_changes_of_two_readers_counts_double() {
    let (first, first_documents) = exporter(Delta);
    let (second, second_documents) = exporter(Delta);
    let provider = SdkMeterProvider::builder()
        .with_reader(by_hand(first))
        .with_reader(by_hand(second))
        .build();
    let counter = provider.meter("trap").u64_counter("orders").build();
    for orders in ORDERS {
        counter.add(orders.into(), &[]);
        provider.force_flush().expect("nothing fails");
    }

    let sums = [first_documents, second_documents].map(|d| added_up(&d));
    // Each has them all.
    let arrived: u64 = ORDERS.map(u64::from).iter().sum();
    assert_eq!(sums, [arrived; 2]);
    assert_eq!(sums.iter().sum::<u64>(), 2 * arrived);
}

#[test]
fn under_delta_what_can_fall_stays_a_total() {
    for (name, totals) in [
        ("padaria.pedidos.abertos", [4, 1, 3, 2]),
        ("padaria.estoque", [12, 9, 15, 14]),
    ] {
        let documents = minutes(Delta, 4);
        let values = documents.iter().map(|d| integer(d, name));
        assert_eq!(values.collect::<Vec<_>>(), totals, "{name}");
    }
}

#[test]
fn under_delta_a_gauge_that_nobody_set_is_missing() {
    let oven = |temporality| {
        let documents = minutes(temporality, 4);
        let values = documents.iter().map(|document| {
            let points = data_points(document, "padaria.forno.temperatura");
            points.first().map(|point| point["value"].clone())
        });
        values.collect::<Vec<_>>()
    };
    // It is set in the first minute and in the third.
    let [first, third] = [184, 183].map(|degrees| Some(json!(degrees)));
    assert_eq!(oven(Delta), [first.clone(), None, third.clone(), None]);
    assert_eq!(
        oven(Cumulative),
        [&first, &first, &third, &third].map(Clone::clone)
    );
}

#[test]
fn under_delta_a_counter_that_nobody_added_to_is_missing() {
    for (temporality, later) in [(Cumulative, Some(3)), (Delta, None)] {
        let collector = Collector::by_hand("trap", temporality);
        let counter = collector.meter().u64_counter("orders").build();
        counter.add(3, &[]);
        assert_eq!(integer(&collector.document(), "orders"), 3);
        let document = collector.collect().expect("nothing fails");
        let value = document.map(|document| integer(&document, "orders"));
        assert_eq!(value, later, "{temporality:?}");

        // Adding 0 is a measurement.
        counter.add(0, &[]);
        let value = integer(&collector.document(), "orders");
        assert_eq!(value, later.unwrap_or(0), "{temporality:?}");
    }
}

#[test]
fn under_delta_a_set_that_is_no_longer_used_disappears() {
    for (temporality, later) in [
        (Cumulative, json!(["morning", "noon"])),
        (Delta, json!(["noon"])),
    ] {
        let collector = Collector::by_hand("trap", temporality);
        let counter = collector.meter().u64_counter("orders").build();
        counter.add(1, &[KeyValue::new("time", "morning")]);
        collector.document();
        counter.add(1, &[KeyValue::new("time", "noon")]);
        let document = collector.document();
        let points = data_points(&document, "orders").into_iter();
        let times = points.map(|point| point["attributes"]["time"].clone());
        assert_eq!(times.collect::<Value>(), later, "{temporality:?}");
    }
}

#[test]
fn under_delta_the_cardinality_limit_is_free_again() {
    for (temporality, has_overflow) in [(Cumulative, true), (Delta, false)] {
        let collector = Collector::by_hand("trap", temporality);
        let counter = collector.meter().u64_counter("orders").build();
        add_for(&counter, 0..LIMIT);
        assert!(!overflows(&collector.document()));
        // The SDK gives a set up after a collection that found it unused.
        counter.add(1, &[]);
        collector.document();

        add_for(&counter, LIMIT..2 * LIMIT);
        assert_eq!(overflows(&collector.document()), has_overflow);
    }
}

#[test]
fn under_delta_the_limit_is_not_free_in_the_next_collection_yet() {
    let collector = Collector::by_hand("trap", Delta);
    let counter = collector.meter().u64_counter("orders").build();
    add_for(&counter, 0..LIMIT);
    assert!(!overflows(&collector.document()));
    add_for(&counter, LIMIT..2 * LIMIT);
    assert!(overflows(&collector.document()));
}

#[test]
fn under_low_memory_an_observed_total_stays_a_total() {
    let collector = Collector::by_hand("trap", Temporality::LowMemory);
    let meter = collector.meter();
    meter
        .u64_observable_counter("total")
        .with_callback(|counter| counter.observe(7, &[]))
        .build();
    for _ in 0..2 {
        let document = collector.document();
        assert_eq!(integer(&document, "total"), 7);
        assert_eq!(metric(&document)["data"]["aggregation_temporality"], 2);
    }
}

/// An exporter, and its documents.
fn exporter(
    temporality: Temporality,
) -> (JsonExporter<impl Write + Send + 'static>, Receiver<String>) {
    let (writer, documents) = document_channel();
    let mut exporter = JsonExporter::new(writer);
    exporter.temporality = temporality;
    (exporter, documents)
}

/// A reader that collects when it is flushed.
fn by_hand<E: PushMetricExporter>(exporter: E) -> PeriodicReader<E> {
    PeriodicReader::builder(exporter)
        .with_interval(Duration::MAX)
        .build()
}

/// The sum of the orders in all documents so far.
fn added_up(documents: &Receiver<String>) -> u64 {
    let documents = documents.try_iter().map(|document| {
        serde_json::from_str(&document).expect("a document is JSON")
    });
    documents.map(|document| integer(&document, "orders")).sum()
}

fn add_for(counter: &Counter<u64>, customers: Range<i64>) {
    for customer in customers {
        counter.add(1, &[KeyValue::new("customer", customer)]);
    }
}

fn overflows(document: &Value) -> bool {
    let overflow = json!({"otel.metric.overflow": true});
    let mut points = data_points(document, "orders").into_iter();
    points.any(|point| point["attributes"] == overflow)
}

fn start_time(document: &Value, name: &str) -> u64 {
    let start = &data_points(document, name)[0]["start_time_unix_nano"];
    start.as_u64().expect("the point has it")
}

/// Nanoseconds since 1970.
fn wall_clock() -> u64 {
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let nanoseconds = time.expect("it is after 1970").as_nanos();
    nanoseconds.try_into().expect("it is before 2554")
}

/// The value of a metric's only data point.
fn integer(document: &Value, name: &str) -> u64 {
    let value = &data_points(document, name)[0]["value"];
    value.as_u64().expect("the value is an integer")
}
