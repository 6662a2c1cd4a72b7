"""Incidences of facets and generators, and what follows from them alone."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["bits_of", "extreme_members", "irredundant", "mask_of"]

_FEW = 256  # rows up to which all pairs are looked at
_DENSE = 1 << 28  # bytes of packed flags that may be held at once


def extreme_members(members: csr_array, rank: int) -> IntArray:
    """Extreme rows of a cone, from the rows on each of its facets; of equal ones the first.

    A row is extreme exactly when all rows that lie on every facet through it are multiples of it.

    Parameters
    ----------
    members : csr_array of bool, shape (k, n)
        Complete: all rows that lie on each facet.  Without zero rows.
    rank : int
        Dimension D of the cone; an extreme row lies on at least D - 1 facets.

    Returns
    -------
    int array
        Sorted.
    """
    if rank == 1:
        return np.zeros(min(1, members.shape[1]), dtype=np.int64)
    if members.shape[1] <= _FEW:
        return _extreme_of_few(members.toarray(), rank)
    facets_of = members.T.tocsr()
    facets_of.sort_indices()
    counts = np.diff(facets_of.indptr)
    candidates = np.flatnonzero(counts >= rank - 1)
    lists = {int(j): tuple(_row(facets_of, int(j)).tolist()) for j in candidates}
    first: dict[tuple[int, ...], int] = {}
    for j, facets in lists.items():
        first.setdefault(facets, j)
    copies: dict[tuple[int, ...], int] = {}
    for facets in lists.values():
        copies[facets] = copies.get(facets, 0) + 1
    packed = None
    if members.shape[0] * (members.shape[1] // 8 + 1) <= _DENSE:
        packed = np.packbits(members.toarray(), axis=1)
    kept = [
        j for facets, j in first.items() if _common_size(members, packed, facets) == copies[facets]
    ]
    return np.array(sorted(kept), dtype=np.int64)


def _extreme_of_few(incidence: NDArray[np.bool_], rank: int) -> IntArray:
    """The same from a dense table, all pairs of rows at once."""
    flags = incidence.astype(np.float64)
    common = flags.T @ flags  # numbers of facets through both
    counts = common.diagonal()
    holds = common == counts[:, None]  # [j, i]: row i lies on every facet through row j
    same = holds & (counts == counts[:, None])
    first = same.argmax(axis=1) == np.arange(len(counts))
    extreme = first & (counts >= rank - 1) & (holds == same).all(axis=1)
    return np.flatnonzero(extreme).astype(np.int64)


def _common_size(
    members: csr_array, packed: NDArray[np.uint8] | None, facets: tuple[int, ...]
) -> int:
    """Number of rows that lie on all the given facets."""
    if packed is not None:
        common = np.bitwise_and.reduce(packed[list(facets)], axis=0)
        return int(np.bitwise_count(common).sum())
    smallest = min(facets, key=lambda f: int(members.indptr[f + 1] - members.indptr[f]))
    shared = set(_row(members, smallest).tolist())
    return len(shared.intersection(*(_row(members, f).tolist() for f in facets)))


def _row(table: csr_array, index: int) -> IntArray:
    return np.asarray(table.indices[table.indptr[index] : table.indptr[index + 1]], dtype=np.int64)


def irredundant(incidence: NDArray[np.bool_]) -> list[int]:
    """Rows of an incidence matrix whose sets are maximal; of equal sets the first.

    Row i is a facet (or, transposed, an extreme generator) exactly when nothing else is incident
    with everything that it is incident with.  A row without incidences is kept only when it is
    alone.
    """
    n_rows = len(incidence)
    if n_rows == 1:
        return [0]
    columns = [mask_of(column) for column in incidence.T]
    everything = (1 << n_rows) - 1
    kept = []
    for index in range(n_rows):
        shared = reduce(and_, (columns[j] for j in np.flatnonzero(incidence[index])), everything)
        others = shared & ~(1 << index)
        same = [j for j in bits_of(others) if np.array_equal(incidence[j], incidence[index])]
        if not others or (len(same) == others.bit_count() and index < min(same)):
            kept.append(index)
    return kept


def mask_of(flags: NDArray[np.bool_]) -> int:
    """Pack a row of flags in an integer; bit i is entry i."""
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")


def bits_of(mask: int) -> list[int]:
    """Positions of the bits that are set, ascending."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found
