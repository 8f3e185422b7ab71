//! A trap that needs its own process, because the whole process shares one
//! global provider.

use std::sync::mpsc::TryRecvError;

use first_metric::{count_start, pipeline};
use opentelemetry::global;
use shared::testing::document_channel;

// ANCHOR: no_shutdown
#[test]
fn a_global_provider_that_is_not_shut_down_exports_nothing() {
    let (writer, documents) = document_channel();
    let provider = pipeline(writer);
    global::set_meter_provider(provider.clone());
    count_start(&global::meter("first-metric"));

    // This drops the program's own handle. The global one lives for ever: no
    // destructor runs for it at the end of `main`, so nothing is exported.
    drop(provider);
    assert_eq!(documents.try_recv(), Err(TryRecvError::Empty));
}
// ANCHOR_END: no_shutdown
