//! What the application does: tasks, counted and timed.

use std::time::Duration;

use axum::extract::State;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter};
use tokio::time::{Instant, sleep};

/// Where a bucket ends and the next one begins, in seconds.
pub const BOUNDS: [f64; 10] =
    [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5];

/// The instruments that a task calls.
#[derive(Clone, Debug)]
pub struct Tasks {
    calls: Counter<u64>,
    durations: Histogram<f64>,
    latest: Gauge<f64>,
}

impl Tasks {
    /// Builds the instruments.
    pub fn new(meter: &Meter) -> Self {
        Self {
            calls: meter
                .u64_counter("api.chamadas")
                .with_description("As chamadas à API.")
                .with_unit("{chamada}")
                .build(),
            durations: meter
                .f64_histogram("tarefa.duracao")
                .with_description("A duração das tarefas.")
                .with_unit("s")
                .with_boundaries(BOUNDS.to_vec())
                .build(),
            latest: meter
                .f64_gauge("tarefa.ultima_duracao")
                .with_description("A duração da última tarefa.")
                .with_unit("s")
                .build(),
        }
    }

    /// Counts a call, and records how long its task took.
    pub fn finished(&self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let route = KeyValue::new("http.route", "/tarefa");
        self.calls.add(1, &[route]);
        self.durations.record(seconds, &[]);
        self.latest.record(seconds, &[]);
    }
}

/// Takes from 0.5 to 6.5 s, and mostly little: see the lesson on histograms.
pub(crate) async fn task(State(tasks): State<Tasks>) -> String {
    let start = Instant::now();
    sleep(Duration::from_secs_f64(0.5 + 6.0 * fastrand::f64().powi(3))).await;
    let duration = start.elapsed();
    tasks.finished(duration);
    format!("{:.3} s\n", duration.as_secs_f64())
}
