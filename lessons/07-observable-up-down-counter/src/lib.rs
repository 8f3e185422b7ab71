//! Observable up-down counters: values that rise and fall, read only when
//! metrics are collected.
//!
//! Their values make sense added up over several processes; values that do not
//! belong in a gauge.

mod queue;

use std::sync::Weak;

use opentelemetry::metrics::Meter;

pub use queue::{Task, TaskQueue, busy_queue};

// ANCHOR: pending_tasks
/// Observes how many tasks wait in the queue, for as long as the queue exists.
///
/// A callback cannot be unregistered. With an `Arc` it would keep the queue
/// alive for ever, and go on observing it when nobody uses it any more.
pub fn observe_pending_tasks(meter: &Meter, queue: Weak<TaskQueue>) {
    meter
        .i64_observable_up_down_counter("fila.tarefas.pendentes")
        .with_description("As tarefas na fila que ainda não começaram.")
        .with_unit("{tarefa}")
        .with_callback(move |counter| {
            // Up-down instruments exist for `i64` and `f64` only: a sum may be
            // negative.
            if let Some(queue) = queue.upgrade()
                && let Ok(pending) = i64::try_from(queue.pending())
            {
                counter.observe(pending, &[]);
            }
        })
        .build();
}
// ANCHOR_END: pending_tasks

// ANCHOR: memory
/// Observes the bytes of physical memory that the process uses.
///
/// The semantic conventions make memory and threads up-down counters, not
/// gauges, because they add up across processes. Day 8 of the series had both
/// as gauges.
pub fn observe_memory(
    meter: &Meter,
    memory: impl Fn() -> Option<u64> + Send + Sync + 'static,
) {
    meter
        .i64_observable_up_down_counter("process.memory.usage")
        .with_description("A memória física usada pelo processo.")
        // Bytes, not megabytes: scaling is up to whatever displays them.
        .with_unit("By")
        .with_callback(move |counter| {
            if let Some(bytes) = memory()
                && let Ok(bytes) = i64::try_from(bytes)
            {
                counter.observe(bytes, &[]);
            }
        })
        .build();
}
// ANCHOR_END: memory

/// Observes how many threads the process has, including the main one.
pub fn observe_threads(
    meter: &Meter,
    threads: impl Fn() -> Option<usize> + Send + Sync + 'static,
) {
    meter
        .i64_observable_up_down_counter("process.thread.count")
        .with_description("As threads do processo, incluída a principal.")
        .with_unit("{thread}")
        .with_callback(move |counter| {
            // Not every platform has it, and 0 would be a measurement.
            if let Some(threads) = threads()
                && let Ok(threads) = i64::try_from(threads)
            {
                counter.observe(threads, &[]);
            }
        })
        .build();
}
