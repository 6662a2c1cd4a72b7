"""Flats of a central arrangement with their Möbius numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray
from polytropic.errors import InputError
from polytropic.geometry.arrangements.counting.walk import Budget, Lattice, Level, levels
from polytropic.geometry.arrangements.hyperplanes import Hyperplanes, distinct_hyperplanes
from polytropic.geometry.arrangements.sign_vectors import Words, mask_words

__all__ = ["Flats", "flats"]


@dataclass(frozen=True, eq=False)
class Flats:
    """All flats of one rank: intersections of hyperplanes, by the hyperplanes that hold them.

    Attributes
    ----------
    rank : int
        Codimension of the intersections.
    words : uint64 array, shape (N, W)
        Bit ``i % 64`` of word ``i // 64`` is set when row i vanishes on the flat.
    moebius : tuple of int
        Möbius numbers mu(0, X), of sign ``(-1)^rank``.
    n_rows : int
        Number of given rows.
    """

    rank: int
    words: Words
    moebius: tuple[int, ...]
    n_rows: int

    def __len__(self) -> int:
        return len(self.words)

    def subsets(self) -> list[frozenset[int]]:
        """The flats as sets of rows."""
        table = _bits(self.words, self.n_rows)
        return [frozenset(np.flatnonzero(row).tolist()) for row in table]


def flats(rows: ExactArray, rank: int | None = None, max_flats: int | None = None) -> list[Flats]:
    """List the flats of a central arrangement.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
        Normals of the hyperplanes.  Zero rows are no hyperplanes, so they lie in no flat.
    rank : int, optional
        Last rank to be listed; by default the rank of the rows.
    max_flats : int, optional
        Stop with a `BudgetError` when there are more flats of one rank.

    Returns
    -------
    list of Flats
        One for each rank from 0 on.

    Raises
    ------
    InputError
        If there are no flats of that rank.

    Notes
    -----
    O(N m r^2) operations for N flats, in machine words while the primes that see every minor are
    few.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> for level in flats(exact([[1, -1, 0], [0, 1, -1], [1, 0, -1]])):
    ...     print([sorted(flat) for flat in level.subsets()], level.moebius)
    [[]] (1,)
    [[0], [1], [2]] (-1, -1, -1)
    [[0, 1, 2]] (2,)
    """
    planes = distinct_hyperplanes(rows)
    highest = planes.rows.shape[1] if rank is None else rank
    if not 0 <= highest <= planes.rows.shape[1]:
        raise InputError(f"rank is {highest}, but the rows have rank {planes.rows.shape[1]}")
    lattice = Lattice(planes.rows)
    return [
        _named(planes, level) for level in levels(lattice, highest, Budget(max_flats=max_flats))
    ]


def _named(planes: Hyperplanes, level: Level) -> Flats:
    """Flats of distinct hyperplanes as flats of the given rows."""
    rank = level.bases.shape[1]
    sign = -1 if rank % 2 else 1
    if planes.is_identity:
        words = level.keys
    else:
        bits = np.zeros((len(level), len(planes.rows) + 1), dtype=bool)
        bits[:, :-1] = _bits(level.keys, len(planes.rows))
        words = mask_words(bits[:, planes.member])  # a zero row has number -1
    return Flats(rank, words, tuple([sign * v for v in level.values.tolist()]), planes.n_rows)


def _bits(words: Words, width: int) -> NDArray[np.bool_]:
    octets = np.ascontiguousarray(words.astype("<u8")).view(np.uint8)
    return np.unpackbits(octets, axis=1, bitorder="little")[:, :width].astype(bool)
