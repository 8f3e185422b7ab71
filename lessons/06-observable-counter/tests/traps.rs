//! Surprises with observable counters, each shown by a test.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use observable_counter::observe_uptime;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::metrics::{
    PeriodicReader, SdkMeterProvider, Temporality,
};
use serde_json::{Value, json};
use shared::JsonExporter;
use shared::testing::{Collector, data_points, metric};

// ANCHOR: falling
/// The total of another program, restarted after the second reading.
const FALLING: [u32; 5] = [100, 150, 20, 50, 50];

#[test]
fn a_total_that_falls_is_exported_as_it_is() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    observe_floats(&collector.meter(), FALLING);
    let documents = FALLING.map(|_| collector.document());
    assert_eq!(
        documents.each_ref().map(value),
        [100.0, 150.0, 20.0, 50.0, 50.0]
    );

    // Nothing says that the total started over: the start time stays, and the
    // sum still claims to be monotonic.
    let [_, before, after, ..] = &documents;
    assert_eq!(start_time(before), start_time(after));
    assert_eq!(metric(after)["data"]["is_monotonic"], true);
}
// ANCHOR_END: falling

#[test]
fn under_delta_a_float_that_falls_is_a_negative_change() {
    let collector = Collector::by_hand("trap", Temporality::Delta);
    observe_floats(&collector.meter(), FALLING);
    let documents = FALLING.map(|_| collector.document());
    assert_eq!(
        documents.each_ref().map(value),
        [100.0, 50.0, -130.0, 30.0, 0.0]
    );
    assert_eq!(metric(&documents[2])["data"]["is_monotonic"], true);
}

/// In a debug build the subtraction panics, and collection ends.
#[cfg(debug_assertions)]
#[test]
fn under_delta_an_integer_that_falls_ends_collection() {
    let collector = Collector::by_hand("trap", Temporality::Delta);
    observe_integers(&collector.meter(), FALLING);
    collector.document();
    collector.document();
    assert!(collector.collect().is_err());
}

/// In a release build the subtraction wraps around.
#[cfg(not(debug_assertions))]
#[test]
fn under_delta_an_integer_that_falls_is_a_huge_change() {
    let collector = Collector::by_hand("trap", Temporality::Delta);
    observe_integers(&collector.meter(), FALLING);
    collector.document();
    collector.document();
    let document = collector.document();
    let point = data_points(&document, "total")[0];
    assert_eq!(point["value"], u64::MAX - 129);
}

#[test]
fn a_callback_that_panics_ends_the_collection_of_all_instruments() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let meter = collector.meter();
    let healthy_runs = Arc::new(AtomicU64::new(0));
    let runs = Arc::clone(&healthy_runs);
    meter
        .u64_observable_counter("healthy")
        .with_callback(move |counter| {
            counter.observe(runs.fetch_add(1, SeqCst), &[]);
        })
        .build();
    meter
        .u64_observable_counter("broken")
        .with_callback(|_| panic!("a callback that panics"))
        .build();

    assert!(collector.collect().is_err());
    assert!(collector.collect().is_err());
    assert!(collector.shut_down().is_err());
    assert_eq!(healthy_runs.load(SeqCst), 1, "no collection came after it");
    // The program carries on regardless: this line runs.
}

// ANCHOR: slow
#[test]
fn a_callback_slower_than_the_interval_delays_collections() {
    const MISSED: u32 = 20;
    const COLLECTIONS: u32 = 10;
    let interval = Duration::from_millis(1);
    let start = Instant::now();
    let collector = Collector::every("trap", interval);
    let running = AtomicBool::new(false);
    let runs = AtomicU64::new(0);
    collector
        .meter()
        .u64_observable_counter("runs")
        .with_callback(move |counter| {
            assert!(!running.swap(true, SeqCst), "two at the same time");
            if runs.fetch_add(1, SeqCst) == 0 {
                spin(interval * MISSED);
            }
            counter.observe(runs.load(SeqCst), &[]);
            running.store(false, SeqCst);
        })
        .build();

    // Each document counts one more run: none was skipped or repeated.
    for run in 1..=COLLECTIONS {
        let document = collector.next_document().expect("reader is alive");
        assert_eq!(data_points(&document, "runs")[0]["value"], run);
    }
    // At most one collection follows without a pause. The other missed
    // intervals are not made up for: each later collection waits for its own.
    let intervals = start.elapsed().as_millis() / interval.as_millis();
    assert!(intervals >= u128::from(MISSED + COLLECTIONS - 1));
}
// ANCHOR_END: slow

