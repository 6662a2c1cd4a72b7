"""Exact signs of many dot products: float matrix products first, integers where undecided."""

from __future__ import annotations

import numpy as np

from polytropic.arithmetic.bounded import (
    UNDECIDED,
    Bounded,
    SignArray,
    affine,
    integer_rounding,
)
from polytropic.arithmetic.numbers import ObjectArray

__all__ = ["product_signs"]

_BLOCK = 1 << 22  # entries of one float block: 32 MB


def product_signs(left: ObjectArray, right: ObjectArray) -> SignArray:
    """Signs of ``left @ right.T`` for matrices of integer rows, exactly.

    Parameters
    ----------
    left : object array, shape (k, n)
    right : object array, shape (m, n)

    Returns
    -------
    int8 array, shape (k, m)
        Entries -1, 0, 1.

    Notes
    -----
    O(k m n) floating point operations, plus one exact dot product for every sign that the error
    bound leaves open (in general: for the true zeros).

    Examples
    --------
    >>> from polytropic.arithmetic.linalg import integer_rows
    >>> rows = integer_rows([[10**30, 1], [10**30, -1]], 2)
    >>> product_signs(rows, integer_rows([[1, -(10**30)], [0, 1]], 2)).tolist()
    [[0, 1], [1, -1]]
    """
    signs = np.zeros((len(left), len(right)), dtype=np.int8)
    if 0 in signs.shape or left.shape[1] == 0:
        return signs
    floats, weights = integer_rounding(left), integer_rounding(right)
    no_bias = Bounded(np.zeros(len(right)), np.zeros(len(right)))
    step = max(1, _BLOCK // len(right))
    for start in range(0, len(left), step):
        block = slice(start, start + step)
        rows = Bounded(floats.value[block], floats.error[block])
        signs[block] = affine(rows, np.zeros(len(rows.value)), weights, no_bias).signs()
    _decide(signs, left, right)
    return signs


def _decide(signs: SignArray, left: ObjectArray, right: ObjectArray) -> None:
    rows, columns = np.nonzero(signs == UNDECIDED)
    step = max(1, _BLOCK // (8 * left.shape[1]))
    for start in range(0, len(rows), step):
        i, j = rows[start : start + step], columns[start : start + step]
        exact = (left[i] * right[j]).sum(axis=1)
        signs[i, j] = (exact > 0).astype(np.int8) - (exact < 0).astype(np.int8)
