//! CPU usage from two totals.

use std::time::Duration;

use shared::Sampler;

// ANCHOR: sample
/// Linux counts CPU time in steps of 10 ms. Over a shorter time, a single step
/// would be more than 5 % of a core.
const SHORTEST_SPAN: Duration = Duration::from_millis(200);

/// Samples the share of one core in use, from a CPU time and a clock. Both must
/// count from the start of the process.
///
/// The share is taken between the sampler's two latest readings, so it is the
/// same for every callback and every reader that asks.
pub fn sample_cpu_share(
    cpu_time: impl Fn() -> Option<Duration> + Send + 'static,
    clock: impl Fn() -> Duration + Send + 'static,
) -> Sampler<Option<f64>> {
    let mut share = CpuShare::default();
    Sampler::new(SHORTEST_SPAN, clock, None, move |now| {
        share.since_last(cpu_time()?, now)
    })
}
// ANCHOR_END: sample

// ANCHOR: cpu_share
/// CPU time and elapsed time at the previous reading. At first both are 0: the
/// start of the process.
#[derive(Debug, Default)]
pub struct CpuShare {
    cpu_time: Duration,
    elapsed: Duration,
}

impl CpuShare {
    /// The share of one core used since the previous call; above 1 if several
    /// threads ran.
    ///
    /// The system counts CPU time in steps, of 10 ms on Linux. Over a shorter
    /// time the share is 0 or far above 1.
    pub fn since_last(
        &mut self,
        cpu_time: Duration,
        elapsed: Duration,
    ) -> Option<f64> {
        let used = cpu_time.checked_sub(self.cpu_time)?;
        let passed = elapsed.checked_sub(self.elapsed)?;
        if passed.is_zero() {
            return None;
        }
        *self = Self { cpu_time, elapsed };
        Some(used.div_duration_f64(passed))
    }
}
// ANCHOR_END: cpu_share

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn the_first_share_covers_the_time_since_the_start() {
        let mut share = CpuShare::default();
        assert_eq!(share.since_last(millis(500), millis(2000)), Some(0.25));
    }

    #[test]
    fn each_share_covers_the_time_since_the_previous_one() {
        let mut share = CpuShare::default();
        share.since_last(millis(500), millis(2000));
        assert_eq!(share.since_last(millis(2500), millis(4000)), Some(1.0));
        assert_eq!(share.since_last(millis(2500), millis(6000)), Some(0.0));
        assert_eq!(share.since_last(millis(6500), millis(8000)), Some(2.0));
    }

    #[test]
    fn every_reader_gets_the_share_between_the_two_readings() {
        let times = [0, 2000, 2001, 4000].map(millis).into_iter();
        let clock = Mutex::new(times);
        let clock = move || {
            let mut times = clock.lock().expect("no panic");
            times.next().expect("the clock is read four times")
        };
        let cpu_time = Mutex::new([1000, 1500].map(millis).into_iter());
        let sampler = sample_cpu_share(
            move || cpu_time.lock().expect("no panic").next(),
            clock,
        );
        assert_eq!(sampler.get(), Some(0.5));
        assert_eq!(sampler.get(), Some(0.5), "a second reader, 1 ms later");
        assert_eq!(sampler.get(), Some(0.25));
    }

    #[test]
    fn zero_spans_and_falling_times_are_carried_over() {
        let mut share = CpuShare::default();
        assert_eq!(share.since_last(millis(0), millis(0)), None);
        assert_eq!(share.since_last(millis(10), millis(0)), None);
        share.since_last(millis(1000), millis(2000));
        assert_eq!(share.since_last(millis(1500), millis(2000)), None);
        assert_eq!(share.since_last(millis(1500), millis(1999)), None);
        assert_eq!(share.since_last(millis(999), millis(3000)), None);
        assert_eq!(share.since_last(millis(2000), millis(4000)), Some(0.5));
    }

    #[test]
    fn one_step_of_cpu_time_is_a_large_share_of_a_short_time() {
        let mut share = CpuShare::default();
        assert_eq!(share.since_last(millis(10), millis(1)), Some(10.0));
        assert_eq!(share.since_last(millis(10), millis(2)), Some(0.0));
    }

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }
}
