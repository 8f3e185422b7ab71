//! Real servers, for the tests that ask one.

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tempfile::TempDir;

/// How long a server may take until it has what a test waits for.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server, with its data in a folder of its own. It ends with the
/// test.
#[derive(Debug)]
pub struct Backend {
    server: Child,
    port: u16,
    _data: TempDir,
}

impl Backend {
    /// How every `VictoriaMetrics` of the course is started.
    pub const VICTORIA_METRICS: [&str; 2] = [
        // Units and `_total` in the names, as Prometheus has them.
        "-opentelemetry.usePrometheusNaming",
        // Answers have what is stored, and not only what is 30 s old.
        "-search.latencyOffset=0s",
    ];

    /// Starts `VictoriaMetrics`: it takes OTLP, and answers `PromQL`.
    pub fn victoria_metrics() -> Self {
        let data = temporary_folder();
        let mut server = Command::new("victoria-metrics");
        server
            .args(Self::VICTORIA_METRICS)
            .arg("-httpListenAddr=127.0.0.1:0")
            .arg(format!("-storageDataPath={}", data.path().display()));
        let listening = "started server at http://127.0.0.1:";
        Self::start(&mut server, data, listening, listening)
    }

    /// Starts Prometheus with the configuration file `configuration`.
    pub fn prometheus(configuration: &str) -> Self {
        let data = temporary_folder();
        let file = data.path().join("prometheus.yml");
        fs::write(&file, configuration).expect("the folder is writable");
        let mut server = Command::new("prometheus");
        server
            .arg("--web.listen-address=127.0.0.1:0")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", data.path().display()));
        let listening = r#"msg="Listening on" address=127.0.0.1:"#;
        Self::start(&mut server, data, listening, "Server is ready")
    }

    /// Starts rotel, which hands on the OTLP that it gets to `endpoint`.
    pub fn rotel(endpoint: &str) -> Self {
        let port = free_port();
        let mut server = Command::new("rotel");
        server
            .arg("start")
            .arg(format!("--otlp-http-endpoint=127.0.0.1:{port}"))
            .arg("--otlp-grpc-endpoint=127.0.0.1:0")
            .args(["--exporter=otlp", "--otlp-exporter-protocol=http"])
            .arg(format!("--otlp-exporter-metrics-endpoint={endpoint}"))
            // It asks for one, although it gets no other signals.
            .arg(format!("--otlp-exporter-endpoint={endpoint}"));
        let server = spawn(server.stderr(Stdio::null()));
        until("rotel listens", || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
        });
        Self {
            server,
            port,
            _data: temporary_folder(),
        }
    }

    /// Starts `server`, and reads what it says until it is `ready` and has
    /// named the port on which it is `listening`.
    fn start(
        server: &mut Command,
        data: TempDir,
        listening: &str,
        ready: &str,
    ) -> Self {
        let mut child = spawn(server.stderr(Stdio::piped()));
        let stderr = child.stderr.take().expect("stderr is a pipe");
        let mut stderr = BufReader::new(stderr);
        let (mut log, mut port, mut is_ready) = (String::new(), None, false);
        while port.is_none() || !is_ready {
            let start_of_line = log.len();
            let read = stderr.read_line(&mut log).expect("the log is UTF-8");
            assert!(read > 0, "{server:?} ended:\n{log}");
            let line = &log[start_of_line..];
            port = port.or_else(|| port_after(listening, line));
            is_ready |= line.contains(ready);
        }
        drain(stderr);
        Self {
            server: child,
            port: port.expect("the loop found it"),
            _data: data,
        }
    }

    /// The address of a page.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What the server answers to a request for `path` with `parameters`.
    pub fn get(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--fail", "--get"]);
        for (name, value) in parameters {
            curl.args(["--data-urlencode", &format!("{name}={value}")]);
        }
        let output = curl.arg(self.url(path)).output().expect("curl starts");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{path} {parameters:?}: {stderr}");
        String::from_utf8(output.stdout).expect("the answer is UTF-8")
    }

    /// What a `PromQL` query finds now.
    pub fn query(&self, query: &str) -> Vec<Value> {
        let answer = self.get("/api/v1/query", &[("query", query)]);
        let mut answer: Value =
            serde_json::from_str(&answer).expect("the answer is JSON");
        match answer["data"]["result"].take() {
            Value::Array(results) => results,
            other => panic!("{query}: {other}"),
        }
    }

    /// What a query finds, once it finds something.
    pub fn found(&self, query: &str) -> Vec<Value> {
        until(query, || {
            Some(self.query(query)).filter(|results| !results.is_empty())
        })
    }

    /// Waits until `VictoriaMetrics` answers with all that it was sent: its
    /// answers have what is stored as of the last whole second.
    pub fn catch_up(&self) {
        self.get("/internal/force_flush", &[]);
        let sent = SystemTime::now();
        until("time()", || {
            let [now] = &self.query("time()")[..] else {
                return None;
            };
            let seconds = now["value"][1].as_str()?.parse().ok()?;
            let now = UNIX_EPOCH + Duration::from_secs_f64(seconds);
            (now > sent).then_some(())
        });
    }
}

/// Asks again and again, until there is an answer.
fn until<T>(question: &str, answer: impl Fn() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = answer() {
            return answer;
        }
        assert!(Instant::now() < deadline, "{question}: no answer in time");
        thread::sleep(Duration::from_millis(50));
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // Otherwise it has ended already.
        if self.server.kill().is_ok() {
            let _ = self.server.wait();
        }
    }
}

fn temporary_folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// A port for a server that does not say which one it took.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address.expect("a port is free").port()
}

fn spawn(server: &mut Command) -> Child {
    let program = server.get_program().to_string_lossy().into_owned();
    match server.stdout(Stdio::null()).spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => panic!(
            "`{program}` is missing: see \"Install the servers\" in \
             docs/CONTRIBUTING.md"
        ),
        Err(error) => panic!("`{program}`: {error}"),
    }
}

fn port_after(listening: &str, line: &str) -> Option<u16> {
    let (_, rest) = line.split_once(listening)?;
    let end = rest.find(|character: char| !character.is_ascii_digit());
    rest[..end.unwrap_or(rest.len())].parse().ok()
}

/// Reads on, so that the server never waits for a reader of its log.
fn drain(mut stderr: BufReader<ChildStderr>) {
    thread::spawn(move || io::copy(&mut stderr, &mut io::sink()));
}
