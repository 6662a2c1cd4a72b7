"""Affine forms of few terms, and matrices that are dense or sparse as it suits them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, IntArray
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.arithmetic.sums import product_of_entries

__all__ = ["Entries", "Matrix", "columns_moved", "compact", "one_each", "rows_scaled"]

Matrix: TypeAlias = ExactArray | SparseArray

_SMALL = 1 << 12  # entries of a matrix that is kept dense whatever its zeros
_FULL = 0.25  # share of entries that are not zero, from which on a matrix is kept dense


@dataclass(frozen=True)
class Entries:
    """Terms ``factors[k] * wires[k]`` of the form ``rows[k]``, out of `n_rows` forms.

    Rows do not decrease.
    """

    rows: IntArray
    wires: IntArray
    factors: ExactArray
    n_rows: int

    @property
    def is_one_per_row(self) -> bool:
        """Whether every form has exactly one term."""
        return len(self.rows) == self.n_rows and bool((np.diff(self.rows) == 1).all())

    def where(self, mask: NDArray[np.bool_]) -> Entries:
        """Some of the terms."""
        kept = np.flatnonzero(mask)
        return Entries(self.rows[kept], self.wires[kept], self.factors[kept], self.n_rows)

    def of_rows(self, rows: IntArray) -> Entries:
        """Terms of some forms, in increasing order, which are numbered anew."""
        if len(rows) == self.n_rows:
            return self
        place = np.full(self.n_rows, -1)
        place[rows] = np.arange(len(rows))
        kept = np.flatnonzero(place[self.rows] >= 0)
        factors = self.factors[kept]
        return Entries(place[self.rows[kept]], self.wires[kept], factors, len(rows))

    def weighted(self, values: ExactArray) -> Entries:
        """Terms with factors multiplied by values."""
        factors = product_of_entries(self.factors, values)
        return Entries(self.rows, self.wires, factors, self.n_rows)

    def row_sums(self) -> ExactArray:
        """Sum of the factors of every form, shape (n_rows,)."""
        one = np.zeros(len(self.rows), dtype=np.int64)
        column = SparseArray.of_entries(self.rows, one, self.factors, (self.n_rows, 1))
        return column.to_dense().reshape(self.n_rows)

    def matrix(self, columns: IntArray, width: int) -> SparseArray:
        """Matrix with the factor of term k in column ``columns[k]``."""
        return SparseArray.of_entries(self.rows, columns, self.factors, (self.n_rows, width))

    def through(self, weight: Matrix | None, first: int, columns: IntArray) -> Entries:
        """Terms with each wire ``first + i`` replaced by the terms of row i of a matrix."""
        assert weight is not None
        rows = self.wires - first
        used, place = np.unique(rows, return_inverse=True)
        part = weight[used]
        table = part if isinstance(part, SparseArray) else SparseArray.of_dense(part)
        entries, limits = table.entries_of(place)
        repeated = np.repeat(np.arange(len(rows)), np.diff(limits))
        factors = product_of_entries(table.data[entries], self.factors[repeated])
        wires = columns[table.indices[entries]]
        return Entries(self.rows[repeated], wires, factors, self.n_rows)

    @staticmethod
    def joined(parts: Sequence[Entries]) -> Entries:
        """Terms of all parts, of the same forms."""
        rows = np.concatenate([part.rows for part in parts])
        wires = np.concatenate([part.wires for part in parts])
        factors = ExactArray.concatenate([part.factors for part in parts])
        order = np.argsort(rows, kind="stable")
        return Entries(rows[order], wires[order], factors[order], parts[0].n_rows)


def one_each(wires: IntArray, factors: ExactArray | None = None) -> Entries:
    """Forms of one term each, by default with factor one."""
    if factors is None:
        factors = ExactArray.of_floats(np.ones(len(wires)))
    return Entries(np.arange(len(wires)), wires, factors, len(wires))


def compact(matrix: SparseArray) -> Matrix:
    """Return a matrix dense if it is small or has few zeros."""
    size = matrix.shape[0] * matrix.shape[1]
    return matrix.to_dense() if size <= _SMALL or matrix.nnz > _FULL * size else matrix


def rows_scaled(matrix: Matrix, rows: IntArray, factors: ExactArray) -> Matrix:
    """Rows of a matrix, each times a factor; the matrix itself if nothing changes."""
    if not np.array_equal(rows, np.arange(matrix.shape[0])):
        matrix = matrix[rows]
    if factors.floats is not None and (factors.floats == 1).all():
        return matrix
    if factors.floats is not None and (factors.floats == -1).all():
        return -matrix
    if isinstance(matrix, SparseArray):
        return matrix.scale_rows(factors)
    n_columns = matrix.shape[1]
    spread = factors[np.repeat(np.arange(len(factors)), n_columns)]
    product = product_of_entries(matrix.reshape(len(factors) * n_columns), spread)
    return product.reshape(len(factors), n_columns)


def columns_moved(matrix: Matrix, old: IntArray, new: IntArray, width: int) -> Matrix:
    """Matrix whose column j is the sum of the columns ``old[k]`` with ``new[k] = j``."""
    if isinstance(matrix, ExactArray):
        if len(np.unique(new)) == len(new) == width:
            order = np.empty(width, dtype=np.int64)
            order[new] = old
            return matrix[:, order]
        table = SparseArray.of_dense(matrix)
        return _spread(table, old, new, width).to_dense()
    return _spread(matrix, old, new, width)


def _spread(table: SparseArray, old: IntArray, new: IntArray, width: int) -> SparseArray:
    order = np.argsort(old, kind="stable")
    limits = np.searchsorted(old[order], np.arange(table.shape[1] + 1))
    lengths = np.diff(limits)[table.indices]
    starts = limits[:-1][table.indices]
    ends = np.cumsum(lengths)
    places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)
    rows, values = np.repeat(table.rows, lengths), np.repeat(np.arange(table.nnz), lengths)
    return SparseArray.of_entries(
        rows, new[order][places], table.data[values], (table.shape[0], width)
    )
