//! The SDK's own text output, made safe for a writer that fails.

use std::any::Any;
use std::cell::Cell;
use std::future::Future;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_stdout::MetricExporter;

/// How the panic of `println!` begins when standard output cannot be written.
const PRINT_PANIC: &str = "failed printing to stdout";

thread_local! {
    static IS_EXPORTING: Cell<bool> = const { Cell::new(false) };
}

/// `opentelemetry-stdout`, with an error where it panics.
///
/// That crate prints with `println!`, which panics when standard output is a
/// closed pipe or a full device. Here such a panic stays silent and becomes
/// the error that standard output itself gives; any other panic goes on.
#[derive(Clone, Debug)]
pub(crate) struct TextExporter(Arc<MetricExporter>);

impl TextExporter {
    /// Creates the exporter and silences the panics that it turns into errors,
    /// for the whole process.
    pub(crate) fn new() -> Self {
        let default_hook = panic::take_hook();
        panic::set_hook(Box::new(move |panic: &PanicHookInfo| {
            if !(IS_EXPORTING.get() && is_print_panic(panic.payload())) {
                default_hook(panic);
            }
        }));
        Self(Arc::default())
    }

    /// Prints one collection.
    ///
    /// # Errors
    ///
    /// The error of standard output.
    pub(crate) fn write(&self, metrics: &ResourceMetrics) -> io::Result<()> {
        // ANCHOR: write
        let mut stdout = io::stdout().lock();
        let mut export = pin!(self.0.export(metrics));
        let mut context = Context::from_waker(Waker::noop());
        IS_EXPORTING.set(true);
        let printed = panic::catch_unwind(AssertUnwindSafe(|| {
            export.as_mut().poll(&mut context)
        }));
        IS_EXPORTING.set(false);
        match printed {
            Ok(Poll::Ready(result)) => result.map_err(io::Error::other),
            Ok(Poll::Pending) => Err(io::Error::other("export did not end")),
            Err(panic) if is_print_panic(&*panic) => {
                // The panic has only a text. Writing to standard output again
                // gives the reason as an `io::Error`.
                stdout.write_all(b"\n").and_then(|()| stdout.flush())?;
                Err(io::Error::other(PRINT_PANIC))
            }
            Err(panic) => panic::resume_unwind(panic),
        }
        // ANCHOR_END: write
    }
}

fn is_print_panic(payload: &(dyn Any + Send)) -> bool {
    payload
        .downcast_ref::<String>()
        .is_some_and(|message| message.starts_with(PRINT_PANIC))
}
