"""Exact linear algebra on integer rows (a thin layer over FLINT).

Rows are the objects: a vector is a row of Python integers, a matrix an object array of rows.
Directions and homogeneous coordinates matter only up to a positive factor, so they are kept
*primitive*: divided by the greatest common divisor of their entries.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import flint
import numpy as np

from polytropic.arithmetic.numbers import ObjectArray

__all__ = [
    "echelon",
    "identity",
    "integer_rows",
    "kernel",
    "pivot_columns",
    "primitive",
    "product",
    "rank",
    "reduce_modulo",
]


def primitive(row: Iterable[int]) -> tuple[int, ...]:
    """Divide a row by the greatest common divisor of its entries (a zero row stays).

    Examples
    --------
    >>> primitive([4, -6, 0])
    (2, -3, 0)
    """
    entries = tuple(row)
    common = math.gcd(*entries)
    return entries if common <= 1 else tuple([entry // common for entry in entries])


def integer_rows(rows: Iterable[Sequence[int]], width: int) -> ObjectArray:
    """Collect rows of Python integers in an object array of shape (n, width)."""
    collected = [list(row) for row in rows]
    array = np.empty((len(collected), width), dtype=object)
    if collected:
        array[:, :] = collected
    return array


def identity(size: int) -> ObjectArray:
    """Rows of the identity matrix."""
    return integer_rows([[int(i == j) for j in range(size)] for i in range(size)], size)


def product(left: ObjectArray, right: ObjectArray) -> ObjectArray:
    """Return ``left @ right.T`` for two matrices of integer rows.

    Examples
    --------
    >>> product(integer_rows([[1, 2]], 2), integer_rows([[3, 4], [0, 1]], 2)).tolist()
    [[11, 2]]
    """
    shape = (len(left), len(right))
    if 0 in shape or left.shape[1] == 0:
        return np.full(shape, 0, dtype=object)
    entries = (_matrix(left) * _matrix(right).transpose()).entries()
    array = np.empty(len(entries), dtype=object)
    array[:] = [int(entry) for entry in entries]
    return array.reshape(shape)


def rank(rows: ObjectArray) -> int:
    """Rank of a matrix of integer rows."""
    return 0 if 0 in rows.shape else int(_matrix(rows).rank())


def echelon(rows: ObjectArray) -> tuple[ObjectArray, list[int]]:
    """Reduced row echelon form with primitive rows and positive pivots, and its pivot columns.

    The result is a canonical basis of the row space: equal spaces give equal arrays.

    Examples
    --------
    >>> basis, pivots = echelon(integer_rows([[0, 2, 4], [3, 0, 0], [3, 2, 4]], 3))
    >>> basis.tolist(), pivots
    ([[1, 0, 0], [0, 1, 2]], [0, 1])
    """
    width = rows.shape[1]
    if 0 in rows.shape:
        return integer_rows([], width), []
    reduced, _, size = _matrix(rows).rref()
    basis = []
    pivots = []
    for row in reduced.tolist()[:size]:
        entries = primitive([int(entry) for entry in row])
        pivot = next(column for column, entry in enumerate(entries) if entry)
        basis.append(entries if entries[pivot] > 0 else tuple([-entry for entry in entries]))
        pivots.append(pivot)
    return integer_rows(basis, width), pivots


def pivot_columns(rows: ObjectArray) -> list[int]:
    """First columns (in lexicographic order) that carry the rank of a matrix."""
    return echelon(rows)[1]


def kernel(rows: ObjectArray) -> ObjectArray:
    """Canonical primitive basis, as rows, of ``{x : rows @ x = 0}``.

    Examples
    --------
    >>> kernel(integer_rows([[1, 2, 3]], 3)).tolist()
    [[3, 0, -1], [0, 3, -2]]
    """
    width = rows.shape[1]
    basis, pivots = echelon(rows)
    free = [column for column in range(width) if column not in set(pivots)]
    vectors = []
    for column in free:
        common = math.lcm(*(int(basis[i, p]) for i, p in enumerate(pivots)))
        vector = [0] * width
        vector[column] = common
        for i, pivot in enumerate(pivots):
            vector[pivot] = -basis[i, column] * (common // basis[i, pivot])
        vectors.append(vector)
    return echelon(integer_rows(vectors, width))[0]


def reduce_modulo(rows: ObjectArray, basis: ObjectArray, pivots: Sequence[int]) -> ObjectArray:
    """Subtract multiples of an echelon basis so that the pivot columns vanish; primitive rows.

    Every row keeps its direction: it is only multiplied by positive numbers.
    """
    reduced = []
    for row in rows.tolist():
        for vector, pivot in zip(basis.tolist(), pivots, strict=True):
            if row[pivot]:
                lead = vector[pivot]
                factor = row[pivot]
                row = [lead * entry - factor * b for entry, b in zip(row, vector, strict=True)]
        reduced.append(primitive(row))
    return integer_rows(reduced, rows.shape[1])


def _matrix(rows: ObjectArray) -> flint.fmpz_mat:
    return flint.fmpz_mat(rows.tolist())
