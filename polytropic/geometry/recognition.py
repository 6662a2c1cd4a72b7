"""Recognise families of polyhedra: simple, simplicial, zonotopes, permutohedra, lattice polytopes.

Every answer is exact.  The empty polytope belongs to no family; all functions return False for it
(and `zonotope_generators` returns None).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd

import numpy as np

from polytropic.arithmetic.linalg import identity, integer_rows, product, rank
from polytropic.arithmetic.numbers import ExactArray, IntArray, ObjectArray
from polytropic.arithmetic.signs import product_signs
from polytropic.geometry.faces.adjacency import adjacent_generators
from polytropic.geometry.faces.walk import Incidences
from polytropic.geometry.graphs import component_labels
from polytropic.geometry.normal_fan import integer_kernel, normal_fan
from polytropic.geometry.polytope import Polytope

__all__ = [
    "is_centrally_symmetric",
    "is_combinatorial_cube",
    "is_generalised_permutohedron",
    "is_lattice_polytope",
    "is_reflexive",
    "is_simple",
    "is_simplex",
    "is_simplicial",
    "is_smooth",
    "is_zero_one",
    "is_zonotope",
    "zonotope_generators",
]


# -- combinatorial types ---------------------------------------------------------------------------
def is_simple(polytope: Polytope) -> bool:
    """Whether every vertex lies on as few facets as possible, d of them.

    With lines: every minimal face lies on as many facets as its codimension.

    Examples
    --------
    >>> is_simple(Polytope.box(0, 1, dim=3))
    True
    """
    return Incidences.of(polytope).is_simple


def is_simplicial(polytope: Polytope) -> bool:
    """Whether it is bounded and every proper face is a simplex.

    Examples
    --------
    >>> is_simplicial(Polytope.box(0, 1, dim=3))
    False
    """
    return polytope.is_bounded and Incidences.of(polytope).is_simplicial


def is_simplex(polytope: Polytope) -> bool:
    """Whether it is the hull of affinely independent points.

    Examples
    --------
    >>> is_simplex(Polytope.from_points([[0, 0, 0], [1, 0, 0], [0, 1, 0]]))
    True
    """
    bounded = not polytope.is_empty and polytope.is_bounded
    return bounded and polytope.n_vertices == polytope.dimension + 1


def is_combinatorial_cube(polytope: Polytope) -> bool:
    """Whether its faces are those of a cube of the same dimension.

    Notes
    -----
    A polytope of dimension d with 2^d vertices, each on d of its 2d facets, is one exactly when
    every facet is disjoint from just one other: then each vertex chooses one facet of every pair.

    Examples
    --------
    >>> is_combinatorial_cube(Polytope.from_points([[0, 0], [3, 0], [0, 1], [1, 1]]))
    True
    """
    incidences = Incidences.of(polytope)
    d, n_vertices = incidences.rank, incidences.n_points
    if d < 0 or not polytope.is_bounded or not incidences.is_simple:
        return False
    if incidences.n_facets != 2 * d or n_vertices.bit_length() != d + 1 or n_vertices != 1 << d:
        return False
    table = incidences.table.astype(np.int32)
    together = (table @ table.T).toarray() if d else np.zeros((0, 0))
    return bool(((together == 0).sum(axis=1) == 1).all())


# -- symmetry --------------------------------------------------------------------------------------
def is_centrally_symmetric(polytope: Polytope) -> bool:
    """Whether it is its own reflection in some point.

    Examples
    --------
    >>> is_centrally_symmetric(Polytope.from_points([[0, 0], [2, 0], [1, 1], [1, -1]]))
    True
    >>> is_centrally_symmetric(Polytope.from_points([[0, 0], [1, 0], [0, 1]]))
    False
    """
    if polytope.is_empty or polytope.n_rays:
        return False
    # Vertices are sorted lexicographically, and a reflection turns this order round.
    points = polytope.vertices_exact.numerators
    sums = points + points[::-1]
    return bool((sums == sums[0]).all())


def is_zonotope(polytope: Polytope) -> bool:
    """Whether it is a sum of segments (exactly if all its faces are centrally symmetric).

    Examples
    --------
    >>> is_zonotope(Polytope.box(0, 1, dim=3))
    True
    """
    return zonotope_generators(polytope) is not None


def zonotope_generators(polytope: Polytope) -> ExactArray | None:
    """Segments whose sum a zonotope is, one for each direction of its edges.

    Parameters
    ----------
    polytope : Polytope

    Returns
    -------
    ExactArray, shape (m, d), or None
        Pairwise non-parallel generators g, each with positive first non-zero entry, sorted, with
        ``polytope == vertices_exact[0] + sum_i [0, 1] g_i``; None if it is no zonotope.

    Notes
    -----
    In a zonotope parallel edges have one length, which gives the generators; its least vertex is
    the base.  The sum Z of the segments is the polytope P exactly if (a) no facet of P cuts Z and
    (b) every vertex v of P is the vertex of Z that is greatest in a direction inside the normal
    cone of v: from (a) Z lies in P, from (b) P in Z.  O(N m d) for N vertices.

    Examples
    --------
    >>> zonotope_generators(Polytope.from_points([[1, 1], [3, 1], [1, 2], [3, 2]])).to_float()
    array([[0., 1.],
           [2., 0.]])
    """
    if polytope.is_empty or not polytope.is_bounded:
        return None
    points = polytope.vertices_exact.numerators
    generators = _one_vector_per_direction(points, adjacent_generators(Incidences.of(polytope)))
    if generators is None:
        return None
    denominator = polytope.vertices_exact.denominator
    if polytope.dimension == 0 or _is_sum(polytope, points, generators):
        return ExactArray(generators, denominator)
    return None


def _one_vector_per_direction(points: ObjectArray, pairs: IntArray) -> ObjectArray | None:
    """Edge vectors by direction, None if parallel ones differ."""
    lengths: dict[tuple[int, ...], int] = {}
    # The ends of an edge are in lexicographic order, so the first non-zero entry is positive.
    for vector in (points[pairs[:, 1]] - points[pairs[:, 0]]).tolist():
        length = gcd(*vector)
        direction = tuple([entry // length for entry in vector])
        if lengths.setdefault(direction, length) != length:
            return None
    rows = sorted([length * entry for entry in key] for key, length in lengths.items())
    return integer_rows(rows, points.shape[1])


def _is_sum(polytope: Polytope, points: ObjectArray, generators: ObjectArray) -> bool:
    """Whether a polytope is its first vertex plus the segments (all in one common scale)."""
    normals = polytope.description.facets[:, 1:]  # inner normals
    along = product(normals, generators)
    reach = np.where(along < 0, along, 0).sum(axis=1)
    floors = product(normals, points).min(axis=1)
    if not (product(normals, points[:1])[:, 0] + reach >= floors).all():
        return False
    # Minus the sum of the inner normals at a vertex lies inside its normal cone.
    incidences = Incidences.of(polytope)
    rows = [(-normals[list(cone)].sum(axis=0)).tolist() for cone in _cones(incidences)]
    inside = integer_rows(rows, points.shape[1])
    signs = product_signs(inside, generators)
    if not signs.all():
        return False
    reached = product((signs > 0).astype(int).astype(object), generators.T) + points[0]
    return bool((reached == points).all())


def _cones(incidences: Incidences) -> Iterable[IntArray]:
    table = incidences.by_generator
    return np.split(table.indices, table.indptr[1:-1])


# -- deformations of the permutohedron -------------------------------------------------------------
def is_generalised_permutohedron(polytope: Polytope) -> bool:
    """Whether every edge is parallel to a difference ``e_i - e_j`` of unit vectors.

    Parameters
    ----------
    polytope : Polytope
        Bounded ones are the base polytopes of submodular functions; unbounded ones are the
        extended generalised permutohedra, for submodular functions with infinite values.

    Notes
    -----
    A lineality space must be spanned by such differences too: then it glues coordinates together
    to blocks, and modulo lineality the edges are parallel to differences of two blocks' sums.

    Examples
    --------
    >>> is_generalised_permutohedron(Polytope.from_points([[1, 0, 0], [0, 1, 0], [0, 0, 1]]))
    True
    >>> is_generalised_permutohedron(Polytope.box(0, 1, dim=2))
    False
    """
    if polytope.is_empty:
        return False
    glued = _glued_coordinates(polytope.description.lineality[:, 1:])
    if glued is None:
        return False
    pairs = adjacent_generators(Incidences.of(polytope))
    generators = polytope.description.generators
    heights, points = generators[:, :1], generators[:, 1:]
    first, second = pairs[:, 0], pairs[:, 1]
    # t1 x2 - t2 x1 is parallel to the edge also when x2 is the direction of a ray (t2 = 0).
    vectors = heights[first] * points[second] - heights[second] * points[first]
    return all(_is_difference(vector) for vector in product(vectors, glued).tolist())


def _glued_coordinates(lines: ObjectArray) -> ObjectArray | None:
    """Indicator rows of the blocks of coordinates, None if lines are of another kind."""
    size = lines.shape[1]
    unit = identity(size)
    dimension = len(lines)
    joined = [
        (i, j)
        for i in range(size if dimension else 0)
        for j in range(i + 1, size)
        if rank(np.concatenate([lines, unit[i : i + 1] - unit[j : j + 1]])) == dimension
    ]
    labels = component_labels(size, joined).tolist()
    n_blocks = len(set(labels))
    if size - n_blocks != dimension:
        return None
    return integer_rows([[int(k == label) for label in labels] for k in range(n_blocks)], size)


def _is_difference(vector: list[int]) -> bool:
    entries = [entry for entry in vector if entry]
    return len(entries) == 2 and sum(entries) == 0


# -- integer points --------------------------------------------------------------------------------
def is_lattice_polytope(polytope: Polytope) -> bool:
    """Whether all vertices are integer (unbounded: every minimal face has an integer point).

    Examples
    --------
    >>> is_lattice_polytope(Polytope.box(0, 0.5, dim=2))
    False
    """
    if polytope.is_empty:
        return False
    lines = polytope.description.lineality[:, 1:]
    points = polytope.vertices_exact
    if len(lines):
        # The integer vectors modulo lines are the values of the integer functionals that kill them.
        points = points @ ExactArray(integer_kernel(lines).T)
    return points.denominator == 1


def is_reflexive(polytope: Polytope) -> bool:
    """Whether it is a full-dimensional lattice polytope whose polar is one too.

    Then every facet is ``<a, x> <= 1`` with an integer normal a.

    Examples
    --------
    >>> is_reflexive(Polytope.box(-1, 1, dim=3)), is_reflexive(Polytope.box(0, 1, dim=3))
    (True, False)
    """
    if polytope.is_empty or not polytope.is_bounded or len(polytope.equations):
        return False
    facets = polytope.description.facets
    return is_lattice_polytope(polytope) and bool((facets[:, 0] == 1).all())


def is_smooth(polytope: Polytope) -> bool:
    """Whether it is a smooth (Delzant) lattice polytope.

    It is simple, and at every vertex the primitive directions of its edges form a basis of the
    lattice of integer vectors along its affine hull.

    Examples
    --------
    >>> is_smooth(Polytope.from_points([[0, 0], [1, 0], [0, 1]]))
    True
    >>> is_smooth(Polytope.from_points([[0, 0], [2, 0], [0, 1]]))
    False
    """
    bounded = not polytope.is_empty and polytope.is_bounded
    return bounded and is_lattice_polytope(polytope) and normal_fan(polytope).is_smooth


def is_zero_one(polytope: Polytope) -> bool:
    """Whether it is bounded and every coordinate of every vertex is zero or one.

    Examples
    --------
    >>> is_zero_one(Polytope.box(0, 1, dim=3))
    True
    """
    if polytope.is_empty or not polytope.is_bounded:
        return False
    points = polytope.vertices_exact
    return points.denominator == 1 and bool(np.isin(points.numerators, [0, 1]).all())
