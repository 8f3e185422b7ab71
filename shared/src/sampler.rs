//! Readings shared by callbacks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::lock;

// ANCHOR: sampler
/// Something slow to read, which is therefore read again only once the latest
/// reading exceeds a maximum age.
///
/// Within that age, all callbacks get the same reading, whichever asks first
/// and for whichever reader. Clones share it.
#[derive(Clone)]
pub struct Sampler<T> {
    sample: Arc<Mutex<dyn FnMut() -> T + Send>>,
}

impl<T: Clone + Send + 'static> Sampler<T> {
    /// Starts with the reading `first`, as if taken now.
    ///
    /// `clock` gives the time since a fixed moment. `read` receives that time
    /// and can keep the state a rate needs: only one caller runs it at a time.
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

    /// The latest reading, taken now if it would exceed the maximum age.
    pub fn get(&self) -> T {
        lock(&self.sample)()
    }
}
// ANCHOR_END: sampler
