//! A trap that needs its own process, because the whole process shares one
//! log.

use std::io::Cursor;
use std::sync::Mutex;

use first_metric::{count_start, pipeline};
use opentelemetry::metrics::MeterProvider;
use shared::testing::document_channel;
use tracing::subscriber::{set_global_default, with_default};

#[test]
fn a_subscriber_of_one_thread_does_not_hear_the_reader() {
    // Nothing can be written, so the reader's thread reports an error.
    let fail = || {
        let provider = pipeline(Cursor::new([]));
        count_start(&provider.meter("first-metric"));
        assert!(provider.shutdown().is_err());
    };

    let (writer, logged) = document_channel();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(writer))
        .finish();
    with_default(subscriber, fail);
    let log: String = logged.try_iter().collect();
    assert!(!log.contains("ERROR"), "{log}");

    let (writer, logged) = document_channel();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(writer))
        .finish();
    set_global_default(subscriber).expect("no other test sets one");
    fail();
    let log: String = logged.try_iter().collect();
    assert!(log.contains("PeriodicReader.ExportError"), "{log}");
}
