"""The choice of engine for conversions between generators and inequalities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows, primitive
from polytropic.arithmetic.numbers import ObjectArray
from polytropic.arithmetic.signs import product_signs
from polytropic.engines import cdd, planar, qhull

__all__ = ["facets", "generators"]

_SMALL = 12  # up to this many points cddlib answers sooner than a proof takes
_QHULL_DIMENSION = 7


def facets(rows: ObjectArray) -> tuple[ObjectArray, NDArray[np.bool_]]:
    """Facets of the polyhedron spanned by the generators of a pointed, full-dimensional cone.

    Parameters
    ----------
    rows : object array, shape (n, d + 1)
        Homogeneous integer generators, at least one of positive height; their rank is d + 1.

    Returns
    -------
    facets : object array, shape (k, d + 1)
        Primitive rows, non-negative on all generators; exact and complete.
    incidence : bool array, shape (k, n)
    """
    n_rows, width = rows.shape
    if width == 1:
        return integer_rows([], 1), np.zeros((0, n_rows), dtype=bool)
    if width == 2:
        found = _ends_of_interval(rows)
        return found, product_signs(found, rows) == 0
    if all(row[0] > 0 for row in rows.tolist()):
        return _facets_of_points(rows)
    found = cdd.inequalities_of(rows)
    return found, product_signs(found, rows) == 0


def _facets_of_points(rows: ObjectArray) -> tuple[ObjectArray, NDArray[np.bool_]]:
    width = rows.shape[1]
    if width == 3:
        found = planar.polygon_facets(rows)
        return found, product_signs(found, rows) == 0
    if len(rows) <= _SMALL or width - 1 > _QHULL_DIMENSION:
        found = cdd.inequalities_of(rows)
        return found, product_signs(found, rows) == 0
    proven = qhull.proven_facets(rows, _facets_of_points)
    if proven is not None:
        return proven
    found = cdd.inequalities_of(rows)
    return found, product_signs(found, rows) == 0


def generators(
    inequalities: ObjectArray, equations: ObjectArray
) -> tuple[ObjectArray, ObjectArray]:
    """Generators and lineality of ``{(1, x) : inequalities >= 0, equations = 0}``."""
    return cdd.generators_of(inequalities, equations)


def _ends_of_interval(rows: ObjectArray) -> ObjectArray:
    """Both ends of an interval on the line, given by points and directions (t, x)."""
    points = [row for row in rows.tolist() if row[0]]
    directions = [row[1] for row in rows.tolist() if not row[0]]
    ends = []
    for sign in (1, -1):
        if any(sign * x > 0 for x in directions):
            continue
        t, x = points[0]
        for row in points[1:]:
            if sign * (row[1] * t - x * row[0]) > 0:
                t, x = row
        ends.append(primitive([sign * x, -sign * t]))
    return integer_rows(ends, 2)
