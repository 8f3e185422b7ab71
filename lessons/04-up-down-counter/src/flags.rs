//! The command line of the lesson.

use std::time::Duration;

use clap::Args;
use shared::{ServerFlags, duration};

/// The flags of the web server, and how slow it is.
#[derive(Args, Debug)]
pub struct Flags {
    /// The web server's own flags.
    #[command(flatten)]
    pub server: ServerFlags,

    /// Time /lento takes, such as 200ms
    #[arg(long, value_name = "DURATION", value_parser = duration())]
    #[arg(default_value = "10s", allow_hyphen_values = true)]
    pub slow: Duration,
}
