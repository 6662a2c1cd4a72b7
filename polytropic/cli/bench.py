"""``polytropic bench``: benchmarks whose tables can be quoted."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import chain
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path

import click

from polytropic.cli import common
from polytropic.errors import InputError
from polytropic.studies import depth

__all__ = ["command", "print_depth_table"]

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("bench")
def command() -> None:
    """Run a benchmark."""


@command.command("depth", cls=common.ManyValues)
@click.option("--dims", type=common.RANGE, multiple=True, default=["2"], help="Input dimensions.")
@click.option("--widths", type=common.RANGE, multiple=True, default=["4"], help="Hidden widths.")
@click.option(
    "--depths",
    type=common.RANGE,
    multiple=True,
    default=["1..4"],
    help="Numbers of hidden layers.",
)
@click.option(
    "--seeds", type=click.IntRange(1), default=3, show_default=True, help="How many of each."
)
@click.option(
    "--family",
    "families",
    type=click.Choice(depth.FAMILIES),
    multiple=True,
    default=depth.FAMILIES,
    help="Which networks.",
)
@click.option(
    "--output",
    type=_FILE,
    metavar="FILE.jsonl",
    help="Append a JSON line for every run as it finishes; runs that are there are not repeated.",
)
@click.option(
    "--max-regions",
    type=click.IntRange(1),
    default=depth.MAX_REGIONS,
    show_default=True,
    help="Leave a network uncounted when it has more activation regions.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Stop each run after about so long; by default none is stopped.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Processes; lines come in the same order whatever their number.",
)
@click.option("--csv", "csv_file", type=_FILE, metavar="FILE", help="Also write the table as CSV.")
@click.option(
    "--latex", "latex_file", type=_FILE, metavar="FILE", help="Also write the table for LaTeX."
)
@click.option(
    "--plot",
    "picture",
    type=_FILE,
    metavar="FILE",
    help="Also draw the table (.png, .pdf or .svg).",
)
@common.json_option
def depth_command(
    dims: Sequence[list[int]],
    widths: Sequence[list[int]],
    depths: Sequence[list[int]],
    seeds: int,
    families: Sequence[str],
    output: Path | None,
    max_regions: int,
    time_limit: float | None,
    workers: int,
    csv_file: Path | None,
    latex_file: Path | None,
    picture: Path | None,
    as_json: bool,
) -> None:
    """Count vertices and regions against depth.

    Options take several values and ranges: --dims 2 3 --depths 1..6.  The tent has one input and
    width 2; folding takes the widths that are a multiple p >= 2 of the dimension.  A run that was
    interrupted goes on where it was when it is started again with the same --output.
    """
    wanted = depth.cases(families, _flat(dims), _flat(widths), _flat(depths), range(seeds))
    if not wanted:
        raise InputError(
            "no network has this shape: folding needs a width that is a multiple of the dimension, "
            "at least twice as large"
        )
    rows = _measure(wanted, output, max_regions, time_limit, workers)
    for file, text in [(csv_file, depth.table_as_csv), (latex_file, depth.table_as_latex)]:
        if file is not None:
            file.write_text(text(rows), encoding="utf-8")
    if picture:
        from polytropic.cli.pictures import depth_picture
        from polytropic.plotting import save

        save(depth_picture(rows), picture)
    _report(rows, as_json)


def _flat(values: Iterable[list[int]]) -> list[int]:
    return list(chain.from_iterable(values))


# -- running ---------------------------------------------------------------------------------------
def _measure(
    wanted: list[depth.DepthCase],
    output: Path | None,
    max_regions: int,
    time_limit: float | None,
    workers: int,
) -> list[depth.DepthRow]:
    """Rows of all networks: those of the file, and the others as they are counted."""
    with ExitStack() as stack:
        journal = stack.enter_context(depth.Journal(output)) if output else None
        known = dict(journal.rows) if journal else {}
        left = [
            case
            for case in wanted
            if case not in known or not known[case].answers(max_regions, time_limit)
        ]
        bar = stack.enter_context(common.progress_bar())
        task = bar.add_task("networks", total=len(wanted), completed=len(wanted) - len(left))
        executor = stack.enter_context(_processes(workers)) if workers > 1 and left else None
        for row in depth.measure_cases(
            left, max_regions=max_regions, time_limit=time_limit, executor=executor
        ):
            if journal is not None:
                journal.add(row)
            known[row.case] = row
            bar.advance(task)
    return [known[case] for case in wanted]


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    executor = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_start_worker)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and end with it even when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


# -- telling ---------------------------------------------------------------------------------------
def _report(rows: list[depth.DepthRow], as_json: bool) -> None:
    sentences = depth.reading(rows)
    if as_json:
        common.print_json({"rows": [row.to_json() for row in rows], "reading": sentences})
        return
    print_depth_table(rows)
    for line in _left_out(rows):
        common.print_line(line)
    for sentence in sentences:
        common.print_line(sentence)


def _left_out(rows: list[depth.DepthRow]) -> Iterator[str]:
    """Which networks a budget left without some of their counts, and why."""
    refused = [group for group in depth.group_rows(rows) if group.n_refused]
    if refused:
        yield f"{common.ABSENT} not counted:"
    for group in refused:
        reason = next(row.refusal for row in group.rows if row.refusal)
        shape = f"{group.family}, d = {group.d}, {_shape(group)}"
        yield f"  {shape}: {group.n_refused} of {len(group.rows)}; {reason}"


def _shape(group: depth.DepthGroup) -> str:
    return f"{group.widths[0]}×{group.depth}" if group.widths else common.ABSENT


def print_depth_table(rows: Iterable[depth.DepthRow]) -> None:
    """Print one line per family and shape, with medians over the seeds."""
    groups = depth.group_rows(rows)
    several = any(len(group.rows) > 1 for group in groups)
    title = "Depth against vertices, over all of R^d" + (", medians over the seeds" * several)
    columns = dict(list(depth.HEADINGS.items())[1:])
    filled = common.table(
        ["family", "d", "widths", "seeds", "monomials", *columns.values(), "seconds", "MB"]
    )
    for group in groups:
        naive = group.median("log10_raw_monomials") or 0.0
        exact = group.median("raw_monomials")
        filled.add_row(
            group.family,
            str(group.d),
            _shape(group),
            str(len(group.rows)),
            common.large_number(exact, naive),
            *(_count(group.median(column)) for column in columns),
            f"{group.median('seconds'):.2f}",
            f"{group.median('peak_memory'):.0f}",
        )
    common.print_table(title, filled)


def _count(value: float | None) -> str:
    """Write a count, those of more than nine digits by their first ones."""
    if value is None or value < 1e9:
        return common.number(value)
    return f"{value:.2e}".replace("e+", "e")
