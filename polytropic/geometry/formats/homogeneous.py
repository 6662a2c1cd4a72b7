"""From homogeneous rows to polyhedra and back; the sign conventions of files end here.

In files, a row ``(b, a)`` is the inequality ``b + <a, x> >= 0``, and a row ``(t, x)`` the point
``x / t`` for t > 0 or the direction x for t = 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import ExactArray, ObjectArray, exact
from polytropic.errors import FormatError
from polytropic.geometry.formats.numerals import digits
from polytropic.geometry.polytope import Polytope

__all__ = ["from_constraint_rows", "from_generator_rows", "given_constraints", "given_generators"]

Row = Sequence[int]

_FLOAT_RANGE = 2**53


def from_constraint_rows(
    inequalities: Sequence[Row], equations: Sequence[Row], width: int
) -> Polytope:
    """Solutions of ``b + <a, x> >= 0`` and ``b + <a, x> = 0`` for integer rows ``(b, a)``."""
    A, b = _normals(inequalities, width)
    if not equations:
        return Polytope.from_halfspaces(A, b)
    return Polytope.from_halfspaces(A, b, *_normals(equations, width))


def from_generator_rows(
    generators: Sequence[Row], linear: Sequence[Row], width: int, *, apex: bool
) -> Polytope:
    """Polyhedron of all x with (1, x) in the cone over the rows.

    Parameters
    ----------
    generators : sequence of rows of integers
    linear : sequence of rows of integers
        Rows that the cone contains with both signs.
    width : int
        Length of a row.
    apex : bool
        Whether rows that are directions only mean the cone with apex at the origin (cddlib, lrs);
        otherwise they are refused.

    Raises
    ------
    FormatError
        If a row that is not linear starts with a negative number.
    """
    for row in generators:
        if row[0] < 0:
            text = " ".join(map(digits, row[:5])) + " ..." * (len(row) > 5)
            raise FormatError(f"the generator {text} starts with a negative number")
    generators, linear = _without_linear_points(generators, linear)
    points = [row for row in generators if row[0]]
    directions = [row for row in generators if not row[0]]
    if not points and not directions and not linear:
        return Polytope.empty(width - 1)
    if not points:
        if not apex:
            raise FormatError("there are only directions: no row has a positive first entry")
        points = [[1] + [0] * (width - 1)]
    return Polytope.from_points(
        _points(points, width), _exact(_tails(directions), width), _exact(_tails(linear), width)
    )


def given_constraints(polytope: Polytope, minimal: bool) -> tuple[ObjectArray, ObjectArray]:
    """Inequalities and equations to write: as given, if it was given so, or irredundant."""
    if polytope._inequalities is not None and not minimal:
        inequalities, equations = polytope._inequalities
        return inequalities.integers(), equations
    width = polytope.ambient_dimension + 1
    if polytope.is_empty:
        return integer_rows([[-1] + [0] * (width - 1)], width), integer_rows([], width)
    return polytope.description.facets, polytope.description.equations


def given_generators(polytope: Polytope, minimal: bool) -> tuple[ObjectArray, ObjectArray]:
    """Generators and lines to write: as given, if it was given so, or irredundant."""
    if polytope._generators is not None and not minimal:
        generators, lines = polytope._generators
        return generators.integers(), lines
    return polytope.description.generators, polytope.description.lineality


def _without_linear_points(
    generators: Sequence[Row], linear: Sequence[Row]
) -> tuple[list[Row], list[Row]]:
    """Replace linear rows that are points by one plain point and directions of the same slice.

    If the cone contains both (t, x) and its opposite, then modulo that row every other row is a
    direction, and the slice at height 1 is x / t plus the cone over those directions.
    """
    base = next((row for row in linear if row[0]), None)
    if base is None:
        return list(generators), list(linear)
    if base[0] < 0:
        base = [-entry for entry in base]

    def slide(row: Row) -> Row:
        return [base[0] * entry - row[0] * b for entry, b in zip(row, base, strict=True)]

    return [base, *map(slide, generators)], [slide(row) for row in linear]


def _points(rows: Sequence[Row], width: int) -> ExactArray:
    common = math.lcm(*(row[0] for row in rows))
    if common == 1:
        return _exact(_tails(rows), width)
    scaled = [[entry * (common // row[0]) for entry in row[1:]] for row in rows]
    return ExactArray(integer_rows(scaled, width - 1), common)


def _normals(rows: Sequence[Row], width: int) -> tuple[ExactArray, ExactArray]:
    """A and b of ``A x <= b`` (or of ``A x = b``)."""
    A = _exact([[-entry for entry in row[1:]] for row in rows], width)
    return A, _exact([[row[0]] for row in rows], 2).reshape(len(rows))


def _tails(rows: Sequence[Row]) -> list[Row]:
    return [row[1:] for row in rows]


def _exact(rows: Sequence[Row], width: int) -> ExactArray:
    """Array of the rows without their first entry; small integers are kept as floats inside."""
    if all(-_FLOAT_RANGE < entry < _FLOAT_RANGE for row in rows for entry in row):
        return exact(np.array(rows, dtype=np.int64).reshape(len(rows), width - 1))
    return ExactArray(integer_rows(rows, width - 1))
