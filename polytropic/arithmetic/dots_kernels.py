"""Compiled loop of `rounded_dots`; `dots` says the same in NumPy.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from polytropic.arithmetic.double_double import _fused

__all__ = ["pair_dots"]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def pair_dots(a: Any, b: Any, lows: Any, where: Any, unit: float, tiny: float, large: float) -> Any:
    """Dot products of ``a[i]`` and the pairs ``b[where[i]] + lows[where[i]]``, rounded.

    Parameters
    ----------
    a : float array, shape (m, d)
    b, lows : float arrays, shape (n, d)
    where : int array, shape (m,)
    unit, tiny, large : float
        The result errs by less than ``unit`` times the sum of absolute values, plus ``tiny``, if
        no factor reaches ``large``.

    Returns
    -------
    value : float array, shape (m,)
    settled : bool array, shape (m,)
        Where the rounding is proved.
    """
    m, d = a.shape
    value, settled = np.empty(m), np.empty(m, np.bool_)
    for i in range(m):
        row = where[i]
        high, low, size, moderate, touched = 0.0, 0.0, 0.0, True, False
        for j in range(d):
            x, y = a[i, j], b[row, j]
            product = x * y
            rest = _fused(x, y, -product) + x * lows[row, j]
            total = high + product
            part = total - high
            low += rest + ((high - (total - part)) + (product - part))
            high = total
            size += abs(product)
            touched |= x != 0 and y != 0
            moderate &= abs(x) < large and abs(y) < large
        total = high + low
        part = total - high
        low = (high - (total - part)) + (low - part)
        slack = 2 * (unit * size + tiny) if touched else 0.0
        value[i] = total
        settled[i] = moderate and total + (low - slack) == total and total + (low + slack) == total
    return value, settled
