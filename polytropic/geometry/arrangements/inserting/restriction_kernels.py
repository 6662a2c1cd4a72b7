"""Compiled restriction of rows to a hyperplane, and what is found in the plane.

Integers are below 2^31 in size, so that two products of two of them fit in a machine word.
`exact` says the same in Python integers.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

__all__ = [
    "empty",
    "expand",
    "middle_of",
    "normalise",
    "pencil",
    "restrict",
    "share",
    "slot",
    "wedge",
]

_UNIT = 2.0**-53
_TINY = 2.0**-900
_ONE = np.uint64(1)
_MIXER = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_COMPARABLE = 16  # a pivot is the first entry of at least this share of the largest one
_GOLDEN = 0.6180339887498949


# -- hashing -------------------------------------------------------------------------------------
@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _hash(words: Any) -> Any:
    """Mix the words of a set of bits, or integers seen as such."""
    mixed = np.uint64(0)
    for word in words:
        mixed = (mixed ^ np.uint64(word)) * _MIXER
        mixed ^= mixed >> _HALF
    return mixed


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _same(one: Any, other: Any) -> bool:
    same = True
    for k in range(len(one)):
        same &= one[k] == other[k]
    return same


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def slot(words: Any, table: Any, stored: Any) -> Any:
    """Where a row stands in a hash table of rows, or the empty place where it belongs."""
    mask = np.uint64(len(table) - 1)
    place = _hash(words) & mask
    while table[place] >= 0 and not _same(stored[table[place]], words):
        place = (place + _ONE) & mask
    return np.int64(place)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def empty(count: int) -> Any:
    """A hash table for so many rows."""
    size = 2
    while size < 2 * count:
        size *= 2
    return np.full(size, -1, np.int64)


# -- restriction ---------------------------------------------------------------------------------
@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def restrict(rows: Any, j: int, walls: int) -> Any:
    """Restrict the first j rows to the hyperplane of row j, and merge those that become parallel.

    Parameters
    ----------
    rows : int64 array, shape (m, n)
        Entries below 2^31 in size.
    j : int
    walls : int
        So many of the first rows are walls, one at least: they keep their orientation.

    Returns
    -------
    column : int
        The coordinate that row j eliminates.
    classes : int64 array, shape (k, n - 1)
        Primitive rows, no two parallel; first come the walls, positive multiples of those given;
        the first entry of every other one is positive.
    which, flips : int64 arrays, shape (j,)
        Row i is a positive multiple of ``flips[i] * classes[which[i]]``.
    largest : int
        Largest entry of the classes in size.
    left : int
        Number of walls among the classes; 0 if two have become opposite: nothing lies between.
    """
    n = rows.shape[1]
    column = _pivot(rows[j])
    lead = abs(rows[j, column])
    classes = np.empty((j, n - 1), np.int64)
    which, flips = np.empty(j, np.int64), np.empty(j, np.int64)
    table = empty(j)
    found, largest = 0, np.int64(0)
    for i in range(j):
        factor = rows[i, column] if rows[j, column] > 0 else -rows[i, column]
        row = classes[found]
        common, flip = np.int64(0), 0
        for k in range(n - 1):
            source = k if k < column else k + 1
            value = lead * rows[i, source] - factor * rows[j, source]
            row[k] = value
            if value != 0:
                flip = flip if flip else (1 if value > 0 else -1)
                common = abs(value) if common == 0 else _divisor(common, abs(value))
        if common > 1 or flip < 0:
            common *= flip
            for k in range(n - 1):
                row[k] //= common
        flips[i] = flip
        place = slot(row, table, classes)
        if table[place] < 0:
            table[place] = found
            for k in range(n - 1):
                largest = max(largest, abs(row[k]))
            found += 1
        which[i] = table[place]
    left = _orient(classes, which, flips, walls)
    return column, classes[:found].copy(), which, flips, largest, left


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _orient(classes: Any, which: Any, flips: Any, walls: int) -> int:
    """Make the classes of walls positive multiples of them; their number, 0 if that is not to be.

    Walls are the first rows, so that their classes are the first ones.
    """
    left, agree = 0, True
    for i in range(walls):
        place, flip = which[i], flips[i]
        if place < left:
            agree &= flip > 0
            continue
        left += 1
        if flip < 0:
            for k in range(classes.shape[1]):
                classes[place, k] = -classes[place, k]
            for r in range(i, len(which)):
                if which[r] == place:
                    flips[r] = -flips[r]
    return left if agree else 0


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _pivot(row: Any) -> int:
    largest = np.int64(0)
    for value in row:
        largest = max(largest, abs(value))
    column = 0
    while abs(row[column]) * _COMPARABLE < largest:
        column += 1
    return column


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _divisor(a: int, b: int) -> int:
    while b and a != 1:
        a, b = b, a % b
    return a


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def expand(bits: Any, which: Any, flips: Any, words: int) -> Any:
    """Sign vectors of the rows from those of their classes, both packed; shape (N, words)."""
    classes = np.int64(which.max()) + 1
    positive = np.zeros((classes, words), np.uint64)
    negative = np.zeros((classes, words), np.uint64)
    for i in range(len(which)):
        target = positive if flips[i] > 0 else negative
        target[which[i], i >> 6] |= _ONE << np.uint64(i & 63)
    result = np.zeros((len(bits), words), np.uint64)
    for q in range(len(bits)):
        for r in range(classes):
            above = bits[q, r >> 6] >> np.uint64(r & 63) & _ONE
            for w in range(words):
                result[q, w] |= positive[r, w] if above else negative[r, w]
    return result


# -- dimension two -------------------------------------------------------------------------------
@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def wedge(rows: Any, walls: int, ends: Any) -> bool:
    """Whether the first rows are positive somewhere in the plane: between ``ends[0]`` and ends[1].

    The first end is on the right.  Integers are exact here, and none of the rows are parallel.
    """
    if walls == 0:
        return False
    ends[0, 0], ends[0, 1] = rows[0, 1], -rows[0, 0]
    ends[1, 0], ends[1, 1] = -rows[0, 1], rows[0, 0]
    for i in range(1, walls):
        x, y = rows[i, 0], rows[i, 1]
        right, left = x * ends[0, 0] + y * ends[0, 1], x * ends[1, 0] + y * ends[1, 1]
        if right > 0 and left < 0:
            ends[1, 0], ends[1, 1] = -y, x
        elif right < 0 and left > 0:
            ends[0, 0], ends[0, 1] = y, -x
        elif right < 0 or left < 0:
            return False
    return True


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def middle_of(rows: Any, right: Any, left: Any, salt: int, point: Any) -> None:
    """A point between two rays; of a half-plane, the first row."""
    if right[0] == -left[0] and right[1] == -left[1]:
        point[0], point[1] = rows[0, 0], rows[0, 1]
    else:
        _between(right, left, salt, point)
    normalise(point)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def pencil(rows: Any, walls: int) -> Any:
    """Chambers of lines in the plane where the first rows are positive, and points in them.

    Lines are sorted by angle exactly; a point is the sum of the rays beside it, scaled to about
    one length if the filter proves it then, as they are (all integers are exact) if not.
    """
    m, words = len(rows), ((len(rows) - 1) >> 6) + 1
    ends = np.empty((2, 2), np.int64)
    if not wedge(rows, walls, ends):
        return np.zeros((0, words), np.uint64), np.empty((0, 2))
    rays = np.empty((m + 1, 2), np.int64)
    order, which = np.zeros(m + 1, np.int64), np.empty(m + 1, np.int64)
    first = np.zeros(words, np.uint64)
    rays[0] = ends[0]
    inside = 0
    for i in range(m):
        x, y = rows[i, 0], rows[i, 1]
        right, left = x * rays[0, 0] + y * rays[0, 1], x * ends[1, 0] + y * ends[1, 1]
        if i < walls or right > 0 or (right == 0 and left > 0):
            first[i >> 6] |= _ONE << np.uint64(i & 63)
        if i < walls or not ((right > 0 and left < 0) or (right < 0 and left > 0)):
            continue
        if right > 0:
            x, y = -y, x
        else:
            x, y = y, -x
        inside += 1
        rays[inside, 0], rays[inside, 1], which[inside] = x, y, i
        low, high = 1, inside
        while low < high:
            middle = (low + high) // 2
            k = order[middle]
            if rays[k, 0] * y - rays[k, 1] * x > 0:
                low = middle + 1
            else:
                high = middle
        for place in range(inside, low, -1):
            order[place] = order[place - 1]
        order[low] = inside
    bits, points = np.empty((inside + 1, words), np.uint64), np.empty((inside + 1, 2))
    for k in range(inside + 1):
        for w in range(words):
            bits[k, w] = bits[k - 1, w] if k else first[w]
        if k:
            i = which[order[k]]
            bits[k, i >> 6] ^= _ONE << np.uint64(i & 63)
        beyond = rays[order[k + 1]] if k < inside else ends[1]
        middle_of(rows, rays[order[k]], beyond, k, points[k])
    return bits, points


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _between(right: Any, left: Any, salt: int, point: Any) -> None:
    part = share(salt)
    first = part / max(abs(right[0]), abs(right[1]))
    second = (1 - part) / max(abs(left[0]), abs(left[1]))
    x, y = first * right[0] + second * left[0], first * right[1] + second * left[1]
    error = 8 * _UNIT
    above = right[0] * y, right[1] * x
    below = left[1] * x, left[0] * y
    if (
        above[0] - above[1] > error * (abs(above[0]) + abs(above[1])) + _TINY
        and below[0] - below[1] > error * (abs(below[0]) + abs(below[1])) + _TINY
    ):
        point[0], point[1] = x, y
    else:
        point[0], point[1] = right[0] + left[0], right[1] + left[1]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def share(salt: int) -> float:
    """About one half, never the same: halves of integers lie on hyperplanes all too often."""
    golden = _GOLDEN * (salt + 1)
    return 0.42 + 0.16 * (golden - np.floor(golden))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def normalise(point: Any) -> None:
    """Scale by a power of two, exactly, to a largest entry between 1/2 and 1."""
    largest = 0.0
    for value in point:
        largest = max(largest, abs(value))
    if not 0.0 < largest < np.inf:
        return
    exponent = math.frexp(largest)[1]
    if exponent:
        for k in range(len(point)):
            point[k] = math.ldexp(point[k], -exponent)
