//! What a lesson accepts and refuses on its command line and in its
//! environment.

use std::ffi::OsStr;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;
#[cfg(target_os = "linux")]
use shared::testing::full_device;
use shared::testing::refused;

#[test]
fn exports_and_format_are_read() {
    let output = run(&["--interval=10ms", "--exports=2", "--format=json"]);
    assert_eq!(text(&output.stdout).lines().count(), 2);
    let output = run(&["--interval=10ms", "--exports=2", "--format=text"]);
    let stdout = text(&output.stdout);
    assert_eq!(stdout.lines().filter(|line| *line == "Metrics").count(), 2);
}

#[test]
fn a_bad_flag_value_is_one_line_that_says_what_is_accepted() {
    let too_large = "600000000000y";
    for value in ["0s", "0", "-5s", "2", "fast", "", "1 s x", "9ms", too_large]
    {
        refused(
            &run(&["--exports", "1", "--interval", value]),
            &format!(
                "invalid value '{value}' for '--interval <DURATION>': use a \
                 duration with its unit, such as 500ms or 2s, at least 10ms"
            ),
        );
    }
    for value in ["0", "-1", "1.5", "many", "18446744073709551616"] {
        refused(
            &run(&["--exports", value]),
            &format!(
                "invalid value '{value}' for '--exports <N>': use a whole \
                 number above zero"
            ),
        );
    }
    refused(
        &run(&["--format", "xml"]),
        "invalid value 'xml' for '--format <FORMAT>': use json or text",
    );
}

#[test]
fn a_line_feed_or_a_terminal_code_in_a_value_does_not_reach_the_terminal() {
    for value in ["1\n\n2", "1\r2", "1\u{1b}2"] {
        refused(
            &run(&["--exports", value]),
            "invalid value '12' for '--exports <N>': use a whole number above \
             zero",
        );
        let output = with(&["--exports", "1"], [(INTERVAL, value)]);
        refused(&output, &bad_interval("12"));
    }
    let stderr = run(&["--a\nb"]).stderr;
    let start = "error: unexpected argument '--ab' found: use --interval";
    assert!(text(&stderr).starts_with(start), "{}", text(&stderr));
}

