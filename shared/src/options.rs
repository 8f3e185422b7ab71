//! The command line and the environment of a lesson.

use std::env;
use std::ffi::{OsStr, OsString};
use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, CommandFactory, FromArgMatches, Parser};
use opentelemetry_sdk::metrics::OTEL_METRIC_EXPORT_INTERVAL;

const DEFAULT_INTERVAL: Duration = Duration::from_secs(2);

/// What a lesson was asked to do.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    /// Time from one collection to the next.
    pub(crate) interval: Duration,
    /// Exports after which the program stops.
    pub(crate) exports: Option<NonZeroU64>,
    pub(crate) format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Format {
    Json,
    Text,
}

#[derive(Debug, Parser)]
#[command(version)]
struct CommandLine {
    /// Time between exports, such as 500ms or 2s [default: 2s, or
    /// `OTEL_METRIC_EXPORT_INTERVAL` in whole milliseconds]
    #[arg(long, value_name = "DURATION", value_parser = INTERVAL)]
    #[arg(allow_hyphen_values = true)]
    interval: Option<Duration>,

    /// Stop after N exports [default: run until stopped]
    #[arg(long, value_name = "N", value_parser = EXPORTS)]
    #[arg(allow_hyphen_values = true)]
    exports: Option<NonZeroU64>,

    /// What to print: json or text [default: json]
    #[arg(long, value_name = "FORMAT", value_parser = FORMAT)]
    #[arg(allow_hyphen_values = true)]
    format: Option<Format>,
}

const INTERVAL: Accepted<Duration> = Accepted {
    what: "a duration above zero with its unit, such as 500ms or 2s",
    parse: |text| usable(humantime::parse_duration(text).ok()?),
};

/// The variable is the SDK's, so its unit is too: whole milliseconds.
const MILLISECONDS: Accepted<Duration> = Accepted {
    what: "a whole number of milliseconds above zero, such as 2000",
    parse: |text| usable(Duration::from_millis(text.parse().ok()?)),
};

const EXPORTS: Accepted<NonZeroU64> = Accepted {
    what: "a whole number above zero",
    parse: |text| text.parse().ok(),
};

const FORMAT: Accepted<Format> = Accepted {
    what: "json or text",
    parse: |text| match text {
        "json" => Some(Format::Json),
        "text" => Some(Format::Text),
        _ => None,
    },
};

/// Keeps an interval that a reader can wait for: the SDK takes zero for its
/// own default, and the clock must be able to hold the time of the next export.
fn usable(interval: Duration) -> Option<Duration> {
    let next = Instant::now().checked_add(interval)?;
    (!interval.is_zero()).then_some(next).map(|_| interval)
}

/// A kind of value: how to read it, and the words for what can be read.
#[derive(Clone, Copy)]
struct Accepted<T> {
    what: &'static str,
    parse: fn(&str) -> Option<T>,
}

