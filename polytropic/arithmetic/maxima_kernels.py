"""Compiled loops of `maxima`: `row_maxima` without a graph says the same in NumPy.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

__all__ = ["climb", "near"]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def near(values: Any, least: Any, first: Any, counts: Any) -> None:
    """Count the entries of every row that are not below `least`, and sum their positions."""
    for i in range(len(values)):
        row, bound, count, place = values[i], least[i], 0, 0
        for j in range(len(row)):
            if not row[j] < bound:
                count += 1
                place += j
        first[i] = place
        counts[i] = count


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def climb(
    left: Any, right: Any, error: Any, starts: Any, neighbours: Any, scale: Any, side: int
) -> Any:
    """Maxima of all rows of ``left @ right.T``, by the simplex method on the graph of a polytope.

    Parameters
    ----------
    left : float array, shape (m, d)
        Directions.
    right : float array, shape (n, d)
        Vertices.
    error : float array, shape (m,)
        What no entry of a row of the product errs by more than.
    starts, neighbours : int arrays
        The neighbours of vertex v are ``neighbours[starts[v] : starts[v + 1]]``.
    scale : float array, shape (d,)
        Widths of the polytope, so that directions are compared where it is about round.
    side : int
        Directions are sorted into ``2 d side^(d - 1)`` cells; a walk starts where the last one
        from its cell came to an end.

    Returns
    -------
    first : int array, shape (m,)
        A vertex that no neighbour of its exceeds, as floats see it.
    ties : int array
        For every row i in which rounding might hide another maximum: ``i n + v`` for all vertices
        v that can attain it, in any order.

    Notes
    -----
    The vertices above any level, and those on the maximal face, are connected by edges.  So a
    vertex that exceeds its neighbours by twice the error is the only maximum; otherwise all
    maxima are found by a search that never leaves the vertices within twice the error of the
    best.  Every step raises the rounded value, which depends on the vertex and the row alone.
    """
    m, d = left.shape
    n = len(right)
    cells = np.full(2 * max(1, d) * side ** max(0, d - 1), -1, np.int32)
    first = np.empty(m, np.int64)
    ties, found = np.empty(64, np.int64), 0
    seen, queue, stamp = np.full(n, -1, np.int64), np.empty(n, np.int64), 0
    v = 0
    for i in range(m):
        u, slack = left[i], 2 * error[i]
        cell = _cell(u, scale, side)
        if cells[cell] >= 0:
            v = int(cells[cell])
        v, best, second = _ascend(u, right, starts, neighbours, v)
        if not second < best - slack:
            higher, size = v, 0
            while higher >= 0:
                v, best, second = _ascend(u, right, starts, neighbours, higher)
                higher, size = _search(
                    u, right, starts, neighbours, v, best, slack, seen, queue, stamp
                )
                stamp += 1
            if found + size > len(ties):
                ties = _longer(ties, found, size)
            for k in range(size):
                ties[found + k] = i * n + queue[k]
            found += size
        cells[cell] = v
        first[i] = v
    return first, ties[:found]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _cell(u: Any, scale: Any, side: int) -> int:
    """Number of the piece of the cube's surface that a direction meets."""
    d = len(u)
    largest, axis = 0.0, 0
    for j in range(d):
        size = abs(u[j] * scale[j])
        if size > largest:
            largest, axis = size, j
    if not 2.0**-900 < largest < 2.0**900:
        return 0
    cell = 2 * axis + (u[axis] < 0)
    for j in range(d):
        if j != axis:
            place = int(0.5 * side * (u[j] * scale[j] / largest + 1))
            cell = cell * side + min(side - 1, place)
    return cell


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _value(u: Any, right: Any, v: int) -> float:
    total = 0.0
    for j in range(len(u)):
        total += u[j] * right[v, j]
    return total


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _ascend(u: Any, right: Any, starts: Any, neighbours: Any, v: int) -> Any:
    """Go to the greatest neighbour while that is higher: vertex, its value, the next greatest."""
    best = _value(u, right, v)
    while True:
        second, place = -np.inf, v
        for k in range(starts[v], starts[v + 1]):
            value = _value(u, right, neighbours[k])
            if value > second:
                second, place = value, int(neighbours[k])
        if not second > best:
            return v, best, second
        v, best = place, second


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _search(
    u: Any, right: Any, starts: Any, neighbours: Any, v: int, best: float, slack: float,
    seen: Any, queue: Any, stamp: int,
) -> Any:  # fmt: skip
    """Collect what is within the slack of the best; a vertex that is higher (or -1), and how many.

    Vertices that the search has met have ``seen[w] == stamp``.
    """
    queue[0], seen[v] = v, stamp
    head, size = 0, 1
    while head < size:
        near_by = queue[head]
        head += 1
        for k in range(starts[near_by], starts[near_by + 1]):
            w = int(neighbours[k])
            if seen[w] == stamp:
                continue
            seen[w] = stamp
            value = _value(u, right, w)
            if value > best:
                return w, 0
            if not value < best - slack:
                queue[size] = w
                size += 1
    return -1, size


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _longer(array: Any, used: int, more: int) -> Any:
    longer = np.empty(2 * (used + more), np.int64)
    longer[:used] = array[:used]
    return longer
