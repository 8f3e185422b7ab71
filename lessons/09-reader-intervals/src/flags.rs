//! The command line of the lesson.

use std::time::Duration;

use clap::Args;
use shared::{Lesson, duration};

/// One interval for each reader, in place of the other lessons' `--interval`.
#[derive(Args, Debug)]
pub struct Flags {
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    #[arg(value_parser = duration(), help = "\
        The fast reader's interval, such as 500ms [default: 1s]\n\
        [env: OTEL_METRIC_EXPORT_INTERVAL, milliseconds]")]
    fast: Option<Duration>,

    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    #[arg(value_parser = duration(), help = "\
        The slow reader's interval [default: 3s]\n\
        [env: OTEL_METRIC_EXPORT_INTERVAL, milliseconds]")]
    slow: Option<Duration>,

    /// Let the SDK choose, not --slow: the variable, or 60s
    #[arg(long)]
    sdk_interval: bool,
}

/// The interval of each reader.
#[derive(Debug)]
pub struct Intervals {
    /// The fast reader's interval.
    pub fast: Duration,
    /// The slow reader's interval; `None` lets the SDK choose.
    pub slow: Option<Duration>,
}

impl Flags {
    /// Chooses the intervals: flag over environment over default.
    pub fn intervals(&self, lesson: &Lesson<Self>) -> Intervals {
        let fast = lesson.interval(self.fast, Duration::from_secs(1));
        let slow = lesson.interval(self.slow, Duration::from_secs(3));
        let slow = (!self.sdk_interval).then_some(slow);
        Intervals { fast, slow }
    }
}
