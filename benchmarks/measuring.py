"""How the benchmarks measure and what their tables look like."""

import os
import platform
import resource
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import process_time

import click
from rich.console import Console
from rich.table import Table

ENOUGH = 2.0  # seconds after which a run is not repeated
REPEATS = 5


@dataclass(frozen=True)
class Run:
    """A count and how long it took."""

    count: int | None
    seconds: float
    problem: str = ""


def measure(work: Callable[[], int], children: bool = False) -> Run:
    """Count, with the median of up to five runs in CPU seconds, those of child processes too."""
    clock = _with_children if children else process_time
    seconds: list[float] = []
    count = None
    while len(seconds) < REPEATS and sum(seconds) < ENOUGH:
        start = clock()
        try:
            count = work()
        except Exception as problem:  # a peer may fail in any way, and that is a result
            return Run(None, clock() - start, type(problem).__name__)
        seconds.append(clock() - start)
    return Run(count, statistics.median(seconds))


def peak_memory() -> float:
    """Most memory that this process has had in hand, in MB."""
    try:
        # What the process was before it became Python does not count here, as it does below.
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _with_children() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def cells(run: Run | None, truth: int, ours: Run | None = None) -> list[str]:
    """Seconds, how many times ours that is, and whether the count is right."""
    if run is None:
        return ["–", "–", "–"] if ours else ["–", "–"]
    verdict = run.problem or ("right" if run.count == truth else f"{run.count:,} wrong")
    ratio = []
    if ours:
        times = run.seconds / ours.seconds
        ratio = [f"{times:,.0f}×" if times >= 10 else f"{times:.2g}×"]
    return [f"{run.seconds:.4f}" if run.seconds < 1 else f"{run.seconds:.2f}", *ratio, verdict]


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    Console(width=160).print(table)


def header() -> str:
    """Say what was measured with what."""
    packages = ("polytropic", "numpy", "scipy", "pycddlib", "python-flint")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return (
        f"CPU seconds of one thread, medians of up to {REPEATS} runs; "
        f"{platform.machine()}, Python {platform.python_version()}, {versions}"
    )


def script(run: Callable[[bool], bool]) -> click.Command:
    """Make a command of a benchmark; it fails when one of our counts is wrong."""

    @click.command()
    @click.option("--all", "everything", is_flag=True, help="Also the long ones.")
    def command(everything: bool) -> None:
        click.echo(header())
        sys.exit(0 if run(everything) else 1)

    return command
