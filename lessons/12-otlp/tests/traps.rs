//! Surprises with OTLP, each shown by a test.

use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Output};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_otlp::{MetricExporter, WithExportConfig};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_sdk::metrics::{
    PeriodicReader, SdkMeterProvider, Temporality,
};
use otlp::receive;
use prost::Message;
use requests::Server;
use serde_json::{Value, json};
use shared::testing::{connect, response};

mod requests;

#[test]
fn an_integer_is_a_string_in_json() {
    // Beyond 2^53, many readers of JSON round numbers.
    let large = 9_007_199_254_740_993;
    let point =
        point(|meter| meter.u64_counter("large").build().add(large, &[]));
    assert_eq!(point["asInt"], "9007199254740993");
    assert!(point["timeUnixNano"].is_string());
}

#[test]
fn an_integer_beyond_i64_arrives_as_zero() {
    let largest = u64::MAX;
    let point =
        point(|meter| meter.u64_counter("total").build().add(largest, &[]));
    assert_eq!(point["asInt"], "0");
}

#[test]
fn a_gauge_has_a_start_time_on_the_wire() {
    let sent =
        exported(|meter| meter.f64_gauge("gauge").build().record(1.0, &[]));
    let point = &metric(&sent)["gauge"]["dataPoints"][0];
    assert_ne!(point["startTimeUnixNano"], "0");
}

#[test]
fn an_accent_in_a_value_arrives_as_it_is() {
    let point = point(|meter| {
        let city = KeyValue::new("cidade", "São Paulo");
        meter.u64_counter("pedidos").build().add(1, &[city]);
    });
    let city = json!({
        "key": "cidade",
        "value": { "stringValue": "São Paulo" },
    });
    assert_eq!(point["attributes"], json!([city]));
}

#[test]
fn only_the_resource_says_whose_metrics_these_are() {
    let sent = exported(|meter| meter.u64_counter("total").build().add(1, &[]));
    let resource = &sent["resourceMetrics"][0]["resource"];
    assert!(resource.to_string().contains("service.name"));
    assert!(!metric(&sent).to_string().contains("service.name"));
}

#[test]
fn a_request_that_is_too_large_is_refused_as_a_whole() {
    let (address, requests) = receiver();
    let provider = provider(&format!("http://{address}/v1/metrics"));
    let counter = provider.meter("trap").u64_counter("total").build();
    counter.add(1, &[]);
    provider.force_flush().expect("a small request is accepted");
    assert!(requests.try_recv().is_ok());

    // Two thousand sets, two kilobytes each.
    for number in 0..2000 {
        let number = KeyValue::new("number", format!("{number:2000}"));
        counter.add(1, &[number]);
    }
    assert!(provider.force_flush().is_err());
    assert!(requests.try_recv().is_err());
}

#[test]
fn what_is_no_request_is_refused() {
    let (address, requests) = receiver();
    for (request, status) in [
        ("POST /v1/metrics", "400 Bad Request"),
        ("GET /v1/metrics", "405 Method Not Allowed"),
        ("POST /", "404 Not Found"),
    ] {
        let mut client = connect(address.port());
        write!(
            client,
            "{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Length: 2\r\n\r\n{{}}"
        )
        .expect("the receiver reads");
        let response = response(client);
        assert!(response.starts_with(&format!("HTTP/1.1 {status}\r\n")));
    }
    assert!(requests.try_recv().is_err());
}

#[test]
fn any_server_that_answers_200_will_do() {
    let server = Server::start();
    let provider = provider(&format!("http://127.0.0.1:{}", server.port));
    let counter = provider.meter("trap").u64_counter("total").build();
    counter.add(1, &[]);
    // Its answer is a page of HTML.
    provider
        .force_flush()
        .expect("nobody says that this is lost");
    let request = ExportMetricsServiceRequest::decode(server.request().body);
    assert_eq!(request.expect("it was sent").resource_metrics.len(), 1);
}

#[test]
fn the_crate_drops_a_header_in_silence() {
    let server = Server::start();
    let list = "api-key=a,token,x city=b,x-city=";
    let output = run(to(&server).env("OTEL_EXPORTER_OTLP_HEADERS", list));
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(said(&output), "");
    let headers = server.request().headers;
    assert_eq!(headers["api-key"], "a");
    assert!(!headers.contains_key("token"));
    assert!(!headers.contains_key("x-city"));
}

#[test]
fn an_empty_list_of_headers_for_metrics_hides_the_one_for_all() {
    let server = Server::start();
    let mut program = to(&server);
    run(program.env("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a"));
    assert!(server.request().headers.contains_key("api-key"));
    run(program.env("OTEL_EXPORTER_OTLP_METRICS_HEADERS", ""));
    assert!(!server.request().headers.contains_key("api-key"));
}

