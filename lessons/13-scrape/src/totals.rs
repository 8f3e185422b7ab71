//! Values that are read when somebody asks.

use std::time::Duration;

use opentelemetry::metrics::Meter;

/// Observes the seconds since the program started.
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
        .build();
}

/// Observes the bytes of physical memory that the process uses.
pub fn observe_memory(
    meter: &Meter,
    memory: impl Fn() -> Option<u64> + Send + Sync + 'static,
) {
    meter
        .i64_observable_up_down_counter("process.memory.usage")
        .with_description("A memória física usada pelo processo.")
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
