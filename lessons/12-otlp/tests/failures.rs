//! What happens when the backend is away, refuses or hangs: a real exporter, a
//! real server, and the real program.
#![cfg(unix)]

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use std::{iter, vec};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use axum::routing::{Router, post};
use opentelemetry::metrics::MeterProvider;
use opentelemetry_otlp::{MetricExporter, WithExportConfig};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::{
    PeriodicReader, SdkMeterProvider, Temporality,
};
use otlp::Tasks;
use prost::Message;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use shared::testing::{end_in_time, output_in_time};
use tokio::net::TcpSocket;
use tokio::runtime::{self, Runtime};

const LAST_LOST: &str = "error: the last collection was not exported: ";

// ANCHOR: appears
#[test]
fn totals_are_whole_once_the_backend_appears() {
    assert_eq!(arrives_once_the_backend_appears(Temporality::Cumulative), 3);
}

#[test]
fn changes_from_before_the_backend_appears_are_lost() {
    assert_eq!(arrives_once_the_backend_appears(Temporality::Delta), 2);
}

/// One task ends before the backend is there, and two after.
fn arrives_once_the_backend_appears(temporality: Temporality) -> u64 {
    let port = Port::reserve();
    let program = Program::exporting_to(&port, temporality);
    program.finish_tasks(1);
    assert!(program.export().is_err(), "nobody listens");
    let backend = Backend::listen(&port, []);
    program.finish_tasks(2);
    assert!(program.export().is_ok());
    calls(&backend.next())
}
// ANCHOR_END: appears

#[test]
fn totals_are_whole_again_after_an_outage() {
    let arrived = arrive_around_an_outage(Temporality::Cumulative);
    assert_eq!(arrived, [1, 7]);
}

#[test]
fn changes_during_an_outage_are_lost() {
    // Of seven calls, five.
    assert_eq!(arrive_around_an_outage(Temporality::Delta), [1, 4]);
}

/// One task ends before the backend goes away, two while it is away, and four
/// once it is back.
fn arrive_around_an_outage(temporality: Temporality) -> [u64; 2] {
    let port = Port::reserve();
    let program = Program::exporting_to(&port, temporality);
    let backend = Backend::listen(&port, []);
    program.finish_tasks(1);
    assert!(program.export().is_ok());
    let before = calls(&backend.next());

    drop(backend);
    program.finish_tasks(2);
    assert!(program.export().is_err(), "nobody listens any more");

    let backend = Backend::listen(&port, []);
    program.finish_tasks(4);
    assert!(program.export().is_ok());
    [before, calls(&backend.next())]
}

#[test]
fn a_refused_export_loses_changes_and_no_totals() {
    for (temporality, second) in
        [(Temporality::Cumulative, 3), (Temporality::Delta, 2)]
    {
        let port = Port::reserve();
        let program = Program::exporting_to(&port, temporality);
        let refused = StatusCode::BAD_REQUEST.into_response();
        let backend = Backend::listen(&port, [refused]);
        program.finish_tasks(1);
        assert!(program.export().is_err());
        program.finish_tasks(2);
        assert!(program.export().is_ok());
        assert_eq!(calls(&backend.next()), 1, "it was sent");
        assert_eq!(calls(&backend.next()), second);
    }
}

#[test]
fn an_unavailable_backend_is_tried_four_times() {
    let port = Port::reserve();
    let unavailable = || StatusCode::SERVICE_UNAVAILABLE.into_response();
    let backend = Backend::listen(&port, [(); 4].map(|()| unavailable()));
    let output = run(&port, 2);
    assert_eq!(output.status.code(), Some(0), "the second is exported");
    let said = said(&output);
    assert!(said.contains("retries=3 OTLP export exhausted"), "{said}");
    assert!(said.contains("status code: 503"), "{said}");
    let first: Vec<_> = iter::repeat_with(|| backend.next()).take(4).collect();
    assert!(first.windows(2).all(|pair| pair[0] == pair[1]));
    assert_ne!(backend.next(), first[0]);
}

#[test]
fn a_busy_backend_is_tried_again_when_it_says() {
    is_tried_again_after_a_second(StatusCode::TOO_MANY_REQUESTS);
}

#[test]
fn an_unavailable_backend_is_tried_again_when_it_says() {
    is_tried_again_after_a_second(StatusCode::SERVICE_UNAVAILABLE);
}

#[track_caller]
fn is_tried_again_after_a_second(status: StatusCode) {
    let port = Port::reserve();
    let wait = (status, [(RETRY_AFTER, "1")]).into_response();
    let backend = Backend::listen(&port, [wait]);
    let start = Instant::now();
    let output = run(&port, 1);
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(said(&output), "", "nothing is lost, and nothing reported");
    assert_eq!(backend.next(), backend.next());
}

