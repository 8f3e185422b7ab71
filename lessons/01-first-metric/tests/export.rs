//! What the first metric exports, and that the program exports the same.

use std::process::Command;

use first_metric::{count_start, pipeline};
use insta::assert_json_snapshot;
use opentelemetry::metrics::MeterProvider;
#[cfg(target_os = "linux")]
use shared::testing::full_device;
use shared::testing::{
    document_channel, documents, exported, names, redactions, refused, shape,
};

#[test]
fn a_start_is_a_cumulative_monotonic_sum_of_one() {
    let document = exported("first-metric", count_start);
    redactions().bind(|| assert_json_snapshot!("start", document));
}

#[test]
fn the_pipeline_names_the_service_and_exports_at_the_shutdown() {
    let (writer, documents) = document_channel();
    let provider = pipeline(writer);
    count_start(&provider.meter("first-metric"));
    provider.shutdown().expect("nothing fails");

    let document = documents.recv().expect("a document");
    assert!(document.contains(r#""service.name":"first-metric""#));
}

#[test]
fn the_program_prints_one_document_and_ends() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_first-metric"));
    let program = documents(&mut program);
    assert_eq!(program.len(), 1);

    let function = exported("first-metric", count_start);
    assert_eq!(names(&program[0]), names(&function));
    assert_eq!(shape(&program[0]), shape(&function));
}

#[test]
fn the_code_sets_the_interval_and_the_name() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_first-metric"));
    // With an interval of 0 the SDK would export continuously.
    program
        .env("OTEL_METRIC_EXPORT_INTERVAL", "0")
        .env("OTEL_SERVICE_NAME", "another");
    let program = documents(&mut program);
    assert_eq!(program.len(), 1);
    let resource = &program[0]["resource_metrics"][0]["resource"];
    assert_eq!(resource["attributes"]["service.name"], "first-metric");
}

#[cfg(target_os = "linux")]
#[test]
fn a_document_that_cannot_be_printed_fails_with_the_reason() {
    let output = Command::new(env!("CARGO_BIN_EXE_first-metric"))
        .stdout(full_device())
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    let [log, error] = *stderr.lines().collect::<Vec<_>>() else {
        panic!("two lines: {stderr}")
    };
    let reason = "cannot write: No space left on device (os error 28)";
    assert!(log.contains(reason), "{stderr}");
    assert!(error.starts_with("error: not printed: "), "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_gone_away_is_no_failure() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_first-metric"))
        .stdout(writer)
        .output()
        .expect("the program runs");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_program_has_help_and_takes_no_flags() {
    let run = |flag| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_first-metric"));
        program.arg(flag).output().expect("the program runs")
    };
    let help = run("--help");
    assert_eq!(help.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&help.stdout).starts_with("Lesson 1: "));

    let output = run("--exports");
    refused(
        &output,
        "unexpected argument '--exports' found: use --help, --version",
    );
}
