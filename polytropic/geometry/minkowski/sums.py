"""Minkowski sums of polyhedra, without forming all sums of vertices.

A choice of one vertex per summand gives a vertex of the sum exactly when some linear function has
its minimum there in every summand, and nowhere else: when it is positive on all edges and rays that
leave these vertices.  Up to sign these functions are the interior of the vertex's *normal cone*,
and the normal cones of a sum are the full-dimensional intersections of those of its summands.

The summands are added one after the other.  The normal cone of a vertex q of the sum so far meets
those of a connected set of vertices of the next summand, so a walk along its edges finds them
all: one is where a function of the normal cone of q has its minimum, and from there every neighbour
is tested.  A test proposes, in floats, a linear function that proves the choice a vertex, or edges
with a positive combination that vanishes, which prove the contrary; the proof itself is exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, frozen
from polytropic.errors import InputError
from polytropic.geometry.minkowski.directions import stars
from polytropic.geometry.minkowski.judge import Judge
from polytropic.geometry.minkowski.neighbours import adjacent_pairs, interior_normals
from polytropic.geometry.minkowski.quotient import Quotient, quotient
from polytropic.geometry.minkowski.walk import Progress, walk
from polytropic.geometry.polytope import Polytope

__all__ = ["MinkowskiVertices", "minkowski_sum", "minkowski_vertices"]

_FEW = 256  # sums of vertices up to which one forms them all


@dataclass(frozen=True, eq=False, repr=False)
class MinkowskiVertices:
    """Vertices of a Minkowski sum, each with the vertices of the summands that it is made of.

    If the sum contains lines, the vertices are one point of each of its minimal faces.

    Attributes
    ----------
    polytopes : tuple of k Polytope
        The summands.
    vertices_exact : ExactArray, shape (N, d)
        In lexicographic order.
    summands : int32 array, shape (N, k)
        ``vertices_exact[i]`` is the sum of ``polytopes[j].vertices_exact[summands[i, j]]``.
    """

    polytopes: tuple[Polytope, ...]
    vertices_exact: ExactArray
    summands: NDArray[np.int32]
    _parts: Quotient | None = field(repr=False)  # None if the sum is empty
    _choices: NDArray[np.int32] = field(repr=False)  # `summands`, numbered as in the quotient

    @property
    def vertices(self) -> FloatArray:
        """Vertices, correctly rounded, shape (N, d)."""
        return self.vertices_exact.to_float()

    def __len__(self) -> int:
        return len(self.summands)

    @cached_property
    def normals_exact(self) -> ExactArray:
        """A direction in the interior of each vertex's normal cone, shape (N, d).

        As a linear function it is greatest at this vertex of the sum and nowhere else (with lines:
        on this minimal face), and the same is true in every summand.

        Examples
        --------
        >>> square = Polytope.box(0, 1, dim=2)
        >>> np.sign(minkowski_vertices([square, square]).normals_exact.to_float()).tolist()
        [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]
        """
        if self._parts is None:
            return ExactArray.zeros(0, self.vertices_exact.shape[1])
        inward = interior_normals(stars(self._parts), self._choices)
        return self._parts.pull_back(-inward)

    @cached_property
    def edges(self) -> IntArray:
        """Pairs of vertices that span an edge of the sum, shape (n_edges, 2), i < j, sorted.

        Notes
        -----
        One test for every direction of an edge of a summand at every vertex.

        Examples
        --------
        >>> triangle = Polytope.from_points([[0, 0], [2, 0], [0, 2]])
        >>> minkowski_vertices([triangle, triangle]).edges.tolist()
        [[0, 1], [0, 2], [1, 2]]
        """
        if self._parts is None:
            return frozen(np.zeros((0, 2), dtype=np.int64))
        return frozen(adjacent_pairs(stars(self._parts), self._choices))

    def to_polytope(self) -> Polytope:
        """The sum as a polyhedron."""
        if self._parts is None:
            return Polytope.empty(self.polytopes[0].ambient_dimension)
        rays = ExactArray.concatenate([part.rays_exact for part in self.polytopes])
        lines = ExactArray.concatenate([part.lines_exact for part in self.polytopes])
        if not len(rays) and not len(lines):
            return Polytope._from_vertices(self.vertices_exact)
        return Polytope.from_points(self.vertices_exact, rays, lines)

    def __repr__(self) -> str:
        return (
            f"MinkowskiVertices({len(self)} vertices of a sum of {len(self.polytopes)} polyhedra "
            f"in dimension {self.polytopes[0].ambient_dimension})"
        )


def minkowski_vertices(
    polytopes: Iterable[Polytope],
    *,
    max_vertices: int | None = None,
    progress: Progress | None = None,
) -> MinkowskiVertices:
    """Find the vertices of a sum of polyhedra, and what they are sums of.

    Parameters
    ----------
    polytopes : sequence of Polytope
        At least one, in the same space; unbounded, flat and empty ones are summands like others.
    max_vertices : int, optional
        Refuse to find more.
    progress : callable, optional
        Called again and again with the number of vertices found for the summands so far.

    Returns
    -------
    MinkowskiVertices

    Raises
    ------
    InputError
        If there is no summand, or their spaces differ.
    BudgetError
        If the sum of some of the summands, and so the whole sum, has more than `max_vertices`
        vertices.

    Notes
    -----
    Adding a summand takes one test for every vertex q of the sum so far and every vertex of the
    summand whose normal cone meets that of q, or is a neighbour of one that does.  No partial sum
    has more vertices than the whole, so with k summands, of at most m neighbours per vertex, there
    are at most ``k (m + 1) N`` tests for N vertices.  A test looks for the point of least norm in
    the hull of the directions of the edges at a choice of vertices.

    The correspondence of vertices and edges of a sum with directions of edges of the summands is
    that of K. Fukuda, "From the zonotope construction to the Minkowski addition of convex
    polytopes", Journal of Symbolic Computation 38 (2004).

    Examples
    --------
    >>> triangle = Polytope.from_points([[0, 0], [2, 0], [0, 2]])
    >>> found = minkowski_vertices([triangle, Polytope.box(0, 1, dim=2)])
    >>> found.vertices.tolist()
    [[0.0, 0.0], [0.0, 3.0], [1.0, 3.0], [3.0, 0.0], [3.0, 1.0]]
    >>> found.summands.tolist()
    [[0, 0], [1, 1], [1, 3], [2, 2], [2, 3]]
    """
    parts = tuple(polytopes)
    size = _common_dimension(parts)
    if any(part.is_empty for part in parts):
        none = np.zeros((0, len(parts)), dtype=np.int32)
        return MinkowskiVertices(parts, ExactArray.zeros(0, size), frozen(none), None, none)
    divided = quotient(parts)
    given = stars(divided)
    choices = walk(given, Judge(given.directions), max_vertices, progress)
    origins = zip(divided.origins, choices.T, strict=True)
    summands = np.column_stack([origin[choice] for origin, choice in origins]).astype(np.int32)
    points = _sums([part.vertices_exact for part in parts], summands)
    order = _lexicographic(points)
    return MinkowskiVertices(
        parts, points[order], frozen(summands[order]), divided, frozen(choices[order])
    )


def minkowski_sum(
    *polytopes: Polytope,
    max_vertices: int | None = None,
    progress: Progress | None = None,
) -> Polytope:
    """Set of all sums of one point from each polyhedron.

    Parameters
    ----------
    *polytopes : Polytope
        At least one, in the same space; empty if one of them is empty.
    max_vertices : int, optional
        Refuse to find more vertices.
    progress : callable, optional
        Called again and again with the number of vertices found for the summands so far.

    Returns
    -------
    Polytope

    Raises
    ------
    InputError
        If there is none, or their spaces differ.
    BudgetError
        If there are more than `max_vertices` vertices.

    Notes
    -----
    See `minkowski_vertices`, which also says what the vertices are sums of.

    Examples
    --------
    >>> square, diagonal = Polytope.box(0, 1, dim=2), Polytope.from_points([[0, 0], [1, 1]])
    >>> minkowski_sum(square, diagonal).n_vertices
    6
    """
    size = _common_dimension(polytopes)
    if any(part.is_empty for part in polytopes):
        return Polytope.empty(size)
    counts = [part.n_vertices for part in polytopes]
    if max_vertices is not None or math.prod(counts) > _FEW:
        found = minkowski_vertices(polytopes, max_vertices=max_vertices, progress=progress)
        return found.to_polytope()
    summands = np.indices(counts).reshape(len(counts), -1).T
    points = _sums([part.vertices_exact for part in polytopes], summands)
    rays = ExactArray.concatenate([part.rays_exact for part in polytopes])
    lines = ExactArray.concatenate([part.lines_exact for part in polytopes])
    return Polytope.from_points(points, rays, lines)


def _common_dimension(polytopes: tuple[Polytope, ...]) -> int:
    if not polytopes:
        raise InputError("give at least one polytope")
    sizes = sorted({part.ambient_dimension for part in polytopes})
    if len(sizes) > 1:
        raise InputError(f"the polytopes lie in spaces of different dimensions: {sizes}")
    return sizes[0]


def _sums(points: list[ExactArray], summands: IntArray | NDArray[np.int32]) -> ExactArray:
    """Sums of one point of each array, shape (N, k) to (N, d)."""
    in_floats = _float_sums([part.floats for part in points], summands)
    if in_floats is not None:
        return ExactArray.of_floats(in_floats)
    common = math.lcm(*(part.denominator for part in points))
    total = np.full((len(summands), points[0].shape[1]), 0, dtype=object)
    for part, choice in zip(points, summands.T, strict=True):
        total = total + part.over(common)[choice]
    return ExactArray(total, common)


def _float_sums(
    points: list[FloatArray | None], summands: IntArray | NDArray[np.int32]
) -> FloatArray | None:
    """The same in floats, or None if an addition would have to round."""
    total: FloatArray | None = None
    for part, choice in zip(points, summands.T, strict=True):
        if part is None:
            return None
        if total is None:
            total = part[choice]
            continue
        with np.errstate(all="ignore"):
            after = total + part[choice]
            share = after - total
            lost = (total - (after - share)) + (part[choice] - share)
        if lost.any() or not np.isfinite(lost).all():
            return None
        total = after
    return total


def _lexicographic(points: ExactArray) -> NDArray[np.intp]:
    if points.floats is not None and points.shape[1]:
        return np.lexsort(points.floats.T[::-1])
    rows = points.numerators.tolist()
    return np.array(sorted(range(len(rows)), key=rows.__getitem__), dtype=np.intp)
