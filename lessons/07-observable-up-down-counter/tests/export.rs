//! What each function of the lesson exports, and that the program exports the
//! same.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use insta::assert_json_snapshot;
use observable_up_down_counter::{
    Task, TaskQueue, observe_memory, observe_pending_tasks, observe_threads,
};
use opentelemetry_sdk::metrics::Temporality;
use serde_json::Value;
use shared::ProcessSampler;
use shared::testing::{
    Collector, data_points, documents, exported, names, redactions, shape,
};

const NAME: &str = "observable-up-down-counter";

#[test]
fn pending_tasks_are_a_cumulative_sum_that_is_not_monotonic() {
    let queue = Arc::new(TaskQueue::default());
    for _ in 0..7 {
        queue.add(Task::new());
    }
    let document = exported(NAME, |meter| {
        observe_pending_tasks(meter, Arc::downgrade(&queue));
    });
    redactions().bind(|| assert_json_snapshot!("pending_tasks", document));
}

#[test]
fn memory_is_a_cumulative_sum_in_bytes() {
    let document =
        exported(NAME, |meter| observe_memory(meter, || Some(7_688_192)));
    redactions().bind(|| assert_json_snapshot!("memory", document));
}

#[test]
fn threads_are_a_cumulative_sum() {
    let document = exported(NAME, |meter| observe_threads(meter, || Some(7)));
    redactions().bind(|| assert_json_snapshot!("threads", document));
}

#[test]
fn pending_tasks_rise_and_fall() {
    let collector = collector();
    let queue = Arc::new(TaskQueue::default());
    observe_pending_tasks(&collector.meter(), Arc::downgrade(&queue));
    let pending = || pending_tasks(&collector.document());
    // An empty queue is a measurement, unlike one that is gone.
    assert_eq!(pending(), 0);
    queue.add(Task::new());
    queue.add(Task::new());
    assert_eq!(pending(), 2);
    let task = queue.take();
    assert_eq!(pending(), 1, "a worker holds {task:?}, not the lock");
}

#[test]
fn a_statistic_the_platform_lacks_is_not_exported() {
    let collector = collector();
    let meter = collector.meter();
    observe_memory(&meter, || None);
    observe_threads(&meter, || None);
    assert_eq!(collector.collect().expect("nothing fails"), None);
}

#[test]
fn the_program_exports_what_the_functions_export() {
    let flags = ["--interval", "10ms", "--exports", "3"];
    let documents = documents(&mut program(&flags));
    assert_eq!(documents.len(), 3);

    let queue = Arc::new(TaskQueue::default());
    let functions = exported(NAME, |meter| {
        observe_pending_tasks(meter, Arc::downgrade(&queue));
        let process = ProcessSampler::of_this_process();
        let threads = process.clone();
        observe_memory(meter, move || process.get().memory);
        observe_threads(meter, move || threads.get().threads);
    });
    for document in documents {
        assert_eq!(names(&document), names(&functions));
        assert_eq!(shape(&document), shape(&functions));
    }
}

#[test]
fn the_queue_of_the_program_is_filled_and_drained() {
    // The limit is only there to end a program that never drains its queue.
    let (mut child, stdout) =
        start(&["--interval", "10ms", "--exports", "10000"]);
    let lines = stdout.lines().map(|line| line.expect("JSON is UTF-8"));
    let pending = lines.map(|line| pending_tasks(&parse(&line)));
    // Seeing the queue shrink is enough: it must have been filled before. Then
    // no more lines are read, and the closed pipe ends the program.
    assert!(!pending.is_sorted(), "no worker took a task");
    assert!(child.wait().expect("the program ends").success());
}

/// All threads start before the first document.
#[cfg(target_os = "linux")]
#[test]
fn the_thread_count_matches_the_kernels() {
    let (mut child, mut stdout) = start(&["--interval", "10ms"]);
    let mut line = String::new();
    stdout.read_line(&mut line).expect("a first document");
    let threads = std::fs::read_dir(format!("/proc/{}/task", child.id()))
        .expect("the program is running")
        .count();
    drop(stdout);
    assert!(child.wait().expect("the program ends").success());

    let document = parse(&line);
    let point = data_points(&document, "process.thread.count")[0];
    assert_eq!(point["value"], threads);
}

fn program(arguments: &[&str]) -> Command {
    let mut program =
        Command::new(env!("CARGO_BIN_EXE_observable-up-down-counter"));
    program.args(arguments);
    program
}

fn start(arguments: &[&str]) -> (Child, BufReader<ChildStdout>) {
    let mut child = program(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let stdout = child.stdout.take().expect("stdout is a pipe");
    (child, BufReader::new(stdout))
}

fn parse(document: &str) -> Value {
    serde_json::from_str(document).expect("the program prints JSON")
}

fn pending_tasks(document: &Value) -> i64 {
    let point = data_points(document, "fila.tarefas.pendentes")[0];
    point["value"].as_i64().expect("a whole number")
}

fn collector() -> Collector {
    Collector::by_hand(NAME, Temporality::Cumulative)
}
