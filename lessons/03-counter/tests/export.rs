//! What the counters export, and that the web server exports the same.

use counter::Counters;
use insta::assert_json_snapshot;
use shared::testing::exported;

#[test]
fn calls_are_counted_by_route_and_status() {
    let document = exported("counter", |meter| {
        let counters = Counters::new(meter);
        counters.count_call(Some("/"), 200);
        counters.count_call(Some("/lançar_dado"), 200);
        counters.count_call(Some("/lançar_dado"), 200);
        counters.count_call(None, 404);
    });
    assert_json_snapshot!("calls", document);
}

#[test]
fn rolls_are_counted_by_number() {
    let document = exported("counter", |meter| {
        let counters = Counters::new(meter);
        for number in [6, 1, 6, 3] {
            counters.count_roll(number);
        }
    });
    assert_json_snapshot!("rolls", document);
}

#[test]
fn responses_are_counted_by_their_bytes() {
    let document = exported("counter", |meter| {
        let counters = Counters::new(meter);
        counters.count_response("/", 30);
        counters.count_response("/", 30);
        counters.count_response("/lançar_dado", 2);
    });
    assert_json_snapshot!("responses", document);
}
