//! Surprises in the pipeline, each shown by a test.

use std::sync::Mutex;
use std::sync::mpsc::TryRecvError;

use first_metric::{count_start, pipeline};
use opentelemetry::global;
use opentelemetry::metrics::MeterProvider;
use shared::testing::document_channel;
use tracing::dispatcher::{Dispatch, get_default};
use tracing::subscriber::{NoSubscriber, with_default};

// ANCHOR: early
#[test]
fn an_instrument_made_before_the_provider_is_set_never_records() {
    // No other test in this file sets the global provider.
    let early = global::meter("early").u64_counter("early").build();
    let (writer, documents) = document_channel();
    let provider = pipeline(writer);
    global::set_meter_provider(provider.clone());
    let late = global::meter("late").u64_counter("late").build();
    early.add(1, &[]);
    late.add(1, &[]);
    provider.force_flush().expect("nothing fails");

    let document = documents.recv().expect("a document");
    assert!(document.contains(r#""name":"late""#), "{document}");
    assert!(!document.contains(r#""name":"early""#), "{document}");
}
// ANCHOR_END: early

#[test]
fn a_program_shorter_than_the_interval_exports_only_at_the_shutdown() {
    let (writer, documents) = document_channel();
    let provider = pipeline(writer);
    count_start(&provider.meter("first-metric"));
    assert_eq!(documents.try_recv(), Err(TryRecvError::Empty));

    provider.shutdown().expect("nothing fails");
    assert!(documents.try_recv().is_ok());
}

#[test]
fn a_provider_that_is_not_global_exports_when_it_is_dropped() {
    let (writer, documents) = document_channel();
    let provider = pipeline(writer);
    count_start(&provider.meter("first-metric"));
    drop(provider);
    assert!(documents.try_recv().is_ok());
}

#[test]
fn a_unit_that_is_not_ascii_makes_the_metric_vanish_too() {
    let (writer, documents) = document_channel();
    let provider = pipeline(writer);
    let meter = provider.meter("first-metric");
    let starts = meter
        .u64_counter("app.inicializacoes")
        .with_unit("{inicialização}")
        .build();
    starts.add(1, &[]);
    provider.shutdown().expect("nothing fails");
    assert!(documents.recv().is_err(), "there is no document");
}

#[test]
fn without_a_subscriber_nothing_says_why_a_metric_is_missing() {
    // A name must be ASCII, so this instrument does nothing.
    let make = || {
        let (writer, documents) = document_channel();
        let provider = pipeline(writer);
        let meter = provider.meter("first-metric");
        meter.u64_counter("app.inicializações").build().add(1, &[]);
        provider.shutdown().expect("nothing fails");
        assert!(documents.recv().is_err(), "there is no document");
    };

    // The SDK's errors go to any listener. By default there is none.
    assert!(get_default(Dispatch::is::<NoSubscriber>));
    make();

    let (writer, logged) = document_channel();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(writer))
        .finish();
    with_default(subscriber, make);
    let log: String = logged.iter().collect();
    assert!(log.contains("ERROR opentelemetry_sdk"), "{log}");
    assert!(log.contains("InstrumentCreationFailed"), "{log}");
}