#[test]
fn a_wait_beyond_the_timeout_gives_up_at_once_and_is_forgotten() {
    let port = Port::reserve();
    let wait = (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "3600")]);
    let backend = Backend::listen(&port, [wait.into_response()]);
    // The second comes at its interval: nobody waits for an hour.
    let output = run(&port, 2);
    assert_eq!(output.status.code(), Some(0));
    let said = said(&output);
    assert!(said.contains("deadline exceeded during throttle"), "{said}");
    assert_ne!(
        backend.next(),
        backend.next(),
        "the first is not sent again"
    );
}

#[test]
fn a_refused_export_is_not_tried_again() {
    let port = Port::reserve();
    let refused = StatusCode::BAD_REQUEST.into_response();
    let backend = Backend::listen(&port, [refused]);
    let output = run(&port, 2);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(said(&output), include_str!("said/refused.txt"));
    assert_ne!(backend.next(), backend.next());
}

#[test]
fn a_wrong_path_is_refused_at_each_export() {
    let port = Port::reserve();
    let _backend = Backend::listen(&port, []);
    let mut program = program(&port.url());
    // This variable is taken as it is: nothing is added to it.
    let variable = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    program.env(variable, port.url()).args(["--exports", "2"]);
    let output = output_in_time(&mut program);
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert_eq!(said.matches("status code: 404").count(), 2, "{said}");
}

#[test]
fn a_partial_success_is_reported_and_counts_as_exported() {
    let port = Port::reserve();
    let partial = ExportMetricsServiceResponse {
        partial_success: Some(ExportMetricsPartialSuccess {
            rejected_data_points: 1,
            error_message: "too many series".into(),
        }),
    };
    let partial = partial.encode_to_vec().into_response();
    let backend = Backend::listen(&port, [partial]);
    let output = run(&port, 2);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(said(&output), include_str!("said/partial_success.txt"));
    assert_ne!(backend.next(), backend.next(), "it is not sent again");
}

#[test]
fn a_backend_that_never_answers_costs_each_export_its_timeout() {
    let (_listener, url) = accept_and_never_answer();
    let start = Instant::now();
    let output = output_in_time(
        program(&url)
            .args(["--exports", "2"])
            .env("OTEL_EXPORTER_OTLP_TIMEOUT", "200"),
    );
    assert!(start.elapsed() >= 2 * Duration::from_millis(200));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(said(&output), include_str!("said/never_answers.txt"));
}

#[test]
fn a_backend_that_is_not_there_is_reported_at_each_export() {
    let output = run(&Port::reserve(), 2);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(said(&output), include_str!("said/not_there.txt"));
}

#[test]
fn a_last_export_that_fails_is_reported_in_one_line() {
    let output = run(&Port::reserve(), 1);
    assert_eq!(output.status.code(), Some(1));
    let reason = "Operation failed: HTTP export failed: network error\n";
    assert_eq!(said(&output), format!("{LAST_LOST}{reason}"));
}

#[test]
fn ctrl_c_while_the_backend_is_away_ends_with_one_line() {
    let port = Port::reserve();
    let backend = Backend::listen(&port, []);
    let child = start(&mut program(&port.url()));
    backend.next();
    drop(backend);
    let output = interrupt(child);
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    let reason = "Operation failed: HTTP export failed: network error\n";
    assert!(said.ends_with(&format!("{LAST_LOST}{reason}")), "{said}");
    assert_eq!(said.matches("error: ").count(), 1, "{said}");
}

#[test]
fn ctrl_c_while_an_export_hangs_ends_after_five_seconds() {
    let (listener, url) = accept_and_never_answer();
    let an_hour = "3600000";
    let mut program = program(&url);
    let child = start(program.env("OTEL_EXPORTER_OTLP_TIMEOUT", an_hour));
    let _unanswered = in_time(move || listener.accept());
    let output = interrupt(child);
    assert_eq!(output.status.code(), Some(1));
    let reason = "Operation failed: [Timeout(5s)]\n";
    assert_eq!(said(&output), format!("{LAST_LOST}{reason}"));
}

/// A port of this test alone. While no backend listens on it, the system
/// refuses connections.
struct Port(TcpSocket);

impl Port {
    fn reserve() -> Self {
        Self(bind(0))
    }

    /// Another socket with this port.
    fn socket(&self) -> TcpSocket {
        let address = self.0.local_addr().expect("its address");
        bind(address.port())
    }

    fn url(&self) -> String {
        let address = self.0.local_addr().expect("its address");
        format!("http://{address}")
    }
}

fn bind(port: u16) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    // Several sockets of this process can have the port; one of them listens.
    socket.set_reuseport(true).expect("the system can share");
    let address = (Ipv4Addr::LOCALHOST, port).into();
    socket.bind(address).expect("a port");
    socket
}

