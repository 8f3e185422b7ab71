//! A real database, asked for what the lesson sent: `just test-backends`.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use insta::assert_json_snapshot;
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_otlp::{MetricExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use otlp::Tasks;
use serde_json::{Value, json};
use shared::testing::{Backend, redactions};

/// Where `VictoriaMetrics` takes OTLP.
const PATH: &str = "/opentelemetry/v1/metrics";

#[test]
fn the_recipe_starts_the_database_as_the_tests_do() {
    let justfile = include_str!("../../../justfile");
    let flags = Backend::VICTORIA_METRICS.join(" ");
    assert!(justfile.contains(&format!("exec victoria-metrics {flags} ")));
}

#[test]
fn the_recipe_refuses_a_port_that_is_taken_in_one_line() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let output = Command::new("just")
        .args(["backend", &port.to_string()])
        .output()
        .expect("just starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let message = format!(
        "error: port {port} is taken: try another one, as in `just backend \
         8429`\n"
    );
    assert_eq!(stderr, message);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_recipe_refuses_what_is_no_port_in_one_line() {
    let output = Command::new("just")
        .args(["backend", "http"])
        .output()
        .expect("just starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let accepted = "use a whole number from 1 to 65535";
    assert_eq!(stderr, format!("error: invalid port 'http': {accepted}\n"));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_address_of_the_database_is_a_page_of_links() {
    let backend = Backend::victoria_metrics();
    assert!(backend.get("/", &[]).contains(r#"<a href="vmui">"#));
}

#[test]
fn the_uptime_is_the_last_one_exported() {
    let backend = Backend::victoria_metrics();
    export_known_values(&backend.url(PATH));
    backend.catch_up();
    snapshot(
        "uptime",
        &curl(&backend, include_str!("../queries/uptime.sh")),
    );
}

#[test]
fn a_quantile_is_computed_from_the_buckets() {
    let backend = Backend::victoria_metrics();
    export_known_values(&backend.url(PATH));
    backend.catch_up();
    let answer = curl(&backend, include_str!("../queries/quantile.sh"));
    snapshot("quantile", &answer);
}

#[test]
fn a_rate_is_computed_from_the_points_of_the_last_minute() {
    let backend = Backend::victoria_metrics();
    wait_for(start(&mut program(&backend)));
    backend.catch_up();
    let answer = curl(&backend, include_str!("../queries/rate.sh"));
    let rate = number(&answer[0]["value"][1]);
    let calls = &stored(&backend, "api_chamadas_total")[0];
    let (first, last) = (calls[0], calls[calls.len() - 1]);
    let seconds = (last.milliseconds - first.milliseconds) / 1000.0;
    assert_eq!(rate, (last.value - first.value) / seconds);
}

#[test]
fn names_get_a_unit_and_an_ending() {
    let backend = Backend::victoria_metrics();
    export_known_values(&backend.url(PATH));
    backend.catch_up();
    let all = backend.get("/api/v1/label/__name__/values", &[]);
    let all: Value = serde_json::from_str(&all).expect("it is JSON");
    let all = all["data"].as_array().expect("there are names");
    let metrics = [
        "api.chamadas",
        "app.atividade.tempo",
        "processo.cpu.tempo",
        "tarefa.duracao",
    ];
    let names = metrics.map(|metric| {
        let start = metric.replace('.', "_");
        let is_it = |name: &&Value| {
            name.as_str().is_some_and(|name| name.starts_with(&start))
        };
        (metric, all.iter().filter(is_it).collect::<Vec<_>>())
    });
    assert_json_snapshot!("names", BTreeMap::from(names));
}

#[test]
fn one_program_is_sixteen_series() {
    let backend = Backend::victoria_metrics();
    export_known_values(&backend.url(PATH));
    backend.catch_up();
    assert_eq!(ask(&backend, r#"count({service_name="otlp"})"#), 16);
}

#[test]
fn machines_without_an_instance_id_overwrite_each_other() {
    let answers = answers_about_machines([None, None, None]);
    assert_json_snapshot!("without_instance_ids", answers);
}

#[test]
fn machines_with_an_instance_id_add_up() {
    let answers = answers_about_machines([Some("a"), Some("b"), Some("c")]);
    assert_json_snapshot!("with_instance_ids", answers);
}

#[test]
fn three_programs_at_once_without_an_instance_id_are_one_series() {
    let backend = Backend::victoria_metrics();
    let fleet = [(); 3].map(|()| start(&mut program(&backend)));
    fleet.into_iter().for_each(wait_for);
    backend.catch_up();
    assert_eq!(ask(&backend, "count(api_chamadas_total)"), 1);
}

#[test]
fn three_programs_at_once_with_an_instance_id_are_three_series() {
    let backend = Backend::victoria_metrics();
    let fleet = ["a", "b", "c"].map(|id| {
        let attributes = format!("service.instance.id={id}");
        let mut program = program(&backend);
        start(program.env("OTEL_RESOURCE_ATTRIBUTES", attributes))
    });
    fleet.into_iter().for_each(wait_for);
    backend.catch_up();
    assert_eq!(ask(&backend, "count(api_chamadas_total)"), 3);
    let series = stored(&backend, "api_chamadas_total");
    let counted: f64 = series
        .iter()
        .map(|points| points[points.len() - 1].value)
        .sum();
    let sum = ask(&backend, "sum(api_chamadas_total)");
    assert_eq!(sum.as_f64(), Some(counted));
}

#[test]
fn all_of_the_collectors_parts_are_in_its_pipeline() {
    let collector = collector();
    let pipeline = &collector["service"]["pipelines"]["metrics"];
    for kind in ["receivers", "processors", "exporters"] {
        let parts = collector[kind].as_object().expect("parts by name");
        let names: Vec<_> = parts.keys().collect();
        assert_eq!(json!(names), pipeline[kind], "{kind}");
    }
}

#[test]
fn the_collector_listens_on_the_port_of_otlp() {
    let otlp = &collector()["receivers"]["otlp"];
    assert_eq!(otlp["protocols"]["http"]["endpoint"], "localhost:4318");
}

#[test]
fn an_agent_hands_on_what_it_gets_to_the_collectors_endpoint() {
    let backend = Backend::victoria_metrics();
    let exporter = &collector()["exporters"]["otlp_http"];
    let endpoint = exporter["metrics_endpoint"].as_str().expect("a URL");
    let agent = Backend::rotel(&in_test(&backend, endpoint));
    export_known_values(&agent.url("/v1/metrics"));
    backend.found("app_atividade_tempo_seconds_total");
    backend.catch_up();
    snapshot(
        "uptime",
        &curl(&backend, include_str!("../queries/uptime.sh")),
    );
}

/// The configuration of the Collector.
fn collector() -> Value {
    let configuration = include_str!("../collector.yaml");
    serde_yaml_ng::from_str(configuration).expect("it is YAML")
}

/// What the database answers about three machines that counted 100, 20 and 3
/// calls: after the export of each one, and after they all exported again.
fn answers_about_machines(instances: [Option<&'static str>; 3]) -> Value {
    let backend = Backend::victoria_metrics();
    let machines = [
        machine(&backend, instances[0], 100),
        machine(&backend, instances[1], 20),
        machine(&backend, instances[2], 3),
    ];
    let sums = machines.each_ref().map(|machine| {
        export(&backend, machine);
        ask(&backend, "sum(api_chamadas_total)")
    });
    for machine in &machines {
        export(&backend, machine);
    }
    let restarts = ask(&backend, "sum(resets(api_chamadas_total[5m]))");
    json!({ "sums": sums, "restarts": restarts })
}

/// A program whose exports to `endpoint` the test asks for, one by one.
fn provider(
    endpoint: &str,
    instance: Option<&'static str>,
) -> SdkMeterProvider {
    let exporter = MetricExporter::builder()
        .with_http()
        .with_endpoint(endpoint)
        .build()
        .expect("the endpoint is right");
    let reader = PeriodicReader::builder(exporter)
        .with_interval(Duration::MAX)
        .build();
    // Not `Resource::builder()`: it reads the environment, which is not part
    // of the test.
    let resource = Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_service_name("otlp")
        .with_attributes(
            instance.map(|id| KeyValue::new("service.instance.id", id)),
        )
        .build();
    SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(reader)
        .build()
}

/// Exports all that the lesson measures once, with values that are the same in
/// every run.
fn export_known_values(endpoint: &str) {
    let provider = provider(endpoint, None);
    let meter = provider.meter("otlp");
    otlp::observe_uptime(&meter, || Duration::from_secs(42));
    otlp::observe_cpu_time(&meter, || Some(Duration::from_millis(70)));
    let tasks = Tasks::new(&meter);
    for seconds in [0.25, 0.75, 1.25, 1.75, 5.5] {
        tasks.finished(seconds);
    }
    provider.force_flush().expect("the endpoint takes it");
}

/// A machine that has counted `calls`.
fn machine(
    backend: &Backend,
    instance: Option<&'static str>,
    calls: u32,
) -> SdkMeterProvider {
    let provider = provider(&backend.url(PATH), instance);
    let tasks = Tasks::new(&provider.meter("otlp"));
    for _ in 0..calls {
        tasks.finished(0.25);
    }
    provider
}

/// Exports, and waits until the database answers with it.
fn export(backend: &Backend, provider: &SdkMeterProvider) {
    provider.force_flush().expect("the database takes it");
    backend.catch_up();
}

/// The lesson's program, with a few exports to a database.
fn program(backend: &Backend) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_otlp"));
    program
        .args(["--interval", "200ms", "--exports", "5"])
        .env("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", backend.url(PATH));
    program
}

fn start(program: &mut Command) -> Child {
    let program = program.stderr(Stdio::piped()).spawn();
    program.expect("the program starts")
}

fn wait_for(program: Child) {
    let output = program.wait_with_output().expect("the program ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
}

/// Runs a command of the book, with the port of the test's database.
fn curl(backend: &Backend, command: &str) -> Value {
    let command = in_test(backend, command);
    let output = Command::new("sh").args(["-c", &command]).output();
    let output = output.expect("there is a shell");
    serde_json::from_slice(&output.stdout).expect("the answer is JSON")
}

/// A text with the address of the test's database in place of the book's.
fn in_test(backend: &Backend, text: &str) -> String {
    let address = "http://localhost:8428";
    assert!(text.contains(address), "{text}");
    text.replace(address, &backend.url(""))
}

/// The only value that a query finds.
fn ask(backend: &Backend, query: &str) -> Value {
    let results = backend.query(query);
    assert_eq!(results.len(), 1, "{results:?}");
    let value = results[0]["value"][1].as_str().expect("a text");
    serde_json::from_str(value).expect("of a number")
}

/// A point of a series.
#[derive(Clone, Copy)]
struct Point {
    milliseconds: f64,
    value: f64,
}

/// The points of each series of a metric, as the database has stored them.
fn stored(backend: &Backend, metric: &str) -> Vec<Vec<Point>> {
    let lines = backend.get("/api/v1/export", &[("match[]", metric)]);
    let points = |line| {
        let series: Value = serde_json::from_str(line).expect("it is JSON");
        let times = series["timestamps"].as_array().into_iter().flatten();
        let values = series["values"].as_array().into_iter().flatten();
        times
            .zip(values)
            .map(|(milliseconds, value)| Point {
                milliseconds: number(milliseconds),
                value: number(value),
            })
            .collect()
    };
    lines.lines().map(points).collect()
}

/// A number, which the database's answers have as text.
fn number(value: &Value) -> f64 {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    text.parse().expect("a number")
}

#[track_caller]
fn snapshot(name: &str, answer: &Value) {
    let mut settings = redactions();
    settings.add_redaction(".**.telemetry_sdk_version", "[version]");
    settings.add_redaction("[].value[0]", "[time]");
    settings.bind(|| assert_json_snapshot!(name, answer));
}
