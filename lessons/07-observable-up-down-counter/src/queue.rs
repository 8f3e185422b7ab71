//! A queue of tasks, and the producers and workers that keep it moving.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

// ANCHOR: pace
// Together the producers add 20 tasks per period, which take the workers
// 4 s: the queue is briefly empty before it fills again.
const PRODUCERS: usize = 2;
const BURST: usize = 10;
const PERIOD: Duration = Duration::from_secs(5);
const WORKERS: usize = 2;
const WORK: Duration = Duration::from_millis(400);
// ANCHOR_END: pace

/// Memory that a task occupies while it waits, so that the process's memory
/// rises and falls with the queue.
const TASK_BYTES: usize = 1024 * 1024;

/// A unit of work: the data that a worker needs for it.
pub type Task = Vec<u8>;

/// Tasks waiting for a worker.
#[derive(Debug, Default)]
pub struct TaskQueue {
    tasks: Mutex<VecDeque<Task>>,
    added: Condvar,
}

impl TaskQueue {
    /// Adds a task at the back.
    pub fn add(&self, task: Task) {
        self.lock().push_back(task);
        self.added.notify_one();
    }

    // ANCHOR: take
    /// Takes the task that has waited longest; if there is none, waits for one.
    ///
    /// The worker holds the task but not the lock: while it works, tasks can be
    /// added and metrics collected.
    pub fn take(&self) -> Task {
        let mut tasks = self.lock();
        loop {
            if let Some(task) = tasks.pop_front() {
                return task;
            }
            tasks = self
                .added
                .wait(tasks)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The number of waiting tasks, not counting those that a worker has taken.
    pub fn pending(&self) -> usize {
        self.lock().len()
    }
    // ANCHOR_END: take

    /// Ignores poisoning: a panic cannot leave a task half added.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Task>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts producers that fill a queue in bursts and workers that drain it, for
/// as long as the process lives.
pub fn busy_queue() -> Arc<TaskQueue> {
    let queue = Arc::new(TaskQueue::default());
    for _ in 0..PRODUCERS {
        let queue = Arc::clone(&queue);
        thread::spawn(move || produce(&queue));
    }
    for _ in 0..WORKERS {
        let queue = Arc::clone(&queue);
        thread::spawn(move || work(&queue));
    }
    queue
}

fn produce(queue: &TaskQueue) {
    loop {
        for _ in 0..BURST {
            // Not zeros: memory is committed only when it is written to.
            queue.add(vec![1; TASK_BYTES]);
        }
        thread::sleep(PERIOD);
    }
}

fn work(queue: &TaskQueue) {
    loop {
        let task = queue.take();
        thread::sleep(WORK);
        drop(task);
    }
}
