//! What it costs to allocate memory, with the allocator that counts:
//! `just bench allocating/counting`.

mod workload;

use criterion::{Criterion, criterion_group, criterion_main};
use observable_counter::CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator::new();

fn allocating(criterion: &mut Criterion) {
    workload::measure(criterion, "counting");
}

criterion_group!(benches, allocating);
criterion_main!(benches);
