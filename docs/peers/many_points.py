"""Exports one counter with many data points, again and again, with Python.

`just bench-peers` makes the environment that runs it:
`target/peers/bin/python docs/peers/many_points.py 100 3`. The same in Rust is
`shared/examples/many_points.rs`.
"""

import argparse
import math
import signal

from opentelemetry.metrics import Meter
from opentelemetry.sdk.metrics import Counter, MeterProvider
from opentelemetry.sdk.metrics.export import (
    ConsoleMetricExporter,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import SERVICE_NAME, Resource

NAME = "many-points"


def main() -> None:
    options = parse_arguments()
    # The SDK logs that an export failed, and goes on. A closed pipe is the end.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    provider = meter_provider(options.points)
    add(provider.get_meter(NAME), options.points)
    for _ in range(options.exports):
        provider.force_flush()


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("points", type=positive, metavar="POINTS")
    parser.add_argument("exports", type=positive, metavar="EXPORTS")
    return parser.parse_args()


def positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError
    return number


def meter_provider(points: int) -> MeterProvider:
    reader = PeriodicExportingMetricReader(
        ConsoleMetricExporter(formatter=line),
        export_interval_millis=math.inf,
        # By default the SDK keeps 2000 sets of attributes apart.
        cardinality_limits={Counter: points},
    )
    resource = Resource.create({SERVICE_NAME: NAME})
    return MeterProvider(metric_readers=[reader], resource=resource)


def line(metrics: MetricsData) -> str:
    return metrics.to_json(indent=None) + "\n"


def add(meter: Meter, points: int) -> None:
    counter = meter.create_counter("api.chamadas", unit="{chamada}")
    for i in range(points):
        attributes: dict[str, str | int] = {
            "http.response.status_code": 200 + i % 5,
            "http.route": f"/users/{i}/items",
        }
        counter.add(1, attributes)


if __name__ == "__main__":
    main()
