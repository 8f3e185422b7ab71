//! The memory that an export takes, by the allocator of lesson 6.

use std::io;

use observable_counter::CountingAllocator;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use shared::JsonExporter;
use shared::testing::Lender;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const RISING: [&str; 2] = ["a", "b"];
const FALLING: [&str; 2] = ["b", "a"];

// One test only: another one's thread would allocate at the same time.
#[test]
fn an_export_takes_one_pointer_a_point_and_the_rest_is_fixed() {
    for record in [add, record_in_a_gauge, record_in_a_histogram] {
        for keys in [RISING, FALLING] {
            takes_one_pointer_a_point(2000, keys, record);
        }
    }
    takes_one_pointer_a_point(100_000, RISING, add);
}

#[track_caller]
fn takes_one_pointer_a_point(
    points: usize,
    keys: [&'static str; 2],
    record: fn(&Meter, &[[KeyValue; 2]]),
) {
    let one = memory_of_an_export(1, keys, record);
    let many = memory_of_an_export(points, keys, record);
    let pointers = (points - 1) * size_of::<usize>();
    assert_eq!(many.allocations, one.allocations);
    assert_eq!(many.bytes, one.bytes + pointers as u64);
}

fn add(meter: &Meter, sets: &[[KeyValue; 2]]) {
    let counter = meter.f64_counter("total").build();
    for set in sets {
        counter.add(0.1, set);
    }
}

fn record_in_a_gauge(meter: &Meter, sets: &[[KeyValue; 2]]) {
    let gauge = meter.i64_gauge("value").build();
    for set in sets {
        gauge.record(-1, set);
    }
}

fn record_in_a_histogram(meter: &Meter, sets: &[[KeyValue; 2]]) {
    let histogram = meter.u64_histogram("sizes").build();
    for set in sets {
        histogram.record(1, set);
    }
}

#[derive(Debug)]
struct Memory {
    allocations: u64,
    bytes: u64,
}

/// All that an export allocates: what it frees again counts as well.
fn memory_of_an_export(
    points: usize,
    keys: [&'static str; 2],
    record: fn(&Meter, &[[KeyValue; 2]]),
) -> Memory {
    let set = |number: usize| {
        keys.map(|key| KeyValue::new(key, format!("{key} \"{number}\"")))
    };
    let lender = Lender::new(points);
    record(&lender.meter(), &(0..points).map(set).collect::<Vec<_>>());
    // Adds what this thread has not added to the totals yet: it would come in
    // between.
    ALLOCATOR.allocations();
    lender.lend(|metrics: &ResourceMetrics| {
        let exporter = JsonExporter::new(io::sink());
        let before = (ALLOCATOR.allocations(), ALLOCATOR.bytes());
        exporter.write(metrics).expect("a sink takes everything");
        Memory {
            allocations: ALLOCATOR.allocations() - before.0,
            bytes: ALLOCATOR.bytes() - before.1,
        }
    })
}
