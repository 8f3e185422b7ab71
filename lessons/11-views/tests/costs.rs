//! What a cardinality limit costs: points in a document, and bytes in memory.
#![cfg(target_pointer_width = "64")]

use insta::assert_json_snapshot;
use opentelemetry::KeyValue;
use serde_json::{Map, json};
use shared::testing::{CountingAllocator, bytes_in_use, data_points};
use support::{Function, Viewed};
use views::{CALLS, fewer_series, keep_endpoint, more_series};

mod support;

/// How many attribute sets are counted: more than the SDK keeps apart.
const SETS: i64 = 5000;

#[test]
fn the_limit_decides_on_points_and_on_memory() {
    let mut table = Map::new();
    for (name, views) in [
        ("fewer-series, 2", &[fewer_series as Function][..]),
        ("no view, 2000", &[]),
        ("more-series, 10000", &[more_series]),
        ("attributes, 2000", &[keep_endpoint]),
    ] {
        let viewed = Viewed::by(views);
        let before = bytes_in_use();
        let calls = viewed.meter("costs").u64_counter(CALLS).build();
        let reserved = bytes_in_use() - before;
        for user in 0..SETS {
            let endpoint = KeyValue::new("endpoint", "/");
            calls.add(1, &[endpoint, KeyValue::new("usuario", user)]);
        }
        let in_use = bytes_in_use() - before;
        let document = viewed.document();
        let row = json!({
            "points": data_points(&document, CALLS).len(),
            "kilobytes_when_built": reserved / 1000,
            "kilobytes_in_use": in_use / 1000,
        });
        table.insert(name.to_owned(), row);
    }
    assert_json_snapshot!("limits", table);
}

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;
