"""Dot products of matching rows, correctly rounded: double-double floats first, then integers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.compiled import worth_compiling
from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import ExactArray, FloatArray, ObjectArray, frozen, nearest

__all__ = ["exact_dots", "floats_exactly", "rounded_dots", "row_ratios"]

_SPLIT = 2.0**27 + 1
_LARGE = 2.0**480  # products of smaller numbers, and their splittings, do not overflow
_TINY = 2.0**-1000  # far above what underflow can commit
_LEAST = 2.0**-900  # the second halves of larger numbers do not underflow
_BITS = 53
_PER_PRODUCT = 8e-8  # seconds that NumPy takes for one product of pairs


def row_ratios(array: ExactArray) -> tuple[ObjectArray, list[int]]:
    """Numerators and a denominator of its own for every row of a matrix.

    The common denominator of many unrelated fractions is enormous; it is not computed here.
    """
    rows = [array[i : i + 1] for i in range(len(array))]
    numerators = integer_rows([row.numerators[0].tolist() for row in rows], array.shape[1])
    return numerators, [row.denominator for row in rows]


def exact_dots(left: ExactArray, right: ExactArray, where: NDArray[np.intp]) -> ObjectArray:
    """Dot products of ``left[i]`` and ``right[where[i]]``, shape (m,), as Fractions.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> exact_dots(exact([[1, 2]]), exact([[7, 7], [0.5, 3]]), np.array([1])).tolist()
    [Fraction(13, 2)]
    """
    used, place = np.unique(where, return_inverse=True)
    numerators, denominators = row_ratios(right[used])
    sums = (left.numerators * numerators[place]).sum(axis=1).tolist()
    over = [left.denominator * d for d in denominators]
    found = np.empty(len(left), dtype=object)
    found[:] = [Fraction(int(v), over[i]) for v, i in zip(sums, place.tolist(), strict=True)]
    return found


def rounded_dots(left: ExactArray, right: ExactArray, where: NDArray[np.intp]) -> FloatArray:
    """Dot products of ``left[i]`` and ``right[where[i]]``, shape (m,), as the nearest floats.

    Parameters
    ----------
    left : ExactArray, shape (m, d)
    right : ExactArray, shape (n, d)
    where : int array, shape (m,)

    Returns
    -------
    float64 array, shape (m,)
        Correctly rounded, ties to even; infinite beyond the range of floats.

    Notes
    -----
    Sums of error-free products (Dekker; Ogita, Rump and Oishi 2005, "Accurate sum and dot
    product") are known to about 2^-104 of the sum of absolute values; only where that does not
    settle the last bit integers do.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> rounded_dots(exact([[2.0**60, 1, -(2.0**60)]]), exact([[1, 3, 1]]), np.array([0])).tolist()
    [3.0]
    """
    if left.floats is not None and (right.floats is not None or len(left) > len(right)):
        value, settled = _pair_dots(left.floats, *_pairs(right), where)
    else:
        first, second = floats_exactly(left), floats_exactly(right)
        if first is None or second is None or first[1] * second[1] >= 1 << _BITS:
            return _floats(exact_dots(left, right, where))
        divisor = float(first[1] * second[1])
        lows = np.zeros(second[0].shape)
        with np.errstate(all="ignore"):
            value, settled = _double_double(first[0], second[0][where], lows[where], divisor)
    (index,) = np.nonzero(~settled)
    if len(index):
        value[index] = _floats(exact_dots(left[index], right, where[index]))
    return value


def _pair_dots(
    a: FloatArray, b: FloatArray, lows: FloatArray, where: NDArray[np.intp]
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Rounded dot products with pairs, and where the rounding is proved."""
    if not worth_compiling(a.size * _PER_PRODUCT):
        with np.errstate(all="ignore"):
            return _double_double(a, b[where], lows[where], 1.0)
    from polytropic.arithmetic.dots_kernels import pair_dots

    tables = [frozen(np.ascontiguousarray(table).view()) for table in (a, b, lows)]
    value, settled = pair_dots(*tables, where, _relative(a.shape[1]), _TINY, _LARGE)
    return value, settled


def _pairs(array: ExactArray) -> tuple[FloatArray, FloatArray]:
    """Unevaluated sums of two floats, within 2^-106 of every entry; NaN where there is none."""
    if array.floats is not None:
        return array.floats, np.zeros(array.shape)
    numerators, denominators = row_ratios(array)
    high, low = np.empty(array.shape), np.empty(array.shape)
    for i, (row, below) in enumerate(zip(numerators.tolist(), denominators, strict=True)):
        for j, above in enumerate(row):
            high[i, j] = value = nearest(above, below)
            if above and not _LEAST < abs(value) < _LARGE:
                low[i, j] = np.nan
                continue
            p, q = value.as_integer_ratio()
            low[i, j] = nearest(above * q - p * below, below * q)
    return high, low


def floats_exactly(array: ExactArray) -> tuple[FloatArray, int] | None:
    """Floats and a denominator that are the array exactly, if there are such."""
    if array.floats is not None:
        return array.floats, 1
    numerators, denominators = row_ratios(array)
    common = 1
    for denominator in denominators:
        common = math.lcm(common, denominator)
        if common.bit_length() > _BITS:
            return None
    factors = [common // denominator for denominator in denominators]
    rows = [[x * f for x in row] for row, f in zip(numerators.tolist(), factors, strict=True)]
    if any(x.bit_length() > _BITS for row in rows for x in row):
        return None
    return np.array(rows, dtype=np.float64).reshape(array.shape), common


def _floats(fractions: ObjectArray) -> FloatArray:
    return np.array([nearest(x.numerator, x.denominator) for x in fractions], dtype=np.float64)


def _double_double(
    a: FloatArray, b: FloatArray, lows: FloatArray, divisor: float
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Rounded quotients of dot products with pairs, and where the rounding is proved."""
    n, d = a.shape
    high, low, size = np.zeros(n), np.zeros(n), np.zeros(n)
    for j in range(d):
        product, rest = _product(a[:, j], b[:, j])
        high, lost = _sum(high, product)
        low += (rest + a[:, j] * lows[:, j]) + lost
        size += np.abs(product)
    error = _relative(d) * size + _TINY * (size > 0)
    high, low = _sum(high, low)
    if divisor != 1:
        quotient = high / divisor
        back, rest = _product(quotient, np.full(n, divisor))
        low = ((high - back) - rest + low) / divisor
        error = 2 * error / divisor + 2.0**-103 * np.abs(quotient)
        high, low = _sum(quotient, low)
    moderate = (np.abs(a) < _LARGE).all(axis=1) & (np.abs(b) < _LARGE).all(axis=1)
    settled = moderate & (high + (low - 2 * error) == high) & (high + (low + 2 * error) == high)
    hidden = (size == 0) & ((a != 0) & (b != 0)).any(axis=1)
    return high, settled & ~hidden


def _relative(d: int) -> float:
    """Bound of the error of a dot product of pairs, relative to the sum of absolute values."""
    # Each of the 3 d small terms is at most 2^-53 times the size, up to a factor of d, and each
    # of the d true factors differs from its pair by 2^-106.
    return 16 * (d + 1) ** 2 * 2.0**-106


def _product(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rounded product and its error (Veltkamp, Dekker)."""
    product = x * y
    x_high, x_low = _split(x)
    y_high, y_low = _split(y)
    rest = ((x_high * y_high - product) + x_high * y_low + x_low * y_high) + x_low * y_low
    return product, rest


def _split(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    large = _SPLIT * x
    high = large - (large - x)
    return high, x - high


def _sum(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rounded sum and its error (Knuth)."""
    total = x + y
    part = total - x
    return total, (x - (total - part)) + (y - part)
