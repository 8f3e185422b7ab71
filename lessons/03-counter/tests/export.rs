//! What the counters export, and that the web server exports the same.

use counter::Counters;
use insta::assert_json_snapshot;
use opentelemetry_sdk::metrics::Temporality;
use serde_json::Value;
use shared::testing::{Collector, redacted};

#[test]
fn calls_are_counted_by_route_and_status() {
    let document = exported(|counters| {
        counters.count_call(Some("/"), 200);
        counters.count_call(Some("/lançar_dado"), 200);
        counters.count_call(Some("/lançar_dado"), 200);
        counters.count_call(None, 404);
    });
    assert_json_snapshot!("calls", document);
}

#[test]
fn rolls_are_counted_by_number() {
    let document = exported(|counters| {
        for number in [6, 1, 6, 3] {
            counters.count_roll(number);
        }
    });
    assert_json_snapshot!("rolls", document);
}

#[test]
fn responses_are_counted_by_their_bytes() {
    let document = exported(|counters| {
        counters.count_response("/", 30);
        counters.count_response("/", 30);
        counters.count_response("/lançar_dado", 2);
    });
    assert_json_snapshot!("responses", document);
}

fn exported(count: impl FnOnce(&Counters)) -> Value {
    let collector = Collector::by_hand("counter", Temporality::Cumulative);
    count(&Counters::new(&collector.meter()));
    let document = collector.collect().expect("nothing fails");
    redacted(document.expect("something was counted"))
}
