//! Totals that are read at each collection, as in the lesson on observable
//! counters.

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

/// Observes the seconds of CPU time that the process has used.
pub fn observe_cpu_time(
    meter: &Meter,
    cpu_time: impl Fn() -> Option<Duration> + Send + Sync + 'static,
) {
    meter
        .f64_observable_counter("processo.cpu.tempo")
        .with_description("O tempo de CPU usado pelo processo.")
        .with_unit("s")
        .with_callback(move |counter| {
            if let Some(cpu_time) = cpu_time() {
                counter.observe(cpu_time.as_secs_f64(), &[]);
            }
        })
        .build();
}
