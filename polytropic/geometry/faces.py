"""Faces of polyhedra from incidences alone: lattices, f-vectors, graphs, triangulations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import and_

import numpy as np

from polytropic.arithmetic.numbers import IntArray
from polytropic.errors import InputError
from polytropic.geometry.incidence import bits_of, mask_of
from polytropic.geometry.polytope import Polytope

__all__ = ["edges", "f_vector", "faces", "triangulation"]

Face = tuple[int, ...]


def faces(polytope: Polytope) -> list[list[Face]]:
    """All non-empty faces by dimension, the polyhedron itself last.

    Parameters
    ----------
    polytope : Polytope
        Of dimension k; it may be unbounded, but must not contain a line.

    Returns
    -------
    list of k + 1 lists
        Each face as the sorted indices of its vertices (then rays, numbered after the vertices).

    Raises
    ------
    InputError
        If the polyhedron is empty or contains a line.

    Notes
    -----
    The facets of a face are its maximal intersections with facets; time proportional to the number
    of faces times the number of facets, in operations on bit sets.

    Examples
    --------
    >>> [len(level) for level in faces(Polytope.box(0, 1, dim=3))]
    [8, 12, 6, 1]
    """
    _check(polytope)
    facets, points = _facet_masks(polytope), _point_mask(polytope)
    everything = (1 << len(polytope.description.generators)) - 1
    levels = [[everything]]
    for _ in range(polytope.dimension):
        below = {face for above in levels[-1] for face in _facets_of(above, facets, points)}
        levels.append(sorted(below))
    return [sorted(tuple(bits_of(face)) for face in level) for level in reversed(levels)]


def f_vector(polytope: Polytope) -> tuple[int, ...]:
    """Numbers of faces of dimension 0, 1, ..., k, where k is the dimension.

    Examples
    --------
    >>> f_vector(Polytope.from_points([[1, 0], [-1, 0], [0, 1], [0, -1]]))
    (4, 4, 1)
    """
    return tuple(len(level) for level in faces(polytope))


def edges(polytope: Polytope) -> IntArray:
    """Pairs of vertices that span an edge, shape (n_edges, 2), i < j, sorted.

    Examples
    --------
    >>> len(edges(Polytope.box(0, 1, dim=4)))
    32
    """
    _check(polytope)
    facets, n_points = _facet_masks(polytope), polytope.n_vertices
    through = [mask_of(column) for column in polytope.description.incidence.T]
    everything = (1 << len(through)) - 1
    pairs = []
    for i in range(n_points):
        for j in range(i + 1, n_points):
            common = through[i] & through[j]
            if common.bit_count() < polytope.dimension - 1:
                continue
            if reduce(and_, (facets[k] for k in bits_of(common)), everything) == 1 << i | 1 << j:
                pairs.append((i, j))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def triangulation(polytope: Polytope) -> list[Face]:
    """Triangulate a polytope without new points, by pulling its vertices in order.

    Returns
    -------
    list of tuple
        Simplices of the polytope's dimension, as sorted indices of vertices; they meet in common
        faces and cover the polytope.

    Raises
    ------
    InputError
        If the polytope is empty or unbounded.

    Examples
    --------
    >>> len(triangulation(Polytope.box(0, 1, dim=3)))
    6
    """
    if not polytope.is_bounded:
        raise InputError("only a bounded polytope has a triangulation without rays")
    _check(polytope)
    facets = _facet_masks(polytope)
    everything = (1 << polytope.n_vertices) - 1
    return sorted(_pulled(everything, facets))


def _pulled(face: int, facets: list[int]) -> Iterator[Face]:
    """Cone from the first vertex of a face over the facets of the face that miss it."""
    if face & (face - 1) == 0:
        yield (face.bit_length() - 1,)
        return
    apex = face & -face
    for below in _facets_of(face, facets, face):
        if not below & apex:
            for simplex in _pulled(below, facets):
                yield (apex.bit_length() - 1, *simplex)


def _facets_of(face: int, facets: list[int], points: int) -> list[int]:
    """Maximal proper intersections of a face with facets that contain a point."""
    cuts = {face & facet for facet in facets}
    proper = [cut for cut in cuts if cut != face and cut & points]
    return [cut for cut in proper if not any(cut & other == cut != other for other in proper)]


def _facet_masks(polytope: Polytope) -> list[int]:
    return [mask_of(row) for row in polytope.description.incidence]


def _point_mask(polytope: Polytope) -> int:
    return (1 << polytope.n_vertices) - 1


def _check(polytope: Polytope) -> None:
    if polytope.is_empty:
        raise InputError("the empty polytope has no non-empty face")
    if len(polytope.description.lineality):
        raise InputError("the polyhedron contains a line, so it has no vertex")
