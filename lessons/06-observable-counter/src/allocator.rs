//! An allocator that counts, in place of a garbage collector's statistics.

// `GlobalAlloc` is an unsafe trait: nothing else can stand between a program
// and its allocator. No other code of this workspace is unsafe.
#![expect(unsafe_code, reason = "GlobalAlloc cannot be implemented without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

// ANCHOR: batch
/// Allocations that a thread counts by itself before it adds them to the
/// totals. One shared counter would cost more than the allocation.
const BATCH: u64 = 64;

thread_local! {
    // It has no destructor: an allocation would have to ask each time whether
    // it is arranged already.
    static UNCOUNTED: Uncounted = const { Uncounted::new() };
    static AT_THREAD_END: AddToTotals = const { AddToTotals };
}
// ANCHOR_END: batch

/// The system's allocator, with a count of what it was asked for.
///
/// A reallocation counts as one more allocation, of the new size. The totals
/// never fall. They can lag behind by up to 64 allocations for each running
/// thread; the thread that reads them and those that have ended are counted in
/// full, save what a thread allocates at the very end, when its own destructors
/// have run.
#[derive(Debug)]
pub struct CountingAllocator;

impl CountingAllocator {
    /// Allocations since the process started.
    pub fn allocations(&self) -> u64 {
        UNCOUNTED.with(Uncounted::add_to_totals);
        ALLOCATIONS.load(Relaxed)
    }

    /// Bytes allocated since the process started.
    pub fn bytes(&self) -> u64 {
        UNCOUNTED.with(Uncounted::add_to_totals);
        BYTES.load(Relaxed)
    }
}

// ANCHOR: global_alloc
// SAFETY: every call goes to `System` with what it was given and comes back
// with what `System` returned. Counting does not panic, and allocates nothing
// here: since Rust 1.93 thread-locals get their memory from `System`.
unsafe impl GlobalAlloc for CountingAllocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(
        &self,
        block: *mut u8,
        layout: Layout,
        new_size: usize,
    ) -> *mut u8 {
        count(new_size);
        unsafe { System.realloc(block, layout, new_size) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) }
    }
}
// ANCHOR_END: global_alloc

#[inline]
fn count(bytes: usize) {
    UNCOUNTED.with(|uncounted| uncounted.add(bytes as u64));
}

/// What one thread has allocated and not added to the totals yet.
struct Uncounted {
    allocations: Cell<u64>,
    bytes: Cell<u64>,
}

impl Uncounted {
    const fn new() -> Self {
        Self {
            allocations: Cell::new(0),
            bytes: Cell::new(0),
        }
    }

    // ANCHOR: add
    #[inline]
    fn add(&self, bytes: u64) {
        if self.allocations.get().is_multiple_of(BATCH) {
            self.begin_batch();
        }
        self.allocations.set(self.allocations.get() + 1);
        self.bytes.set(self.bytes.get().wrapping_add(bytes));
    }

    #[cold]
    fn begin_batch(&self) {
        self.add_to_totals();
        // The first use arranges what is to be done when the thread ends.
        let _ = AT_THREAD_END.try_with(|_| ());
    }

    fn add_to_totals(&self) {
        ALLOCATIONS.fetch_add(self.allocations.take(), Relaxed);
        BYTES.fetch_add(self.bytes.take(), Relaxed);
    }
    // ANCHOR_END: add
}

/// Adds the rest of a thread's last batch when the thread ends.
struct AddToTotals;

impl Drop for AddToTotals {
    fn drop(&mut self) {
        UNCOUNTED.with(Uncounted::add_to_totals);
    }
}
