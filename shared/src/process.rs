//! What the operating system knows about this process.

use std::time::{Duration, Instant};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::Sampler;

/// Statistics of this process; `None`, never 0, where the platform has none.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessStatistics {
    /// CPU time of all threads since the process started, user and system mode
    /// combined.
    pub cpu_time: Option<Duration>,
    /// Bytes read from and written to storage since the process started.
    pub disk_io: Option<DiskIo>,
    /// Physical memory in use, in bytes.
    pub memory: Option<u64>,
    /// Threads, including the main one. Only Linux and Android report them.
    pub threads: Option<usize>,
}

/// Bytes moved between the process and storage. Reads from the system's cache
/// do not count. On Windows, all input and output does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskIo {
    /// Bytes read.
    pub read: u64,
    /// Bytes written.
    pub written: u64,
}

/// Reads the statistics of this process.
pub type ProcessSampler = Sampler<ProcessStatistics>;

impl ProcessSampler {
    /// The callbacks of one collection run within microseconds of each other.
    pub const MAX_AGE: Duration = Duration::from_millis(100);

    /// Reads now, and again once the reading is older than [`Self::MAX_AGE`].
    pub fn of_this_process() -> Self {
        let start = Instant::now();
        Self::with_clock(move || start.elapsed())
    }

    /// Like [`Self::of_this_process`], with a clock that a test can set.
    pub fn with_clock(clock: impl Fn() -> Duration + Send + 'static) -> Self {
        let mut system = System::new().ok();
        let pid = sysinfo::get_current_pid().ok();
        let mut read = move || statistics(system.as_mut()?, pid?);
        let first = read().unwrap_or_default();
        let read_again = move |_| read().unwrap_or_default();
        Self::new(Self::MAX_AGE, clock, first, read_again)
    }
}

fn statistics(system: &mut System, pid: Pid) -> Option<ProcessStatistics> {
    let kind = ProcessRefreshKind::nothing()
        .with_cpu()
        .with_disk_usage()
        .with_memory()
        .with_tasks();
    let this_process = ProcessesToUpdate::Some(&[pid]);
    let remove_dead_threads = true;
    system.refresh_processes_specifics(this_process, remove_dead_threads, kind);
    let process = system.process(pid)?;
    let disk = process.disk_usage();
    Some(ProcessStatistics {
        cpu_time: Some(Duration::from_millis(process.accumulated_cpu_time())),
        disk_io: disk_io_is_known().then_some(DiskIo {
            read: disk.total_read_bytes,
            written: disk.total_written_bytes,
        }),
        memory: Some(process.memory()),
        // The list omits the main thread.
        threads: process.tasks().map(|others| others.len() + 1),
    })
}

/// A Linux container can hide this file; `sysinfo` then reports zeros.
fn disk_io_is_known() -> bool {
    !cfg!(target_os = "linux") || std::fs::read("/proc/self/io").is_ok()
}
