"""Compiled proofs that a proposal of `minkowski_kernels` is right; the bounds are in the reference.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

__all__ = ["cancels", "cancels_in_integers", "proven"]

_UNIT = 2.0**-53
_TINY = 2.0**-900
_MULTIPLES = 24  # common denominators that are tried for integer weights


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def proven(u: Any, members: Any, m: int, values: Any, radii: Any) -> bool:
    """Whether ``<u, x> > 0`` for all members, roundings and errors of x included."""
    d = len(u)
    length = 0.0
    for j in range(d):
        length += abs(u[j])
    if not 0 < length < np.inf:
        return False
    for k in range(m):
        i = members[k] >> 1
        total, size = 0.0, 0.0
        for j in range(d):
            term = u[j] * values[i, j]
            total += term
            size += abs(term)
        if members[k] & 1:
            total = -total
        if not total > 2 * (d + 3) * _UNIT * size + 2 * radii[i] * length + _TINY:
            return False
    return True


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def cancels_in_integers(support: Any, weights: Any, size: int, balance: Any, small: Any) -> bool:
    """Whether small integers near the proposed weights make the directions cancel, exactly."""
    if len(small) == 0:
        return False
    d = small.shape[1]
    # The weights belong to balanced directions: turn them into weights of the directions.
    factors = np.empty(size)
    least = np.inf
    for k in range(size):
        i = support[k] >> 1
        length = 0.0
        for j in range(d):
            total = 0.0
            for a in range(d):
                total += small[i, a] * balance[a, j]
            length += total * total
        factors[k] = weights[k] / np.sqrt(length)
        least = min(least, factors[k])
    whole = np.empty(size, np.int64)
    for multiple in range(1, _MULTIPLES + 1):
        good = True
        for k in range(size):
            scaled = factors[k] / least * multiple
            if not scaled < 2.0**20:
                return False
            whole[k] = np.int64(np.rint(scaled))
            if abs(scaled - whole[k]) > 1e-6 * scaled:
                good = False
                break
        if not good:
            continue
        for j in range(d):
            total = 0
            for k in range(size):
                sign = 1 - 2 * (support[k] & 1)
                total += sign * whole[k] * small[support[k] >> 1, j]
            if total != 0:
                good = False
                break
        if good:
            return True
    return False


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def cancels(support: Any, values: Any, radii: Any) -> bool:
    """Whether d + 1 directions certainly have a positive combination that vanishes.

    With A the columns of all directions but the first and B its approximate inverse,
    ``|I - B A| < 1`` proves A regular, and the error of an approximate solution y of ``A y = -a``
    is at most ``|B r| / (1 - |I - B A|)`` for its residual r (all norms are maxima).
    """
    d = values.shape[1]
    A, a = np.empty((d, d)), np.empty(d)
    errors = np.empty(d)
    for k in range(d + 1):
        i = support[k] >> 1
        sign = 1.0 - 2.0 * (support[k] & 1)
        for j in range(d):
            if k == 0:
                a[j] = sign * values[i, j]
            else:
                A[j, k - 1] = sign * values[i, j]
        if k:
            errors[k - 1] = radii[i]
    B = _inverse(A)
    if len(B) == 0:
        return False
    y = np.empty(d)
    for i in range(d):
        y[i] = 0.0
        for j in range(d):
            y[i] -= B[i, j] * a[j]
        if not y[i] > 0:
            return False
    gap = 0.0
    residual = np.empty(d)
    for i in range(d):
        row = 0.0
        size = 0.0
        for j in range(d):
            size += abs(B[i, j])
        for k in range(d):
            total, absolute = -1.0 * (i == k), 1.0
            for j in range(d):
                total += B[i, j] * A[j, k]
                absolute += abs(B[i, j] * A[j, k])
            row += abs(total) + 2 * (d + 3) * _UNIT * absolute + 2 * size * errors[k]
        gap = max(gap, row)
        total, absolute, spread = a[i], abs(a[i]), radii[support[0] >> 1]
        for k in range(d):
            total += A[i, k] * y[k]
            absolute += abs(A[i, k]) * y[k]
            spread += errors[k] * y[k]
        residual[i] = abs(total) + 2 * (d + 3) * _UNIT * absolute + 2 * spread + _TINY
    if not gap < 0.5:
        return False
    error = 0.0
    for i in range(d):
        total = 0.0
        for j in range(d):
            total += abs(B[i, j]) * residual[j]
        error = max(error, 4 * total)
    certain = True
    for k in range(d):
        certain &= y[k] > error
    return certain


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _inverse(matrix: Any) -> Any:
    """Approximate inverse by Gauss and Jordan, or an empty array."""
    d = len(matrix)
    left, right = matrix.copy(), np.eye(d)
    for column in range(d):
        pivot = column
        for row in range(column, d):
            if abs(left[row, column]) > abs(left[pivot, column]):
                pivot = row
        if left[pivot, column] == 0:
            return np.empty((0, 0))
        for j in range(d):
            left[pivot, j], left[column, j] = left[column, j], left[pivot, j]
            right[pivot, j], right[column, j] = right[column, j], right[pivot, j]
        lead = left[column, column]
        for j in range(d):
            left[column, j] /= lead
            right[column, j] /= lead
        for row in range(d):
            if row != column and left[row, column] != 0:
                share = left[row, column]
                for j in range(d):
                    left[row, j] -= share * left[column, j]
                    right[row, j] -= share * right[column, j]
    return right
