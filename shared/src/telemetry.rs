//! From the start of a lesson to its orderly end.

use std::cell::Cell;
use std::fmt;
use std::io::{self, IsTerminal, Stdout, Write};
use std::iter;
use std::num::NonZeroU64;
use std::process::{self, ExitCode};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clap::Args;
use opentelemetry::metrics::MeterProvider;
use opentelemetry::{Key, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{
    PeriodicReader, SdkMeterProvider, Temporality,
};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::JsonExporter;
use crate::options::{Format, NoFlags, Options, Rejected, WithInterval};
use crate::text::TextExporter;

/// The exit status of a shell's command that Ctrl-C ended: 128 + SIGINT.
const INTERRUPTED: i32 = 130;
/// The exit status for a command line that cannot be carried out.
const USAGE: i32 = 2;
const FAILURE: i32 = 1;

/// Starts the telemetry of a lesson with one reader.
///
/// Reads the command line and the environment, sets the global meter provider
/// with a periodic reader that prints to standard output, and prints the
/// SDK's own warnings and errors to standard error. `name` is the lesson's
/// package; it is the service's name as well, unless `OTEL_SERVICE_NAME` or
/// `OTEL_RESOURCE_ATTRIBUTES` gives one.
///
/// Like an argument parser, it ends the process itself: with status 0 after
/// `--help` and `--version`, with 2 if the command line or the environment
/// has a bad value, with 1 if signals cannot be handled.
pub fn init(name: &'static str, about: &'static str) -> Telemetry {
    init_with::<NoFlags>(name, about).0
}

/// The same as [`init`], for a lesson that has flags of its own as well.
pub fn init_with<F: Args>(
    name: &'static str,
    about: &'static str,
) -> (Telemetry, F) {
    let lesson = Lesson::<WithInterval<F>>::new(name, about);
    let reader = PeriodicReader::builder(lesson.exporter())
        .with_interval(lesson.flags.interval)
        .build();
    let provider = SdkMeterProvider::builder()
        .with_resource(lesson.resource())
        .with_reader(reader)
        .build();
    let (telemetry, flags) = lesson.start(provider);
    (telemetry, flags.others)
}

/// A lesson that has read its command line and builds its own provider, for
/// what [`init`] does not offer.
#[derive(Debug)]
pub struct Lesson<F> {
    /// The flags of the lesson's own.
    pub flags: F,
    name: &'static str,
    output: Output,
    supervisor: Supervisor,
    stops: Receiver<Stop>,
}

impl<F: Args> Lesson<F> {
    /// Does what [`init`] does before it builds the provider, and ends the
    /// process in the same cases.
    pub fn new(name: &'static str, about: &'static str) -> Self {
        let options = match Options::from_process(name, about) {
            Ok(options) => options,
            Err(Rejected::Information(text)) => {
                let printed = io::stdout().write_all(text.as_bytes());
                match printed.map_err(Error::Output).or_else(ignore_closed_pipe)
                {
                    Ok(()) => process::exit(0),
                    Err(error) => exit(FAILURE, &error),
                }
            }
            Err(Rejected::Invalid(message)) => exit(USAGE, &message),
        };
        let (stop, stops) = mpsc::channel();
        if let Err(error) = stop_on_signals(stop.clone()) {
            exit(FAILURE, &format_args!("cannot handle signals: {error}"));
        }
        log_to_stderr(stop.clone());
        Self {
            flags: options.flags,
            name,
            output: Output::new(options.format),
            supervisor: Supervisor {
                limit: options.exports,
                exports: Arc::default(),
                stop,
            },
            stops,
        }
    }

    /// The SDK's resource, named after the lesson unless the environment names
    /// it.
    pub fn resource(&self) -> Resource {
        let detected = Resource::builder().build();
        let is_named = detected
            .get_ref(&Key::from_static_str("service.name"))
            .is_some_and(|name| !name.as_str().starts_with("unknown_service"));
        if is_named {
            detected
        } else {
            Resource::builder().with_service_name(self.name).build()
        }
    }

    /// An exporter to standard output, which [`Telemetry::wait`] watches.
    pub fn exporter(&self) -> SupervisedExporter {
        SupervisedExporter {
            output: self.output.clone(),
            supervisor: self.supervisor.clone(),
        }
    }

    /// The same as [`exporter`](Self::exporter), with the name of its reader in
    /// each JSON document. The documents of several exporters never mix.
    pub fn exporter_for(&self, reader: &'static str) -> SupervisedExporter {
        SupervisedExporter {
            output: self.output.for_reader(reader),
            supervisor: self.supervisor.clone(),
        }
    }

    /// Makes `provider` the global one.
    pub fn start(self, provider: SdkMeterProvider) -> (Telemetry, F) {
        let exports = self.supervisor.exports;
        mark_complete_collections(&provider, Arc::clone(&exports));
        global::set_meter_provider(provider.clone());
        let telemetry = Telemetry {
            provider,
            stops: self.stops,
            exports,
        };
        (telemetry, self.flags)
    }
}

thread_local! {
    /// Whether the collection that runs on this reader's thread began after
    /// the lesson had all its instruments.
    static IS_COMPLETE: Cell<bool> = const { Cell::new(false) };
}

/// Sets [`IS_COMPLETE`] at the start of each collection: callbacks run in the
/// order in which their instruments were built, and this one is the first. It
/// observes nothing, so that the SDK leaves its instrument out.
fn mark_complete_collections(
    provider: &SdkMeterProvider,
    exports: Arc<Mutex<Exports>>,
) {
    provider
        .meter("shared")
        .u64_observable_gauge("lesson.complete")
        .with_callback(move |_| {
            let started = !matches!(*lock(&exports), Exports::NotStarted);
            IS_COMPLETE.set(started);
        })
        .build();
}

/// The running telemetry of a lesson.
#[derive(Debug)]
#[must_use = "without `wait` the program ends before its first export"]
pub struct Telemetry {
    provider: SdkMeterProvider,
    stops: Receiver<Stop>,
    exports: Arc<Mutex<Exports>>,
}

impl Telemetry {
    /// Lets the lesson run until it is stopped, and gives the status for
    /// `main` to return.
    ///
    /// No collection that began before is exported: a lesson calls this when
    /// it has all its instruments, so that each document is complete.
    ///
    /// | what stops it | then | status |
    /// | --- | --- | --- |
    /// | Ctrl-C, SIGTERM, SIGHUP | one last collection is exported | 0 |
    /// | a second one of these | the process ends at once | 130 |
    /// | the number of exports asked for | nothing more is exported | 0 |
    /// | a reader that closed the pipe | nothing more is exported | 0 |
    /// | standard output that cannot be written | the reason on stderr | 1 |
    /// | a callback that panicked | that collection ended, on stderr | 1 |
    /// | a last collection that takes over 5 s | so on stderr | 1 |
    pub fn wait(self) -> ExitCode {
        self.wait_and(|| ())
    }

    /// The same as [`wait`](Self::wait), with something to do before the last
    /// collection, so that it counts.
    pub fn wait_and(self, finish: impl FnOnce()) -> ExitCode {
        match self.run(finish) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error),
        }
    }

    fn run(self, finish: impl FnOnce()) -> Result<(), Error> {
        *lock(&self.exports) = Exports::SoFar(0);
        // The signal handler keeps a sender for as long as the process lives.
        let first = self.stops.recv().unwrap_or(Stop::Requested);
        finish();
        let shut_down = self.provider.shutdown();
        // What went wrong in a collection says more than the result of the
        // shutdown.
        let mut stops = iter::once(first).chain(self.stops.try_iter());
        let failure = stops.find_map(|stop| match stop {
            Stop::Failed(error) => Some(error),
            Stop::Requested => None,
        });
        match failure {
            Some(error) => ignore_closed_pipe(error),
            None => shut_down.map_err(Error::Shutdown),
        }
    }
}

