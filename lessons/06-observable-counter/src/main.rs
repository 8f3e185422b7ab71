//! Prints totals that only grow, read at each collection: `just lesson-6`.

use std::process::ExitCode;
use std::time::Instant;

use observable_counter as lesson;
use opentelemetry::global;

#[global_allocator]
static ALLOCATOR: lesson::CountingAllocator = lesson::CountingAllocator::new();
const NAME: &str = env!("CARGO_PKG_NAME");

fn main() -> ExitCode {
    let start = Instant::now();
    let telemetry = shared::init(NAME, env!("CARGO_PKG_DESCRIPTION"));
    let meter = global::meter(NAME);
    lesson::observe_uptime(&meter, move || start.elapsed());
    let process = shared::ProcessSampler::of_this_process();
    let disk = process.clone();
    lesson::observe_cpu_time(&meter, move || process.get().cpu_time);
    lesson::observe_disk_io(&meter, move || disk.get().disk_io);
    lesson::observe_allocations(&meter, || ALLOCATOR.allocations());
    lesson::observe_allocated_bytes(&meter, || ALLOCATOR.bytes());
    telemetry.wait()
}
