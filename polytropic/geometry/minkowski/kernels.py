"""Compiled loops of `minkowski`; `minkowski_reference` says the same in NumPy.

Every test asks whether some u has ``<u, x> > 0`` for all directions x of a list.  The point of
least norm in the hull of the (normalised) directions answers: if it is not the origin it is such a
u, if it is then the origin is a positive combination of directions.  Floats only propose; the
proposals are proven here with error bounds, or in integers, or the test is left open.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from polytropic.geometry.minkowski.proofs import cancels, cancels_in_integers, proven

__all__ = ["decide"]

OPEN, YES, NO = 0, 1, 2
_ZERO = 1e-22  # squared norm below which the origin is proposed
_CENTRED = 0.25  # how close to the widest margin a u must come
_LIGHT = 1e-10  # weight below which a direction is dropped from a proposal
_DEPENDENT = 1e-13


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def decide(
    lists: Any,
    which: Any,
    more_lists: Any,
    which_more: Any,
    flipped: Any,
    guesses: Any,
    values: Any,
    radii: Any,
    balanced: Any,
    balance: Any,
    small: Any,
) -> Any:
    """Decide one test per entry of `which`; see the reference for all arguments."""
    starts, ids = lists
    more_starts, more_ids = more_lists
    count, d = len(which), values.shape[1]
    verdicts = np.zeros(count, np.int8)
    normals = np.zeros((count, d))
    supports = np.full((count, d + 2), -1, np.int64)
    seen = np.full(2 * len(values), -1, np.int64)
    longest = _longest(starts) + _longest(more_starts)
    members = np.empty(longest, np.int64)
    points = np.empty((longest, d))
    x, u = np.empty(d), np.empty(d)
    corral, weights = np.empty(d + 2, np.int64), np.empty(d + 2)
    for t in range(count):
        q, r = which[t], which_more[t]
        clash, m = _gather(ids[starts[q] : starts[q + 1]], flipped[t], t, members, 0, seen)
        if clash < 0:
            more = more_ids[more_starts[r] : more_starts[r + 1]]
            clash, m = _gather(more, flipped[t], t, members, m, seen)
        if clash >= 0:
            verdicts[t] = NO
            supports[t, 0], supports[t, 1] = clash, clash ^ 1
            continue
        if proven(guesses[t], members, m, values, radii):
            verdicts[t] = YES
            normals[t] = guesses[t]
            continue
        for k in range(m):
            sign = 1.0 - 2.0 * (members[k] & 1)
            for j in range(d):
                points[k, j] = sign * balanced[members[k] >> 1, j]
        found, size = _least_point(points, m, x, corral, weights)
        if found == YES:
            for i in range(d):
                total = 0.0
                for j in range(d):
                    total += balance[i, j] * x[j]
                u[i] = total
            normals[t] = u
            if proven(u, members, m, values, radii):
                verdicts[t] = YES
        elif found == NO:
            kept = 0
            for k in range(size):
                if weights[k] > _LIGHT:
                    supports[t, kept] = members[corral[k]]
                    weights[kept] = weights[k]
                    kept += 1
            certain = cancels_in_integers(supports[t], weights, kept, balance, small)
            if not certain and kept == d + 1:
                certain = cancels(supports[t], values, radii)
            if certain:
                verdicts[t] = NO
    return verdicts, normals, supports


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _longest(starts: Any) -> int:
    longest = 0
    for i in range(len(starts) - 1):
        longest = max(longest, starts[i + 1] - starts[i])
    return longest


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _gather(ids: Any, flipped: int, stamp: int, members: Any, m: int, seen: Any) -> Any:
    """Append directions that are new; a direction whose opposite is there, or -1; their number."""
    for i in ids:
        if i == flipped:
            i = i ^ 1
        if seen[i ^ 1] == stamp:
            return np.int64(i), m
        if seen[i] != stamp:
            seen[i] = stamp
            members[m] = i
            m += 1
    return np.int64(-1), m


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _least_point(points: Any, m: int, x: Any, corral: Any, weights: Any) -> Any:
    """Wolfe's method for the point x of least norm: what it says about 0, and the corral's size.

    Stops as soon as x separates the points from the origin with a fair share of the best margin.
    """
    d = points.shape[1]
    factor = np.empty((d + 2, d + 2))  # Cholesky factor of 1 + <p_i, p_j> over the corral
    middle = np.zeros(d)
    for k in range(m):
        for j in range(d):
            middle[j] += points[k, j]
    first, least = 0, np.inf
    for k in range(m):
        height = 0.0
        for j in range(d):
            height += points[k, j] * middle[j]
        if height < least:
            first, least = k, height
    size = 1
    corral[0], weights[0] = first, 1.0
    x[:] = points[first]
    _append(points, corral, factor, 0)
    target = np.empty(d + 2)
    for _ in range(50 + 20 * d):
        norm = 0.0
        for j in range(d):
            norm += x[j] * x[j]
        if norm < _ZERO:
            return NO, size
        entering, least = 0, np.inf
        for k in range(m):
            height = 0.0
            for j in range(d):
                height += points[k, j] * x[j]
            if height < least:
                entering, least = k, height
        if least > _CENTRED * norm:
            return YES, size
        if size == d + 1:
            return OPEN, size
        corral[size], weights[size] = entering, 0.0
        if not _append(points, corral, factor, size):
            return OPEN, size
        size += 1
        while True:
            _affine_minimum(factor, size, target)
            step, leaving = 1.0, -1
            for k in range(size):
                if target[k] <= _LIGHT and target[k] < weights[k]:
                    share = weights[k] / (weights[k] - target[k])
                    if share < step:
                        step, leaving = share, k
            for k in range(size):
                weights[k] += step * (target[k] - weights[k])
            if leaving < 0:
                break
            size = _drop(corral, weights, size, leaving)
            for k in range(size):
                if not _append(points, corral, factor, k):
                    return OPEN, size
        x[:] = 0.0
        for k in range(size):
            for j in range(d):
                x[j] += weights[k] * points[corral[k], j]
    return OPEN, size


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _append(points: Any, corral: Any, factor: Any, row: int) -> bool:
    """Add one row to the Cholesky factor; False if the new point depends on the others."""
    d = points.shape[1]
    for i in range(row + 1):
        total = 1.0
        for j in range(d):
            total += points[corral[row], j] * points[corral[i], j]
        for j in range(i):
            total -= factor[row, j] * factor[i, j]
        if i < row:
            factor[row, i] = total / factor[i, i]
        elif total > _DEPENDENT:
            factor[row, row] = np.sqrt(total)
        else:
            return False
    return True


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _affine_minimum(factor: Any, size: int, target: Any) -> None:
    """Affine weights of the point of least norm in the affine hull of the corral."""
    for i in range(size):
        total = 1.0
        for j in range(i):
            total -= factor[i, j] * target[j]
        target[i] = total / factor[i, i]
    whole = 0.0
    for i in range(size - 1, -1, -1):
        total = target[i]
        for j in range(i + 1, size):
            total -= factor[j, i] * target[j]
        target[i] = total / factor[i, i]
        whole += target[i]
    for i in range(size):
        target[i] /= whole


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _drop(corral: Any, weights: Any, size: int, leaving: int) -> int:
    for k in range(leaving, size - 1):
        corral[k], weights[k] = corral[k + 1], weights[k + 1]
    return size - 1
