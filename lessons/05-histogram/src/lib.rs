//! Histograms: the program records single values, and the SDK counts how many
//! of them fall into each bucket.

pub mod app;
mod simulation;

use std::time::Duration;

use opentelemetry::metrics::{Gauge, Histogram, Meter};
use tokio::time::Instant;

pub use simulation::{Flags, TASKS, simulate_tasks, simulated_duration};

// ANCHOR: bounds
/// Where a bucket ends and the next one begins, in seconds.
///
/// They are close together where most tasks are: what a histogram says of them
/// is no more precise than its buckets.
pub const BOUNDS: [f64; 10] =
    [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5];
// ANCHOR_END: bounds

// ANCHOR: instruments
/// The durations of tasks: how all of them are distributed, and the latest.
#[derive(Clone, Debug)]
pub struct Durations {
    all: Histogram<f64>,
    latest: Gauge<f64>,
}

impl Durations {
    /// Builds the instruments.
    pub fn new(meter: &Meter) -> Self {
        Self {
            all: meter
                .f64_histogram("tarefa.duracao")
                .with_description("A duração das tarefas.")
                .with_unit("s")
                // The SDK's own bounds suit milliseconds.
                .with_boundaries(BOUNDS.to_vec())
                .build(),
            latest: meter
                .f64_gauge("tarefa.ultima_duracao")
                .with_description("A duração da última tarefa.")
                .with_unit("s")
                .build(),
        }
    }
}
// ANCHOR_END: instruments

impl Durations {
    // ANCHOR: record
    /// Records how long one task took, with both instruments.
    pub fn record(&self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        self.all.record(seconds, &[]);
        self.latest.record(seconds, &[]);
    }
    // ANCHOR_END: record

    // ANCHOR: time
    /// Runs a task, and records how long it took when it has ended.
    pub async fn time(&self, task: impl Future<Output = ()>) -> Duration {
        // Tokio's clock is monotonic, and a test can stop it.
        let start = Instant::now();
        task.await;
        let duration = start.elapsed();
        self.record(duration);
        duration
    }
    // ANCHOR_END: time
}
