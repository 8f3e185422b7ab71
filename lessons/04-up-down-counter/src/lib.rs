//! Up-down counters: the program adds 1 when something begins, and takes it
//! away when that ends.

pub mod app;
mod flags;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, UpDownCounter};

pub use flags::Flags;

// ANCHOR: instrument
/// How many requests have begun and not ended: one instrument, shared by all.
#[derive(Clone, Debug)]
pub struct ActiveRequests(UpDownCounter<i64>);

impl ActiveRequests {
    /// Builds the instrument.
    pub fn new(meter: &Meter) -> Self {
        let counter = meter
            .i64_up_down_counter("http.servidor.requisicoes_ativas")
            .with_description("As requisições em andamento.")
            // As in the series. The conventions would have `{request}`.
            .with_unit("1")
            .build();
        Self(counter)
    }
}
// ANCHOR_END: instrument

impl ActiveRequests {
    // ANCHOR: begin
    /// Counts a request until the value that this returns is dropped.
    ///
    /// `endpoint` is the pattern that the path matched, never the path: any
    /// client could make up new ones.
    pub fn begin(&self, endpoint: &str, method: &'static str) -> ActiveRequest {
        let attributes = [
            KeyValue::new("endpoint", endpoint.to_owned()),
            KeyValue::new("metodo", method),
        ];
        self.0.add(1, &attributes);
        ActiveRequest {
            counter: self.0.clone(),
            attributes,
        }
    }
    // ANCHOR_END: begin
}

// ANCHOR: guard
/// A request that is counted for as long as this exists.
#[derive(Debug)]
#[must_use = "it is dropped at once, and the request no longer counted"]
pub struct ActiveRequest {
    counter: UpDownCounter<i64>,
    attributes: [KeyValue; 2],
}

impl Drop for ActiveRequest {
    // Not a call at the end of the request, which a panic would skip.
    fn drop(&mut self) {
        // The attributes of the 1: with others, this would be another sum.
        self.counter.add(-1, &self.attributes);
    }
}
// ANCHOR_END: guard