#[test]
fn an_unknown_or_misused_flag_is_one_line_that_lists_the_flags() {
    for (arguments, message) in [
        (&["--fast"][..], "unexpected argument '--fast' found"),
        (&["-x"], "unexpected argument '-x' found"),
        (&["3"], "unexpected argument '3' found"),
        (
            &["--exports=1", "--exports=2"],
            "the argument '--exports <N>' cannot be used multiple times",
        ),
        (
            &["--interval"],
            "a value is required for '--interval <DURATION>' but none was \
             supplied",
        ),
    ] {
        let flags = "use --interval <DURATION>, --exports <N>, \
                     --format <FORMAT>, --help, --version";
        refused(&run(arguments), &format!("{message}: {flags}"));
    }
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf_8_is_one_line_too() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    let bad = || OsString::from_vec(b"2\xff".to_vec());
    for flag in ["--interval", "--exports", "--format"] {
        let output = program().arg(flag).arg(bad()).output();
        let output = output.expect("the program runs");
        let line = text(&output.stderr);
        let start = format!("error: invalid value '2\u{fffd}' for '{flag} <");
        assert!(line.starts_with(&start), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
        assert_eq!(output.status.code(), Some(2));
    }
    let output = program().arg(bad()).output().expect("the program runs");
    let line = text(&output.stderr);
    let start = "error: unexpected argument '2\u{fffd}'";
    assert!(line.starts_with(start), "{line}");
}

#[test]
fn an_interval_from_the_environment_is_in_milliseconds() {
    // In any other unit this would not end.
    let output = with(&["--exports", "1"], [(INTERVAL, "10")]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_flag_overrides_the_environment() {
    let flags = ["--exports", "1", "--interval", "10ms"];
    for interval in ["3600000", "not read"] {
        let output = with(&flags, [(INTERVAL, interval)]);
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stderr.is_empty());
    }
}

#[test]
fn an_empty_interval_in_the_environment_counts_as_unset() {
    let start = Instant::now();
    let output = with(&["--exports", "1"], [(INTERVAL, "")]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        start.elapsed() >= Duration::from_secs(2),
        "the default is 2 s"
    );
}

#[test]
fn a_bad_interval_in_the_environment_is_refused_in_one_line() {
    let too_large = "18446744073709551616";
    for value in ["0", "9", "-5", "abc", "200ms", "0.2", " 7", too_large] {
        let output = with(&["--exports", "1"], [(INTERVAL, value)]);
        refused(&output, &bad_interval(value));
    }
}

#[cfg(unix)]
#[test]
fn an_interval_that_is_not_utf_8_is_refused_in_one_line() {
    use std::os::unix::ffi::OsStrExt;

    let output = with(
        &["--exports", "1"],
        [(INTERVAL, OsStr::from_bytes(b"2\xff"))],
    );
    refused(&output, &bad_interval("2\u{fffd}"));
}

#[test]
fn text_has_the_times_once_for_each_metric() {
    let flags = ["--interval", "10ms", "--exports", "1", "--format", "text"];
    let output = run(&flags);
    let stdout = text(&output.stdout);
    let lines = |start| {
        let lines = stdout.lines().map(str::trim);
        lines.filter(|line| line.starts_with(start)).count()
    };
    let metrics = lines("Metric #");
    assert!(metrics > 0, "{stdout}");
    assert_eq!(lines("StartTime    : "), metrics);
    assert_eq!(lines("EndTime      : "), metrics);
    assert!(lines("DataPoint #") > metrics, "one has several points");
}

#[cfg(unix)]
#[test]
fn a_description_that_is_not_utf_8_is_refused_in_one_line() {
    use std::os::unix::ffi::OsStrExt;

    for variable in ["OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"] {
        let output = with(
            &["--exports", "1"],
            [(variable, OsStr::from_bytes(b"caf\xe9"))],
        );
        let line = "invalid value 'caf\u{fffd}'";
        refused(&output, &format!("{line} for '{variable}': use UTF-8"));
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    for (flag, part) in [
        ("--help", "For a test"),
        ("--help", "Usage: counting"),
        ("--help", "[env: OTEL_METRIC_EXPORT_INTERVAL"),
        (
            "--version",
            concat!("counting ", env!("CARGO_PKG_VERSION"), "\n"),
        ),
    ] {
        let output = run(&[flag]);
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stderr.is_empty());
        let stdout = text(&output.stdout);
        assert!(stdout.contains(part), "{stdout}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_printed_is_a_failure() {
    let output = program()
        .arg("--help")
        .stdout(full_device())
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    let stderr = text(&output.stderr);
    assert!(stderr.contains("No space left on device"), "{stderr}");
}

#[test]
fn the_environment_describes_the_resource() {
    let attributes = resource_attributes([
        ("OTEL_SERVICE_NAME", "loja"),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            " host.name = ana ,região=sul,x=",
        ),
    ]);
    assert_eq!(attributes["service.name"], "loja");
    assert_eq!(attributes["host.name"], "ana");
    assert_eq!(attributes["região"], "sul");
    assert_eq!(attributes["x"], "");
}

#[test]
fn a_lesson_names_the_service_if_the_environment_does_not() {
    for variables in [
        [("OTEL_SERVICE_NAME", ""), ("OTEL_RESOURCE_ATTRIBUTES", "")],
        [
            ("OTEL_SERVICE_NAME", ""),
            ("OTEL_RESOURCE_ATTRIBUTES", "host.name=ana"),
        ],
    ] {
        let attributes = resource_attributes(variables);
        assert_eq!(attributes["service.name"], "counting");
    }
    let attributes = resource_attributes([
        ("OTEL_SERVICE_NAME", ""),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=caixa"),
    ]);
    assert_eq!(attributes["service.name"], "caixa");
}

#[test]
fn the_service_name_wins_over_the_one_in_the_resource_attributes() {
    let attributes = resource_attributes([
        ("OTEL_SERVICE_NAME", "loja"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=caixa"),
    ]);
    assert_eq!(attributes["service.name"], "loja");
}

#[test]
fn resource_attributes_are_percent_decoded() {
    let list = "cidade=S%C3%A3o%20Paulo,lista=a%2Cb,a%3Db=10%25";
    let attributes = resource_attributes([("OTEL_RESOURCE_ATTRIBUTES", list)]);
    assert_eq!(attributes["cidade"], "São Paulo");
    assert_eq!(attributes["lista"], "a,b");
    assert_eq!(attributes["a=b"], "10%");
}

#[test]
fn bad_resource_attributes_are_refused_in_one_line() {
    for list in [
        "lixo", "=vazio", " =x", "a=b,,", ",", "a=b=c", "a=10%", "a=%zz",
        "a=%+1", "a=%ff",
    ] {
        let output =
            with(&["--exports", "1"], [("OTEL_RESOURCE_ATTRIBUTES", list)]);
        refused(
            &output,
            &format!(
                "invalid value '{list}' for 'OTEL_RESOURCE_ATTRIBUTES': use \
                 key=value,key=value, with %2C for a comma, %3D for an equals \
                 sign and %25 for a percent sign"
            ),
        );
    }
}

#[test]
fn a_blank_service_name_is_refused_in_one_line() {
    let line = "invalid value '  ' for 'OTEL_SERVICE_NAME': use a name that is \
                not blank";
    refused(
        &with(&["--exports", "1"], [("OTEL_SERVICE_NAME", "  ")]),
        line,
    );
}

const INTERVAL: &str = "OTEL_METRIC_EXPORT_INTERVAL";

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_counting"));
    program.env_remove(INTERVAL);
    program
}

fn run(flags: &[&str]) -> Output {
    with::<&str>(flags, [])
}

fn with<V: AsRef<OsStr>>(
    flags: &[&str],
    variables: impl IntoIterator<Item = (&'static str, V)>,
) -> Output {
    let mut program = program();
    let program = program.args(flags).envs(variables);
    program.output().expect("the program runs")
}

fn resource_attributes<const N: usize>(
    variables: [(&'static str, &str); N],
) -> Value {
    let output = with(&["--exports", "1", "--interval", "10ms"], variables);
    let document: Value =
        serde_json::from_slice(&output.stdout).expect("one document");
    document["resource_metrics"][0]["resource"]["attributes"].clone()
}

fn bad_interval(value: &str) -> String {
    format!(
        "invalid value '{value}' for 'OTEL_METRIC_EXPORT_INTERVAL': use a \
         whole number of milliseconds, at least 10"
    )
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the program prints UTF-8")
}
