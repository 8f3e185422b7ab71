"""Measures lesson 6 beside the same program with the Python SDK, on Linux.

`just bench-peers` makes what it needs and runs it. The figures of each round
are measured in turns, and the medians of the rounds are written.
"""

import argparse
import json
import os
import platform
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import NoReturn

FOLDER = Path(__file__).resolve().parent
WORKSPACE = FOLDER.parents[1]

START_INTERVAL_MS = 100
COLLECTION_INTERVAL_MS = 10
WARM_UP_DOCUMENTS = 20
MEASURED_DOCUMENTS = 200

POINTS = [1, 100, 10_000]
WARM_UP_SECONDS = 0.2
MEASURED_SECONDS = 1.0
# More than any machine makes in that time: the script ends the program.
EXPORTS = 1_000_000_000

# What a pipe holds on Linux, so that one read empties it.
PIPE_BYTES = 64 * 1024
CHILD_LIMIT_SECONDS = 60
STOP_LIMIT_SECONDS = 5

Figures = dict[str, float]


class MeasurementError(Exception):
    """A program did not do what is measured."""


FAILURES = (
    MeasurementError,
    OSError,
    metadata.PackageNotFoundError,
    subprocess.SubprocessError,
)


@dataclass(frozen=True)
class Peer:
    """The commands of one language."""

    lesson: list[str]
    interval: str
    points: list[str]

    def lesson_every(self, milliseconds: int) -> list[str]:
        return [*self.lesson, self.interval.format(milliseconds)]


class Child:
    """A running program that prints one document a line."""

    def __init__(self, command: list[str]) -> None:
        self.command = shlex.join(command)
        self.errors = tempfile.TemporaryFile()
        self.start = time.perf_counter()
        with one_processor():
            self.process = subprocess.Popen(
                command,
                bufsize=PIPE_BYTES,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                env=environment(),
            )
        assert self.process.stdout is not None
        self.documents = self.process.stdout
        # To read a line has no timeout, but it ends with the program.
        self.limit = threading.Timer(CHILD_LIMIT_SECONDS, self.process.kill)
        self.limit.start()

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.limit.cancel()
        self.process.terminate()
        try:
            # Reads the rest: a full pipe would keep the program from its end.
            self.process.communicate(timeout=STOP_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        self.errors.close()

    def read_document(self) -> bytes:
        document = self.documents.readline()
        if not document.endswith(b"\n"):
            raise MeasurementError(f"{self.command}: {self.reason()}")
        return document

    def read_documents(self, seconds: float) -> int:
        """Reads for that time, one document at least; gives their number."""
        end = time.perf_counter() + seconds
        documents = 0
        while documents == 0 or time.perf_counter() < end:
            self.read_document()
            documents += 1
        return documents

    def cpu_us(self) -> float:
        """CPU time of all threads so far.

        `schedstat` has nanoseconds; `stat` would have ticks of 10 ms. What
        this script does to read the documents is not in it.
        """
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e3

    def peak_memory_mib(self) -> float:
        """The most physical memory that the program has had so far.

        Not `ru_maxrss`: on Linux it is at least what this script had when it
        started the program, because it survives `exec`.
        """
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(find(r"VmHWM:\s*(\d+) kB", status)) / 1024

    def reason(self) -> str:
        """The last line of its standard error, which tells why it ended."""
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").splitlines()
        return lines[-1] if lines else "ended without a word"


@contextmanager
def one_processor() -> Iterator[None]:
    """Gives one processor to what is started in the meantime.

    `force_flush` in Rust lets another thread export. To wake it on another
    processor can cost more than a small export, and is left to chance.
    """
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(processors)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, processors)


