//! A lesson's command line and environment.

use std::env;
use std::ffi::OsStr;
use std::num::NonZeroU64;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{
    Args, Command, CommandFactory, Error, FromArgMatches, Parser, ValueEnum,
};
use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::OTEL_METRIC_EXPORT_INTERVAL;
use percent_encoding::percent_decode_str;

use crate::lesson::end;

const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
const RESOURCE_ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// A command line.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Options<F: Args> {
    #[command(flatten)]
    pub(crate) flags: F,
}

/// The flags of a lesson that prints documents.
#[derive(Args, Debug)]
pub(crate) struct Printing<F: Args> {
    #[command(flatten)]
    pub(crate) others: Exporting<F>,

    /// What to print: json or text
    #[arg(long, value_name = "FORMAT", allow_hyphen_values = true)]
    #[arg(default_value = "json", value_parser = format())]
    pub(crate) format: Format,
}

/// The flags of a lesson that exports, wherever to.
#[derive(Args, Debug)]
pub(crate) struct Exporting<F: Args> {
    /// The flags that only some lessons have.
    #[command(flatten)]
    pub(crate) others: F,

    /// Stop after N exports [default: run until stopped]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    #[arg(value_parser = exports())]
    pub(crate) exports: Option<NonZeroU64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    Json,
    Text,
}

/// The flags of a lesson with one reader.
#[derive(Args, Debug)]
pub(crate) struct WithInterval<F: Args> {
    #[command(flatten)]
    pub(crate) interval: IntervalFlag,

    #[command(flatten)]
    pub(crate) others: F,
}

/// The interval of a lesson's only reader.
#[derive(Args, Debug)]
pub struct IntervalFlag {
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    #[arg(value_parser = duration(), help = "\
        Time between exports, such as 500ms [default: 2s]\n\
        [env: OTEL_METRIC_EXPORT_INTERVAL, milliseconds]")]
    pub(crate) interval: Option<Duration>,
}

/// The flags of a lesson that has none of its own.
#[derive(Args, Debug)]
pub struct NoFlags {}

// ANCHOR: value
/// Parses a flag's value. If `parse` refuses it, the program exits with one
/// line that names the flag and the value, and says what is `accepted`.
pub fn value<T: Clone + Send + Sync + 'static>(
    accepted: &'static str,
    parse: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    OsStringValueParser::new().try_map(move |text| {
        let value = text.to_str().and_then(parse);
        value.ok_or_else(|| format!("use {accepted}"))
    })
}

/// Parses a reader's interval.
pub fn duration() -> impl TypedValueParser<Value = Duration> {
    let accepted =
        "a duration with its unit, such as 500ms or 2s, at least 10ms";
    value(accepted, |text| {
        long_enough(humantime::parse_duration(text).ok()?)
    })
}
// ANCHOR_END: value

fn exports() -> impl TypedValueParser<Value = NonZeroU64> {
    value("a whole number above zero", |text| text.parse().ok())
}

fn format() -> impl TypedValueParser<Value = Format> {
    value("json or text", |text| Format::from_str(text, false).ok())
}

/// Below 10 ms, a reader would collect while the lesson still starts, and take
/// up a core. Zero is no interval: the SDK would use its default instead.
fn long_enough(interval: Duration) -> Option<Duration> {
    (interval >= Duration::from_millis(10)).then_some(interval)
}

impl IntervalFlag {
    /// The interval: flag over environment over 2 s. Exits the process if the
    /// environment's value is needed and bad.
    pub fn get(&self) -> Duration {
        interval(self.interval, Duration::from_secs(2))
            .unwrap_or_else(|text| end(&text))
    }
}

/// Chooses a reader's interval: flag over environment over default. An empty
/// variable counts as unset: see "Empty value" in the OpenTelemetry
/// specification's "Environment Variable Specification".
pub(crate) fn interval(
    flag: Option<Duration>,
    default: Duration,
) -> Result<Duration, Error> {
    let variable = env::var_os(OTEL_METRIC_EXPORT_INTERVAL);
    match (flag, variable.filter(|value| !value.is_empty())) {
        (Some(interval), _) => Ok(interval),
        (None, None) => Ok(default),
        (None, Some(value)) => milliseconds(&value).ok_or_else(|| {
            let accepted = "a whole number of milliseconds, at least 10";
            invalid(OTEL_METRIC_EXPORT_INTERVAL, &value, accepted)
        }),
    }
}

