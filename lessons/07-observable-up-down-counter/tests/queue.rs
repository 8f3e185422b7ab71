//! The queue is a real one: first in, first out, and nothing is lost.

use std::thread;

use observable_up_down_counter::TaskQueue;

#[test]
fn tasks_wait_in_the_order_in_which_they_were_added() {
    let queue = TaskQueue::default();
    for number in 1..=3 {
        queue.add(vec![number]);
    }
    assert_eq!(queue.pending(), 3);
    for number in 1..=3 {
        assert_eq!(queue.take(), [number]);
    }
    assert_eq!(queue.pending(), 0);
}

#[test]
fn each_task_goes_to_one_worker() {
    let queue = TaskQueue::default();
    let workers = 4;
    let share = 50;
    let mut taken: Vec<_> = thread::scope(|scope| {
        let takers: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(|| {
                    let tasks = (0..share).map(|_| queue.take());
                    tasks.collect::<Vec<_>>()
                })
            })
            .collect();
        // Workers may start before there are tasks: they wait for them.
        for number in 0..workers * share {
            queue.add(vec![number]);
        }
        takers
            .into_iter()
            .flat_map(|taker| taker.join().expect("no panic"))
            .flatten()
            .collect()
    });
    taken.sort_unstable();
    assert!(taken.into_iter().eq(0..workers * share));
    assert_eq!(queue.pending(), 0);
}
