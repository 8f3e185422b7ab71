//! What it costs to allocate memory, with the system's allocator:
//! `just bench allocating/system`.

mod workload;

use criterion::{Criterion, criterion_group, criterion_main};

fn allocating(criterion: &mut Criterion) {
    workload::measure(criterion, "system");
}

criterion_group!(benches, allocating);
criterion_main!(benches);
