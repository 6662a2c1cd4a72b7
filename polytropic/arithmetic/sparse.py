"""Sparse tables of what lies on what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["columns", "csr_of_flags", "csr_of_lists", "csr_of_pairs", "sorted_lists"]

# SciPy is imported inside the functions: it takes most of the time that `import polytropic` would.


def csr_of_lists(indices: IntArray, starts: IntArray, n_columns: int) -> csr_array:
    """Table whose row i has the sorted columns ``indices[starts[i]:starts[i + 1]]``."""
    from scipy.sparse import csr_array

    flags = np.ones(len(indices), dtype=bool)
    return csr_array((flags, indices, starts), shape=(len(starts) - 1, n_columns))


def csr_of_flags(flags: NDArray[np.bool_]) -> csr_array:
    """Table of a dense one."""
    from scipy.sparse import csr_array

    return csr_array(flags)


def csr_of_pairs(rows: IntArray, columns: IntArray, shape: tuple[int, int]) -> csr_array:
    """Table of (row, column) pairs, which may be repeated, in any order."""
    order = np.lexsort((columns, rows))
    rows, columns = rows[order], columns[order]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    rows, columns = rows[first], columns[first]
    return csr_of_lists(columns, np.searchsorted(rows, np.arange(shape[0] + 1)), shape[1])


def columns(table: csr_array, index: Sequence[int] | IntArray) -> csr_array:
    """Table of some distinct columns, in the given order, with sorted lists."""
    index = np.asarray(index, dtype=np.int64)
    place = np.full(table.shape[1], -1)
    place[index] = np.arange(len(index))
    row = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    column = place[table.indices]
    kept = column >= 0
    return csr_of_pairs(row[kept], column[kept], (table.shape[0], len(index)))


def sorted_lists(table: csr_array) -> NDArray[np.intp]:
    """Order of the rows of a table by their sorted lists of columns, lexicographically."""
    sizes = np.diff(table.indptr)
    longest = int(sizes.max(initial=0))
    if not len(sizes):
        return np.zeros(0, dtype=np.intp)
    if (sizes == longest).all():
        columns = table.indices.reshape(len(sizes), longest)
        return np.lexsort(columns.T[::-1]) if longest else np.arange(len(sizes))
    lists = [tuple(row) for row in np.split(table.indices, table.indptr[1:-1])]
    return np.array(sorted(range(len(lists)), key=lists.__getitem__), dtype=np.intp)
