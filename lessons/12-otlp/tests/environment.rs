//! The variables of the specification's "OpenTelemetry Protocol Exporter": what
//! each does, or how it is refused.
#![cfg(unix)]

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use axum::http::header;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use prost::Message;
use requests::Server;
use serde_json::Value;
use shared::testing::refused;

mod requests;

const ALL: &str = "OTEL_EXPORTER_OTLP_";
const METRICS: &str = "OTEL_EXPORTER_OTLP_METRICS_";

#[test]
fn the_endpoint_for_all_signals_gets_the_path_for_metrics() {
    let server = Server::start();
    let url = format!("http://127.0.0.1:{}", server.port);
    for (path, requested) in [
        ("", "/v1/metrics"),
        ("/", "/v1/metrics"),
        ("/behind/a/proxy", "/behind/a/proxy/v1/metrics"),
    ] {
        exported(&mut with(ALL, "ENDPOINT", &format!("{url}{path}")));
        assert_eq!(server.request().uri.path(), requested);
    }
}

#[test]
fn the_endpoint_for_metrics_is_used_as_it_is_and_wins() {
    let server = Server::start();
    let url = format!("http://127.0.0.1:{}", server.port);
    for (path, requested) in [("", "/"), ("/write", "/write")] {
        let endpoint = format!("{url}{path}");
        let mut program = with(METRICS, "ENDPOINT", &endpoint);
        exported(program.env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://[::1]:9"));
        assert_eq!(server.request().uri.path(), requested);
    }
}

#[test]
fn the_program_says_where_it_exports_to() {
    let server = Server::start();
    let url = format!("http://127.0.0.1:{}", server.port);
    for prefix in [ALL, METRICS] {
        let output = with(prefix, "ENDPOINT", &url).output().expect("it runs");
        let line = format!("exporting to {prefix}ENDPOINT={url}\n");
        assert_eq!(String::from_utf8_lossy(&output.stderr), line);
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn an_endpoint_that_cannot_work_is_refused() {
    for endpoint in [
        "localhost:4318",
        "127.0.0.1",
        "/v1/metrics",
        "https://localhost:4318",
        "http://",
        "http:///v1/metrics",
        "http://local host",
    ] {
        refuses("ENDPOINT", endpoint, endpoint, NO_URL);
    }
}

#[test]
fn a_user_in_the_endpoint_is_refused_and_not_shown() {
    let endpoint = "http://ana:secret@localhost:4318";
    refuses("ENDPOINT", endpoint, "...@localhost:4318", NO_URL);
}

const NO_URL: &str =
    "a URL such as http://localhost:4318, with no https and no user";

#[test]
fn headers_are_decoded_and_sent() {
    let server = Server::start();
    let list = "api-key=a%2Cb, x-city = S%C3%A3o ,";
    for prefix in [ALL, METRICS] {
        exported(to(&server).env(format!("{prefix}HEADERS"), list));
        let headers = server.request().headers;
        assert_eq!(headers["api-key"], "a,b");
        assert_eq!(headers["x-city"].as_bytes(), "São".as_bytes());
    }
}

#[test]
fn the_headers_for_metrics_replace_the_headers_for_all_signals() {
    let server = Server::start();
    exported(
        to(&server)
            .env("OTEL_EXPORTER_OTLP_HEADERS", "a=all,b=all")
            .env("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "a=metrics"),
    );
    let headers = server.request().headers;
    assert_eq!(headers["a"], "metrics");
    assert!(!headers.contains_key("b"));
}

#[test]
fn headers_that_would_be_left_out_are_refused_without_their_values() {
    let accepted = "key=value,key=value, with % only as in %2C";
    for (list, shown) in [
        ("secret", "..."),
        ("api-key=secret,secret", "api-key=...,..."),
        ("api-key=", "api-key=..."),
        ("=secret", "=..."),
        ("api key=secret", "api key=..."),
        ("api-key=secret%", "api-key=..."),
        ("api-key=secret%2", "api-key=..."),
        ("api-key=%FF", "api-key=..."),
        ("api-key=%0Asecret", "api-key=..."),
        ("a=1,,b=2", "a=...,...,b=..."),
    ] {
        refuses("HEADERS", list, shown, accepted);
    }
}

#[test]
fn an_empty_list_of_headers_that_would_hide_another_is_refused() {
    let output = lesson()
        .env("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "")
        .env("OTEL_EXPORTER_OTLP_HEADERS", "a=b")
        .output()
        .expect("it runs");
    refused(
        &output,
        "invalid value '' for 'OTEL_EXPORTER_OTLP_METRICS_HEADERS': use a \
         list, or unset it: it hides OTEL_EXPORTER_OTLP_HEADERS",
    );
}

/// The server never reads, so only a timeout ends the export. By default that
/// would be after ten seconds.
#[test]
fn a_timeout_in_milliseconds_is_obeyed() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("its address").port();
    let endpoint = format!("http://127.0.0.1:{port}");
    for (all, metrics) in [("1", ""), ("3600000", "1")] {
        let start = Instant::now();
        let output = with(ALL, "ENDPOINT", &endpoint)
            .env("OTEL_EXPORTER_OTLP_TIMEOUT", all)
            .env("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", metrics)
            .output()
            .expect("it runs");
        assert_eq!(output.status.code(), Some(1));
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn a_timeout_that_would_be_ignored_is_refused() {
    let accepted = "a whole number of milliseconds above zero";
    for timeout in ["0", "-1", "1.5", "10s", "18446744073709551616"] {
        refuses("TIMEOUT", timeout, timeout, accepted);
    }
    let longest = u64::MAX.to_string();
    assert_eq!(exported(&mut with(ALL, "TIMEOUT", &longest)).len(), 1);
}

#[test]
fn the_protocol_is_protobuf_over_http() {
    let server = Server::start();
    for prefix in [ALL, METRICS] {
        for protocol in ["http/protobuf", "HTTP/Protobuf"] {
            exported(to(&server).env(format!("{prefix}PROTOCOL"), protocol));
            let request = server.request();
            let protobuf = "application/x-protobuf";
            assert_eq!(request.headers[header::CONTENT_TYPE], protobuf);
            ExportMetricsServiceRequest::decode(request.body).expect("it is");
        }
    }
}

#[test]
fn another_protocol_is_refused() {
    for protocol in ["grpc", "http/json", "http", "carrier pigeon"] {
        refuses("PROTOCOL", protocol, protocol, "http/protobuf");
    }
}

#[test]
fn without_compression_the_body_is_sent_as_it_is() {
    let server = Server::start();
    for prefix in [ALL, METRICS] {
        exported(to(&server).env(format!("{prefix}COMPRESSION"), "None"));
        let headers = server.request().headers;
        assert!(!headers.contains_key(header::CONTENT_ENCODING));
    }
}

#[test]
fn compression_is_refused() {
    for compression in ["gzip", "zstd", "br"] {
        refuses("COMPRESSION", compression, compression, "none");
    }
}

#[test]
fn a_certificate_and_a_key_are_refused() {
    let accepted = "no certificate and no key: this lesson has no TLS";
    for option in ["CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"] {
        refuses(option, "file.pem", "file.pem", accepted);
    }
}

/// It is for gRPC. Over HTTP, the URL says whether there is TLS.
#[test]
fn insecure_means_nothing_over_http() {
    let server = Server::start();
    for prefix in [ALL, METRICS] {
        for insecure in ["true", "false", "perhaps"] {
            exported(to(&server).env(format!("{prefix}INSECURE"), insecure));
            server.request();
        }
    }
}

#[test]
fn the_temporality_preference_is_obeyed() {
    // Of an observable counter, and of a counter.
    for (preference, temporalities) in [
        ("cumulative", [2, 2]),
        ("delta", [1, 1]),
        ("Delta", [1, 1]),
        ("lowmemory", [2, 1]),
    ] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_otlp"));
        program.env_clear().args(["--interval", "10ms"]);
        let variable = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
        let request = with_calls(program.env(variable, preference));
        let temporality = |name| {
            let metric = metric(&request, name).expect("it is exported");
            metric["sum"]["aggregationTemporality"].as_u64()
        };
        let names = ["app.atividade.tempo", "api.chamadas"];
        assert_eq!(names.map(temporality), temporalities.map(Some));
    }
}

/// The first request with a call in it: the first task ends only after a while.
fn with_calls(program: &mut Command) -> Value {
    let mut child = program.stdout(Stdio::piped()).spawn().expect("it runs");
    let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut requests = stdout
        .lines()
        .map(|line| serde_json::from_str(&line.expect("UTF-8")).expect("JSON"));
    let request: Option<Value> =
        requests.find(|request| metric(request, "api.chamadas").is_some());
    child.kill().expect("it still runs");
    child.wait().expect("it ends");
    request.expect("a request with a call")
}

#[test]
fn an_unknown_temporality_preference_is_refused() {
    let option = "METRICS_TEMPORALITY_PREFERENCE";
    for preference in ["absolute", "2", " delta"] {
        let accepted = "cumulative, delta or lowmemory";
        refuses_in(ALL, option, preference, preference, accepted);
    }
}

#[test]
fn a_histogram_has_explicit_buckets() {
    let option = "DEFAULT_HISTOGRAM_AGGREGATION";
    let explicit = "explicit_bucket_histogram";
    assert_eq!(exported(&mut with(METRICS, option, explicit)).len(), 1);
    for aggregation in ["base2_exponential_bucket_histogram", "none"] {
        refuses_in(METRICS, option, aggregation, aggregation, explicit);
    }
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let mut program = lesson();
    for option in OPTIONS {
        program.env(format!("{ALL}{option}"), "");
        program.env(format!("{METRICS}{option}"), "");
    }
    assert_eq!(exported(&mut program).len(), 1);
}

#[test]
fn a_bad_variable_for_all_signals_is_no_matter_if_metrics_have_their_own() {
    let server = Server::start();
    let endpoint = format!("http://127.0.0.1:{}", server.port);
    exported(
        with(METRICS, "ENDPOINT", &endpoint)
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", "https://localhost")
            .env("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
            .env("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf")
            .env("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
            .env("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "none")
            .env("OTEL_EXPORTER_OTLP_TIMEOUT", "soon")
            .env("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "10000")
            .env("OTEL_EXPORTER_OTLP_HEADERS", "none")
            .env("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "a=b"),
    );
    server.request();
}

#[test]
fn the_variables_of_other_signals_are_not_read() {
    let mut program = lesson();
    for option in OPTIONS {
        program.env(format!("{ALL}TRACES_{option}"), "nonsense");
        program.env(format!("{ALL}LOGS_{option}"), "nonsense");
    }
    assert_eq!(exported(&mut program).len(), 1);
}

#[test]
fn a_variable_that_is_not_unicode_is_refused() {
    let output = lesson()
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", OsStr::from_bytes(b"\xff"))
        .output()
        .expect("it runs");
    let line = "invalid value '\u{fffd}' for 'OTEL_EXPORTER_OTLP_PROTOCOL': \
                use http/protobuf";
    refused(&output, line);
}

#[test]
fn the_interval_comes_from_the_flag_and_then_from_the_environment() {
    let variable = "OTEL_METRIC_EXPORT_INTERVAL";
    let mut program = lesson();
    assert_eq!(exported(program.env(variable, "soon")).len(), 1);

    let mut program = Command::new(env!("CARGO_BIN_EXE_otlp"));
    let program = program.env_clear().args(["--exports", "1"]);
    assert_eq!(exported(program.env(variable, "10")).len(), 1);
    let output = program.env(variable, "soon").output().expect("it runs");
    let line = "invalid value 'soon' for 'OTEL_METRIC_EXPORT_INTERVAL': use a \
                whole number of milliseconds, at least 10";
    refused(&output, line);
}

/// The specification's options, in any order.
const OPTIONS: [&str; 11] = [
    "ENDPOINT",
    "HEADERS",
    "TIMEOUT",
    "PROTOCOL",
    "COMPRESSION",
    "CERTIFICATE",
    "CLIENT_CERTIFICATE",
    "CLIENT_KEY",
    "INSECURE",
    "TEMPORALITY_PREFERENCE",
    "DEFAULT_HISTOGRAM_AGGREGATION",
];

/// The lesson, for one export, without the variables of who runs the test.
fn lesson() -> Command {
    let mut lesson = Command::new(env!("CARGO_BIN_EXE_otlp"));
    lesson
        .env_clear()
        .args(["--interval", "10ms", "--exports", "1"]);
    lesson
}

/// The lesson with one of its variables.
fn with(prefix: &str, option: &str, value: &str) -> Command {
    let mut program = lesson();
    program.env(format!("{prefix}{option}"), value);
    program
}

/// The lesson, exporting to a server.
fn to(server: &Server) -> Command {
    let endpoint = format!("http://127.0.0.1:{}", server.port);
    with(ALL, "ENDPOINT", &endpoint)
}

/// Runs the lesson, and returns the requests that its own receiver printed.
#[track_caller]
fn exported(program: &mut Command) -> Vec<Value> {
    let output = program.output().expect("it runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let lines = String::from_utf8_lossy(&output.stdout);
    let requests = lines.lines().map(serde_json::from_str);
    requests.map(|json| json.expect("JSON")).collect()
}

#[track_caller]
fn refuses(option: &str, value: &str, shown: &str, accepted: &str) {
    refuses_in(ALL, option, value, shown, accepted);
    refuses_in(METRICS, option, value, shown, accepted);
}

#[track_caller]
fn refuses_in(
    prefix: &str,
    option: &str,
    value: &str,
    shown: &str,
    accepted: &str,
) {
    let output: Output = with(prefix, option, value).output().expect("it runs");
    let variable = format!("{prefix}{option}");
    let line = format!("invalid value '{shown}' for '{variable}'");
    refused(&output, &format!("{line}: use {accepted}"));
}

/// The metric called `name`, in a request.
fn metric<'a>(request: &'a Value, name: &str) -> Option<&'a Value> {
    let metrics = &request["resourceMetrics"][0]["scopeMetrics"][0]["metrics"];
    let mut metrics = metrics.as_array().into_iter().flatten();
    metrics.find(|metric| metric["name"] == name)
}
