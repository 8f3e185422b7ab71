//! Views: rules of the provider that change how instruments are exported. The
//! code that measures does not know of them.

mod flags;
mod instruments;
mod provider;

use opentelemetry::Key;
use opentelemetry_sdk::metrics::{Aggregation, Instrument, Stream};

pub use flags::{Flags, View};
pub use instruments::{
    BOUNDS, CALLS, DURATIONS, PENDING, QUEUE, SEED, count_calls, count_tasks,
    record_durations, simulated_durations,
};
pub use provider::provider;

// ANCHOR: rename
/// Gives the counter of calls another name and description.
pub fn rename(instrument: &Instrument) -> Option<Stream> {
    if instrument.name() != CALLS {
        // This view does not match: the instrument is exported unchanged.
        return None;
    }
    let stream = Stream::builder()
        .with_name("api.requisicoes")
        .with_description("As requisições à API.");
    // `ok` would hide an error, but these values cause none.
    stream.build().ok()
}
// ANCHOR_END: rename

// ANCHOR: drop
/// Takes one metric of the queue out of the documents.
pub fn drop_pending(instrument: &Instrument) -> Option<Stream> {
    let is_pending = instrument.name() == PENDING;
    if is_pending { dropped() } else { None }
}

/// Takes all metrics of the queue out, whatever their names: they share the
/// meter that they were built with.
pub fn drop_meter(instrument: &Instrument) -> Option<Stream> {
    let is_of_queue = instrument.scope().name() == QUEUE;
    if is_of_queue { dropped() } else { None }
}

fn dropped() -> Option<Stream> {
    let stream = Stream::builder().with_aggregation(Aggregation::Drop);
    stream.build().ok()
}
// ANCHOR_END: drop

// ANCHOR: attributes
/// Keeps the endpoint of a call, and forgets the user.
pub fn keep_endpoint(instrument: &Instrument) -> Option<Stream> {
    if instrument.name() != CALLS {
        return None;
    }
    let keys = [Key::new("endpoint")];
    let stream = Stream::builder().with_allowed_attribute_keys(keys);
    stream.build().ok()
}
// ANCHOR_END: attributes

// ANCHOR: limits
/// Keeps two series of calls apart, to save memory.
pub fn fewer_series(instrument: &Instrument) -> Option<Stream> {
    limited(instrument, 2)
}

/// Keeps ten thousand series apart, so that none is lost in the overflow.
pub fn more_series(instrument: &Instrument) -> Option<Stream> {
    limited(instrument, 10_000)
}

fn limited(instrument: &Instrument, limit: usize) -> Option<Stream> {
    if instrument.name() != CALLS {
        return None;
    }
    Stream::builder().with_cardinality_limit(limit).build().ok()
}
// ANCHOR_END: limits

// ANCHOR: histograms
/// Sets other bounds than those that the instrument was built with.
pub fn set_bounds(instrument: &Instrument) -> Option<Stream> {
    let aggregation = Aggregation::ExplicitBucketHistogram {
        boundaries: vec![1.0, 2.0, 5.0],
        record_min_max: true,
    };
    aggregated(instrument, aggregation)
}

/// Lets the SDK choose the bounds: as fine as twenty buckets allow.
pub fn exponential(instrument: &Instrument) -> Option<Stream> {
    let aggregation = Aggregation::Base2ExponentialHistogram {
        max_size: 20,
        max_scale: 20,
        record_min_max: true,
    };
    aggregated(instrument, aggregation)
}

fn aggregated(
    instrument: &Instrument,
    aggregation: Aggregation,
) -> Option<Stream> {
    if instrument.name() != DURATIONS {
        return None;
    }
    Stream::builder().with_aggregation(aggregation).build().ok()
}
// ANCHOR_END: histograms
