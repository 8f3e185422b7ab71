//! The command line of the lesson.

use std::num::NonZeroU16;

use clap::Args;
use clap::builder::TypedValueParser;
use shared::value;

/// The die to roll.
#[derive(Args, Debug)]
pub struct Flags {
    /// Sides of the die
    #[arg(long, value_name = "N", value_parser = sides())]
    #[arg(default_value = "6", allow_hyphen_values = true)]
    pub sides: NonZeroU16,
}

fn sides() -> impl TypedValueParser<Value = NonZeroU16> {
    value("a whole number from 1 to 65535", |text| text.parse().ok())
}
