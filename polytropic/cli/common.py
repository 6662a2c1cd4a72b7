"""What the verbs share: how they fail, what they read, and how they speak."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import numpy as np

from polytropic.arithmetic.numbers import ExactArray
from polytropic.errors import FormatError, InputError, PolytropicError
from polytropic.geometry.polytope import Polytope
from polytropic.networks.network import Network

if TYPE_CHECKING:
    from rich.progress import Progress
    from rich.table import Table

__all__ = [
    "ABSENT",
    "NETWORK",
    "NUMBERS",
    "RANGE",
    "ManyValues",
    "PoliteGroup",
    "Where",
    "corners",
    "describe",
    "in_domain",
    "json_option",
    "large_number",
    "number",
    "print_json",
    "print_line",
    "print_table",
    "progress_bar",
    "table",
]

ABSENT = "–"
"""Printed where a number was not computed."""

_ENDLESS = 10_000  # columns of characters


# -- failing -------------------------------------------------------------------------------------
class Failure(click.ClickException):
    """One clear line on stderr and exit code 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print the message."""
        click.echo(f"polytropic: {' '.join(self.message.split())}", err=True)


class PoliteGroup(click.Group):
    """A group that reports errors of the library and of files without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except PolytropicError as problem:
            raise Failure(str(problem)) from problem
        except BrokenPipeError:
            raise  # click knows what to do when the reader has gone away
        except OSError as problem:
            where = f"{problem.filename}: " if problem.filename else ""
            raise Failure(f"{where}{problem.strerror or problem}") from problem


# -- arguments -----------------------------------------------------------------------------------
class _NetworkType(click.ParamType):
    name = "net"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, Network]:
        from polytropic.networks.formats import load_network

        return str(value), load_network(value)


class _NumbersType(click.ParamType):
    """One number for all coordinates, or one for each: ``-1``, ``1/3``, ``0.5``, ``-1,0,2``."""

    name = "number"

    def convert(self, value: Any, param: Any, ctx: Any) -> list[Fraction]:
        try:
            return [Fraction(part) for part in str(value).split(",")]
        except (ValueError, ZeroDivisionError):
            self.fail(f"{value!r} is not a number such as -1, 0.5, 1/3 or a list -1,0,2")


class _RangeType(click.ParamType):
    """A whole number, or a range ``1..6`` with both ends."""

    name = "integer"

    def convert(self, value: Any, param: Any, ctx: Any) -> list[int]:
        first, dots, last = str(value).partition("..")
        try:
            return list(range(int(first), int(last) + 1)) if dots else [int(first)]
        except ValueError:
            self.fail(f"{value!r} is neither a whole number nor a range such as 1..6")


NETWORK = _NetworkType()
NUMBERS = _NumbersType()
RANGE = _RangeType()


class ManyValues(click.Command):
    """A command whose repeatable options also take several values at once: ``--dims 2 3``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Write ``--dims 2 3`` as ``--dims 2 --dims 3``."""
        names = {
            name
            for option in self.params
            if isinstance(option, click.Option) and option.multiple
            for name in option.opts
        }
        return super().parse_args(ctx, list(_repeat_names(args, names)))


def _repeat_names(args: list[str], names: set[str]) -> Iterator[str]:
    current = None
    fresh = False
    for argument in args:
        if argument.startswith("-"):
            current = argument if argument in names else None
            fresh = True
        elif current is not None and not fresh:
            yield current
        else:
            fresh = False
        yield argument


_Verb = TypeVar("_Verb", bound=Callable[..., Any])


def json_option(verb: _Verb) -> _Verb:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(verb)


def in_domain(verb: _Verb) -> _Verb:
    """Add ``--box`` and ``--domain``."""
    box = click.option(
        "--box",
        nargs=2,
        type=NUMBERS,
        metavar="LO HI",
        help="Only in this box; numbers, or one for each coordinate: -1,-1 1,2.",
    )
    domain = click.option(
        "--domain",
        "domain_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Only in this polyhedron: a .json or .npz file with A and b (A x <= b), or points.",
    )
    return box(domain(verb))


@dataclass(frozen=True)
class Where:
    """A domain and what to call it."""

    domain: Polytope | None
    name: str

    @staticmethod
    def of(net: Network, box: Sequence[list[Fraction]] | None, file: Path | None) -> Where:
        """Read the options of `in_domain`."""
        if box and file:
            raise InputError("give --box or --domain, not both")
        if box:
            lower, upper = corners(net, box)
            name = " × ".join(f"[{lo}, {hi}]" for lo, hi in zip(lower, upper, strict=True))
            if len(set(lower)) == len(set(upper)) == 1:
                name = f"[{lower[0]}, {upper[0]}]^{net.n_inputs}"
            return Where(Polytope.box(lower, upper), name)
        if file:
            return Where(_read_domain(file), str(file))
        return Where(None, f"R^{net.n_inputs}")


