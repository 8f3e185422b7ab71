//! Which client works in which runtime, and where to shut down from: each
//! combination in a process of its own.
#![cfg(unix)]

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use axum::routing::{Router, post};
use opentelemetry::metrics::MeterProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{MetricExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use shared::testing::{output_in_time, serve};
use tokio::runtime::{self, Handle};
use tokio::task::spawn_blocking;

const HERE: &str = "here";
const FLUSH: &str = "flush";
const BLOCKING_THREAD: &str = "spawn_blocking";

const WORKS: &str = "works";
const LOSES: &str = "waits for 5 s, and loses";
const PANICS: &str = "panics";

#[test]
fn without_a_runtime_the_blocking_client_works() {
    assert_eq!(outcome("none", "blocking", HERE), WORKS);
}

#[test]
fn without_a_runtime_the_async_client_panics() {
    assert_eq!(outcome("none", "async", HERE), PANICS);
}

#[test]
fn in_one_thread_the_blocking_client_works() {
    assert_eq!(outcome("current_thread", "blocking", HERE), WORKS);
}

#[test]
fn in_one_thread_the_blocking_client_works_from_spawn_blocking() {
    let outcome = outcome("current_thread", "blocking", BLOCKING_THREAD);
    assert_eq!(outcome, WORKS);
}

#[test]
fn in_one_thread_the_async_client_panics() {
    assert_eq!(outcome("current_thread", "async", HERE), PANICS);
}

#[test]
fn in_one_thread_the_async_client_panics_from_spawn_blocking() {
    let outcome = outcome("current_thread", "async", BLOCKING_THREAD);
    assert_eq!(outcome, PANICS);
}

#[test]
fn in_one_thread_a_client_that_needs_it_loses_the_last_export() {
    assert_eq!(outcome("current_thread", "on_runtime", HERE), LOSES);
}

#[test]
fn in_one_thread_a_client_that_needs_it_works_from_spawn_blocking() {
    let outcome = outcome("current_thread", "on_runtime", BLOCKING_THREAD);
    assert_eq!(outcome, WORKS);
}

#[test]
fn in_several_threads_the_blocking_client_works() {
    assert_eq!(outcome("multi_thread", "blocking", HERE), WORKS);
}

#[test]
fn in_several_threads_the_blocking_client_works_from_spawn_blocking() {
    let outcome = outcome("multi_thread", "blocking", BLOCKING_THREAD);
    assert_eq!(outcome, WORKS);
}

#[test]
fn in_several_threads_the_async_client_panics() {
    assert_eq!(outcome("multi_thread", "async", HERE), PANICS);
}

#[test]
fn in_several_threads_the_async_client_panics_from_spawn_blocking() {
    let outcome = outcome("multi_thread", "async", BLOCKING_THREAD);
    assert_eq!(outcome, PANICS);
}

#[test]
fn in_several_threads_a_client_that_needs_one_works() {
    assert_eq!(outcome("multi_thread", "on_runtime", HERE), WORKS);
}

#[test]
fn in_several_threads_a_client_that_needs_one_works_from_spawn_blocking() {
    let outcome = outcome("multi_thread", "on_runtime", BLOCKING_THREAD);
    assert_eq!(outcome, WORKS);
}

#[test]
fn in_one_thread_a_flush_with_a_client_that_needs_it_hangs() {
    let (server, port, _requests) = backend();
    let mut program = program("current_thread", "on_runtime", FLUSH, port);
    let program = program.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = program.spawn().expect("the program starts");
    let stderr = child.stderr.take().expect("stderr is a pipe");
    let mut stderr = BufReader::new(stderr);
    let mut line = String::new();
    stderr.read_line(&mut line).expect("a line");
    assert_eq!(line, "flushing\n");

    let (sender, end) = mpsc::channel();
    thread::spawn(move || sender.send(stderr.read_to_string(&mut line)));
    // A shutdown would give up after five seconds.
    let end = end.recv_timeout(Duration::from_secs(6));
    assert!(
        matches!(end, Err(RecvTimeoutError::Timeout)),
        "it ends: {end:?}"
    );
    child.kill().expect("it is running");
    child.wait().expect("it can be waited for");
    drop(server);
}

/// Runs a program that counts one task and shuts down, and says how it ended.
fn outcome(runtime: &str, client: &str, place: &str) -> &'static str {
    let (_server, port, requests) = backend();
    let output = output_in_time(&mut program(runtime, client, place, port));
    let stderr = String::from_utf8_lossy(&output.stderr);
    let has_arrived = requests.try_recv().is_ok();
    match (output.status.success(), has_arrived) {
        (true, true) => WORKS,
        (false, false) if stderr.contains("there is no reactor") => PANICS,
        (false, false) if stderr.contains("Timeout(5s)") => LOSES,
        outcome => panic!("{outcome:?}: {stderr}"),
    }
}

