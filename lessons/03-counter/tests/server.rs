//! The real program as a web server: real clients, real signals.
#![cfg(unix)]

use std::future;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::sync::Arc;
use std::thread;

use axum::middleware;
use axum::routing::{MethodRouter, Router, get};
use counter::Counters;
use counter::app::count;
use opentelemetry_sdk::metrics::Temporality;
use serde_json::{Value, json};
use shared::testing::{
    Collector, ServerProgram, connect, data_points, exported, names, refused,
    request, response, serve, shape,
};
use tokio::sync::Notify;

#[test]
fn the_program_exports_what_the_functions_export() {
    let program = start();
    program.get("/");
    program.get("/lançar_dado");
    let document = program.stop();
    let document = document.expect("calls were counted");

    let number =
        data_points(&document, "dado.rolagens")[0]["attributes"]["dado.valor"]
            .as_u64()
            .and_then(|number| number.try_into().ok())
            .expect("a number");
    assert!((1..=6).contains(&number));
    let functions = exported("counter", |meter| {
        let counters = Counters::new(meter);
        counters.count_roll(number);
        for (route, bytes) in [("/", 1), ("/lançar_dado", 2)] {
            counters.count_call(Some(route), 200);
            counters.count_response(route, bytes);
        }
    });
    assert_eq!(names(&document), names(&functions));
    assert_eq!(shape(&document), shape(&functions));
}

#[test]
fn four_thousand_calls_of_eight_clients_are_all_counted() {
    let program = start();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for call in 0..500 {
                    let path = ["/", "/lançar_dado"][call % 2];
                    program.get(path);
                }
            });
        }
    });
    let document = program.stop();
    let document = document.expect("calls were counted");
    assert_eq!(total(&document, "api.chamadas"), 4000);
    assert_eq!(total(&document, "dado.rolagens"), 2000);
    // A digit and a line feed per roll, a line of text per other call.
    let home = "Lance o dado em /lançar_dado\n".len() as u64;
    assert_eq!(
        total(&document, "api.resposta.volume"),
        2000 * 2 + 2000 * home
    );
}

#[test]
fn the_die_is_reached_however_its_path_is_spelled() {
    let program = start();
    for path in [
        "/lançar_dado",
        "/lan%C3%A7ar_dado",
        "/lan%c3%a7ar_dado",
        "/lancar_dado",
        "/lan%C3%A7ar_dado?sides=6",
    ] {
        let response = program.get(path);
        assert!(response.starts_with("HTTP/1.1 200 "), "{path}: {response}");
    }
    let document = program.stop();
    let document = document.expect("calls were counted");
    assert_eq!(
        routes(&document),
        [json!("/lancar_dado"), json!("/lançar_dado")]
    );
    assert_eq!(total(&document, "dado.rolagens"), 5);
}

#[test]
fn an_unknown_path_never_becomes_an_attribute() {
    let program = start();
    for path in ["/a", "/b", "/%ff", "/lan%C3%A7ar_dado/c"] {
        let response = program.get(path);
        assert!(response.starts_with("HTTP/1.1 404 "), "{path}: {response}");
    }
    let document = program.stop();
    let document = document.expect("calls were counted");
    let points = data_points(&document, "api.chamadas");
    assert_eq!(points.len(), 1);
    assert_eq!(
        points[0]["attributes"],
        json!({"http.response.status_code": 404})
    );
    assert_eq!(points[0]["value"], 4);
}

#[test]
fn an_open_request_is_finished_and_counted() {
    let mut program = start();
    let mut slow = connect(program.port);
    slow.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        .expect("the server reads");
    // Connections are accepted in order: by now the slow one is open.
    program.get("/");
    program.interrupt();
    slow.write_all(b"\r\n").expect("the server still reads");
    let response = response(slow);
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");

    let (document, _) = program.end();
    let document = document.expect("calls were counted");
    assert_eq!(total(&document, "api.chamadas"), 2);
}

