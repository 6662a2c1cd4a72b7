"""Compiled loops that tell whether an open cone, given by its walls, is empty, and who cuts it.

A point of the cone is kept while walls are added.  One that the point is not beyond of leaves it
alone; otherwise the cone so far is asked for a point on the new wall, which is the same question
in one dimension less, and from there the point goes just beyond.  `cone_exact` says the same in
integers.

Importing this file imports numba; it is imported where it is used.

    R. Seidel, Small-dimensional linear programming and convex hulls made easy (Discrete &
    Computational Geometry 6, 1991).
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from polytropic.geometry.arrangements.inserting.kernels import (
    cross,
    dots,
    lift,
    proven_sign,
    split,
)
from polytropic.geometry.arrangements.inserting.restriction_kernels import (
    expand,
    middle_of,
    normalise,
    pencil,
    restrict,
    wedge,
)

__all__ = ["cone", "pieces", "sides"]

_TINY = 2.0**-900
_ROUNDING = 2.0**-52
_SMALL = 2**31
_ONE = np.uint64(1)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def cone(rows: Any, point: Any) -> int:
    """Find a point where all rows are positive, proven.

    Parameters
    ----------
    rows : int64 array, shape (w, n)
        Entries below 2^31 in size; no two rows parallel or opposite.
    point : float array, shape (n,)
        Receives the point.

    Returns
    -------
    int
        1 if there is one, 0 if not, -1 if machine numbers do not tell.
    """
    count, n = rows.shape
    if n == 1:
        point[0] = 1.0 if rows[0, 0] > 0 else -1.0
        return 1
    if n == 2:
        ends = np.empty((2, 2), np.int64)
        if not wedge(rows, count, ends):
            return 0
        middle_of(rows, ends[0], ends[1], 0, point)
        return 1
    columns, bounds = _columns(rows)
    for k in range(n):
        point[k] = columns[k, 0]
    normalise(point)
    everywhere = np.full((count >> 6) + 1, _ALL)
    x, below, values = np.empty(n), np.empty(n - 1), np.empty(count)
    work = np.empty((4, max(n, count)))
    for j in range(1, count):
        sign = proven_sign(columns, j, point, bounds[j])
        if sign > 0:
            continue
        column, classes, _, _, largest, left = restrict(rows, j, j)
        if largest >= _SMALL:
            return -1
        status = cone(classes, below) if left else 0
        if status == 0 and sign < 0:
            return 0  # all of the cone so far is on that side
        if status <= 0:
            return -1
        lift(below, columns, j, column, x)
        dots(columns, j, x, values)
        if not cross(columns, j, everywhere, values, x, point, sign, j, bounds, work):
            return -1
        for k in range(n):
            point[k] = work[0, k]
    return 1


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _columns(rows: Any) -> Any:
    """The transposed rows, and errors of their dot products with points at most one in size."""
    count, n = rows.shape
    columns, bounds = np.empty((n, count)), np.empty(count)
    for i in range(count):
        size = 0.0
        for k in range(n):
            columns[k, i] = rows[i, k]
            size += abs(columns[k, i])
        bounds[i] = (n + 4) * _ROUNDING * size + _TINY
    return columns, bounds


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _misses(frame: Any, walls: int) -> bool:
    """Whether the last row provably misses the cone of the walls before it."""
    _, classes, _, _, largest, left = restrict(frame, walls, walls)
    if left == 0:
        return True
    return largest < _SMALL and cone(classes, np.empty(frame.shape[1] - 1)) == 0


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def sides(rows: Any, walls: int, signs: Any, point: Any) -> int:
    """Find a point where the first rows are positive, and the rows that do not cut their cone.

    Parameters
    ----------
    rows : int64 array, shape (m, n)
        Entries below 2^31 in size; no two rows parallel or opposite.
    walls : int
        Number of the first rows.
    signs : int64 array, shape (m,)
        Receives the sign of every row that is known not to cut the cone, and 1 for walls that the
        others make superfluous; 0 for all that matter.
    point : float array, shape (n,)
        Receives the point.

    Returns
    -------
    int
        1 if there is one, 0 if not, -1 if machine numbers do not tell.
    """
    m, n = rows.shape
    status = cone(rows[:walls].copy(), point)
    if status <= 0:
        return status
    frame = np.empty((walls + 1, n), np.int64)
    left = walls
    for i in range(m):
        if i < walls and left == 1:
            continue
        place = 0
        for q in range(walls):
            if signs[q] == 0 and q != i:
                frame[place] = rows[q]
                place += 1
        frame[place] = rows[i]
        if not _misses(frame[: place + 1], place):
            continue
        if i < walls:
            signs[i] = 1
            left -= 1
        else:
            signs[i] = _sign(rows[i], point)
    return 1


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _sign(row: Any, point: Any) -> int:
    """Sign of the true dot product, 0 if it is not proven."""
    total, size = 0.0, 0.0
    for k in range(len(row)):
        term = row[k] * point[k]
        total += term
        size += abs(term)
    if abs(total) > (len(row) + 4) * _ROUNDING * size + _TINY:
        return 1 if total > 0 else -1
    return 0


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def pieces(rows: Any, walls: int) -> Any:
    """Chambers where the first rows are positive, by insertion in any dimension from two on.

    Parameters
    ----------
    rows : int64 array, shape (m, n)
    walls : int
        Number of the first rows; there are no chambers if there are none.

    Returns
    -------
    count : int
        Number of chambers; -1 if floats or machine integers do not suffice; -2 if a restricted
        chamber was not found, which never happens.
    bits, points : arrays, shapes (count, W) and (count, n)
    """
    m, n = rows.shape
    words = ((m - 1) >> 6) + 1
    nothing = np.zeros((0, words), np.uint64), np.empty((0, n))
    if walls == 0:
        return 0, nothing[0], nothing[1]
    if n == 2:
        few, rays = pencil(rows, walls)
        return len(few), few, rays
    flips, start = np.zeros(m, np.int64), np.empty(n)
    status = sides(rows, walls, flips, start)
    if status <= 0:
        return status, nothing[0], nothing[1]
    # Rows that do not cut the cone are like multiples of a wall that does.
    which, inner, left, kept = np.zeros(m, np.int64), np.empty((m, n), np.int64), 0, 0
    for i in range(m):
        if flips[i] == 0:
            inner[kept], which[i], flips[i] = rows[i], kept, 1
            left += i < walls
            kept += 1
    inner = inner[:kept].copy()
    columns, bounds = _columns(inner)
    width, room = ((kept - 1) >> 6) + 1, 2 * kept
    bits, points = np.zeros((room, width), np.uint64), np.empty((room, n))
    sure, doubts = np.ones(room, np.bool_), np.empty((room, 2), np.int64)
    for i in range(left):
        bits[0, i >> 6] |= _ONE << np.uint64(i & 63)
    points[0], count = start, np.int64(1)
    for j in range(left, kept):
        column, classes, places, turns, largest, remaining = restrict(inner, j, left)
        if largest >= _SMALL:
            return -1, nothing[0], nothing[1]
        found, below, below_points = pieces(classes, remaining)
        if found < 0:
            return found, nothing[0], nothing[1]
        if count + found > room:
            room = max(count + found, 2 * room)
            more_bits, more_points = np.zeros((room, width), np.uint64), np.empty((room, n))
            more_bits[:count], more_points[:count] = bits[:count], points[:count]
            bits, points = more_bits, more_points
            sure, doubts = np.ones(room, np.bool_), np.empty((room, 2), np.int64)
        section = expand(below, places, turns, width)
        count, cut, doubtful = split(
            bits, points, sure, count, columns, bounds, j, column, section, below_points,
            np.ones(found, np.bool_), doubts,
        )  # fmt: skip
        if doubtful:
            return -1, nothing[0], nothing[1]
        if cut != found:
            return -2, nothing[0], nothing[1]
    if kept == m:
        return count, bits[:count].copy(), points[:count].copy()
    return count, expand(bits[:count].copy(), which, flips, words), points[:count].copy()
