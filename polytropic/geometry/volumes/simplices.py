"""Exact determinants of many simplices at once."""

from __future__ import annotations

from collections.abc import Sequence

import flint
import numpy as np

from polytropic.arithmetic.minors import normals
from polytropic.arithmetic.numbers import FloatArray, IntArray, ObjectArray

__all__ = ["determinants"]

_EXACT = 2.0**52  # integers up to twice this size are floats
_WIDEST = 11  # from here on one elimination beats 2^n minors
_BLOCK = 1 << 14


def determinants(rows: ObjectArray, simplices: IntArray | Sequence[Sequence[int]]) -> ObjectArray:
    """Signed determinants of the square matrices ``rows[simplex]``.

    Parameters
    ----------
    rows : object array of int, shape (m, n)
        For instance homogeneous coordinates ``(t, x)`` of points.
    simplices : int array, shape (k, n)
        Numbers of rows.

    Returns
    -------
    object array of int, shape (k,)

    Notes
    -----
    Where all entries are so small that floats hold every intermediate number, minors are expanded
    in float64 for all simplices together (``n 2^n`` vectorised operations); otherwise FLINT
    eliminates one matrix at a time.

    Examples
    --------
    >>> points = np.array([[1, 0, 0], [1, 5, 0], [1, 0, 7]], dtype=object)
    >>> determinants(points, [[0, 1, 2], [1, 0, 2]]).tolist()
    [35, -35]
    """
    chosen = np.asarray(simplices, dtype=np.intp).reshape(len(simplices), rows.shape[1])
    if 0 in chosen.shape:
        return np.full(len(simplices), 1, dtype=object)
    small = _small(rows)
    if small is not None and rows.shape[1] <= _WIDEST:
        parts = [
            _float_determinants(small[chosen[start : start + _BLOCK]])
            for start in range(0, len(chosen), _BLOCK)
        ]
        if all(part is not None for part in parts):
            return np.concatenate([part for part in parts if part is not None])
    plain = rows.tolist()
    found = np.empty(len(chosen), dtype=object)
    found[:] = [
        int(flint.fmpz_mat([plain[i] for i in simplex]).det()) for simplex in chosen.tolist()
    ]
    return found


def _small(rows: ObjectArray) -> FloatArray | None:
    """The rows in float64, if that is exact and leaves room for products."""
    if max((abs(entry) for entry in rows.ravel().tolist()), default=0) >= 2**26:
        return None
    return rows.astype(np.float64)


def _float_determinants(matrices: FloatArray) -> ObjectArray | None:
    """Determinants of integer matrices, shape (k, n, n); None if a float might not hold one.

    Corners of equal height are moved so that the first one is the origin: the determinant stays,
    the entries (and one row and column) go.
    """
    heights = matrices[:, :, 0]
    factor = np.ones(len(matrices))
    if matrices.shape[1] > 1 and (heights == heights[:, :1]).all():
        factor = heights[:, 0]
        matrices = matrices[:, 1:, 1:] - matrices[:, :1, 1:]
    # A minor is at most the product of the 1-norms of its rows, and so is every partial sum.
    sizes = np.maximum(np.abs(matrices).sum(axis=2), 1)
    if (sizes.prod(axis=1) * np.abs(factor) > _EXACT).any():
        return None
    turned = matrices.transpose(1, 2, 0)
    values = (normals(turned[:-1]) * turned[-1]).sum(axis=0) * factor
    return values.astype(np.int64).astype(object)