fn ignore_closed_pipe(error: Error) -> Result<(), Error> {
    match error {
        Error::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            Ok(())
        }
        error => Err(error),
    }
}

/// Why a lesson ends.
#[derive(Debug)]
enum Stop {
    Requested,
    Failed(Error),
}

/// What keeps a lesson from doing all that it was asked to do.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
    #[error("collection stopped, because a callback panicked")]
    Collection,
    #[error("the last collection was not exported: {0}")]
    Shutdown(OTelSdkError),
}

/// Says on standard error what went wrong, and gives the status for `main` to
/// return.
pub fn fail(error: &impl fmt::Display) -> ExitCode {
    print_error(error);
    ExitCode::FAILURE
}

fn exit(status: i32, error: &impl fmt::Display) -> ! {
    print_error(error);
    process::exit(status)
}

fn print_error(error: &impl fmt::Display) {
    print_to_stderr(format_args!("error: {error}"));
}

/// Unlike `eprintln!`, does not panic when nobody can read it.
fn print_to_stderr(message: fmt::Arguments) {
    let _ = writeln!(io::stderr(), "{message}");
}

fn stop_on_signals(stop: Sender<Stop>) -> Result<(), ctrlc::Error> {
    let mut requested = false;
    ctrlc::set_handler(move || {
        if requested {
            process::exit(INTERRUPTED);
        }
        requested = true;
        print_to_stderr(format_args!(
            "stopping after one last collection; Ctrl-C again ends at once"
        ));
        let _ = stop.send(Stop::Requested);
    })
}

