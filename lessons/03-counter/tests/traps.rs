//! Surprises with counters, each shown by a test.

use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;

use counter::Counters;
use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::Temporality;
use serde_json::{Value, json};
use shared::testing::{Collector, data_points, document_channel};

// ANCHOR: absent
#[test]
fn an_untouched_counter_is_absent_and_not_0() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let counters = Counters::new(&collector.meter());
    assert_eq!(collector.collect().expect("nothing fails"), None);

    // Adding 0 is a measurement, so the counter appears.
    counters.count_response("/", 0);
    let document = collector.document();
    let points = data_points(&document, "api.resposta.volume");
    assert_eq!(points[0]["value"], 0);
}
// ANCHOR_END: absent

#[test]
fn a_negative_add_is_accepted() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let counter = collector.meter().f64_counter("total").build();
    counter.add(1.0, &[]);
    counter.add(-5.0, &[]);
    let document = collector.document();
    assert_eq!(data_points(&document, "total")[0]["value"], -4.0);
    let scope = &document["resource_metrics"][0]["scope_metrics"][0];
    assert_eq!(scope["metrics"][0]["data"]["is_monotonic"], true);
}

#[test]
fn raw_paths_overflow_silently() {
    let (writer, logged) = document_channel();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(writer))
        .finish();
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let calls = collector.meter().u64_counter("total").build();
    tracing::subscriber::with_default(subscriber, || {
        for number in 0..3000 {
            let path = format!("/user/{number}");
            calls.add(1, &[KeyValue::new("url.path", path)]);
        }
    });
    let log: String = logged.iter().collect();
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");

    let document = collector.document();
    let points = data_points(&document, "total");
    let (overflow, others): (Vec<_>, Vec<&Value>) =
        points.into_iter().partition(|point| {
            point["attributes"] == json!({"otel.metric.overflow": true})
        });
    assert_eq!(others.len(), 2000);
    assert_eq!(overflow[0]["value"], 1000);
}

#[test]
fn unknown_routes_are_one_point_however_many_there_are() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let counters = Counters::new(&collector.meter());
    for _ in 0..3000 {
        counters.count_call(None, 404);
    }
    let document = collector.document();
    let points = data_points(&document, "api.chamadas");
    assert_eq!(points.len(), 1);
    assert_eq!(points[0]["value"], 3000);
}

#[test]
fn the_order_of_attributes_does_not_matter() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let counter = collector.meter().u64_counter("total").build();
    let [a, b] = [KeyValue::new("a", 1), KeyValue::new("b", 2)];
    counter.add(1, &[a.clone(), b.clone()]);
    counter.add(1, &[b, a]);
    let document = collector.document();
    let points = data_points(&document, "total");
    assert_eq!(points.len(), 1);
    assert_eq!(points[0]["value"], 2);
}

#[test]
fn an_instrument_built_again_for_each_call_counts_the_same() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    for _ in 0..100 {
        Counters::new(&collector.meter()).count_roll(6);
    }
    let document = collector.document();
    let points = data_points(&document, "dado.rolagens");
    assert_eq!(points.len(), 1);
    assert_eq!(points[0]["value"], 100);
}

#[test]
fn an_instrument_built_during_a_collection_waits_for_its_end() {
    let (event, events) = mpsc::channel();
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let meter = collector.meter();
    let other_thread = meter.clone();
    let early = meter.u64_counter("early").build();
    let (collecting, collection) = mpsc::channel();
    let (building, build) = mpsc::channel();
    let first_collection = Mutex::new(Some((collecting, build)));
    let collected = event.clone();
    meter
        .u64_observable_counter("slow")
        .with_callback(move |_| {
            let first = first_collection.lock().expect("no panic").take();
            let Some((collecting, build)) = first else {
                return;
            };
            collecting.send(()).expect("the other thread waits");
            build.recv().expect("the other thread continues");
            // Give the other thread time to build, if only it could.
            for _ in 0..1000 {
                thread::yield_now();
            }
            collected.send("collected").expect("the test is listening");
        })
        .build();

    let other = thread::spawn(move || {
        collection.recv().expect("the callback runs");
        // Adding does not block: the callback continues only after this.
        early.add(1, &[]);
        event.send("added").expect("the test is listening");
        building.send(()).expect("the callback runs");
        other_thread.u64_counter("late").build();
        event.send("built").expect("the test is listening");
    });
    collector.document();
    other.join().expect("no panic");
    let events: Vec<_> = events.try_iter().collect();
    assert_eq!(events, ["added", "collected", "built"]);
}
