//! A lesson whose reader cannot start its thread: there is no memory left for
//! the thread's stack, which takes two megabytes.

use std::fs;
use std::process::ExitCode;

use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use shared::{Lesson, NoFlags};

fn main() -> ExitCode {
    let lesson = Lesson::<NoFlags>::new("refused-thread", "For a test");
    let limit = Rlimit {
        current: Some(memory() + 1024 * 1024),
        ..getrlimit(Resource::As)
    };
    setrlimit(Resource::As, limit).expect("a limit can be lowered");
    let reader = PeriodicReader::builder(lesson.exporter()).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let (telemetry, _flags) = lesson.start(provider);
    eprintln!("started");
    telemetry.wait()
}

/// The bytes of address space in use.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let size = size.and_then(|size| size.trim().strip_suffix(" kB"));
    let size = size.and_then(|size| size.parse::<u64>().ok());
    size.expect("Linux says how much") * 1024
}
