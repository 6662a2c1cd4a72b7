"""Symmetries of an arrangement: permutations of its hyperplanes that linear maps induce."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import flint
import numpy as np
from numpy.typing import ArrayLike, NDArray

from polytropic.arithmetic.linalg import pivot_columns
from polytropic.arithmetic.numbers import IntArray, ObjectArray
from polytropic.errors import InputError
from polytropic.geometry.arrangements.counting.residues import small_rows
from polytropic.geometry.arrangements.counting.walk import Budget, Level
from polytropic.geometry.arrangements.hyperplanes import Hyperplanes
from polytropic.geometry.arrangements.sign_vectors import Words, n_words

__all__ = ["Group", "Symmetry", "hyperplane_symmetries", "orbits"]

Group: TypeAlias = Sequence[ArrayLike]
"""Generators, each a permutation g of the m rows: row i goes to row ``g[i]``."""


def hyperplane_symmetries(planes: Hyperplanes, group: Group) -> IntArray:
    """Read generators of a symmetry group as permutations of the distinct hyperplanes.

    Parameters
    ----------
    planes : Hyperplanes
    group : sequence of permutations of the given rows
        Each must be induced by a linear map, up to factors of the rows.

    Returns
    -------
    int array, shape (number of generators, number of hyperplanes)

    Raises
    ------
    InputError
        If a generator is no permutation, or no linear map induces it.

    Notes
    -----
    One rational elimination per generator, on r columns.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> from polytropic.geometry.arrangements.hyperplanes import distinct_hyperplanes
    >>> planes = distinct_hyperplanes(exact([[1, 0], [0, 1], [1, 1], [0, 0]]))
    >>> hyperplane_symmetries(planes, [[1, 0, 2, 3]]).tolist()
    [[1, 0, 2]]
    """
    found = np.empty((len(group), len(planes.rows)), dtype=np.int64)
    integers = small_rows(planes.rows)
    for place, generator in enumerate(group):
        images = _permutation(generator, planes.n_rows, place)
        found[place] = planes.member[images[planes.representative]]
        expected = np.append(found[place], -1)[planes.member]  # a zero row has number -1
        if (planes.member[images] != expected).any():
            row = int(np.flatnonzero(planes.member[images] != expected)[0])
            raise InputError(
                f"generator {place} of the group sends row {row} to row {images[row]}, but not the "
                f"rows parallel to it to parallel rows (or a zero row to a zero row)"
            )
        if len(integers):
            _check_linear(integers, found[place], planes.representative, place)
    return found


def _permutation(generator: ArrayLike, m: int, place: int) -> NDArray[np.intp]:
    images = np.asarray(generator)
    if images.shape != (m,) or (m and images.dtype.kind not in "iu"):
        raise InputError(
            f"generator {place} of the group has shape {images.shape} and type {images.dtype}; "
            f"give the images of the {m} rows, counted from 0"
        )
    if (np.sort(images) != np.arange(m)).any():
        raise InputError(f"generator {place} of the group is no permutation of 0..{m - 1}")
    return images.astype(np.intp)


def _check_linear(rows: ObjectArray, images: IntArray, names: NDArray[np.intp], place: int) -> None:
    """Whether some linear map takes every row to a multiple of its image.

    Coordinates with regard to a basis, and those of the images with regard to the basis' images,
    must be the same up to a factor for every row and one for every column.
    """
    basis = pivot_columns(rows.T)
    moved = rows[images]
    before = _coordinates(rows, basis)
    after = _coordinates(moved, basis)
    row = -1
    if after is None:
        problem = f"rows {names[basis].tolist()} are a basis, but their images are dependent"
    else:
        assert before is not None
        row = _unequal_row(before, after)
        if row < 0:
            return
        problem = (
            f"the image of row {names[row]} does not fit those of rows {names[basis].tolist()}"
        )
    raise InputError(
        f"generator {place} of the group is not induced by a linear map (up to factors of the "
        f"rows): {problem}"
    )


_Table = list[list[flint.fmpq]]


def _coordinates(rows: ObjectArray, basis: list[int]) -> _Table | None:
    matrix = flint.fmpq_mat(flint.fmpz_mat(rows.tolist()))
    chosen = flint.fmpq_mat(flint.fmpz_mat(rows[basis].tolist()))
    try:
        table: _Table = (matrix * chosen.inv()).tolist()
    except ZeroDivisionError:
        return None
    return table


def _unequal_row(before: _Table, after: _Table) -> int:
    """A row whose entries are not ``row factor * column factor`` times those before; -1 if none."""
    width = len(before[0])
    column_factor: list[flint.fmpq | None] = [None] * width
    left = list(range(len(before)))
    while left:
        # Rows that share a column with known ones come first; else a new component starts.
        touching = [
            i for i in left if any(b and f for b, f in zip(before[i], column_factor, strict=True))
        ]
        row = touching[0] if touching else left[0]
        left.remove(row)
        factor: flint.fmpq | None = None
        for b, a, known in zip(before[row], after[row], column_factor, strict=True):
            if bool(b) != bool(a):
                return row
            if b and known is not None:
                if factor is not None and factor != a / (b * known):
                    return row
                factor = a / (b * known)
        for j, (b, a) in enumerate(zip(before[row], after[row], strict=True)):
            if b and column_factor[j] is None:
                column_factor[j] = a / (b * (factor if factor is not None else flint.fmpq(1)))
    return -1


def orbits(permutations: IntArray) -> IntArray:
    """Number the orbits of a permutation group, by their first elements: int array, shape (k,).

    Examples
    --------
    >>> orbits(np.array([[1, 0, 2], [0, 1, 2]])).tolist()
    [0, 0, 1]
    """
    k = permutations.shape[1]
    number = np.arange(k)
    while True:
        lower = number.copy()
        for images in permutations:
            np.minimum.at(lower, images, number)
            lower = np.minimum(lower, lower[images])
        if (lower == number).all():
            return np.unique(number, return_inverse=True)[1].astype(np.int64)
        number = lower


class Symmetry:
    """A group acting on flats as sets of bits.

    Parameters
    ----------
    permutations : int array, shape (g, m)
        Generators, on the rows of the lattice that is walked.
    """

    def __init__(self, permutations: IntArray) -> None:
        self.permutations = permutations
        self.tables = _byte_tables(permutations)

    def merge(self, level: Level, shares: IntArray, budget: Budget) -> Level:
        """Keep one flat of every orbit, with the sum of the values divided by its share.

        Notes
        -----
        Every orbit is walked once: time O(flats in all orbits), memory O(the largest orbit).
        """
        from polytropic.geometry.arrangements.counting.kernels import grown_slots
        from polytropic.geometry.arrangements.counting.symmetry_kernels import mark_orbit

        count = len(level)
        slots = grown_slots(level.keys, count, 1 << (2 * count + 2).bit_length())
        label = np.full(count, -1, dtype=np.int64)
        limit = -1 if budget.max_flats is None else budget.max_flats
        leaders: list[int] = []
        for flat in range(count):
            if label[flat] < 0:
                size = mark_orbit(level.keys, slots, self.tables, flat, len(leaders), label, limit)
                leaders.append(flat)
                if size < 0 or len(leaders) % 64 == 0:
                    budget.check(level.bases.shape[1] - 1, flat, count, -int(size))
        values = np.zeros(len(leaders), dtype=np.int64)
        np.add.at(values, label, level.values)
        first = np.array(leaders, dtype=np.intp)
        return Level(level.keys[first], values // shares[first], level.bases[first])


def _byte_tables(permutations: IntArray) -> Words:
    """Images of all bytes at all places: uint64 array, shape (g, bytes, 256, words)."""
    g, m = permutations.shape
    words = n_words(m)
    tables = np.zeros((g, (m + 7) // 8, 256, words), dtype=np.uint64)
    byte = np.arange(256)
    for place, images in enumerate(permutations.tolist()):
        for h, image in enumerate(images):
            chosen = (byte >> (h & 7) & 1).astype(np.uint64) << np.uint64(image & 63)
            tables[place, h >> 3, :, image >> 6] |= chosen
    return tables