fn milliseconds(text: &OsStr) -> Option<Duration> {
    long_enough(Duration::from_millis(text.to_str()?.parse().ok()?))
}

/// The error for a bad variable, worded like clap's for a bad flag.
pub(crate) fn invalid(variable: &str, value: &OsStr, accepted: &str) -> Error {
    let value = value.to_string_lossy();
    let line = format!("invalid value '{value}' for '{variable}'");
    one_line(
        ErrorKind::ValueValidation,
        &format!("{line}: use {accepted}"),
    )
}

/// The attributes that the environment gives the resource. `OTEL_SERVICE_NAME`
/// comes last, because it takes precedence.
///
/// Unlike the SDK, it decodes values and refuses a list with an error, as in
/// the OpenTelemetry specification's "Resource SDK", under "Specifying resource
/// information via an environment variable".
pub(crate) fn resource_attributes() -> Result<Vec<KeyValue>, Error> {
    let list = text(RESOURCE_ATTRIBUTES)?;
    let attributes = list.split_terminator(',').map(attribute).collect();
    let attributes: Option<Vec<_>> = attributes;
    let mut attributes = attributes.ok_or_else(|| {
        let accepted = "key=value,key=value, with %2C for a comma, %3D for an \
                        equals sign and %25 for a percent sign";
        invalid(RESOURCE_ATTRIBUTES, list.as_ref(), accepted)
    })?;
    let name = text(SERVICE_NAME)?;
    if !name.is_empty() {
        if name.trim().is_empty() {
            let accepted = "a name that is not blank";
            return Err(invalid(SERVICE_NAME, name.as_ref(), accepted));
        }
        attributes.push(KeyValue::new("service.name", name));
    }
    Ok(attributes)
}

fn attribute(pair: &str) -> Option<KeyValue> {
    let (key, value) = pair.split_once('=')?;
    let key = decode(key).filter(|key| !key.is_empty())?;
    Some(KeyValue::new(key, decode(value)?))
}

/// Decodes a key or a value, or refuses it.
fn decode(text: &str) -> Option<String> {
    if text.contains('=') {
        return None;
    }
    percent_decoded(text.trim())
}

/// Decodes percent-encoded text. `None` if a percent sign lacks its two
/// hexadecimal digits, or if the bytes are not UTF-8.
pub fn percent_decoded(text: &str) -> Option<String> {
    let is_byte = |escape: &str| {
        let digits = escape.bytes().take(2);
        digits.filter(u8::is_ascii_hexdigit).count() == 2
    };
    let is_valid = text.split('%').skip(1).all(is_byte);
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    is_valid.then(|| decoded.into_owned())
}

/// A variable's value, empty if it is unset.
fn text(variable: &str) -> Result<String, Error> {
    let value = env::var_os(variable).unwrap_or_default();
    let text = value.into_string();
    text.map_err(|value| invalid(variable, &value, "UTF-8"))
}

/// Reads the process's command line. The error is what to print instead: help,
/// the version, or one line that says what is wrong.
pub(crate) fn read<F: Args>(
    name: &'static str,
    about: &'static str,
) -> Result<Options<F>, Error> {
    let mut command = Options::<F>::command().name(name).about(about);
    command
        .try_get_matches_from_mut(env::args_os())
        .and_then(|matches| Options::from_arg_matches(&matches))
        .map_err(|error| condensed(error, &command))
}

/// Condenses clap's paragraphs into one line.
fn condensed(error: Error, command: &Command) -> Error {
    if !error.use_stderr() {
        return error;
    }
    let text = error.to_string();
    let text = text.trim_start_matches("error: ");
    if error.kind() == ErrorKind::ValueValidation {
        // The last paragraph suggests `--help`.
        let text = text.rsplit_once("\n\n").map_or(text, |(text, _)| text);
        return one_line(error.kind(), text);
    }
    let text = text.split("\n\n").next().unwrap_or_default();
    let flags = command.get_arguments().map(ToString::to_string);
    let flags: Vec<_> = flags.collect();
    one_line(error.kind(), &format!("{text}: use {}", flags.join(", ")))
}

/// A value from outside can have line feeds, and codes for a terminal.
fn one_line(kind: ErrorKind, text: &str) -> Error {
    Error::raw(kind, text.replace(char::is_control, "") + "\n")
}
