"""The text format of cddlib and lrs: ``H-representation`` and ``V-representation``.

::

    * comment
    V-representation
    linearity 1 3
    begin
    3 3 rational
    1 0 1/2
    0 1 0
    0 1 1
    end

A row ``b a`` of an H-representation is ``b + <a, x> >= 0``, an equation if ``linearity`` lists it.
A row of a V-representation is a point x (``1 x``; also ``t t*x`` with t > 0) or a direction
(``0 x``), a line if ``linearity`` lists it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from polytropic.errors import FormatError
from polytropic.geometry.formats.homogeneous import (
    from_constraint_rows,
    from_generator_rows,
    given_constraints,
    given_generators,
)
from polytropic.geometry.formats.numerals import (
    digits,
    integer,
    number,
    over_common_denominator,
    ratio,
)
from polytropic.geometry.polytope import Polytope

__all__ = ["parse", "render"]

_TYPES = ("integer", "rational", "real")
_SYNONYMS = ("equality", "partial_enum")  # of linearity, in cddlib
_MAX_IMPLIED = 5000  # rows that a single word may make
_COUNTED_LATER = re.compile(r"\*+")


class _Line(NamedTuple):
    number: int
    words: list[str]


@dataclass
class _Matrix:
    """What a file says, before it means anything."""

    representation: str = "H"  # what lrs takes a file without a header line for
    header: int = 0
    shape: _Line | None = None
    rows: list[list[int]] = field(default_factory=list)
    linear: set[int] = field(default_factory=set)
    nonnegative: bool = False
    answer: str = ""

    @property
    def width(self) -> int:
        assert self.shape is not None
        return integer(self.shape.words[1])


def parse(text: str) -> Polytope:
    r"""Read a polyhedron from the text of a ``.ine`` or ``.ext`` file.

    Raises
    ------
    FormatError
        If the text is malformed; the message names the line.

    Notes
    -----
    Options that change the set of points are obeyed: ``linearity`` (also ``equality`` and
    ``partial_enumeration``) wherever it stands, ``nonnegative`` only before ``begin``, as in lrs.
    Options that ask for work (``project``, ``minimize``, ``volume``, ...) are skipped.  A linear
    row ``1 x`` of a V-representation means to cddlib and lrs that the cone over the rows contains
    it with both signs; so it does here.

    Examples
    --------
    >>> interval = parse("begin\n 2 2 real\n 0.1 1\n 1e-1 -1\n end")
    >>> interval.vertices_exact.to_fractions().tolist()
    [[Fraction(-1, 10)], [Fraction(1, 10)]]
    """
    matrix = _Matrix()
    lines = _lines(text)
    for line in lines:
        if line.words[0].lower() == "begin":
            if matrix.shape is not None:
                raise FormatError(f"line {line.number}: a second 'begin'; one polyhedron per file")
            _read_matrix(matrix, line, lines)
        else:
            _read_option(matrix, line)
    if matrix.shape is None:
        if matrix.answer:
            raise FormatError(f"{matrix.answer} is the answer of a program, not a polyhedron")
        raise FormatError("no line 'begin': this is no cddlib or lrs file, or it is cut off")
    return _polytope(matrix)


def render(polytope: Polytope, representation: str, minimal: bool) -> str:
    """Write a polyhedron in this format, with integers or fractions only.

    Examples
    --------
    >>> print(render(Polytope.from_points([[0.5], [3]]), "V", minimal=False), end="")
    V-representation
    begin
     2 2 rational
     1 1/2
     1 3
    end
    """
    given = given_constraints if representation == "H" else given_generators
    rows, linear = (part.tolist() for part in given(polytope, minimal))
    if representation == "H" and not rows and not linear:
        rows = [[1] + [0] * polytope.ambient_dimension]  # not every program reads zero rows
    kind, write = _notation(representation, rows)
    lines = [f"{representation}-representation"]
    if linear:
        numbers = range(len(rows) + 1, len(rows) + len(linear) + 1)
        lines.append(" ".join(map(str, ["linearity", len(linear), *numbers])))
    lines += ["begin", f" {len(rows) + len(linear)} {polytope.ambient_dimension + 1} {kind}"]
    lines += [f" {write(row)}" for row in rows + linear]
    return "\n".join([*lines, "end", ""])


def _notation(representation: str, rows: list[list[int]]) -> tuple[str, Callable[[list[int]], str]]:
    """Type of the numbers, and how a row of them is written."""
    if representation == "H" or all(row[0] in (0, 1) for row in rows):
        return "integer", lambda row: " ".join(map(digits, row))
    return "rational", lambda row: " ".join(ratio(entry, row[0] or 1) for entry in row)


# -- reading ---------------------------------------------------------------------------------------
def _lines(text: str) -> Iterator[_Line]:
    """Lines that are no comments; ``***** 4 rational`` is what lrs writes before it has counted."""
    for number_, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if not words or words[0][0] == "#":
            continue
        if words[0][0] == "*" and not _is_uncounted_shape(words):
            continue
        yield _Line(number_, words)


def _is_uncounted_shape(words: list[str]) -> bool:
    return (
        len(words) == 3
        and _COUNTED_LATER.fullmatch(words[0]) is not None
        and words[1].isdecimal()
        and words[2].lower() in _TYPES
    )


def _read_option(matrix: _Matrix, line: _Line) -> None:
    word = line.words[0].lower()
    if word.startswith(("h-representation", "v-representation")):
        if matrix.header and matrix.representation != word[0].upper():
            raise FormatError(
                f"line {line.number}: {line.words[0]}, but line {matrix.header} says otherwise"
            )
        matrix.representation, matrix.header = word[0].upper(), line.number
    elif word == "linearity" or (word.startswith(_SYNONYMS) and line.words[-1].isdecimal()):
        matrix.linear |= _indices(line)
    elif word.startswith("strict_inequality"):
        raise FormatError(
            f"line {line.number}: strict inequalities are not read, because a polyhedron here is "
            "closed; delete the line to take its closure"
        )
    elif word == "nonnegative" and matrix.shape is None:
        matrix.nonnegative = True
    elif word in ("infeasible", "unbounded"):
        matrix.answer = f"line {line.number}, {line.words[0]!r},"


def _indices(line: _Line) -> set[int]:
    try:
        count, *indices = [integer(word) for word in line.words[1:]]
    except ValueError as problem:
        raise FormatError(
            f"line {line.number}: expected how many rows are linear, and which, as in "
            "'linearity 2 1 5'"
        ) from problem
    if count != len(indices):
        raise FormatError(
            f"line {line.number}: declares {count} linear rows but lists {len(indices)}"
        )
    return set(indices)


def _read_matrix(matrix: _Matrix, begin: _Line, lines: Iterator[_Line]) -> None:
    words = begin.words[1:]
    shape = _Line(begin.number, words) if words else next(lines, None)
    if shape is None:
        raise FormatError(f"the file ends after line {begin.number}, 'begin'")
    rows, columns = _check_shape(shape)
    matrix.shape = shape
    entries: list[int | Fraction] = []
    read: list[_Line] = []
    for line in lines:
        if line.words[0].lower() == "end":
            break
        entries += _numbers(line)
        read.append(line)
        if rows is not None and len(entries) > rows * columns:
            raise FormatError(_miscount(read, rows, columns, "goes on beyond"))
    else:
        raise FormatError(
            f"the file ends without 'end'; line {shape.number} declares {shape.words[0]} rows of "
            f"{columns} numbers, {len(entries) // columns} are there"
        )
    rows = len(read) if rows is None else rows
    if len(entries) != rows * columns:
        raise FormatError(_miscount(read, rows, columns, "ends before"))
    matrix.rows = [
        over_common_denominator(entries[start : start + columns])
        for start in range(0, len(entries), columns)
    ]


def _check_shape(line: _Line) -> tuple[int | None, int]:
    """Numbers of rows (None if to be counted) and columns."""
    where = f"line {line.number}"
    if len(line.words) < 3:
        raise FormatError(f"{where}: expected numbers of rows and columns and a type of number")
    rows, columns, kind = line.words[:3]
    if kind.lower() not in _TYPES:
        raise FormatError(f"{where}: unknown type {kind!r}; it must be one of {', '.join(_TYPES)}")
    counted = _COUNTED_LATER.fullmatch(rows) is None
    if (counted and not rows.isdecimal()) or not columns.isdecimal() or not integer(columns):
        raise FormatError(f"{where}: {rows!r} by {columns!r} is no size of a matrix")
    return integer(rows) if counted else None, integer(columns)


def _numbers(line: _Line) -> list[int | Fraction]:
    try:
        return [number(word) for word in line.words]
    except FormatError as problem:
        raise FormatError(f"line {line.number}: {problem}") from problem


def _miscount(read: list[_Line], rows: int, columns: int, verdict: str) -> str:
    """Say where a matrix went wrong; rows may run over several lines, so that is a guess."""
    odd = next((line for line in read if len(line.words) != columns), None)
    if odd is not None and abs(len(read) - rows) <= 1:
        return f"line {odd.number}: {len(odd.words)} entries, but every row has {columns}"
    last = f" at line {read[-1].number}" if read else ""
    return f"the matrix {verdict} its {rows} rows of {columns} numbers{last}"


def _polytope(matrix: _Matrix) -> Polytope:
    rows, width = matrix.rows, matrix.width
    outside = [index for index in matrix.linear if not 1 <= index <= len(rows)]
    if outside:
        raise FormatError(
            f"linearity lists row {min(outside)}, but the rows are numbered from 1 to {len(rows)}"
        )
    linear = [row for index, row in enumerate(rows, 1) if index in matrix.linear]
    plain = [row for index, row in enumerate(rows, 1) if index not in matrix.linear]
    if matrix.nonnegative:
        if matrix.representation == "V" or linear or width > _MAX_IMPLIED:
            raise FormatError(
                "'nonnegative' goes with an H-representation without linearity, of at most "
                f"{_MAX_IMPLIED} columns; write out the rows x_i >= 0 instead"
            )
        plain = plain + [[int(i == j) for j in range(width)] for i in range(1, width)]
    if matrix.representation == "H":
        return from_constraint_rows(plain, linear, width)
    return from_generator_rows(plain, linear, width, apex=True)
