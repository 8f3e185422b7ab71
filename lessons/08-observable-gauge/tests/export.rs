//! What each function of the lesson exports, and that the program exports the
//! same.

use std::process::Command;

use insta::assert_json_snapshot;
use observable_gauge::{observe_load, observe_process_cpu, observe_system_cpu};
use opentelemetry_sdk::metrics::Temporality;
use shared::testing::{
    Collector, data_points, documents, exported, names, redactions, shape,
};
use sysinfo::{LoadAvg, System};

const NAME: &str = "observable-gauge";

#[test]
fn process_cpu_is_a_gauge_of_one_share() {
    let document = exported(NAME, |meter| {
        observe_process_cpu(meter, || Some(0.75));
    });
    redactions().bind(|| assert_json_snapshot!("process_cpu", document));
}

#[test]
fn system_cpu_is_a_gauge_with_one_point_for_each_core() {
    let document = exported(NAME, |meter| {
        observe_system_cpu(meter, || vec![0.25, 1.0]);
    });
    redactions().bind(|| assert_json_snapshot!("system_cpu", document));
}

#[test]
fn load_is_a_gauge_for_each_window() {
    let document = exported(NAME, |meter| {
        observe_load(meter, || {
            Some(LoadAvg {
                one: 0.5,
                five: 1.25,
                fifteen: 2.0,
            })
        });
    });
    redactions().bind(|| assert_json_snapshot!("load", document));
}

#[test]
fn a_value_that_is_not_known_is_not_exported() {
    let collector = Collector::by_hand(NAME, Temporality::Cumulative);
    let meter = collector.meter();
    observe_process_cpu(&meter, || None);
    observe_system_cpu(&meter, Vec::new);
    observe_load(&meter, || None);
    assert_eq!(collector.collect().expect("nothing fails"), None);
}

#[test]
fn the_program_exports_what_the_functions_export() {
    // Shares are known once 220 ms have passed since the program began to
    // observe them. The first export can come before that, the third cannot.
    let mut program = Command::new(env!("CARGO_BIN_EXE_observable-gauge"));
    program.args(["--interval", "250ms", "--exports", "3"]);
    let documents = documents(&mut program);
    let [_, _, program] = &documents[..] else {
        panic!("not three documents: {documents:?}");
    };

    // The program keeps one core busy: as a percentage this would exceed 1.
    for core in data_points(program, "sistema.cpu.uso") {
        let usage = core["value"].as_f64().expect("usage is a number");
        assert!((0.0..=1.0).contains(&usage), "{usage}");
    }

    let functions = exported(NAME, |meter| {
        observe_process_cpu(meter, || Some(0.5));
        let cores = cores();
        observe_system_cpu(meter, move || vec![0.5; cores]);
        observe_load(meter, || System::load_average().ok());
    });

    assert_eq!(names(program), names(&functions));
    assert_eq!(shape(program), shape(&functions));
}

/// The number of cores of this system.
fn cores() -> usize {
    let mut system = System::new().expect("the system is supported");
    system.refresh_cpu_usage();
    system.cpus().len()
}