def environment() -> dict[str, str]:
    """The environment without what changes how the programs run."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OTEL_", "PYTHON"))
    }


def find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise MeasurementError(f"there is no {pattern!r} where it should be")
    return found[1]


def main() -> None:
    options = parse_arguments()
    try:
        report = measure(options)
        options.output.write_text(json.dumps(report, indent=2) + "\n")
    except FAILURES as error:
        fail(1, str(error))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", type=Path, required=True)
    parser.add_argument("--points", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    if sys.platform != "linux":
        fail(2, "this works on Linux only: it reads /proc")
    for program in (options.lesson, options.points):
        if not program.is_file():
            fail(2, f"there is no program {program}: build it first")
    if not options.output.parent.is_dir():
        fail(2, f"there is no folder {options.output.parent}")
    if options.rounds < 1:
        fail(2, "--rounds must be 1 at least")
    return options


def fail(status: int, message: str) -> NoReturn:
    print(f"error: {message}", file=sys.stderr)
    sys.exit(status)


def measure(options: argparse.Namespace) -> dict[str, object]:
    report: dict[str, object] = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "versions": versions(),
        "rounds": options.rounds,
    }
    peers = {
        "rust": Peer(
            lesson=[str(options.lesson.resolve())],
            interval="--interval={}ms",
            points=[str(options.points.resolve())],
        ),
        "python": Peer(
            lesson=[sys.executable, str(FOLDER / "lesson_6.py")],
            interval="--interval-ms={}",
            points=[sys.executable, str(FOLDER / "many_points.py")],
        ),
    }
    report["figures"] = medians(run_rounds(peers, options.rounds))
    return report


def machine() -> dict[str, str | int | None]:
    cpu = Path("/proc/cpuinfo").read_text()
    major, minor = platform.release().split(".")[:2]
    return {
        "cpu": find(r"model name\s*: (.*)", cpu),
        "cores": os.cpu_count(),
        "os": f"{platform.system()} {major}.{minor}",
    }


def versions() -> dict[str, str]:
    rustc = subprocess.run(
        ["rustc", "--version"],
        cwd=WORKSPACE,
        capture_output=True,
        check=True,
        text=True,
    )
    lock = (WORKSPACE / "Cargo.lock").read_text()
    return {
        "python": platform.python_version(),
        "opentelemetry-sdk (Python)": metadata.version("opentelemetry-sdk"),
        "rustc": rustc.stdout.split()[1],
        "opentelemetry_sdk": find(
            r'name = "opentelemetry_sdk"\nversion = "(.*)"', lock
        ),
    }


def run_rounds(peers: dict[str, Peer], rounds: int) -> dict[str, list[Figures]]:
    runs: dict[str, list[Figures]] = {name: [] for name in peers}
    for number in range(1, rounds + 1):
        print(f"round {number} of {rounds}", file=sys.stderr)
        for name, peer in peers.items():
            runs[name].append(measure_peer(peer))
    return runs


def measure_peer(peer: Peer) -> Figures:
    figures = {"start_ms": start_ms(peer)} | lesson_figures(peer)
    for points in POINTS:
        figures[f"export_cpu_us_{points}"] = export_cpu_us(peer, points)
    return figures


def start_ms(peer: Peer) -> float:
    """From the start to the first document, without the interval before it."""
    with Child(peer.lesson_every(START_INTERVAL_MS)) as child:
        child.read_document()
        seconds = time.perf_counter() - child.start
    return seconds * 1e3 - START_INTERVAL_MS


def lesson_figures(peer: Peer) -> Figures:
    with Child(peer.lesson_every(COLLECTION_INTERVAL_MS)) as child:
        for _ in range(WARM_UP_DOCUMENTS):
            child.read_document()
        before = child.cpu_us()
        documents = [child.read_document() for _ in range(MEASURED_DOCUMENTS)]
        cpu_us = child.cpu_us() - before
        return {
            "memory_mib": child.peak_memory_mib(),
            "collection_cpu_us": cpu_us / len(documents),
            "document_bytes": median(map(len, documents)),
        }


def export_cpu_us(peer: Peer, points: int) -> float:
    with Child([*peer.points, str(points), str(EXPORTS)]) as child:
        child.read_documents(WARM_UP_SECONDS)
        before = child.cpu_us()
        documents = child.read_documents(MEASURED_SECONDS)
        return (child.cpu_us() - before) / documents


def medians(runs: dict[str, list[Figures]]) -> dict[str, Figures]:
    names = next(iter(runs.values()))[0]
    return {
        name: {
            peer: rounded(median(figures[name] for figures in rounds))
            for peer, rounds in runs.items()
        }
        for name in names
    }


def rounded(value: float) -> float:
    """Three significant digits; without a fraction if there is none."""
    number = float(f"{value:.3g}")
    return int(number) if number.is_integer() else number


if __name__ == "__main__":
    main()
