//! Counters: the program reports each time that something happens, and the SDK
//! adds it up.

pub mod app;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Meter};

// ANCHOR: instruments
/// The application's instruments: built once, shared by all requests.
#[derive(Clone, Debug)]
pub struct Counters {
    calls: Counter<u64>,
    rolls: Counter<u64>,
    volume: Counter<u64>,
}

impl Counters {
    /// Builds the instruments.
    pub fn new(meter: &Meter) -> Self {
        Self {
            calls: meter
                .u64_counter("api.chamadas")
                .with_description("As chamadas à API.")
                .with_unit("{chamada}")
                .build(),
            rolls: meter
                .u64_counter("dado.rolagens")
                .with_description("Os lançamentos do dado.")
                .with_unit("{lancamento}")
                .build(),
            volume: meter
                .u64_counter("api.resposta.volume")
                .with_description("Os bytes das respostas.")
                .with_unit("By")
                .build(),
        }
    }
}
// ANCHOR_END: instruments

impl Counters {
    // ANCHOR: count_call
    /// Counts one call.
    ///
    /// `route` is the pattern that the path matched, if any. The path itself
    /// would be a bad attribute: any client could make up new values.
    pub fn count_call(&self, route: Option<&str>, status: u16) {
        let status =
            KeyValue::new("http.response.status_code", i64::from(status));
        match route {
            // Sorted by key: in this order the SDK finds a set immediately.
            Some(route) => self.calls.add(1, &[status, http_route(route)]),
            None => self.calls.add(1, &[status]),
        }
    }

    /// Counts one call that ended without a response.
    pub fn count_failed_call(&self, route: Option<&str>, error: &'static str) {
        let error = KeyValue::new("error.type", error);
        match route {
            Some(route) => self.calls.add(1, &[error, http_route(route)]),
            None => self.calls.add(1, &[error]),
        }
    }
    // ANCHOR_END: count_call

    // ANCHOR: count_roll
    /// Counts one roll of the die, by the number that came up.
    pub fn count_roll(&self, number: u8) {
        let number = KeyValue::new("dado.valor", i64::from(number));
        self.rolls.add(1, &[number]);
    }
    // ANCHOR_END: count_roll

    // ANCHOR: count_response
    /// Counts the bytes of one response: a counter can grow by more than one.
    pub fn count_response(&self, route: &str, bytes: u64) {
        self.volume.add(bytes, &[http_route(route)]);
    }
    // ANCHOR_END: count_response
}

fn http_route(route: &str) -> KeyValue {
    KeyValue::new("http.route", route.to_owned())
}
