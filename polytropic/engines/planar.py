"""Convex hulls in the plane, exactly, by Andrew's monotone chain."""

from __future__ import annotations

from functools import cmp_to_key

from polytropic.arithmetic.linalg import integer_rows, primitive
from polytropic.arithmetic.numbers import ObjectArray

__all__ = ["polygon_facets"]

_Row = tuple[int, int, int]


def polygon_facets(points: ObjectArray) -> ObjectArray:
    """Edges of the convex hull of points in the plane.

    Parameters
    ----------
    points : object array, shape (n, 3)
        Homogeneous integer rows ``(t, x, y)`` with t > 0, not all on one line.

    Returns
    -------
    object array, shape (k, 3)
        Primitive rows, non-negative on all points.

    Notes
    -----
    O(n log n) integer operations.
    """
    rows = [tuple(row) for row in points.tolist()]
    ordered = sorted(rows, key=cmp_to_key(_compare))
    lower, upper = _chain(ordered), _chain(ordered[::-1])
    corners = lower[:-1] + upper[:-1]
    edges = zip(corners, corners[1:] + corners[:1], strict=True)
    return integer_rows([primitive(_cross(p, q)) for p, q in edges], 3)


def _compare(p: _Row, q: _Row) -> int:
    """Order by x, then y, across different heights."""
    for k in (1, 2):
        difference = p[k] * q[0] - q[k] * p[0]
        if difference:
            return 1 if difference > 0 else -1
    return 0


def _chain(ordered: list[_Row]) -> list[_Row]:
    """Corners of the hull below the points, from the first to the last."""
    chain: list[_Row] = []
    for row in ordered:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], row) <= 0:
            chain.pop()
        if not chain or _compare(chain[-1], row):
            chain.append(row)
    return chain


def _turn(p: _Row, q: _Row, r: _Row) -> int:
    """Positive when p, q, r make a left turn (heights are positive)."""
    line = _cross(p, q)
    return line[0] * r[0] + line[1] * r[1] + line[2] * r[2]


def _cross(p: _Row, q: _Row) -> _Row:
    return (
        p[1] * q[2] - p[2] * q[1],
        p[2] * q[0] - p[0] * q[2],
        p[0] * q[1] - p[1] * q[0],
    )
