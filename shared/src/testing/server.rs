//! A lesson's web server, as its real program: real clients, real signals.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::iter;
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

use axum::routing::Router;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::net::TcpListener;

/// Serves `app` on a thread of the test's runtime, and returns the port.
pub async fn serve(app: Router) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    tokio::spawn(axum::serve(listener, app).into_future());
    port
}

/// Connects to a server.
pub fn connect(port: u16) -> TcpStream {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .expect("the server accepts the connection")
}

/// Sends a request for `path`, whose bytes stay as they are.
pub fn request(port: u16, path: &str) -> TcpStream {
    let mut client = connect(port);
    write!(
        client,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\n\
         Connection: close\r\n\r\n"
    )
    .expect("the server reads");
    client
}

/// Waits for the response, which is empty if the server hangs up instead.
pub fn response(mut client: TcpStream) -> String {
    let mut response = String::new();
    client
        .read_to_string(&mut response)
        .expect("the server answers or hangs up");
    response
}

/// A running program.
#[derive(Debug)]
pub struct ServerProgram {
    child: Child,
    stdout: Lines<BufReader<ChildStdout>>,
    stderr: BufReader<ChildStderr>,
    /// The port that it listens on.
    pub port: u16,
}

impl ServerProgram {
    /// Starts it on a free port, with nothing to export before its end.
    pub fn start(program: &mut Command) -> Self {
        Self::every("1h", program)
    }

    /// Starts it on a free port, with a document at each interval.
    pub fn every(interval: &str, program: &mut Command) -> Self {
        Self::without_interval(program.args(["--interval", interval]))
    }

    /// Starts one that has no interval, on a free port.
    pub fn without_interval(program: &mut Command) -> Self {
        let mut child = program
            .args(["--port", "0"])
            // Standard error is read only at the end: a pipe must hold it all.
            .env("RUST_BACKTRACE", "0")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("stdout is a pipe");
        let stderr = child.stderr.take().expect("stderr is a pipe");
        let mut stderr = BufReader::new(stderr);
        let mut line = String::new();
        stderr.read_line(&mut line).expect("it prints its address");
        let port = line
            .strip_prefix("listening: curl http://localhost:")
            .and_then(|rest| rest.split_once('/'))
            .and_then(|(port, _)| port.parse().ok())
            .expect("the line has the port");
        Self {
            child,
            stdout: BufReader::new(stdout).lines(),
            stderr,
            port,
        }
    }

    /// Sends a request for `path` and returns the response.
    pub fn get(&self, path: &str) -> String {
        response(request(self.port, path))
    }

    /// Waits for the next document; `None` once the program has ended.
    pub fn next_document(&mut self) -> Option<Value> {
        let line = self.stdout.next()?.expect("JSON is UTF-8");
        Some(super::parse(&line))
    }

    /// Sends Ctrl-C and waits until it is handled.
    pub fn interrupt(&mut self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::INT).expect("it is running");
        let lines = self.stderr.by_ref().lines().map_while(Result::ok);
        let mut stopping = lines.filter(|line| line.starts_with("stopping"));
        assert!(stopping.next().is_some(), "it announces the stop");
    }

    /// Waits for the end of an interrupted program. Returns its last document,
    /// if there was anything to export, and what else it said.
    pub fn end(mut self) -> (Option<Value>, String) {
        let documents = iter::from_fn(|| self.next_document());
        let last = documents.last();
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).expect("the rest");
        let status = self.child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0));
        (last, rest)
    }

    /// Stops the program and returns its last document, if there was anything
    /// to export.
    pub fn stop(mut self) -> Option<Value> {
        self.interrupt();
        let (document, rest) = self.end();
        assert_eq!(rest, "");
        document
    }
}
