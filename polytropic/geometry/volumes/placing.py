"""Placing triangulations: points one after the other, on homogeneous integer rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from polytropic.arithmetic.linalg import kernel, pivot_columns
from polytropic.arithmetic.minors import normals
from polytropic.arithmetic.numbers import IntArray, ObjectArray
from polytropic.arithmetic.signs import product_signs
from polytropic.errors import BudgetError

__all__ = ["coordinates_on_span", "placed"]

Face = tuple[int, ...]

_WIDEST = 10  # beyond, one kernel each beats 2^n minors


def coordinates_on_span(rows: ObjectArray) -> ObjectArray:
    """Columns of a matrix that carry its rank, the first possible ones."""
    chosen: ObjectArray = rows[:, pivot_columns(rows)]
    return chosen


def placed(rows: ObjectArray, order: Sequence[int], max_simplices: int) -> IntArray:
    """Triangulate the cone over rows by placing them in order.

    Parameters
    ----------
    rows : object array of int, shape (n, k + 1)
        Homogeneous points, of rank k + 1.
    order : sequence of int
    max_simplices : int

    Returns
    -------
    int array, shape (m, k + 1)
        Rows of the simplices, each row increasing.
    """
    first, *rest = order
    placing = _Placing(rows, first, max_simplices)
    for index in rest:
        placing.add(index)
    return np.array([sorted(simplex) for simplex in placing.simplices], dtype=np.int64)


class _Placing:
    """Simplices so far, and the boundary of their union: simplices with inward normals.

    All is done in the span of the points so far; `columns` are coordinates on it.
    """

    def __init__(self, rows: ObjectArray, first: int, max_simplices: int) -> None:
        self.rows, self.max_simplices = rows, max_simplices
        self.simplices: list[Face] = [(first,)]
        self.basis = [first]
        self._start()

    def _start(self) -> None:
        self.columns = pivot_columns(self.rows[self.basis])
        self.boundary: dict[Face, ObjectArray] = {}
        self._bound(_outer_facets(self.simplices))

    def _bound(self, outer: dict[Face, int]) -> None:
        """Add facets of the boundary, each with a point on its inner side."""
        flat = self.rows[:, self.columns]
        facets = np.array(list(outer), dtype=np.intp).reshape(len(outer), len(self.columns) - 1)
        if flat.shape[1] <= _WIDEST:
            found = normals(flat[facets].transpose(1, 2, 0)).T
        else:
            found = np.array([kernel(flat[facet])[0] for facet in facets], dtype=object)
        inside = (found * flat[list(outer.values())]).sum(axis=1) > 0
        found = np.where(inside[:, None], found, -found)
        self.boundary.update(zip(outer, found, strict=True))

    def add(self, index: int) -> None:
        if len(pivot_columns(self.rows[[*self.basis, index]])) > len(self.basis):
            self.simplices = [(*simplex, index) for simplex in self.simplices]
            self.basis.append(index)
            self._start()
            return
        facets = list(self.boundary)
        walls = np.array([self.boundary[facet] for facet in facets], dtype=object)
        point = self.rows[index : index + 1, self.columns]
        signs = product_signs(point, walls.reshape(len(facets), -1))[0]
        seen = [facets[i] for i in np.flatnonzero(signs < 0)]
        self.simplices += [(*facet, index) for facet in seen]
        if len(self.simplices) > self.max_simplices:
            raise BudgetError(f"more than max_simplices={self.max_simplices} simplices")
        for facet in seen:
            del self.boundary[facet]
        if seen:
            horizon = _outer_facets(seen).items()
            self._bound({tuple(sorted((*ridge, index))): inner for ridge, inner in horizon})


def _outer_facets(simplices: Sequence[Face]) -> dict[Face, int]:
    """Facets of exactly one of the simplices, each with the corner opposite to it."""
    once: dict[Face, int] = {}
    for simplex in simplices:
        for facet in combinations(sorted(simplex), len(simplex) - 1):
            if once.pop(facet, None) is None:
                (once[facet],) = set(simplex).difference(facet)
    return once
