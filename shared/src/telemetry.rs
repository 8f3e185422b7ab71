//! From the start of a lesson to its orderly end.

use std::cell::Cell;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::num::NonZeroU64;
use std::process::{self, ExitCode};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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
use crate::options::{Format, Options, Rejected};
use crate::text::TextExporter;

/// The exit status of a shell's command that Ctrl-C ended: 128 + SIGINT.
const INTERRUPTED: i32 = 130;
/// The exit status for a command line that cannot be carried out.
const USAGE: i32 = 2;
const FAILURE: i32 = 1;

/// Starts the telemetry of a lesson.
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
    let options = match Options::from_process(name, about) {
        Ok(options) => options,
        Err(Rejected::Information(text)) => {
            let printed = io::stdout().write_all(text.as_bytes());
            match printed.map_err(Error::Output).or_else(ignore_closed_pipe) {
                Ok(()) => process::exit(0),
                Err(error) => exit(FAILURE, &error.to_string()),
            }
        }
        Err(Rejected::Invalid(message)) => exit(USAGE, &message),
    };
    let (stop, stops) = mpsc::channel();
    let exports = Arc::default();
    if let Err(error) = stop_on_signals(stop.clone()) {
        exit(FAILURE, &format!("cannot handle signals: {error}"));
    }
    log_to_stderr(stop.clone());

    let provider = match options.format {
        Format::Json => {
            let stdout = io::stdout();
            let indented = stdout.is_terminal();
            let exporter = JsonExporter::new(stdout).indented(indented);
            start(exporter, name, &options, stop, &exports)
        }
        Format::Text => {
            start(TextExporter::new(), name, &options, stop, &exports)
        }
    };
    mark_complete_collections(&provider, Arc::clone(&exports));
    global::set_meter_provider(provider.clone());
    Telemetry {
        provider,
        stops,
        exports,
    }
}

fn start(
    output: impl Output,
    name: &'static str,
    options: &Options,
    stop: Sender<Stop>,
    exports: &Arc<Mutex<Exports>>,
) -> SdkMeterProvider {
    let exporter = SupervisedExporter {
        output,
        limit: options.exports,
        exports: Arc::clone(exports),
        stop,
    };
    let reader = PeriodicReader::builder(exporter)
        .with_interval(options.interval)
        .build();
    SdkMeterProvider::builder()
        .with_resource(resource(name))
        .with_reader(reader)
        .build()
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

/// The SDK's resource, named after the lesson unless the environment names it.
fn resource(name: &'static str) -> Resource {
    let detected = Resource::builder().build();
    let is_named = detected
        .get_ref(&Key::from_static_str("service.name"))
        .is_some_and(|name| !name.as_str().starts_with("unknown_service"));
    if is_named {
        detected
    } else {
        Resource::builder().with_service_name(name).build()
    }
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
    #[must_use]
    pub fn wait(self) -> ExitCode {
        match self.run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                print_error(&error.to_string());
                ExitCode::FAILURE
            }
        }
    }

    fn run(self) -> Result<(), Error> {
        *lock(&self.exports) = Exports::SoFar(0);
        // The signal handler keeps a sender for as long as the process lives.
        let stop = self.stops.recv().unwrap_or(Stop::Requested);
        if let Stop::Failed(error) = stop {
            return ignore_closed_pipe(error);
        }
        let shut_down = self.provider.shutdown();
        // What went wrong in the last collection says more than the result of
        // the shutdown that asked for it.
        for stop in self.stops.try_iter() {
            if let Stop::Failed(error) = stop {
                return ignore_closed_pipe(error);
            }
        }
        shut_down.map_err(Error::Shutdown)
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

fn exit(status: i32, message: &str) -> ! {
    print_error(message);
    process::exit(status)
}

fn print_error(message: &str) {
    print_to_stderr(format_args!("error: {message}"));
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
trait Output: Send + Sync + 'static {
    fn write(&self, metrics: &ResourceMetrics) -> io::Result<()>;
}

impl<W: Write + Send + 'static> Output for JsonExporter<W> {
    fn write(&self, metrics: &ResourceMetrics) -> io::Result<()> {
        self.write(metrics)
    }
}

impl Output for TextExporter {
    fn write(&self, metrics: &ResourceMetrics) -> io::Result<()> {
        self.write(metrics)
    }
}

/// An exporter that counts its exports and tells [`Telemetry::wait`] when there
/// were enough, or when one failed. Before `wait` and after that it exports
/// nothing.
struct SupervisedExporter<O> {
    output: O,
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

impl<O: Output> PushMetricExporter for SupervisedExporter<O> {
    /// Never fails: `wait` says what went wrong, once. The SDK would log it
    /// again for every collection.
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        if !IS_COMPLETE.get() {
            return Ok(());
        }
        let mut exports = lock(&self.exports);
        let Exports::SoFar(count) = &mut *exports else {
            return Ok(());
        };
        *count += 1;
        let stop = match self.output.write(metrics) {
            Err(error) => Stop::Failed(Error::Output(error)),
            Ok(()) if self.limit.is_some_and(|limit| limit.get() == *count) => {
                Stop::Requested
            }
            Ok(()) => return Ok(()),
        };
        *exports = Exports::Ended;
        let _ = self.stop.send(stop);
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
