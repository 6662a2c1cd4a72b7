"""The upper hull of lifted exponents and the maximum it describes, once for all questions.

For ``f(x) = max_i (c_i + <a_i, x>)`` the polyhedron ``P(f) + cone(-e)`` (the lifted points with
everything below them) has two sorts of facets.  Its *upper* facets are the maximal cells of the
dual subdivision; each is the vertex ``x*`` of the tropical hypersurface where its monomials tie.
Its *vertical* facets are those of the Newton polytope; their outward normals are the rays of the
hypersurface.  Which monomial lies on which facet is therefore the whole duality, as one table.
Tables are sparse, and coordinates stay floats until somebody asks for integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import chain
from operator import and_
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows, kernel, primitive
from polytropic.arithmetic.numbers import (
    ExactArray,
    FloatArray,
    IntArray,
    ObjectArray,
    frozen,
    nearest,
)
from polytropic.arithmetic.sparse import columns, csr_of_lists
from polytropic.tropical.edges import EdgeTable, edge_table
from polytropic.tropical.extremes import extreme_among, extreme_points
from polytropic.tropical.lifting import UpperHull, Walls, upper_hull, walls

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Envelope", "upper_vertices"]


@dataclass(frozen=True, eq=False)
class Envelope:
    """Upper hull of the points ``(a_i, c_i)``, with n distinct exponents in R^d.

    Attributes
    ----------
    exponents : ExactArray, shape (n, d)
    coefficients : ExactArray, shape (n,)
    """

    exponents: ExactArray
    coefficients: ExactArray

    @cached_property
    def hull(self) -> UpperHull:
        """Upper facets, in the order of their lists of monomials."""
        return upper_hull(self.exponents, self.coefficients)

    @cached_property
    def newton(self) -> Walls:
        """Facets of the Newton polytope."""
        return walls(self.exponents, self.hull.pivots)

    def restricted(
        self, exponents: ExactArray, coefficients: ExactArray, kept: NDArray[np.intp]
    ) -> Envelope:
        """The envelope of some of the points that include all vertices of the upper hull."""
        smaller = Envelope(exponents, coefficients)
        place = np.full(len(self.coefficients), -1)
        place[kept] = np.arange(len(kept))
        smaller.__dict__["hull"] = self.hull.with_cells(columns(self.hull.cells, kept))
        smaller.__dict__["vertex_array"] = frozen(place[self.vertex_array])
        return smaller

    @property
    def dimension(self) -> int:
        """Dimension d' of the Newton polytope."""
        return len(self.hull.pivots)

    # -- the table -----------------------------------------------------------------------------
    @property
    def n_upper(self) -> int:
        """Number of upper facets (maximal cells of the dual subdivision)."""
        return int(self.hull.cells.shape[0])

    @cached_property
    def table(self) -> csr_array:
        """Monomials on the upper facets, then on the vertical ones, shape (k + m, n)."""
        from scipy.sparse import vstack

        return vstack([self.upper.cells, self.newton.members], format="csr")

    @cached_property
    def incidence(self) -> NDArray[np.bool_]:
        """The same, dense: for small hulls."""
        return np.asarray(self.table.toarray(), dtype=bool)

    @cached_property
    def corners(self) -> csr_array:
        """Vertices on the upper facets, shape (k, n)."""
        return self._vertices_only(self.upper.cells)

    @cached_property
    def corner_table(self) -> csr_array:
        """Vertices on the upper facets, then on the vertical ones, shape (k + m, n)."""
        return self._vertices_only(self.table)

    def _vertices_only(self, table: csr_array) -> csr_array:
        extreme = np.zeros(table.shape[1], dtype=bool)
        extreme[self.vertex_array] = True
        kept = extreme[table.indices]
        counts = np.concatenate([[0], np.cumsum(kept)])[table.indptr].astype(np.int64)
        return csr_of_lists(table.indices[kept].astype(np.int64), counts, table.shape[1])

    @cached_property
    def generators(self) -> ObjectArray:
        """Points x* of the upper facets and rays of the vertical ones: rows ``(t, x)``."""
        points = map(_tie, self.upper.functionals.tolist())
        rays = ((0, *(-e for e in row[1:])) for row in self.newton.functionals.tolist())
        return integer_rows(map(self._spread, chain(points, rays)), self.exponents.shape[1] + 1)

    def _spread(self, row: tuple[int, ...]) -> tuple[int, ...]:
        wide = [0] * (self.exponents.shape[1] + 1)
        for place, entry in zip([-1, *self.hull.pivots], row, strict=True):
            wide[place + 1] = entry
        return primitive(wide)

    @cached_property
    def _unordered_points(self) -> FloatArray:
        values, sure = self.hull.rounded_points()
        wide = np.zeros((len(values), self.exponents.shape[1]))
        left = np.flatnonzero(~sure)
        if len(left):
            rows = map(_tie, self.hull.functionals_of(left).tolist())
            values[left] = [[nearest(entry, row[0]) for entry in row[1:]] for row in rows]
        wide[:, list(self.hull.pivots)] = values
        return wide

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        return np.lexsort(self._unordered_points.T[::-1])

    @cached_property
    def upper(self) -> UpperHull:
        """Upper facets in the order of their points x* (if these are rounded alike, of lists)."""
        return self.hull.ordered(self._order)

    @cached_property
    def points(self) -> FloatArray:
        """Points x* of the upper facets, correctly rounded, shape (k, d)."""
        return frozen(self._unordered_points[self._order])

    def point(self, cell: int) -> tuple[int, ...]:
        """Point x* of one upper facet as a primitive row ``(t, x)``."""
        (row,) = self.upper.functionals_of(np.array([cell])).tolist()
        return self._spread(_tie(row))

    @cached_property
    def rays(self) -> FloatArray:
        """Primitive normals of the vertical facets, rounded, shape (m, d)."""
        wide = np.zeros((len(self.newton.functionals), self.exponents.shape[1]))
        normals = [[nearest(-e, 1) for e in row[1:]] for row in self.newton.functionals.tolist()]
        wide[:, list(self.hull.pivots)] = np.array(normals).reshape(len(wide), self.dimension)
        return frozen(wide)

    @cached_property
    def lineality(self) -> ObjectArray:
        """Directions along which all monomials change alike, rows ``(0, x)``."""
        if self.dimension == self.exponents.shape[1]:
            return integer_rows([], self.dimension + 1)
        differences = (self.exponents - _repeat_first(self.exponents)).numerators
        null = kernel(differences)
        return np.concatenate([np.full((len(null), 1), 0, dtype=object), null], axis=1)

    # -- faces ---------------------------------------------------------------------------------
    @cached_property
    def vertex_array(self) -> IntArray:
        """Monomials that are vertices of the upper hull, sorted."""
        hull = self.hull
        if hull.found is None:
            # One cell: its vertices are those of the Newton polytope, by the same coordinates.
            return frozen(extreme_points(hull.rows))
        on_top = np.zeros(len(self.coefficients), dtype=bool)
        on_top[hull.cells.indices] = True
        extreme = hull.found.corners
        if extreme is None:
            extreme = extreme_among(hull.rows, hull.found.members)
        return frozen(extreme[on_top[extreme]])

    @cached_property
    def vertices(self) -> tuple[int, ...]:
        """Monomials that are vertices of the upper hull: those whose region has interior."""
        return tuple(self.vertex_array.tolist())

    @cached_property
    def edge_table(self) -> EdgeTable:
        """Edges of the upper hull and the facets through them."""
        return edge_table(self.corners, self.newton.members, self.dimension)

    @cached_property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Edges of the upper hull as pairs of vertices, i < j, sorted."""
        return tuple(map(tuple, self.edge_table.edges.tolist()))

    @cached_property
    def _facets_of(self) -> list[frozenset[int]]:
        """For every monomial the facets it lies on."""
        turned = self.table.T.tocsr()
        return [frozenset(part.tolist()) for part in np.split(turned.indices, turned.indptr[1:-1])]

    @cached_property
    def _members_of(self) -> list[frozenset[int]]:
        """For every facet the monomials on it."""
        table = self.table
        parts = np.split(table.indices, table.indptr[1:-1])
        return [frozenset(part.tolist()) for part in parts]

    def smallest_face(self, monomials: tuple[int, ...]) -> frozenset[int]:
        """All monomials on the smallest face of ``P(f) + cone(-e)`` through the given ones."""
        shared = self.facets_through(monomials)
        if not shared:
            return frozenset(range(len(self.coefficients)))
        return reduce(and_, (self._members_of[k] for k in shared))

    def facets_through(self, monomials: tuple[int, ...] | frozenset[int]) -> tuple[int, ...]:
        """Facets (upper ones first, then vertical ones) on which all given monomials lie."""
        if not monomials:
            return tuple(range(self.table.shape[0]))
        return tuple(sorted(reduce(and_, (self._facets_of[i] for i in monomials))))


def upper_vertices(exponents: ExactArray, coefficients: ExactArray) -> tuple[int, ...]:
    """Indices of the vertices of the upper hull of ``(a_i, c_i)``, exponents distinct."""
    return Envelope(exponents, coefficients).vertices


def _tie(functional: list[int]) -> tuple[int, ...]:
    """Where the monomials of an upper facet tie, as a row ``(t, x)``."""
    # F . (1, a, c) >= 0 with F_c < 0 says c + <a, F_a / F_c> <= -F_0 / F_c.
    return (-functional[-1], *(-entry for entry in functional[1:-1]))


def _repeat_first(array: ExactArray) -> ExactArray:
    return ExactArray(np.repeat(array.numerators[:1], len(array), axis=0), array.denominator)
