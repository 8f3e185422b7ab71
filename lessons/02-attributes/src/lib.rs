//! Attributes: one metric, and a series for each set of them.

mod flags;

use std::num::NonZeroU16;
use std::thread;
use std::time::Duration;

use opentelemetry::metrics::{Counter, Meter};
use opentelemetry::{Array, KeyValue, StringValue, Value};

pub use flags::Flags;

// ANCHOR: count_die
/// Counts one die on the table, with an attribute of each type.
pub fn count_die(meter: &Meter, sides: NonZeroU16) {
    let dice = meter
        .u64_counter("mesa.dados")
        .with_description("Os dados postos na mesa.")
        .with_unit("{dado}")
        .build();
    let colours = ["branco", "preto"].map(StringValue::from);
    // Sorted by key: in this order the SDK finds a set immediately.
    let attributes = [
        KeyValue::new("dado.aresta", 1.6),
        KeyValue::new(
            "dado.cores",
            Value::Array(Array::String(colours.into())),
        ),
        // There is no unsigned type: what fits into an `i64` is converted.
        KeyValue::new("dado.lados", i64::from(sides.get())),
        KeyValue::new("dado.material", "madeira"),
        KeyValue::new("dado.viciado", false),
    ];
    dice.add(1, &attributes);
}
// ANCHOR_END: count_die

// ANCHOR: rolls
/// Builds the counter of rolls.
pub fn rolls(meter: &Meter) -> Counter<u64> {
    meter
        .u64_counter("dado.rolagens")
        .with_description("Os lançamentos do dado.")
        .with_unit("{lancamento}")
        .build()
}

/// Counts one roll. The number says which series the roll belongs to; the value
/// is always 1, because one more roll has happened.
pub fn count_roll(rolls: &Counter<u64>, number: u16) {
    rolls.add(1, &[KeyValue::new("dado.valor", i64::from(number))]);
}
// ANCHOR_END: rolls

// ANCHOR: rolling
/// Rolls each number once, so that the first document has every series.
pub fn roll_each_number(rolls: &Counter<u64>, sides: NonZeroU16) {
    for number in 1..=sides.get() {
        count_roll(rolls, number);
    }
}

/// Rolls at random after each `pause`, for as long as the program runs.
pub fn keep_rolling(rolls: Counter<u64>, sides: NonZeroU16, pause: Duration) {
    thread::spawn(move || {
        loop {
            thread::sleep(pause);
            count_roll(&rolls, fastrand::u16(1..=sides.get()));
        }
    });
}
// ANCHOR_END: rolling
