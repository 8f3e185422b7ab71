//! Two versions of the API in one program are two global providers.

use std::process::Command;
use std::time::Duration;

use opentelemetry::global;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use shared::JsonExporter;
use shared::testing::document_channel;

#[test]
fn another_version_of_the_api_does_not_see_the_global_provider() {
    let (writer, documents) = document_channel();
    let reader = PeriodicReader::builder(JsonExporter::new(writer))
        .with_interval(Duration::MAX)
        .build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    global::set_meter_provider(provider.clone());

    let this = global::meter("trap").u64_counter("this").build();
    this.add(1, &[]);
    // What a library does that depends on another version than its user.
    let other = opentelemetry_old::global::meter("trap");
    other.u64_counter("other").build().add(1, &[]);
    provider.shutdown().expect("nothing fails");

    let document = documents.recv().expect("a document");
    assert!(document.contains(r#""name":"this""#), "{document}");
    assert!(!document.contains(r#""name":"other""#), "{document}");
}

#[test]
fn cargo_tree_shows_two_versions_of_the_api() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--duplicates", "--depth=0", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let tree = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
    let ours = tree.lines().filter(|l| l.starts_with("opentelemetry v"));
    assert_eq!(ours.count(), 2, "{tree}");
}
