//! Surprises with a page that is scraped, each shown by a test.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, SdkMeterProvider, Stream,
};
use prometheus::Registry;
use scrape::{Tasks, app};
use shared::testing::{document_channel, request, response, serve};
use support::{Target, scraped};
use tokio::runtime::{Builder, Runtime};
use tracing::subscriber::with_default;

mod support;

#[test]
fn a_scrape_takes_nothing_away() {
    let target = Target::new();
    let counter = target.meter().u64_counter("total").build();
    counter.add(5, &[]);
    assert_eq!(sample(&target.page(), "total_total"), "5");
    assert_eq!(sample(&target.page(), "total_total"), "5");
    counter.add(2, &[]);
    assert_eq!(sample(&target.page(), "total_total"), "7");
}

#[test]
fn each_scrape_runs_each_callback_once() {
    let target = Target::new();
    let runs = AtomicU64::new(0);
    target
        .meter()
        .u64_observable_counter("runs")
        .with_callback(move |counter| {
            counter.observe(runs.fetch_add(1, SeqCst) + 1, &[]);
        })
        .build();
    for scrape in ["1", "2", "3"] {
        assert_eq!(sample(&target.page(), "runs_total"), scrape);
    }
}

#[test]
fn a_slow_callback_holds_up_no_other_request() {
    let target = Target::new();
    let (_server, port) = served(&target);
    let (started, end) = observe_slowly(&target);
    let slow = request(port, "/metrics");
    started.recv().expect("the scrape runs the callback");
    let other = request(port, "/");
    // So that the test can fail, and not only hang.
    let patience = Some(Duration::from_mins(1));
    other.set_read_timeout(patience).expect("it is not zero");
    let other = response(other);
    assert!(other.starts_with("HTTP/1.1 404 "), "{other}");
    end.send(()).expect("the callback waits");
    assert_eq!(sample(&response(slow), "slow"), "1");
}

#[test]
fn a_scrape_that_was_given_up_still_runs_its_callbacks() {
    let target = Target::new();
    let (_server, port) = served(&target);
    let (started, end) = observe_slowly(&target);
    let impatient = request(port, "/metrics");
    started.recv().expect("the first scrape runs the callback");
    drop(impatient);
    let patient = request(port, "/metrics");
    end.send(()).expect("the callback waits");
    // The second can only start when the first has ended.
    started.recv().expect("the second scrape runs the callback");
    end.send(()).expect("the callback waits");
    assert_eq!(sample(&response(patient), "slow"), "1");
}

#[test]
fn after_a_callback_has_panicked_every_scrape_fails() {
    let target = Target::new();
    let tasks = Tasks::new(&target.meter());
    target
        .meter()
        .u64_observable_gauge("fragile")
        .with_callback(|_| panic!("a callback that panics"))
        .build();
    let (_server, port) = served(&target);
    for _ in 0..2 {
        let response = response(request(port, "/metrics"));
        assert!(response.starts_with("HTTP/1.1 500 "), "{response}");
    }
    // Without the lesson's check the page would be empty: nothing is wrong,
    // and there are no metrics.
    tasks.finished(Duration::from_secs(1));
    assert!(target.registry.gather().is_empty());
}

#[test]
fn what_happens_after_the_last_scrape_is_lost() {
    let target = Target::new();
    let counter = target.meter().u64_counter("total").build();
    counter.add(5, &[]);
    assert_eq!(sample(&target.page(), "total_total"), "5");
    counter.add(2, &[]);
    target
        .provider
        .shutdown()
        .expect("there is nothing to export");
    assert_eq!(scrape::page(&target.registry), None);
}

#[test]
fn a_count_with_the_unit_1_is_called_a_ratio() {
    let page = scraped(|meter| {
        let pending = meter.i64_up_down_counter("fila.tarefas.pendentes");
        pending.with_unit("1").build().add(3, &[]);
    });
    assert_eq!(sample(&page, "fila_tarefas_pendentes_ratio"), "3");
}

#[test]
fn a_suffix_that_is_already_there_comes_twice() {
    let page = scraped(|meter| {
        let calls = meter.f64_counter("espera.seconds.total").with_unit("s");
        calls.build().add(1.5, &[]);
    });
    assert_eq!(sample(&page, "espera_seconds_total_seconds_total"), "1.5");
}

#[test]
fn two_metrics_can_become_one_with_two_values() {
    let page = scraped(|meter| {
        meter.u64_gauge("fila.tarefas").build().record(1, &[]);
        meter.u64_gauge("fila_tarefas").build().record(2, &[]);
    });
    let samples = page.lines().filter(|l| l.starts_with("fila_tarefas{"));
    assert_eq!(samples.count(), 2, "{page}");
}

