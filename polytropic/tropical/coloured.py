"""Two-coloured hypersurfaces: where two tropical polynomials tie.

The points where ``f = g`` are found among the upper faces of ``conv(P(f) u P(g))``: x ties exactly
when the face of monomials that are maximal at x contains one of f and one of g.  Proposition 6.1 of
Zhang, Naitzat and Lim says that this set lies in the hypersurface of ``max(f, g)``; that holds for
its boundary, but a monomial that f and g share and that is maximal on an open set makes a
full-dimensional piece.  Keeping the colours of monomials gives the set itself, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from polytropic.geometry.complexes import PolyhedralComplex
from polytropic.geometry.graphs import component_labels
from polytropic.tropical.hypersurface import dual_complex
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = ["TieLocus"]

_FIRST, _SECOND = 1, 2
_BOTH = _FIRST | _SECOND


@dataclass(frozen=True, repr=False)
class TieLocus:
    """The set B of points where two tropical polynomials are equal.

    Attributes
    ----------
    first, second : TropicalPolynomial
        In the same variables.

    Examples
    --------
    ``max(x, 0) = 0`` holds on a half-line, although the hypersurface is one point:

    >>> f = TropicalPolynomial([[0], [1]], [0, 0])
    >>> ties = TieLocus(f, TropicalPolynomial([[0]], [0]))
    >>> len(ties.cells), ties.cells[0].vertices.tolist(), ties.cells[0].rays.tolist()
    (1, [[0.0]], [[-1.0]])
    >>> ties.has_interior
    True
    """

    first: TropicalPolynomial
    second: TropicalPolynomial

    @cached_property
    def polynomial(self) -> TropicalPolynomial:
        """The tropical sum (maximum) of both, whose hypersurface contains the boundary of B."""
        return self.first + self.second

    @cached_property
    def colours(self) -> tuple[int, ...]:
        """For every monomial of `polynomial`: 1 from the first, 2 from the second, 3 from both."""
        one, two = set(self.first.terms()), set(self.second.terms())
        return tuple(
            _FIRST * (term in one) | _SECOND * (term in two) for term in self.polynomial.terms()
        )

    # -- the locus -----------------------------------------------------------------------------
    @cached_property
    def _tying_faces(self) -> tuple[tuple[int, ...], ...]:
        """Smallest upper faces with both colours; their duals are the maximal cells of B."""
        envelope = self.polynomial._envelope
        on_hull = np.flatnonzero(envelope.incidence[: envelope.n_upper].any(axis=0)).tolist()
        candidates = {envelope.smallest_face((i,)) for i in on_hull}
        candidates |= {envelope.smallest_face(edge) for edge in envelope.edges}
        tying = [face for face in candidates if self._colour(face) == _BOTH]
        smallest = [face for face in tying if not any(other < face for other in tying)]
        return tuple(sorted(tuple(sorted(face)) for face in smallest))

    def _colour(self, face: frozenset[int] | tuple[int, ...]) -> int:
        colour = 0
        for i in face:
            colour |= self.colours[i]
        return colour

    @cached_property
    def cells(self) -> PolyhedralComplex:
        """Maximal cells of B, of any dimension."""
        return dual_complex(self.polynomial, self._tying_faces)

    @property
    def has_interior(self) -> bool:
        """Whether B contains an open set."""
        return bool(self._open_monomials)

    @cached_property
    def _open_monomials(self) -> tuple[int, ...]:
        return tuple(i for i in self.polynomial._envelope.vertices if self.colours[i] == _BOTH)

    @cached_property
    def open_cells(self) -> PolyhedralComplex:
        """The full-dimensional pieces of B."""
        return dual_complex(self.polynomial, tuple((i,) for i in self._open_monomials))

    @cached_property
    def superset_cells(self) -> PolyhedralComplex:
        """Maximal cells of the hypersurface of `polynomial` that do not belong to B."""
        envelope = self.polynomial._envelope
        faces = tuple(
            edge for edge in envelope.edges if self._colour(envelope.smallest_face(edge)) != _BOTH
        )
        return dual_complex(self.polynomial, faces)

    # -- both sides ----------------------------------------------------------------------------
    @cached_property
    def first_regions(self) -> PolyhedralComplex:
        """Linear regions of the maximum on which the first polynomial alone is maximal."""
        return dual_complex(self.polynomial, tuple((i,) for i in self._vertices_of(_FIRST)))

    @cached_property
    def second_regions(self) -> PolyhedralComplex:
        """Linear regions of the maximum on which the second polynomial alone is maximal."""
        return dual_complex(self.polynomial, tuple((i,) for i in self._vertices_of(_SECOND)))

    @property
    def n_first_components(self) -> int:
        """Number of connected components of ``{first > second}`` (at most the regions of first)."""
        return self._n_components(_FIRST)

    @property
    def n_second_components(self) -> int:
        """Number of connected components of ``{second > first}``."""
        return self._n_components(_SECOND)

    def _vertices_of(self, colour: int) -> list[int]:
        return [i for i in self.polynomial._envelope.vertices if self.colours[i] == colour]

    def _n_components(self, colour: int) -> int:
        envelope = self.polynomial._envelope
        place = {monomial: index for index, monomial in enumerate(self._vertices_of(colour))}
        if not place:
            return 0
        joined = [
            (place[i], place[j])
            for i, j in envelope.edges
            if i in place and j in place and self._colour(envelope.smallest_face((i, j))) == colour
        ]
        return int(component_labels(len(place), joined).max()) + 1

    def __repr__(self) -> str:
        return f"TieLocus(of {self.first!r} and {self.second!r})"
