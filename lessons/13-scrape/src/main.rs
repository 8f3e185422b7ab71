//! Shows its metrics to whoever asks: `just lesson-13`, then `curl` it.

use std::process::ExitCode;
use std::time::Instant;

use opentelemetry::global;
use scrape::{Tasks, app, observe_memory, observe_uptime};
use shared::{Lesson, ProcessSampler, ServerFlags};

const NAME: &str = env!("CARGO_PKG_NAME");

#[tokio::main]
async fn main() -> ExitCode {
    let start = Instant::now();
    let lesson = Lesson::without_exports(NAME, env!("CARGO_PKG_DESCRIPTION"));
    let (provider, registry) = scrape::provider(lesson.resource());
    let (telemetry, flags): (_, ServerFlags) = lesson.start(provider);
    let meter = global::meter(NAME);
    observe_uptime(&meter, move || start.elapsed());
    let process = ProcessSampler::of_this_process();
    observe_memory(&meter, move || process.get().memory);
    let app = app(registry, Tasks::new(&meter));
    shared::serve(telemetry, &flags, "/metrics", app).await
}
