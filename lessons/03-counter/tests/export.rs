//! What the counters export, and that the web server exports the same.

use std::thread;

use counter::Counters;
use insta::assert_json_snapshot;
use opentelemetry_sdk::metrics::Temporality;
use shared::testing::{Collector, data_points, exported, redactions};

#[test]
fn calls_are_counted_by_route_and_status() {
    let document = exported("counter", |meter| {
        let counters = Counters::new(meter);
        counters.count_call(Some("/"), 200);
        counters.count_call(Some("/lançar_dado"), 200);
        counters.count_call(Some("/lançar_dado"), 200);
        counters.count_call(None, 404);
    });
    redactions().bind(|| assert_json_snapshot!("calls", document));
}

#[test]
fn rolls_are_counted_by_number() {
    let document = exported("counter", |meter| {
        let counters = Counters::new(meter);
        for number in [6, 1, 6, 3] {
            counters.count_roll(number);
        }
    });
    redactions().bind(|| assert_json_snapshot!("rolls", document));
}

#[test]
fn responses_are_counted_by_their_bytes() {
    let document = exported("counter", |meter| {
        let counters = Counters::new(meter);
        counters.count_response("/", 30);
        counters.count_response("/", 30);
        counters.count_response("/lançar_dado", 2);
    });
    redactions().bind(|| assert_json_snapshot!("responses", document));
}

#[test]
fn adds_from_several_threads_are_all_counted() {
    let collector = Collector::by_hand("counter", Temporality::Cumulative);
    let counters = Counters::new(&collector.meter());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..1000 {
                    counters.count_call(Some("/"), 200);
                }
            });
        }
    });
    let document = collector.document();
    assert_eq!(data_points(&document, "api.chamadas")[0]["value"], 8000);
}

#[test]
fn a_set_recorded_once_is_in_every_later_document() {
    let collector = Collector::by_hand("counter", Temporality::Cumulative);
    let counters = Counters::new(&collector.meter());
    counters.count_roll(6);
    for _ in 0..3 {
        let document = collector.document();
        assert_eq!(data_points(&document, "dado.rolagens")[0]["value"], 1);
    }
}
