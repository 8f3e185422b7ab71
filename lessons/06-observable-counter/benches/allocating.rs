//! The cost of counting allocations: `just bench allocating`.
#![expect(unsafe_code, reason = "calling GlobalAlloc requires it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use observable_counter::CountingAllocator;

fn allocating(criterion: &mut Criterion) {
    measure(criterion, "system", &System);
    measure(criterion, "counting", &CountingAllocator::new());
}

/// Measures allocating and freeing one block.
fn measure(
    criterion: &mut Criterion,
    name: &str,
    allocator: &impl GlobalAlloc,
) {
    let layout = Layout::new::<[u64; 8]>();
    let mut group = criterion.benchmark_group("allocating");
    group.bench_function(BenchmarkId::new(name, "block"), |bencher| {
        bencher.iter(|| {
            // SAFETY: the layout is not empty, and the block is freed once.
            unsafe {
                let block = black_box(allocator.alloc(layout));
                allocator.dealloc(block, layout);
            }
        });
    });
}

criterion_group!(benches, allocating);
criterion_main!(benches);
