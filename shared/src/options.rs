//! The command line and the environment of a lesson.

use std::env;
use std::ffi::{OsStr, OsString};
use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, Args, Command, CommandFactory, FromArgMatches, Parser};
use opentelemetry_sdk::metrics::OTEL_METRIC_EXPORT_INTERVAL;

pub(crate) const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
const RESOURCE_ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// The command line of a lesson.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Options<F: Args> {
    /// The flags that not every lesson has.
    #[command(flatten)]
    pub(crate) flags: F,

    /// Stop after N exports [default: run until stopped]
    #[arg(long, value_name = "N", value_parser = EXPORTS)]
    #[arg(allow_hyphen_values = true)]
    pub(crate) exports: Option<NonZeroU64>,

    /// What to print: json or text
    #[arg(long, value_name = "FORMAT", value_parser = FORMAT)]
    #[arg(default_value = "json", allow_hyphen_values = true)]
    pub(crate) format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Format {
    Json,
    Text,
}

/// The flags of a lesson with one reader.
#[derive(Args, Debug)]
pub(crate) struct WithInterval<F: Args> {
    /// Time between exports, such as 500ms; in the environment, a whole number
    /// of milliseconds
    #[arg(long, value_name = "DURATION", value_parser = interval("2s"))]
    #[arg(env = OTEL_METRIC_EXPORT_INTERVAL, hide_env_values = true)]
    #[arg(default_value = "2s", allow_hyphen_values = true)]
    pub(crate) interval: Duration,

    #[command(flatten)]
    pub(crate) others: F,
}

/// The flags of a lesson that has none of its own.
#[derive(Args, Debug)]
pub(crate) struct NoFlags {}

/// Reads an interval: a duration with its unit from the command line, a whole
/// number of milliseconds from the environment, as the SDK does.
///
/// `default` is a duration as on the command line. An empty variable counts as
/// unset: OpenTelemetry specification, "Environment Variable Specification",
/// "Empty value".
pub fn interval(
    default: &'static str,
) -> impl TypedValueParser<Value = Duration> {
    IntervalParser { default }
}

#[derive(Clone)]
struct IntervalParser {
    default: &'static str,
}

impl TypedValueParser for IntervalParser {
    type Value = Duration;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Duration, clap::Error> {
        DURATION.parse_ref(command, argument, value)
    }

    fn parse_ref_(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
        source: ValueSource,
    ) -> Result<Duration, clap::Error> {
        if source != ValueSource::EnvVariable {
            self.parse_ref(command, argument, value)
        } else if value.is_empty() {
            self.parse_ref(command, argument, OsStr::new(self.default))
        } else {
            MILLISECONDS.read(OTEL_METRIC_EXPORT_INTERVAL, value)
        }
    }
}

// ANCHOR: accepted
const DURATION: Accepted<Duration> = Accepted {
    description: "a duration with its unit, such as 500ms or 2s, above zero \
                  and not too long for the clock",
    parse: |text| usable(humantime::parse_duration(text).ok()?),
};
// ANCHOR_END: accepted

const MILLISECONDS: Accepted<Duration> = Accepted {
    description: "a whole number of milliseconds, such as 2000, above zero \
                  and not too long for the clock",
    parse: |text| usable(Duration::from_millis(text.parse().ok()?)),
};

const EXPORTS: Accepted<NonZeroU64> = Accepted {
    description: "a whole number above zero",
    parse: |text| text.parse().ok(),
};

const FORMAT: Accepted<Format> = Accepted {
    description: "json or text",
    parse: |text| match text {
        "json" => Some(Format::Json),
        "text" => Some(Format::Text),
        _ => None,
    },
};

// ANCHOR: usable
/// Keeps an interval that a reader can wait for: the SDK takes zero for its
/// own default, and the clock must be able to hold the time of the next export.
fn usable(interval: Duration) -> Option<Duration> {
    let fits_the_clock = Instant::now().checked_add(interval).is_some();
    (fits_the_clock && !interval.is_zero()).then_some(interval)
}
// ANCHOR_END: usable

/// How to parse a value of the command line, and how to describe what is
/// accepted.
#[derive(Clone, Copy, Debug)]
pub struct Accepted<T> {
    /// What is accepted, to follow the word "use".
    pub description: &'static str,
    /// Parses a value that is accepted.
    pub parse: fn(&str) -> Option<T>,
}

impl<T> Accepted<T> {
    /// Reads the value of the flag or variable called `name`.
    fn read(&self, name: &str, value: &OsStr) -> Result<T, clap::Error> {
        value.to_str().and_then(self.parse).ok_or_else(|| {
            let message = invalid_value(name, value, self.description);
            clap::Error::raw(ErrorKind::ValueValidation, message)
        })
    }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Accepted<T> {
    type Value = T;

    fn parse_ref(
        &self,
        _command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        let name = argument.map(ToString::to_string).unwrap_or_default();
        self.read(&name, value)
    }
}

fn invalid_value(name: &str, value: &OsStr, accepted: &str) -> String {
    let value = value.to_string_lossy();
    let value = value.escape_debug();
    format!("invalid value '{value}' for {name}: use {accepted}")
}

/// A command line that asks for something other than to run.
#[derive(Debug)]
pub(crate) enum Rejected {
    /// `--help` or `--version`, with the text to print.
    Information(String),
    /// Something was wrong: one line that says what, and what is accepted.
    Invalid(String),
}

impl<F: Args> Options<F> {
    /// Reads the process's command line and environment. A flag goes over the
    /// environment, and that over the default.
    ///
    /// # Errors
    ///
    /// [`Rejected`], where the lesson is not to run.
    pub(crate) fn from_process(
        name: &'static str,
        about: &'static str,
    ) -> Result<Self, Rejected> {
        // The SDK reads these itself, and would ignore what it cannot read.
        for variable in [SERVICE_NAME, RESOURCE_ATTRIBUTES] {
            let value = env::var_os(variable).unwrap_or_default();
            if value.to_str().is_none() {
                let line = invalid_value(variable, &value, "UTF-8");
                return Err(Rejected::Invalid(line));
            }
        }
        Self::new(name, about, env::args_os())
    }