impl<T> Accepted<T> {
    /// Reads the value of the flag or variable called `name`.
    fn read(&self, name: &str, value: &OsStr) -> Result<T, String> {
        value.to_str().and_then(self.parse).ok_or_else(|| {
            let value = value.to_string_lossy();
            let value = value.escape_debug();
            format!("invalid value '{value}' for {name}: use {}", self.what)
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
        self.read(&name, value).map_err(|message| {
            clap::Error::raw(ErrorKind::ValueValidation, message)
        })
    }
}

/// A command line that asks for something other than to run.
#[derive(Debug)]
pub(crate) enum Rejected {
    /// `--help` or `--version`, with the text to print.
    Information(String),
    /// Something was wrong: one line that says what, and what is accepted.
    Invalid(String),
}

impl Options {
    /// Reads the process's command line and environment.
    ///
    /// # Errors
    ///
    /// [`Rejected`], where the lesson is not to run.
    pub(crate) fn from_process(
        name: &'static str,
        about: &'static str,
    ) -> Result<Self, Rejected> {
        let interval = env::var_os(OTEL_METRIC_EXPORT_INTERVAL);
        Self::new(name, about, env::args_os(), interval)
    }

    /// A flag goes over the environment, and that over the default.
    fn new(
        name: &'static str,
        about: &'static str,
        arguments: impl Iterator<Item = OsString>,
        environment_interval: Option<OsString>,
    ) -> Result<Self, Rejected> {
        let mut command = CommandLine::command().name(name).about(about);
        let command_line = command
            .try_get_matches_from_mut(arguments)
            .and_then(|matches| CommandLine::from_arg_matches(&matches))
            .map_err(|error| rejected(&error, &command))?;

        // An empty variable counts as unset: OpenTelemetry specification,
        // "Environment Variable Specification", "Parsing empty value".
        let environment_interval =
            environment_interval.filter(|value| !value.is_empty());
        let interval = match (command_line.interval, environment_interval) {
            (Some(interval), _) => interval,
            (None, Some(value)) => MILLISECONDS
                .read(OTEL_METRIC_EXPORT_INTERVAL, &value)
                .map_err(Rejected::Invalid)?,
            (None, None) => DEFAULT_INTERVAL,
        };
        Ok(Self {
            interval,
            exports: command_line.exports,
            format: command_line.format.unwrap_or(Format::Json),
        })
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
    fn the_flag_goes_over_the_environment_and_that_over_the_default() {
        let interval = |flags: &[&str], environment: Option<&str>| {
            let options = options(flags, environment);
            options.expect("the options are valid").interval
        };
        let two_seconds = Duration::from_secs(2);
        assert_eq!(interval(&[], None), two_seconds);
        assert_eq!(interval(&[], Some("")), two_seconds);
        assert_eq!(interval(&[], Some("250")), Duration::from_millis(250));
        for environment in [None, Some("250"), Some("bad")] {
            let flags = ["--interval", "1m 30s"];
            assert_eq!(interval(&flags, environment), Duration::from_secs(90));
        }
    }

    #[test]
    fn exports_and_format_are_read() {
        let defaults = options(&[], None).expect("the options are valid");
        assert_eq!(defaults.exports, None);
        assert_eq!(defaults.format, Format::Json);
        let options = options(&["--exports=3", "--format=text"], None)
            .expect("the options are valid");
        assert_eq!(options.exports, NonZeroU64::new(3));
        assert_eq!(options.format, Format::Text);
    }

    #[test]
    fn a_bad_value_of_a_flag_is_one_line_that_says_what_is_accepted() {
        let too_large = "600000000000y";
        for value in ["0s", "0", "-5s", "2", "fast", "", "1 s x", too_large] {
            assert_eq!(
                line(&["--interval", value], None),
                format!(
                    "invalid value '{value}' for --interval <DURATION>: use \
                     a duration above zero with its unit, such as 500ms or 2s"
                )
            );
        }
        for value in ["0", "-1", "1.5", "many", "18446744073709551616"] {
            assert_eq!(
                line(&["--exports", value], None),
                format!(
                    "invalid value '{value}' for --exports <N>: use a whole \
                     number above zero"
                )
            );
        }
        assert_eq!(
            line(&["--format", "x\ny"], None),
            "invalid value 'x\\ny' for --format <FORMAT>: use json or text"
        );
    }

    #[test]
    fn a_bad_value_in_the_environment_is_one_line_too() {
        let too_large = "18446744073709551616";
        for value in ["0", "-5", "abc", "200ms", "0.2", " 7", too_large] {
            assert_eq!(
                line(&[], Some(value)),
                format!(
                    "invalid value '{value}' for OTEL_METRIC_EXPORT_INTERVAL: \
                     use a whole number of milliseconds above zero, such as \
                     2000"
                )
            );
        }
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
            let line = line(&arguments, None);
            assert_eq!(line, format!("{message}: {flags}"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_utf_8_is_one_line_too() {
        use std::os::unix::ffi::OsStringExt;

        let bad = || OsString::from_vec(b"2\xff".to_vec());
        for flag in ["--interval", "--exports", "--format"] {
            let line = rejection(&[flag.into(), bad()], None);
            let start = format!("invalid value '2\u{fffd}' for {flag} <");
            assert!(line.starts_with(&start), "{line}");
        }
        let line = rejection(&[], Some(bad()));
        let start = "invalid value '2\u{fffd}' for OTEL_METRIC_EXPORT_INTERVAL";
        assert!(line.starts_with(start), "{line}");
        let line = rejection(&[bad()], None);
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
            let Err(Rejected::Information(text)) = options(&[flag], None)
            else {
                panic!("{flag} gives no text");
            };
            assert!(text.contains(part), "{text}");
        }
    }

    fn options(
        flags: &[&str],
        environment: Option<&str>,
    ) -> Result<Options, Rejected> {
        let flags: Vec<_> = flags.iter().map(OsString::from).collect();
        parse(&flags, environment.map(OsString::from))
    }

    fn line(flags: &[&str], environment: Option<&str>) -> String {
        let flags: Vec<_> = flags.iter().map(OsString::from).collect();
        rejection(&flags, environment.map(OsString::from))
    }

    fn rejection(flags: &[OsString], environment: Option<OsString>) -> String {
        match parse(flags, environment) {
            Err(Rejected::Invalid(line)) if !line.contains('\n') => line,
            other => panic!("not rejected with a line: {other:?}"),
        }
    }

    fn parse(
        flags: &[OsString],
        environment: Option<OsString>,
    ) -> Result<Options, Rejected> {
        let arguments = [OsString::from("program")].into_iter();
        let arguments = arguments.chain(flags.iter().cloned());
        Options::new("test", "What the test does", arguments, environment)
    }
}
