"""Compiled loops of the sweep over lines; `reference` says in NumPy what they do.

A *tableau* writes every form as a combination of the coordinates of a flat: of the forms in
`chosen` (in the columns that they took over) and of the coordinates that are left.  Every entry
comes with a bound on its error: quotients and differences are rounded to within u = 2^-53, and a
factor 1 + 2^-48 covers the roundings of the bounds themselves.  Comparisons are written so that
infinities and NaN leave a sign undecided.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray, IntArray

__all__ = ["sweep_lines"]

_UNIT = 2.0**-53
_COVER = 1.0 + 2.0**-48
_TINY = 2.0**-1000  # far above what underflow can commit in one step
_ONE = np.uint64(1)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _pivot(
    value: FloatArray,
    error: FloatArray,
    new_value: FloatArray,
    new_error: FloatArray,
    row: int,
    column: int,
) -> None:
    """Let the form of a row take over a column."""
    pivot, pivot_error = value[row, column], error[row, column]
    sure = abs(pivot) - pivot_error
    for i in range(value.shape[0]):
        if i == row:
            continue
        factor = value[i, column] / pivot
        size = abs(factor)
        slack = (error[i, column] + size * pivot_error) / sure + _UNIT * size
        slack = slack * _COVER + _TINY
        for k in range(value.shape[1]):
            if k == column:
                new_value[i, k], new_error[i, k] = factor, slack
                continue
            part = factor * value[row, k]
            entry = value[i, k] - part
            bound = error[i, k] + size * error[row, k]
            bound += slack * (abs(value[row, k]) + error[row, k])
            bound += _UNIT * (abs(part) + abs(entry))
            new_value[i, k], new_error[i, k] = entry, bound * _COVER + _TINY


@njit(cache=True)  # type: ignore[untyped-decorator]
def _best_column(value: FloatArray, error: FloatArray, row: int, taken: NDArray[np.bool_]) -> int:
    """Column with the largest entry of a row among the free ones; -1 if none is surely not 0."""
    best, largest = -1, 0.0
    for k in range(len(taken)):
        if not taken[k] and abs(value[row, k]) > error[row, k] and abs(value[row, k]) > largest:
            best, largest = k, abs(value[row, k])
    return best


@njit(cache=True)  # type: ignore[untyped-decorator]
def _sort(keys: FloatArray, order: IntArray, count: int) -> None:
    if count > 48:
        order[:count] = np.argsort(keys[:count])
        return
    for i in range(count):
        k = i
        key = keys[i]
        while k > 0 and keys[order[k - 1]] > key:
            order[k] = order[k - 1]
            k -= 1
        order[k] = i


@njit(cache=True)  # type: ignore[untyped-decorator]
def _order_on_line(
    value: FloatArray,
    error: FloatArray,
    inside: NDArray[np.bool_],
    keys: FloatArray,
    radii: FloatArray,
    names: IntArray,
    order: IntArray,
) -> int:
    """Sort the points where the other forms vanish; their number, or -1 if two may coincide."""
    t, e = value.shape[1] - 2, value.shape[1] - 1
    count = 0
    for i in range(value.shape[0]):
        if inside[i]:
            continue
        slope, slack = value[i, t], error[i, t]
        if not abs(slope) > slack:
            return -1
        point = -value[i, e] / slope
        radius = (error[i, e] + abs(point) * slack) / (abs(slope) - slack) + _UNIT * abs(point)
        keys[count], radii[count] = point, radius * _COVER + _TINY
        names[count] = i
        count += 1
    _sort(keys, order, count)
    for k in range(count):
        i = order[k]
        if k == 0:
            if not keys[i] - radii[i] > -np.inf:
                return -1
            continue
        p = order[k - 1]
        gap = keys[i] - keys[p]
        # The difference is exact to within u; it must exceed both radii for sure.
        if not gap * (1.0 - 4.0 * _UNIT) > (radii[i] + radii[p]) * _COVER:
            return -1
    return count


@njit(cache=True)  # type: ignore[untyped-decorator]
def _emit(
    value: FloatArray,
    error: FloatArray,
    chosen: IntArray,
    depth: int,
    columns: IntArray,
    names: IntArray,
    order: IntArray,
    count: int,
    state: NDArray[np.uint64],
    bits: NDArray[np.uint64],
    bases: IntArray,
    start: int,
) -> bool:
    """Walk up a line and write the chamber above every vertex of a new subset."""
    t = value.shape[1] - 2
    state[:] = 0
    state[0] = 1  # the distinguished form is positive
    for k in range(count):
        i = names[k]
        if value[i, t] < 0:
            state[(i + 1) >> 6] |= _ONE << np.uint64((i + 1) & 63)
    last = chosen[depth - 1] if depth else -1
    at = start
    for k in range(count):
        i = names[order[k]]
        state[(i + 1) >> 6] ^= _ONE << np.uint64((i + 1) & 63)
        if i <= last:
            continue
        for w in range(state.shape[0]):
            bits[at, w] = state[w]
        rising = value[i, t] > 0
        for q in range(depth):
            entry = value[i, columns[q]]
            if not abs(entry) > error[i, columns[q]]:
                return False
            if (entry > 0) != rising:
                s = chosen[q] + 1
                bits[at, s >> 6] |= _ONE << np.uint64(s & 63)
        if bases.shape[0]:
            for q in range(depth):
                bases[at, q] = chosen[q] + 1
            bases[at, depth] = i + 1
        at += 1
    return True


@njit(cache=True)  # type: ignore[untyped-decorator]
def _binomial(n: int, k: int) -> int:
    if k < 0 or k > n:
        return 0
    result = 1
    for i in range(k):
        result = result * (n - i) // (i + 1)
    return result


@njit(cache=True)  # type: ignore[untyped-decorator]
def sweep_lines(
    first_value: FloatArray,
    first_error: FloatArray,
    prefix: IntArray,
    bits: NDArray[np.uint64],
    bases: IntArray,
    start: int,
    unsure: IntArray,
) -> tuple[int, int]:
    """Write the chambers of all subsets that begin with `prefix`; see `reference`.

    Parameters
    ----------
    first_value, first_error : arrays, shape (M, n)
        Forms without the distinguished one, whose coordinate is the last column.
    prefix : int array
        Increasing rows.
    bits : array, shape (N, W), or (0, W) to check general position only
    bases : array, shape (N, n - 1) or (0, 0)
    start : int
        Where to write in `bits`.
    unsure : array, shape (U, n + 1)
        Receives lines that the bounds do not settle: number of rows, the rows, and where their
        chambers belong in `bits`.  A partial subset stands for all that begin with it.

    Returns
    -------
    end, n_unsure
        Where writing ended, and how many rows of `unsure` are used (U + 1 if it is too short).
    """
    size, n = first_value.shape[0], first_value.shape[1]
    most = n - 2
    value = np.zeros((most + 1, size, n))
    error = np.zeros((most + 1, size, n))
    value[0], error[0] = first_value, first_error
    chosen, columns = np.empty(n, np.int64), np.empty(n, np.int64)
    cursor = np.zeros(n + 1, np.int64)
    taken, inside = np.zeros(most, np.bool_), np.zeros(size, np.bool_)
    keys, radii = np.empty(size), np.empty(size)
    names, order = np.empty(size, np.int64), np.empty(size, np.int64)
    state = np.zeros(bits.shape[1], np.uint64)
    writing = bits.shape[0] > 0
    at, n_unsure = start, 0
    depth, fixed = 0, len(prefix)
    cursor[0] = prefix[0] if fixed else 0
    while depth >= 0:
        if depth == most:
            last = chosen[depth - 1] if depth else -1
            width = size - 1 - last
            count = _order_on_line(value[depth], error[depth], inside, keys, radii, names, order)
            good = count >= 0
            if good and writing:
                good = _emit(
                    value[depth], error[depth], chosen, depth, columns, names, order, count,
                    state, bits, bases, at,
                )  # fmt: skip
            if not good:
                if n_unsure == unsure.shape[0]:
                    return at, n_unsure + 1
                unsure[n_unsure, 0], unsure[n_unsure, n] = depth, at
                for q in range(depth):
                    unsure[n_unsure, q + 1] = chosen[q]
                n_unsure += 1
            at += width
        else:
            row = cursor[depth]
            allowed = prefix[depth] if depth < fixed else size - 1 - (most - depth)
            if row <= allowed:
                cursor[depth] = row + 1
                chosen[depth] = row
                column = _best_column(value[depth], error[depth], row, taken)
                if column >= 0:
                    _pivot(
                        value[depth], error[depth], value[depth + 1], error[depth + 1], row, column
                    )
                    columns[depth] = column
                    taken[column], inside[row] = True, True
                    depth += 1
                    if depth < most:
                        cursor[depth] = prefix[depth] if depth < fixed else row + 1
                    continue
                if n_unsure == unsure.shape[0]:
                    return at, n_unsure + 1
                known = max(depth + 1, fixed)
                unsure[n_unsure, 0], unsure[n_unsure, n] = known, at
                for q in range(known):
                    unsure[n_unsure, q + 1] = chosen[q] if q <= depth else prefix[q]
                n_unsure += 1
                last = row if known == depth + 1 else prefix[fixed - 1]
                at += _binomial(size - 1 - last, most + 1 - known)
                continue
        depth -= 1
        if depth >= 0:
            inside[chosen[depth]], taken[columns[depth]] = False, False
    return at, n_unsure
