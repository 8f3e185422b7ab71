//! A trap that needs its own process, because the whole process shares one
//! log.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use shared::testing::{Collector, document_channel};

#[test]
fn a_callback_slower_than_the_interval_goes_unreported() {
    let (writer, logged) = document_channel();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(writer))
        .finish();
    tracing::subscriber::set_global_default(subscriber)
        .expect("no other test sets one");

    let interval = Duration::from_millis(1);
    let collector = Collector::every("trap", interval);
    collector
        .meter()
        .u64_observable_counter("slow")
        .with_callback(move |counter| {
            let start = Instant::now();
            while start.elapsed() < interval * 10 {
                std::hint::spin_loop();
            }
            counter.observe(1, &[]);
        })
        .build();
    for _ in 0..3 {
        assert!(collector.next_document().is_some());
    }
    collector.shut_down().expect("nothing fails");
    let log: String = logged.try_iter().collect();
    assert!(!log.contains("slow") && !log.contains("interval"), "{log}");
    assert!(!log.contains("ERROR"), "{log}");
}
