//! What is measured: the same values each time.

use std::iter;
use std::num::NonZeroU16;
use std::time::Duration;

use fastrand::Rng;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

/// The name of the counter of calls.
pub const CALLS: &str = "api.chamadas";
/// The name of the histogram of durations.
pub const DURATIONS: &str = "tarefa.duracao";
/// The name of the up-down counter of pending tasks.
pub const PENDING: &str = "fila.tarefas.pendentes";
/// The name of the queue's meter, as if the queue were somebody's library.
pub const QUEUE: &str = "fila";

/// Where a bucket ends and the next one begins, in seconds.
pub const BOUNDS: [f64; 10] =
    [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5];

/// The seed of the durations that the program records.
pub const SEED: u64 = 5;

/// Counts the calls of some users: user 1 calls `/` once, user 2 twice and so
/// on; each calls `/tarefa` once.
pub fn count_calls(meter: &Meter, users: NonZeroU16) {
    let calls = meter
        .u64_counter(CALLS)
        .with_description("As chamadas à API.")
        .with_unit("{chamada}")
        .build();
    for user in 1..=users.get() {
        for (endpoint, count) in [("/", user), ("/tarefa", 1)] {
            let endpoint = KeyValue::new("endpoint", endpoint);
            let user = KeyValue::new("usuario", i64::from(user));
            calls.add(count.into(), &[endpoint, user]);
        }
    }
}

/// Records how long a thousand tasks took.
pub fn record_durations(meter: &Meter) {
    let durations = meter
        .f64_histogram(DURATIONS)
        .with_description("A duração das tarefas.")
        .with_unit("s")
        .with_boundaries(BOUNDS.to_vec())
        .build();
    for seconds in simulated_durations(SEED) {
        durations.record(seconds, &[]);
    }
}

/// The durations of a thousand tasks in seconds, from 0.5 to 6.5. Cubing makes
/// most tasks short and few of them long.
pub fn simulated_durations(seed: u64) -> impl Iterator<Item = f64> {
    let mut random = Rng::with_seed(seed);
    let durations = iter::repeat_with(move || {
        let share = random.f64();
        let seconds = 0.5 + 6.0 * share * share * share;
        Duration::from_secs_f64(seconds).as_secs_f64()
    });
    durations.take(1000)
}

/// Counts the tasks of a queue.
pub fn count_tasks(queue: &Meter) {
    queue
        .i64_up_down_counter(PENDING)
        .with_description("As tarefas à espera.")
        .with_unit("1")
        .build()
        .add(3, &[]);
    queue
        .u64_counter("fila.tarefas.concluidas")
        .with_description("As tarefas concluídas.")
        .with_unit("{tarefa}")
        .build()
        .add(1000, &[]);
}
