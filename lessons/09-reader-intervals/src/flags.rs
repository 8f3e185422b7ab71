//! The command line of the lesson.

use std::time::Duration;

use clap::Args;
use shared::{Lesson, duration};

/// One interval for each reader, in place of the other lessons' `--interval`.
#[derive(Args, Debug)]
pub struct Flags {
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    #[arg(value_parser = duration(), help = "Time between exports of the fast \
        reader, such as 500ms [env: OTEL_METRIC_EXPORT_INTERVAL, in whole \
        milliseconds] [default: 1s]")]
    fast: Option<Duration>,

    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    #[arg(value_parser = duration(), help = "Time between exports of the slow \
        reader [env: OTEL_METRIC_EXPORT_INTERVAL] [default: 3s]")]
    slow: Option<Duration>,

    /// Instead of --slow, let the SDK choose: the environment's interval, or
    /// 60s
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
