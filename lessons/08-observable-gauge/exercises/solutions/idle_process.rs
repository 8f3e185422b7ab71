//! A solution of `idle_process`.

use std::time::Duration;

use observable_gauge::sample_cpu_share;
use opentelemetry::metrics::Meter;

// ANCHOR: solution
/// Observes the share of one core used. Both closures give the time since the
/// process started.
pub fn observe_cpu(
    meter: &Meter,
    cpu_time: impl Fn() -> Duration + Send + Sync + 'static,
    clock: impl Fn() -> Duration + Send + Sync + 'static,
) {
    // The sampler decides when the share is taken, not who asks for it.
    let share = sample_cpu_share(move || Some(cpu_time()), clock);
    meter
        .f64_observable_gauge("programa.cpu.uso")
        .with_unit("1")
        .with_callback(move |gauge| {
            if let Some(share) = share.get() {
                gauge.observe(share, &[]);
            }
        })
        .build();
}
// ANCHOR_END: solution

mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    use opentelemetry::metrics::MeterProvider;
    use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
    use serde_json::json;
    use shared::JsonExporter;
    use shared::testing::{document_channel, expect_metric, received};

    use super::{Duration, observe_cpu};

    #[test]
    fn both_readers_get_the_same_share() {
        let [(one, first), (other, second)] =
            [(); 2].map(|()| document_channel());
        let [one, other] = [one, other].map(|writer| {
            PeriodicReader::builder(JsonExporter::new(writer))
                .with_interval(Duration::MAX)
                .build()
        });
        let provider = SdkMeterProvider::builder()
            .with_reader(one)
            .with_reader(other)
            .build();
        let used = Arc::new(AtomicU64::new(0));
        let now = Arc::new(AtomicU64::new(0));
        let (cpu_time, clock) = (Arc::clone(&used), Arc::clone(&now));
        observe_cpu(
            &provider.meter("programa"),
            move || Duration::from_millis(cpu_time.load(Relaxed)),
            // A millisecond passes between the two readers.
            move || Duration::from_millis(clock.fetch_add(1, Relaxed)),
        );
        for (milliseconds_used, elapsed, share) in
            [(1000, 2000, 0.5), (3000, 4000, 1.0)]
        {
            used.store(milliseconds_used, Relaxed);
            now.store(elapsed, Relaxed);
            // The first reader collects, then the second.
            let _ = provider.force_flush();
            for documents in [&first, &second] {
                let document = received(documents);
                let cpu = expect_metric(&document, "programa.cpu.uso");
                cpu.point(&json!({})).has("value", share);
            }
        }
    }
}
