//! What the lesson's functions export, and that the program exports the same.

use std::num::NonZeroU16;
use std::process::Command;

use attributes::{count_die, roll_each_number, rolls};
use insta::assert_json_snapshot;
use serde_json::{Value, json};
use shared::testing::{
    data_points, documents, exported, names, redactions, refused, shape,
};

const NAME: &str = "attributes";
const SIX: NonZeroU16 = NonZeroU16::new(6).unwrap();

#[test]
fn a_die_has_an_attribute_of_each_type() {
    let document = exported(NAME, |meter| count_die(meter, SIX));
    redactions().bind(|| assert_json_snapshot!("die", document));
}

#[test]
fn a_die_with_six_sides_has_six_points() {
    let document = exported(NAME, |meter| roll_each_number(&rolls(meter), SIX));
    redactions().bind(|| assert_json_snapshot!("rolls", document));
}

#[test]
fn beyond_2000_numbers_the_total_is_still_right() {
    let sides = NonZeroU16::new(5000).expect("it is not zero");
    let document =
        exported(NAME, |meter| roll_each_number(&rolls(meter), sides));
    let points = data_points(&document, "dado.rolagens");
    let (overflow, others) = points.split_last().expect("there are points");

    // The first 2000 numbers keep their points. All others share the last one.
    let number = |p: &&Value| p["attributes"]["dado.valor"].as_u64();
    assert!(others.iter().map(number).eq((1..=2000).map(Some)));
    assert_eq!(
        overflow["attributes"],
        json!({"otel.metric.overflow": true})
    );
    assert_eq!(overflow["value"], 3000);
    assert_eq!(total(&points), 5000);
}

#[test]
fn the_program_exports_what_the_functions_export() {
    let document = run(&[]);
    let functions = exported(NAME, |meter| {
        count_die(meter, SIX);
        roll_each_number(&rolls(meter), SIX);
    });
    assert_eq!(names(&document), names(&functions));
    assert_eq!(shape(&document), shape(&functions));
}

#[test]
fn a_program_with_5000_sides_has_2000_points_and_one_more() {
    let document = run(&["--sides", "5000"]);
    let points = data_points(&document, "dado.rolagens");
    assert_eq!(points.len(), 2000 + 1);
    // It has rolled each number once.
    assert!(total(&points) >= 5000);
}

#[test]
fn a_bad_number_of_sides_is_refused_in_one_line() {
    for sides in ["0", "-1", "1.5", "65536", "seis", ""] {
        // With `--exports`, a value accepted by mistake cannot run for ever.
        let flags = ["--exports", "1", "--sides", sides];
        let output = program().args(flags).output().expect("it runs");
        refused(
            &output,
            &format!(
                "invalid value '{sides}' for '--sides <N>': use a whole \
                 number from 1 to 65535"
            ),
        );
    }
}

fn total(points: &[&Value]) -> u64 {
    let values = points.iter().map(|point| point["value"].as_u64());
    values.sum::<Option<u64>>().expect("whole numbers")
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_attributes"))
}

/// The program's second document. The first may have been collected while the
/// program still rolled each number: that takes longer than this interval.
fn run(flags: &[&str]) -> Value {
    let flags = [flags, &["--interval", "10ms", "--exports", "2"]].concat();
    let mut documents = documents(program().args(flags));
    assert_eq!(documents.len(), 2);
    documents.remove(1)
}
