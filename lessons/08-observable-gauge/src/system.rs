//! What the operating system knows about its cores.

use std::time::Duration;

use shared::Sampler;
use sysinfo::{MINIMUM_CPU_UPDATE_INTERVAL, System};

// ANCHOR: cores
/// `sysinfo` measures nothing new within its minimum interval. The margin
/// covers the time between our look at the clock and its own.
const SHORTEST_SPAN: Duration =
    MINIMUM_CPU_UPDATE_INTERVAL.saturating_add(Duration::from_millis(20));

/// Samples the share of time that each core was busy; empty until it is known.
///
/// A share needs two refreshes. The first has none before it, so it happens
/// here.
pub fn sample_cores(
    clock: impl Fn() -> Duration + Send + 'static,
) -> Sampler<Vec<f64>> {
    let mut system = System::new().ok();
    if let Some(system) = &mut system {
        system.refresh_cpu_usage();
    }
    Sampler::new(SHORTEST_SPAN, clock, Vec::new(), move |_now| {
        let Some(system) = &mut system else {
            return Vec::new();
        };
        system.refresh_cpu_usage();
        let cores = system.cpus().iter();
        cores.map(|core| f64::from(core.usage()) / 100.0).collect()
    })
}
// ANCHOR_END: cores

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

    use super::*;

    #[test]
    fn nothing_is_known_before_the_minimum_interval_has_passed() {
        let milliseconds = Arc::new(AtomicU64::new(0));
        let clock = Arc::clone(&milliseconds);
        let cores =
            sample_cores(move || Duration::from_millis(clock.load(SeqCst)));
        assert!(cores.get().is_empty());
        milliseconds.store(200, SeqCst);
        assert!(cores.get().is_empty());
        milliseconds.store(221, SeqCst);
        let mut system = System::new().expect("the system is supported");
        system.refresh_cpu_usage();
        assert_eq!(cores.get().len(), system.cpus().len());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_minimum_interval_of_linux_is_200_milliseconds() {
        let minimum = Duration::from_millis(200);
        assert_eq!(MINIMUM_CPU_UPDATE_INTERVAL, minimum);
    }
}
