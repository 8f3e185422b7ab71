//! What a cardinality limit costs: points in a document, and bytes in memory.
#![cfg(target_pointer_width = "64")]
#![expect(unsafe_code, reason = "implementing GlobalAlloc requires it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use insta::assert_json_snapshot;
use opentelemetry::KeyValue;
use serde_json::{Map, json};
use shared::testing::data_points;
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
        let before = BYTES.get();
        let calls = viewed.meter("costs").u64_counter(CALLS).build();
        let reserved = BYTES.get() - before;
        for user in 0..SETS {
            let endpoint = KeyValue::new("endpoint", "/");
            calls.add(1, &[endpoint, KeyValue::new("usuario", user)]);
        }
        let in_use = BYTES.get() - before;
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

thread_local! {
    /// Other threads, such as the reader's, count for themselves.
    static BYTES: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, with a count of the bytes in use. The other two
/// functions of `GlobalAlloc` call these.
struct CountingAllocator;

// SAFETY: both functions forward their arguments to `System` and return what it
// returns. Counting neither allocates nor panics.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.set(BYTES.get() + layout.size().cast_signed());
        // SAFETY: the caller upholds the contract of `GlobalAlloc::alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        BYTES.set(BYTES.get() - layout.size().cast_signed());
        // SAFETY: the caller upholds the contract of `GlobalAlloc::dealloc`.
        unsafe { System.dealloc(block, layout) }
    }
}
