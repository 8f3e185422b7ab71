//! The start of a lesson: from its command line to a provider.

use std::env;
use std::fmt;
use std::io::{self, Write};
use std::process;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use clap::Args;
use opentelemetry::{Key, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::resource::{EnvResourceDetector, ResourceDetector};

use crate::log::log_to_stderr;
use crate::options::{NoFlags, Options, Rejected, SERVICE_NAME, WithInterval};
use crate::output::{
    Output, SupervisedExporter, Supervisor, mark_complete_collections,
};
use crate::telemetry::{
    Error, Stop, Telemetry, ignore_closed_pipe, print_error, stop_on_signals,
};

/// The exit status for a command line that cannot be carried out.
const USAGE: i32 = 2;
const FAILURE: i32 = 1;

/// Starts the telemetry of a lesson with one reader.
///
/// Reads the command line and the environment, sets the global meter provider
/// with a periodic reader that prints to standard output, and prints the
/// SDK's own warnings and errors to standard error. `name` is the lesson's
/// package; it is the service's name as well, unless `OTEL_SERVICE_NAME` or
/// `OTEL_RESOURCE_ATTRIBUTES` gives one; of these two the SDK takes the second.
///
/// Like an argument parser, it ends the process itself: with status 0 after
/// `--help` and `--version`, with 2 if the command line or the environment
/// has a bad value, with 1 if signals cannot be handled or the program has a
/// `tracing` subscriber already.
pub fn init(name: &'static str, about: &'static str) -> Telemetry {
    init_with::<NoFlags>(name, about).0
}

// ANCHOR: init
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
// ANCHOR_END: init

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
        if let Err(error) = log_to_stderr(stop.clone()) {
            exit(FAILURE, &format_args!("cannot log: {error}"));
        }
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

    // ANCHOR: resource
    /// The SDK's resource, named after the lesson unless the environment names
    /// it.
    pub fn resource(&self) -> Resource {
        let attributes = EnvResourceDetector::new().detect();
        let is_named = env::var_os(SERVICE_NAME).is_some_and(|n| !n.is_empty())
            || attributes.get_ref(&Key::new("service.name")).is_some();
        let resource = Resource::builder();
        if is_named {
            resource.build()
        } else {
            resource.with_service_name(self.name).build()
        }
    }
    // ANCHOR_END: resource

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

    // ANCHOR: start
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
    // ANCHOR_END: start
}

fn exit(status: i32, error: &impl fmt::Display) -> ! {
    print_error(error);
    process::exit(status)
}
