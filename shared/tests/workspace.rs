//! Rules that every package in the workspace must follow.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;
use toml::{Table, Value};

#[test]
fn every_member_inherits_package_fields_dependencies_and_lints() {
    let workspace = parse(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    let fields = workspace["workspace"]["package"]
        .as_table()
        .expect("the workspace has package fields");
    for (name, manifest) in members() {
        for field in fields.keys() {
            let value = manifest["package"].get(field);
            assert!(is_inherited(value), "{name}: package field {field}");
        }
        assert!(is_inherited(manifest.get("lints")), "{name}: lints");
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let dependencies = manifest.get(kind).and_then(Value::as_table);
            for (dependency, value) in dependencies.into_iter().flatten() {
                assert!(is_inherited(Some(value)), "{name}: {dependency}");
            }
        }
        assert!(!manifest.contains_key("target"), "{name}: target tables");
    }
}

#[test]
fn no_trace_and_no_log_signal_is_compiled_in() {
    let tree = cargo(&[
        "tree",
        "--workspace",
        // Its exporter turns traces on, whatever is chosen.
        "--exclude=otlp",
        "--edges=normal,build,dev",
        "--prefix=none",
        "--format={p} features={f}",
    ]);
    let ours = tree
        .lines()
        .filter(|line| line.starts_with("opentelemetry"));
    let mut checked = 0;
    for line in ours {
        let (package, features) = line
            .split_once(" features=")
            .expect("the line has the requested format");
        let features: Vec<_> =
            features.trim_end_matches(" (*)").split(',').collect();
        // This one has no feature for metrics, because it has nothing else.
        let is_listed = package.starts_with("opentelemetry-prometheus ")
            || features.contains(&"metrics");
        assert!(is_listed, "{package}: {features:?}");
        for signal in ["trace", "logs"] {
            assert!(!features.contains(&signal), "{package} has {signal}");
        }
        checked += 1;
    }
    assert!(
        checked >= 3,
        "the tree has the OpenTelemetry crates:\n{tree}"
    );
}

fn is_inherited(value: Option<&Value>) -> bool {
    value.and_then(|value| value.get("workspace"))
        == Some(&Value::Boolean(true))
}

/// Each member's name and manifest.
fn members() -> Vec<(String, Table)> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version=1"]);
    let metadata: Json =
        serde_json::from_str(&metadata).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let members = packages.iter().map(|package| {
        let text =
            |field: &str| package[field].as_str().expect("a string").to_owned();
        let mut folder = PathBuf::from(text("manifest_path"));
        folder.pop();
        (text("name"), parse(&folder))
    });
    members.collect()
}

fn parse(folder: &Path) -> Table {
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml"))
        .expect("the manifest exists");
    manifest.parse().expect("the manifest is TOML")
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}
