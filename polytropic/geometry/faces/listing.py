"""Faces of polyhedra from incidences alone: faces by dimension, f- and h-vectors.

Dimensions are true dimensions: in a polyhedron with an l-dimensional lineality space the smallest
non-empty faces have dimension l, there is none below, and "vertex i" names the i-th minimal face.
"""

from __future__ import annotations

from math import comb

from polytropic.arithmetic.numbers import IntArray
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.faces.adjacency import adjacent_generators
from polytropic.geometry.faces.bitsets import elements
from polytropic.geometry.faces.sweep import sweep_counts
from polytropic.geometry.faces.walk import (
    Incidences,
    LevelSets,
    faces_by_rank,
    faces_up_to_rank,
    lexicographic,
)
from polytropic.geometry.polytope import Polytope

__all__ = ["edges", "f_vector", "faces", "faces_of_dimension", "h_vector"]

Face = tuple[int, ...]


def faces(polytope: Polytope, *, max_faces: int | None = None) -> list[list[Face]]:
    """All non-empty faces by dimension, the polyhedron itself last.

    Parameters
    ----------
    polytope : Polytope
        Of dimension k; it may be unbounded and may contain lines.
    max_faces : int, optional
        Stop beyond this number of proper faces.

    Returns
    -------
    list of k + 1 lists
        Each face as the sorted indices of its vertices (then rays, numbered after the vertices).
        The first l lists are empty if the lineality space has dimension l.

    Raises
    ------
    EmptyPolytopeError
        If the polyhedron is empty.
    BudgetError
        If there are more than `max_faces` proper faces.

    Notes
    -----
    Every face is met once, going down from the facets or up from the vertices, whichever are fewer
    (Kliem and Stump 2022); time at most the number of faces times the square of that smaller
    number, in operations on sets of bits.

    Examples
    --------
    >>> [len(level) for level in faces(Polytope.box(0, 1, dim=3))]
    [8, 12, 6, 1]
    """
    incidences = _incidences(polytope)
    levels: list[list[Face]] = [[] for _ in range(incidences.lineality)]
    if incidences.rank:
        _, found = faces_by_rank(incidences, 0, max_faces)
        levels += [_sorted_faces(incidences, level) for level in found]
    return [*levels, [tuple(range(incidences.n_generators))]]


def faces_of_dimension(
    polytope: Polytope, dimension: int, *, max_faces: int | None = None
) -> list[Face]:
    """Faces of one dimension, as in `faces`, without those far away from it.

    Parameters
    ----------
    polytope : Polytope
    dimension : int
        From 0 to the dimension of the polyhedron.
    max_faces : int, optional
        Stop beyond this number of proper faces between the wanted ones and the vertices, or
        between them and the facets, whichever are visited.

    Returns
    -------
    list of tuple

    Raises
    ------
    EmptyPolytopeError, InputError, BudgetError

    Examples
    --------
    >>> faces_of_dimension(Polytope.box(0, 1, dim=2), 1)
    [(0, 1), (0, 2), (1, 3), (2, 3)]
    """
    incidences = _incidences(polytope)
    if not 0 <= dimension <= polytope.dimension:
        raise InputError(
            f"dimension must lie between 0 and {polytope.dimension}, the polyhedron's own; "
            f"got {dimension}"
        )
    rank = dimension - incidences.lineality
    if rank < 0:
        return []
    if rank == incidences.rank:
        return [tuple(range(incidences.n_generators))]
    if rank == 1 and incidences.rank > 1:
        return [(int(i), int(j)) for i, j in adjacent_generators(incidences)]
    steps_up, steps_down = rank + 1, incidences.rank - rank
    from_below = _words(incidences.n_points, steps_up) < _words(incidences.n_facets, steps_down)
    if from_below:
        _, found = faces_up_to_rank(incidences, rank, max_faces)
    else:
        _, found = faces_by_rank(incidences, rank, max_faces)
    return _sorted_faces(incidences, found[rank])


