//! What the program accepts from its environment and what it refuses.

use std::ffi::OsStr;
use std::process::{Command, Output};

use serde_json::Value;
use shared::testing::data_points;
#[cfg(target_os = "linux")]
use shared::testing::full_device;

#[test]
fn an_interval_from_the_environment_is_in_milliseconds() {
    // In any other unit this would not end.
    let output = run(&["--exports", "1"], [(INTERVAL, "1")]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_flag_goes_over_the_environment() {
    let flags = ["--exports", "1", "--interval", "1ms"];
    for interval in ["3600000", "not read"] {
        let output = run(&flags, [(INTERVAL, interval)]);
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stderr.is_empty());
    }
}

#[test]
fn an_empty_interval_in_the_environment_counts_as_unset() {
    let output = run(&["--exports", "1"], [(INTERVAL, "")]);
    assert_eq!(output.status.code(), Some(0));
    let document: Value =
        serde_json::from_slice(&output.stdout).expect("one document");
    let uptime = data_points(&document, "app.atividade.tempo")[0]["value"]
        .as_f64()
        .expect("a number");
    assert!(uptime >= 2.0, "the default is 2 s");
}

#[test]
fn a_bad_interval_in_the_environment_is_refused_in_one_line() {
    let too_large = "18446744073709551616";
    for value in ["0", "-5", "abc", "200ms", "0.2", " 7", too_large] {
        let output = run(&[], [(INTERVAL, value)]);
        refused(&output, value);
    }
}

#[cfg(unix)]
#[test]
fn an_interval_that_is_not_utf_8_is_refused_in_one_line() {
    use std::os::unix::ffi::OsStrExt;

    let output = run(&[], [(INTERVAL, OsStr::from_bytes(b"2\xff"))]);
    refused(&output, "2\u{fffd}");
}

#[test]
fn text_has_the_times_once_for_each_metric() {
    let flags = ["--interval", "1ms", "--exports", "1", "--format", "text"];
    let output = run::<&str>(&flags, []);
    let stdout = String::from_utf8_lossy(&output.stdout);
    let lines = |start| {
        let lines = stdout.lines().map(str::trim);
        lines.filter(|line| line.starts_with(start)).count()
    };
    assert_eq!(lines("Metric #"), 5);
    assert_eq!(lines("StartTime    : "), 5);
    assert_eq!(lines("EndTime      : "), 5);
    // Disk input and output are two points of one metric.
    assert_eq!(lines("DataPoint #"), 6);
}

#[cfg(unix)]
#[test]
fn a_description_that_is_not_utf_8_is_refused_in_one_line() {
    use std::os::unix::ffi::OsStrExt;

    for variable in ["OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"] {
        let output = run(&[], [(variable, OsStr::from_bytes(b"caf\xe9"))]);
        assert_eq!(output.status.code(), Some(2));
        let line = format!(
            "error: invalid value 'caf\u{fffd}' for {variable}: use UTF-8\n"
        );
        assert_eq!(String::from_utf8_lossy(&output.stderr), line);
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    for (flag, part) in [
        ("--help", "Usage: observable-counter"),
        ("--version", "observable-counter "),
    ] {
        let output = run::<&str>(&[flag], []);
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stderr.is_empty());
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(stdout.contains(part), "{stdout}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_printed_is_a_failure() {
    let output = Command::new(env!("CARGO_BIN_EXE_observable-counter"))
        .arg("--help")
        .stdout(full_device())
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("No space left on device"), "{stderr}");
}

#[test]
fn the_environment_describes_the_resource() {
    let variables = [
        ("OTEL_SERVICE_NAME", "loja"),
        ("OTEL_RESOURCE_ATTRIBUTES", "host.name=ana,região=sul"),
    ];
    let output = run(&["--exports", "1", "--interval", "1ms"], variables);
    let document: Value =
        serde_json::from_slice(&output.stdout).expect("one document");
    let attributes = &document["resource_metrics"][0]["resource"]["attributes"];
    assert_eq!(attributes["service.name"], "loja");
    assert_eq!(attributes["host.name"], "ana");
    assert_eq!(attributes["região"], "sul");
}

/// The specification has it the other way round.
#[test]
fn of_two_service_names_the_sdk_takes_that_of_the_attributes() {
    let variables = [
        ("OTEL_SERVICE_NAME", "loja"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=caixa"),
    ];
    let output = run(&["--exports", "1", "--interval", "1ms"], variables);
    let document: Value =
        serde_json::from_slice(&output.stdout).expect("one document");
    let resource = &document["resource_metrics"][0]["resource"];
    assert_eq!(resource["attributes"]["service.name"], "caixa");
}

const INTERVAL: &str = "OTEL_METRIC_EXPORT_INTERVAL";

fn run<V: AsRef<OsStr>>(
    flags: &[&str],
    variables: impl IntoIterator<Item = (&'static str, V)>,
) -> Output {
    Command::new(env!("CARGO_BIN_EXE_observable-counter"))
        .args(flags)
        .envs(variables)
        .output()
        .expect("the program runs")
}

#[track_caller]
fn refused(output: &Output, value: &str) {
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!(
            "error: invalid value '{value}' for OTEL_METRIC_EXPORT_INTERVAL: \
             use a whole number of milliseconds, such as 2000, above zero and \
             not too long for the clock\n"
        )
    );
}
