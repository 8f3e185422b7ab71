//! Prints values that rise and fall, read at each collection: `just lesson-7`.

use std::process::ExitCode;
use std::sync::Arc;

use observable_up_down_counter as lesson;
use opentelemetry::global;

const NAME: &str = env!("CARGO_PKG_NAME");

fn main() -> ExitCode {
    let telemetry = shared::init(NAME, env!("CARGO_PKG_DESCRIPTION"));
    let meter = global::meter(NAME);
    let queue = lesson::busy_queue();
    lesson::observe_pending_tasks(&meter, Arc::downgrade(&queue));
    let process = shared::ProcessSampler::of_this_process();
    let threads = process.clone();
    lesson::observe_memory(&meter, move || process.get().memory);
    lesson::observe_threads(&meter, move || threads.get().threads);
    telemetry.wait()
}
