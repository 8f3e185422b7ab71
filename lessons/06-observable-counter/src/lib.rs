//! Observable counters: totals that something else already keeps, read only
//! when metrics are collected.
//!
//! Each function registers one instrument. Its callback *observes* the total
//! so far; the synchronous counter's `add` takes the change instead.

mod allocator;

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;
use shared::DiskIo;

pub use allocator::CountingAllocator;

// ANCHOR: uptime
/// Observes the seconds since the application started.
pub fn observe_uptime(
    meter: &Meter,
    uptime: impl Fn() -> Duration + Send + Sync + 'static,
) {
    meter
        .f64_observable_counter("app.atividade.tempo")
        .with_description("A duração desde o início do aplicativo.")
        .with_unit("s")
        .with_callback(move |counter| {
            counter.observe(uptime().as_secs_f64(), &[]);
        })
        // Without `build` nothing is registered. The instrument it returns
        // may be dropped: the callback stays registered.
        .build();
}
// ANCHOR_END: uptime

// ANCHOR: cpu_time
/// Observes the seconds of CPU time that the process has used.
///
/// This is not the conventions' `process.cpu.time`, which must separate user
/// from system time with the attribute `cpu.mode`.
pub fn observe_cpu_time(
    meter: &Meter,
    cpu_time: impl Fn() -> Option<Duration> + Send + Sync + 'static,
) {
    meter
        .f64_observable_counter("processo.cpu.tempo")
        .with_description("O tempo de CPU usado pelo processo.")
        .with_unit("s")
        .with_callback(move |counter| {
            // Observing nothing means "unknown"; 0 would be a measurement.
            if let Some(cpu_time) = cpu_time() {
                counter.observe(cpu_time.as_secs_f64(), &[]);
            }
        })
        .build();
}
// ANCHOR_END: cpu_time

// ANCHOR: disk_io
/// Observes the bytes that the process has read from disk and written to it:
/// two observations in one callback, told apart by an attribute.
pub fn observe_disk_io(
    meter: &Meter,
    disk_io: impl Fn() -> Option<DiskIo> + Send + Sync + 'static,
) {
    let read = [KeyValue::new("disk.io.direction", "read")];
    let write = [KeyValue::new("disk.io.direction", "write")];
    meter
        .u64_observable_counter("process.disk.io")
        .with_description("Os bytes lidos do disco e gravados nele.")
        .with_unit("By")
        .with_callback(move |counter| {
            if let Some(disk_io) = disk_io() {
                counter.observe(disk_io.read, &read);
                counter.observe(disk_io.written, &write);
            }
        })
        .build();
}
// ANCHOR_END: disk_io

// ANCHOR: allocations
/// Observes how often the application has allocated memory.
pub fn observe_allocations(
    meter: &Meter,
    allocations: impl Fn() -> u64 + Send + Sync + 'static,
) {
    meter
        .u64_observable_counter("app.alocacoes")
        .with_description("As alocações desde o início do aplicativo.")
        // Units must be ASCII: with `{alocação}` the metric would vanish.
        .with_unit("{alocacao}")
        .with_callback(move |counter| counter.observe(allocations(), &[]))
        .build();
}

/// Observes how many bytes the application has allocated.
pub fn observe_allocated_bytes(
    meter: &Meter,
    bytes: impl Fn() -> u64 + Send + Sync + 'static,
) {
    meter
        .u64_observable_counter("app.alocacoes.bytes")
        .with_description("Os bytes alocados desde o início do aplicativo.")
        .with_unit("By")
        .with_callback(move |counter| counter.observe(bytes(), &[]))
        .build();
}
// ANCHOR_END: allocations