    fn new(
        name: &'static str,
        about: &'static str,
        arguments: impl Iterator<Item = OsString>,
    ) -> Result<Self, Rejected> {
        let mut command = Self::command().name(name).about(about);
        command
            .try_get_matches_from_mut(arguments)
            .and_then(|matches| Self::from_arg_matches(&matches))
            .map_err(|error| rejected(&error, &command))
    }
}

/// Makes one line of `clap`'s paragraphs.
fn rejected(error: &clap::Error, command: &Command) -> Rejected {
    let text = error.to_string();
    if !error.use_stderr() {
        return Rejected::Information(text);
    }
    let first_line = text.lines().next().unwrap_or_default();
    let message = first_line.trim_start_matches("error: ");
    if error.kind() == ErrorKind::ValueValidation {
        return Rejected::Invalid(message.to_owned());
    }
    let flags: Vec<_> =
        command.get_arguments().map(ToString::to_string).collect();
    Rejected::Invalid(format!("{message}: use {}", flags.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_and_format_are_read() {
        let defaults = options(&[]).expect("the options are valid");
        assert_eq!(defaults.exports, None);
        assert_eq!(defaults.format, Format::Json);
        let options = options(&["--exports=3", "--format=text"])
            .expect("the options are valid");
        assert_eq!(options.exports, NonZeroU64::new(3));
        assert_eq!(options.format, Format::Text);
    }

    #[test]
    fn a_bad_value_of_a_flag_is_one_line_that_says_what_is_accepted() {
        let too_large = "600000000000y";
        for value in ["0s", "0", "-5s", "2", "fast", "", "1 s x", too_large] {
            assert_eq!(
                line(&["--interval", value]),
                format!(
                    "invalid value '{value}' for --interval <DURATION>: use \
                     a duration with its unit, such as 500ms or 2s, above \
                     zero and not too long for the clock"
                )
            );
        }
        for value in ["0", "-1", "1.5", "many", "18446744073709551616"] {
            assert_eq!(
                line(&["--exports", value]),
                format!(
                    "invalid value '{value}' for --exports <N>: use a whole \
                     number above zero"
                )
            );
        }
        assert_eq!(
            line(&["--format", "x\ny"]),
            "invalid value 'x\\ny' for --format <FORMAT>: use json or text"
        );
    }

    #[test]
    fn an_unknown_or_misused_flag_is_one_line_that_lists_the_flags() {
        let flags = "use --interval <DURATION>, --exports <N>, \
                     --format <FORMAT>, --help, --version";
        for (arguments, message) in [
            (vec!["--fast"], "unexpected argument '--fast' found"),
            (vec!["-x"], "unexpected argument '-x' found"),
            (vec!["3"], "unexpected argument '3' found"),
            (
                vec!["--exports=1", "--exports=2"],
                "the argument '--exports <N>' cannot be used multiple times",
            ),
            (
                vec!["--interval"],
                "a value is required for '--interval <DURATION>' but none \
                 was supplied",
            ),
        ] {
            let line = line(&arguments);
            assert_eq!(line, format!("{message}: {flags}"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_utf_8_is_one_line_too() {
        use std::os::unix::ffi::OsStringExt;

        let bad = || OsString::from_vec(b"2\xff".to_vec());
        for flag in ["--interval", "--exports", "--format"] {
            let line = rejection(&[flag.into(), bad()]);
            let start = format!("invalid value '2\u{fffd}' for {flag} <");
            assert!(line.starts_with(&start), "{line}");
        }
        let line = rejection(&[bad()]);
        assert!(
            line.starts_with("unexpected argument '2\u{fffd}'"),
            "{line}"
        );
    }

    #[test]
    fn help_and_version_are_information() {
        for (flag, part) in [
            ("--help", "What the test does"),
            ("--help", "OTEL_METRIC_EXPORT_INTERVAL"),
            (
                "--version",
                concat!("test ", env!("CARGO_PKG_VERSION"), "\n"),
            ),
        ] {
            let Err(Rejected::Information(text)) = options(&[flag]) else {
                panic!("{flag} gives no text");
            };
            assert!(text.contains(part), "{text}");
        }
    }

    fn options(
        flags: &[&str],
    ) -> Result<Options<WithInterval<NoFlags>>, Rejected> {
        let flags: Vec<_> = flags.iter().map(OsString::from).collect();
        parse(&flags)
    }

    fn line(flags: &[&str]) -> String {
        let flags: Vec<_> = flags.iter().map(OsString::from).collect();
        rejection(&flags)
    }

    fn rejection(flags: &[OsString]) -> String {
        match parse(flags) {
            Err(Rejected::Invalid(line)) if !line.contains('\n') => line,
            other => panic!("not rejected with a line: {other:?}"),
        }
    }

    fn parse(
        flags: &[OsString],
    ) -> Result<Options<WithInterval<NoFlags>>, Rejected> {
        let arguments = [OsString::from("program")].into_iter();
        let arguments = arguments.chain(flags.iter().cloned());
        Options::new("test", "What the test does", arguments)
    }
}
