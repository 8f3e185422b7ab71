//! The command line of the lesson.

use std::num::NonZeroU64;

use clap::Args;
use clap::builder::TypedValueParser;
use shared::{IntervalFlag, value};

/// What happens to the documents.
#[derive(Args, Debug)]
pub struct Flags {
    /// The time between two collections.
    #[command(flatten)]
    pub interval: IntervalFlag,

    /// Lose the Nth document of both readers
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    #[arg(value_parser = document())]
    pub(crate) lose: Option<NonZeroU64>,

    /// Crash after document N of both, and start again
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    #[arg(value_parser = document())]
    pub(crate) restart: Option<NonZeroU64>,

    /// Ask for low-memory temporality instead of delta
    #[arg(long)]
    pub(crate) low_memory: bool,
}

fn document() -> impl TypedValueParser<Value = NonZeroU64> {
    value("a whole number above zero", |text| text.parse().ok())
}
