//! What goes over the wire, as the lesson's own receiver prints it.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use insta::{Settings, assert_json_snapshot, sorted_redaction};
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_otlp::{MetricExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{
    PeriodicReader, SdkMeterProvider, Temporality,
};
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use otlp::{Tasks, observe_cpu_time, observe_uptime, receive};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use shared::testing::refused;

#[test]
fn a_request_on_the_wire() {
    let request = received(|meter| {
        observe_uptime(meter, || Duration::from_millis(12_500));
    });
    redacted("request", &request);
}

#[test]
fn a_count_on_the_wire() {
    let request = received(|meter| Tasks::new(meter).finished(0.75));
    redacted("calls", &metrics(&request)[0]);
}

#[test]
fn a_histogram_on_the_wire() {
    let request = received(|meter| {
        let tasks = Tasks::new(meter);
        for seconds in [0.25, 0.75, 5.5] {
            tasks.finished(seconds);
        }
    });
    redacted("durations", &metrics(&request)[1]);
}

#[test]
fn the_program_sends_what_the_functions_send() {
    let mut program = Running::every("50ms");
    let printed = program.complete_request();
    let functions = received(|meter| {
        observe_uptime(meter, || Duration::from_secs(1));
        observe_cpu_time(meter, || Some(Duration::from_secs(1)));
        Tasks::new(meter).finished(1.0);
    });
    assert_eq!(shape(&printed), shape(&functions));
    program.interrupt();
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_prints_one_last_request() {
    let program = Running::every("1h");
    while !program.handles(Signal::TERM) {
        std::thread::yield_now();
    }
    let (lines, output) = program.interrupt();
    assert_eq!(output.status.code(), Some(0));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, "stopping; a second Ctrl-C ends at once\n");
    assert_eq!(lines.lines().count(), 1);
    let request: Value = serde_json::from_str(&lines).expect("JSON");
    assert_eq!(metrics(&request)[0]["name"], "app.atividade.tempo");
}

#[test]
fn each_export_is_one_line() {
    let mut program = lesson("50ms");
    let output = program.args(["--exports", "3"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(lines.lines().count(), 3);
    for line in lines.lines() {
        serde_json::from_str::<Value>(line).expect("JSON");
    }
}

#[test]
fn a_closed_pipe_ends_receiver_and_program_silently() {
    let Running { child, mut stdout } = Running::every("50ms");
    stdout.read_line(&mut String::new()).expect("a first line");
    drop(stdout);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_receiver_on_a_full_device_fails_with_one_line() {
    let mut program = lesson("50ms");
    let program = program.stdout(shared::testing::full_device());
    let output = program.output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let line = "error: cannot write to standard output: No space left on \
                device (os error 28)\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), line);
}

#[test]
fn there_is_no_choice_of_format() {
    let mut program = lesson("50ms");
    let output = program
        .args(["--format", "text"])
        .output()
        .expect("it runs");
    let line = "unexpected argument '--format' found: use --interval \
                <DURATION>, --exports <N>, --help, --version";
    refused(&output, line);
}

/// The lesson's program while it runs.
struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Running {
    fn every(interval: &str) -> Self {
        let mut child = lesson(interval)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("stdout is a pipe");
        let stdout = BufReader::new(stdout);
        Self { child, stdout }
    }

    /// The first request with all metrics: a task has ended.
    fn complete_request(&mut self) -> Value {
        loop {
            let mut line = String::new();
            self.stdout.read_line(&mut line).expect("another line");
            let request = serde_json::from_str(&line).expect("JSON");
            if metrics(&request).len() == 4 {
                return request;
            }
        }
    }

    /// Whether the program is ready for a signal.
    #[cfg(target_os = "linux")]
    fn handles(&self, signal: Signal) -> bool {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("it is running");
        let mut lines = status.lines();
        let caught = lines.find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = u64::from_str_radix(caught.expect("a line").trim(), 16);
        caught.expect("a mask") & (1 << (signal.as_raw() - 1)) != 0
    }

    /// Sends Ctrl-C. Returns the rest of standard output, and how it ended.
    fn interrupt(mut self) -> (String, Output) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::INT).expect("it is running");
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("UTF-8");
        (rest, self.child.wait_with_output().expect("it ends"))
    }
}

fn lesson(interval: &str) -> Command {
    let mut lesson = Command::new(env!("CARGO_BIN_EXE_otlp"));
    lesson.env_clear().args(["--interval", interval]);
    lesson
}

/// What the receiver prints of one export.
fn received(register: impl FnOnce(&Meter)) -> Value {
    let (sender, lines) = mpsc::channel();
    let print = move |line: &str| {
        // Once the test has ended, nobody reads the lines.
        let _ = sender.send(line.to_owned());
        Ok(())
    };
    let address = receive(print).expect("a free port");
    let exporter = MetricExporter::builder()
        .with_temporality(Temporality::Cumulative)
        .with_http()
        .with_endpoint(format!("http://{address}/v1/metrics"))
        .build()
        .expect("the endpoint is a URL");
    let reader = PeriodicReader::builder(exporter)
        .with_interval(Duration::MAX)
        .build();
    let resource = Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_service_name("otlp")
        .build();
    let provider = SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(reader)
        .build();
    register(&provider.meter("otlp"));
    provider.force_flush().expect("the receiver accepts it");
    let line = lines.try_recv().expect("a request has arrived");
    serde_json::from_str(&line).expect("JSON")
}

/// Attributes come in any order, and times are different in every run.
fn redacted(name: &str, json: &Value) {
    let mut settings = Settings::clone_current();
    settings.add_redaction(".**.attributes", sorted_redaction());
    for time in [".**.startTimeUnixNano", ".**.timeUnixNano"] {
        settings.add_redaction(time, "[time]");
    }
    settings.add_dynamic_redaction(".**.stringValue", |text, _path| {
        // Of the resource, only the SDK's version begins with a digit.
        let is_version = text.as_str().is_some_and(|t| t.starts_with('0'));
        if is_version { "[version]".into() } else { text }
    });
    settings.bind(|| assert_json_snapshot!(name, json));
}

fn metrics(request: &Value) -> &[Value] {
    let scope = &request["resourceMetrics"][0]["scopeMetrics"][0];
    scope["metrics"].as_array().map_or(&[], Vec::as_slice)
}

/// Names, units, kinds and keys of a request's metrics, without what is
/// measured.
fn shape(request: &Value) -> Vec<Value> {
    let mut metrics = metrics(request).to_vec();
    metrics.iter_mut().for_each(forget_measured);
    metrics
}

fn forget_measured(json: &mut Value) {
    const MEASURED: [&str; 9] = [
        "asDouble",
        "asInt",
        "bucketCounts",
        "count",
        "max",
        "min",
        "startTimeUnixNano",
        "sum",
        "timeUnixNano",
    ];
    if let Value::Object(object) = json {
        for (key, value) in object {
            let is_measured = MEASURED.contains(&key.as_str());
            // The data of a counter, too, is called `sum`.
            if is_measured && !value.is_object() {
                *value = Value::Null;
            }
            forget_measured(value);
        }
    } else if let Value::Array(values) = json {
        values.iter_mut().for_each(forget_measured);
    }
}
