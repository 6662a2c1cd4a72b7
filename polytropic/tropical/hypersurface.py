"""Tropical hypersurfaces as polyhedral complexes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.maxima import row_maxima
from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, exact, frozen
from polytropic.arithmetic.rows import Rows
from polytropic.errors import InputError
from polytropic.geometry.complexes import PolyhedralComplex
from polytropic.tropical.lengths import lattice_lengths
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.subdivision import DualSubdivision
from polytropic.tropical.weighted import WeightedComplex

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["TropicalHypersurface", "dual_complex"]


def dual_complex(f: TropicalPolynomial, faces: tuple[tuple[int, ...], ...]) -> PolyhedralComplex:
    """Cells of R^d where the monomials of each given face of the upper hull are all maximal."""
    envelope = f._envelope
    cells = tuple(envelope.facets_through(face) for face in faces)
    return PolyhedralComplex(frozen(envelope.generators), frozen(envelope.lineality), cells)


@dataclass(frozen=True, repr=False)
class TropicalHypersurface:
    """The set of points where at least two monomials of a tropical polynomial are maximal.

    Its maximal cells are dual to the edges of the dual subdivision, its vertices to the maximal
    cells, its rays to the facets of the Newton polytope.  Cells and their duals have the same
    numbers: cell i of ``cells(j)`` is where the monomials of face i of
    ``subdivision.faces(d - j)`` are all maximal.

    Attributes
    ----------
    polynomial : TropicalPolynomial

    Examples
    --------
    The tropical line:

    >>> line = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0]).hypersurface()
    >>> line.complex.vertices, sorted(line.complex.rays.tolist())
    (array([[0., 0.]]), [[-1.0, 0.0], [0.0, -1.0], [1.0, 1.0]])
    >>> line.weights, line.is_balanced()
    (array([1, 1, 1]), True)
    >>> line.contains([[2, 2], [2, 1], [-1, 0]])
    array([ True, False,  True])
    """

    polynomial: TropicalPolynomial

    @cached_property
    def subdivision(self) -> DualSubdivision:
        """The dual subdivision."""
        return DualSubdivision(self.polynomial)

    # -- maximal cells, as tables --------------------------------------------------------------
    @property
    def monomials(self) -> tuple[tuple[int, int], ...]:
        """For every maximal cell, the two regions that it separates."""
        return self.polynomial._envelope.edges

    @property
    def vertices(self) -> FloatArray:
        """Vertices, dual to the maximal cells of the subdivision, correctly rounded, shape (k, d).

        If there are lines, one point of each smallest cell.
        """
        return self.polynomial._envelope.points

    @property
    def rays(self) -> FloatArray:
        """Primitive outward normals of the facets of the Newton polytope, shape (m, d)."""
        return self.polynomial._envelope.rays

    @property
    def cell_table(self) -> csr_array:
        """Vertices, then rays, of every maximal cell, shape (n_cells, k + m)."""
        return self.polynomial._envelope.edge_table.facets

    @cached_property
    def weights(self) -> IntArray:
        """Lattice length of the edge dual to every maximal cell.

        Raises
        ------
        InputError
            If an exponent is not an integer.
        """
        edges = self.polynomial._envelope.edge_table.edges
        return frozen(lattice_lengths(self.polynomial.exponents_exact, edges))

    # -- complexes -----------------------------------------------------------------------------
    @cached_property
    def complex(self) -> PolyhedralComplex:
        """The maximal cells, of dimension d - 1, in the order of `monomials`."""
        table, envelope = self.cell_table, self.polynomial._envelope
        flat, ends = table.indices.tolist(), table.indptr.tolist()
        cells = tuple([tuple(flat[i:j]) for i, j in pairwise(ends)])
        return PolyhedralComplex(frozen(envelope.generators), frozen(envelope.lineality), cells)

    @cached_property
    def regions(self) -> PolyhedralComplex:
        """Closures of the linear regions, one per vertex of the dual subdivision."""
        return self.subdivision.dual_cells(0)

    def cells(self, dimension: int) -> PolyhedralComplex:
        """All cells of one dimension j, in the order of ``subdivision.faces(d - j)``.

        Parameters
        ----------
        dimension : int
            From that of the lineality space to d - 1; for d the regions.

        Examples
        --------
        >>> f = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0])
        >>> [len(f.hypersurface().cells(j)) for j in range(2)]
        [1, 3]
        """
        d = self.polynomial.n_variables
        if not 0 <= dimension <= d:
            raise InputError(f"cells have dimensions 0 to {d}, got {dimension}")
        return self.subdivision.dual_cells(d - dimension)

    def dual_faces(self, dimension: int) -> tuple[tuple[int, ...], ...]:
        """For every cell of one dimension the vertices of the face that is dual to it."""
        return self.subdivision.faces(self.polynomial.n_variables - dimension)

    @cached_property
    def f_vector(self) -> tuple[int, ...]:
        """Numbers of cells of dimension 0, 1, ..., d - 1."""
        d, counts = self.polynomial.n_variables, self.subdivision.f_vector
        return tuple(counts[d - j] if d - j < len(counts) else 0 for j in range(d))

    # -- weights -------------------------------------------------------------------------------
    @cached_property
    def weighted(self) -> WeightedComplex:
        """The maximal cells with their weights, and the cells of codimension one.

        Raises
        ------
        InputError
            If an exponent is not an integer.
        """
        weights = tuple(self.weights.tolist())
        return WeightedComplex(self.complex, weights, self.subdivision.dual_cells(2).cells)

    def is_balanced(self) -> bool:
        """Whether the weighted primitive vectors around every ridge add up to zero.

        They do, for every tropical hypersurface; the sums themselves: `weighted.balancing`.
        """
        return self.weighted.is_balanced()

    # -- points --------------------------------------------------------------------------------
    def maximal_monomials(self, points: Any) -> list[tuple[int, ...]]:
        """Monomials that are maximal at each of some points, exactly.

        Parameters
        ----------
        points : array_like, shape (m, d)
            Numbers mean what their bits say.
        """
        starts, monomials = self._maxima(points)
        return [tuple(monomials[i:j].tolist()) for i, j in pairwise(starts.tolist())]

    def contains(self, points: Any) -> NDArray[np.bool_]:
        """Whether points lie on the hypersurface, exactly.

        Parameters
        ----------
        points : array_like, shape (m, d)

        Returns
        -------
        bool array, shape (m,)
        """
        return np.diff(self._maxima(points)[0]) > 1

    def _maxima(self, points: Any) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        places = exact(points, "points", ndim=2)
        f = self.polynomial
        if places.shape[1] != f.n_variables:
            raise InputError(f"points must have shape (m, {f.n_variables}), got {places.shape}")
        ones = ExactArray(np.full((len(places), 1), 1, dtype=object))
        left = Rows.of(ExactArray.concatenate([places, ones], axis=1))
        columns = [f.exponents_exact, f.coefficients_exact.reshape(-1, 1)]
        return row_maxima(left, ExactArray.concatenate(columns, axis=1))

    def star(self, point: Any) -> TropicalHypersurface:
        """The fan that the hypersurface looks like near a point, moved to the origin.

        Parameters
        ----------
        point : array_like, shape (d,)

        Returns
        -------
        TropicalHypersurface
            Of the monomials that are maximal there, without coefficients; empty off the
            hypersurface.

        Examples
        --------
        >>> f = TropicalPolynomial([[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, -1])
        >>> f.hypersurface().star([0, 0]).rays.tolist()
        [[-1.0, 0.0], [0.0, -1.0], [1.0, 1.0]]
        """
        here = exact(point, "point", ndim=1).reshape(1, -1)
        chosen = np.array(self.maximal_monomials(here)[0])
        powers = self.polynomial.exponents_exact[chosen]
        return TropicalHypersurface(TropicalPolynomial(powers, [0] * len(chosen)))

    def __repr__(self) -> str:
        n_cells = len(self.polynomial._envelope.edge_table.edges)
        return f"TropicalHypersurface({n_cells} maximal cells of {self.polynomial!r})"
