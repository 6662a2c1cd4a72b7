"""Upper hulls of lifted exponents: their facets, exactly, as sparse tables and functionals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import echelon, integer_rows, kernel
from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, ObjectArray
from polytropic.arithmetic.rows import Rows
from polytropic.arithmetic.sparse import csr_of_flags, csr_of_lists, sorted_lists
from polytropic.engines.hulls import Attempt, ConeFacets, attempt, cone_facets
from polytropic.engines.upper import last_ratios, last_signs

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["UpperHull", "Walls", "affine_pivots", "upper_hull", "walls"]

_FEW = 12  # points up to which exact double description answers at once
_WHOLE = 2**53
_DEEP = 512  # bits up to which shifted floats neither overflow nor underflow


@dataclass(frozen=True, eq=False)
class UpperHull:
    """Upper facets of the hull of points ``(a_i, c_i)``.

    Attributes
    ----------
    pivots : tuple of int
        Coordinates that determine a point of the affine hull of the exponents.
    cells : csr_array of bool, shape (k, n)
        All points on each upper facet.
    scales : pair of int
        The rows are ``(1, scales[0] * a, scales[1] * c)`` up to positive factors.
    rows : Rows, length n
        Only the pivots of the exponents.
    functional : object array, optional
        If all points lie on one hyperplane that is not vertical: its row.
    found : ConeFacets, optional
        Otherwise all facets of the hull, the lower ones too.
    places : int array, shape (k,)
        The upper ones among them, in the order of `cells`.
    """

    pivots: tuple[int, ...]
    cells: csr_array
    scales: tuple[int, int]
    rows: Rows
    functional: ObjectArray | None
    found: ConeFacets | None
    places: IntArray

    @cached_property
    def functionals(self) -> ObjectArray:
        """Integer rows, non-negative on all ``(1, a, c)``, zero on the cell, last entry below 0."""
        if self.functional is not None:
            return self._unscaled(self.functional)
        assert self.found is not None
        return self._unscaled(self.found.normals.integers(self.places))

    def functionals_of(self, cells: IntArray) -> ObjectArray:
        """Some of the functionals."""
        if self.functional is not None or "functionals" in self.__dict__:
            return self.functionals[cells]
        assert self.found is not None
        return self._unscaled(self.found.normals.integers(self.places[cells]))

    def _unscaled(self, rows: ObjectArray) -> ObjectArray:
        if self.scales == (1, 1):
            return rows
        factors = [1, *[self.scales[0]] * len(self.pivots), self.scales[1]]
        return rows * np.array(factors, dtype=object)

    def rounded_points(self) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Where the monomials of each cell tie, (k, d'), rounded to nearest; which are certain."""
        count, width = self.cells.shape[0], len(self.pivots)
        if self.found is None or self.found.boundary is None or self.scales != (1, 1):
            return np.full((count, width), np.nan), np.zeros(count, dtype=bool)
        ratios, sure = last_ratios(self.found.boundary, self.places)
        return -ratios[:, 1:-1], sure

    def ordered(self, order: NDArray[np.intp]) -> UpperHull:
        """The same facets in another order."""
        return replace(self, cells=self.cells[order], places=self.places[order])

    def with_cells(self, cells: csr_array) -> UpperHull:
        """The same facets with other points on them."""
        return replace(self, cells=cells).ordered(sorted_lists(cells))


@dataclass(frozen=True, eq=False)
class Walls:
    """Facets of a Newton polytope in its pivot coordinates.

    Attributes
    ----------
    members : csr_array of bool, shape (m, n)
        All points on each facet.
    functionals : object array, shape (m, d' + 1)
        Primitive rows, non-negative on all ``(1, a)``.
    """

    members: csr_array
    functionals: ObjectArray


def affine_pivots(exponents: ExactArray) -> tuple[int, ...]:
    """First coordinates that determine a point of the affine hull of the exponents."""
    height = np.full((len(exponents), 1), exponents.denominator, dtype=object)
    pivots = echelon(np.concatenate([height, exponents.numerators], axis=1))[1]
    return tuple(column - 1 for column in pivots if column)