#[test]
fn of_two_kinds_with_one_name_only_one_is_on_the_page() {
    let log = logged(|| {
        let page = scraped(|meter| {
            meter.u64_gauge("fila.tarefas").build().record(1, &[]);
            let counter = meter.i64_up_down_counter("fila_tarefas");
            counter.build().add(2, &[]);
            meter.f64_histogram("fila/tarefas").build().record(3.0, &[]);
        });
        assert!(!page.contains("fila_tarefas_sum"), "{page}");
    });
    assert!(log.contains("MetricValidationFailed"), "{log}");
}

#[test]
fn attributes_whose_keys_become_one_label_share_it() {
    let page = scraped(|meter| {
        let gauge = meter.u64_gauge("carga").build();
        let pair = ["a.b", "a_b"].map(|key| KeyValue::new(key, key));
        gauge.record(1, &pair);
        gauge.record(2, &[KeyValue::new("otel.scope.name", "mine")]);
    });
    assert!(page.contains(r#"carga{a_b="a.b;a_b","#), "{page}");
    assert!(page.contains(r#"otel_scope_name="mine;scrape""#), "{page}");
}

#[test]
fn an_accent_stays_in_a_value_and_is_lost_in_a_key() {
    let page = scraped(|meter| {
        let gauge = meter.u64_gauge("carga").build();
        gauge.record(1, &[KeyValue::new("região", "São Paulo")]);
    });
    assert!(page.contains(r#"carga{regi_o="São Paulo","#), "{page}");
}

#[test]
fn a_key_that_is_no_label_is_on_the_page_all_the_same() {
    let page = scraped(|meter| {
        let gauge = meter.u64_gauge("carga").build();
        gauge.record(1, &[KeyValue::new("2xx", true)]);
        gauge.record(2, &[KeyValue::new("a:b", true)]);
    });
    assert!(page.contains(r#"carga{2xx="true","#), "{page}");
    assert!(page.contains(r#"carga{a:b="true","#), "{page}");
}

#[test]
fn an_exponential_histogram_is_missing_without_a_word() {
    let registry = Registry::new();
    let exporter = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .build()
        .expect("the registry accepts it");
    let provider = SdkMeterProvider::builder()
        .with_reader(exporter)
        .with_view(|_: &Instrument| {
            let aggregation = Aggregation::Base2ExponentialHistogram {
                max_size: 20,
                max_scale: 20,
                record_min_max: true,
            };
            Stream::builder().with_aggregation(aggregation).build().ok()
        })
        .build();
    let log = logged(|| {
        let meter = provider.meter("trap");
        meter
            .f64_histogram("tarefa.duracao")
            .build()
            .record(1.0, &[]);
        let page = scrape::page(&registry).expect("the collection succeeds");
        assert!(!page.contains("tarefa_duracao"), "{page}");
    });
    assert_eq!(log, "");
}

#[test]
fn a_large_whole_number_loses_its_last_digit() {
    let page = scraped(|meter| {
        let gauge = meter.u64_gauge("carga").build();
        gauge.record(9_007_199_254_740_993, &[]);
    });
    assert_eq!(sample(&page, "carga"), "9007199254740992");
}

#[test]
fn the_page_has_no_times_no_exemplars_and_no_extremes() {
    let page = scraped(|meter| {
        let histogram = meter.f64_histogram("tarefa.duracao");
        histogram.build().record(1.0, &[]);
    });
    for line in page.lines().filter(|line| !line.starts_with('#')) {
        let (_, value) = line.rsplit_once("} ").expect("labels, then a value");
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
    for missing in ["_created", "_min", "_max"] {
        assert!(!page.contains(missing), "{page}");
    }
}

/// The value of the metric's only sample.
#[track_caller]
fn sample<'a>(page: &'a str, name: &str) -> &'a str {
    let start = format!("{name}{{");
    let line = page.lines().find(|line| line.starts_with(&start));
    let line = line.unwrap_or_else(|| panic!("no {name}:\n{page}"));
    line.rsplit_once(' ').expect("a value").1
}

/// What `run` makes the SDK log.
fn logged(run: impl FnOnce()) -> String {
    let (writer, logged) = document_channel();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(writer))
        .finish();
    with_default(subscriber, run);
    logged.iter().collect()
}

/// Observes with a callback that says when it starts, and waits until it may
/// end.
fn observe_slowly(target: &Target) -> (Receiver<()>, Sender<()>) {
    let (start, started) = mpsc::channel();
    let (end, may_end) = mpsc::channel();
    let may_end = Mutex::new(may_end);
    target
        .meter()
        .u64_observable_gauge("slow")
        .with_callback(move |gauge| {
            start.send(()).expect("the test listens");
            may_end.lock().expect("no panic").recv().expect("it may");
            gauge.observe(1, &[]);
        })
        .build();
    (started, end)
}

/// Serves the lesson's application, on one thread, until the runtime is
/// dropped.
fn served(target: &Target) -> (Runtime, u16) {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a thread");
    let tasks = Tasks::new(&target.meter());
    let port = runtime.block_on(serve(app(target.registry.clone(), tasks)));
    (runtime, port)
}
