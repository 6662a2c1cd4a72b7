"""Ratios of determinants, correctly rounded: pairs of floats first, with a proven error bound.

A number is carried as an unevaluated sum of two floats, ``high + low`` (about 106 bits).  Sums and
products of such pairs err by at most ``2^-100`` times the sum, or product, of the absolute values.
So a maximal minor of a matrix whose rows have 1-norms N_1, N_2, ... errs by at most
``k 2^-100 N_1 N_2 ...`` for the k roundings of `minors`; the proof is the same.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
from numba.core import types
from numba.extending import intrinsic

__all__ = ["cofactor_ratios"]

_STEP = 2.0**-100
_TINY = 2.0**-900
_HUGE = 2.0**900


@intrinsic  # type: ignore[untyped-decorator]
def _fused(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
    """``a * b + c`` with one rounding."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fma(*args)

    return types.float64(types.float64, types.float64, types.float64), codegen


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _accumulate(high: float, low: float, x: float, yh: float, yl: float) -> Any:
    """``(high + low) + x * (yh + yl)``."""
    product = x * yh
    rest = _fused(x, yh, -product) + x * yl
    total = high + product
    shadow = total - high
    error = (high - (total - shadow)) + (product - shadow)
    tail = error + (low + rest)
    high = total + tail
    return high, tail - (high - total)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def cofactor_ratios(rows: Any, exponents: Any, simplices: Any, lead: int, roundings: int) -> Any:
    """Solutions of homogeneous systems, divided by one coordinate and rounded.

    Parameters
    ----------
    rows : float array, shape (n, D)
    exponents : int array, shape (D,)
        The system means the rows times ``2**exponents``, column by column.
    simplices : int array, shape (F, D - 1)
        Each names D - 1 rows; let y be the vector (up to a factor) orthogonal to all of them.
    lead : int
        The coordinate to divide by; -1 for the largest one after the first, keeping signs.
    roundings : int
        On the way of one product to a minor.

    Returns
    -------
    ratios : float array, shape (F, D)
        ``y / y[lead]``, rounded to nearest (ties away from it cannot occur).
    sure : bool array, shape (F,)
        Whether all roundings of the row are proven.
    """
    count, size = simplices.shape
    width = size + 1
    ratios = np.empty((count, width))
    sure = np.ones(count, dtype=np.bool_)
    everything = (1 << width) - 1
    high, low = np.zeros(everything + 1), np.zeros(everything + 1)
    bits = np.zeros(everything + 1, dtype=np.int64)
    for mask in range(1, everything + 1):
        bits[mask] = bits[mask >> 1] + (mask & 1)
    high[0] = 1.0
    yh, yl = np.empty(width), np.empty(width)
    for f in range(count):
        norm = 1.0
        for r in range(size):
            length = 0.0
            for c in range(width):
                length += abs(rows[simplices[f, r], c])
            norm *= length
        for mask in range(1, everything):
            row = simplices[f, bits[mask] - 1]
            upper, lower, sign = 0.0, 0.0, 1.0
            for c in range(width - 1, -1, -1):
                if mask >> c & 1:
                    rest = mask ^ (1 << c)
                    x = sign * rows[row, c]
                    upper, lower = _accumulate(upper, lower, x, high[rest], low[rest])
                    sign = -sign
            high[mask], low[mask] = upper, lower
        error = 2 * roundings * _STEP * norm * (1 + width * 2.0**-50) + _TINY
        first, largest, power = lead, 0.0, 0
        for c in range(width):
            rest = everything ^ (1 << c)
            sign = 1.0 if (size + c) % 2 == 0 else -1.0
            yh[c], yl[c] = sign * high[rest], sign * low[rest]
            if lead < 0 and c > 0:
                # Mantissas and exponents apart: the number itself may be out of range.
                mantissa, exponent = math.frexp(abs(yh[c]))
                exponent -= exponents[c]
                larger = exponent > power or (exponent == power and mantissa > largest)
                if first < 0 or largest == 0.0 or (larger and mantissa > 0.0):
                    first, largest, power = c, mantissa, exponent
        if not (abs(yh[first]) > 2.0**20 * error and norm < _HUGE):
            sure[f] = False
            continue
        scale = 1.0 if lead >= 0 or yh[first] > 0 else -1.0
        for c in range(width):
            if c == first:
                ratios[f, c] = scale
                continue
            # One step of refinement: q + r is the quotient of the pairs to about 2^-100.
            q = yh[c] / yh[first]
            product = q * yh[first]
            rest = ((yh[c] - product) - _fused(q, yh[first], -product)) + (yl[c] - q * yl[first])
            r = rest / yh[first]
            value = q + r
            left = r - (value - q)
            slack = (2 * error * (1 + abs(value)) / abs(yh[first])) + abs(r) * 2.0**-48
            slack += abs(value) * 2.0**-96
            # The nearest float is certain if the true quotient stays within half a gap of it.
            mantissa, exponent = math.frexp(value)
            gap = math.ldexp(0.5 if abs(mantissa) == 0.5 else 1.0, exponent - 54)
            if not (abs(left) + slack < gap * (1 - 2.0**-20)) or abs(value) < _TINY:
                sure[f] = False
            ratios[f, c] = scale * math.ldexp(value, exponents[first] - exponents[c])
    return ratios, sure