/// Prints the SDK's own warnings and errors to standard error, and stops the
/// lesson when one of them says that no collection will come any more.
fn log_to_stderr(stop: Sender<Stop>) {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .without_time()
        .with_filter(filter_fn(|event| !EARLY.contains(&event.name())));
    let subscriber = tracing_subscriber::registry()
        .with(LevelFilter::WARN)
        .with(lines)
        .with(ReaderWatch { stop });
    // A lesson that set a subscriber of its own keeps it.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// What the SDK says of a reader whose interval ends before the provider is
/// built, which happens with an interval of microseconds. The next collection
/// makes up for it.
const EARLY: [&str; 2] = [
    "PeriodReader.MeterProviderNotRegistered",
    "PeriodReaderCollectError",
];

/// Notices the end of the periodic reader's thread, which the SDK only logs.
struct ReaderWatch {
    stop: Sender<Stop>,
}

impl<S: Subscriber> Layer<S> for ReaderWatch {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if event.metadata().name() == "PeriodicReader.WorkerThreadTerminated" {
            let _ = self.stop.send(Stop::Failed(Error::Collection));
        }
    }
}

/// Where collections are written to.
#[derive(Clone, Debug)]
enum Output {
    Json(JsonExporter<Stdout>),
    Text(TextExporter),
}

impl Output {
    fn new(format: Format) -> Self {
        match format {
            Format::Json => {
                let stdout = io::stdout();
                let indented = stdout.is_terminal();
                Self::Json(JsonExporter::new(stdout).indented(indented))
            }
            Format::Text => Self::Text(TextExporter::new()),
        }
    }

    /// The same output; text has no place for the name.
    fn for_reader(&self, reader: &'static str) -> Self {
        match self {
            Self::Json(exporter) => Self::Json(exporter.for_reader(reader)),
            Self::Text(_) => self.clone(),
        }
    }

    fn write(&self, metrics: &ResourceMetrics) -> io::Result<()> {
        match self {
            Self::Json(exporter) => exporter.write(metrics),
            Self::Text(exporter) => exporter.write(metrics),
        }
    }
}

/// An exporter that tells [`Telemetry::wait`] when there were enough exports,
/// or when one failed. Before `wait` and after that it exports nothing.
#[derive(Debug)]
pub struct SupervisedExporter {
    output: Output,
    supervisor: Supervisor,
}

/// What the exporters of a lesson have in common.
#[derive(Clone, Debug)]
struct Supervisor {
    limit: Option<NonZeroU64>,
    exports: Arc<Mutex<Exports>>,
    stop: Sender<Stop>,
}

#[derive(Debug, Default)]
enum Exports {
    #[default]
    NotStarted,
    SoFar(u64),
    Ended,
}

fn lock(exports: &Mutex<Exports>) -> MutexGuard<'_, Exports> {
    exports.lock().unwrap_or_else(PoisonError::into_inner)
}

impl PushMetricExporter for SupervisedExporter {
    /// Never fails: `wait` says what went wrong, once. The SDK would log it
    /// again for every collection.
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        if !IS_COMPLETE.get() {
            return Ok(());
        }
        let Supervisor {
            limit,
            exports,
            stop,
        } = &self.supervisor;
        let mut exports = lock(exports);
        let Exports::SoFar(count) = &mut *exports else {
            return Ok(());
        };
        *count += 1;
        let reason = match self.output.write(metrics) {
            Err(error) => Stop::Failed(Error::Output(error)),
            Ok(()) if limit.is_some_and(|limit| limit.get() == *count) => {
                Stop::Requested
            }
            Ok(()) => return Ok(()),
        };
        *exports = Exports::Ended;
        let _ = stop.send(reason);
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}
