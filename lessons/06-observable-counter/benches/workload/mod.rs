//! What both benchmarks of allocators do. A program has one allocator, so there
//! are two programs.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion};

/// Measures the allocator of this program, which is called `allocator`.
pub fn measure(criterion: &mut Criterion, allocator: &str) {
    let mut group = criterion.benchmark_group("allocating");
    let mut compare = |name: &str, work: fn()| {
        let id = BenchmarkId::new(allocator, name);
        group.bench_function(id, |bencher| bencher.iter(work));
    };
    compare("box", || drop(black_box(Box::new([1_u64; 8]))));
    compare("text", || {
        drop(black_box(format!("/users/{}", black_box(7))));
    });
    compare("growing_list", || {
        let mut list = Vec::new();
        for number in 0..1000_u64 {
            list.push(black_box(number));
        }
        black_box(list);
    });
    compare("tree", || {
        let pairs = (0..100_u64).map(|number| (number, number.to_string()));
        black_box(pairs.collect::<std::collections::BTreeMap<_, _>>());
    });
}
