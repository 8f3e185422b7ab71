//! What the bakery exports in each temporality, and that the program exports
//! the same, minute by minute.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use insta::assert_json_snapshot;
use opentelemetry_sdk::metrics::Temporality;
use serde_json::Value;
use shared::testing::{data_points, names, redactions, refused, shape};
use support::minutes;

mod support;

/// One instrument of each kind.
const METRICS: [&str; 7] = [
    "padaria.energia",
    "padaria.estoque",
    "padaria.sala.temperatura",
    "padaria.pedidos",
    "padaria.pedidos.abertos",
    "padaria.pedido.valor",
    "padaria.forno.temperatura",
];

#[test]
fn the_third_minute_as_totals() {
    let document = minutes(Temporality::Cumulative, 3).pop();
    redactions().bind(|| assert_json_snapshot!("cumulative", document));
}

#[test]
fn the_third_minute_as_changes() {
    let document = minutes(Temporality::Delta, 3).pop();
    redactions().bind(|| assert_json_snapshot!("delta", document));
}

/// Asked for cumulative, for delta and for low memory, in this order.
#[test]
fn each_temporality_chooses_by_kind_of_instrument() {
    let documents = [
        Temporality::Cumulative,
        Temporality::Delta,
        Temporality::LowMemory,
    ]
    .map(|asked| minutes(asked, 1).remove(0));
    let of = |name| {
        documents
            .each_ref()
            .map(|d| temporality_of(d, name))
            .join(", ")
    };
    let rows: BTreeMap<_, _> = METRICS.map(|name| (name, of(name))).into();
    assert_json_snapshot!("by_instrument", rows);
}

#[test]
fn the_program_exports_what_the_functions_export() {
    let documents = documents(&["--exports", "10"]);
    let totals = minutes(Temporality::Cumulative, 5);
    let changes = minutes(Temporality::Delta, 5);
    let expected = totals.iter().zip(&changes);
    assert_eq!(readers(&documents), ["cumulative", "delta"].repeat(5));
    for (pair, (total, change)) in documents.chunks(2).zip(expected) {
        for (printed, expected) in pair.iter().zip([total, change]) {
            assert_eq!(names(printed), names(expected));
            assert_eq!(shape(printed), shape(expected));
            assert_eq!(values(printed), values(expected));
        }
    }
}

#[test]
fn low_memory_takes_the_place_of_delta() {
    let documents = documents(&["--low-memory", "--exports", "4"]);
    let expected = minutes(Temporality::LowMemory, 2);
    assert_eq!(readers(&documents), ["cumulative", "low-memory"].repeat(2));
    for (printed, expected) in documents.chunks(2).zip(&expected) {
        assert_eq!(shape(&printed[1]), shape(expected));
        assert_eq!(values(&printed[1]), values(expected));
    }
}

/// The fourth minute has two orders.
#[test]
fn a_document_is_lost_and_the_program_restarts() {
    let flags = ["--lose", "4", "--restart", "7", "--exports", "26"];
    let documents = documents(&flags);
    let of = |reader: &str| -> Vec<u64> {
        let documents = documents.iter().filter(|d| d["reader"] == reader);
        let orders = documents.map(|d| value(d, "padaria.pedidos"));
        orders.map(|v| v.as_u64().expect("orders")).collect()
    };
    let (totals, changes) = (of("cumulative"), of("delta"));
    assert_eq!(totals, [4, 5, 8, 14, 15, 18, 2, 6, 7, 10, 12, 16, 17]);
    assert_eq!(changes, [4, 1, 3, 4, 1, 3, 2, 4, 1, 3, 2, 4, 1]);
    // The last totals of the two lives, and what was lost.
    assert_eq!(changes.iter().sum::<u64>(), 18 + 17 - 2);
}

#[test]
fn text_has_the_temporality_of_each_reader_too() {
    let output = run(&["--format", "text", "--exports", "2"]);
    let text = String::from_utf8_lossy(&output.stdout);
    for temporality in ["Cumulative", "Delta"] {
        let line = format!("Temporality  : {temporality}\n");
        assert!(text.contains(&line), "{text}");
    }
}

#[test]
fn a_bad_document_number_is_refused_in_one_line() {
    for flag in ["--lose", "--restart"] {
        for bad in ["0", "-1", "abc", "1.5", ""] {
            let output = run(&[flag, bad, "--exports", "1"]);
            refused(
                &output,
                &format!(
                    "invalid value '{bad}' for '{flag} <N>': use a whole \
                     number above zero"
                ),
            );
        }
    }
}

fn run(flags: &[&str]) -> Output {
    command(flags).output().expect("the program runs")
}

fn documents(flags: &[&str]) -> Vec<Value> {
    shared::testing::documents(&mut command(flags))
}

fn command(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_temporality"));
    command.args(["--interval", "100ms"]).args(flags);
    command
}

fn readers(documents: &[Value]) -> Vec<&str> {
    let names = documents.iter().map(|document| document["reader"].as_str());
    names.map(|name| name.expect("a name")).collect()
}

/// A value of each metric: of a histogram, the number of measurements.
fn values(document: &Value) -> [Value; 7] {
    METRICS.map(|metric| value(document, metric))
}

fn value(document: &Value, metric: &str) -> Value {
    let point = data_points(document, metric).into_iter().next();
    let value =
        point.map(|point| point.get("value").unwrap_or(&point["count"]));
    value.cloned().unwrap_or_default()
}

/// The temporality of a metric, in words.
fn temporality_of(document: &Value, name: &str) -> &'static str {
    let scope = &document["resource_metrics"][0]["scope_metrics"][0];
    let mut metrics = scope["metrics"].as_array().into_iter().flatten();
    let metric = metrics.find(|metric| metric["name"] == name);
    let data = &metric.expect("it is exported")["data"];
    match data.get("aggregation_temporality").map(Value::as_u64) {
        None => "none",
        Some(Some(1)) => "delta",
        Some(Some(2)) => "cumulative",
        Some(other) => panic!("{other:?} is no temporality"),
    }
}
