//! An allocator that counts, in place of a garbage collector's statistics.

// `GlobalAlloc` is an unsafe trait: nothing else can stand between a program
// and its allocator. The only other unsafe code here is its benchmark.
#![expect(unsafe_code, reason = "implementing GlobalAlloc requires it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

// ANCHOR: allocator
/// The system allocator, with totals of what was requested from it since the
/// process started.
///
/// A reallocation counts as one more allocation, of the new size. Freeing is
/// not counted, so that the totals never fall.
#[derive(Debug)]
pub struct CountingAllocator {
    allocations: AtomicU64,
    bytes: AtomicU64,
}

impl CountingAllocator {
    /// Starts both totals at zero.
    #[expect(clippy::new_without_default, reason = "a static needs a const")]
    pub const fn new() -> Self {
        Self {
            allocations: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// The number of allocations.
    pub fn allocations(&self) -> u64 {
        self.allocations.load(Relaxed)
    }

    /// The number of bytes allocated.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    fn count(&self, bytes: usize) {
        self.allocations.fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }
}
// ANCHOR_END: allocator

// ANCHOR: global_alloc
// SAFETY: each function forwards its arguments to `System` and returns what
// `System` returns. Counting neither allocates nor panics.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.count(layout.size());
        // SAFETY: the caller upholds the contract of `GlobalAlloc::alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.count(layout.size());
        // SAFETY: the caller upholds the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(
        &self,
        block: *mut u8,
        layout: Layout,
        new_size: usize,
    ) -> *mut u8 {
        self.count(new_size);
        // SAFETY: the caller upholds the contract of `realloc`, and `block` is
        // from `System`.
        unsafe { System.realloc(block, layout, new_size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller upholds the contract of `dealloc`, and `block` is
        // from `System`.
        unsafe { System.dealloc(block, layout) }
    }
}
// ANCHOR_END: global_alloc

#[cfg(test)]
mod tests {
    use super::*;

    // Not the test program's own allocator, with which other threads
    // allocate too.
    #[test]
    fn every_way_to_allocate_is_counted_once() {
        let allocator = CountingAllocator::new();
        let totals = || (allocator.allocations(), allocator.bytes());
        let layout = Layout::new::<[u64; 3]>();
        // SAFETY: the layouts are not empty, and each block is freed once, with
        // its own layout.
        unsafe {
            let block = allocator.alloc(layout);
            assert_eq!(totals(), (1, 24));
            let block = allocator.realloc(block, layout, 1000);
            assert_eq!(totals(), (2, 1024));
            let layout = Layout::from_size_align_unchecked(1000, 8);
            allocator.dealloc(block, layout);
            assert_eq!(totals(), (2, 1024), "freeing is not counted");

            let zeros = allocator.alloc_zeroed(layout);
            assert_eq!(totals(), (3, 2024));
            assert_eq!((*zeros, *zeros.add(999)), (0, 0));
            allocator.dealloc(zeros, layout);
        }
    }
}
