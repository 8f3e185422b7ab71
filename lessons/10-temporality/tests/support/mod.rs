//! A bakery that is collected by hand.

use std::sync::atomic::Ordering::Relaxed;

use opentelemetry_sdk::metrics::Temporality;
use serde_json::Value;
use shared::testing::Collector;
use temporality::Minute;
use temporality::bakery::Bakery;

/// The documents of the first minutes.
pub fn minutes(temporality: Temporality, count: u64) -> Vec<Value> {
    let collector = Collector::by_hand("temporality", temporality);
    let minute = Minute::default();
    let mut bakery = Bakery::open(&collector.meter(), &minute);
    let next = |number| {
        minute.store(number, Relaxed);
        bakery.work(number);
        collector.document()
    };
    (1..=count).map(next).collect()
}