def corners(net: Network, box: Sequence[list[Fraction]]) -> tuple[list[Fraction], list[Fraction]]:
    """Lower and upper corner of a box, one number for each input of a network."""
    lower, upper = (_spread(bound, net.n_inputs) for bound in box)
    return lower, upper


def _spread(bound: list[Fraction], size: int) -> list[Fraction]:
    if len(bound) == 1:
        return bound * size
    if len(bound) != size:
        raise InputError(f"--box has {len(bound)} coordinates but the network takes {size} inputs")
    return bound


_KEYS = ("A", "b", "A_eq", "b_eq", "points", "rays", "lines")


def _read_domain(file: Path) -> Polytope:
    values = _read_arrays(file)
    if unknown := sorted(set(values) - set(_KEYS)):
        raise FormatError(f"{file}: unknown key {unknown[0]!r}; known are {', '.join(_KEYS)}")
    if "points" in values:
        chosen = {key: values[key] for key in ("points", "rays", "lines") if key in values}
        return Polytope.from_points(**chosen)
    if "A" in values and "b" in values:
        return Polytope.from_halfspaces(**values)
    raise FormatError(f"{file}: a domain needs A and b (A x <= b), or points")


def _read_arrays(file: Path) -> dict[str, Any]:
    if file.suffix == ".npz":
        try:
            with np.load(file, allow_pickle=False) as archive:
                return {name: archive[name] for name in archive.files}
        except ValueError as problem:
            raise FormatError(f"{file} is no .npz file of numbers: {problem}") from problem
    try:
        values = json.loads(file.read_text(encoding="utf-8"), parse_float=Fraction)
    except (ValueError, UnicodeDecodeError) as problem:
        raise FormatError(f"{file} is neither JSON nor .npz: {problem}") from problem
    if not isinstance(values, dict):
        raise FormatError(f"{file}: a domain is one JSON object with A and b, or points")
    return {name: _fractions(entry) for name, entry in values.items()}


def _fractions(entry: Any) -> Any:
    """Read strings ``"p/q"`` in nested lists as fractions."""
    if isinstance(entry, list):
        return [_fractions(part) for part in entry]
    if isinstance(entry, str):
        try:
            return Fraction(entry)
        except (ValueError, ZeroDivisionError):
            raise FormatError(f"{entry!r} is not a number such as 3, 0.5 or 1/3") from None
    return entry


# -- speaking ------------------------------------------------------------------------------------
def describe(path: str, net: Network) -> dict[str, Any]:
    """Name a network in a JSON object."""
    return {
        "network": path,
        "inputs": net.n_inputs,
        "hidden_widths": list(net.hidden_widths),
        "outputs": net.n_outputs,
    }


def number(value: float | None) -> str:
    """Write a count, a median or seconds for people; None is absent.

    Examples
    --------
    >>> number(1234567), number(12.5), number(0.031), number(None)
    ('1,234,567', '12.5', '0.031', '–')
    """
    if value is None:
        return ABSENT
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.1f}" if value >= 100 else f"{value:,g}"


def large_number(value: float | None, log10: float) -> str:
    """Write a count that may be too long to write out, or known only by its logarithm."""
    if value is not None and log10 < 9:
        return number(value)
    exponent = int(log10)
    digits = f"{10 ** (log10 - exponent):.1f}"
    if digits == "10.0":
        digits, exponent = "1.0", exponent + 1
    return f"{digits}e{exponent}" if log10 < 1e4 else f"10^{log10:,.0f}"


def print_json(values: dict[str, Any]) -> None:
    """Print one JSON object: integers of any size, other rationals as strings ``"p/q"``."""
    with _long_integers():
        click.echo(json.dumps(values, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else str(value)
    if isinstance(value, ExactArray):
        return value.to_fractions().tolist()
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"no JSON for {type(value)}")


@contextmanager
def _long_integers() -> Iterator[None]:
    """Lift Python's limit on the number of decimal digits that it writes."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(limit)


def table(columns: Iterable[str]) -> Table:
    """Start a table: the first column is text, the others are numbers."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    result = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        result.add_column(Text(column), justify="right" if index else "left", no_wrap=True)
    return result


def print_table(title: str, filled: Table) -> None:
    """Print a table on stdout, at its own width: a number must never be shortened."""
    from rich.console import Console
    from rich.measure import Measurement

    print_line(title)
    console = Console(highlight=False)
    endless = console.options.update(width=_ENDLESS)
    console.width = max(console.width, Measurement.get(console, endless, filled).maximum)
    console.print(filled)


def print_line(text: str) -> None:
    """Print plain text on stdout, wrapped at the width of the terminal."""
    from rich.console import Console
    from rich.text import Text

    Console(highlight=False).print(Text(text))


def progress_bar() -> Progress:
    """Return a progress bar on stderr, shown only when that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
