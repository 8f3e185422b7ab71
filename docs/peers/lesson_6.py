"""Lesson 6 with the Python SDK: totals that are read at each collection.

`just bench-peers` makes the environment that runs it:
`target/peers/bin/python docs/peers/lesson_6.py --interval-ms 500`.
"""

import argparse
import gc
import signal
import time
from collections.abc import Iterable

import psutil
from common import end_with_the_pipe, meter_provider, positive
from opentelemetry.metrics import CallbackOptions, Meter, Observation

NAME = "observable-counter"
STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM}


def main() -> None:
    start = time.monotonic()
    options = parse_arguments()
    end_with_the_pipe()
    # Before the reader starts its thread, which inherits the mask: a stop
    # then waits for `sigwait` and interrupts nothing.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    provider = meter_provider(NAME, options.interval_ms)
    meter = provider.get_meter(NAME)
    process = psutil.Process()
    observe_uptime(meter, start)
    observe_cpu_time(meter, process)
    observe_disk_io(meter, process)
    observe_gc_cycles(meter)
    observe_gc_objects(meter)
    signal.sigwait(STOP_SIGNALS)
    # Exports one last time.
    provider.shutdown()


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--interval-ms",
        type=positive,
        default=2000,
        metavar="MILLISECONDS",
        help="time between exports (default: %(default)s)",
    )
    return parser.parse_args()


def observe_uptime(meter: Meter, start: float) -> None:
    def callback(_: CallbackOptions) -> Iterable[Observation]:
        yield Observation(time.monotonic() - start)

    meter.create_observable_counter(
        "app.atividade.tempo",
        callbacks=[callback],
        unit="s",
        description="A duração desde o início do aplicativo.",
    )


# Each of the two statistics of the process is read by one callback, so once in
# a collection: there is nothing that `Process.oneshot` could save.
def observe_cpu_time(meter: Meter, process: psutil.Process) -> None:
    def callback(_: CallbackOptions) -> Iterable[Observation]:
        times = process.cpu_times()
        yield Observation(times.user + times.system)

    meter.create_observable_counter(
        "processo.cpu.tempo",
        callbacks=[callback],
        unit="s",
        description="O tempo de CPU usado pelo processo.",
    )


def observe_disk_io(meter: Meter, process: psutil.Process) -> None:
    def callback(_: CallbackOptions) -> Iterable[Observation]:
        io = process.io_counters()
        yield Observation(io.read_bytes, {"disk.io.direction": "read"})
        yield Observation(io.write_bytes, {"disk.io.direction": "write"})

    meter.create_observable_counter(
        "process.disk.io",
        callbacks=[callback],
        unit="By",
        description="Os bytes lidos do disco e gravados nele.",
    )


def observe_gc_cycles(meter: Meter) -> None:
    def callback(_: CallbackOptions) -> Iterable[Observation]:
        yield Observation(gc_total("collections"))

    meter.create_observable_counter(
        "app.gc.ciclos",
        callbacks=[callback],
        unit="{ciclo}",
        description="Os ciclos do coletor de lixo.",
    )


def observe_gc_objects(meter: Meter) -> None:
    def callback(_: CallbackOptions) -> Iterable[Observation]:
        yield Observation(gc_total("collected"))

    meter.create_observable_counter(
        "app.gc.objetos",
        callbacks=[callback],
        unit="{objeto}",
        description="Os objetos que o coletor de lixo recolheu.",
    )


def gc_total(statistic: str) -> int:
    return sum(generation[statistic] for generation in gc.get_stats())


if __name__ == "__main__":
    main()
