"""Mixed subdivisions: the dual subdivision of a product, each cell as a sum of faces of factors.

The cells of ``f_1 * ... * f_k`` are found without multiplying.  Put the monomials of ``f_i`` at the
i-th vertex of a simplex of dimension k - 1: the upper faces of this *Cayley configuration* that
have a monomial of every factor are the cells of the mixed subdivision, one dimension k - 1 higher
(Huber, Rambau and Santos (2000), "The Cayley trick, lifting subdivisions and the Bohne-Dress
theorem on zonotopal tilings", J. Eur. Math. Soc.).  Nothing has to be generic.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from polytropic.arithmetic.linalg import integer_rows, primitive, rank
from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, ObjectArray, frozen
from polytropic.errors import InputError
from polytropic.geometry.complexes import PolyhedralComplex
from polytropic.geometry.descriptions import points_of
from polytropic.tropical.envelope import Envelope
from polytropic.tropical.faces import MAX_FACES, UpperFaces
from polytropic.tropical.polynomial import TropicalPolynomial

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["MixedCell", "MixedSubdivision", "checked", "mixed_subdivision"]


@dataclass(frozen=True)
class MixedCell:
    """A cell of a mixed subdivision.

    Attributes
    ----------
    polynomials : tuple of k TropicalPolynomial
    faces : tuple of k tuples of int
        For every factor its monomials that are maximal wherever the dual of the cell is: the cell
        is the sum of the hulls of their exponents.
    """

    polynomials: tuple[TropicalPolynomial, ...]
    faces: tuple[tuple[int, ...], ...]

    @cached_property
    def dimensions(self) -> tuple[int, ...]:
        """Dimensions of the faces."""
        return tuple(rank(steps) for steps in self._steps)

    @cached_property
    def dimension(self) -> int:
        """Dimension of the cell."""
        return rank(np.concatenate(self._steps))

    @property
    def is_fine(self) -> bool:
        """Whether the dimensions of the faces add up to that of the cell."""
        return sum(self.dimensions) == self.dimension

    @property
    def is_mixed(self) -> bool:
        """Whether no face is a point: the dual cell lies in the hypersurfaces of all factors."""
        return min(self.dimensions) > 0

    @cached_property
    def _steps(self) -> list[ObjectArray]:
        found = []
        for f, face in zip(self.polynomials, self.faces, strict=True):
            rows = f.exponents_exact[np.array(face)].numerators
            found.append(rows - rows[:1])
        return found


@dataclass(frozen=True, repr=False)
class MixedSubdivision:
    """The dual subdivision of a tropical product, with the faces that its cells are sums of.

    Make one with `mixed_subdivision`.

    Attributes
    ----------
    polynomials : tuple of k TropicalPolynomial

    Examples
    --------
    Two tropical lines that cross; the parallelogram is their point of intersection:

    >>> f = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0])
    >>> g = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, -1, -3])
    >>> division = mixed_subdivision(f, g)
    >>> sorted(cell.dimensions for cell in division.cells(2))
    [(0, 2), (1, 1), (2, 0)]
    >>> division.points.tolist()[[cell.is_mixed for cell in division.cells(2)].index(True)]
    [1.0, 1.0]
    """

    polynomials: tuple[TropicalPolynomial, ...]

    @property
    def n_variables(self) -> int:
        """Number of variables d."""
        return self.polynomials[0].n_variables

    @property
    def dimension(self) -> int:
        """Dimension of the Newton polytope of the product."""
        return self._cayley.dimension - len(self.polynomials) + 1

    def __len__(self) -> int:
        return self._cayley.n_upper

    def __repr__(self) -> str:
        return f"MixedSubdivision({len(self)} maximal cells of {len(self.polynomials)} factors)"

    def cells(self, k: int, *, max_faces: int = MAX_FACES) -> tuple[MixedCell, ...]:
        """All cells of dimension k.

        Parameters
        ----------
        k : int
        max_faces : int
            How many faces of the Cayley configuration may be listed on the way.

        Raises
        ------
        BudgetError
            If there are more.
        """
        faces = self._listed(k, max_faces)
        return tuple(
            MixedCell(self.polynomials, self._split(members))
            for members in _parts(
                faces.members(k + len(self.polynomials) - 1), self._complete(faces, k)
            )
        )

    def corners(self, k: int, *, max_faces: int = MAX_FACES) -> list[tuple[tuple[int, ...], ...]]:
        """For every cell of dimension k the vertices of its faces, in the order of `cells`."""
        faces = self._listed(k, max_faces)
        lists = faces.vertices(k + len(self.polynomials) - 1)
        return [self._split(members) for members in _parts(lists, self._complete(faces, k))]

    def dual_cells(self, k: int, *, max_faces: int = MAX_FACES) -> PolyhedralComplex:
        """Cells of R^d dual to the cells of dimension k, in the order of `cells`.

        They are the cells of dimension d - k of the union of the hypersurfaces of all factors.
        """
        faces = self._listed(k, max_faces)
        through = _parts(faces.through(k + len(self.polynomials) - 1), self._complete(faces, k))
        return PolyhedralComplex(self._generators, self._lineality, tuple(map(tuple, through)))

    @cached_property
    def points_exact(self) -> ExactArray:
        """Dual points of the maximal cells, shape (n, d), in the order of `cells`."""
        return points_of(self._generators[: len(self)])

    @property
    def points(self) -> FloatArray:
        """Dual points of the maximal cells, correctly rounded."""
        return self.points_exact.to_float()

    # -- the Cayley configuration --------------------------------------------------------------
    @cached_property
    def _sizes(self) -> list[int]:
        return [f.n_monomials for f in self.polynomials]

    @cached_property
    def _cayley(self) -> Envelope:
        k = len(self.polynomials)
        corners = np.zeros((k, k - 1))
        corners[np.arange(1, k), k - 1 - np.arange(1, k)] = 1  # in lexicographic order
        where = ExactArray.of_floats(np.repeat(corners, self._sizes, axis=0))
        powers = ExactArray.concatenate([f.exponents_exact for f in self.polynomials])
        values = ExactArray.concatenate([f.coefficients_exact for f in self.polynomials])
        return Envelope(ExactArray.concatenate([where, powers], axis=1), values)

    @cached_property
    def _faces(self) -> UpperFaces:
        return UpperFaces(self._cayley)

    def _listed(self, k: int, max_faces: int) -> UpperFaces:
        if not 0 <= k <= self.n_variables:
            raise InputError(f"cells have dimensions 0 to {self.n_variables}, got {k}")
        if max_faces == self._faces.max_faces:
            return self._faces
        return UpperFaces(self._cayley, max_faces)

    def _complete(self, faces: UpperFaces, k: int) -> IntArray:
        """Faces of the Cayley configuration that have a monomial of every factor."""
        table = faces.vertices(k + len(self.polynomials) - 1)
        colour = np.repeat(np.arange(len(self._sizes)), self._sizes)
        face = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
        has = np.zeros((table.shape[0], len(self._sizes)), dtype=bool)
        has[face, colour[table.indices]] = True
        return np.flatnonzero(has.all(axis=1))

    def _split(self, members: list[int]) -> tuple[tuple[int, ...], ...]:
        """Monomials of the Cayley configuration as monomials of the factors."""
        found, start = [], 0
        for size in self._sizes:
            found.append(tuple([i - start for i in members if start <= i < start + size]))
            start += size
        return tuple(found)

    @cached_property
    def _generators(self) -> ObjectArray:
        """Points and rays without the coordinates of the simplex."""
        extra, rows = len(self.polynomials) - 1, self._cayley.generators.tolist()
        shorter = [primitive([row[0], *row[extra + 1 :]]) for row in rows]
        return frozen(integer_rows(shorter, self.n_variables + 1))

    @cached_property
    def _lineality(self) -> ObjectArray:
        extra, rows = len(self.polynomials) - 1, self._cayley.lineality.tolist()
        shorter = [primitive([row[0], *row[extra + 1 :]]) for row in rows]
        return frozen(integer_rows(shorter, self.n_variables + 1))


def mixed_subdivision(*polynomials: TropicalPolynomial) -> MixedSubdivision:
    """The dual subdivision of the product, each cell as a sum of faces of the factors.

    Parameters
    ----------
    *polynomials : TropicalPolynomial
        At least one, all in the same variables, none of them the tropical zero.

    Raises
    ------
    InputError
        If there is none, their variables differ, or one is the tropical zero.

    Notes
    -----
    One convex hull of all monomials in dimension d + k.
    """
    return MixedSubdivision(checked(polynomials))


def checked(polynomials: tuple[Any, ...]) -> tuple[TropicalPolynomial, ...]:
    """Refuse what are no polynomials in common variables."""
    if not polynomials:
        raise InputError("give at least one tropical polynomial")
    for f in polynomials:
        if not isinstance(f, TropicalPolynomial):
            raise InputError(f"{f!r} is no TropicalPolynomial")
        if not f.n_monomials:
            raise InputError("the tropical zero (no monomial) has no polytope")
    variables = sorted({f.n_variables for f in polynomials})
    if len(variables) > 1:
        raise InputError(f"polynomials in {variables} variables do not mix")
    return polynomials


def _parts(table: csr_array, rows: IntArray) -> list[list[int]]:
    return [table.indices[table.indptr[i] : table.indptr[i + 1]].tolist() for i in rows.tolist()]
