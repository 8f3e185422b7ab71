//! A real Prometheus that scrapes: `just test-backends`.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use insta::assert_json_snapshot;
use opentelemetry::KeyValue;
use scrape::{Tasks, app, observe_memory, observe_uptime};
use serde_json::{Map, Value};
use shared::testing::{Backend, ServerProgram, serve};
use support::{Target, scraped};
use tokio::runtime::Runtime;

mod support;

/// The lesson's configuration file.
const CONFIGURATION: &str = include_str!("../prometheus.yml");

/// What the chapter asks.
const QUERIES: &str = include_str!("../queries.promql");

#[test]
fn promtool_accepts_the_page_and_the_configuration() {
    let page = scraped(|meter| {
        Tasks::new(meter).finished(Duration::from_secs(1));
        observe_uptime(meter, || Duration::from_secs(1));
        observe_memory(meter, || Some(1));
    });
    assert_eq!(
        promtool(&["check", "metrics"], &page),
        (true, String::new())
    );
    let syntax = ["check", "config", "--syntax-only", "/dev/stdin"];
    let (is_valid, complaints) = promtool(&syntax, CONFIGURATION);
    assert!(is_valid, "{complaints}");
}

#[cfg(unix)]
#[test]
fn prometheus_scrapes_the_program() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_scrape"));
    let program = ServerProgram::without_interval(&mut program);
    let prometheus = Backend::prometheus(&scraping(program.port));
    let uptime = prometheus.found("app_atividade_tempo_seconds_total > 0");
    assert_eq!(uptime[0]["metric"]["job"], "lesson-13");
    prometheus.found("up == 1");
    assert_eq!(program.stop(), None);
}

#[test]
fn prometheus_answers_with_what_was_measured() {
    let target = Target::new();
    let tasks = Tasks::new(&target.meter());
    for milliseconds in [750, 1250, 5500] {
        tasks.finished(Duration::from_millis(milliseconds));
    }
    let (_server, port) = served(&target);
    let prometheus = Backend::prometheus(&scraping(port));
    let mut answers = Map::new();
    for query in QUERIES.lines() {
        let mut answer = prometheus.found(query);
        assert_eq!(answer.len(), 1, "{query}: {answer:?}");
        let mut series = answer.remove(0);
        // The port and the time differ from run to run.
        series["metric"]["instance"] = "localhost:8080".into();
        series["value"][0] = "[time]".into();
        answers.insert(query.to_owned(), series);
    }
    assert_json_snapshot!("answers", answers);
}

#[test]
fn a_gauge_that_is_observed_no_more_is_gone_after_one_scrape() {
    let target = Target::new();
    let is_observed = Arc::new(AtomicBool::new(true));
    let (scrape, scrapes) = mpsc::channel();
    let callback_is_observed = Arc::clone(&is_observed);
    target
        .meter()
        .u64_observable_gauge("carga")
        .with_callback(move |gauge| {
            let is_observed = callback_is_observed.load(SeqCst);
            if is_observed {
                gauge.observe(1, &[]);
            }
            // Once the test has ended, nobody counts.
            let _ = scrape.send(is_observed);
        })
        .build();
    let (_server, port) = served(&target);
    let prometheus = Backend::prometheus(&scraping(port));
    prometheus.found("carga");
    is_observed.store(false, SeqCst);
    // A scrape begins when the one before has been stored.
    for _ in 0..2 {
        while scrapes.recv().expect("Prometheus scrapes") {}
    }
    assert!(prometheus.query("carga").is_empty());
    // The value itself is still stored, a few seconds old.
    assert_eq!(prometheus.query("last_over_time(carga[5m])").len(), 1);
}

#[test]
fn a_gauge_that_nobody_sets_any_more_never_goes_stale() {
    let target = Target::new();
    target.meter().u64_gauge("carga").build().record(7, &[]);
    let scrapes = count_scrapes(&target);
    let (_server, port) = served(&target);
    let prometheus = Backend::prometheus(&scraping(port));
    for _ in 0..5 {
        scrapes.recv().expect("Prometheus scrapes");
    }
    assert_eq!(value(&prometheus.found("carga")), "7");
}

#[test]
fn after_the_program_has_gone_all_its_series_are_stale_and_up_is_0() {
    let target = Target::new();
    target.meter().u64_gauge("carga").build().record(7, &[]);
    let (server, port) = served(&target);
    let prometheus = Backend::prometheus(&scraping(port));
    prometheus.found("carga");
    drop(server);
    prometheus.found("up == 0");
    assert!(prometheus.query("carga").is_empty());
}

#[test]
fn a_callback_slower_than_the_scrape_timeout_makes_up_0() {
    let target = Target::new();
    target.meter().u64_gauge("carga").build().record(7, &[]);
    let (end, may_end) = mpsc::channel::<()>();
    let may_end = Mutex::new(may_end);
    target
        .meter()
        .u64_observable_gauge("slow")
        // Until the test drops its end.
        .with_callback(move |_| {
            let _ = may_end.lock().expect("no panic").recv();
        })
        .build();
    let (_server, port) = served(&target);
    let prometheus = Backend::prometheus(&scraping(port));
    assert_eq!(value(&prometheus.found("up")), "0");
    let targets = prometheus.get("/api/v1/targets", &[]);
    assert!(targets.contains("context deadline exceeded"), "{targets}");
    // Metrics that would be there at once are missing as well.
    assert!(prometheus.query("carga").is_empty());
    drop(end);
    assert_eq!(value(&prometheus.found("carga")), "7");
}

