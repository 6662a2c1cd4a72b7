"""``polytropic bench``: benchmarks whose tables can be quoted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import click

from polytropic import __version__
from polytropic.cli import common
from polytropic.errors import FormatError, InputError
from polytropic.studies import depth

__all__ = ["command", "print_depth_table"]


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
    type=click.Path(dir_okay=False, path_type=Path),
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
    "--plot",
    "picture",
    type=click.Path(dir_okay=False, path_type=Path),
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
    picture: Path | None,
    as_json: bool,
) -> None:
    """Count vertices and regions against depth.

    Options take several values and ranges: --dims 2 3 --depths 1..6.  The tent has one input and
    width 2; folding takes the widths that are a multiple p >= 2 of the dimension.
    """
    wanted = depth.cases(families, _flat(dims), _flat(widths), _flat(depths), range(seeds))
    if not wanted:
        raise InputError(
            "no network has this shape: folding needs a width that is a multiple of the dimension, "
            "at least twice as large"
        )
    known = _resume(output) if output else {}
    with ExitStack() as stack:
        file = stack.enter_context(output.open("a", encoding="utf-8")) if output else None
        bar = stack.enter_context(common.progress_bar())
        task = bar.add_task("networks", total=len(wanted))
        for case in wanted:
            if case not in known:
                known[case] = depth.measure_case(case, max_regions=max_regions)
                if file is not None:
                    file.write(_line(known[case]))
                    file.flush()
                    os.fsync(file.fileno())
            bar.advance(task)
    rows = [known[case] for case in wanted]
    if picture:
        from polytropic.cli.pictures import depth_picture
        from polytropic.plotting import save

        save(depth_picture(rows), picture)
    _report(rows, as_json)


def _flat(values: Iterable[list[int]]) -> list[int]:
    return list(chain.from_iterable(values))


def _line(row: depth.DepthRow) -> str:
    return json.dumps({**row.to_json(), "polytropic": __version__}) + "\n"


def _resume(file: Path) -> dict[depth.DepthCase, depth.DepthRow]:
    """Read the rows that are there, and cut off a last line that was not finished."""
    if not file.exists():
        return {}
    text = file.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    rows: dict[depth.DepthCase, depth.DepthRow] = {}
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            row = depth.DepthRow.from_json(json.loads(line))
        except (ValueError, InputError) as problem:
            raise FormatError(
                f"{file}, line {number}, is no row of this benchmark; give another --output"
            ) from problem
        rows[row.case] = row
    if whole != text:
        # Bytes, so that what is kept stays as it is on every system.
        with file.open("r+b") as stream:
            stream.truncate(len(whole.encode("utf-8")))
    return rows


def _report(rows: list[depth.DepthRow], as_json: bool) -> None:
    sentences = depth.reading(rows)
    if as_json:
        common.print_json({"rows": [row.to_json() for row in rows], "reading": sentences})
        return
    print_depth_table(rows)
    if any(row.refusal for row in rows):
        common.print_line(
            f"{common.ABSENT} not counted: more activation regions than --max-regions"
        )
    for sentence in sentences:
        common.print_line(sentence)


_COLUMNS = {
    "n_numerator": "N(F)",
    "n_denominator": "N(G)",
    "n_sum": "N(F⊕G)",
    "n_product": "N(F⊙G)",
    "activation_regions": "activation",
    "linear_regions": "linear",
    "affine_maps": "maps",
    "bound": "bound",
}


def print_depth_table(rows: Iterable[depth.DepthRow]) -> None:
    """Print one line per family and shape, with medians over the seeds."""
    groups = depth.group_rows(rows)
    several = any(len(group.rows) > 1 for group in groups)
    title = "Depth against vertices, over all of R^d" + (", medians over the seeds" * several)
    filled = common.table(
        ["family", "d", "widths", "seeds", "unsimplified", *_COLUMNS.values(), "seconds"]
    )
    for group in groups:
        shape = f"{group.widths[0]}×{group.depth}" if group.widths else "–"
        naive = group.median("log10_raw_monomials") or 0.0
        exact = group.median("raw_monomials")
        filled.add_row(
            group.family,
            str(group.d),
            shape,
            str(len(group.rows)),
            common.large_number(exact, naive),
            *(common.number(group.median(column)) for column in _COLUMNS),
            f"{group.median('seconds'):.2f}",
        )
    common.print_table(title, filled)
