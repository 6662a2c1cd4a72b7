"""Normal fans: which linear functions are greatest at which faces of a polyhedron."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import flint
import numpy as np

from polytropic.arithmetic.bounded import Bounded, affine, integer_rounding, round_scaled
from polytropic.arithmetic.linalg import integer_rows, primitive, product
from polytropic.arithmetic.numbers import (
    ExactArray,
    FloatArray,
    IntArray,
    Numbers,
    ObjectArray,
    exact,
)
from polytropic.arithmetic.signs import product_signs
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.polytope import Polytope

__all__ = ["NormalFan", "integer_kernel", "normal_fan"]

_BLOCK = 1 << 21  # values of directions at vertices that are held at once


@dataclass(frozen=True, eq=False, repr=False)
class NormalFan:
    """Outer normal cones of the faces of a polyhedron; make one with `normal_fan`.

    The cone of a face F holds the directions u with ``<u, x> = max <u, P>`` for all x in F.  It is
    spanned by the outer normals of the facets through F, and contains the lineality space of the
    fan, spanned by the normals of the affine hull.  The cones of the vertices (with lines: of the
    minimal faces) are maximal; together they fill the polar of the recession cone.

    Examples
    --------
    >>> fan = normal_fan(Polytope.from_points([[0, 0], [1, 0], [0, 1]]))
    >>> fan.rays.astype(int).tolist()
    [[-1, 0], [0, -1], [1, 1]]
    >>> fan.maximal_cones
    ((0, 1), (0, 2), (1, 2))
    >>> fan.is_complete, fan.is_smooth
    (True, True)
    >>> fan.locate([[2, 1], [-3, -1], [0, -1]]).tolist()
    [2, 0, 0]
    """

    polytope: Polytope

    @property
    def ambient_dimension(self) -> int:
        """Dimension d of the space of directions."""
        return self.polytope.ambient_dimension

    @cached_property
    def rays_exact(self) -> ExactArray:
        """Outer normals of the facets, shape (k, d), in their order: primitive integers."""
        rows = [primitive(row) for row in self.polytope.facets.exact_A.numerators.tolist()]
        return ExactArray(integer_rows(rows, self.ambient_dimension))

    @property
    def rays(self) -> FloatArray:
        """Outer normals of the facets, as float64."""
        return self.rays_exact.to_float()

    @cached_property
    def lineality_exact(self) -> ExactArray:
        """Basis of the lineality space, shape (l, d): normals of the affine hull, primitive."""
        rows = [primitive(row) for row in self.polytope.equations.exact_A.numerators.tolist()]
        return ExactArray(integer_rows(rows, self.ambient_dimension))

    @property
    def lineality(self) -> FloatArray:
        """Basis of the lineality space, as float64."""
        return self.lineality_exact.to_float()

    @cached_property
    def maximal_cones(self) -> tuple[tuple[int, ...], ...]:
        """For every vertex the rays that span its cone, ascending."""
        table = self.polytope.facet_members[:, : self.polytope.n_vertices].T.tocsr()
        table.sort_indices()
        return tuple(tuple(row.tolist()) for row in np.split(table.indices, table.indptr[1:-1]))

    # -- questions -----------------------------------------------------------------------------
    @property
    def is_complete(self) -> bool:
        """Whether the cones fill the whole space: whether the polyhedron is bounded."""
        return self.polytope.is_bounded

    @property
    def is_simplicial(self) -> bool:
        """Whether the rays of every cone are independent modulo the lineality space."""
        lines = len(self.polytope.description.lineality)
        rank = self.polytope.dimension - lines
        return all(len(cone) == rank for cone in self.maximal_cones)

    @property
    def is_smooth(self) -> bool:
        """Whether the rays of every cone are part of a basis of the integer lattice.

        The lattice is that of the integer vectors modulo the lineality space, and the rays are
        taken primitive in it.  Smooth fans are those of smooth toric varieties.
        """
        if not self.is_simplicial:
            return False
        basis = integer_kernel(self.lineality_exact.numerators)
        images = product(self.rays_exact.numerators, basis)
        rows = [primitive(row) for row in images.tolist()]
        return all(_extends_to_basis([rows[i] for i in cone]) for cone in self.maximal_cones)

    def locate(self, directions: Numbers) -> IntArray:
        """Vertices at which linear functions are greatest.

        Parameters
        ----------
        directions : array_like, shape (n, d)

        Returns
        -------
        int array, shape (n,)
            Index of a maximal cone that holds the direction, the first one if there are several
            (so of the lexicographically least vertex); -1 if the function has no maximum.

        Notes
        -----
        O(n N d) float operations for N vertices; exact arithmetic only among the vertices whose
        values the error bounds do not tell apart.

        Examples
        --------
        >>> quadrant = Polytope.from_halfspaces([[-1, 0], [0, -1]], [0, 0])
        >>> normal_fan(quadrant).locate([[-1, -1], [1, -1]]).tolist()
        [0, -1]
        """
        rows = self._rows(directions)
        found = np.full(len(rows), -1, dtype=np.int64)
        inside = np.flatnonzero(self._in_support(rows))
        step = max(1, _BLOCK // self.polytope.n_vertices)
        for start in range(0, len(inside), step):
            block = inside[start : start + step]
            found[block] = _first_greatest(rows[block], self.polytope.vertices_exact)
        return found

    def smallest_cone(self, direction: Numbers) -> tuple[int, ...] | None:
        """Rays of the smallest cone that holds a direction; None outside of the support.

        Parameters
        ----------
        direction : array_like, shape (d,)

        Examples
        --------
        >>> fan = normal_fan(Polytope.box(0, 1, dim=2))
        >>> fan.smallest_cone([0, 2]), fan.smallest_cone([0, 0]), fan.smallest_cone([1, 2])
        ((2,), (), (2, 3))
        """
        rows = self._rows(exact(direction, "direction", ndim=1).reshape(1, -1))
        if not self._in_support(rows)[0]:
            return None
        values = self.polytope.vertices_exact @ ExactArray(rows[0])
        heights = values.numerators.tolist()
        greatest = max(heights)
        on_face = [height == greatest for height in heights]
        on_face += (product_signs(rows, self.polytope.rays_exact.numerators)[0] == 0).tolist()
        table = self.polytope.facet_members[:, np.flatnonzero(on_face)]
        holds_all = np.asarray(table.sum(axis=1)).ravel() == sum(on_face)
        return tuple(np.flatnonzero(holds_all).tolist())

    # -- within --------------------------------------------------------------------------------
    def _rows(self, directions: Numbers) -> ObjectArray:
        array = exact(directions, "directions", ndim=2)
        if array.shape[1] != self.ambient_dimension:
            raise InputError(
                f"directions must have shape (n, {self.ambient_dimension}), got {array.shape}"
            )
        rows = [primitive(row) for row in array.numerators.tolist()]
        return integer_rows(rows, self.ambient_dimension)

    def _in_support(self, rows: ObjectArray) -> np.ndarray:
        along_rays = product_signs(rows, self.polytope.rays_exact.numerators)
        along_lines = product_signs(rows, self.polytope.lines_exact.numerators)
        answer: np.ndarray = (along_rays <= 0).all(axis=1) & (along_lines == 0).all(axis=1)
        return answer

    def __repr__(self) -> str:
        return (
            f"NormalFan({len(self.rays_exact)} rays, {len(self.maximal_cones)} maximal cones "
            f"in dimension {self.ambient_dimension})"
        )


def normal_fan(polytope: Polytope) -> NormalFan:
    """Fan of the outer normal cones of a polyhedron.

    Parameters
    ----------
    polytope : Polytope
        It may be flat, unbounded, and may contain lines.

    Returns
    -------
    NormalFan

    Raises
    ------
    EmptyPolytopeError
        If the polyhedron is empty.

    Examples
    --------
    >>> normal_fan(Polytope.box(0, 1, dim=3))
    NormalFan(6 rays, 8 maximal cones in dimension 3)
    """
    if polytope.is_empty:
        raise EmptyPolytopeError("the empty polytope has no normal fan")
    return NormalFan(polytope)


def integer_kernel(rows: ObjectArray) -> ObjectArray:
    """Basis of the lattice of all integer vectors x with ``rows @ x = 0``, as rows.

    (`arithmetic.linalg.kernel` spans the same space, but perhaps a smaller lattice.)

    Examples
    --------
    >>> integer_kernel(integer_rows([[1, 1, 2]], 3)).tolist()
    [[1, 1, -1], [0, 2, -1]]
    """
    count, width = rows.shape
    if width == 0:
        return integer_rows([], 0)
    # Row operations that bring the columns of `rows` to echelon form are unimodular.
    table = [[row[j] for row in rows.tolist()] + _unit(j, width) for j in range(width)]
    reduced = flint.fmpz_mat(table).hnf().tolist()
    found = [[int(x) for x in row[count:]] for row in reduced if not any(row[:count])]
    return integer_rows(found, width)


def _unit(index: int, size: int) -> list[int]:
    return [int(index == j) for j in range(size)]


def _extends_to_basis(rows: list[tuple[int, ...]]) -> bool:
    """Whether independent integer rows are part of a basis of the integer lattice."""
    if not rows:
        return True
    # The Hermite normal form of the columns: its diagonal has the index of the rows' lattice.
    columns = flint.fmpz_mat([list(column) for column in zip(*rows, strict=True)]).hnf()
    return all(abs(int(columns[i, i])) == 1 for i in range(len(rows)))


def _first_greatest(rows: ObjectArray, points: ExactArray) -> IntArray:
    """For every row the first point at which its product is greatest."""
    if points.shape[1] == 0:
        return np.zeros(len(rows), dtype=np.int64)
    # One scale for all points, so that their values can be compared.
    bits = max(abs(entry).bit_length() for entry in points.numerators.ravel().tolist())
    left, right = integer_rounding(rows), round_scaled(ExactArray(points.numerators), -bits)
    nothing = Bounded(np.zeros(len(points)), np.zeros(len(points)))
    with np.errstate(over="ignore", invalid="ignore"):
        values = affine(left, np.zeros(len(rows)), right, nothing)
        lowest = np.nan_to_num(values.value - values.error, nan=-np.inf).max(axis=1)
        possible = ~(values.value + values.error < lowest[:, None])
    found = np.argmax(possible, axis=1)
    for i in np.flatnonzero(possible.sum(axis=1) > 1).tolist():
        candidates = np.flatnonzero(possible[i])
        heights = product(points.numerators[candidates], rows[i : i + 1])[:, 0].tolist()
        found[i] = candidates[heights.index(max(heights))]
    return found
