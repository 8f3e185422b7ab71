//! How figures are formatted, and which benchmark runs are reported.

mod folder;

use std::fs::File;
use std::time::{Duration, SystemTime};

use docs::Language;
use docs::costs::report::figures;
use docs::costs::{Costs, Figure, Unit};
use folder::Folder;
use serde_json::Value;

const RUN: &str = "docs/data/benchmarks.json";
const MARK: &str = "criterion/run.done";
const ESTIMATES: &str = "criterion/recording/atomic/1/new/estimates.json";
const BENCHMARK: &str = "criterion/recording/atomic/1/new/benchmark.json";

#[test]
fn a_figure_has_the_digits_and_the_unit_that_suit_it() {
    for (value, unit, written) in [
        (0.514, Unit::Ns, "0,51 ns"),
        (5.0, Unit::Ns, "5 ns"),
        (47.26, Unit::Ns, "47,3 ns"),
        (999.7, Unit::Ns, "1,00 µs"),
        (1_999_900.0, Unit::Ns, "2,00 ms"),
        (14.3e9, Unit::Ns, "14,3 s"),
        (49.0, Unit::Count, "49"),
        (708.0, Unit::Ratio, "700"),
        (4.83, Unit::Ratio, "5"),
        (1.27, Unit::Ratio, "1,3"),
        (1.02, Unit::Ratio, "1"),
        (0.97, Unit::Ratio, "1"),
        (0.88, Unit::Ratio, "0,9"),
        (0.3, Unit::Ratio, "0,3"),
        (0.034, Unit::Ratio, "0,03"),
    ] {
        let figure = Figure { value, unit };
        assert_eq!(figure.written(Language::Portuguese), written, "{value}");
    }
    let figure = Figure {
        value: 1.27,
        unit: Unit::Ratio,
    };
    assert_eq!(figure.written(Language::English), "1.3");
}

#[test]
fn a_complete_run_gives_measured_and_calculated_figures() {
    let target = whole_run("whole");
    let figures =
        figures(&docs::workspace(), &target.root).expect("it is complete");
    let value = |name: &str| (figures[name].value, figures[name].unit);
    assert_eq!(value("recording/atomic/1"), (7.0, Unit::Ns));
    assert_eq!(value("ratio/process_reading_per_add"), (1.0, Unit::Ratio));
    assert_eq!(value("second/adds"), (70_000.0, Unit::Ns));
    assert_eq!(value("second/observed"), (3.5, Unit::Ns));
}

#[test]
fn an_incomplete_run_is_refused() {
    let target = whole_run("no_mark");
    target.remove(MARK);
    refused(&target, "there is no whole run to report: `just bench`");

    let target = whole_run("missing");
    target.remove(ESTIMATES);
    refused(&target, "the run has no benchmark recording/atomic/1");

    let target = whole_run("unexpected");
    measure(&target, "recording/gone/1");
    mark(&target);
    refused(&target, "has no benchmark recording/gone/1");
}

#[test]
fn a_run_mixed_with_a_later_one_is_refused() {
    let target = whole_run("mixed");
    let file = File::options()
        .append(true)
        .open(target.root.join(ESTIMATES))
        .expect("the file exists");
    let later = SystemTime::now() + Duration::from_mins(1);
    file.set_modified(later).expect("its time can be set");
    refused(&target, "estimates.json is newer than the whole run");
}

#[test]
fn an_invalid_number_is_reported_with_its_file() {
    for (number, problem) in [
        ("null", "estimates.json: no median"),
        ("\"7\"", "estimates.json: no median"),
        ("NaN", "estimates.json does not have its format"),
    ] {
        let target = whole_run("no_number");
        target.replace(ESTIMATES, "7.0", number);
        mark(&target);
        refused(&target, problem);
    }
    let target = whole_run("no_name");
    target.replace(BENCHMARK, "full_id", "id");
    refused(&target, "benchmark.json: no full_id");
}

/// After a new report, a conclusion that the book draws may no longer follow.
#[test]
fn the_figures_bear_out_what_the_book_concludes_from_them() {
    let costs = Costs::read(&docs::workspace()).expect("it is readable");
    let value = |name| costs.figure(name).expect("it was measured").value;
    for (greater, times, smaller) in [
        (
            "process/one_reading/1",
            100.0,
            "recording/counter_1_attribute/1",
        ),
        ("second/adds", 1.0, "second/observed"),
        (
            "recording/counter_0_attributes/1",
            1.0,
            "recording/atomic/1",
        ),
        (
            "recording/counter_1_attribute/1",
            1.5,
            "recording/counter_0_attributes/1",
        ),
        (
            "recording/counter_4_attributes/1",
            1.5,
            "recording/counter_1_attribute/1",
        ),
        (
            "recording/counter_formatted_attribute/1",
            1.5,
            "recording/counter_1_attribute/1",
        ),
        ("recording/atomic/2", 2.0, "recording/atomic/1"),
        (
            "process/each_callback_reads/10",
            5.0,
            "process/one_reading_for_all/10",
        ),
        (
            "process/one_reading/1",
            10.0,
            "collecting/observable_counter/10",
        ),
        (
            "exporting/opentelemetry_stdout/100",
            1.5,
            "exporting/json/100",
        ),
        (
            "exporting/opentelemetry_stdout/1000",
            1.5,
            "exporting/json/1000",
        ),
        (
            "exporting/opentelemetry_stdout/2000",
            1.5,
            "exporting/json/2000",
        ),
        ("allocating/counting/block", 1.0, "allocating/system/block"),
        // Counting costs less than the allocation itself.
        ("allocating/system/block", 0.5, "allocating/counting/block"),
        ("build/cold", 10.0, "build/warm"),
    ] {
        assert!(
            value(greater) > times * value(smaller),
            "{greater} is not {times} times {smaller}"
        );
    }
    // Nanoseconds: 1 % of a request of 1 ms, and of an interval of 2 s.
    assert!(value("recording/counter_4_attributes/1") < 1e4);
    assert!(value("exporting/opentelemetry_stdout/2000") < 2e7);
}

#[track_caller]
fn refused(target: &Folder, why: &str) {
    let problem = figures(&docs::workspace(), &target.root).expect_err(why);
    assert!(problem.contains(why), "{problem}");
}

/// What `just bench` leaves behind.
fn whole_run(name: &str) -> Folder {
    let target = Folder::new(&format!("run_{name}"));
    target.copy("docs/data");
    let run: Value = serde_json::from_str(&target.read(RUN)).expect("JSON");
    for name in run["benchmarks"].as_array().expect("they are a list") {
        measure(&target, name.as_str().expect("it is a name"));
    }
    mark(&target);
    target
}

fn measure(target: &Folder, name: &str) {
    let folder = format!("criterion/{name}/new");
    let estimates = r#"{"median": {"point_estimate": 7.0}}"#;
    target.write(&format!("{folder}/estimates.json"), estimates);
    let benchmark = format!(r#"{{"full_id": "{name}"}}"#);
    target.write(&format!("{folder}/benchmark.json"), benchmark);
}

fn mark(target: &Folder) {
    target.write(MARK, "");
}
