"""On which side of each hyperplane points lie, exactly: filtered products, packed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded, integer_rounding
from polytropic.arithmetic.dots import row_ratios
from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import ExactArray, ObjectArray, frozen
from polytropic.arithmetic.products import Product
from polytropic.arithmetic.rows import Rows
from polytropic.geometry.arrangements.sign_vectors import SignVectors, mask_words, n_words

__all__ = ["signs_at"]

_PIECE = 1 << 19  # products of integers taken at a time


def signs_at(lifted: ExactArray, points: ExactArray) -> SignVectors:
    """Signs of ``<a_i, x> + c_i`` for rows ``(a_i, c_i)`` and points x.

    Parameters
    ----------
    lifted : ExactArray, shape (m, d + 1)
    points : ExactArray, shape (n, d)

    Returns
    -------
    SignVectors, n vectors of width m

    Notes
    -----
    O(n m d) operations of BLAS in blocks with one proven error bound for every point, and one
    exact dot product for each sign that it leaves open.  Where all is whole and small the floats
    are exact themselves.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> signs_at(exact([[1, 0, 0], [1, 1, -1]]), exact([[1, 0], [-1, 0.5]])).unpacked().tolist()
    [[1, 0], [-1, -1]]
    """
    n, m = len(points), len(lifted)
    if not n or not m:
        shape = (n, n_words(m))
        return SignVectors(np.zeros(shape, np.uint64), np.zeros(shape, np.uint64), m)
    places = _homogeneous(points)
    product = Product(places.bounded(), _unit_rows(lifted))
    positive = np.zeros((n, n_words(m)), dtype=np.uint64)
    support = np.zeros_like(positive)
    open_rows, open_columns = [], []
    for start, values, error in product.blocks():
        above = values > error[:, None]
        below = values < -error[:, None]
        stop = start + len(values)
        nonzero = above | below
        positive[start:stop], support[start:stop] = mask_words(above), mask_words(nonzero)
        if not product.is_exact and not nonzero.all():
            i, j = np.nonzero(~nonzero)
            open_rows.append(i + start)
            open_columns.append(j)
    if open_rows:
        i, j = np.concatenate(open_rows), np.concatenate(open_columns)
        _decide(positive, support, places, lifted, i, j)
    return SignVectors(frozen(positive), frozen(support), m)


def _homogeneous(points: ExactArray) -> Rows:
    """Rows (x, 1), up to positive factors."""
    if points.floats is not None:
        return Rows(np.column_stack([points.floats, np.ones(len(points))]))
    numerators, denominators = row_ratios(points)
    rows = [[*row, below] for row, below in zip(numerators.tolist(), denominators, strict=True)]
    return Rows(None, integer_rows(rows, points.shape[1] + 1))


def _unit_rows(lifted: ExactArray) -> Bounded:
    """Floats of rows, each times a power of two of its own so that they are of one size."""
    if lifted.floats is not None:
        floats = lifted.floats
        shift = -np.frexp(np.abs(floats).max(axis=1))[1][:, None]
        with np.errstate(all="ignore"):
            scaled = np.ldexp(floats, shift)
            back = np.ldexp(scaled, -shift)
        if np.array_equal(back, floats):
            return Bounded(scaled, np.zeros(scaled.shape))
    return integer_rounding(lifted.numerators)


def _decide(
    positive: NDArray[np.uint64],
    support: NDArray[np.uint64],
    places: Rows,
    lifted: ExactArray,
    i: NDArray[np.intp],
    j: NDArray[np.intp],
) -> None:
    """Set the signs of some pairs of point and row by exact dot products."""
    forms: ObjectArray = lifted.numerators
    for start in range(0, len(i), _PIECE // lifted.shape[1]):
        rows, columns = (index[start : start + _PIECE // lifted.shape[1]] for index in (i, j))
        used, where = np.unique(rows, return_inverse=True)
        values = (places.integers(used)[where] * forms[columns]).sum(axis=1)
        bit = np.uint64(1) << (columns & 63).astype(np.uint64)
        for words, chosen in ((positive, values > 0), (support, values != 0)):
            sel = chosen.astype(bool)
            np.bitwise_or.at(words, (rows[sel], columns[sel] >> 6), bit[sel])
