"""Sets of small integers as rows of 64-bit words: element j is bit ``j % 64`` of word j // 64."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "Bits",
    "column_keys",
    "distinct_rows",
    "elements",
    "lists_of",
    "pack",
    "pack_lists",
    "pack_rows",
]

Bits: TypeAlias = NDArray[np.uint64]

_BLOCK = 1 << 26  # bytes of unpacked flags that are held at once


def pack(flags: NDArray[np.bool_]) -> Bits:
    """Pack the rows of a table of flags, shape (k, n), in words, shape (k, max(1, n / 64)).

    Examples
    --------
    >>> pack(np.array([[True, False, True]]))
    array([[5]], dtype=uint64)
    """
    rows, size = flags.shape
    wide = np.zeros((rows, 8 * max(1, -(-size // 64))), dtype=np.uint8)
    wide[:, : -(-size // 8)] = np.packbits(flags, axis=1, bitorder="little")
    return wide.view("<u8").astype(np.uint64, copy=False)


def pack_rows(table: csr_array) -> Bits:
    """Pack the rows of a sparse table of flags."""
    step = max(1, _BLOCK // max(1, table.shape[1]))
    parts = [
        pack(table[start : start + step].toarray()) for start in range(0, table.shape[0], step)
    ]
    return np.concatenate(parts) if parts else pack(np.zeros(table.shape, dtype=bool))


def pack_lists(lists: IntArray, size: int) -> Bits:
    """Pack equally many elements per row, each below `size`."""
    sets = np.zeros((len(lists), max(1, -(-size // 64))), dtype=np.uint64)
    rows = np.arange(len(lists))
    for column in lists.T:
        sets[rows, column >> 6] |= np.uint64(1) << (column & 63).astype(np.uint64)
    return sets


def column_keys(lists: IntArray, base: int) -> list[IntArray]:
    """Few integers that tell the rows of a table of integers below `base` apart.

    Sorting by the keys, the first one first, sorts the rows lexicographically.
    """
    keys = []
    bits = max(1, (base - 1).bit_length())
    at_once = max(1, 63 // bits)
    for start in range(0, lists.shape[1], at_once):
        key = np.zeros(len(lists), dtype=np.int64)
        for column in lists[:, start : start + at_once].T:
            key = (key << bits) | column
        keys.append(key)
    return keys


def distinct_rows(lists: IntArray, base: int) -> IntArray:
    """Distinct rows of a table of integers below `base`, sorted lexicographically."""
    keys = column_keys(lists, base)
    if not keys or not len(lists):
        return lists[:1]
    order = np.lexsort(keys[::-1])
    changes = np.zeros(len(lists), dtype=bool)
    changes[0] = True
    for key in keys:
        changes[1:] |= key[order[1:]] != key[order[:-1]]
    return lists[order[changes]]


def lists_of(sets: Bits) -> tuple[IntArray, IntArray]:
    """Elements of all sets in one array, and where each set starts (and the last one ends)."""
    octets = _octets(sets)
    flat = octets.ravel()
    used = np.flatnonzero(flat)  # most octets of a sparse set are zero
    bits = np.unpackbits(flat[used][:, None], axis=1, bitorder="little").ravel()
    places = np.flatnonzero(bits.view(np.bool_))
    members = 8 * (used[places >> 3] % octets.shape[1]) + (places & 7)
    counts = np.bitwise_count(sets).sum(axis=1, dtype=np.int64)
    return members, np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])


def _octets(sets: Bits) -> NDArray[np.uint8]:
    return np.ascontiguousarray(sets).astype("<u8", copy=False).view(np.uint8)


def elements(sets: Bits) -> list[tuple[int, ...]]:
    """Every set as the tuple of its elements, ascending.

    Examples
    --------
    >>> elements(np.array([[5], [0]], dtype=np.uint64))
    [(0, 2), ()]
    """
    members, starts = lists_of(sets)
    flat, ends = members.tolist(), starts.tolist()
    return [tuple(flat[i:j]) for i, j in pairwise(ends)]
