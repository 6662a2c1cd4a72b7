"""Polytopes and their dilations, sliced coordinate after coordinate along a lattice basis.

Coordinates are chosen along a lattice basis of the directions of the polytope, so flat polytopes
are full-dimensional here.  The projections to the first j coordinates give the range of coordinate
j over every prefix; all prefixes of a block advance together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import identity, integer_rows, product
from polytropic.arithmetic.numbers import ExactArray, ObjectArray
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.lattice.bases import (
    coordinates,
    in_coordinates,
    shadow_facets,
    split_lattice,
)
from polytropic.geometry.polytope import Polytope

__all__ = ["MAX_POINTS", "Fibration"]

MAX_POINTS = 20_000_000
_BLOCK = 1 << 16  # prefixes that advance together
_SAFE_BITS = 62


@dataclass(frozen=True)
class Fibration:
    """A polytope and its dilations, seen along a lattice basis of its directions.

    Attributes
    ----------
    corner : tuple of Fraction
        The origin of the coordinates: a vertex of a flat polytope, zero otherwise.
    basis : object array, shape (k, d)
        Lattice basis of the integer directions of the affine hull.
    particular : object array, shape (m, d), and triangle : object array, shape (m, m)
        Integer points on the affine hull ``E x = f`` are ``y @ particular + z @ basis`` for the one
        solution y of ``y @ triangle = f`` and any integers z.
    equations : object array, shape (m, d + 1)
    corners : ExactArray, shape (n, k)
        Vertices in the coordinates.
    facets : object array, shape (f, k + 1)
        Facets in the coordinates.
    """

    corner: tuple[Fraction, ...]
    basis: ObjectArray
    particular: ObjectArray
    triangle: ObjectArray
    equations: ObjectArray
    corners: ExactArray
    facets: ObjectArray

    @staticmethod
    def of(polytope: Polytope) -> Fibration | None:
        """Choose coordinates for a bounded polytope; None if it is empty."""
        if not polytope.is_bounded:
            raise InputError("the polyhedron is unbounded: only polytopes have their points listed")
        if polytope.is_empty:
            return None
        equations = polytope.equations
        table = np.concatenate(
            [equations.exact_b.numerators[:, None], equations.exact_A.numerators], axis=1
        )
        triangle, particular, basis = split_lattice(table[:, 1:])
        vertices, facets = polytope.vertices_exact, polytope.description.facets
        corner = vertices[:1] if len(table) else ExactArray.zeros(1, len(basis))
        if len(table):
            difference = vertices - ExactArray.concatenate([corner] * len(vertices))
            vertices = coordinates(difference, basis)
            facets = in_coordinates(facets, corner, basis)
        order = _slicing_order(vertices)
        return Fibration(
            tuple(corner.to_fractions()[0].tolist()),
            basis[order],
            particular,
            triangle,
            table,
            vertices[:, order],
            facets[:, [0, *(i + 1 for i in order)]],
        )

    @cached_property
    def levels(self) -> tuple[ObjectArray, ...]:
        """Facets of the projections to the first j coordinates, one table for each j."""
        shadows = (shadow_facets(self.corners, j) for j in range(1, len(self.basis)))
        return (*shadows, self.facets) if len(self.basis) else ()

    # -- the lattice of a dilation -------------------------------------------------------------
    def origin(self, dilation: int) -> tuple[list[int], list[Fraction]] | None:
        """An integer point on the dilated affine hull, and its coordinates; None without one."""
        d = self.basis.shape[1]
        start = [0] * d
        if len(self.equations):
            right = flint.fmpz_mat([[dilation * int(row[0]) for row in self.equations]])
            left = flint.fmpz_mat(self.triangle.tolist()).transpose()
            factors = left.solve(right.transpose()).entries()
            if any(int(f.q) != 1 for f in factors):
                return None
            row = integer_rows([[int(f.p) for f in factors]], len(factors))
            start = product(row, self.particular.T)[0].tolist()
        if not len(self.equations):
            return start, [Fraction(0)] * d
        shift = [x - dilation * c for x, c in zip(start, self.corner, strict=True)]
        common = math.lcm(1, *(x.denominator for x in shift))
        rows = integer_rows([[int(x * common) for x in shift]], d)
        if not len(self.basis):
            return start, []
        return start, coordinates(ExactArray(rows, common), self.basis).to_fractions()[0].tolist()

    def tables(self, dilation: int, shift: list[Fraction], interior: bool) -> list[NDArray[Any]]:
        """Integer rows with ``row . (1, z) >= 0`` for the lattice points z of the slices."""
        found = []
        bits = self._bits(dilation, shift)
        moved = any(shift)
        for facets in self.levels:
            rows = []
            for row in facets.tolist():
                slack = dilation * row[0]
                if moved:
                    terms = zip(row[1:], shift, strict=False)
                    slack += sum((c * s for c, s in terms), Fraction(0))
                rows.append([math.ceil(slack) - 1 if interior else math.floor(slack), *row[1:]])
            table = integer_rows(rows, facets.shape[1])
            room = max((sum(abs(x) for x in row) for row in rows), default=0)
            small = room.bit_length() + bits < _SAFE_BITS
            found.append(table.astype(np.int64) if small else table)
        if any(table.dtype == object for table in found):
            found = [table.astype(object) for table in found]
        return found

    def _bits(self, dilation: int, shift: list[Fraction]) -> int:
        """Bits of the largest coordinate of a lattice point."""
        reach = max((abs(x) for x in self.corners.numerators.ravel().tolist()), default=0)
        largest = Fraction(dilation * reach, self.corners.denominator)
        return math.ceil(largest + max((abs(s) for s in shift), default=0) + 1).bit_length()

    # -- answers -------------------------------------------------------------------------------
    def count(self, dilation: int, interior: bool, max_slices: int = MAX_POINTS) -> int:
        """Number of lattice points in a dilation by a positive integer."""
        place = self.origin(dilation)
        if place is None:
            return 0
        if not len(self.basis):
            return 1
        tables = self.tables(dilation, place[1], interior)
        total = 0
        for _, low, high in _segments(tables, max_slices):
            lengths = np.maximum(high - low + 1, 0)
            total += int(lengths.astype(object).sum() if len(lengths) else 0)
        return total

    def points(self, interior: bool, max_points: int) -> NDArray[Any]:
        """Lattice points in lexicographic order."""
        place = self.origin(1)
        size, d = self.basis.shape
        if place is None:
            return np.zeros((0, d), dtype=np.int64)
        start = integer_rows([place[0]], d)
        if not size:
            return _machine(start)
        found, total = [], 0
        for prefix, low, high in _segments(self.tables(1, place[1], interior), max_points):
            lengths = np.maximum(high - low + 1, 0)
            total += int(lengths.astype(object).sum() if len(lengths) else 0)
            if total > max_points:
                raise BudgetError(
                    f"there are at least {total:,} lattice points; raise max_points={max_points:,} "
                    "or ask n_lattice_points for their number"
                )
            found.append(_extended(prefix, low, lengths.astype(np.int64)))
        if not total:
            return np.zeros((0, d), dtype=np.int64)
        places = np.concatenate(found)
        plain = d == size and (self.basis == identity(d)).all() and not any(place[0])
        if plain:
            return _machine(places)
        points = _combined(places, self.basis, start)
        return points[np.lexsort(points.T[::-1])]


def _slicing_order(corners: ExactArray) -> list[int]:
    """Order of the coordinates: the widest last, if it makes slices much fewer."""
    values = corners.to_float()
    with np.errstate(all="ignore"):  # beyond the range of floats any order will do
        widths = (values.max(axis=0) - values.min(axis=0)).tolist()
    order = list(range(len(widths)))
    if not widths or 4 * widths[-1] >= max(widths):
        return order
    return sorted(order, key=lambda axis: widths[axis])


def _segments(
    tables: list[NDArray[Any]], max_slices: int
) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    """Prefixes of all but the last coordinate with the range of the last one, block by block."""
    visited = 0
    stack = [np.zeros((1, 0), dtype=tables[0].dtype)]
    while stack:
        prefix = stack.pop()
        low, high = _range(tables[prefix.shape[1]], prefix)
        visited += len(prefix)
        if visited > max_slices:
            raise BudgetError(
                f"more than {max_slices:,} slices: raise the budget or make the polytope smaller"
            )
        if prefix.shape[1] == len(tables) - 1:
            yield prefix, low, high
            continue
        lengths = np.maximum(high - low + 1, 0)
        wanted = int(lengths.astype(object).sum() if len(lengths) else 0)
        if visited + wanted > max_slices:
            raise BudgetError(
                f"more than {visited + wanted:,} slices, beyond {max_slices:,}: "
                "raise the budget or make the polytope smaller"
            )
        longer = _extended(prefix, low, lengths.astype(np.int64))
        starts = range(0, len(longer), _BLOCK)
        stack += [longer[start : start + _BLOCK] for start in reversed(starts)]


def _range(table: NDArray[Any], prefix: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Least and greatest next coordinate over every prefix."""
    low: Any = None
    high: Any = None
    for row in table:
        lead = row[-1]
        if not lead:
            continue
        slack = row[0] + prefix @ row[1:-1]
        if lead > 0:
            bound = -(slack // lead)
            low = bound if low is None else np.maximum(low, bound)
        else:
            bound = slack // -lead
            high = bound if high is None else np.minimum(high, bound)
    assert low is not None, "a bounded polytope is bounded below"
    assert high is not None, "a bounded polytope is bounded above"
    return low, high


def _extended(prefix: NDArray[Any], low: NDArray[Any], lengths: NDArray[Any]) -> NDArray[Any]:
    """Every prefix with every value of its range, in lexicographic order."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    steps = np.arange(total) - np.repeat(ends - lengths, lengths)
    longer = np.empty((total, prefix.shape[1] + 1), dtype=prefix.dtype)
    longer[:, :-1] = np.repeat(prefix, lengths, axis=0)
    longer[:, -1] = np.repeat(low, lengths) + steps
    return longer


def _combined(places: NDArray[Any], basis: ObjectArray, start: ObjectArray) -> NDArray[Any]:
    reach = max(1, int(np.abs(places).max(initial=0)))
    room = np.abs(basis).sum(axis=0) * reach + np.abs(start[0])
    if max(room.tolist(), default=0).bit_length() < _SAFE_BITS:
        return places.astype(np.int64) @ basis.astype(np.int64) + start.astype(np.int64)
    return product(places.astype(object), basis.T) + start


def _machine(points: NDArray[Any]) -> NDArray[Any]:
    """As int64, where that holds them."""
    if points.dtype != object:
        return points
    largest = max((abs(x) for x in points.ravel().tolist()), default=0)
    return points.astype(np.int64) if largest.bit_length() < 63 else points
