//! What the up-down counter exports.

use insta::assert_json_snapshot;
use opentelemetry_sdk::metrics::Temporality;
use shared::testing::{Collector, data_points, redactions};
use up_down_counter::ActiveRequests;

#[test]
fn active_requests_are_counted_by_endpoint_and_method() {
    let collector =
        Collector::by_hand("up-down-counter", Temporality::Cumulative);
    let requests = ActiveRequests::new(&collector.meter());
    drop(requests.begin("/", "GET"));
    let _waiting = [(); 3].map(|()| requests.begin("/lento", "GET"));
    let document = collector.document();
    redactions().bind(|| assert_json_snapshot!("active_requests", document));
}

#[test]
fn the_value_follows_each_beginning_and_each_end() {
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let requests = ActiveRequests::new(&collector.meter());
    let active = || {
        let document = collector.document();
        data_points(&document, "http.servidor.requisicoes_ativas")[0]["value"]
            .clone()
    };
    let first = requests.begin("/lento", "GET");
    assert_eq!(active(), 1);
    let second = requests.begin("/lento", "GET");
    assert_eq!(active(), 2);
    drop(first);
    assert_eq!(active(), 1);
    drop(second);
    assert_eq!(active(), 0);
}
