//! What each view changes, and that the program exports the same.

use std::num::NonZeroU16;
use std::process::Command;

use clap::ValueEnum;
use insta::assert_json_snapshot;
use serde_json::{Value, json};
use shared::testing::{data_points, documents, names, refused, shape};
use support::Viewed;
use views::{
    CALLS, DURATIONS, QUEUE, View, count_calls, count_tasks, record_durations,
};

mod support;

#[test]
fn a_view_renames_and_describes_a_metric() {
    let header = |document: &Value| {
        let scope = &document["resource_metrics"][0]["scope_metrics"][1];
        let metric = &scope["metrics"][0];
        json!({ "name": metric["name"], "description": metric["description"] })
    };
    assert_json_snapshot!("rename", side_by_side(View::Rename, header));
}

#[test]
fn a_view_drops_a_metric() {
    assert_json_snapshot!("drop", side_by_side(View::Drop, listed));
}

#[test]
fn a_view_drops_all_metrics_of_a_meter() {
    assert_json_snapshot!("meter", side_by_side(View::Meter, listed));
}

#[test]
fn calls_without_the_user_are_added_up() {
    let change = side_by_side(View::Attributes, calls);
    assert_json_snapshot!("attributes", change);
}

#[test]
fn a_lower_limit_puts_most_sets_into_the_overflow() {
    let change = side_by_side(View::FewerSeries, calls);
    assert_json_snapshot!("fewer_series", change);
}

#[test]
fn a_view_sets_other_bounds() {
    let buckets = |document: &Value| {
        let point = data_points(document, DURATIONS)[0];
        json!({
            "explicit_bounds": point["explicit_bounds"],
            "bucket_counts": point["bucket_counts"],
        })
    };
    assert_json_snapshot!("bounds", side_by_side(View::Bounds, buckets));
}

#[test]
fn an_exponential_histogram_has_a_scale_instead_of_bounds() {
    let document = measured(Some(View::Exponential));
    let point = without_times(data_points(&document, DURATIONS)[0]);
    assert_json_snapshot!("exponential", point);
}

#[test]
fn the_program_exports_what_the_functions_export() {
    // The first document may have been collected before all was measured.
    let without = documents(&mut program(&[]));
    assert_same(&without[1], &measured(None));
    for view in View::value_variants() {
        let with = documents(&mut program(&["--view", &name(*view)]));
        assert_same(&with[1], &measured(Some(*view)));
    }
}

#[test]
fn an_unknown_view_is_refused_in_one_line_that_names_all() {
    for bad in ["none", "Rename", ""] {
        let output = program(&["--view", bad]).output().expect("it runs");
        let line = format!(
            "invalid value '{bad}' for '--view <NAME>': use attributes, \
             bounds, drop, exponential, fewer-series, meter, more-series or \
             rename"
        );
        refused(&output, &line);
        for view in View::value_variants() {
            assert!(line.contains(&name(*view)), "{view:?} is not in: {line}");
        }
    }
}

#[test]
fn a_bad_number_of_users_is_refused_in_one_line() {
    for bad in ["0", "-1", "65536", "two"] {
        let output = program(&["--users", bad]).output().expect("it runs");
        refused(
            &output,
            &format!(
                "invalid value '{bad}' for '--users <N>': use a whole number \
                 from 1 to 65535"
            ),
        );
    }
}

fn program(flags: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_views"));
    program
        .args(["--interval", "10ms", "--exports", "2"])
        .args(flags);
    program
}

fn name(view: View) -> String {
    let name = view.to_possible_value().expect("no view is hidden");
    name.get_name().to_owned()
}

fn assert_same(program: &Value, functions: &Value) {
    assert_eq!(names(program), names(functions));
    // The shape has the attributes of points, and the buckets.
    assert_eq!(shape(program), shape(functions));
}

/// A part of the document, without and with a view.
fn side_by_side(view: View, part: impl Fn(&Value) -> Value) -> Value {
    let [without, with] = [None, Some(view)].map(measured);
    json!({ "without": part(&without), "with": part(&with) })
}

/// What the program measures, as one document.
fn measured(view: Option<View>) -> Value {
    let functions: Vec<_> = view.into_iter().map(View::function).collect();
    let viewed = Viewed::by(&functions);
    let meter = viewed.meter("views");
    count_calls(&meter, NonZeroU16::MIN.saturating_add(1));
    record_durations(&meter);
    count_tasks(&viewed.meter(QUEUE));
    viewed.document()
}

fn listed(document: &Value) -> Value {
    json!(names(document))
}

fn calls(document: &Value) -> Value {
    let points = data_points(document, CALLS).into_iter();
    points.map(without_times).collect()
}

fn without_times(point: &Value) -> Value {
    let mut point = point.clone();
    let keys = point.as_object_mut().expect("a point is an object");
    keys.retain(|key, _| !key.ends_with("_unix_nano") && key != "exemplars");
    point
}
