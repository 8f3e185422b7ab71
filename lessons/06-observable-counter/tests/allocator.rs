//! The counting allocator counts.

use std::hint::black_box;
use std::sync::mpsc;
use std::thread;

use observable_counter::CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

// One test only: another one's thread would allocate at the same time.
#[test]
fn every_way_to_allocate_is_counted_once() {
    counts(1, 24, || drop(black_box(Box::new([1_u64; 3]))));
    counts(1, 4096, || drop(black_box(vec![0_u8; 4096])));
    counts(2, 10 + 1000, || {
        let mut text = String::with_capacity(10);
        text.reserve_exact(1000);
        black_box(text);
    });
    counts(0, 0, || drop(black_box(Vec::<u8>::new())));
    counts(1000, 8000, || {
        for number in 0..1000_u64 {
            black_box(Box::new(number));
        }
    });
    a_thread_is_counted_in_full_when_it_has_ended();
    a_running_thread_is_counted_but_for_its_last_64_allocations();
}

/// Holds the allocations and bytes of `action` to what it should allocate.
#[track_caller]
fn counts(allocations: u64, bytes: u64, action: impl FnOnce()) {
    let before = (ALLOCATOR.allocations(), ALLOCATOR.bytes());
    action();
    let after = (ALLOCATOR.allocations(), ALLOCATOR.bytes());
    assert_eq!(
        (after.0 - before.0, after.1 - before.1),
        (allocations, bytes)
    );
}

fn a_running_thread_is_counted_but_for_its_last_64_allocations() {
    let before = ALLOCATOR.allocations();
    let (done, is_done) = mpsc::channel();
    let (end, ends) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        for number in 0..1000_u64 {
            drop(black_box(Box::new(number)));
        }
        done.send(()).expect("the test is there");
        // Ends when the test drops the other end.
        let _ = ends.recv();
    });
    is_done.recv().expect("the thread runs");
    assert!(ALLOCATOR.allocations() - before >= 1000 - 64);
    drop(end);
    thread.join().expect("no panic");
}

fn a_thread_is_counted_in_full_when_it_has_ended() {
    let bytes = 1_000_003;
    let before = ALLOCATOR.bytes();
    let thread = thread::spawn(move || drop(black_box(vec![1_u8; bytes])));
    thread.join().expect("no panic");
    // The thread itself needs some memory too.
    assert!(ALLOCATOR.bytes() - before >= bytes as u64);
}
