"""Compiled arithmetic on rays whose coordinates are machine integers, and never overflow unseen.

Products and sums of int64 wrap around modulo 2^64.  So the wrapped result *is* the result as soon
as one knows that the result is below 2^63 in absolute value, whatever happened on the way.  That
much floats prove: beside each sum of products runs the same sum in float64, whose error is below
``(n + 2) 2^-52`` times the sum of absolute values.  Where the proof fails, the kernel says so.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import IntArray
from polytropic.engines.adjacency import crossing_edges
from polytropic.engines.bit_trees import Bits, resized

__all__ = ["combined", "common_zeros", "insert_rows", "products"]

_SAFE = 2.0**62
_UNIT = 2.0**-52


_VECTOR = types.Array(types.int64, 1, "C", readonly=True)
_MATRIX = types.Array(types.int64, 2, "C", readonly=True)
_FLAGS = types.Array(types.boolean, 1, "C", readonly=True)
_WORDS = types.Array(types.uint64, 2, "C", readonly=True)


@njit(  # type: ignore[untyped-decorator]
    types.Tuple((types.int64[::1], types.boolean[::1]))(_MATRIX, _VECTOR),
    cache=True,
)
def products(rays: IntArray, row: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
    """Values of a row on rays, and which of them are proven to be below 2^62.

    Parameters
    ----------
    rays : int64 array, shape (n, D)
    row : int64 array, shape (D,)
    """
    n, width = rays.shape
    values = np.empty(n, np.int64)
    fits = np.empty(n, np.bool_)
    for i in range(n):
        value = np.int64(0)
        rough = 0.0
        size = 0.0
        for k in range(width):
            value += rays[i, k] * row[k]
            term = float(rays[i, k]) * float(row[k])
            rough += term
            size += abs(term)
        values[i] = value
        fits[i] = abs(rough) + (width + 2) * _UNIT * size < _SAFE
    return values, fits


@njit(cache=True)  # type: ignore[untyped-decorator]
def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


@njit(  # type: ignore[untyped-decorator]
    types.Tuple((types.int64[:, ::1], types.boolean[::1]))(_MATRIX, _VECTOR, _FLAGS, _MATRIX),
    cache=True,
)
def combined(
    rays: IntArray, values: IntArray, fits: NDArray[np.bool_], pairs: IntArray
) -> tuple[IntArray, NDArray[np.bool_]]:
    """Primitive rays where edges cross a hyperplane, and which of them are proven to fit.

    Parameters
    ----------
    rays : int64 array, shape (n, D)
    values : int64 array, shape (n,)
        Of the hyperplane on the rays.
    fits : bool array, shape (n,)
        Which of the values are known to be right, and below 2^62.
    pairs : int64 array, shape (k, 2)
        A ray with positive and one with negative value.
    """
    width = rays.shape[1]
    found = np.empty((len(pairs), width), np.int64)
    proven = np.empty(len(pairs), np.bool_)
    for e in range(len(pairs)):
        p, n = pairs[e]
        proven[e] = fits[p] and fits[n]
        if not proven[e]:
            continue
        above, below = values[p], -values[n]
        common = _gcd(above, below)
        above //= common
        below //= common
        high, low = float(above), float(below)
        divisor = np.int64(0)
        for k in range(width):
            one, two = low * float(rays[p, k]), high * float(rays[n, k])
            proven[e] &= abs(one + two) + 4 * _UNIT * (abs(one) + abs(two)) < _SAFE
            entry = below * rays[p, k] + above * rays[n, k]
            found[e, k] = entry
            if divisor != 1:
                divisor = _gcd(abs(entry), divisor)
        if divisor > 1 and proven[e]:
            for k in range(width):
                found[e, k] //= divisor
    return found, proven


@njit(types.uint64[:, ::1](_WORDS, _MATRIX, types.int64), cache=True)  # type: ignore[untyped-decorator]
def common_zeros(bits: Bits, pairs: IntArray, column: int) -> Bits:
    """Zero sets of the rays where edges cross a hyperplane; `column` is its bit."""
    words = bits.shape[1]
    found = np.empty((len(pairs), words), np.uint64)
    one = np.uint64(1) << np.uint64(column & 63)
    for e in range(len(pairs)):
        for w in range(words):
            found[e, w] = bits[pairs[e, 0], w] & bits[pairs[e, 1], w]
        found[e, column >> 6] |= one
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _move(rays: Any, bits: Any, to: int, from_rays: Any, from_bits: Any, at: int) -> None:
    for k in range(rays.shape[1]):
        rays[to, k] = from_rays[at, k]
    for w in range(bits.shape[1]):
        bits[to, w] = from_bits[at, w]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _holds_everywhere(flags: Any) -> bool:
    for flag in flags:  # noqa: SIM110 - compiles faster than a reduction
        if not flag:
            return False
    return True


@njit(  # type: ignore[untyped-decorator]
    types.Tuple(
        (types.int64[:, ::1], types.uint64[:, ::1], types.int64, types.int64[::1], types.int64)
    )(_MATRIX, _WORDS, _MATRIX, _VECTOR, types.int64, types.int64, types.int64),
    cache=True,
)
def insert_rows(
    rays: IntArray,
    bits: Bits,
    rows: IntArray,
    sequence: IntArray,
    n_columns: int,
    limit: int,
    work: int,
) -> tuple[IntArray, Bits, int, IntArray, int]:
    """Insert rows as long as everything fits.

    Parameters
    ----------
    rays, bits : arrays, shapes (n, D), (n, words)
        All extreme rays of a cone and their zero sets.
    rows : int64 array, shape (m, D)
    sequence : int64 array
        Rows to insert, in this order.
    n_columns : int
        Bits in use.
    limit : int
        Stop when there are more rays.
    work : int
        Stop when so many values have been computed.

    Returns
    -------
    rays, bits : arrays
        Of the smaller cone.
    done : int
        How many rows of the sequence have been dealt with.
    columns : int64 array
        The rows that the new bits stand for: those that cut something off.
    largest : int
        Most rays there were after a row.
    """
    n, width = rays.shape
    rays, bits = resized(rays, n, width), resized(bits, n, bits.shape[1])
    columns = np.empty(len(sequence), np.int64)
    used = 0
    largest = n
    done = 0
    while done < len(sequence) and n <= limit and work > 0:
        work -= n
        values, fits = products(rays[:n], rows[sequence[done]])
        if not _holds_everywhere(fits):
            break
        if _holds_everywhere(values >= 0):
            done += 1
            continue
        pairs = crossing_edges(bits[:n], values, width)
        work -= len(pairs)
        found, proven = combined(rays[:n], values, fits, pairs)
        if not _holds_everywhere(proven):
            break
        column = n_columns + used
        columns[used] = sequence[done]
        used += 1
        done += 1
        if column // 64 == bits.shape[1]:
            bits = resized(bits, len(bits), bits.shape[1] + 1)
        zeros = common_zeros(bits[:n], pairs, column)
        # New rays take the places of those that are cut off, then places at the end.
        if n + len(found) > len(rays):
            capacity = 2 * n + len(found)
            rays = resized(rays, capacity, width)
            bits = resized(bits, capacity, bits.shape[1])
        k = 0
        for i in range(n):
            if values[i] == 0:
                bits[i, column >> 6] |= np.uint64(1) << np.uint64(column & 63)
            elif values[i] < 0 and k < len(found):
                _move(rays, bits, i, found, zeros, k)
                k += 1
                values[i] = 1
        before = n
        if k < len(found):
            for later in range(k, len(found)):
                _move(rays, bits, n, found, zeros, later)
                n += 1
        else:
            n = 0
            for i in range(before):
                if values[i] >= 0:
                    if n < i:
                        _move(rays, bits, n, rays, bits, i)
                    n += 1
        largest = max(largest, n)
    return (
        resized(rays, n, width),
        resized(bits, n, bits.shape[1]),
        done,
        columns[:used],
        largest,
    )
