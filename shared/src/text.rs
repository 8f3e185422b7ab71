//! The SDK's own text output, returning an error where it would panic.

use std::any::Any;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use futures_util::FutureExt;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_stdout::MetricExporter;

/// Writes one collection to standard output as text.
///
/// `opentelemetry-stdout` prints with `println!`, which panics if standard
/// output is a closed pipe or a full device. This returns the error instead.
pub(crate) fn write(
    exporter: &MetricExporter,
    metrics: &ResourceMetrics,
) -> io::Result<()> {
    silence_print_panics();
    let mut stdout = io::stdout().lock();
    // The export never awaits anything, so it is ready at once.
    let export = AssertUnwindSafe(|| exporter.export(metrics).now_or_never());
    match panic::catch_unwind(export) {
        Ok(result) => result.unwrap_or(Ok(())).map_err(io::Error::other),
        // The panic carries only text. Writing again yields the error.
        Err(panic) if is_print_panic(&*panic) => {
            stdout.write_all(b"\n").and_then(|()| stdout.flush())
        }
        Err(panic) => panic::resume_unwind(panic),
    }
}

/// Such a panic would also print its own message.
fn silence_print_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print_message = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !is_print_panic(panic.payload()) {
                print_message(panic);
            }
        }));
    });
}

fn is_print_panic(payload: &(dyn Any + Send)) -> bool {
    payload
        .downcast_ref::<String>()
        .is_some_and(|text| text.starts_with("failed printing to stdout"))
}