def upper_hull(exponents: ExactArray, coefficients: ExactArray) -> UpperHull:
    """Upper facets of the hull of ``(a_i, c_i)``, the exponents distinct.

    Notes
    -----
    Qhull proposes all facets and floats prove them; what cannot be proven so is done in integers
    (see `polytropic.engines.hulls`).  Cells are sorted by their lists of points.
    """
    pivots: tuple[int, ...] = tuple(range(exponents.shape[1]))
    rows, scales = _lifted(exponents, coefficients)
    tried = _attempt(rows)
    if tried.found is None:
        pivots = affine_pivots(exponents)
        if len(pivots) < exponents.shape[1]:
            rows, scales = _lifted(exponents[:, list(pivots)], coefficients)
            tried = _attempt(rows)
        if tried.found is None:
            hyperplane = kernel(rows.integers())
            if len(hyperplane):
                return _one_cell(pivots, rows, scales, hyperplane)
    found = tried.found or cone_facets(rows, tried=tried if tried.points is not None else None)
    places = np.flatnonzero(last_signs(found) < 0)
    cells = found.members[places]
    order = sorted_lists(cells)
    return UpperHull(pivots, cells[order], scales, rows, None, found, places[order])


def walls(exponents: ExactArray, pivots: Sequence[int]) -> Walls:
    """Facets of the hull of the exponents, sorted by their lists of points."""
    if not len(pivots):
        nothing = csr_of_flags(np.zeros((0, len(exponents)), dtype=bool))
        return Walls(nothing, integer_rows([], 1))
    rows = _with_height(exponents[:, list(pivots)])
    tried = _attempt(rows)
    found = tried.found or cone_facets(rows, tried=tried if tried.points is not None else None)
    order = sorted_lists(found.members)
    return Walls(found.members[order], found.normals.integers()[order])


def _attempt(rows: Rows) -> Attempt:
    return attempt(rows, "qhull") if len(rows) > _FEW else Attempt()


def _one_cell(
    pivots: tuple[int, ...], rows: Rows, scales: tuple[int, int], hyperplane: ObjectArray
) -> UpperHull:
    """All points on one hyperplane: the coefficients are an affine function of the exponents."""
    row = hyperplane if hyperplane[0, -1] < 0 else -hyperplane
    everything = csr_of_lists(np.arange(len(rows)), np.array([0, len(rows)]), len(rows))
    return UpperHull(pivots, everything, scales, rows, row, None, np.zeros(1, dtype=np.int64))


# -- rows ----------------------------------------------------------------------------------------
def _lifted(exponents: ExactArray, coefficients: ExactArray) -> tuple[Rows, tuple[int, int]]:
    """Rows ``(1, s a, t c)`` up to positive factors, in floats if that is exact, and (s, t)."""
    left, right = _in_floats(exponents), _in_floats(coefficients)
    if left is not None and right is not None:
        ones = np.ones((len(exponents), 1))
        columns = [ones, left[0].reshape(exponents.shape), right[0].reshape(-1, 1)]
        return Rows(np.concatenate(columns, axis=1)), (left[1], right[1])
    joined = ExactArray.concatenate([exponents, coefficients.reshape(-1, 1)], axis=1)
    return _with_height(joined), (1, 1)


def _with_height(array: ExactArray) -> Rows:
    floats = _in_floats(array)
    if floats is not None and floats[1] == 1:
        return Rows(np.concatenate([np.ones((len(array), 1)), floats[0]], axis=1))
    height = np.full((len(array), 1), array.denominator, dtype=object)
    return Rows.of(ExactArray(np.concatenate([height, array.numerators], axis=1)))


def _in_floats(array: ExactArray) -> tuple[FloatArray, int] | None:
    """Floats that are exactly an array times a positive integer, and that integer."""
    if array.floats is not None:
        return array.floats, 1
    whole, over = _whole_floats(array.numerators), array.denominator
    if whole is None:
        return None
    if over & (over - 1) == 0 and over.bit_length() < _DEEP:
        shifted = np.ldexp(whole, 1 - over.bit_length())
        if np.array_equal(np.ldexp(shifted, over.bit_length() - 1), whole):
            return shifted, 1
    return whole, over


def _whole_floats(numerators: ObjectArray) -> FloatArray | None:
    """The same integers as floats, if these hold all of them."""
    try:
        small = numerators.astype(np.int64)
        if (np.abs(small) <= _WHOLE).all():
            return small.astype(np.float64)
    except OverflowError:
        pass
    flat = numerators.ravel().tolist()
    if any(entry.bit_length() > _DEEP for entry in flat):
        return None
    floats = [float(entry) for entry in flat]
    if any(int(x) != entry for x, entry in zip(floats, flat, strict=True)):
        return None
    return np.array(floats, dtype=np.float64).reshape(numerators.shape)
