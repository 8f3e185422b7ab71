//! Surprises with observable up-down counters, each shown by a test.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use observable_up_down_counter::{Task, TaskQueue, observe_pending_tasks};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;
use opentelemetry_sdk::metrics::Temporality;
use serde_json::{Value, json};
use shared::testing::{Collector, data_points, metric};

#[test]
fn a_lock_held_during_the_work_makes_the_collection_wait() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let queue = Arc::new(Mutex::new(VecDeque::from(["a", "b", "c"])));
    let (events, order) = mpsc::channel();
    let (collection_begins, collection) = mpsc::channel();

    let (observed, happens) = (Arc::clone(&queue), events.clone());
    let send = move |event| happens.send(event).expect("the test listens");
    collector
        .meter()
        .i64_observable_up_down_counter("pending")
        .with_callback(move |counter| {
            // `try_lock` shows whether `lock` is going to wait.
            if observed.try_lock().is_err() {
                send("the collection waits");
            }
            collection_begins.send(()).expect("the worker listens");
            let tasks = observed.lock().expect("no panic");
            send("the collection goes on");
            counter.observe(pending(&tasks), &[]);
        })
        .build();

    let (lock_is_taken, lock) = mpsc::channel();
    let document = thread::scope(|scope| {
        let queue = &queue;
        scope.spawn(move || {
            let mut tasks = queue.lock().expect("no panic");
            let _task = tasks.pop_front();
            lock_is_taken.send(()).expect("the test listens");
            // The work lasts until a collection has begun.
            collection.recv().expect("the callback runs");
            events.send("the work ends").expect("the test listens");
            drop(tasks);
        });
        lock.recv().expect("the worker runs");
        collector.document()
    });

    assert_eq!(
        order.try_iter().collect::<Vec<_>>(),
        [
            "the collection waits",
            "the work ends",
            "the collection goes on"
        ]
    );
    assert_eq!(value(&document), 2);
}

#[test]
fn collecting_while_holding_the_lock_would_deadlock() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let queue = Arc::new(Mutex::new(VecDeque::from(["a", "b", "c"])));
    let observed = Arc::clone(&queue);
    collector
        .meter()
        .i64_observable_up_down_counter("pending")
        .with_callback(move |counter| {
            // `lock` would wait for the thread that waits for this callback.
            if let Ok(tasks) = observed.try_lock() {
                counter.observe(pending(&tasks), &[]);
            }
        })
        .build();

    let tasks = queue.lock().expect("no panic");
    assert_eq!(collector.collect().expect("nothing fails"), None);
    drop(tasks);
    assert_eq!(value(&collector.document()), 3);
}

// ANCHOR: keeps_alive
#[test]
fn a_callback_keeps_alive_what_it_observes() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let watch = {
        // The queue and the instrument are in scope only in this block.
        let queue = Arc::new(TaskQueue::default());
        queue.add(Task::new());
        let watch = Arc::downgrade(&queue);
        let _counter = collector
            .meter()
            .i64_observable_up_down_counter("pending")
            .with_callback(move |counter| {
                counter.observe(pending_in(&queue), &[]);
            })
            .build();
        watch
    };
    assert_eq!(value(&collector.document()), 1);
    assert_eq!(watch.strong_count(), 1);
    // Nor does the provider let go of it when it shuts down.
    collector.shut_down().expect("nothing fails");
    assert_eq!(watch.strong_count(), 1);
}
// ANCHOR_END: keeps_alive

#[test]
fn a_weakly_observed_queue_is_freed_and_its_metric_disappears() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let queue = Arc::new(TaskQueue::default());
    queue.add(Task::new());
    let watch = Arc::downgrade(&queue);
    observe_pending_tasks(&collector.meter(), Arc::downgrade(&queue));
    assert_eq!(value(&collector.document()), 1);

    drop(queue);
    assert_eq!(watch.strong_count(), 0);
    assert_eq!(collector.collect().expect("nothing fails"), None);
}

#[test]
fn a_set_that_is_not_observed_is_missing_from_the_next_document() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let mail = Arc::new(TaskQueue::default());
    let reports = Arc::new(TaskQueue::default());
    mail.add(Task::new());
    reports.add(Task::new());
    let observed = [
        ("email", Arc::downgrade(&mail)),
        ("relatório", Arc::downgrade(&reports)),
    ];
    collector
        .meter()
        .i64_observable_up_down_counter("pending")
        .with_callback(move |counter| {
            for (name, queue) in &observed {
                if let Some(queue) = queue.upgrade() {
                    let name = KeyValue::new("fila", *name);
                    counter.observe(pending_in(&queue), &[name]);
                }
            }
        })
        .build();
    assert_eq!(data_points(&collector.document(), "pending").len(), 2);

    // Neither its last value nor 0: nothing says that it ended.
    drop(mail);
    let document = collector.document();
    let points = data_points(&document, "pending");
    assert_eq!(points.len(), 1);
    assert_eq!(points[0]["attributes"], json!({"fila": "relatório"}));
}

#[test]
fn a_negative_value_is_exported_as_it_is() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let readings = [5, -2, 3];
    observe(&collector.meter(), readings);
    for reading in readings {
        let document = collector.document();
        assert_eq!(value(&document), reading);
        assert_eq!(data(&document)["is_monotonic"], false);
    }
}

/// A counter would export the changes: 5, -7, 5.
#[test]
fn under_delta_an_up_down_counter_stays_cumulative() {
    let collector = Collector::by_hand("trap", Temporality::Delta);
    let readings = [5, -2, 3];
    observe(&collector.meter(), readings);
    for reading in readings {
        let document = collector.document();
        assert_eq!(value(&document), reading);
        assert_eq!(data(&document)["aggregation_temporality"], 2);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_thread_list_of_sysinfo_leaves_out_the_main_thread() {
    use std::process::{Command, Stdio};
    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

    // A program with one thread, which runs until its input ends.
    let mut child = Command::new("cat")
        .stdin(Stdio::piped())
        .spawn()
        .expect("Linux has this program");
    let pid = Pid::from_u32(child.id());
    let mut system = System::new().expect("Linux is supported");
    system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[pid]),
        true,
        ProcessRefreshKind::nothing().with_tasks(),
    );
    let process = system.process(pid).expect("the program is running");
    let listed = process.tasks().expect("Linux has them").len();
    let counted = std::fs::read_dir(format!("/proc/{pid}/task"))
        .expect("the program is running")
        .count();
    drop(child.stdin.take());
    child.wait().expect("the program ends");

    assert_eq!((listed, counted), (0, 1));
}

/// Registers an up-down counter that observes one reading per collection.
fn observe<const N: usize>(meter: &Meter, readings: [i64; N]) {
    let readings = Mutex::new(readings.into_iter());
    meter
        .i64_observable_up_down_counter("balance")
        .with_callback(move |counter| {
            let reading = readings.lock().expect("no panic").next();
            if let Some(reading) = reading {
                counter.observe(reading, &[]);
            }
        })
        .build();
}

fn pending(tasks: &VecDeque<&str>) -> i64 {
    tasks.len().try_into().expect("a test has few tasks")
}

fn pending_in(queue: &TaskQueue) -> i64 {
    queue.pending().try_into().expect("a test has few tasks")
}

/// The data of the only metric.
fn data(document: &Value) -> &Value {
    &metric(document)["data"]
}

/// The value of the only data point.
fn value(document: &Value) -> i64 {
    let value = &data(document)["data_points"][0]["value"];
    value.as_i64().expect("the value is an integer")
}
