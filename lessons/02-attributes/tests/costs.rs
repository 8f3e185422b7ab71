//! What a series costs: bytes in memory, and bytes of each document.
#![cfg(target_pointer_width = "64")]

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use opentelemetry_sdk::metrics::Temporality;
use shared::testing::{Collector, CountingAllocator, bytes_in_use};

/// As many sets as the SDK keeps apart.
const LIMIT: isize = 2000;

#[test]
fn a_counter_has_room_for_all_its_sets_from_the_start() {
    let collector = collector();
    let bytes = bytes_kept(|| users(&collector));
    assert!((130_000..140_000).contains(&bytes), "{bytes}");
}

#[test]
fn a_series_takes_about_a_hundred_bytes() {
    let collector = collector();
    let users = users(&collector);
    let bytes = bytes_kept(|| {
        for id in 0..LIMIT {
            users.add(1, &[user(id)]);
        }
    });
    let per_series = bytes / LIMIT;
    assert!((90..120).contains(&per_series), "{per_series}");
}

#[test]
fn a_set_that_is_not_sorted_by_key_takes_twice_the_memory() {
    let route = || KeyValue::new("http.route", "/");
    let collector = collector();
    let [sorted, unsorted] = ["sorted", "unsorted"]
        .map(|name| collector.meter().u64_counter(name).build());
    let bytes_sorted = bytes_kept(|| {
        for id in 0..LIMIT {
            sorted.add(1, &[route(), user(id)]);
        }
    });
    let bytes_unsorted = bytes_kept(|| {
        for id in 0..LIMIT {
            unsorted.add(1, &[user(id), route()]);
        }
    });
    assert!(bytes_unsorted > 2 * bytes_sorted);
}

#[test]
fn beyond_the_limit_a_new_user_takes_no_memory() {
    let collector = collector();
    let users = users(&collector);
    for id in 0..=LIMIT {
        users.add(1, &[user(id)]);
    }
    let bytes = bytes_kept(|| {
        for id in LIMIT..20 * LIMIT {
            users.add(1, &[user(id)]);
        }
    });
    assert_eq!(bytes, 0);
}

#[test]
fn two_thousand_users_are_12_gigabytes_of_documents_a_day() {
    let collector = collector();
    let users = users(&collector);
    users.add(1, &[user(0)]);
    let one_user = collector.document().to_string().len();
    for id in 0..LIMIT {
        users.add(1, &[user(id)]);
    }
    let all_users = collector.document().to_string().len();
    assert!((500..700).contains(&one_user), "{one_user}");
    assert!((280_000..300_000).contains(&all_users), "{all_users}");
    // One document every two seconds.
    let a_day = all_users * 24 * 60 * 60 / 2;
    assert!((12..13).contains(&(a_day / 1_000_000_000)), "{a_day}");
}

fn collector() -> Collector {
    Collector::by_hand("costs", Temporality::Cumulative)
}

fn users(collector: &Collector) -> Counter<u64> {
    collector.meter().u64_counter("calls").build()
}

fn user(id: isize) -> KeyValue {
    KeyValue::new("user.id", format!("{id:08}"))
}

/// How many bytes this thread has allocated in `work` and not freed.
fn bytes_kept<T>(work: impl FnOnce() -> T) -> isize {
    let before = bytes_in_use();
    let result = work();
    let bytes = bytes_in_use() - before;
    drop(result);
    bytes
}

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;
