//! The real program as a web server: real clients, real signals.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;

use counter::Counters;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use shared::testing::{data_points, exported, names, shape};

#[test]
fn the_program_exports_what_the_functions_export() {
    let program = Program::start();
    program.get("/");
    program.get("/lançar_dado");
    let (document, port) = program.stop();
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
    assert_ne!(port, 0);
}

#[test]
fn four_thousand_calls_of_eight_clients_are_all_counted() {
    let program = Program::start();
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
    let (document, _) = program.stop();
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
    let program = Program::start();
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
    let (document, _) = program.stop();
    let document = document.expect("calls were counted");
    assert_eq!(
        routes(&document),
        [json!("/lancar_dado"), json!("/lançar_dado")]
    );
    assert_eq!(total(&document, "dado.rolagens"), 5);
}

#[test]
fn an_unknown_path_never_becomes_an_attribute() {
    let program = Program::start();
    for path in ["/a", "/b", "/%ff", "/lan%C3%A7ar_dado/c"] {
        let response = program.get(path);
        assert!(response.starts_with("HTTP/1.1 404 "), "{path}: {response}");
    }
    let (document, _) = program.stop();
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
    let mut program = Program::start();
    let mut slow = program.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        .expect("the server reads");
    // Connections are accepted in order: by now the slow one is open.
    program.get("/");
    program.interrupt();
    slow.write_all(b"\r\n").expect("the server still reads");
    let mut response = String::new();
    slow.read_to_string(&mut response)
        .expect("the server answers");
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");

    let (document, _) = program.end();
    let document = document.expect("calls were counted");
    assert_eq!(total(&document, "api.chamadas"), 2);
}

#[test]
fn a_client_that_hangs_up_is_not_counted() {
    let program = Program::start();
    let mut rude = program.connect();
    rude.write_all(b"GET / HTTP/1.1\r\nHost: local")
        .expect("the server reads");
    drop(rude);
    program.get("/");
    let (document, _) = program.stop();
    let document = document.expect("calls were counted");
    assert_eq!(total(&document, "api.chamadas"), 1);
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
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            format!(
                "error: invalid value '{port}' for '--port <PORT>': use a whole \
                 number from 0 to 65535\n"
            )
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
    // Only the last collection is exported.
    command.args(["--interval", "1h"]).args(flags);
    command
}

/// The program, on its own port.
struct Program {
    child: Child,
    stderr: BufReader<ChildStderr>,
    port: u16,
}

impl Program {
    fn start() -> Self {
        let mut child = command(&["--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = child.stderr.take().expect("stderr is a pipe");
        let mut stderr = BufReader::new(stderr);
        let mut line = String::new();
        stderr.read_line(&mut line).expect("it prints its address");
        let port = line
            .strip_prefix("listening: curl http://localhost:")
            .and_then(|rest| rest.split_once("/lançar_dado\n"))
            .and_then(|(port, _)| port.parse().ok())
            .expect("the line has the port");
        Self {
            child,
            stderr,
            port,
        }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
            .expect("the server accepts the connection")
    }

    /// Sends the path's bytes unchanged and returns the response.
    fn get(&self, path: &str) -> String {
        let mut stream = self.connect();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: localhost\r\n\
             Connection: close\r\n\r\n"
        )
        .expect("the server reads");
        let mut response = String::new();
        stream
            .read_to_string(&mut response)
            .expect("the server answers");
        response
    }

    /// Sends Ctrl-C and waits until it is handled.
    fn interrupt(&mut self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::INT).expect("it is running");
        let mut line = String::new();
        self.stderr
            .read_line(&mut line)
            .expect("it announces the stop");
        assert!(line.starts_with("stopping"), "{line}");
    }

    /// Stops the program and returns its only document and its port.
    fn stop(mut self) -> (Option<Value>, u16) {
        self.interrupt();
        self.end()
    }

    fn end(mut self) -> (Option<Value>, u16) {
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).expect("the rest");
        assert_eq!(rest, "");
        let output = self.child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0));
        let stdout = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(stdout.lines().count() <= 1, "{stdout}");
        let document = stdout.lines().next().map(|line| {
            serde_json::from_str(line).expect("the document is complete")
        });
        (document, self.port)
    }
}
