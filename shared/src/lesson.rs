//! Starting a lesson: from its command line to a provider.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::num::NonZeroU64;
use std::process;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use clap::Args;
use opentelemetry::{KeyValue, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use opentelemetry_stdout::MetricExporter;

use crate::JsonExporter;
use crate::log::log_to_stderr;
use crate::options::{
    self, Exporting, Format, NoFlags, Options, Printing, WithInterval,
};
use crate::output::{CountedExporter, Gate, LessonExporter, Output, Printer};
use crate::telemetry::{
    Error, Stop, Telemetry, fail, ignore_closed_pipe, stop_on_signals,
};

/// Starts a lesson's telemetry, with one reader.
///
/// Sets the global meter provider, with a periodic reader that prints to
/// standard output. `name` is the lesson's package name.
///
/// Like an argument parser, it exits the process itself: with status 0 after
/// `--help` and `--version`, 2 for a bad value on the command line or in the
/// environment, and 1 if signals cannot be handled or a `tracing` subscriber is
/// already set.
pub fn init(name: &'static str, about: &'static str) -> Telemetry {
    init_with::<NoFlags>(name, about).0
}

// ANCHOR: init
/// Like [`init`], for a lesson with flags of its own.
pub fn init_with<F: Args>(
    name: &'static str,
    about: &'static str,
) -> (Telemetry, F) {
    let lesson = Lesson::<WithInterval<F>>::new(name, about);
    let reader = PeriodicReader::builder(lesson.exporter())
        .with_interval(lesson.flags.interval.get())
        .build();
    let provider = SdkMeterProvider::builder()
        .with_resource(lesson.resource())
        .with_reader(reader)
        .build();
    let (telemetry, flags) = lesson.start(provider);
    (telemetry, flags.others)
}
// ANCHOR_END: init

/// Does for a program without flags what [`init`] does with the command line.
pub fn without_flags(name: &'static str, about: &'static str) {
    let NoFlags {} = read(name, about);
}

/// A lesson that builds its own provider, for what [`init`] does not offer.
#[derive(Debug)]
pub struct Lesson<F> {
    /// The lesson's own flags.
    pub flags: F,
    name: &'static str,
    /// What the environment adds to the resource.
    attributes: Vec<KeyValue>,
    format: Format,
    gate: Arc<Gate>,
    stops: Receiver<Stop>,
}

impl<F: Args> Lesson<F> {
    /// Does what [`init`] does before it builds the provider.
    pub fn new(name: &'static str, about: &'static str) -> Self {
        let Printing { others, format } = read(name, about);
        let Exporting { others, exports } = others;
        Self::prepare(name, others, exports, format)
    }

    /// Like [`Self::new`], for a lesson whose exporter is not of this crate: it
    /// has no `--format`.
    pub fn without_format(name: &'static str, about: &'static str) -> Self {
        let Exporting { others, exports } = read(name, about);
        Self::prepare(name, others, exports, Format::Json)
    }

    /// Like [`Self::new`], for a lesson that exports nothing by itself: it has
    /// neither `--format` nor `--exports`.
    pub fn without_exports(name: &'static str, about: &'static str) -> Self {
        Self::prepare(name, read(name, about), None, Format::Json)
    }

    fn prepare(
        name: &'static str,
        flags: F,
        exports: Option<NonZeroU64>,
        format: Format,
    ) -> Self {
        let attributes =
            options::resource_attributes().unwrap_or_else(|text| end(&text));
        let (stop, stops) = mpsc::channel();
        let limit = exports.map_or(u64::MAX, NonZeroU64::get);
        let gate = Arc::new(Gate::new(limit, stop.clone()));
        if let Err(error) = stop_on_signals(stop.clone()) {
            fail_at_start(&format_args!("cannot handle signals: {error}"));
        }
        if let Err(error) = log_to_stderr(Arc::clone(&gate), stop) {
            fail_at_start(&format_args!("cannot log: {error}"));
        }
        Self {
            flags,
            name,
            attributes,
            format,
            gate,
            stops,
        }
    }

    /// A reader's interval: flag over environment over default. Exits the
    /// process if the environment's value is needed and bad.
    pub fn interval(
        &self,
        flag: Option<Duration>,
        default: Duration,
    ) -> Duration {
        options::interval(flag, default).unwrap_or_else(|text| end(&text))
    }

    /// The SDK's resource, with the environment's attributes, named after the
    /// lesson unless they name the service.
    pub fn resource(&self) -> Resource {
        Resource::builder_empty()
            .with_detector(Box::new(TelemetryResourceDetector))
            .with_service_name(self.name)
            .with_attributes(self.attributes.clone())
            .build()
    }

    /// An exporter to standard output, watched by [`Telemetry::wait`].
    /// Documents from several such exporters never interleave.
    pub fn exporter(&self) -> LessonExporter {
        let gate = Arc::clone(&self.gate);
        let output = match self.format {
            Format::Json => {
                let mut exporter = JsonExporter::new(io::stdout());
                exporter.indented = io::stdout().is_terminal();
                Output::Json(exporter)
            }
            Format::Text => Output::Text(MetricExporter::default()),
        };
        LessonExporter { output, gate }
    }

    /// Like [`Self::exporter`], but writes JSON, and no text, to `writer`.
    pub fn exporter_to<W: Write>(&self, writer: W) -> LessonExporter<W> {
        let gate = Arc::clone(&self.gate);
        let output = Output::Json(JsonExporter::new(writer));
        LessonExporter { output, gate }
    }

    /// Wraps an exporter that writes elsewhere, so that [`Telemetry::wait`]
    /// counts its exports.
    pub fn counted<E: PushMetricExporter>(
        &self,
        exporter: E,
    ) -> CountedExporter<E> {
        let gate = Arc::clone(&self.gate);
        CountedExporter { exporter, gate }
    }

    /// Standard output, for lines that no exporter writes.
    pub fn printer(&self) -> Printer {
        let gate = Arc::clone(&self.gate);
        Printer { gate }
    }

    /// Makes `provider` the global provider. Exits the process if a reader's
    /// thread could not be started.
    pub fn start(self, provider: SdkMeterProvider) -> (Telemetry, F) {
        if let Ok(stop) = self.stops.try_recv() {
            // A signal has to wait until the lesson's instruments exist.
            stop.unwrap_or_else(|error| fail_at_start(&error));
            self.gate.stop();
        }
        global::set_meter_provider(provider.clone());
        let telemetry = Telemetry {
            provider,
            stops: self.stops,
            gate: self.gate,
        };
        (telemetry, self.flags)
    }
}

fn read<F: Args>(name: &'static str, about: &'static str) -> F {
    let options = options::read(name, about);
    let Options { flags } = options.unwrap_or_else(|text| end(&text));
    flags
}

/// Refuses a variable of the environment as this crate refuses its own: prints
/// one line that says what is `accepted`, and exits with status 2.
pub fn refuse(variable: &str, value: &OsStr, accepted: &str) -> ! {
    end(&options::invalid(variable, value, accepted))
}

/// Prints clap's message and exits the process.
pub(crate) fn end(text: &clap::Error) -> ! {
    let printed = text.print().map_err(Error::Output);
    match printed.or_else(ignore_closed_pipe) {
        Err(error) if !text.use_stderr() => fail_at_start(&error),
        _ => process::exit(text.exit_code()),
    }
}

fn fail_at_start(error: &impl fmt::Display) -> ! {
    fail(error);
    process::exit(1)
}
