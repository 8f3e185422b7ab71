//! Surprises with gauges, each shown by a test.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use observable_gauge::CpuShare;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{
    PeriodicReader, SdkMeterProvider, Temporality,
};
use serde_json::{Map, Value, json};
use shared::JsonExporter;
use shared::testing::{Collector, data_points, document_channel};

#[test]
fn nothing_in_a_gauge_says_that_its_values_add_up() {
    // The memory of two processes.
    let documents = [300, 200].map(|bytes| {
        let process = Collector::by_hand("trap", Temporality::Cumulative);
        let meter = process.meter();
        meter
            .i64_observable_gauge("as.gauge")
            .with_unit("By")
            .with_callback(move |gauge| gauge.observe(bytes, &[]))
            .build();
        meter
            .i64_observable_up_down_counter("as.up.down.counter")
            .with_unit("By")
            .with_callback(move |counter| counter.observe(bytes, &[]))
            .build();
        process.document()
    });

    let keys = |name| {
        let data = metric(&documents[0], name)["data"].as_object();
        data.into_iter().flat_map(Map::keys).collect::<Vec<_>>()
    };
    assert_eq!(keys("as.gauge"), ["data_points"]);
    assert_eq!(
        keys("as.up.down.counter"),
        ["data_points", "aggregation_temporality", "is_monotonic"]
    );

    // So a backend can total the second, but not the first.
    assert_eq!(total(&documents, "as.gauge"), None);
    assert_eq!(total(&documents, "as.up.down.counter"), Some(500));
}

#[test]
fn any_ascii_unit_is_exported_as_it_is_given() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let meter = collector.meter();
    // The units of the series, and those of the conventions: `1` and `By`.
    // In UCUM, the unit system behind them, `MB` is a million bels.
    for (name, unit, value) in [
        ("cpu.series", "%", 25.0),
        ("cpu.conventions", "1", 0.25),
        ("memory.series", "MB", 1.5),
        ("memory.conventions", "By", 1_500_000.0),
    ] {
        meter
            .f64_observable_gauge(name)
            .with_unit(unit)
            .with_callback(move |gauge| gauge.observe(value, &[]))
            .build();
    }

    let document = collector.document();
    let exported = |name| {
        let unit = metric(&document, name)["unit"].clone();
        (unit, value(&document, name))
    };
    assert_eq!(exported("cpu.series"), ("%".into(), 25.0));
    assert_eq!(exported("cpu.conventions"), ("1".into(), 0.25));
    assert_eq!(exported("memory.series"), ("MB".into(), 1.5));
    assert_eq!(exported("memory.conventions"), ("By".into(), 1_500_000.0));
}

/// Elsewhere the first reading is wrong in other ways, such as the usage since
/// the system started.
#[cfg(target_os = "linux")]
mod cpu_usage_of_sysinfo {
    use std::hint::spin_loop;
    use std::time::Instant;

    use sysinfo::{
        Cpu, MINIMUM_CPU_UPDATE_INTERVAL, Pid, ProcessRefreshKind,
        ProcessesToUpdate, System,
    };

    #[test]
    fn a_busy_process_first_reports_zero_cpu_usage() {
        let pid = sysinfo::get_current_pid().expect("the process has an ID");
        let mut elsewhere = system();
        while refreshed(&mut elsewhere, pid).0 == 0 {
            spin_loop();
        }

        let (cpu_time, cpu_usage) = refreshed(&mut system(), pid);
        assert!(cpu_time > 0, "milliseconds of CPU time are right at once");
        assert_eq!(cpu_usage, 0.0);
    }

    #[test]
    fn every_core_has_a_usage_of_zero_at_first() {
        let mut system = system();
        system.refresh_cpu_usage();
        let usage = core_usage(&system);
        assert!(!usage.is_empty());
        assert!(usage.iter().all(|usage| *usage == 0.0), "{usage:?}");
    }

    #[test]
    fn a_core_read_again_too_soon_repeats_its_usage() {
        const READINGS: usize = 1000;
        let start = Instant::now();
        let mut system = system();
        let readings: Vec<_> = (0..READINGS)
            .map(|_| {
                system.refresh_cpu_usage();
                core_usage(&system)
            })
            .collect();
        let intervals = start
            .elapsed()
            .div_duration_f64(MINIMUM_CPU_UPDATE_INTERVAL);

        // The usage changes at most once per minimum interval, so nearly all of
        // a thousand readings repeat the one before.
        let changes = readings.windows(2).filter(|pair| pair[0] != pair[1]);
        let changes = u32::try_from(changes.count()).expect("few");
        assert!(f64::from(changes) <= intervals, "{changes} in {intervals}");
    }

    fn system() -> System {
        System::new().expect("the system is supported")
    }

    /// The milliseconds of CPU time and the CPU usage after a refresh.
    fn refreshed(system: &mut System, pid: Pid) -> (u64, f32) {
        system.refresh_processes_specifics(
            ProcessesToUpdate::Some(&[pid]),
            true,
            ProcessRefreshKind::nothing().with_cpu().without_tasks(),
        );
        let process = system.process(pid).expect("the process is running");
        (process.accumulated_cpu_time(), process.cpu_usage())
    }

    fn core_usage(system: &System) -> Vec<f32> {
        system.cpus().iter().map(Cpu::usage).collect()
    }
}

