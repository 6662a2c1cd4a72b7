"""Count the faces of simple and simplicial polyhedra by a sweep over their vertices or facets."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from polytropic.arithmetic.linalg import product
from polytropic.arithmetic.numbers import IntArray, ObjectArray
from polytropic.geometry.faces.adjacency import adjacent_facets, adjacent_generators
from polytropic.geometry.faces.walk import Incidences
from polytropic.geometry.polytope import Polytope

__all__ = ["sweep_counts"]

_SHIFT = 96  # bits after the point in the first, coarse comparison of two fractions


def sweep_counts(polytope: Polytope, incidences: Incidences) -> tuple[bool, IntArray] | None:
    """Numbers of vertices (or facets) with k = 0, ..., rank edges (or ridges) to later ones.

    Parameters
    ----------
    polytope : Polytope
        Not empty.
    incidences : Incidences
        Its own.

    Returns
    -------
    by_vertices : bool
        Whether vertices (of a simple polyhedron) or facets (of a simplicial polytope) were swept.
    counts : int array, shape (rank + 1,)
        None instead of both if the polyhedron is neither.

    Notes
    -----
    Lexicographic order is the order of a linear function in general position.  To sweep facets is
    to sweep the vertices of a polar polytope, which are the facets' rows ``r . (1, x) >= 0``, each
    divided by its value at a point inside.  An unbounded polyhedron is swept by minus the sum of
    its facets' normals first, which grows along every ray.
    """
    rank = incidences.rank
    if incidences.is_simple:
        pairs = adjacent_generators(incidences)
        place = _order_of_vertices(polytope, incidences)
        n_items = incidences.n_points
    elif incidences.is_simplicial and incidences.n_points == incidences.n_generators:
        pairs = adjacent_facets(incidences)
        place = _order_of_facets(polytope)
        n_items = incidences.n_facets
    else:
        return None
    tails = np.where(place[pairs[:, 0]] < place[pairs[:, 1]], pairs[:, 0], pairs[:, 1])
    later = np.bincount(tails, minlength=n_items)
    return incidences.is_simple, np.bincount(later, minlength=rank + 1).astype(np.int64)


def _order_of_vertices(polytope: Polytope, incidences: Incidences) -> IntArray:
    """Place of every generator in the sweep; rays after all vertices."""
    if incidences.n_points == incidences.n_generators:
        return np.arange(incidences.n_points)  # vertices are sorted lexicographically
    generators = polytope.description.generators
    inside = polytope.description.facets.sum(axis=0).reshape(1, -1)
    inside[0, 0] = 0
    growth = product(generators, inside)[:, 0].tolist()
    heights = generators[:, 0].tolist()

    def key(i: int) -> tuple[bool, Fraction, int]:
        return heights[i] == 0, Fraction(growth[i], heights[i] or 1), i

    return _places(sorted(range(len(generators)), key=key))


def _order_of_facets(polytope: Polytope) -> IntArray:
    rows = polytope.description.facets
    # The sum of all generators lies inside; its height only scales all values alike.
    inside = polytope.description.generators.sum(axis=0).reshape(1, -1)
    values = product(rows, inside)[:, 0]
    return _places(_lexicographic(rows, values))


def _lexicographic(rows: ObjectArray, values: ObjectArray) -> list[int]:
    """Order of the points ``rows / values``, values positive."""
    entries, divisors = rows.tolist(), values.tolist()
    coarse = [(row[0] << _SHIFT) // value for row, value in zip(entries, divisors, strict=True)]
    order = sorted(range(len(entries)), key=coarse.__getitem__)

    def key(i: int) -> list[Fraction]:
        return [Fraction(entry, divisors[i]) for entry in entries[i]]

    start = 0
    for stop in range(1, len(order) + 1):
        if stop == len(order) or coarse[order[stop]] != coarse[order[start]]:
            if stop - start > 1:
                order[start:stop] = sorted(order[start:stop], key=key)
            start = stop
    return order


def _places(order: list[int]) -> IntArray:
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place
