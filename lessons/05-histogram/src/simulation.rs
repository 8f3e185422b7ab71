//! Tasks whose durations are made up.

use std::time::Duration;

use clap::Args;
use clap::builder::TypedValueParser;
use fastrand::Rng;
use shared::{ServerFlags, value};

use crate::Durations;

/// How many tasks are simulated before the first document.
pub const TASKS: usize = 1000;

/// The lesson's flags.
#[derive(Args, Debug)]
pub struct Flags {
    /// Those of the web server.
    #[command(flatten)]
    pub server: ServerFlags,

    /// Seed of the simulated tasks [default: random]
    #[arg(long, value_name = "N", value_parser = seed())]
    #[arg(allow_hyphen_values = true)]
    seed: Option<u64>,
}

impl Flags {
    /// Where the simulated tasks get their durations from.
    pub fn random(&self) -> Rng {
        self.seed.map_or_else(Rng::new, Rng::with_seed)
    }
}

fn seed() -> impl TypedValueParser<Value = u64> {
    value("a whole number from 0 to 18446744073709551615", |text| {
        text.parse().ok()
    })
}

/// Records the durations of tasks that nobody has to wait for.
pub fn simulate_tasks(durations: &Durations, random: &mut Rng) {
    for _ in 0..TASKS {
        durations.record(simulated_duration(random));
    }
}

/// From 0.5 to 6.5 s. Cubing makes most tasks short and few of them long.
pub fn simulated_duration(random: &mut Rng) -> Duration {
    let share = random.f64();
    Duration::from_secs_f64(0.5 + 6.0 * share * share * share)
}
