"""Exact sparse matrices: compressed rows of rationals.

What convolutions and poolings are made of: matrices of many columns with few entries in each row,
each entry exactly what its bits say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, IntArray, ObjectArray, frozen
from polytropic.arithmetic.sums import product_of_entries, sums_of_runs
from polytropic.errors import InputError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["SparseArray"]


@dataclass(frozen=True, eq=False, repr=False)
class SparseArray:
    """A rational matrix of which only the entries that are not zero are kept, row by row.

    Parameters
    ----------
    indptr : int array, shape (n_rows + 1,)
        Row i has the entries ``indptr[i]:indptr[i + 1]``.
    indices : int array, shape (nnz,)
        Their columns, increasing within each row.
    data : ExactArray, shape (nnz,)
        Their values, none of them zero.
    shape : pair of int

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> matrix = SparseArray.of_entries([0, 1, 1], [2, 0, 2], exact([0.5, 1, -1]), (2, 3))
    >>> matrix.to_dense().to_float()
    array([[ 0. ,  0. ,  0.5],
           [ 1. ,  0. , -1. ]])
    >>> (matrix @ exact([2, 4, 8])).to_float()
    array([ 4., -6.])
    """

    indptr: IntArray
    indices: IntArray
    data: ExactArray
    shape: tuple[int, int]

    def __post_init__(self) -> None:
        frozen(self.indptr)
        frozen(self.indices)
        if len(self.indptr) != self.shape[0] + 1 or len(self.indices) != len(self.data):
            raise InputError(
                f"a sparse array of shape {self.shape} with {len(self.data)} entries cannot have "
                f"{len(self.indptr)} row limits and {len(self.indices)} columns"
            )

    # -- making --------------------------------------------------------------------------------
    @staticmethod
    def of_entries(
        rows: Any, columns: Any, values: ExactArray, shape: tuple[int, int]
    ) -> SparseArray:
        """Matrix with ``values[k]`` at ``(rows[k], columns[k])``; what meets there is added up."""
        rows, columns = np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64)
        if len(rows):
            _check_places(rows, columns, shape)
        keys = rows * shape[1] + columns
        order = np.argsort(keys, kind="stable")
        if not np.array_equal(order, np.arange(len(order))):
            keys, values = keys[order], values[order]
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        if len(starts) < len(keys):
            keys, values = keys[starts], sums_of_runs(values, starts)
        present = _nonzero(values)
        if not present.all():
            keys, values = keys[present], values[np.flatnonzero(present)]
        rows, columns = np.divmod(keys, max(shape[1], 1))
        limits = np.searchsorted(rows, np.arange(shape[0] + 1)).astype(np.int64)
        return SparseArray(limits, columns, values, shape)

    @staticmethod
    def of_dense(array: ExactArray) -> SparseArray:
        """Sparse copy of a matrix, shape (n, m)."""
        rows, columns = np.nonzero(_nonzero(array))
        flat = rows * array.shape[1] + columns
        values = array.reshape(array.shape[0] * array.shape[1])[flat]
        return SparseArray.of_entries(rows, columns, values, (array.shape[0], array.shape[1]))

    @staticmethod
    def identity(size: int) -> SparseArray:
        """Identity matrix."""
        places = np.arange(size + 1)
        ones = ExactArray.of_floats(np.ones(size))
        return SparseArray(places, places[:-1], ones, (size, size))

    # -- shape ---------------------------------------------------------------------------------
    @property
    def ndim(self) -> int:
        """Number of axes: two."""
        return 2

    @property
    def nnz(self) -> int:
        """Number of entries that are not zero."""
        return len(self.indices)

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def rows(self) -> IntArray:
        """Row of every entry, shape (nnz,)."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.indptr))

    @property
    def exponent(self) -> int:
        """Least e with all entries below ``2**e`` in size, or one more; 0 for zeros."""
        return self.data.exponent

    def __getitem__(self, rows: Any) -> SparseArray:
        """Rows by an array of indices, or by a slice; a row may be asked for more than once."""
        chosen = np.arange(self.shape[0])[rows]
        if chosen.ndim != 1:
            raise InputError("a sparse array gives rows by a slice or by a list of their indices")
        entries, limits = self.entries_of(chosen)
        return SparseArray(
            limits, self.indices[entries], self.data[entries], (len(chosen), self.shape[1])
        )

    def entries_of(self, rows: IntArray) -> tuple[IntArray, IntArray]:
        """Positions of the entries of some rows, one row after another, and their limits."""
        lengths = np.diff(self.indptr)[rows]
        limits = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        shift = np.repeat(self.indptr[:-1][rows] - limits[:-1], lengths)
        return np.arange(limits[-1]) + shift, limits

    @property
    def T(self) -> SparseArray:
        """Transpose."""
        return SparseArray.of_entries(
            self.indices, self.rows, self.data, (self.shape[1], self.shape[0])
        )

    # -- arithmetic ----------------------------------------------------------------------------
    def __neg__(self) -> SparseArray:
        return SparseArray(self.indptr, self.indices, -self.data, self.shape)

    def scale_rows(self, factors: ExactArray) -> SparseArray:
        """Multiply row i by ``factors[i]``."""
        values = product_of_entries(self.data, factors[self.rows])
        return SparseArray.of_entries(self.rows, self.indices, values, self.shape)

    @cached_property
    def _integers(self) -> tuple[ObjectArray, int]:
        return self.data.numerators, self.data.denominator

    def __matmul__(self, other: ExactArray) -> ExactArray:
        if other.shape[0] != self.shape[1]:
            raise InputError(f"shapes {self.shape} and {other.shape} do not fit for a product")
        columns = math.prod(other.shape[1:])
        right = other.numerators.reshape(other.shape[0], columns)
        values, denominator = self._integers
        total = np.full((self.shape[0], columns), 0, dtype=object)
        filled = np.flatnonzero(np.diff(self.indptr))
        if len(filled) and columns:
            products = values[:, None] * right[self.indices]
            total[filled] = np.add.reduceat(products, self.indptr[filled], axis=0)
        shape = (self.shape[0], *other.shape[1:])
        return ExactArray(total.reshape(shape), denominator * other.denominator)

    # -- views ---------------------------------------------------------------------------------
    def to_dense(self) -> ExactArray:
        """Return all entries, zeros and all."""
        if self.data.floats is not None:
            floats = np.zeros(self.shape)
            floats[self.rows, self.indices] = self.data.floats
            return ExactArray.of_floats(floats)
        integers = np.full(self.shape, 0, dtype=object)
        integers[self.rows, self.indices] = self.data.numerators
        return ExactArray(integers, self.data.denominator)

    def to_csr(self) -> csr_array:
        """Return the nearest float64 to every entry, as a SciPy array."""
        return self._csr

    @cached_property
    def _csr(self) -> csr_array:
        # SciPy is imported here: it takes most of the time that `import polytropic` would.
        from scipy.sparse import csr_array

        return csr_array((self.data.to_float(), self.indices, self.indptr), shape=self.shape)

    # -- comparison ----------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SparseArray):
            return NotImplemented
        return (
            self.shape == other.shape
            and np.array_equal(self.indptr, other.indptr)
            and np.array_equal(self.indices, other.indices)
            and self.data == other.data
        )

    def __hash__(self) -> int:
        return hash((self.shape, self.indices.tobytes(), self.data))

    def __getstate__(self) -> tuple[Any, ...]:
        return self.indptr, self.indices, self.data, self.shape

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        for name, value in zip(("indptr", "indices", "data", "shape"), state, strict=True):
            object.__setattr__(self, name, value)
        frozen(self.indptr)
        frozen(self.indices)

    def __repr__(self) -> str:
        return f"SparseArray(shape {self.shape}, {self.nnz} entries)"


def _check_places(rows: IntArray, columns: IntArray, shape: tuple[int, int]) -> None:
    for name, places, size in [("row", rows, shape[0]), ("column", columns, shape[1])]:
        if places.min() < 0 or places.max() >= size:
            raise InputError(f"an entry lies in a {name} outside 0..{size - 1}")


def _nonzero(array: ExactArray) -> NDArray[np.bool_]:
    if array.floats is not None:
        return np.asarray(array.floats != 0)
    return (array.numerators != 0).astype(bool)
