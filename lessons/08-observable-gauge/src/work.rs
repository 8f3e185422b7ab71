//! Something to measure.

use std::hint::spin_loop;
use std::thread;
use std::time::{Duration, Instant};

/// Alternately keeps one core busy and lets it rest, until the program ends.
pub fn work_and_rest(turn: Duration) {
    thread::spawn(move || {
        loop {
            let start = Instant::now();
            while start.elapsed() < turn {
                spin_loop();
            }
            thread::sleep(turn);
        }
    });
}
