//! The command line of the lesson.

use std::time::Duration;

use clap::Args;
use opentelemetry_sdk::metrics::OTEL_METRIC_EXPORT_INTERVAL;
use shared::interval;

/// One interval for each reader, in place of the other lessons' `--interval`.
#[derive(Args, Debug)]
pub struct Flags {
    /// Time between exports of the fast reader, such as 500ms; in the
    /// environment, a whole number of milliseconds
    #[arg(long, value_name = "DURATION", value_parser = interval("1s"))]
    #[arg(env = OTEL_METRIC_EXPORT_INTERVAL, hide_env_values = true)]
    #[arg(default_value = "1s", allow_hyphen_values = true)]
    pub fast: Duration,

    /// The same for the slow reader
    #[arg(long, value_name = "DURATION", value_parser = interval("3s"))]
    #[arg(env = OTEL_METRIC_EXPORT_INTERVAL, hide_env_values = true)]
    #[arg(default_value = "3s", allow_hyphen_values = true)]
    slow: Duration,

    /// Instead of --slow, let the SDK choose: the environment's interval, or
    /// 60s
    #[arg(long)]
    sdk_interval: bool,
}

impl Flags {
    /// The slow reader's interval, unless the SDK is to choose it.
    pub fn slow(&self) -> Option<Duration> {
        (!self.sdk_interval).then_some(self.slow)
    }
}