#[test]
fn the_first_of_two_readers_takes_the_change() {
    let (provider, documents) = two_readers();
    let total = Arc::new(AtomicU64::new(0));
    let current = Arc::clone(&total);
    let last = AtomicU64::new(0);
    provider
        .meter("trap")
        .u64_observable_gauge("change")
        .with_callback(move |gauge| {
            let total = current.load(SeqCst);
            gauge.observe(total - last.swap(total, SeqCst), &[]);
        })
        .build();

    for (new_total, change) in [(40, 40), (50, 10)] {
        total.store(new_total, SeqCst);
        provider.force_flush().expect("nothing fails");
        let [first, second] = documents.each_ref().map(received);
        assert_eq!(data_points(&first, "change")[0]["value"], change);
        assert_eq!(data_points(&second, "change")[0]["value"], 0);
    }
}

#[test]
fn the_second_of_two_readers_sees_a_busy_process_as_idle() {
    let (provider, documents) = two_readers();
    let meter = provider.meter("trap");
    // A process that was busy half the time. The second reader collects one
    // millisecond after the first.
    let cpu_time = Duration::from_secs(1);
    let times = Mutex::new([2000, 2001].into_iter());
    let share = Mutex::new(CpuShare::default());
    meter
        .f64_observable_gauge("share")
        .with_callback(move |gauge| {
            let time = times.lock().expect("no panic").next();
            let now = Duration::from_millis(time.expect("each reader asks"));
            let mut share = share.lock().expect("no panic");
            if let Some(share) = share.since_last(cpu_time, now) {
                gauge.observe(share, &[]);
            }
        })
        .build();
    // The total has no state that one reader could take from the other.
    meter
        .f64_observable_counter("cpu.time")
        .with_callback(move |counter| {
            counter.observe(cpu_time.as_secs_f64(), &[]);
        })
        .build();

    provider.force_flush().expect("nothing fails");
    let [first, second] = documents.each_ref().map(received);
    assert_eq!(value(&first, "share"), 0.5);
    assert_eq!(value(&second, "share"), 0.0);
    assert_eq!(value(&first, "cpu.time"), 1.0);
    assert_eq!(value(&second, "cpu.time"), 1.0);
}

#[test]
fn nan_and_infinity_are_not_observed() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    // A quotient of two changes, without checking the second.
    let changes = Mutex::new(
        [(1.0, 2.0), (0.0, 0.0), (1.0, 0.0), (-1.0, 0.0)].into_iter(),
    );
    observe_ratios(&collector.meter(), move || {
        let (used, passed) = changes
            .lock()
            .expect("no panic")
            .next()
            .expect("a change for each collection");
        vec![("a", used / passed), ("b", 0.25)]
    });

    assert_eq!(data_points(&collector.document(), "ratio").len(), 2);
    for _ in ["NaN", "infinity", "negative infinity"] {
        let document = collector.document();
        let points = data_points(&document, "ratio");
        assert_eq!(points.len(), 1, "no error, and no old value either");
        assert_eq!(points[0]["attributes"], json!({"part": "b"}));
    }
}

#[test]
fn a_gauge_with_only_nan_is_not_exported() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    observe_ratios(&collector.meter(), || vec![("a", f64::NAN)]);
    assert_eq!(collector.collect().expect("nothing fails"), None);
}

fn observe_ratios(
    meter: &Meter,
    ratios: impl Fn() -> Vec<(&'static str, f64)> + Send + Sync + 'static,
) {
    meter
        .f64_observable_gauge("ratio")
        .with_callback(move |gauge| {
            for (part, ratio) in ratios() {
                gauge.observe(ratio, &[KeyValue::new("part", part)]);
            }
        })
        .build();
}

/// What a backend makes of one metric from several processes: a total, if the
/// metric says that it is a sum.
fn total(documents: &[Value], name: &str) -> Option<i64> {
    let values = documents.iter().map(|document| {
        let data = &metric(document, name)["data"];
        data.get("aggregation_temporality")?;
        data["data_points"][0]["value"].as_i64()
    });
    values.sum()
}

/// A provider with two readers that collect one after the other when it is
/// flushed, and the documents of each.
fn two_readers() -> (SdkMeterProvider, [Receiver<String>; 2]) {
    let (first, first_documents) = reader();
    let (second, second_documents) = reader();
    let provider = SdkMeterProvider::builder()
        .with_reader(first)
        .with_reader(second)
        .build();
    (provider, [first_documents, second_documents])
}

fn reader() -> (PeriodicReader<impl PushMetricExporter>, Receiver<String>) {
    let (writer, documents) = document_channel();
    let reader = PeriodicReader::builder(JsonExporter::new(writer))
        .with_interval(Duration::MAX)
        .build();
    (reader, documents)
}

fn received(documents: &Receiver<String>) -> Value {
    let document = documents.try_recv().expect("there is a document");
    serde_json::from_str(&document).expect("a document is JSON")
}

fn metric<'a>(document: &'a Value, name: &str) -> &'a Value {
    let metrics =
        &document["resource_metrics"][0]["scope_metrics"][0]["metrics"];
    let metrics = metrics.as_array().into_iter().flatten();
    let mut named = metrics.filter(|metric| metric["name"] == name);
    named.next().expect("the document has the metric")
}

/// The value of the metric's only data point.
fn value(document: &Value, name: &str) -> f64 {
    let value = &data_points(document, name)[0]["value"];
    value.as_f64().expect("the value is a number")
}
