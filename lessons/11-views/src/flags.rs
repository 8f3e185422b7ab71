//! The command line of the lesson.

use std::num::NonZeroU16;

use clap::builder::TypedValueParser;
use clap::{Args, ValueEnum};
use opentelemetry_sdk::metrics::{Instrument, Stream};
use shared::{IntervalFlag, value};

use crate::{
    drop_meter, drop_pending, exponential, fewer_series, keep_endpoint,
    more_series, rename, set_bounds,
};

/// The interval, the view and how much is measured.
#[derive(Args, Debug)]
pub struct Flags {
    /// Time between exports.
    #[command(flatten)]
    pub interval: IntervalFlag,

    /// The provider's view, if it has one.
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    #[arg(value_parser = view(), help = "\
        View of the provider: attributes, bounds, drop,\n\
        exponential, fewer-series, meter, more-series\n\
        or rename [default: none]")]
    pub view: Option<View>,

    /// Users who call the API
    #[arg(long, value_name = "N", value_parser = users())]
    #[arg(default_value = "2", allow_hyphen_values = true)]
    pub users: NonZeroU16,
}

/// The views that the command line can name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum View {
    /// [`keep_endpoint`].
    Attributes,
    /// [`set_bounds`].
    Bounds,
    /// [`drop_pending`].
    Drop,
    /// [`exponential`].
    Exponential,
    /// [`fewer_series`].
    FewerSeries,
    /// [`drop_meter`].
    Meter,
    /// [`more_series`].
    MoreSeries,
    /// [`rename`].
    Rename,
}

impl View {
    /// What the provider asks about each instrument that is built.
    pub fn function(self) -> fn(&Instrument) -> Option<Stream> {
        match self {
            Self::Attributes => keep_endpoint,
            Self::Bounds => set_bounds,
            Self::Drop => drop_pending,
            Self::Exponential => exponential,
            Self::FewerSeries => fewer_series,
            Self::Meter => drop_meter,
            Self::MoreSeries => more_series,
            Self::Rename => rename,
        }
    }
}

fn view() -> impl TypedValueParser<Value = View> {
    let accepted = "attributes, bounds, drop, exponential, fewer-series, \
                    meter, more-series or rename";
    value(accepted, |text| View::from_str(text, false).ok())
}

fn users() -> impl TypedValueParser<Value = NonZeroU16> {
    value("a whole number from 1 to 65535", |text| text.parse().ok())
}
