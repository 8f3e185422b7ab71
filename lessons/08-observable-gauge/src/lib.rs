//! Observable gauges: values that it makes no sense to add up, read only when
//! metrics are collected.
//!
//! Two half-busy cores are not one fully busy core, and the load of the last
//! minute adds nothing to the load of the last five. The memory or the threads
//! of two processes do add up: day 8 of the series showed them as gauges, but
//! the conventions make them up-down counters. Conversely, the conventions make
//! `process.uptime` a gauge, which the series has as a counter.
//!
//! Day 8 also used the units `%` and `MB`. The conventions want a share
//! between 0 and 1 in the unit `1`, and bytes in `By`.

mod cpu_share;
mod system;
mod work;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;
use sysinfo::LoadAvg;

pub use cpu_share::{CpuShare, sample_cpu_share};
pub use system::sample_cores;
pub use work::work_and_rest;

// ANCHOR: process_cpu
/// Observes the share of one core that the process has used recently.
///
/// This is not the conventions' `process.cpu.utilization`, which is divided by
/// the number of cores and separates user from system time with `cpu.mode`.
pub fn observe_process_cpu(
    meter: &Meter,
    share: impl Fn() -> Option<f64> + Send + Sync + 'static,
) {
    meter
        .f64_observable_gauge("processo.cpu.uso")
        .with_description("A parte de um núcleo usada pelo processo.")
        .with_unit("1")
        .with_callback(move |gauge| {
            // Nothing is known at first: 0 would mean an idle process.
            if let Some(share) = share() {
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
/// Observes how many tasks ran or waited to run, on average over the last one,
/// five and fifteen minutes.
///
/// These are three metrics. As three points of one, told apart by an attribute,
/// they would invite adding up or averaging, which means nothing.
pub fn observe_load(
    meter: &Meter,
    load: impl Fn() -> Option<LoadAvg> + Clone + Send + Sync + 'static,
) {
    let [one, five, fifteen] = [(); 3].map(|()| load.clone());
    observe_window(meter, "sistema.carga.1m", move || Some(one()?.one));
    observe_window(meter, "sistema.carga.5m", move || Some(five()?.five));
    observe_window(meter, "sistema.carga.15m", move || {
        Some(fifteen()?.fifteen)
    });
}
// ANCHOR_END: load

fn observe_window(
    meter: &Meter,
    name: &'static str,
    load: impl Fn() -> Option<f64> + Send + Sync + 'static,
) {
    meter
        .f64_observable_gauge(name)
        .with_description("A média de tarefas executando ou à espera.")
        .with_unit("1")
        .with_callback(move |gauge| {
            // Windows has no load average: 0 would mean an idle system.
            if let Some(load) = load() {
                gauge.observe(load, &[]);
            }
        })
        .build();
}
