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
use shared::testing::{
    Collector, data_points, documents, exported, names, redactions, shape,
};
use shared::{DiskIo, ProcessSampler};

const NAME: &str = "observable-counter";

// ANCHOR: uptime
#[test]
fn uptime_is_a_cumulative_monotonic_sum_in_seconds() {
    let document = exported(NAME, |meter| {
        observe_uptime(meter, || Duration::from_millis(12_500));
    });
    redactions().bind(|| assert_json_snapshot!("uptime", document));
}
// ANCHOR_END: uptime

#[test]
fn cpu_time_is_a_cumulative_monotonic_sum_in_seconds() {
    let document = exported(NAME, |meter| {
        observe_cpu_time(meter, || Some(Duration::from_millis(340)));
    });
    redactions().bind(|| assert_json_snapshot!("cpu_time", document));
}

#[test]
fn disk_io_is_one_point_for_each_direction_in_bytes() {
    let disk_io = DiskIo {
        read: 4096,
        written: 512,
    };
    let document =
        exported(NAME, |meter| observe_disk_io(meter, move || Some(disk_io)));
    redactions().bind(|| assert_json_snapshot!("disk_io", document));
}

#[test]
fn allocations_are_counted_and_measured() {
    let document = exported(NAME, |meter| {
        observe_allocations(meter, || 120);
        observe_allocated_bytes(meter, || 65_536);
    });
    redactions().bind(|| assert_json_snapshot!("allocations", document));
}

#[test]
fn a_statistic_the_platform_lacks_is_not_exported() {
    let collector = Collector::by_hand(NAME, Temporality::Cumulative);
    let meter = collector.meter();
    observe_cpu_time(&meter, || None);
    observe_disk_io(&meter, || None);
    assert_eq!(collector.collect().expect("nothing fails"), None);
}

#[test]
fn the_program_exports_what_the_functions_export() {
    let flags = ["--interval", "10ms", "--exports", "1"];
    let mut program = Command::new(env!("CARGO_BIN_EXE_observable-counter"));
    program
        .args(flags)
        .env_remove("OTEL_SERVICE_NAME")
        .env_remove("OTEL_RESOURCE_ATTRIBUTES");
    let [program] = documents(&mut program).try_into().expect("one document");

    let functions = exported(NAME, |meter| {
        observe_uptime(meter, || Duration::ZERO);
        let process = ProcessSampler::of_this_process();
        let disk = process.clone();
        observe_cpu_time(meter, move || process.get().cpu_time);
        observe_disk_io(meter, move || disk.get().disk_io);
        observe_allocations(meter, || 0);
        observe_allocated_bytes(meter, || 0);
    });

    assert_eq!(names(&program), names(&functions));
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

// ANCHOR: observes_itself
#[test]
fn the_program_observes_itself() {
    let flags = ["--interval", "10ms", "--exports", "2"];
    let mut program = Command::new(env!("CARGO_BIN_EXE_observable-counter"));
    let documents = documents(program.args(flags));
    let values = |name| {
        let points = documents.iter().map(|document| {
            let point = data_points(document, name)[0];
            point["value"].as_f64().expect("a number")
        });
        points.collect::<Vec<_>>()
    };
    let uptime = values("app.atividade.tempo");
    assert!(0.01 <= uptime[0] && uptime[0] < uptime[1]);
    let allocations = values("app.alocacoes");
    assert!(0.0 < allocations[0] && allocations[0] < allocations[1]);
    let bytes = values("app.alocacoes.bytes");
    // Few allocations are smaller than eight bytes.
    assert!(allocations[0] * 8.0 < bytes[0] && bytes[0] < bytes[1]);
}
// ANCHOR_END: observes_itself

/// `cargo run`, too, turns from one program into another in this way.
#[cfg(target_os = "linux")]
#[test]
fn cpu_time_begins_with_the_process_and_not_with_the_program() {
    // The shell uses a tenth of a second, ten ticks of the kernel. Then its
    // process becomes the program.
    let shell = r#"
        while read -r stat < /proc/$$/stat; set -- $stat; [ "${14}" -lt 10 ]
        do :; done
        exec "$PROGRAM" --interval 10ms --exports 1"#;
    let mut program = Command::new("sh");
    program
        .args(["-c", shell])
        .env("PROGRAM", env!("CARGO_BIN_EXE_observable-counter"));
    let [document] = documents(&mut program).try_into().expect("one document");
    let point = data_points(&document, "processo.cpu.tempo")[0];
    let seconds = point["value"].as_f64().expect("a number");
    assert!(seconds >= 0.1, "{seconds}");
}
