"""Cells of a complex of cones, one after the other in a few arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import IntArray

__all__ = ["AT_INFINITY", "Cells", "Cut", "bits_of", "chosen", "joined", "with_words"]

AT_INFINITY = -1
"""Name of the inequality ``t >= 0``, tight at directions; others of a domain are -2, -3, ..."""


class Cells(NamedTuple):
    """Cones, each with its generators and the inequalities that are tight at them.

    Attributes
    ----------
    start : int array, shape (n + 1,)
        Where the generators of each cell begin.
    members : int32 array, shape (m,)
        Generators.
    tight : uint64 array, shape (m, T)
        Beside each, the inequalities of its cell that are tight there: bit b is the b-th name.
    name_start : int array, shape (n + 1,)
        Where the inequalities of each cell begin.
    names : int32 array
        What each inequality is: the number of a function, or negative for one of the domain.
    """

    start: IntArray
    members: NDArray[np.int32]
    tight: NDArray[np.uint64]
    name_start: IntArray
    names: NDArray[np.int32]

    @property
    def n_cells(self) -> int:
        """Number n of cells."""
        return len(self.start) - 1


class Cut(NamedTuple):
    """What has become of some cells after cutting.

    Attributes
    ----------
    cells : Cells
    origin : int array, shape (n,)
        Which cell each one is part of.
    signs : uint64 array, shape (n, 2 W)
        Functions that are positive on each cell, then those that are negative.
    parents : int array, shape (k, 2)
        Ends of the edge on which each new generator lies.
    functions : int32 array, shape (k,)
        The function that vanishes there.
    """

    cells: Cells
    origin: IntArray
    signs: NDArray[np.uint64]
    parents: IntArray
    functions: NDArray[np.int32]


def bits_of(starts: IntArray, index: IntArray) -> tuple[IntArray, IntArray]:
    """Entries of some runs, one run after the other, and where each of them begins."""
    sizes = starts[index + 1] - starts[index]
    begin = np.zeros(len(index) + 1, dtype=np.int64)
    np.cumsum(sizes, out=begin[1:])
    entries = np.arange(begin[-1]) + np.repeat(starts[index] - begin[:-1], sizes)
    return entries, begin


def chosen(cells: Cells, index: IntArray) -> Cells:
    """Some of the cells, in the given order."""
    entries, start = bits_of(cells.start, index)
    named, name_start = bits_of(cells.name_start, index)
    return Cells(
        start, cells.members[entries], cells.tight[entries], name_start, cells.names[named]
    )


def joined(parts: list[Cells]) -> Cells:
    """Cells of several lists, one list after the other."""
    if len(parts) == 1:
        return parts[0]
    words = max(part.tight.shape[1] for part in parts)
    parts = [with_words(part, words) for part in parts]
    return Cells(
        _joined_starts([part.start for part in parts]),
        np.concatenate([part.members for part in parts]),
        np.concatenate([part.tight for part in parts]),
        _joined_starts([part.name_start for part in parts]),
        np.concatenate([part.names for part in parts]),
    )


def _joined_starts(starts: list[IntArray]) -> IntArray:
    offsets = np.cumsum([0] + [start[-1] for start in starts])
    pieces = [start[:-1] + offset for start, offset in zip(starts, offsets, strict=False)]
    result: IntArray = np.concatenate([*pieces, offsets[-1:]]).astype(np.int64)
    return result


def with_words(cells: Cells, words: int) -> Cells:
    """The same cells with room for more inequalities."""
    size, before = cells.tight.shape
    if before == words:
        return cells
    tight = np.zeros((size, words), dtype=np.uint64)
    tight[:, :before] = cells.tight
    return cells._replace(tight=tight)
