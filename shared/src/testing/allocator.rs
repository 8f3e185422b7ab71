//! Counting the memory that a test takes.
#![expect(unsafe_code, reason = "implementing GlobalAlloc requires it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static BYTES: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, with a count of the bytes in use. The other two
/// functions of `GlobalAlloc` call these.
#[derive(Debug)]
pub struct CountingAllocator;

/// The bytes that this thread has allocated and not freed, if the test has made
/// a [`CountingAllocator`] its global allocator. Other threads, such as a
/// reader's, count for themselves.
pub fn bytes_in_use() -> isize {
    BYTES.get()
}

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
