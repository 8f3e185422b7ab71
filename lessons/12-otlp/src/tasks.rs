//! What the program does all day: tasks, counted and timed.

use std::thread;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter};

/// Where a bucket ends and the next one begins, in seconds.
pub const BOUNDS: [f64; 10] =
    [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5];

/// How long the tasks take that repeat in turn, in seconds.
const DURATIONS: [f64; 5] = [0.25, 0.75, 1.25, 1.75, 5.5];

/// The time from one task to the next.
const PAUSE: Duration = Duration::from_millis(100);

/// The instruments that a task calls.
#[derive(Clone, Debug)]
pub struct Tasks {
    calls: Counter<u64>,
    durations: Histogram<f64>,
}

impl Tasks {
    /// Builds the instruments.
    pub fn new(meter: &Meter) -> Self {
        Self {
            calls: meter
                .u64_counter("api.chamadas")
                .with_description("O número de chamadas à API.")
                .with_unit("{chamada}")
                .build(),
            durations: meter
                .f64_histogram("tarefa.duracao")
                .with_description("A duração das tarefas.")
                .with_unit("s")
                .with_boundaries(BOUNDS.to_vec())
                .build(),
        }
    }

    /// Counts a call, and records how long its task took, in seconds.
    pub fn finished(&self, seconds: f64) {
        self.calls.add(1, &[KeyValue::new("endpoint", "/tarefa")]);
        self.durations.record(seconds, &[]);
    }
}

/// Simulates ten tasks a second, in a thread of its own, without an end.
pub fn work(tasks: Tasks) {
    thread::spawn(move || {
        for seconds in DURATIONS.into_iter().cycle() {
            thread::sleep(PAUSE);
            tasks.finished(seconds);
        }
    });
}
