//! The SDK's own text output, but returning an error where that would panic.

use std::cell::Cell;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::pin::pin;
use std::sync::Once;
use std::task::{Context, Poll, Waker};

use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_stdout::MetricExporter;

thread_local!(static IS_PRINTING: Cell<bool> = const { Cell::new(false) });

/// Writes one collection to standard output as text.
///
/// `opentelemetry-stdout` prints with `println!`, which panics if standard
/// output is a closed pipe or a full device. This returns the error instead.
pub(crate) fn write(
    exporter: &MetricExporter,
    metrics: &ResourceMetrics,
) -> io::Result<()> {
    silence_panics_while_printing();
    let mut stdout = io::stdout().lock();
    // The export never awaits anything, so the first poll is all of it.
    let mut export = pin!(exporter.export(metrics));
    let mut context = Context::from_waker(Waker::noop());
    let print = AssertUnwindSafe(|| export.as_mut().poll(&mut context));
    IS_PRINTING.set(true);
    let printed = panic::catch_unwind(print);
    IS_PRINTING.set(false);
    if let Ok(Poll::Ready(result)) = printed {
        return result.map_err(io::Error::other);
    }
    // The panic carries only text. Writing again yields the error.
    stdout.write_all(b"\n").and_then(|()| stdout.flush())?;
    Err(io::Error::other("a document was cut short"))
}

/// Such a panic would also print its own message.
fn silence_panics_while_printing() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print_message = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IS_PRINTING.get() {
                print_message(panic);
            }
        }));
    });
}
