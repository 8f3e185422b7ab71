//! What the page says.

use std::fmt::Write;
use std::time::Duration;

use insta::assert_snapshot;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::Registry;
use scrape::{BOUNDS, Tasks, observe_memory, observe_uptime};
use shared::testing::{data_points, exported};
use support::scraped;

mod support;

#[test]
fn the_page_has_all_metrics_in_the_text_format() {
    let page = scraped(|meter| {
        finish_three_tasks(meter);
        observe_uptime(meter, || Duration::from_millis(12_500));
        observe_memory(meter, || Some(8_388_608));
    });
    assert_snapshot!("page", page);
}

#[test]
fn a_bucket_counts_all_values_up_to_its_bound() {
    let page = scraped(finish_three_tasks);
    let document = exported("scrape", finish_three_tasks);
    let point = data_points(&document, "tarefa.duracao")[0];
    let counts = point["bucket_counts"].as_array().into_iter().flatten();
    let mut total = 0;
    for (count, bound) in counts.zip(BOUNDS) {
        total += count.as_u64().expect("a count");
        let label = format!("le=\"{bound}\"}} {total}\n");
        assert!(page.contains(&label), "{label}{page}");
    }
}

/// Their durations add up without rounding.
fn finish_three_tasks(meter: &Meter) {
    let tasks = Tasks::new(meter);
    for milliseconds in [750, 1250, 5500] {
        tasks.finished(Duration::from_millis(milliseconds));
    }
}

/// Builds an instrument with this name and unit, and gives it a value.
type Build = fn(&Meter, &'static str, &'static str);

const COUNTER: (&str, Build) = ("counter", |meter, name, unit| {
    meter.u64_counter(name).with_unit(unit).build().add(1, &[]);
});
const UP_DOWN_COUNTER: (&str, Build) =
    ("up-down counter", |meter, name, unit| {
        let counter = meter.i64_up_down_counter(name).with_unit(unit);
        counter.build().add(1, &[]);
    });
const GAUGE: (&str, Build) = ("gauge", |meter, name, unit| {
    meter.u64_gauge(name).with_unit(unit).build().record(1, &[]);
});
const HISTOGRAM: (&str, Build) = ("histogram", |meter, name, unit| {
    let histogram = meter.f64_histogram(name).with_unit(unit);
    histogram.build().record(1.0, &[]);
});

#[test]
fn a_name_gets_its_unit_and_a_counter_gets_total() {
    let mut table = String::new();
    for (name, unit, (kind, build)) in [
        ("api.chamadas", "{chamada}", COUNTER),
        ("app.atividade.tempo", "s", COUNTER),
        ("api.resposta.volume", "By", COUNTER),
        ("fila.tarefas", "{tarefa}", UP_DOWN_COUNTER),
        ("fila.tarefas", "1", UP_DOWN_COUNTER),
        ("processo.memoria.uso", "MB", GAUGE),
        ("processo.cpu.uso", "%", GAUGE),
        ("disco.leitura", "By/s", GAUGE),
        ("tarefa.duracao", "s", HISTOGRAM),
        ("tarefa.duracao", "ms", HISTOGRAM),
        ("tarefa.seconds", "s", HISTOGRAM),
        ("pedidos.total", "{pedido}", COUNTER),
    ] {
        let page = scraped(|meter| build(meter, name, unit));
        let line = page.lines().find_map(|line| line.strip_prefix("# TYPE "));
        let became = line.expect("the metric comes before `target_info`");
        let (new_name, _) = became.split_once(' ').expect("two words");
        writeln!(table, "{kind:15} {name:20} {unit:9} {new_name}")
            .expect("a string takes it");
    }
    assert_snapshot!("names", table);
}

#[test]
fn without_suffixes_and_scopes_only_the_dots_change() {
    let registry = Registry::new();
    let exporter = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .without_units()
        .without_counter_suffixes()
        .scope_info_enabled(false)
        .build()
        .expect("the registry accepts it");
    let provider = SdkMeterProvider::builder().with_reader(exporter).build();
    finish_three_tasks(&provider.meter("scrape"));
    let page = scrape::page(&registry).expect("the collection succeeds");
    let calls = "\napi_chamadas{http_route=\"/tarefa\"} 3\n";
    assert!(page.contains(calls), "{page}");
    assert!(page.contains("\ntarefa_duracao_sum 7.5\n"), "{page}");
}

#[test]
fn each_attribute_set_makes_the_page_longer() {
    let mut table = "sets      counter    histogram\n".to_owned();
    for sets in [10, 100, 1000, 10_000] {
        let bytes = |record: fn(&Meter, KeyValue)| {
            let page = scraped(|meter| {
                // All numbers have five digits, and so all lines are as long.
                for user in 10_000..10_000 + sets {
                    record(meter, KeyValue::new("usuario", user));
                }
            });
            page.len()
        };
        let counter = bytes(|meter, user| {
            meter.u64_counter("api.chamadas").build().add(1, &[user]);
        });
        let histogram = bytes(|meter, user| {
            let histogram = meter.f64_histogram("tarefa.duracao");
            let histogram = histogram.with_boundaries(BOUNDS.to_vec());
            histogram.build().record(1.0, &[user]);
        });
        writeln!(table, "{sets:5} {counter:9} B {histogram:9} B")
            .expect("a string takes it");
    }
    assert_snapshot!("sizes", table);
}