#[test]
fn the_crate_skips_a_timeout_that_it_cannot_read_in_silence() {
    let server = Server::start();
    let mut program = to(&server);
    program.env("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "10s");
    let output = run(&mut program);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(said(&output), "");
    // The next in line counts, and zero is no time at all.
    let output = run(program.env("OTEL_EXPORTER_OTLP_TIMEOUT", "0"));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn without_its_feature_an_option_is_ignored_with_a_warning() {
    let server = Server::start();
    for (option, value) in [
        ("PROTOCOL", "grpc"),
        ("PROTOCOL", "http/json"),
        ("COMPRESSION", "gzip"),
        ("COMPRESSION", "zstd"),
    ] {
        let variable = format!("OTEL_EXPORTER_OTLP_{option}");
        let output = run(to(&server).env(&variable, value));
        assert_eq!(output.status.code(), Some(0));
        let warning = format!("Ignoring value '{value}' for {variable}");
        assert!(said(&output).contains(&warning), "{}", said(&output));
        let headers = server.request().headers;
        assert_eq!(headers["content-type"], "application/x-protobuf");
        assert!(!headers.contains_key("content-encoding"));
    }
}

#[test]
fn an_endpoint_that_cannot_work_fails_at_each_export_and_not_before() {
    for endpoint in ["localhost:4318", "https://localhost:4318"] {
        let variable = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
        let output = run(bare().env(variable, endpoint));
        assert_eq!(output.status.code(), Some(1));
        let said = said(&output);
        assert!(said.contains("PeriodicReader.ExportError"), "{said}");
        assert!(!said.contains("invalid exporter configuration"), "{said}");
    }
}

#[test]
fn a_user_in_the_url_is_not_sent() {
    let server = Server::start();
    let url = format!("http://ana:secret@127.0.0.1:{}", server.port);
    run(bare().env("OTEL_EXPORTER_OTLP_ENDPOINT", url));
    assert!(!server.request().headers.contains_key("authorization"));
}

#[test]
fn a_proxy_gets_what_is_meant_for_this_machine() {
    let proxy = Server::start();
    let backend = Server::start();
    let mut program = to(&backend);
    program.env("http_proxy", format!("http://127.0.0.1:{}", proxy.port));
    run(&mut program);
    let uri = proxy.request().uri;
    assert_eq!(uri.port_u16(), Some(backend.port));
    run(program.env("no_proxy", "127.0.0.1,localhost"));
    backend.request();
    assert!(proxy.requests().is_empty());
}

/// The exporter as it comes, for one export.
fn bare() -> Command {
    let mut bare = Command::new(env!("CARGO_BIN_EXE_bare"));
    bare.env_clear();
    bare
}

fn to(server: &Server) -> Command {
    let mut program = bare();
    let endpoint = format!("http://127.0.0.1:{}", server.port);
    program.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
    program
}

fn run(program: &mut Command) -> Output {
    program.output().expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The lesson's receiver, and what it prints.
fn receiver() -> (SocketAddr, Receiver<String>) {
    let (sender, requests) = mpsc::channel();
    let print = move |line: &str| {
        // Once the test has ended, nobody reads the lines.
        let _ = sender.send(line.to_owned());
        Ok(())
    };
    (receive(print).expect("a free port"), requests)
}

/// A provider that exports when it is flushed.
fn provider(endpoint: &str) -> SdkMeterProvider {
    let exporter = MetricExporter::builder()
        .with_temporality(Temporality::Cumulative)
        .with_http()
        .with_endpoint(endpoint)
        .build()
        .expect("the endpoint is a URL");
    let reader = PeriodicReader::builder(exporter)
        .with_interval(Duration::MAX)
        .build();
    SdkMeterProvider::builder().with_reader(reader).build()
}

/// What arrives at the receiver.
fn exported(measure: impl FnOnce(&Meter)) -> Value {
    let (address, requests) = receiver();
    let provider = provider(&format!("http://{address}/v1/metrics"));
    measure(&provider.meter("trap"));
    provider.force_flush().expect("the receiver accepts it");
    let line = requests.try_recv().expect("a request has arrived");
    serde_json::from_str(&line).expect("JSON")
}

/// The only data point of a counter.
fn point(measure: impl FnOnce(&Meter)) -> Value {
    metric(&exported(measure))["sum"]["dataPoints"][0].clone()
}

fn metric(request: &Value) -> &Value {
    &request["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]
}
