//! A lesson's web server, as its real program: real clients, real signals.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// A running program, which exports nothing but its last collection.
#[derive(Debug)]
pub struct ServerProgram {
    child: Child,
    stderr: BufReader<ChildStderr>,
    /// The port that it listens on.
    pub port: u16,
}

impl ServerProgram {
    /// Starts it on a free port.
    pub fn start(program: &mut Command) -> Self {
        let mut child = program
            .args(["--interval", "1h", "--port", "0"])
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
            .and_then(|rest| rest.split_once('/'))
            .and_then(|(port, _)| port.parse().ok())
            .expect("the line has the port");
        Self {
            child,
            stderr,
            port,
        }
    }

    /// Opens a connection.
    pub fn connect(&self) -> TcpStream {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
            .expect("the server accepts the connection")
    }

    /// Sends a request for `path`, whose bytes stay as they are, and leaves the
    /// connection open.
    pub fn request(&self, path: &str) -> TcpStream {
        let mut stream = self.connect();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: localhost\r\n\
             Connection: close\r\n\r\n"
        )
        .expect("the server reads");
        stream
    }

    /// Sends a request and returns the response, which is empty if the server
    /// hangs up instead.
    pub fn get(&self, path: &str) -> String {
        let mut response = String::new();
        self.request(path)
            .read_to_string(&mut response)
            .expect("the server answers");
        response
    }

    /// Sends Ctrl-C and waits until it is handled.
    pub fn interrupt(&mut self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::INT).expect("it is running");
        let lines = self.stderr.by_ref().lines().map_while(Result::ok);
        let mut stopping = lines.filter(|line| line.starts_with("stopping"));
        assert!(stopping.next().is_some(), "it announces the stop");
    }

    /// Stops the program and returns its document, if there was anything to
    /// export.
    pub fn stop(mut self) -> Option<Value> {
        self.interrupt();
        self.end()
    }

    /// Waits for the end of an interrupted program, and returns its document.
    pub fn end(mut self) -> Option<Value> {
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).expect("the rest");
        assert_eq!(rest, "");
        let output = self.child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0));
        let documents = super::parse_lines(&output.stdout);
        assert!(documents.len() <= 1, "{documents:?}");
        documents.into_iter().next()
    }
}