#[test]
fn a_callback_that_builds_an_instrument_never_returns() {
    let provider = provider();
    let meter = provider.meter("trap");
    never_returns(&provider, move || {
        meter.u64_counter("late").build();
    });
}

#[test]
fn a_callback_that_flushes_its_provider_never_returns() {
    let provider = provider();
    let own = provider.clone();
    never_returns(&provider, move || {
        let _ = own.force_flush();
    });
}

#[test]
fn a_shutdown_ignores_the_timeout_that_it_is_given() {
    let provider = provider();
    provider
        .meter("trap")
        .u64_observable_counter("total")
        .with_callback(|_| {
            loop {
                thread::park();
            }
        })
        .build();
    let error = provider
        .shutdown_with_timeout(Duration::from_millis(1))
        .expect_err("the callback hangs");
    assert!(error.to_string().contains("Timeout(5s)"), "{error}");
}

#[test]
fn attributes_that_are_not_observed_again_disappear() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let queues = Arc::new(Mutex::new(vec!["a", "b"]));
    let observed = Arc::clone(&queues);
    collector
        .meter()
        .u64_observable_counter("total")
        .with_callback(move |counter| {
            for queue in observed.lock().expect("no panic").iter() {
                counter.observe(7, &[KeyValue::new("queue", *queue)]);
            }
        })
        .build();

    assert_eq!(data_points(&collector.document(), "total").len(), 2);
    queues
        .lock()
        .expect("no panic")
        .retain(|queue| *queue == "b");
    let document = collector.document();
    let points = data_points(&document, "total");
    assert_eq!(points.len(), 1);
    assert_eq!(points[0]["attributes"], json!({"queue": "b"}));
}

// ANCHOR: silent
#[test]
fn a_callback_that_observes_nothing_leaves_its_metric_out() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let meter = collector.meter();
    meter
        .u64_observable_counter("silent")
        .with_callback(|_| {})
        .build();
    // With no metric at all there is no document either.
    assert_eq!(collector.collect().expect("nothing fails"), None);

    observe_integers(&meter, [1]);
    let document = collector.document();
    assert_eq!(data_points(&document, "silent").len(), 0);
    assert_eq!(metric(&document)["name"], "total");
}
// ANCHOR_END: silent

#[test]
fn under_delta_a_skipped_observation_restarts_from_zero() {
    let collector = Collector::by_hand("trap", Temporality::Delta);
    let readings = [Some(100.0), Some(110.0), None, Some(130.0)];
    observe(&collector.meter(), readings);
    let deltas = readings.map(|_| {
        let document = collector.collect().expect("nothing fails");
        document.map(|document| value(&document))
    });
    assert_eq!(deltas, [Some(100.0), Some(10.0), None, Some(130.0)]);
}

#[test]
fn the_last_observation_of_an_attribute_set_wins() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    collector
        .meter()
        .u64_observable_counter("total")
        .with_callback(|counter| {
            counter.observe(7, &[KeyValue::new("queue", "a")]);
            counter.observe(10, &[KeyValue::new("queue", "a")]);
        })
        .build();
    let document = collector.document();
    let points = data_points(&document, "total");
    assert_eq!(points.len(), 1);
    assert_eq!(points[0]["value"], 10);
}

#[test]
fn the_overflow_point_has_the_last_value_and_not_the_sum() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    collector
        .meter()
        .u64_observable_counter("total")
        .with_callback(|counter| {
            for task in 0..2000 {
                counter.observe(1, &[KeyValue::new("task", task)]);
            }
            // These two are beyond the limit of 2000 sets.
            counter.observe(7, &[KeyValue::new("task", 2000)]);
            counter.observe(10, &[KeyValue::new("task", 2001)]);
        })
        .build();
    let document = collector.document();
    let overflow = json!({"otel.metric.overflow": true});
    let values: Vec<_> = data_points(&document, "total")
        .into_iter()
        .filter(|point| point["attributes"] == overflow)
        .map(|point| &point["value"])
        .collect();
    assert_eq!(values, [10]);
}

#[test]
fn a_callback_outlives_its_instrument() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    {
        let _counter = collector
            .meter()
            .u64_observable_counter("total")
            .with_callback(|counter| counter.observe(7, &[]))
            .build();
    }
    assert_eq!(data_points(&collector.document(), "total")[0]["value"], 7);
}

