"""Hyperplanes through subsets of vectors, and on which sides the other vectors lie, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations, islice
from math import comb

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import UNDECIDED, SignArray, integer_rounding
from polytropic.arithmetic.minors import normals, roundings
from polytropic.arithmetic.numbers import FloatArray, ObjectArray
from polytropic.errors import BudgetError

__all__ = ["MAX_SUBSETS", "Span", "spans", "spans_of", "subset_blocks"]

MAX_SUBSETS = 20_000_000
_UNIT = 2.0**-53
_TINY = 2.0**-900  # above what underflow and the least entries of scaled rows can commit
_WHOLE = 2.0**52
_ENTRIES = 1 << 20  # of one block


def subset_blocks(n: int, size: int, block: int) -> Iterator[NDArray[np.intp]]:
    """All subsets of range(n) of some size in lexicographic order, at most `block` at a time."""
    everything = combinations(range(n), size)
    left = comb(n, size)
    while left > 0:
        count = min(block, left)
        flat = chain.from_iterable(islice(everything, count))
        yield np.fromiter(flat, dtype=np.intp, count=count * size).reshape(count, size)
        left -= count


@dataclass(frozen=True, eq=False)
class Span:
    """A block of subsets and their hyperplanes.

    Attributes
    ----------
    subsets : int array, shape (n, r - 1)
    signs : int8 array, shape (n, k + p)
        Signs of ``<normal, row>`` for every row; all zero where the subset is dependent.
    """

    subsets: NDArray[np.intp]
    signs: SignArray
    _rows: ObjectArray
    _floats: FloatArray | None  # the normals, where floats hold them

    def normals(self, index: NDArray[np.intp] | None = None) -> ObjectArray:
        """Exact normals, shape (n, r), of all or some: ``<normal, x> = det(subset, x)``."""
        chosen = np.arange(len(self.subsets)) if index is None else index
        if self._floats is not None:
            return self._floats[chosen].astype(np.int64).astype(object)
        return _exact_normals(self._rows, self.subsets[chosen])


def spans(
    rows: ObjectArray, *, max_subsets: int = MAX_SUBSETS, probes: ObjectArray | None = None
) -> Iterator[Span]:
    """Hyperplanes through all (r - 1)-subsets of vectors in R^r.

    Parameters
    ----------
    rows : object array of int, shape (k, r)
        r >= 1.
    max_subsets : int
        Budget for C(k, r - 1).
    probes : object array of int, shape (p, r), optional
        More vectors whose sides are asked for, after the others; no subset contains them.

    Yields
    ------
    Span

    Raises
    ------
    BudgetError
        In advance.

    Notes
    -----
    Minors by Laplace expansion in float64, and one product of matrices for every block.  The float
    n of a normal errs, over all entries together, by at most ``roundings u N`` for the product N
    of the 1-norms of its subset, so ``<n, row>`` errs by a few u times N times the largest entry
    of the row; signs below that bound, and outside the subset, come from integers.
    """
    size, width = rows.shape
    if comb(size, width - 1) > max_subsets:
        raise BudgetError(
            f"{size} generators in dimension {width} span up to {comb(size, width - 1):,} "
            f"hyperplanes, more than max_subsets={max_subsets:,}"
        )
    table = _Table.of(rows if probes is None else np.concatenate([rows, probes]))
    for subsets in subset_blocks(size, width - 1, _block_size(rows)):
        yield table.span(subsets)


def spans_of(rows: ObjectArray, subsets: NDArray[np.intp]) -> Iterator[Span]:
    """Hyperplanes through given (r - 1)-subsets of vectors in R^r, shape (n, r - 1), in blocks."""
    table, step = _Table.of(rows), _block_size(rows)
    for start in range(0, len(subsets), step):
        yield table.span(subsets[start : start + step])


def _block_size(rows: ObjectArray) -> int:
    size, width = rows.shape
    return max(1, _ENTRIES // max(size, width * 2 ** max(width - 2, 0)))


@dataclass(frozen=True, eq=False)
class _Table:
    rows: ObjectArray
    floats: FloatArray  # rows and columns up to positive factors, if not exact
    is_exact: bool  # and so is every minor and product

    @staticmethod
    def of(rows: ObjectArray) -> _Table:
        width = rows.shape[1]
        sums = sorted(sum(abs(entry) for entry in row) for row in rows.tolist())
        # A row is also multiplied with the normal of a subset that contains it.
        largest = max(1, *sums[-1:])
        for total in sums[len(sums) - width + 1 :]:
            largest *= max(total, 1)
        if largest < _WHOLE:
            return _Table(rows, rows.astype(np.float64), True)
        return _Table(rows, _balanced(rows), False)

    def span(self, subsets: NDArray[np.intp]) -> Span:
        chosen = self.floats[subsets]  # (n, r - 1, r)
        found = normals(np.ascontiguousarray(chosen.transpose(1, 2, 0))).T
        values = found @ self.floats.T
        if self.is_exact:
            return Span(subsets, np.sign(values).astype(np.int8), self.rows, found)
        width = self.floats.shape[1]
        relative = 4 * (roundings(width - 1) + 3 * width + 8) * _UNIT
        sizes = np.abs(chosen).sum(axis=2).prod(axis=1)
        reach = np.abs(self.floats).max(axis=1)
        error = relative * np.outer(sizes, reach) + _TINY
        signs = np.sign(values).astype(np.int8)
        signs[~(np.abs(values) > error)] = UNDECIDED
        np.put_along_axis(signs, subsets, 0, axis=1)
        self._decide(subsets, signs)
        return Span(subsets, signs, self.rows, None)

    def _decide(self, subsets: NDArray[np.intp], signs: SignArray) -> None:
        where, which = np.nonzero(signs == UNDECIDED)
        if not len(where):
            return
        used, place = np.unique(where, return_inverse=True)
        exact = _exact_normals(self.rows, subsets[used])
        values = (exact[place] * self.rows[which]).sum(axis=1)
        signs[where, which] = (values > 0).astype(np.int8) - (values < 0).astype(np.int8)


def _exact_normals(rows: ObjectArray, subsets: NDArray[np.intp]) -> ObjectArray:
    return normals(np.ascontiguousarray(rows[subsets].transpose(1, 2, 0))).T


def _balanced(rows: ObjectArray) -> FloatArray:
    """Rows and columns times powers of two, entries of at most one.

    They are right to one part in 2^52; entries below 2^-900, to 2^-1000.
    """
    value = integer_rounding(rows).value
    if ((rows != 0) & (np.abs(value) < _TINY)).any():
        return value  # scaling columns up would scale up what was lost to underflow
    reach = np.abs(value).max(axis=0, initial=0)
    value = np.ldexp(value, -np.frexp(reach)[1])
    reach = np.abs(value).max(axis=1, initial=0)
    balanced: FloatArray = np.ldexp(value, -np.frexp(reach)[1][:, None])
    return balanced
