"""Exports one counter with many data points, again and again, with Python.

`just bench-peers` makes the environment that runs it:
`target/peers/bin/python docs/peers/many_points.py 100 3`. The same in Rust is
`shared/examples/many_points.rs`.
"""

import argparse
import math

from common import end_with_the_pipe, meter_provider, positive
from opentelemetry.metrics import Meter

NAME = "many-points"


def main() -> None:
    options = parse_arguments()
    end_with_the_pipe()
    provider = meter_provider(NAME, math.inf, options.points)
    add(provider.get_meter(NAME), options.points)
    for _ in range(options.exports):
        provider.force_flush()


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("points", type=positive, metavar="POINTS")
    parser.add_argument("exports", type=positive, metavar="EXPORTS")
    return parser.parse_args()


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