#[test]
fn two_scrapers_get_one_collection_each() {
    let target = Target::new();
    count_scrapes(&target);
    let (_server, port) = served(&target);
    let prometheus = [(); 2].map(|()| Backend::prometheus(&scraping(port)));
    let mut counts = Vec::new();
    for prometheus in &prometheus {
        prometheus.found("coletas_total > 2");
        let series = prometheus.query("coletas_total[5m]");
        let values = series[0]["values"].as_array().into_iter().flatten();
        counts.extend(values.map(|value| value[1].to_string()));
    }
    let collections = counts.len();
    counts.sort();
    counts.dedup();
    // None has the count of another.
    assert_eq!(counts.len(), collections);
}

#[test]
fn a_restart_is_seen_by_a_value_that_falls() {
    let target = Target::new();
    let total = Arc::new(AtomicU64::new(10));
    let observed = Arc::clone(&total);
    target
        .meter()
        .u64_observable_counter("pedidos")
        .with_callback(move |counter| {
            counter.observe(observed.load(SeqCst), &[]);
        })
        .build();
    let (_server, port) = served(&target);
    let prometheus = Backend::prometheus(&scraping(port));
    prometheus.found("pedidos_total == 10");
    total.store(3, SeqCst);
    prometheus.found("pedidos_total == 3");
    assert_eq!(value(&prometheus.query("resets(pedidos_total[5m])")), "1");
}

#[test]
fn one_key_that_is_no_label_loses_the_whole_page() {
    // All before the first question: a Prometheus takes seconds to start.
    let scraped = ["2xx", "a:b", ""].map(|key| {
        let target = Target::new();
        let gauge = target.meter().u64_gauge("carga").build();
        gauge.record(1, &[]);
        gauge.record(2, &[KeyValue::new(key, true)]);
        let (server, port) = served(&target);
        (target, server, Backend::prometheus(&scraping(port)))
    });
    for (target, _server, prometheus) in scraped {
        let page = target.page();
        assert_eq!(value(&prometheus.found("up")), "0", "{page}");
        assert!(prometheus.query("carga").is_empty(), "{page}");
        assert!(!promtool(&["check", "metrics"], &page).0, "{page}");
    }
}

#[test]
fn of_two_values_of_one_series_prometheus_keeps_the_first() {
    let target = Target::new();
    let meter = target.meter();
    meter.u64_gauge("fila.tarefas").build().record(1, &[]);
    meter.u64_gauge("fila_tarefas").build().record(2, &[]);
    let (_server, port) = served(&target);
    let prometheus = Backend::prometheus(&scraping(port));
    assert_eq!(value(&prometheus.found("fila_tarefas")), "1");
    prometheus.found("up == 1");
}

#[test]
fn an_attribute_job_is_renamed() {
    let target = Target::new();
    let gauge = target.meter().u64_gauge("carga").build();
    gauge.record(1, &[KeyValue::new("job", "mine")]);
    let (_server, port) = served(&target);
    let prometheus = Backend::prometheus(&scraping(port));
    let found = prometheus.found("carga");
    assert_eq!(found[0]["metric"]["job"], "lesson-13");
    assert_eq!(found[0]["metric"]["exported_job"], "mine");
}

/// The lesson's configuration, for another port and in a hurry.
fn scraping(port: u16) -> String {
    CONFIGURATION
        .replace("localhost:8080", &format!("127.0.0.1:{port}"))
        .replace("scrape_interval: 2s", "scrape_interval: 500ms")
        .replace("scrape_timeout: 1s", "scrape_timeout: 500ms")
}

/// Observes how often it has been asked, and tells the test each time.
fn count_scrapes(target: &Target) -> mpsc::Receiver<()> {
    let (scrape, scrapes) = mpsc::channel();
    let count = AtomicU64::new(0);
    target
        .meter()
        .u64_observable_counter("coletas")
        .with_callback(move |counter| {
            counter.observe(count.fetch_add(1, SeqCst) + 1, &[]);
            // Once the test has ended, nobody counts.
            let _ = scrape.send(());
        })
        .build();
    scrapes
}

/// The value of the only series found.
#[track_caller]
fn value(found: &[Value]) -> &str {
    assert_eq!(found.len(), 1, "{found:?}");
    found[0]["value"][1].as_str().expect("a number in a string")
}

/// Whether `promtool` accepts the input, and what it says.
fn promtool(arguments: &[&str], input: &str) -> (bool, String) {
    let mut promtool = Command::new("promtool")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("see \"Install the servers\" in docs/CONTRIBUTING.md");
    let mut stdin = promtool.stdin.take().expect("stdin is a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = promtool.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// Serves the lesson's application until the runtime is dropped.
fn served(target: &Target) -> (Runtime, u16) {
    let runtime = Runtime::new().expect("threads");
    let tasks = Tasks::new(&target.meter());
    let port = runtime.block_on(serve(app(target.registry.clone(), tasks)));
    (runtime, port)
}
