//! The middleware and the real program: real clients, real signals.
#![cfg(unix)]

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{Router, get};
use opentelemetry_sdk::metrics::Temporality;
use serde_json::{Value, json};
use shared::testing::{
    Collector, ServerProgram, connect, data_points, names, refused, request,
    response, serve, shape,
};
use tokio::sync::{Notify, Semaphore};
use up_down_counter::ActiveRequests;
use up_down_counter::app::track;

const NAME: &str = "http.servidor.requisicoes_ativas";

#[test]
fn the_program_exports_what_the_functions_export() {
    let program = start("10ms");
    program.get("/");
    program.get("/lento");
    let document = program.stop().expect("requests were counted");

    let collector =
        Collector::by_hand("up-down-counter", Temporality::Cumulative);
    let requests = ActiveRequests::new(&collector.meter());
    drop(requests.begin("/", "GET"));
    drop(requests.begin("/lento", "GET"));
    let functions = collector.document();
    assert_eq!(names(&document), names(&functions));
    assert_eq!(shape(&document), shape(&functions));
}

/// In four rounds, so that few files are open at a time.
#[test]
fn after_two_hundred_clients_of_the_program_the_value_is_0() {
    let program = start("100ms");
    for _ in 0..4 {
        let broken: Vec<_> = (0..10)
            .map(|_| request(program.port, "/quebrado"))
            .collect();
        let stay: Vec<_> =
            (0..15).map(|_| request(program.port, "/lento")).collect();
        let leave = (0..25).map(|_| request(program.port, "/lento"));
        leave.for_each(drop);
        assert!(broken.into_iter().all(|client| response(client).is_empty()));
        for client in stay {
            let response = response(client);
            assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
        }
    }
    let document = program.stop().expect("requests were counted");
    assert_eq!(
        values(&document),
        json!({"GET /lento": 0, "GET /quebrado": 0})
    );
}

#[test]
fn a_request_that_outlasts_the_patience_is_cut_off_and_stays_counted() {
    let mut program =
        ServerProgram::every("10ms", command().args(["--slow", "1h"]));
    let _client = request(program.port, "/lento");
    let document = program.next_document().expect("the request has begun");
    assert_eq!(values(&document), json!({"GET /lento": 1}));
    program.interrupt();
    let (document, rest) = program.end();
    assert_eq!(rest, "some requests were cut off after 5 s\n");
    let document = document.expect("a last document");
    assert_eq!(values(&document), json!({"GET /lento": 1}));
}

#[test]
fn a_path_without_a_route_is_not_counted() {
    let program = start("10ms");
    for path in ["/a", "/lento/b"] {
        let response = program.get(path);
        assert!(response.starts_with("HTTP/1.1 404 "), "{path}: {response}");
    }
    assert_eq!(program.stop(), None);
}

#[test]
fn a_made_up_method_is_counted_as_other() {
    let program = start("10ms");
    for method in ["GET", "LANCAR", "MOER"] {
        let mut client = connect(program.port);
        write!(
            client,
            "{method} / HTTP/1.1\r\nHost: localhost\r\n\
             Connection: close\r\n\r\n"
        )
        .expect("the server reads");
        response(client);
    }
    let document = program.stop().expect("requests were counted");
    assert_eq!(values(&document), json!({"GET /": 0, "_OTHER /": 0}));
}

#[test]
fn a_bad_time_is_refused_in_one_line() {
    // On a taken port, a time accepted by mistake cannot run for ever.
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();
    let output = command()
        .args(["--slow", "10", "--port", &port])
        .output()
        .expect("the program runs");
    refused(
        &output,
        "invalid value '10' for '--slow <DURATION>': use a duration \
         with its unit, such as 500ms or 2s, at least 10ms",
    );
}

// ANCHOR: hangs_up
#[tokio::test]
async fn a_client_that_hangs_up_is_no_longer_counted() {
    let server = Server::start().await;
    let mut clients = server.clients("/lento", 3).await;
    assert_eq!(server.active(), json!({"GET /lento": 3}));

    drop(clients.pop());
    server.slow.ended(1).await;
    assert_eq!(server.active(), json!({"GET /lento": 2}));
}
// ANCHOR_END: hangs_up

/// In four rounds, so that few files are open at a time.
#[tokio::test]
async fn two_hundred_slow_clients_leave_exactly_0_behind() {
    let server = Server::start().await;
    for _ in 0..4 {
        let mut slow = server.clients("/lento", 40).await;
        let _broken = server.clients("/quebrado", 10).await;
        assert_eq!(
            server.active(),
            json!({"GET /lento": 40, "GET /quebrado": 10})
        );

        slow.truncate(15);
        server.slow.ended(25).await;
        assert_eq!(
            server.active(),
            json!({"GET /lento": 15, "GET /quebrado": 10})
        );

        server.broken.go_on.notify_waiters();
        server.broken.ended(10).await;
        assert_eq!(
            server.active(),
            json!({"GET /lento": 15, "GET /quebrado": 0})
        );

        server.slow.go_on.notify_waiters();
        server.slow.ended(15).await;
        assert_eq!(
            server.active(),
            json!({"GET /lento": 0, "GET /quebrado": 0})
        );
    }
}