#[test]
fn a_client_that_hangs_up_is_not_counted() {
    let program = start();
    let mut rude = connect(program.port);
    rude.write_all(b"GET / HTTP/1.1\r\nHost: local")
        .expect("the server reads");
    drop(rude);
    program.get("/");
    let document = program.stop();
    let document = document.expect("calls were counted");
    assert_eq!(total(&document, "api.chamadas"), 1);
}

#[tokio::test]
async fn a_client_that_hangs_up_before_its_response_is_counted() {
    let collector = Collector::by_hand("counter", Temporality::Cumulative);
    let [started, ended] = [(); 2].map(|()| Arc::new(Notify::new()));
    let (start, end) = (Arc::clone(&started), Arc::clone(&ended));
    let handler = get(async move || {
        let _end = NotifyOnDrop(end);
        start.notify_one();
        future::pending::<()>().await;
    });
    let client = request(serve_counted(&collector, handler).await, "/teste");
    started.notified().await;
    drop(client);
    ended.notified().await;
    assert_eq!(
        attributes(&collector.document()),
        json!({"error.type": "cancelled", "http.route": "/teste"})
    );
}

#[tokio::test]
async fn a_handler_that_panics_is_counted() {
    let collector = Collector::by_hand("counter", Temporality::Cumulative);
    let ended = Arc::new(Notify::new());
    let end = Arc::clone(&ended);
    let handler = get(async move || {
        let _end = NotifyOnDrop(end);
        panic_as_a_handler_may();
    });
    let _client = request(serve_counted(&collector, handler).await, "/teste");
    ended.notified().await;
    assert_eq!(
        attributes(&collector.document()),
        json!({"error.type": "panic", "http.route": "/teste"})
    );
}

fn panic_as_a_handler_may() {
    panic!("a handler that panics")
}

/// Serves a handler on `/teste`, counted as the lesson's are, and returns the
/// port.
async fn serve_counted(collector: &Collector, handler: MethodRouter) -> u16 {
    let counters = Counters::new(&collector.meter());
    let app = Router::new()
        .route("/teste", handler)
        .layer(middleware::from_fn_with_state(counters, count));
    serve(app).await
}

/// Tells the test that a handler has ended. The middleware's own end follows
/// before the runtime's only thread runs the test again.
struct NotifyOnDrop(Arc<Notify>);

impl Drop for NotifyOnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

/// Those of the only call.
fn attributes(document: &Value) -> Value {
    let points = data_points(document, "api.chamadas");
    assert_eq!(points.len(), 1);
    assert_eq!(points[0]["value"], 1);
    points[0]["attributes"].clone()
}

#[test]
fn a_taken_port_fails_with_one_line() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();
    let output = command(&["--port", &port]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    let start = format!("error: cannot listen on 127.0.0.1:{port}: ");
    assert!(stderr.starts_with(&start), "{stderr}");
    assert!(
        stderr.ends_with("; choose a port with --port\n"),
        "{stderr}"
    );
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn a_bad_port_is_refused_in_one_line() {
    for port in ["-1", "65536", "http", ""] {
        let output = command(&["--port", port]).output().expect("it runs");
        refused(
            &output,
            &format!(
                "invalid value '{port}' for '--port <PORT>': use a whole \
                 number from 0 to 65535"
            ),
        );
    }
}

fn total(document: &Value, name: &str) -> u64 {
    let points = data_points(document, name);
    points
        .iter()
        .filter_map(|point| point["value"].as_u64())
        .sum()
}

/// The routes of the calls, in document order.
fn routes(document: &Value) -> Vec<Value> {
    data_points(document, "api.chamadas")
        .iter()
        .map(|point| point["attributes"]["http.route"].clone())
        .collect()
}

fn command(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counter"));
    command.args(flags);
    command
}

fn start() -> ServerProgram {
    ServerProgram::start(&mut command(&[]))
}
