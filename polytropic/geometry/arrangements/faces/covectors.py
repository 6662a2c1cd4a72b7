"""Faces of arrangements from chambers, by bits alone.

A hyperplane is a wall of a chamber exactly if flipping its signs gives another chamber; the common
facet has zeros there.  The facets that lie in one hyperplane are the chambers of the restricted
arrangement, so the same step leads down to faces of every dimension.  Which hyperplanes coincide
in a flat X is read off the chambers of the restriction to X: hyperplanes H and H' cut X in the
same place exactly if their signs agree on all of these chambers, or are opposite on all; and H
misses or contains X exactly if its sign is constant.  No coordinates are needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.compiled import worth_compiling
from polytropic.arithmetic.numbers import frozen
from polytropic.geometry.arrangements.faces.lookup import PackedTable, linear_keys, packed_table
from polytropic.geometry.arrangements.sign_vectors import SignVectors, Words

__all__ = ["Crossings", "Cuts", "Level", "crossings", "cuts", "facets", "top_cuts"]

_PER_PROBE = 1e-7  # seconds that NumPy takes for one flipped vector


@dataclass(frozen=True, eq=False)
class Level:
    """All faces of one dimension, sorted by the flats that they span.

    Attributes
    ----------
    positive : uint64 array, shape (N, W)
        Where the signs are +1.
    flat : int array, shape (N,)
        Which flat each face spans; ascending.
    zeros : uint64 array, shape (F, W)
        The rows that contain each flat, without rows that are zero everywhere.
    support : uint64 array, shape (1, W)
        Rows that are not zero everywhere.
    width : int
    """

    positive: Words
    flat: NDArray[np.intp]
    zeros: Words
    support: Words
    width: int

    @staticmethod
    def of_chambers(chambers: SignVectors) -> Level:
        """The uppermost level: every chamber spans the whole space."""
        none = np.zeros((1, chambers.positive.shape[1]), dtype=np.uint64)
        flat = np.zeros(len(chambers), dtype=np.intp)
        return Level(chambers.positive, flat, none, chambers.support, chambers.width)

    @property
    def signs(self) -> SignVectors:
        """The faces as sign vectors, zero where a row contains them."""
        support = self.support & ~self.zeros
        return SignVectors(self.positive, support[self.flat], self.width)

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """First face of each flat, and the number of faces at the end."""
        return np.searchsorted(self.flat, np.arange(len(self.zeros) + 1))

    @cached_property
    def table(self) -> PackedTable:
        """The faces, to be found by signs and flat."""
        if len(self.zeros) == 1:
            return packed_table(self.positive)
        flats = self.flat.astype(np.uint64)[:, None]
        return packed_table(np.concatenate([self.positive, flats], axis=1))


@dataclass(frozen=True, eq=False)
class Cuts:
    """Hyperplanes of the restrictions to the flats of a level.

    Attributes
    ----------
    flat : int array, shape (C,)
        The flat that is cut; ascending.
    rows : uint64 array, shape (C, W)
        The rows that cut it there.
    first : int array, shape (C,)
        The first of them.
    """

    flat: NDArray[np.intp]
    rows: Words
    first: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Crossings:
    """Pairs of faces of the same flat with a common facet, sorted by the cut that parts them.

    Attributes
    ----------
    pairs : int array, shape (E, 2)
        The first face of a pair is positive on the first row of its cut.
    cut : int array, shape (E,)
    """

    pairs: NDArray[np.intp]
    cut: NDArray[np.intp]


def top_cuts(member: NDArray[np.intp], words: int) -> Cuts:
    """The hyperplanes themselves, given the hyperplane of every row (negative for none)."""
    kept = np.flatnonzero(member >= 0)
    _, first, group = np.unique(member[kept], return_index=True, return_inverse=True)
    rows = np.zeros((len(first), words), dtype=np.uint64)
    for row, place in zip(kept.tolist(), group.tolist(), strict=True):
        rows[place, row >> 6] |= np.uint64(1 << (row & 63))
    return Cuts(np.zeros(len(first), dtype=np.intp), rows, kept[first])


def cuts(level: Level) -> Cuts:
    """Hyperplanes of the restrictions to all flats; of those that meet in one flat only the first.

    Notes
    -----
    O(N m) bit operations.
    """
    bits = np.unpackbits(
        np.ascontiguousarray(level.positive.astype("<u8", copy=False)).view(np.uint8),
        axis=1, bitorder="little", count=level.width,
    )  # fmt: skip
    seen: set[bytes] = set()
    flats, masks, firsts = [], [], []
    for flat, (start, stop) in enumerate(
        zip(level.starts[:-1].tolist(), level.starts[1:].tolist(), strict=True)
    ):
        part = bits[start:stop] ^ bits[start]
        alive = np.flatnonzero(part.any(axis=0))
        columns = np.packbits(part[:, alive].T, axis=1)
        classes: dict[bytes, list[int]] = {}
        for row, column in zip(alive.tolist(), columns, strict=True):
            classes.setdefault(column.tobytes(), []).append(row)
        for members in classes.values():
            mask = _mask(members, level.zeros.shape[1])
            below = (mask | level.zeros[flat]).tobytes()
            if below not in seen:
                seen.add(below)
                flats.append(flat)
                masks.append(mask)
                firsts.append(members[0])
    rows = np.array(masks, dtype=np.uint64).reshape(len(masks), level.zeros.shape[1])
    return Cuts(np.array(flats, dtype=np.intp), rows, np.array(firsts, dtype=np.intp))


def _mask(rows: list[int], words: int) -> Words:
    whole = sum(1 << row for row in rows)
    return np.array([whole >> (64 * w) & (2**64 - 1) for w in range(words)], dtype=np.uint64)


def crossings(level: Level, across: Cuts, *, compiled: bool | None = None) -> Crossings:
    """Find which hyperplanes are walls of which faces, and what lies behind them.

    Parameters
    ----------
    level : Level
    across : Cuts
    compiled : bool, optional
        Whether to use compiled loops; by default, where there is enough to do.

    Returns
    -------
    Crossings

    Notes
    -----
    One look-up for each face and each hyperplane that cuts its flat and has it on its positive
    side.  Keys only find candidates; equality of the packed signs decides.
    """
    sizes = np.diff(level.starts)[across.flat]
    if compiled is None:
        compiled = worth_compiling(float(sizes.sum()) * _PER_PROBE + 2e-5 * len(sizes))
    return (_compiled if compiled else _plain)(level, across)


def _plain(level: Level, across: Cuts) -> Crossings:
    table = level.table
    keys = linear_keys(across.rows, table.bit_keys[: 64 * across.rows.shape[1]])
    pairs, which = [np.zeros((0, 2), dtype=np.intp)], [np.zeros(0, dtype=np.intp)]
    for cut, (flat, row) in enumerate(
        zip(across.flat.tolist(), across.first.tolist(), strict=True)
    ):
        here = np.arange(level.starts[flat], level.starts[flat + 1])
        above = here[level.positive[here, row >> 6] >> np.uint64(row & 63) & np.uint64(1) == 1]
        flipped = table.words[above]
        flipped[:, : across.rows.shape[1]] ^= across.rows[cut]
        found = table.find(flipped, table.keys[above] ^ keys[cut])
        pairs.append(np.column_stack([above, found])[found >= 0])
        which.append(np.full(len(pairs[-1]), cut, dtype=np.intp))
    return Crossings(frozen(np.concatenate(pairs)), frozen(np.concatenate(which)))


def _compiled(level: Level, across: Cuts) -> Crossings:
    from polytropic.geometry.arrangements.faces.kernels import find_crossings

    table = level.table
    keys = linear_keys(across.rows, table.bit_keys[: 64 * across.rows.shape[1]])
    starts = np.searchsorted(across.flat, np.arange(len(level.zeros) + 1))
    found = find_crossings(
        np.array(level.positive), np.array(level.flat), table.keys.copy(),
        starts, across.rows.copy(), keys, np.array(across.first),
    )  # fmt: skip
    order = np.argsort(found[:, 2], kind="stable")
    found = found[order]
    return Crossings(frozen(found[:, :2].copy()), frozen(found[:, 2].copy()))


def facets(level: Level, across: Cuts | None = None, found: Crossings | None = None) -> Level:
    """All faces of one dimension less.

    Examples
    --------
    >>> chambers = SignVectors.from_signs([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    >>> facets(facets(Level.of_chambers(chambers))).signs.unpacked().tolist()
    [[0, 0]]
    >>> facets(Level.of_chambers(chambers)).signs.unpacked().tolist()
    [[0, 1], [0, -1], [1, 0], [-1, 0]]
    """
    across = cuts(level) if across is None else across
    found = crossings(level, across) if found is None else found
    positive = level.positive[found.pairs[:, 0]] & ~across.rows[found.cut]
    zeros = level.zeros[across.flat] | across.rows
    return Level(frozen(positive), frozen(found.cut), frozen(zeros), level.support, level.width)
