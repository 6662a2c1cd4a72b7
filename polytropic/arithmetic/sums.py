"""Sums and products of entries, exactly; in float64 as long as nothing is rounded there."""

from __future__ import annotations

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray

__all__ = ["in_floats", "is_zero", "product_of_entries", "sum_of_entries", "sums_of_runs"]

_BITS = 53
_LONGEST_RUN = 64
_LEAST = 2.0**-960  # products of larger size, and the errors of their sums, do not underflow


def sums_of_runs(values: ExactArray, starts: IntArray) -> ExactArray:
    """Sums of ``values[starts[i]:starts[i + 1]]``; the runs are not empty and cover all.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> sums_of_runs(exact([1, 2, 3, 4.5]), np.array([0, 1])).to_float()
    array([1. , 9.5])
    """
    if values.floats is not None:
        floats = _float_sums(values.floats, starts)
        if floats is not None:
            return ExactArray.of_floats(floats)
    return ExactArray(np.add.reduceat(values.numerators, starts), values.denominator)


def _float_sums(values: FloatArray, starts: IntArray) -> FloatArray | None:
    """Sums in float64, or None if one of them is rounded (Knuth's two-sum tells)."""
    lengths = np.diff(np.append(starts, len(values)))
    if lengths.max(initial=0) > _LONGEST_RUN:
        return None
    total = values[starts]
    for step in range(1, int(lengths.max(initial=0))):
        longer = np.flatnonzero(lengths > step)
        s = _two_sum(total[longer], values[starts[longer] + step])
        if s is None:
            return None
        total[longer] = s
    return total


def _two_sum(a: FloatArray, b: FloatArray) -> FloatArray | None:
    """Sum in float64, or None if it is rounded anywhere."""
    with np.errstate(all="ignore"):
        s: FloatArray = a + b
        other = s - a
        error = (a - (s - other)) + (b - other)
    return s if np.isfinite(s).all() and not (error != 0).any() else None


def sum_of_entries(left: ExactArray, right: ExactArray) -> ExactArray:
    """Entry by entry sum of two arrays of one shape.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> sum_of_entries(exact([0.5, 3]), exact([4, 0.25])).to_float()
    array([4.5 , 3.25])
    """
    for one, other in ((left, right), (right, left)):
        if is_zero(one):
            return other
    if left.floats is not None and right.floats is not None:
        floats = _two_sum(left.floats, right.floats)
        if floats is not None:
            return ExactArray.of_floats(floats)
    return left + right


def in_floats(array: ExactArray) -> ExactArray:
    """Store an array as float64 if it is made of them.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from polytropic.arithmetic.numbers import exact
    >>> in_floats(exact([Fraction(1, 2)])).floats, in_floats(exact([Fraction(1, 3)])).floats
    (array([0.5]), None)
    """
    denominator = array.denominator if array.floats is None else 0
    if not denominator or denominator & (denominator - 1):
        return array
    floats = array.to_float()
    if not np.isfinite(floats).all():
        return array
    stored = ExactArray.of_floats(floats)
    return stored if stored == array else array


def is_zero(array: ExactArray) -> bool:
    """Whether all entries are zero."""
    return not (array.numerators if array.floats is None else array.floats).any()


def product_of_entries(left: ExactArray, right: ExactArray) -> ExactArray:
    """Entry by entry product of two arrays of one shape.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> product_of_entries(exact([0.5, 3]), exact([4, 0.25])).to_float()
    array([2.  , 0.75])
    """
    if left.floats is None or right.floats is None:
        return left * right
    if significant_bits(left.floats) + significant_bits(right.floats) <= _BITS:
        with np.errstate(all="ignore"):
            product = left.floats * right.floats
        zero = (left.floats == 0) | (right.floats == 0)
        if (np.isfinite(product) & (zero | (np.abs(product) > _LEAST))).all():
            return ExactArray.of_floats(product)
    return left * right


def significant_bits(values: FloatArray) -> int:
    """Most binary digits from the first to the last that is set, in any of the numbers."""
    integers = np.ldexp(np.frexp(values)[0], _BITS).astype(np.int64)
    integers = integers[integers != 0]
    if not len(integers):
        return 0
    lowest = int((integers & -integers).min())
    return _BITS + 1 - lowest.bit_length()
