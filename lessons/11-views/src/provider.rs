//! Where a view is set: in the provider.

use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use shared::Lesson;

use crate::Flags;

// ANCHOR: provider
/// Builds a provider with the view that the command line names, if any.
pub fn provider(lesson: &Lesson<Flags>) -> SdkMeterProvider {
    let reader = PeriodicReader::builder(lesson.exporter())
        .with_interval(lesson.flags.interval.get())
        .build();
    let provider = SdkMeterProvider::builder()
        .with_resource(lesson.resource())
        .with_reader(reader);
    match lesson.flags.view {
        Some(view) => provider.with_view(view.function()).build(),
        None => provider.build(),
    }
}
// ANCHOR_END: provider
