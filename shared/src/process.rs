//! What the operating system knows about this process.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry::metrics::Meter;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::lock;

/// A value that is read once in each collection, however many callbacks use it.
///
/// The Rust SDK runs callbacks one after the other, in the order in which their
/// instruments were built; the specification leaves the order open. So the
/// first of them is made here: an observable that reads the value and observes
/// nothing, which the SDK leaves out of the export. All callbacks of
/// instruments built later, with any meter of the same provider, then see one
/// reading.
///
/// Each reader's collection makes a reading of its own. While two readers
/// collect at the same time, the callbacks of one can see the reading of the
/// other, which is as new.
#[derive(Debug)]
pub struct OncePerCollection<T> {
    reading: Arc<Mutex<Option<T>>>,
}

impl<T: Clone + Send + 'static> OncePerCollection<T> {
    // ANCHOR: once
    /// Lets `read` run at the start of each collection of `meter`'s provider.
    ///
    /// `name` is the name of the instrument that observes nothing. Only a
    /// warning of the SDK can show it.
    pub fn new(
        meter: &Meter,
        name: &'static str,
        read: impl FnMut() -> T + Send + 'static,
    ) -> Self {
        let reading = Arc::new(Mutex::new(None));
        let read = Mutex::new(read);
        let latest = Arc::clone(&reading);
        meter
            .u64_observable_gauge(name)
            .with_callback(move |_| {
                let value = lock(&read)();
                *lock(&latest) = Some(value);
            })
            .build();
        Self { reading }
    }
    // ANCHOR_END: once

    /// The reading of the latest collection; before the first, nothing.
    pub fn get(&self) -> Option<T> {
        lock(&self.reading).clone()
    }
}

impl<T> Clone for OncePerCollection<T> {
    fn clone(&self) -> Self {
        Self {
            reading: Arc::clone(&self.reading),
        }
    }
}

/// Statistics of this process, refreshed once in each collection.
///
/// What the platform does not give is `None`, never 0.
#[derive(Clone, Debug)]
pub struct ProcessSampler {
    statistics: OncePerCollection<Statistics>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Statistics {
    cpu_time: Option<Duration>,
    disk_io: Option<DiskIo>,
    memory: Option<u64>,
    threads: Option<usize>,
}

/// Bytes moved between the process and storage since the process started.
///
/// Reads that the operating system's cache answers are not in it. Windows
/// counts all input and output, not only storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskIo {
    /// Bytes read.
    pub read: u64,
    /// Bytes written.
    pub written: u64,
}

impl ProcessSampler {
    /// Samples this process whenever `meter`'s provider collects.
    ///
    /// Build it before the instruments whose callbacks ask it.
    pub fn new(meter: &Meter) -> Self {
        let mut system = System::new().ok();
        let pid = sysinfo::get_current_pid().ok();
        let disk_io_is_given = disk_io_is_given();
        let read = move || {
            let (Some(system), Some(pid)) = (&mut system, pid) else {
                return Statistics::default();
            };
            refresh(system, pid, disk_io_is_given)
        };
        Self {
            statistics: OncePerCollection::new(meter, "process.sample", read),
        }
    }

    /// CPU time that all threads spent since the process started, in user and
    /// in system mode together.
    pub fn cpu_time(&self) -> Option<Duration> {
        self.statistics.get()?.cpu_time
    }

    /// Bytes read from and written to storage since the process started.
    pub fn disk_io(&self) -> Option<DiskIo> {
        self.statistics.get()?.disk_io
    }

    /// Physical memory in use, in bytes.
    pub fn memory(&self) -> Option<u64> {
        self.statistics.get()?.memory
    }

    /// Threads, the main one too. Only Linux and Android tell.
    pub fn threads(&self) -> Option<usize> {
        self.statistics.get()?.threads
    }
}

fn refresh(
    system: &mut System,
    pid: Pid,
    disk_io_is_given: bool,
) -> Statistics {
    let kind = ProcessRefreshKind::nothing()
        .with_cpu()
        .with_disk_usage()
        .with_memory()
        .with_tasks();
    let this_process = ProcessesToUpdate::Some(&[pid]);
    let remove_dead_threads = true;
    system.refresh_processes_specifics(this_process, remove_dead_threads, kind);
    let Some(process) = system.process(pid) else {
        return Statistics::default();
    };
    let disk = process.disk_usage();
    Statistics {
        cpu_time: Some(Duration::from_millis(process.accumulated_cpu_time())),
        disk_io: disk_io_is_given.then_some(DiskIo {
            read: disk.total_read_bytes,
            written: disk.total_written_bytes,
        }),
        memory: Some(process.memory()),
        // The list leaves out the main thread.
        threads: process.tasks().map(|others| others.len() + 1),
    }
}

/// Linux lets a container hide this file; `sysinfo` then reports zeros.
fn disk_io_is_given() -> bool {
    !cfg!(target_os = "linux") || std::fs::read("/proc/self/io").is_ok()
}
