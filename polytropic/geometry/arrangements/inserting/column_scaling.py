"""Scale the columns of rows by powers of two, so that floats can tell more of them.

Coordinates in units far apart make all rows nearly parallel to floats.  Powers of two are exact,
and points are scaled back exactly.

    A. R. Curtis and J. K. Reid, On the automatic scaling of matrices for Gaussian elimination
    (Journal of the Institute of Mathematics and its Applications 10, 1972).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polytropic.arithmetic.linalg import primitive
from polytropic.arithmetic.numbers import FloatArray
from polytropic.geometry.arrangements.inserting.exact import Vector, integer_vector

__all__ = ["column_exponents", "scaled_back", "scaled_rows"]

_SPREAD = 16  # bits between the smallest and the largest column that are borne as they are
_SWEEPS = 8
_SMALL = 31  # bits of machine integers, which rows should not lose


def column_exponents(rows: Sequence[Vector]) -> list[int] | None:
    """Exponents of two, the least of them zero, that bring columns to about one size.

    Parameters
    ----------
    rows : sequence of m integer vectors, none of them zero

    Returns
    -------
    list of int, or None
        None if the columns are of about one size as they are, or rows would become large.

    Notes
    -----
    Scales of rows and columns that make the logarithms of entries small in least squares, by a few
    sweeps of O(m n).

    Examples
    --------
    >>> column_exponents([(1, 2**40), (1, -(2**40)), (1, 0), (0, 1)])
    [40, 0]
    """
    sizes = np.array([[abs(entry).bit_length() for entry in row] for row in rows], dtype=float)
    present = sizes > 0
    if sizes.max() < _SPREAD:
        return None
    columns = np.zeros(sizes.shape[1])
    many = np.maximum(present.sum(axis=0), 1)
    for _ in range(_SWEEPS):
        level = ((sizes + columns) * present).sum(axis=1) / present.sum(axis=1)
        columns = -((sizes - level[:, None]) * present).sum(axis=0) / many
    exponents = [int(e) for e in np.rint(columns - columns.min())]
    if max(exponents) < _SPREAD:
        return None
    if sizes.max() <= _SMALL:
        largest = max(abs(entry) for row in scaled_rows(rows, exponents) for entry in row)
        if largest.bit_length() > _SMALL:
            return None
    return exponents


def scaled_rows(rows: Sequence[Vector], exponents: Sequence[int]) -> list[Vector]:
    """Rows with scaled columns, primitive."""
    return [primitive([x << e for x, e in zip(row, exponents, strict=True)]) for row in rows]


def scaled_back(
    points: FloatArray, integers: dict[int, Vector], exponents: Sequence[int]
) -> tuple[FloatArray, dict[int, Vector]]:
    """Points for the rows as they were; those that floats cannot hold are added to the integers."""
    tops = (np.frexp(points)[1] + np.where(points != 0, exponents, -(2**20))).max(
        axis=1, initial=-(2**20)
    )
    shifts = np.asarray(exponents) - tops[:, None]
    floats = np.ldexp(points, shifts)
    lost = np.flatnonzero((np.ldexp(floats, -shifts) != points).any(axis=1)).tolist()
    exact = {i: integer_vector(points[i]) for i in lost} | integers
    return floats, {
        i: primitive([x << e for x, e in zip(vector, exponents, strict=True)])
        for i, vector in exact.items()
    }
