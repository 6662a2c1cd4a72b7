"""Compiled loops of `insertion`: split chambers by a hyperplane; all of it in dimension three.

Rows are integers below 2^31 in size, or scaled to at most one and rounded; points are floats at
most one in size.  With u = 2^-53 a dot product of length n then errs by at most ``(n + 2) u`` times
the sum of absolute values, the rounding of the row included, and by less than 2^-1000 through
underflow: all bounds here are twice that and more.  `exact.split_exactly` says the same
in integers.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from polytropic.geometry.arrangements.inserting.restriction_kernels import (
    empty,
    expand,
    normalise,
    pencil,
    restrict,
    share,
    slot,
)

__all__ = [
    "cross",
    "dots",
    "expand",
    "lift",
    "pencil",
    "planes",
    "proven_sign",
    "restrict",
    "split",
]

_UNIT = 2.0**-53
_TINY = 2.0**-900
_SMALL = 2**31
_ONE = np.uint64(1)


# -- splitting -----------------------------------------------------------------------------------
@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def split(
    bits: Any,
    points: Any,
    sure: Any,
    count: int,
    columns: Any,
    bounds: Any,
    j: int,
    column: int,
    walls: Any,
    wall_points: Any,
    wall_sure: Any,
    doubts: Any,
) -> Any:
    """Split the chambers that row j cuts, and sign the others, as far as floats prove it.

    Parameters
    ----------
    bits, points, sure : arrays with room for more, shapes (room, W), (room, n), (room,)
        Chambers of the first j rows; changed in place.  A point that is not sure is only near.
    count : int
        Number of chambers.
    columns : float array, shape (n, m)
        The transposed rows.
    bounds : float array, shape (m,)
        Errors of the dot products of rows with points that are at most one in size.
    j, column : int
        The row, and the coordinate that it eliminates.
    walls, wall_points, wall_sure : arrays, shapes (M, W), (M, n - 1), (M,)
        Chambers of the restriction, by their signs of the first j rows.
    doubts : int array, shape (room, 2)
        Receives chambers that are left as they are, and their walls (-1 if they are not cut).

    Returns
    -------
    count, cut, doubtful : int
        New number of chambers, how many were cut (doubtful ones too), how many were left.
    """
    n = len(columns)
    table = empty(len(walls))
    for q in range(len(walls)):
        table[slot(walls[q], table, walls)] = q
    word, bit = j >> 6, _ONE << np.uint64(j & 63)
    before, cut, doubtful = count, 0, 0
    x, values, work = np.empty(n), np.empty(j + 1), np.empty((4, max(n, j + 1)))
    for i in range(before):
        q = table[slot(bits[i], table, walls)]
        sign = proven_sign(columns, j, points[i], bounds[j]) if sure[i] else 0
        if q < 0:
            if sign == 0:
                doubts[doubtful, 0], doubts[doubtful, 1] = i, -1
                doubtful += 1
            elif sign > 0:
                bits[i, word] |= bit
            continue
        cut += 1
        proven = False
        if wall_sure[q]:
            lift(wall_points[q], columns, j, column, x)
            dots(columns, j, x, values)
            proven = cross(columns, j, bits[i], values, x, points[i], sign, i, bounds, work)
        if not proven:
            doubts[doubtful, 0], doubts[doubtful, 1] = i, q
            doubtful += 1
            continue
        bits[count], sure[count], sure[i] = bits[i], True, True
        for k in range(n):
            points[count, k] = work[0, k]
            if sign == 0:
                points[i, k] = work[1, k]
        bits[i if sign > 0 else count, word] |= bit
        count += 1
    return count, cut, doubtful


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def cross(
    columns: Any, j: int, bits: Any, values: Any, x: Any, p: Any, sign: int, salt: int, bounds: Any,
    work: Any,
) -> bool:  # fmt: skip
    """Put a proven point beyond row j in ``work[0]``; if sign is 0, one before it in ``work[1]``.

    First away from p across x; if that fails, or if it is not known on which side p lies, along the
    normal of row j, to one side or both.
    """
    n = len(x)
    new, way, changes = work[0, :n], work[2, :n], work[3]
    largest = 0.0
    for k in range(n):
        largest = max(largest, abs(columns[k, j]))
    for attempt in range(3 if sign == 0 else 2):
        target = -sign
        if sign == 0:
            if attempt == 0:
                continue
            target = -1 if attempt == 1 else 1
        for k in range(n):
            way[k] = x[k] - p[k] if attempt == 0 else target * columns[k, j] / largest
        dots(columns, j, way, changes)
        step = share(salt) * _farthest(values, changes, j)
        for k in range(n):
            new[k] = x[k] + step * way[k]
        proven = _inside(columns, j, bits, target, new, changes, bounds)
        if sign == 0 and attempt == 1:
            if not proven:
                return False
            for k in range(n):
                work[1, k] = new[k]
        elif proven:
            return True
    return False


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def dots(columns: Any, count: int, point: Any, values: Any) -> None:
    """Dot products of the first so many rows with a point."""
    for r in range(count):
        values[r] = columns[0, r] * point[0]
    for k in range(1, len(point)):
        factor = point[k]
        for r in range(count):
            values[r] += columns[k, r] * factor


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def proven_sign(columns: Any, r: int, point: Any, bound: float) -> int:
    """Sign of the true dot product, 0 if it is not proven."""
    total, size = 0.0, 0.0
    for k in range(len(point)):
        term = columns[k, r] * point[k]
        total += term
        size += abs(term)
    if abs(total) > bound or abs(total) > (len(point) + 4) * 2 * _UNIT * size + _TINY:
        return 1 if total > 0 else -1
    return 0


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def lift(wall_point: Any, columns: Any, j: int, column: int, x: Any) -> None:
    """The point on row j whose coordinate `column` was left out."""
    total = 0.0
    for k in range(len(wall_point)):
        source = k if k < column else k + 1
        x[source] = wall_point[k]
        total += columns[source, j] * wall_point[k]
    x[column] = -total / columns[column, j]
    normalise(x)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _farthest(values: Any, changes: Any, j: int) -> float:
    """How far one may go until a value changes its sign, about."""
    far = np.inf
    for r in range(j):
        value, change = abs(values[r]), abs(changes[r])
        if value < far * change and (values[r] > 0) != (changes[r] > 0):
            far = value / change
    return far if far < np.inf else 2.0


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _inside(
    columns: Any, j: int, bits: Any, sign: int, point: Any, values: Any, bounds: Any
) -> bool:
    """Whether a point provably has the signs of a chamber, and `sign` for row j."""
    normalise(point)
    for value in point:
        if not abs(value) <= 1.0:
            return False
    dots(columns, j + 1, point, values)
    for r in range(j + 1):
        above = bits[r >> 6] >> np.uint64(r & 63) & _ONE if r < j else np.uint64(sign > 0)
        value = values[r] if above else -values[r]
        if not value > bounds[r] and proven_sign(columns, r, point, bounds[r]) != (
            1 if above else -1
        ):
            return False
    return True


# -- dimension three -----------------------------------------------------------------------------
@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def planes(rows: Any, columns: Any, bounds: Any, walls: int, start: Any) -> Any:
    """Chambers of planes in space where the first rows are positive, by the same insertion.

    Parameters
    ----------
    rows, columns, bounds : arrays, shapes (m, 3), (3, m) and (m,)
    walls : int
        Number of the first rows.
    start : float array, shape (3,)
        A point where they are positive, proven.

    Returns
    -------
    count : int
        Number of chambers; -1 if floats or machine integers do not suffice; -2 if a restricted
        chamber was not found, which never happens.
    bits, points : arrays, shapes (room, W) and (room, 3)
    """
    m = len(rows)
    room = 1 + (m - walls) + (m - walls) * (m - walls - 1) // 2
    words = ((m - 1) >> 6) + 1
    bits, points = np.zeros((room, words), np.uint64), np.empty((room, 3))
    sure, doubts = np.ones(room, np.bool_), np.empty((room, 2), np.int64)
    count = np.int64(1)  # a plain 1 would have `split` compiled twice
    for i in range(walls):
        bits[0, i >> 6] |= _ONE << np.uint64(i & 63)
    for k in range(3):
        points[0, k] = start[k]
    normalise(points[0])
    for j in range(walls, m):
        column, classes, which, flips, largest, left = restrict(rows, j, walls)
        if largest >= _SMALL:
            return -1, bits, points
        below, wall_points = pencil(classes, left)
        section = expand(below, which, flips, words)
        count, cut, doubtful = split(
            bits, points, sure, count, columns, bounds, j, column, section, wall_points, sure,
            doubts,
        )  # fmt: skip
        if doubtful:
            return -1, bits, points
        if cut != len(section):
            return -2, bits, points
    return count, bits, points
