"""Maximal minors of many small matrices at once, by Laplace expansion over column subsets.

The same recursion serves floats and integers.  In floats its error is bounded by

    |computed - true|  <=  k u * product of the 1-norms of the rows

summed over all maximal minors together: a minor is a sum of products of one entry per row, no two
in the same column, so the absolute values of all these products, over all choices of columns, add
up to at most the product of the 1-norms.  No product passes through more than
``ROUNDINGS(size)`` roundings.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from polytropic.arithmetic.numbers import FloatArray, ObjectArray

__all__ = ["normals", "roundings"]

_Array = TypeVar("_Array", FloatArray, ObjectArray)


def roundings(size: int) -> int:
    """Most roundings on the way of any one product in `normals` of `size` rows.

    Level j of the recursion multiplies once and adds at most j terms.
    """
    return size * (size + 1) // 2


def normals(rows: _Array) -> _Array:
    """Vectors n with ``n . x = det(rows, x)``, for many matrices at once.

    Parameters
    ----------
    rows : float64 or object array, shape (d - 1, d, k)
        Row r, column c of matrix i stands at ``[r, c, i]``; d >= 1.

    Returns
    -------
    array of the same kind, shape (d, k)
        Exact for integers; for floats see the error bound of the module.

    Notes
    -----
    ``d 2^(d-1)`` vectorised multiplications.

    Examples
    --------
    >>> normals(np.array([[[3.0], [4.0]]])).ravel()
    array([-4.,  3.])
    """
    size, width, count = rows.shape
    everything = (1 << width) - 1
    if size == 0:
        return np.full((1, count), 1, dtype=rows.dtype)
    minors = {1 << column: rows[0, column] for column in range(width)}
    for level in range(1, size):
        minors = {
            mask: _expand(mask, rows[level], minors)
            for mask in range(everything + 1)
            if mask.bit_count() == level + 1
        }
    result = np.empty((width, count), dtype=rows.dtype)
    for column in range(width):
        minor = minors[everything ^ (1 << column)]
        result[column] = minor if (size + column) % 2 == 0 else -minor
    return result


def _expand(mask: int, row: _Array, minors: dict[int, _Array]) -> _Array:
    """Laplace expansion along the last row."""
    columns = [column for column in range(mask.bit_length()) if mask >> column & 1]
    total = row[columns[-1]] * minors[mask ^ (1 << columns[-1])]
    for distance, column in enumerate(reversed(columns[:-1]), 1):
        term = row[column] * minors[mask ^ (1 << column)]
        total = total - term if distance % 2 else total + term
    return total
