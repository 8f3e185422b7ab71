//! What each function of the lesson exports, and that the program exports the
//! same.

use std::process::Command;
use std::time::Duration;

use insta::assert_json_snapshot;
use observable_counter::{
    observe_allocated_bytes, observe_allocations, observe_cpu_time,
    observe_disk_io, observe_uptime,
};
use opentelemetry_sdk::metrics::Temporality;
use serde_json::Map;
use shared::testing::{Collector, documents, exported, shape};

const NAME: &str = "observable-counter";
use shared::{DiskIo, ProcessSampler};

#[test]
fn uptime_is_a_cumulative_monotonic_sum_in_seconds() {
    let document = exported(NAME, |meter| {
        observe_uptime(meter, || Duration::from_millis(12_500));
    });
    assert_json_snapshot!("uptime", document);
}

#[test]
fn cpu_time_is_a_cumulative_monotonic_sum_in_seconds() {
    let document = exported(NAME, |meter| {
        observe_cpu_time(meter, || Some(Duration::from_millis(340)));
    });
    assert_json_snapshot!("cpu_time", document);
}

#[test]
fn disk_io_is_one_point_for_each_direction_in_bytes() {
    let disk_io = DiskIo {
        read: 4096,
        written: 512,
    };
    let document =
        exported(NAME, |meter| observe_disk_io(meter, move || Some(disk_io)));
    assert_json_snapshot!("disk_io", document);
}

#[test]
fn allocations_are_counted_and_measured() {
    let document = exported(NAME, |meter| {
        observe_allocations(meter, || 120);
        observe_allocated_bytes(meter, || 65_536);
    });
    assert_json_snapshot!("allocations", document);
}

#[test]
fn a_statistic_that_the_platform_does_not_give_is_not_exported() {
    let collector = Collector::by_hand(NAME, Temporality::Cumulative);
    let meter = collector.meter();
    observe_cpu_time(&meter, || None);
    observe_disk_io(&meter, || None);
    assert_eq!(collector.collect().expect("nothing fails"), None);
}

#[test]
fn the_program_exports_what_the_functions_export() {
    let flags = ["--interval", "1ms", "--exports", "1"];
    let mut program = Command::new(env!("CARGO_BIN_EXE_observable-counter"));
    program
        .args(flags)
        .env_remove("OTEL_SERVICE_NAME")
        .env_remove("OTEL_RESOURCE_ATTRIBUTES");
    let [program] = documents(&mut program).try_into().expect("one document");

    let functions = exported(NAME, |meter| {
        observe_uptime(meter, || Duration::ZERO);
        let process = ProcessSampler::new(meter);
        let disk = process.clone();
        observe_cpu_time(meter, move || process.cpu_time());
        observe_disk_io(meter, move || disk.disk_io());
        observe_allocations(meter, || 0);
        observe_allocated_bytes(meter, || 0);
    });

    assert_eq!(shape(&program), shape(&functions));

    let resource = &program["resource_metrics"][0]["resource"];
    let attributes = resource["attributes"].as_object();
    let keys: Vec<_> = attributes.into_iter().flat_map(Map::keys).collect();
    assert_eq!(
        keys,
        [
            "service.name",
            "telemetry.sdk.language",
            "telemetry.sdk.name",
            "telemetry.sdk.version",
        ]
    );
    assert_eq!(resource["attributes"]["service.name"], "observable-counter");
}

#[test]
fn the_readmes_show_the_document_and_the_filter_that_is_run() {
    let snapshot = include_str!("snapshots/export__uptime.snap");
    let (_, document) = snapshot
        .split_once("\n---\n")
        .expect("a header ends in a line of dashes");
    let filter = include_str!("../../../justfile")
        .lines()
        .find_map(|line| line.strip_prefix("series_filter := "))
        .expect("the justfile has the filter");
    for readme in [
        include_str!("../../../README.md"),
        include_str!("../../../README.pt-BR.md"),
    ] {
        assert!(readme.contains(document), "not in the README:\n{document}");
        assert!(readme.contains(filter), "not in the README: {filter}");
    }
}
