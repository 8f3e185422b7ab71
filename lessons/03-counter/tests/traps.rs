//! Surprises with counters, each shown by a test.

use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;

use counter::Counters;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;
use opentelemetry_sdk::metrics::Temporality;
use serde_json::{Value, json};
use shared::testing::{Collector, data_points, document_channel};
use tokio::runtime::{Builder, Runtime};
use tracing::Level;

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
fn one_name_with_two_definitions_is_two_metrics_without_a_warning() {
    type Count = fn(&Meter);
    let counts: [(&str, Count); 4] = [
        ("description", |meter| {
            let total = meter.f64_counter("total").with_description("Other.");
            total.build().add(1.0, &[]);
        }),
        ("unit", |meter| {
            meter
                .f64_counter("total")
                .with_unit("s")
                .build()
                .add(1.0, &[]);
        }),
        ("type of numbers", |meter| {
            meter.u64_counter("total").build().add(1, &[]);
        }),
        ("kind", |meter| {
            meter.f64_up_down_counter("total").build().add(1.0, &[]);
        }),
    ];
    for (difference, count) in counts {
        let (writer, logged) = document_channel();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_writer(Mutex::new(writer))
            .finish();
        let collector = Collector::by_hand("trap", Temporality::Cumulative);
        let meter = collector.meter();
        tracing::subscriber::with_default(subscriber, || {
            meter.f64_counter("total").build().add(1.0, &[]);
            count(&meter);
        });
        // The most detailed log tells of two instruments, and nothing else.
        let log: String = logged.iter().collect();
        assert_eq!(log.lines().count(), 2, "{log}");
        let is_creation = |l: &str| l.contains("Metrics.InstrumentCreated");
        assert!(log.lines().all(is_creation), "{log}");

        let document = collector.document();
        let scope = &document["resource_metrics"][0]["scope_metrics"][0];
        let metrics = scope["metrics"].as_array().expect("a list");
        let names: Vec<_> = metrics.iter().map(|m| &m["name"]).collect();
        assert_eq!(names, ["total", "total"], "another {difference}");
    }
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

#[test]
fn a_callback_that_waits_for_the_runtime_blocks_a_shutdown_on_its_thread() {
    let (runtime, collector) = runtime_that_a_callback_waits_for();
    // The runtime's only thread waits for the callback.
    let result = runtime.block_on(async { collector.shut_down() });
    let error = result.expect_err("the callback hangs");
    assert!(error.to_string().contains("Timeout(5s)"), "{error}");
}

#[test]
fn a_shutdown_on_a_thread_for_blocking_leaves_the_runtime_free() {
    let (runtime, collector) = runtime_that_a_callback_waits_for();
    let shutdown = runtime.spawn_blocking(move || collector.shut_down());
    let result = runtime.block_on(shutdown).expect("no panic");
    result.expect("the callback returns");
}

fn runtime_that_a_callback_waits_for() -> (Runtime, Collector) {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let handle = runtime.handle().clone();
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    collector
        .meter()
        .u64_observable_counter("total")
        .with_callback(move |counter| {
            let task = handle.spawn(async { 1 });
            // When the test has ended, the runtime abandons the task.
            if let Ok(value) = handle.block_on(task) {
                counter.observe(value, &[]);
            }
        })
        .build();
    (runtime, collector)
}
