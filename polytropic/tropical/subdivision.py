"""Dual subdivisions: regular subdivisions of Newton polytopes with their true cells."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from polytropic.arithmetic.numbers import (
    ExactArray,
    FloatArray,
    IntArray,
    frozen,
)
from polytropic.geometry.complexes import PolyhedralComplex
from polytropic.geometry.lattice import lattice_points
from polytropic.geometry.polytope import Polytope
from polytropic.tropical.faces import MAX_FACES, UpperFaces
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.volumes import normalised_volumes

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["DualCell", "DualSubdivision"]

_Lists = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class DualCell:
    """A maximal cell of a dual subdivision.

    Attributes
    ----------
    polynomial : TropicalPolynomial
    index : int
        Its number among the maximal cells.
    members : tuple of int
        All monomials whose lifted points lie on the upper facet, vertices or not.
    corners : tuple of int
        Those that are vertices of the cell.
    """

    polynomial: TropicalPolynomial
    index: int
    members: tuple[int, ...]
    corners: tuple[int, ...]

    @property
    def vertices_exact(self) -> ExactArray:
        """Vertices of the cell, exact, shape (k, d), sorted."""
        return self.polynomial.exponents_exact[np.array(self.corners)]

    @property
    def vertices(self) -> FloatArray:
        """Vertices of the cell, shape (k, d), sorted."""
        return self.vertices_exact.to_float()

    @property
    def point_exact(self) -> ExactArray:
        """The point of the tropical hypersurface that is dual to the cell, shape (d,)."""
        height, *entries = self.polynomial._envelope.point(self.index)
        return ExactArray(np.array(entries, dtype=object), height)

    @property
    def point(self) -> FloatArray:
        """Dual point of the hypersurface, correctly rounded, shape (d,)."""
        return self.point_exact.to_float()

    @property
    def polytope(self) -> Polytope:
        """The cell as a polytope."""
        return Polytope.from_points(self.vertices_exact)

    def lattice_points(self, *, max_points: int = 1_000_000) -> IntArray:
        """All integer points of the cell, whether they are exponents or not, shape (m, d), sorted.

        Raises
        ------
        BudgetError
            If there are more than `max_points`.
        """
        return np.asarray(lattice_points(self.polytope, max_points=max_points), dtype=np.int64)


@dataclass(frozen=True, repr=False)
class DualSubdivision:
    """The projection of the upper faces of the lifted polytope (Zhang, Naitzat and Lim, sec. 3).

    Cells are the true ones: a square stays a square.  k-dimensional cells are dual to
    (d - k)-dimensional cells of the hypersurface, and both are listed in the same order.

    Attributes
    ----------
    polynomial : TropicalPolynomial

    Examples
    --------
    >>> f = TropicalPolynomial([[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 0])
    >>> division = f.dual_subdivision()
    >>> [cell.vertices.tolist() for cell in division.maximal_cells]
    [[[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]]
    >>> division.f_vector, division.normalised_volumes, division.is_triangulation
    ((4, 4, 1), (Fraction(2, 1),), False)
    """

    polynomial: TropicalPolynomial

    @property
    def dimension(self) -> int:
        """Dimension of the Newton polytope."""
        return self.polynomial._envelope.dimension

    @property
    def vertices(self) -> tuple[int, ...]:
        """Monomials that are vertices of the subdivision."""
        return self.polynomial._envelope.vertices

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Edges of the subdivision, as pairs of monomials, i < j, sorted."""
        return self.polynomial._envelope.edges

    # -- maximal cells, as tables --------------------------------------------------------------
    @property
    def members(self) -> csr_array:
        """Monomials on every maximal cell, vertices or not, shape (n_cells, n_monomials)."""
        return self.polynomial._envelope.upper.cells

    @property
    def corners(self) -> csr_array:
        """Vertices of every maximal cell, shape (n_cells, n_monomials)."""
        return self.polynomial._envelope.corners

    @property
    def points(self) -> FloatArray:
        """Dual points of the maximal cells, correctly rounded, shape (n_cells, d).

        They are the vertices of the hypersurface (if it has lines, one point of each smallest
        cell).
        """
        return self.polynomial._envelope.points

    @cached_property
    def maximal_cells(self) -> tuple[DualCell, ...]:
        """Cells of the dimension of the Newton polytope, in the order of their dual points.

        All tables, and ``faces(dimension)`` beyond dimension one, have the same order.
        """
        members, corners = _lists(self.members), _lists(self.corners)
        pairs = enumerate(zip(members, corners, strict=True))
        return tuple(DualCell(self.polynomial, k, inside, ends) for k, (inside, ends) in pairs)

    def __len__(self) -> int:
        return self.polynomial._envelope.n_upper

    # -- faces ---------------------------------------------------------------------------------
    @cached_property
    def _faces(self) -> UpperFaces:
        return UpperFaces(self.polynomial._envelope)

    def faces(self, k: int, *, max_faces: int = MAX_FACES) -> _Lists:
        """All cells of dimension k, each as the monomials that are its vertices.

        Parameters
        ----------
        k : int
            From 0 (vertices) to `dimension` (maximal cells); there are none beyond.
        max_faces : int
            How many cells may be listed on the way.

        Raises
        ------
        InputError
            If k is negative.
        BudgetError
            If there are more than `max_faces`.

        Examples
        --------
        >>> f = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0])
        >>> f.dual_subdivision().faces(1)
        ((0, 1), (0, 2), (1, 2))
        """
        return _lists(self._within(max_faces).vertices(k))

    def face_members(self, k: int, *, max_faces: int = MAX_FACES) -> _Lists:
        """All monomials on every cell of dimension k, in the order of `faces`."""
        return _lists(self._within(max_faces).members(k))

    def covers(self, k: int, *, max_faces: int = MAX_FACES) -> IntArray:
        """Which cells of dimension k lie on which of dimension k + 1: pairs of their numbers.

        Returns
        -------
        int array, shape (m, 2)
            Sorted; numbers as in ``faces(k)`` and ``faces(k + 1)``.
        """
        return self._within(max_faces).covers(k)

    def _within(self, max_faces: int) -> UpperFaces:
        if max_faces == self._faces.max_faces:
            return self._faces
        return UpperFaces(self.polynomial._envelope, max_faces)

    @cached_property
    def f_vector(self) -> tuple[int, ...]:
        """Numbers of cells of dimension 0, 1, ..., `dimension`."""
        return tuple(self._faces.vertices(k).shape[0] for k in range(self.dimension + 1))

    def dual_cells(self, k: int) -> PolyhedralComplex:
        """Cells of R^d dual to the cells of dimension k, in the order of `faces`.

        The dual of a cell is where all its monomials are maximal: regions for k = 0, the maximal
        cells of the hypersurface for k = 1, its vertices for k = d.
        """
        envelope = self.polynomial._envelope
        cells = _lists(self._faces.through(k))
        return PolyhedralComplex(frozen(envelope.generators), frozen(envelope.lineality), cells)

    # -- volumes -------------------------------------------------------------------------------
    @cached_property
    def normalised_volumes(self) -> tuple[Fraction, ...]:
        """Volume of every maximal cell in units of the smallest lattice simplices.

        For a Newton polytope of full dimension that is d! times the volume.  They add up to the
        normalised volume of the Newton polytope.

        Raises
        ------
        InputError
            If the Newton polytope is flat and an exponent is not an integer.
        """
        return normalised_volumes(self.polynomial.exponents_exact, self.corners, self.dimension)

    @property
    def is_triangulation(self) -> bool:
        """Whether all maximal cells are simplices (they may hold further monomials)."""
        return self._faces.is_simplicial

    @property
    def is_fine(self) -> bool:
        """Whether every monomial is a vertex of the subdivision."""
        return len(self.vertices) == self.polynomial.n_monomials

    @property
    def is_unimodular(self) -> bool:
        """Whether all maximal cells are lattice simplices of normalised volume one.

        The hypersurface is then smooth.
        """
        if self.polynomial.exponents_exact.denominator != 1 or not self.is_triangulation:
            return False
        return all(size == 1 for size in self.normalised_volumes)

    def __repr__(self) -> str:
        return f"DualSubdivision({len(self)} maximal cells of {self.polynomial!r})"


def _lists(table: csr_array) -> _Lists:
    flat, ends = table.indices.tolist(), table.indptr.tolist()
    return tuple([tuple(flat[i:j]) for i, j in pairwise(ends)])