#[test]
fn an_instrument_that_is_not_built_is_never_observed() {
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    let _builder = collector
        .meter()
        .u64_observable_counter("total")
        .with_callback(|counter| counter.observe(7, &[]));
    assert_eq!(collector.collect().expect("nothing fails"), None);
}

#[test]
fn uptime_from_a_wall_clock_falls_when_the_clock_is_set_back() {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    let wall_clock = Arc::new(Mutex::new(start + Duration::from_mins(10)));
    let clock = Arc::clone(&wall_clock);
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    observe_uptime(&collector.meter(), move || {
        let now = *clock.lock().expect("no panic");
        now.duration_since(start).unwrap_or_default()
    });

    assert_eq!(value(&collector.document()), 600.0);
    *wall_clock.lock().expect("no panic") -= Duration::from_mins(9);
    assert_eq!(value(&collector.document()), 60.0);
}

#[test]
fn uptime_from_a_monotonic_clock_never_falls() {
    let start = Instant::now();
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    observe_uptime(&collector.meter(), move || start.elapsed());
    let uptimes: Vec<_> =
        (0..1000).map(|_| value(&collector.document())).collect();
    assert!(uptimes.is_sorted());
}

#[test]
fn the_times_of_a_point_are_those_of_the_wall_clock() {
    let wall_clock = || {
        let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let nanoseconds = time.expect("it is after 1970").as_nanos();
        u64::try_from(nanoseconds).expect("it is before 2554")
    };
    let before = wall_clock();
    let collector = Collector::by_hand("trap", Temporality::Cumulative);
    observe_integers(&collector.meter(), [1]);
    let document = collector.document();
    let after = wall_clock();

    let point = data_points(&document, "total")[0];
    let time = |key: &str| point[key].as_u64().expect("the point has it");
    let (start, end) = (time("start_time_unix_nano"), time("time_unix_nano"));
    assert!([before, start, end, after].is_sorted());
}

/// A provider that collects only when the test flushes it.
fn provider() -> SdkMeterProvider {
    let reader = PeriodicReader::builder(JsonExporter::new(std::io::sink()))
        .with_interval(Duration::MAX)
        .build();
    SdkMeterProvider::builder().with_reader(reader).build()
}

/// Collects with a callback that makes this call, and waits for its return in
/// vain.
fn never_returns(
    provider: &SdkMeterProvider,
    call: impl Fn() + Send + Sync + 'static,
) {
    let (event, events) = mpsc::channel();
    provider
        .meter("trap")
        .u64_observable_counter("total")
        .with_callback(move |_| {
            event.send("called").expect("the test is listening");
            call();
            event.send("returned").expect("the test is listening");
        })
        .build();
    let flushed = provider.clone();
    // This thread and the reader's hang until the process ends.
    thread::spawn(move || flushed.force_flush());
    assert_eq!(events.recv(), Ok("called"));
    let nothing = events.recv_timeout(Duration::from_secs(1));
    assert_eq!(nothing, Err(mpsc::RecvTimeoutError::Timeout));
}

/// Registers a counter called `total` that observes one reading per collection,
/// or nothing where there is none.
fn observe<const N: usize>(meter: &Meter, readings: [Option<f64>; N]) {
    let readings = Mutex::new(readings.into_iter());
    meter
        .f64_observable_counter("total")
        .with_callback(move |counter| {
            let reading = readings.lock().expect("no panic").next();
            if let Some(Some(reading)) = reading {
                counter.observe(reading, &[]);
            }
        })
        .build();
}

fn observe_floats<const N: usize>(meter: &Meter, readings: [u32; N]) {
    observe(meter, readings.map(|reading| Some(reading.into())));
}

fn observe_integers<const N: usize>(meter: &Meter, readings: [u32; N]) {
    let readings = Mutex::new(readings.into_iter());
    meter
        .u64_observable_counter("total")
        .with_callback(move |counter| {
            let reading = readings.lock().expect("no panic").next();
            if let Some(reading) = reading {
                counter.observe(reading.into(), &[]);
            }
        })
        .build();
}

/// Keeps the thread busy, as a slow calculation would.
fn spin(duration: Duration) {
    let start = Instant::now();
    while start.elapsed() < duration {
        std::hint::spin_loop();
    }
}

/// The value of the only data point.
fn value(document: &Value) -> f64 {
    let value = &metric(document)["data"]["data_points"][0]["value"];
    value.as_f64().expect("the value is a number")
}

fn start_time(document: &Value) -> &Value {
    &metric(document)["data"]["data_points"][0]["start_time_unix_nano"]
}