def f_vector(polytope: Polytope, *, max_faces: int | None = None) -> tuple[int, ...]:
    """Numbers of faces of dimension 0, 1, ..., k, where k is the dimension.

    Parameters
    ----------
    polytope : Polytope
        It may be unbounded and may contain lines.
    max_faces : int, optional
        Stop beyond this number of proper faces; not needed by simple and simplicial polytopes,
        whose faces are counted without being visited.

    Returns
    -------
    tuple of int

    Raises
    ------
    EmptyPolytopeError, BudgetError

    Notes
    -----
    Simple polyhedra: orient the edges by a linear function in general position that is bounded
    from below; a face of dimension j is a vertex with j of its outgoing edges (McMullen's
    h-vector), so ``f_j = sum_v C(out(v), j)``.  Simplicial polytopes: the same in the polar one.
    Others: every face is visited as in `faces`, but none is kept.

    Examples
    --------
    >>> f_vector(Polytope.from_points([[1, 0], [-1, 0], [0, 1], [0, -1]]))
    (4, 4, 1)
    >>> f_vector(Polytope.box(0, 1, dim=10))[:4]
    (1024, 5120, 11520, 15360)
    """
    incidences = _incidences(polytope)
    head = (0,) * incidences.lineality
    rank = incidences.rank
    swept = sweep_counts(polytope, incidences)
    if swept is not None:
        from_below, counts = swept
        faces_of = [
            sum(int(n) * comb(k, j) for k, n in enumerate(counts) if n) for j in range(rank + 1)
        ]
        if from_below:
            return head + tuple(faces_of)
        return head + tuple(faces_of[:rank][::-1]) + (1,)
    numbers, _ = faces_by_rank(incidences, 0, max_faces, keep=False)
    return head + tuple(int(number) for number in numbers) + (1,)


def h_vector(polytope: Polytope) -> tuple[int, ...]:
    """h-vector of a simplicial polytope, or of the polar of a simple one.

    Parameters
    ----------
    polytope : Polytope
        Bounded, simplicial or simple, of dimension d.

    Returns
    -------
    tuple of d + 1 int
        With ``f_{j-1} = sum_i C(d - i, j - i) h_i`` if it is simplicial and
        ``f_j = sum_i C(i, j) h_i`` if it is simple; symmetric (Dehn and Sommerville).

    Raises
    ------
    EmptyPolytopeError, InputError
        If it is empty, unbounded, or neither simple nor simplicial.

    Examples
    --------
    >>> h_vector(Polytope.box(0, 1, dim=3))
    (1, 3, 3, 1)
    """
    incidences = _incidences(polytope)
    if not polytope.is_bounded:
        raise InputError("only a bounded polytope has an h-vector here")
    swept = sweep_counts(polytope, incidences)
    if swept is None:
        raise InputError("the polytope is neither simple nor simplicial: it has no h-vector")
    return tuple(int(number) for number in swept[1])


def edges(polytope: Polytope) -> IntArray:
    """Pairs of vertices that span an edge, shape (n_edges, 2), i < j, sorted.

    Unbounded edges are left out; `adjacency.vertex_adjacency` has them.

    Raises
    ------
    EmptyPolytopeError, InputError
        If the polyhedron is empty or contains a line.

    Examples
    --------
    >>> len(edges(Polytope.box(0, 1, dim=4)))
    32
    """
    incidences = _incidences(polytope)
    if incidences.lineality:
        raise InputError("the polyhedron contains a line, so it has no vertex")
    pairs = adjacent_generators(incidences)
    return pairs[pairs[:, 1] < incidences.n_points]


def _incidences(polytope: Polytope) -> Incidences:
    if polytope.is_empty:
        raise EmptyPolytopeError("the empty polytope has no non-empty face")
    return Incidences.of(polytope)


def _sorted_faces(incidences: Incidences, level: LevelSets) -> list[Face]:
    generators = incidences.sets_of_generators(level)
    return elements(generators[lexicographic(generators)])


def _words(n: int, steps: int) -> int:
    """Number of words of at most so many letters, a bound on the work of a walk."""
    return sum(comb(n, k) for k in range(1, steps + 1))
