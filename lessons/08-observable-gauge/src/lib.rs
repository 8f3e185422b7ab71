//! Observable gauges: values that make no sense added up, read only when
//! metrics are collected.
//!
//! Two cores that are half busy are not one that is fully busy, and the load of
//! the last minute adds nothing to that of the last five. The memory
//! or the threads of two processes do add up: the series showed them as
//! gauges on its day 8, and the conventions have them as up-down counters. The
//! other way round, the conventions have `process.uptime` as a gauge, which
//! the series has as a counter.
//!
//! Day 8 also used the units `%` and `MB`. The conventions want a share
//! between 0 and 1 in the unit `1`, and bytes in `By`.

mod cpu_share;
mod system;
mod work;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;
use sysinfo::LoadAvg;

pub use cpu_share::CpuShare;
pub use system::SystemSampler;
pub use work::work_and_rest;

// ANCHOR: process_cpu
/// Observes which share of one core the process has used since the collection
/// before, from its CPU time and a clock that both began with the process.
///
/// This is not the conventions' `process.cpu.utilization`, which is divided by
/// the number of cores and tells user from system time in `cpu.mode`.
pub fn observe_process_cpu(
    meter: &Meter,
    cpu_time: impl Fn() -> Option<Duration> + Send + Sync + 'static,
    clock: impl Fn() -> Duration + Send + Sync + 'static,
) {
    // State that each collection changes: right for one reader only.
    let share = Mutex::new(CpuShare::default());
    meter
        .f64_observable_gauge("processo.cpu.uso")
        .with_description("A parte de um núcleo usada pelo processo.")
        .with_unit("1")
        .with_callback(move |gauge| {
            let Some(cpu_time) = cpu_time() else { return };
            // A panic would end the collection of every instrument.
            let mut share =
                share.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(share) = share.since_last(cpu_time, clock()) {
                gauge.observe(share, &[]);
            }
        })
        .build();
}
// ANCHOR_END: process_cpu

// ANCHOR: system_cpu
/// Observes how busy each core of the system is.
pub fn observe_system_cpu(
    meter: &Meter,
    usage: impl Fn() -> Vec<f64> + Send + Sync + 'static,
) {
    meter
        .f64_observable_gauge("sistema.cpu.uso")
        .with_description("A parte do tempo em que o núcleo esteve ocupado.")
        .with_unit("1")
        .with_callback(move |gauge| {
            for (core, usage) in (0_i64..).zip(usage()) {
                let core = KeyValue::new("cpu.logical_number", core);
                gauge.observe(usage, &[core]);
            }
        })
        .build();
}
// ANCHOR_END: system_cpu

// ANCHOR: load
/// Observes how many tasks ran or waited to run, on average over the last
/// minute, the last five and the last fifteen.
pub fn observe_load(
    meter: &Meter,
    load: impl Fn() -> Option<LoadAvg> + Send + Sync + 'static,
) {
    let window = |name| [KeyValue::new("janela", name)];
    let [one, five, fifteen] = ["1min", "5min", "15min"].map(window);
    meter
        .f64_observable_gauge("sistema.carga")
        .with_description("A média de tarefas executando ou à espera.")
        .with_unit("1")
        .with_callback(move |gauge| {
            // Windows has no load: 0 would say that the system is idle.
            if let Some(load) = load() {
                gauge.observe(load.one, &one);
                gauge.observe(load.five, &five);
                gauge.observe(load.fifteen, &fifteen);
            }
        })
        .build();
}
// ANCHOR_END: load
