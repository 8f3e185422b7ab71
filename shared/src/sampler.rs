//! Readings that callbacks share.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::lock;

// ANCHOR: sampler
/// Something that takes time to read, and is therefore read again only when the
/// latest reading is older than a stated age.
///
/// It does not matter which callback asks, for which reader or in what order:
/// callbacks that ask in one collection get the same reading. Clones share it.
#[derive(Clone)]
pub struct Sampler<T> {
    sample: Arc<Mutex<dyn FnMut() -> T + Send>>,
}

impl<T: Clone + Send + 'static> Sampler<T> {
    /// Starts with the reading `first`, as if it were made now.
    ///
    /// `clock` tells the time since a moment that never changes; `read` gets
    /// that time, and can keep what a rate needs: it runs for one caller at a
    /// time.
    pub fn new(
        max_age: Duration,
        clock: impl Fn() -> Duration + Send + 'static,
        first: T,
        mut read: impl FnMut(Duration) -> T + Send + 'static,
    ) -> Self {
        let mut latest = first;
        let mut read_at = clock();
        let sample = move || {
            let now = clock();
            if now.saturating_sub(read_at) > max_age {
                latest = read(now);
                read_at = now;
            }
            latest.clone()
        };
        let sample = Arc::new(Mutex::new(sample));
        Self { sample }
    }

    /// The latest reading, made now if it would be older than the stated age.
    pub fn get(&self) -> T {
        lock(&self.sample)()
    }
}
// ANCHOR_END: sampler
