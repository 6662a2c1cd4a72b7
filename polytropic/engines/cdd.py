"""cddlib in GMP arithmetic: exact conversion between generators and inequalities.

The sign conventions of cddlib (rows ``[b | -A]``) stay in this file.  Everything outside speaks of
homogeneous integer rows: a generator is ``(t, x)`` with t > 0 for points and t = 0 for directions,
an inequality is a row r with ``r . (t, x) >= 0``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import cdd
import cdd.gmp

from polytropic.arithmetic.linalg import integer_rows, primitive
from polytropic.arithmetic.numbers import ObjectArray

__all__ = ["extreme_rays", "generators_of", "inequalities_of"]


def inequalities_of(generators: ObjectArray) -> ObjectArray:
    """Inequalities of the polyhedron spanned by homogeneous generators.

    Parameters
    ----------
    generators : object array, shape (n, d + 1)
        Points and directions of a pointed, full-dimensional polyhedron; at least one point.

    Returns
    -------
    object array, shape (k, d + 1)
        One primitive row per facet of the polyhedron (the face at infinity is not one).
    """
    rows = [_at_height_one(row) for row in generators.tolist()]
    matrix = cdd.gmp.matrix_from_array(rows, rep_type=cdd.RepType.GENERATOR)
    found = cdd.gmp.copy_inequalities(cdd.gmp.polyhedron_from_matrix(matrix))
    return _integer_rows((row for row in found.array if any(row[1:])), generators.shape[1])


def extreme_rays(rows: ObjectArray) -> ObjectArray:
    """Extreme rays of the pointed cone ``{y : rows @ y >= 0}``, as primitive integer rows.

    Parameters
    ----------
    rows : object array, shape (n, D)
        Of rank D.
    """
    lifted = [[0, *row] for row in rows.tolist()]
    matrix = cdd.gmp.matrix_from_array(lifted, rep_type=cdd.RepType.INEQUALITY)
    found = cdd.gmp.copy_generators(cdd.gmp.polyhedron_from_matrix(matrix))
    rays = (row[1:] for row in found.array if not row[0] and any(row[1:]))
    return _integer_rows(rays, rows.shape[1])


def generators_of(
    inequalities: ObjectArray, equations: ObjectArray
) -> tuple[ObjectArray, ObjectArray]:
    """Generators of the polyhedron ``{(1, x) : inequalities >= 0, equations = 0}``.

    Parameters
    ----------
    inequalities : object array, shape (k, d + 1)
    equations : object array, shape (m, d + 1)

    Returns
    -------
    generators : object array, shape (n, d + 1)
        Primitive homogeneous rows; none if the polyhedron is empty.
    lineality : object array, shape (l, d + 1)
        Directions contained with both signs.
    """
    width = inequalities.shape[1]
    rows = inequalities.tolist() + equations.tolist()
    if not rows:
        rows = [[1] + [0] * (width - 1)]
    linear = range(len(inequalities), len(inequalities) + len(equations))
    matrix = cdd.gmp.matrix_from_array(rows, rep_type=cdd.RepType.INEQUALITY, lin_set=set(linear))
    found = cdd.gmp.copy_generators(cdd.gmp.polyhedron_from_matrix(matrix))
    array = list(found.array)
    lines = [array[i] for i in sorted(found.lin_set)]
    others = [row for i, row in enumerate(array) if i not in found.lin_set]
    if not any(row[0] for row in others):
        if not lines and not others:
            return _integer_rows([], width), _integer_rows([], width)
        # cddlib leaves out the apex of a cone: it is the origin.
        others.append([Fraction(1)] + [Fraction(0)] * (width - 1))
    return _integer_rows(others, width), _integer_rows(lines, width)


def _at_height_one(row: list[int]) -> list[int | Fraction]:
    height = row[0]
    if height in (0, 1):
        return list(row)
    return [Fraction(entry, height) for entry in row]


def _integer_rows(rows: Iterable[Any], width: int) -> ObjectArray:
    cleared = []
    for row in rows:
        fractions = [Fraction(entry) for entry in row]
        common = math.lcm(*(entry.denominator for entry in fractions))
        cleared.append(primitive([int(entry * common) for entry in fractions]))
    return integer_rows(cleared, width)
