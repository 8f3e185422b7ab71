//! The specification's variables, in a lesson and in the SDK as it comes.

use std::process::Command;

use serde_json::Value;
use shared::testing::{documents, shape};

#[test]
fn neither_the_sdk_nor_a_lesson_can_be_disabled() {
    is_not_read("OTEL_SDK_DISABLED", "true");
}

#[test]
fn the_exporter_is_chosen_in_the_code() {
    is_not_read("OTEL_METRICS_EXPORTER", "none");
}

#[test]
fn an_export_has_no_timeout() {
    is_not_read("OTEL_METRIC_EXPORT_TIMEOUT", "1");
}

#[test]
fn the_temporality_is_the_exporters_choice() {
    let preference = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
    is_not_read(preference, "delta");
}

#[test]
fn there_are_no_exemplars() {
    is_not_read("OTEL_METRICS_EXEMPLAR_FILTER", "always_on");
}

#[test]
fn no_variable_sets_the_log_level() {
    for variable in ["OTEL_LOG_LEVEL", "RUST_LOG"] {
        is_not_read(variable, "debug");
        // And the other way: the SDK's errors stay.
        let mut program =
            Command::new(env!("CARGO_BIN_EXE_panicking_callback"));
        let program = program.args(["--interval", "10ms"]).env(variable, "off");
        let output = program.output().expect("the program runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains("WorkerThreadTerminated"), "{stderr}");
    }
}

/// The specification says the opposite; a lesson does it.
#[test]
fn in_the_sdk_the_service_name_in_the_resource_attributes_wins() {
    let attributes = resource_attributes(
        bare_sdk()
            .env("OTEL_SERVICE_NAME", "loja")
            .env("OTEL_RESOURCE_ATTRIBUTES", "service.name=caixa"),
    );
    assert_eq!(attributes["service.name"], "caixa");
}

#[test]
fn the_sdk_takes_bad_resource_attributes_in_silence() {
    let list = "cidade=S%C3%A3o%20Paulo,lixo,=vazio,a=b=c";
    let attributes =
        resource_attributes(bare_sdk().env("OTEL_RESOURCE_ATTRIBUTES", list));
    assert_eq!(attributes["cidade"], "S%C3%A3o%20Paulo");
    assert_eq!(attributes.get("lixo"), None);
    assert_eq!(attributes[""], "vazio");
    assert_eq!(attributes["a"], "b=c");
}

/// Sets a variable and looks for a difference.
#[track_caller]
fn is_not_read(variable: &str, value: &str) {
    for program in [bare_sdk, lesson] {
        let without = documents(program().env_remove(variable));
        let with = documents(program().env(variable, value));
        assert_eq!(without.len(), 1);
        assert_eq!(with.len(), 1);
        assert_eq!(shape(&with[0]), shape(&without[0]));
    }
}

fn bare_sdk() -> Command {
    Command::new(env!("CARGO_BIN_EXE_bare_sdk"))
}

fn lesson() -> Command {
    let mut lesson = Command::new(env!("CARGO_BIN_EXE_counting"));
    lesson.args(["--interval", "10ms", "--exports", "1"]);
    lesson
}

fn resource_attributes(program: &mut Command) -> Value {
    let document = &documents(program)[0];
    document["resource_metrics"][0]["resource"]["attributes"].clone()
}
