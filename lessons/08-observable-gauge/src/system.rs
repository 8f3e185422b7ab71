//! What the operating system knows about its cores.

use std::time::Instant;

use opentelemetry::metrics::Meter;
use shared::OncePerCollection;
use sysinfo::{MINIMUM_CPU_UPDATE_INTERVAL, System};

/// The usage of each core, read at most once in each collection.
#[derive(Clone, Debug)]
pub struct SystemSampler {
    cores: OncePerCollection<Vec<f64>>,
}

impl SystemSampler {
    /// Samples the system whenever `meter`'s provider collects.
    ///
    /// Build it before the instrument whose callback asks it, and early: the
    /// first usage is that since now.
    pub fn new(meter: &Meter) -> Self {
        let mut cores = System::new().ok().map(Cores::new);
        let read = move || match &mut cores {
            Some(cores) => cores.usage(Instant::now()),
            None => Vec::new(),
        };
        Self {
            cores: OncePerCollection::new(meter, "system.sample", read),
        }
    }

    /// The share of time in which each core was busy; no core at all until
    /// that is known.
    pub fn cpu_usage(&self) -> Vec<f64> {
        self.cores.get().unwrap_or_default()
    }
}

// ANCHOR: cores
/// The cores' usage is what happened between two refreshes. The first has
/// nothing before it, and one that comes too early measures nothing.
struct Cores {
    system: System,
    refreshed: Instant,
    usage: Vec<f64>,
}

impl Cores {
    fn new(mut system: System) -> Self {
        system.refresh_cpu_usage();
        Self {
            system,
            refreshed: Instant::now(),
            usage: Vec::new(),
        }
    }

    /// The latest usage that can be trusted, or nothing. Two readers that
    /// collect at almost the same time get the same.
    fn usage(&mut self, now: Instant) -> Vec<f64> {
        let passed = now.saturating_duration_since(self.refreshed);
        if passed >= MINIMUM_CPU_UPDATE_INTERVAL {
            self.system.refresh_cpu_usage();
            // After the refresh: `sysinfo` counts from within it.
            self.refreshed = Instant::now();
            let cores = self.system.cpus().iter();
            self.usage =
                cores.map(|core| f64::from(core.usage()) / 100.0).collect();
        }
        self.usage.clone()
    }
}
// ANCHOR_END: cores

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const TOO_EARLY: Duration =
        MINIMUM_CPU_UPDATE_INTERVAL.saturating_sub(Duration::from_nanos(1));

    #[test]
    fn nothing_is_known_before_the_minimum_interval_has_passed() {
        let mut cores = cores();
        let start = cores.refreshed;
        assert!(cores.usage(start + TOO_EARLY).is_empty());
        let usage = cores.usage(start + MINIMUM_CPU_UPDATE_INTERVAL);
        assert_eq!(usage.len(), cores.system.cpus().len());
    }

    #[test]
    fn the_latest_usage_is_kept_until_the_interval_has_passed_again() {
        let mut cores = cores();
        let start = cores.refreshed;
        // A usage that no refresh gives.
        cores.usage = vec![7.0];
        assert_eq!(cores.usage(start + TOO_EARLY), [7.0]);
        assert_ne!(cores.usage(start + MINIMUM_CPU_UPDATE_INTERVAL), [7.0]);

        let again = cores.refreshed;
        assert!(again > start);
        cores.usage = vec![7.0];
        assert_eq!(cores.usage(again + TOO_EARLY), [7.0]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_minimum_interval_of_linux_is_200_milliseconds() {
        let minimum = Duration::from_millis(200);
        assert_eq!(MINIMUM_CPU_UPDATE_INTERVAL, minimum);
    }

    fn cores() -> Cores {
        Cores::new(System::new().expect("the system is supported"))
    }
}