/// The system accepts connections for such a listener.
fn accept_and_never_answer() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("its address");
    (listener, format!("http://{address}"))
}

/// A backend that gives the test's answers, and after them only accepts. Once
/// dropped, it is gone, and its connections with it.
struct Backend {
    requests: Receiver<ExportMetricsServiceRequest>,
    _runtime: Runtime,
}

#[derive(Clone)]
struct Exchange {
    requests: Sender<ExportMetricsServiceRequest>,
    answers: Arc<Mutex<vec::IntoIter<Response>>>,
}

impl Backend {
    fn listen<const N: usize>(port: &Port, answers: [Response; N]) -> Self {
        let (sender, requests) = mpsc::channel();
        let app = Router::new().route("/v1/metrics", post(answer)).with_state(
            Exchange {
                requests: sender,
                answers: Arc::new(Mutex::new(Vec::from(answers).into_iter())),
            },
        );
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let context = runtime.enter();
        let listener = port.socket().listen(16).expect("nobody else listens");
        runtime.spawn(axum::serve(listener, app).into_future());
        drop(context);
        Self {
            requests,
            _runtime: runtime,
        }
    }

    /// Waits for the next request.
    fn next(&self) -> ExportMetricsServiceRequest {
        let request = self.requests.recv_timeout(Duration::from_mins(1));
        request.expect("a request arrives within a minute")
    }
}

async fn answer(State(exchange): State<Exchange>, body: Bytes) -> Response {
    let request = ExportMetricsServiceRequest::decode(body);
    // Once the test has ended, nobody reads the requests.
    let _ = exchange.requests.send(request.expect("a request"));
    let answer = exchange.answers.lock().expect("no panic").next();
    answer.unwrap_or_else(|| StatusCode::OK.into_response())
}

/// The calls that a request reports.
fn calls(request: &ExportMetricsServiceRequest) -> u64 {
    let request = serde_json::to_value(request).expect("JSON");
    let scope = &request["resourceMetrics"][0]["scopeMetrics"][0];
    let metrics = scope["metrics"].as_array().expect("metrics");
    let is_calls = |metric: &&Value| metric["name"] == "api.chamadas";
    let metric = metrics.iter().find(is_calls).expect("the counter");
    let value = metric["sum"]["dataPoints"][0]["asInt"].as_str();
    value.expect("an integer").parse().expect("a number")
}

/// A program in this process, which exports when the test says so.
struct Program {
    tasks: Tasks,
    provider: SdkMeterProvider,
}

impl Program {
    fn exporting_to(port: &Port, temporality: Temporality) -> Self {
        let exporter = MetricExporter::builder()
            .with_http()
            .with_endpoint(format!("{}/v1/metrics", port.url()))
            .with_temporality(temporality)
            .build()
            .expect("an exporter");
        let reader = PeriodicReader::builder(exporter)
            .with_interval(Duration::MAX)
            .build();
        let provider = SdkMeterProvider::builder().with_reader(reader).build();
        let tasks = Tasks::new(&provider.meter("otlp"));
        Self { tasks, provider }
    }

    fn finish_tasks(&self, count: u64) {
        (0..count).for_each(|_| self.tasks.finished(0.5));
    }

    fn export(&self) -> OTelSdkResult {
        let provider = self.provider.clone();
        in_time(move || provider.force_flush())
    }
}

/// Does what may hang.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, done) = mpsc::channel();
    thread::spawn(move || sender.send(work()));
    let done = done.recv_timeout(Duration::from_mins(1));
    done.expect("it is done within a minute")
}

/// The real program, with little time from export to export.
fn program(url: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_otlp"));
    program
        .args(["--interval", "10ms"])
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", url);
    program
}

/// Runs the real program until it has tried so many exports.
fn run(port: &Port, exports: u64) -> Output {
    let exports = exports.to_string();
    output_in_time(program(&port.url()).args(["--exports", &exports]))
}

fn start(program: &mut Command) -> Child {
    let program = program.stdout(Stdio::piped()).stderr(Stdio::piped());
    program.spawn().expect("the program starts")
}

fn interrupt(child: Child) -> Output {
    kill_process(Pid::from_child(&child), Signal::INT).expect("it is running");
    end_in_time(child)
}

/// What a program reports on standard error, without the time that it took.
fn said(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let is_report = |line: &&str| {
        ["ERROR", " WARN", "error"]
            .iter()
            .any(|l| line.starts_with(l))
    };
    let reports = stderr.lines().filter(is_report).map(|line| {
        let words = line.split(' ').map(|word| match word.split_once('=') {
            Some(("elapsed_ms", _)) => "elapsed_ms=[time]",
            _ => word,
        });
        words.collect::<Vec<_>>().join(" ") + "\n"
    });
    reports.collect()
}