#[tokio::test]
async fn the_endpoint_is_the_pattern_and_never_the_path() {
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let step = Arc::new(Step::new());
    let wait = Arc::clone(&step);
    let handler = get(async move || wait.take().await);
    let routes = Router::new().route("/tarefa/{numero}", handler);
    let port = serve(tracked(&collector, routes)).await;
    let _clients = [1, 2].map(|id| request(port, &format!("/tarefa/{id}")));
    step.begun().await;
    step.begun().await;
    let document = collector.document();
    assert_eq!(values(&document), json!({"GET /tarefa/{numero}": 2}));
}

#[tokio::test]
async fn a_request_ends_before_its_response_is_sent() {
    let collector = Collector::by_hand("test", Temporality::Cumulative);
    let sending = Arc::new(Step::new());
    let app = tracked(&collector, Router::new().route("/", get(()))).layer(
        middleware::from_fn_with_state(Arc::clone(&sending), hold_up),
    );
    let _client = request(serve(app).await, "/");
    sending.begun().await;
    assert_eq!(values(&collector.document()), json!({"GET /": 0}));
}

/// Holds up a response that is ready.
async fn hold_up(
    State(step): State<Arc<Step>>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    step.take().await;
    response
}

/// A server whose handlers end when the test says so.
struct Server {
    collector: Collector,
    port: u16,
    slow: Arc<Step>,
    broken: Arc<Step>,
}

impl Server {
    async fn start() -> Self {
        let collector = Collector::by_hand("test", Temporality::Cumulative);
        let [slow, broken] = [(); 2].map(|()| Arc::new(Step::new()));
        let [wait, fail] = [&slow, &broken].map(Arc::clone);
        let fail = async move || {
            fail.take().await;
            panic_as_a_handler_may();
        };
        let routes = Router::new()
            .route("/lento", get(async move || wait.take().await))
            .route("/quebrado", get(fail));
        let port = serve(tracked(&collector, routes)).await;
        Self {
            collector,
            port,
            slow,
            broken,
        }
    }

    /// Sends requests, each once the handler of the one before has begun.
    async fn clients(&self, path: &str, count: usize) -> Vec<TcpStream> {
        let mut clients = Vec::new();
        for _ in 0..count {
            clients.push(request(self.port, path));
            let step = if path == "/lento" {
                &self.slow
            } else {
                &self.broken
            };
            step.begun().await;
        }
        clients
    }

    fn active(&self) -> Value {
        values(&self.collector.document())
    }
}

/// The routes, counted as the lesson's are.
fn tracked(collector: &Collector, routes: Router) -> Router {
    let requests = ActiveRequests::new(&collector.meter());
    routes.route_layer(middleware::from_fn_with_state(requests, track))
}

fn panic_as_a_handler_may() {
    panic!("a handler that panics")
}

/// A step of a request, which the test follows and holds up.
struct Step {
    begun: Semaphore,
    ended: Semaphore,
    go_on: Notify,
}

impl Step {
    fn new() -> Self {
        Self {
            begun: Semaphore::new(0),
            ended: Semaphore::new(0),
            go_on: Notify::new(),
        }
    }

    /// Waits until the test says to go on.
    async fn take(&self) {
        let _end = AddOnDrop(&self.ended);
        self.begun.add_permits(1);
        self.go_on.notified().await;
    }

    /// Waits for a request that has come to this step.
    async fn begun(&self) {
        count_down(&self.begun, 1).await;
    }

    /// Waits for requests that have left it. What holds them has ended as well
    /// before the runtime's only thread runs the test again.
    async fn ended(&self, count: u32) {
        count_down(&self.ended, count).await;
    }
}

async fn count_down(events: &Semaphore, count: u32) {
    let permits = events.acquire_many(count).await;
    permits.expect("it is never closed").forget();
}

struct AddOnDrop<'a>(&'a Semaphore);

impl Drop for AddOnDrop<'_> {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

/// The values by method and endpoint.
fn values(document: &Value) -> Value {
    let points = data_points(document, NAME).into_iter();
    let values = points.map(|point| {
        let text = |key| point["attributes"][key].as_str().expect("a text");
        let key = format!("{} {}", text("metodo"), text("endpoint"));
        (key, point["value"].clone())
    });
    values.collect()
}

fn start(slow: &str) -> ServerProgram {
    ServerProgram::start(command().args(["--slow", slow]))
}

fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_up-down-counter"))
}
