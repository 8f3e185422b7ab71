//! The statistics of this process match the operating system's.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use shared::ProcessSampler;

#[test]
fn cpu_time_grows_no_faster_than_the_clock_on_all_cores() {
    let process = always_new();
    let cpu_time = || process.get().cpu_time.expect("the platform has it");
    let (start, before) = (Instant::now(), cpu_time());
    // The kernel counts in steps of a few milliseconds.
    let after = loop {
        let after = cpu_time();
        assert!(after >= before);
        assert!(start.elapsed() < Duration::from_mins(1), "it is stuck");
        if after >= before + Duration::from_millis(50) {
            break after;
        }
    };
    // Not `available_parallelism`: a container may use more for a moment.
    let mut system = sysinfo::System::new().expect("it is supported");
    system.refresh_cpu_usage();
    let cores = u32::try_from(system.cpus().len()).expect("a small number");
    let step = Duration::from_millis(20);
    assert!(after <= before + (start.elapsed() + step) * cores);
}

#[test]
fn memory_grows_with_an_allocation() {
    let process = always_new();
    let memory = || process.get().memory.expect("the platform has it");
    let before = memory();

    let megabytes = 64 * 1024 * 1024;
    // Not zeros: the kernel commits memory only when it is written to.
    let block = std::hint::black_box(vec![1_u8; megabytes]);
    let after = memory();
    assert!(after >= before + megabytes as u64 / 2);
    drop(block);
}

/// Reads the statistics every time, because its clock advances by a second at
/// each look.
fn always_new() -> ProcessSampler {
    let seconds = AtomicU64::new(0);
    let clock = move || Duration::from_secs(seconds.fetch_add(1, SeqCst));
    ProcessSampler::with_clock(clock)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;
    use std::sync::{Arc, Barrier};

    use super::*;

    #[test]
    fn disk_io_matches_the_kernels() {
        let process = always_new();
        let kernel = || {
            let text = std::fs::read_to_string("/proc/self/io").ok()?;
            let count = |name: &str| -> Option<u64> {
                let mut counts =
                    text.lines().filter_map(|l| l.split_once(": "));
                counts.find(|(key, _)| *key == name)?.1.parse().ok()
            };
            Some((count("read_bytes")?, count("write_bytes")?))
        };
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("disk_io");
        std::fs::write(&path, vec![1; 100_000]).expect("the folder exists");

        let before = kernel();
        let sampled = process.get().disk_io.map(|io| (io.read, io.written));
        let after = kernel();
        std::fs::remove_file(&path).expect("the file exists");
        assert_eq!(sampled.is_some(), before.is_some());
        if let (Some(before), Some(sampled), Some(after)) =
            (before, sampled, after)
        {
            assert!((before.0..=after.0).contains(&sampled.0), "read");
            assert!((before.1..=after.1).contains(&sampled.1), "written");
        }
    }

    #[test]
    fn a_file_read_from_the_cache_does_not_count() {
        let process = always_new();
        let read = || process.get().disk_io.map_or(0, |io| io.read);
        let size = 16 * 1024 * 1024;
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cached");
        // What was just written is still in the cache.
        std::fs::write(&path, vec![1; size]).expect("the folder exists");

        let before = read();
        let bytes = std::fs::read(&path).expect("the file exists");
        let counted = read() - before;
        std::fs::remove_file(&path).expect("the file exists");
        assert_eq!(bytes.len(), size);
        assert!(counted < size as u64, "{counted}");
    }

    #[test]
    fn threads_that_begin_and_end_are_counted() {
        let process = always_new();
        // The other tests in this file run on threads of the same process.
        let threads = 100;
        let count = || process.get().threads.expect("Linux has it");
        assert!(count() >= 2, "the main thread and this test's");
        let (started, running) = std::sync::mpsc::channel();
        thread::scope(|scope| {
            let end = Arc::new(Barrier::new(threads + 1));
            for _ in 0..threads {
                let (started, end) = (started.clone(), Arc::clone(&end));
                scope.spawn(move || {
                    started.send(()).expect("the test is listening");
                    end.wait();
                });
            }
            assert_eq!(running.iter().take(threads).count(), threads);
            assert!(count() > threads);
            end.wait();
        });
        // A joined thread can remain visible for a moment.
        while count() > threads {
            thread::yield_now();
        }
    }
}
