"""What the two programs with the Python SDK have in common."""

import signal

from opentelemetry.sdk.metrics import Counter, MeterProvider
from opentelemetry.sdk.metrics.export import (
    ConsoleMetricExporter,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import SERVICE_NAME, Resource

# Sets of attributes that the SDK keeps apart unless told otherwise.
DEFAULT_LIMIT = 2000


def end_with_the_pipe() -> None:
    """The SDK would log that an export failed, and go on."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def positive(text: str) -> int:
    """Reads a number for argparse, which says what is wrong with it."""
    number = int(text)
    if number <= 0:
        raise ValueError
    return number


def meter_provider(
    name: str, interval_ms: float, limit: int = DEFAULT_LIMIT
) -> MeterProvider:
    """Prints one document a line, at an interval."""
    reader = PeriodicExportingMetricReader(
        ConsoleMetricExporter(formatter=line),
        export_interval_millis=interval_ms,
        cardinality_limits={Counter: limit},
    )
    resource = Resource.create({SERVICE_NAME: name})
    return MeterProvider(metric_readers=[reader], resource=resource)


def line(metrics: MetricsData) -> str:
    """A document without line feeds, and one after it."""
    return metrics.to_json(indent=None) + "\n"
