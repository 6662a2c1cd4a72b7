"""The upper hull of lifted exponents and the maximum it describes, once for all questions.

For ``f(x) = max_i (c_i + <a_i, x>)`` the polyhedron ``P(f) + cone(-e)`` (the lifted points with
everything below them) has two sorts of facets.  Its *upper* facets are the maximal cells of the
dual subdivision; each is the vertex ``x*`` of the tropical hypersurface where its monomials tie.
Its *vertical* facets are those of the Newton polytope; their outward normals are the rays of the
hypersurface.  Which monomial lies on which facet is therefore the whole duality, as one table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import echelon, integer_rows, kernel, primitive
from polytropic.arithmetic.numbers import ExactArray, ObjectArray
from polytropic.engines import hulls
from polytropic.geometry.incidence import bits_of, irredundant, mask_of

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
    def _pivots(self) -> list[int]:
        """Coordinates that determine a point of the affine hull of the exponents."""
        rows = self._flat_rows
        return [column - 1 for column in echelon(rows)[1] if column]

    @cached_property
    def _flat_rows(self) -> ObjectArray:
        return _with_height(self.exponents)

    @cached_property
    def _lifted_rows(self) -> ObjectArray:
        columns = [self.exponents[:, self._pivots], self.coefficients.reshape(-1, 1)]
        return _with_height(ExactArray.concatenate(columns, axis=1))

    @cached_property
    def _upper(self) -> tuple[ObjectArray, NDArray[np.bool_], NDArray[np.bool_]]:
        """Upper facets, their incidence, and the incidence of all facets of P(f)."""
        rows = self._lifted_rows
        flat = kernel(rows)
        if len(flat):
            # The coefficients are an affine function of the exponents: one cell.
            row = flat[0] if flat[0, -1] < 0 else -flat[0]
            incidence = np.ones((1, len(rows)), dtype=bool)
            return row[None, :], incidence, self._newton[1]
        facets, incidence = hulls.facets(rows)
        upper = np.array([row[-1] < 0 for row in facets.tolist()])
        return facets[upper], incidence[upper], incidence

    @cached_property
    def _newton(self) -> tuple[ObjectArray, NDArray[np.bool_]]:
        """Facets of the Newton polytope in the pivot coordinates, and their incidence."""
        return hulls.facets(self._flat_rows[:, [0, *(column + 1 for column in self._pivots)]])

    def restricted(
        self, exponents: ExactArray, coefficients: ExactArray, kept: NDArray[np.intp]
    ) -> Envelope:
        """The envelope of some of the points that include all vertices of the upper hull."""
        smaller = Envelope(exponents, coefficients)
        facets, upper, _ = self._upper
        smaller.__dict__["_pivots"] = self._pivots
        smaller.__dict__["_upper"] = facets, upper[:, kept], upper[:, kept]
        smaller.__dict__["vertices"] = tuple(range(len(kept)))
        return smaller

    # -- the table -----------------------------------------------------------------------------
    @cached_property
    def incidence(self) -> NDArray[np.bool_]:
        """Monomials on the upper facets, then on the vertical ones, shape (k + m, n)."""
        return np.concatenate([self._upper[1], self._newton[1]])

    @cached_property
    def generators(self) -> ObjectArray:
        """Points x* of the upper facets and rays of the vertical ones: rows ``(t, x)``."""
        width = self.exponents.shape[1] + 1
        places = [column + 1 for column in self._pivots]
        rows = []
        for facet in self._upper[0].tolist():
            # F . (1, a, c) >= 0 with F_c < 0 says c + <a, F_a / F_c> <= -F_0 / F_c.
            rows.append(self._spread([-facet[-1], *(-e for e in facet[1:-1])], places, width))
        for facet in self._newton[0].tolist():
            rows.append(self._spread([0, *(-e for e in facet[1:])], places, width))
        return integer_rows(rows, width)

    @staticmethod
    def _spread(row: list[int], places: list[int], width: int) -> tuple[int, ...]:
        wide = [0] * width
        for place, entry in zip([0, *places], row, strict=True):
            wide[place] = entry
        return primitive(wide)

    @cached_property
    def lineality(self) -> ObjectArray:
        """Directions along which all monomials change alike, rows ``(0, x)``."""
        differences = (self.exponents - _repeat_first(self.exponents)).numerators
        null = kernel(differences)
        return np.concatenate([np.full((len(null), 1), 0, dtype=object), null], axis=1)

    @property
    def n_upper(self) -> int:
        """Number of upper facets (maximal cells of the dual subdivision)."""
        return len(self._upper[0])

    # -- faces ---------------------------------------------------------------------------------
    @cached_property
    def vertices(self) -> tuple[int, ...]:
        """Monomials that are vertices of the upper hull: those whose region has interior."""
        _, upper, everything = self._upper
        candidates = np.flatnonzero(upper.any(axis=0))
        extreme = irredundant(everything[:, candidates].T)
        return tuple(int(candidates[i]) for i in extreme)

    @cached_property
    def _facets_of(self) -> list[int]:
        """For every monomial the facets it lies on, as a bit mask."""
        return [mask_of(column) for column in self.incidence.T]

    @cached_property
    def _members_of(self) -> list[int]:
        """For every facet the monomials on it, as a bit mask."""
        return [mask_of(row) for row in self.incidence]

    def smallest_face(self, monomials: tuple[int, ...]) -> frozenset[int]:
        """All monomials on the smallest face of ``P(f) + cone(-e)`` through the given ones."""
        shared = self.facets_through(monomials)
        everything = (1 << len(self.coefficients)) - 1
        members = reduce(and_, (self._members_of[k] for k in shared), everything)
        return frozenset(bits_of(members))

    def facets_through(self, monomials: tuple[int, ...] | frozenset[int]) -> tuple[int, ...]:
        """Facets (upper ones first, then vertical ones) on which all given monomials lie."""
        everything = (1 << len(self.incidence)) - 1
        return tuple(bits_of(reduce(and_, (self._facets_of[i] for i in monomials), everything)))

    @cached_property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Edges of the upper hull as pairs of vertices, i < j, sorted."""
        extreme = set(self.vertices)
        found = set()
        for row in self.incidence[: self.n_upper]:
            corners = [int(i) for i in np.flatnonzero(row) if int(i) in extreme]
            for a, i in enumerate(corners):
                for j in corners[a + 1 :]:
                    if (i, j) not in found and self.smallest_face((i, j)) & extreme == {i, j}:
                        found.add((i, j))
        return tuple(sorted(found))


def upper_vertices(exponents: ExactArray, coefficients: ExactArray) -> tuple[int, ...]:
    """Indices of the vertices of the upper hull of ``(a_i, c_i)``, exponents distinct."""
    return Envelope(exponents, coefficients).vertices


def _with_height(array: ExactArray) -> ObjectArray:
    height = np.full((len(array), 1), array.denominator, dtype=object)
    return np.concatenate([height, array.numerators], axis=1)


def _repeat_first(array: ExactArray) -> ExactArray:
    return ExactArray(np.repeat(array.numerators[:1], len(array), axis=0), array.denominator)