/// A backend in this process: its server, its port, and a message for each
/// request.
fn backend() -> (runtime::Runtime, u16, mpsc::Receiver<()>) {
    let (sender, requests) = mpsc::channel();
    let accept = async move || sender.send(()).expect("the test reads");
    let app = Router::new().route("/v1/metrics", post(accept));
    let server = runtime::Runtime::new().expect("a runtime");
    let port = server.block_on(serve(app));
    (server, port, requests)
}

/// This file's other program: the test below, alone.
fn program(runtime: &str, client: &str, place: &str, port: u16) -> Command {
    let this = env::current_exe().expect("the path of this program");
    let mut program = Command::new(this);
    program
        .args(["--exact", "count_and_shut_down", "--ignored"])
        .arg("--nocapture")
        .env("RUNTIME", runtime)
        .env("CLIENT", client)
        .env("PLACE", place)
        .env("PORT", port.to_string());
    program
}

#[test]
#[ignore = "the tests above run it, each in a process of its own"]
fn count_and_shut_down() {
    let mut runtime = match variable("RUNTIME").as_str() {
        "current_thread" => runtime::Builder::new_current_thread(),
        "multi_thread" => runtime::Builder::new_multi_thread(),
        _ => {
            let provider = count();
            return provider.shutdown().expect("the shutdown succeeds");
        }
    };
    let runtime = runtime.enable_all().build().expect("a runtime");
    let shut_down = runtime.block_on(async {
        let provider = count();
        match variable("PLACE").as_str() {
            HERE => provider.shutdown(),
            FLUSH => {
                eprintln!("flushing");
                provider.force_flush()
            }
            _ => shut_down(provider).await,
        }
    });
    shut_down.expect("the shutdown succeeds");
}

// ANCHOR: shut_down
/// Shuts down from async code, in a thread that may block.
async fn shut_down(provider: SdkMeterProvider) -> OTelSdkResult {
    spawn_blocking(move || provider.shutdown())
        .await
        .expect("the shutdown does not panic")
}
// ANCHOR_END: shut_down

fn count() -> SdkMeterProvider {
    let builder = MetricExporter::builder().with_http().with_endpoint(format!(
        "http://127.0.0.1:{}/v1/metrics",
        variable("PORT")
    ));
    let client = variable("CLIENT");
    let builder = match client.as_str() {
        "async" => builder.with_http_client(reqwest::Client::new()),
        "on_runtime" => builder.with_http_client(OnRuntime {
            client: reqwest::Client::new(),
            runtime: Handle::current(),
        }),
        // The crate's own, and the lesson's.
        _ => builder,
    };
    let reader = PeriodicReader::builder(builder.build().expect("an exporter"))
        .with_interval(Duration::MAX)
        .build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    provider
        .meter("otlp")
        .u64_counter("calls")
        .build()
        .add(1, &[]);
    provider
}

fn variable(name: &str) -> String {
    env::var(name).expect("the variable is set")
}

// ANCHOR: on_runtime
/// An asynchronous client for a reader, whose thread has no runtime.
#[derive(Debug)]
struct OnRuntime {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sending = async move { client.send_bytes(request).await };
        self.runtime.spawn(sending).await?
    }
}
// ANCHOR_END: on_runtime
