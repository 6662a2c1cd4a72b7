"""Float arrays with proven bounds on their errors: the filter in front of exact arithmetic.

A `Bounded` says that the true value of every entry lies within ``error`` of ``value``.  The
operations below keep that promise by running forward error analysis (unit roundoff ``u = 2^-53``,
a dot product of length n in any order of summation errs by at most ``n u / (1 - n u)`` times the
dot product of absolute values; all constants are at least doubled to cover the rounding of the
bounds themselves).  An entry whose error is zero is exactly its value.  Overflow gives infinite or
NaN entries, which decide no sign.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, FloatArray, ObjectArray

__all__ = [
    "UNDECIDED",
    "Bounded",
    "SignArray",
    "affine",
    "blend",
    "integer_rounding",
    "positive_part",
    "round_ratios",
    "round_scaled",
]

SignArray = NDArray[np.int8]

UNDECIDED = 2
"""The sign that the filter gives to an entry whose interval contains zero."""

_UNIT = 2.0**-53
# Far above any error that underflow can commit in one dot product, gradual or flushed to zero.
_TINY = 2.0**-1000
_SUBNORMAL = 2.0**-960
_SAFE_RELATIVE = 0.05
_SAFE_SHARE = 2.0**-900  # shares, and their products with the unit roundoff, are normal numbers
_SHORT_BITS = 53


class Bounded(NamedTuple):
    """Float values and absolute error bounds of the same shape."""

    value: FloatArray
    error: FloatArray

    def signs(self) -> SignArray:
        """Sign of every entry: -1, 0 (exactly zero), 1, or `UNDECIDED`."""
        signs = np.full(self.value.shape, UNDECIDED, dtype=np.int8)
        signs[self.value > self.error] = 1
        signs[self.value < -self.error] = -1
        signs[(self.value == 0) & (self.error == 0)] = 0
        return signs

    def rows(self, index: NDArray[np.intp] | slice) -> Bounded:
        """Pick rows."""
        return Bounded(self.value[index], self.error[index])


def round_scaled(array: ExactArray, exponent: int = 0) -> Bounded:
    """Round ``array * 2**exponent`` to floats, with error zero where the rounding is exact.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> round_scaled(exact([3, 0.5])).error.tolist()
    [0.0, 0.0]
    """
    if array.floats is not None:
        with np.errstate(over="ignore", under="ignore"):
            scaled = np.ldexp(array.floats, exponent)
            if np.array_equal(np.ldexp(scaled, -exponent), array.floats):
                return Bounded(scaled, np.zeros(scaled.shape))
    up, down = max(exponent, 0), max(-exponent, 0)
    row = [numerator << up for numerator in array.numerators.ravel().tolist()]
    value, error = round_ratios([row], [array.denominator << down])
    return Bounded(value.reshape(array.shape), error.reshape(array.shape))


def round_ratios(rows: Sequence[Sequence[int]], denominators: Sequence[int]) -> Bounded:
    """Round ``rows[i] / denominators[i]`` to floats.

    The error is zero for zeros and for short dyadic numbers, the inputs on which exact ties occur.
    """
    short = [_is_short(d) and d & (d - 1) == 0 for d in denominators]
    value = np.array(
        [[_ratio(n, d) for n in row] for row, d in zip(rows, denominators, strict=True)]
    )
    exact = np.array(
        [[(s and _is_short(n)) or n == 0 for n in row] for row, s in zip(rows, short, strict=True)],
        dtype=bool,
    )
    error = np.where(np.isfinite(value), 2 * _UNIT * np.abs(value), np.inf)
    error[np.abs(value) < _SUBNORMAL] = _TINY
    return Bounded(value, np.where(exact, 0.0, error))


def _is_short(number: int) -> bool:
    return number.bit_length() <= _SHORT_BITS


def _ratio(numerator: int, denominator: int) -> float:
    try:
        return numerator / denominator
    except OverflowError:
        return math.inf if numerator > 0 else -math.inf


def affine(y: Bounded, height: FloatArray, weight: Bounded, bias: Bounded) -> Bounded:
    """``y @ weight.T + height * bias`` for rows y of shape (n, m) and heights of shape (n,).

    Heights are exact: one for points and zero for directions (homogeneous coordinates).
    """
    length = weight.value.shape[1] + 1
    absolute_weight = np.abs(weight.value)
    with np.errstate(all="ignore"):
        value = y.value @ weight.value.T + np.outer(height, bias.value)
        size = np.abs(y.value) @ absolute_weight.T + np.outer(height, np.abs(bias.value))
        spread = y.error @ (absolute_weight + weight.error).T + np.outer(height, bias.error)
        if weight.error.any():
            spread = spread + np.abs(y.value) @ weight.error.T
        error = spread * (1 + 4 * length * _UNIT) + 2 * (length + 3) * _UNIT * size
        # Written so that NaN (an infinite error times a zero weight) stays NaN.
        error = np.where((size == 0) & (spread == 0), 0.0, error + length * _TINY)
    # Underflow may hide a term altogether: such an entry has size zero although its factors are
    # not; the guard below restores the bound without touching true zeros.
    hidden = (size == 0) & (error == 0)
    if hidden.any():
        error = np.where(hidden & _touched(y, height, weight, bias), length * _TINY, error)
    return Bounded(value, error)


def _touched(y: Bounded, height: FloatArray, weight: Bounded, bias: Bounded) -> NDArray[np.bool_]:
    alive = ((y.value != 0) | (y.error != 0)).astype(np.float64)
    used = ((weight.value != 0) | (weight.error != 0)).astype(np.float64)
    biased = (bias.value != 0) | (bias.error != 0)
    touched: NDArray[np.bool_] = (alive @ used.T > 0) | np.outer(height != 0, biased)
    return touched


def positive_part(z: Bounded) -> Bounded:
    """``max(z, 0)``; entries that are certainly negative become exact zeros."""
    negative = z.value < -z.error
    value = np.where(negative, 0.0, np.maximum(z.value, 0.0))
    return Bounded(value, np.where(negative, 0.0, z.error))


def blend(
    first: Bounded,
    second: Bounded,
    weights: tuple[Bounded, Bounded],
    heights: tuple[FloatArray, FloatArray],
) -> tuple[Bounded, NDArray[np.bool_]]:
    """Combine rows ``a first + b second`` for positive a, b and bring them to height one or zero.

    Parameters
    ----------
    first, second : Bounded, shape (n, m)
    weights : pair of Bounded, shape (n,)
        The positive factors a and b.
    heights : pair of arrays, shape (n,)
        Homogenising coordinates, exactly 0 or 1.

    Returns
    -------
    rows : Bounded, shape (n, m)
        The combination divided by ``a * height1 + b * height2`` (by ``a + b`` for two directions).
    ok : bool array, shape (n,)
        False where the factors are known too poorly, or are too unequal, for the bound to hold.

    Notes
    -----
    With ``rho = b / a`` known to a relative error r, the share ``rho / (1 + rho)`` errs by at most
    ``share * (1 - share) * r / (1 - r)``; a direction added to a point errs by ``rho r``.  Errors
    of the rows are carried over by the true shares, which exceed those used by at most the factor
    ``1 + r / (1 - r)``: a larger factor would grow exponentially along chains of cuts.
    """
    a, b = weights
    with np.errstate(all="ignore"):
        relative_a, relative_b = a.error / a.value, b.error / b.value
        ok = (relative_a < _SAFE_RELATIVE) & (relative_b < _SAFE_RELATIVE)
        r = (relative_a + relative_b) / (1 - relative_a) + 8 * _UNIT
        r = r / (1 - r)
        mixed = heights[0] != heights[1]
        point_first = mixed & (heights[0] == 1)
        share_a = np.where(mixed, np.where(point_first, 1.0, a.value / b.value),
                           a.value / (a.value + b.value))  # fmt: skip
        share_b = np.where(mixed, np.where(point_first, b.value / a.value, 1.0),
                           b.value / (a.value + b.value))  # fmt: skip
        left, right = share_a[:, None] * first.value, share_b[:, None] * second.value
        value = left + right
        slack = np.where(mixed, np.where(point_first, share_b, share_a), share_a * share_b) * r
        moved = np.where(
            mixed[:, None],
            np.where(point_first[:, None], np.abs(second.value), np.abs(first.value)),
            np.abs(first.value - second.value),
        )
        carried = share_a[:, None] * first.error + share_b[:, None] * second.error
        size = np.abs(left) + np.abs(right)
        carry = ((1 + r) * (1 + 16 * _UNIT))[:, None]
        error = slack[:, None] * moved * (1 + 8 * _UNIT) + carry * carried + 16 * _UNIT * size
        alive = (first.value != 0) | (first.error != 0) | (second.value != 0) | (second.error != 0)
        error = np.where(alive, error + _TINY, 0.0)
        ok &= np.minimum(share_a, share_b) > _SAFE_SHARE
        ok &= np.isfinite(value).all(axis=1) & np.isfinite(error).all(axis=1)
    return Bounded(value, error), ok


def integer_rounding(rows: ObjectArray) -> Bounded:
    """Round integer rows to floats, each row scaled by its own power of two to at most one."""
    plain = rows.tolist()
    bits = [max((abs(entry).bit_length() for entry in row), default=0) for row in plain]
    rounded = round_ratios(plain, [1 << b for b in bits])
    return Bounded(rounded.value.reshape(rows.shape), rounded.error.reshape(rows.shape))
