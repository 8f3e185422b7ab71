//! The real program as a web server, and its route with the clock stopped.
#![cfg(unix)]

use std::io::Write;
use std::process::Command;
use std::thread;
use std::time::Duration;

use scrape::{Tasks, app, observe_memory, observe_uptime};
use shared::testing::{
    ServerProgram, connect, refused, request, response, serve,
};
use support::{Target, scraped};
use tokio::sync::oneshot;
use tokio::time;

mod support;

/// The header of the text format.
const FORMAT: &str =
    "\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n";

#[test]
fn the_program_shows_what_the_functions_export() {
    let program = start(&mut program(&[]));
    let response = program.get("/metrics");
    let (head, page) = response.split_once("\r\n\r\n").expect("a page");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains(FORMAT), "{head}");
    let functions = scraped(|meter| {
        observe_uptime(meter, || Duration::from_secs(1));
        observe_memory(meter, || Some(1));
    });
    assert_eq!(without_values(page), without_values(&functions));
    // Nobody has asked the route that works, and there is no export.
    assert_eq!(program.stop(), None);
}

#[test]
fn who_asks_for_open_metrics_gets_the_text_format() {
    let program = start(&mut program(&[]));
    let mut client = connect(program.port);
    client
        .write_all(
            b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\
              Accept: application/openmetrics-text\r\n\
              Connection: close\r\n\r\n",
        )
        .expect("the server reads");
    let response = response(client);
    assert!(response.contains(FORMAT), "{response}");
    assert!(!response.contains("# EOF"), "{response}");
    assert_eq!(program.stop(), None);
}

#[test]
fn the_interval_of_the_environment_is_not_read() {
    let mut program = program(&[]);
    // A lesson with an interval refuses this one.
    program.env("OTEL_METRIC_EXPORT_INTERVAL", "0");
    assert_eq!(start(&mut program).stop(), None);
}

#[test]
fn there_is_no_interval_to_set() {
    let output = program(&["--interval", "1s"]).output().expect("it runs");
    refused(
        &output,
        "unexpected argument '--interval' found: use --port <PORT>, --help, \
         --version",
    );
}

#[tokio::test]
async fn a_task_is_counted_and_timed() {
    // With nothing else to do, a stopped clock jumps to the end of the task.
    time::pause();
    let target = Target::new();
    let tasks = Tasks::new(&target.meter());
    let port = serve(app(target.registry.clone(), tasks)).await;
    let (answer, answered) = oneshot::channel();
    thread::spawn(move || answer.send(response(request(port, "/tarefa"))));
    let response = answered.await.expect("the server answers");
    let (_, body) = response.split_once("\r\n\r\n").expect("a body");
    let seconds: f64 = body
        .strip_suffix(" s\n")
        .and_then(|number| number.parse().ok())
        .expect("seconds");
    assert!((0.5..6.51).contains(&seconds), "{seconds}");
    let page = target.page();
    let calls = "api_chamadas_total{http_route=\"/tarefa\",\
                 otel_scope_name=\"scrape\"} 1\n";
    assert!(page.contains(calls), "{page}");
    let count = "tarefa_duracao_seconds_count{otel_scope_name=\"scrape\"} 1\n";
    assert!(page.contains(count), "{page}");
}

fn program(flags: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_scrape"));
    program.args(flags);
    program
}

fn start(program: &mut Command) -> ServerProgram {
    ServerProgram::without_interval(program)
}

/// The names, kinds and labels. Of the resource only the name is the
/// functions' too.
fn without_values(page: &str) -> Vec<&str> {
    let lines = page.lines().filter(|l| !l.starts_with("target_info{"));
    lines
        .map(|line| line.rsplit_once("} ").map_or(line, |(l, _)| l))
        .collect()
}
