"""Volumes and centroids of regions from the faces they have in common, in floats with bounds.

Each bounded face F of dimension k gets a multivector: the exterior product of k edges, summed over
the simplices of a triangulation, which is k! times its volume times the unit k-vector of the space
along it.  Pulling the vertex v of F with the least number gives

    w(F)  =  sum of  ± (x_G - v) ∧ w(G)  over the facets G of F that do not contain v,

where x_G is any vertex of G and the signs make all terms point the same way; so there is no
cancellation between terms, and every face is measured once, for all regions that it belongs to.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

import flint
import numpy as np

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.numbers import FloatArray, IntArray, ObjectArray
from polytropic.geometry.subdividing.cells import Cells
from polytropic.networks.regions.faces import Faces, Incidences

__all__ = ["Measures", "exact_volume", "interior_row", "measures", "simplices_of"]

_UNIT = 2.0**-53
_TINY = 2.0**-1000


class Measures(NamedTuple):
    """Of faces of one dimension k; without meaning where they are not bounded.

    Attributes
    ----------
    volume : Bounded, shape (n,)
        k-dimensional volumes.
    centroid : array, shape (n, d)
    """

    volume: Bounded
    centroid: FloatArray


def measures(
    levels: list[Faces], incidences: list[Incidences], cells: Cells, places: Bounded
) -> Measures:
    """Volumes and centroids of all regions.

    Parameters
    ----------
    levels : list of Faces
        Regions first, vertices last.
    incidences : list of Incidences
        Entry i tells which faces of level i + 1 are facets of which of level i.
    cells : Cells
    places : Bounded, shape (n_generators, d)

    Notes
    -----
    About ``d C(d, k)`` operations for each pair of a face of dimension k and one of its facets.
    """
    firsts = [cells.members[faces.entries[faces.start[:-1]]].astype(np.int64) for faces in levels]
    own = places.rows(firsts[-1])
    multivectors = Bounded(np.ones((len(levels[-1]), 1)), np.zeros((len(levels[-1]), 1)))
    centroids = own.value
    with np.errstate(all="ignore"):
        for k in range(1, len(levels)):
            level = len(levels) - 1 - k
            multivectors, centroids = _one_more(
                k, firsts[level], firsts[level + 1], incidences[level], places, multivectors,
                centroids,
            )  # fmt: skip
        length = np.sqrt(np.einsum("ij,ij->i", *[multivectors.value] * 2))
        doubt = np.sqrt(np.einsum("ij,ij->i", *[multivectors.error] * 2))
        count = multivectors.value.shape[1]
        doubt = (doubt + (count + 8) * _UNIT * length) * (1 + (count + 8) * _UNIT)
        factor = math.factorial(len(levels) - 1)
    return Measures(Bounded(length / factor, doubt / factor), centroids)


def _one_more(
    k: int,
    firsts: IntArray,
    firsts_below: IntArray,
    incidences: Incidences,
    places: Bounded,
    multivectors: Bounded,
    centroids: FloatArray,
) -> tuple[Bounded, FloatArray]:
    """Multivectors and centroids of faces of dimension k from those of dimension k - 1."""
    above = incidences.above
    opposite = firsts_below[incidences.below] != firsts[above]
    above, below = above[opposite], incidences.below[opposite]
    apexes, bases = places.rows(firsts[above]), places.rows(firsts_below[below])
    edges = Bounded(bases.value - apexes.value, bases.error + apexes.error)
    edges.error[...] += _UNIT * np.abs(edges.value)
    terms = _wedge(k, edges, multivectors.rows(below))
    starts = np.flatnonzero(np.diff(above, prepend=-1))
    _align(terms, np.searchsorted(starts, np.arange(len(above)), side="right") - 1, starts)
    counts = np.diff(np.append(starts, len(above)))
    n = len(firsts)
    value, error = np.zeros((n, terms.value.shape[1])), np.full((n, terms.value.shape[1]), np.inf)
    owners = above[starts]
    if len(starts):
        value[owners] = np.add.reduceat(terms.value, starts)
        sizes = np.add.reduceat(np.abs(terms.value), starts)
        error[owners] = np.add.reduceat(terms.error, starts)
        error[owners] *= (1 + 2 * counts * _UNIT)[:, None]
        error[owners] += 2 * _UNIT * counts[:, None] * sizes
    middle = np.zeros((n, centroids.shape[1]))
    if len(starts):
        weight = np.sqrt(np.einsum("ij,ij->i", terms.value, terms.value))[:, None]
        pyramid = (k * centroids[below] + apexes.value) / (k + 1)
        middle[owners] = np.add.reduceat(weight * pyramid, starts)
        middle[owners] /= np.add.reduceat(weight, starts)
    return Bounded(value, error), middle


def _wedge(k: int, edges: Bounded, rest: Bounded) -> Bounded:
    """Exterior product of vectors and (k - 1)-vectors; components in order of `combinations`."""
    d = edges.value.shape[1]
    place = {subset: i for i, subset in enumerate(combinations(range(d), k - 1))}
    subsets = list(combinations(range(d), k))
    value = np.zeros((len(edges.value), len(subsets)))
    error = np.zeros_like(value)
    reach = np.abs(rest.value) + rest.error
    for column, subset in enumerate(subsets):
        size = np.zeros(len(value))
        for position, axis in enumerate(subset):
            other = place[subset[:position] + subset[position + 1 :]]
            product = edges.value[:, axis] * rest.value[:, other]
            value[:, column] += -product if position % 2 else product
            size += np.abs(product)
            error[:, column] += np.abs(edges.value[:, axis]) * rest.error[:, other]
            error[:, column] += edges.error[:, axis] * reach[:, other]
        error[:, column] *= 1 + 4 * (k + 4) * _UNIT
        error[:, column] += 2 * (k + 2) * _UNIT * size + _TINY
    return Bounded(value, error)


def _align(terms: Bounded, group: IntArray, starts: IntArray) -> None:
    """Make the terms of a group, all multiples of one multivector, point the same way.

    A sign that is not certain may be wrong: then the error is twice the term at most.
    """
    if not len(group):
        return
    leading = np.abs(terms.value[starts]).argmax(axis=1)[group]
    rows = np.arange(len(group))
    own, doubt = terms.value[rows, leading], terms.error[rows, leading]
    first = starts[group]
    certain = (np.abs(own) > doubt) & (np.abs(own[first]) > doubt[first])
    certain |= rows == first
    turned = (own < 0) != (own[first] < 0)
    terms.value[turned] *= -1
    terms.error[~certain] += 2 * np.abs(terms.value[~certain])


# -- exactly -------------------------------------------------------------------------------------
def simplices_of(
    face: int, level: int, levels: list[Faces], incidences: list[Incidences], cells: Cells
) -> list[tuple[int, ...]]:
    """Triangulate a bounded face by pulling the generator with the least number, recursively."""
    faces = levels[level]
    apex = int(cells.members[faces.entries[faces.start[face]]])
    if level == len(levels) - 1:
        return [(apex,)]
    below, facets = incidences[level], levels[level + 1]
    found = []
    for facet in below.below[below.start[face] : below.start[face + 1]].tolist():
        # The facet contains the apex exactly if that is its own least generator.
        if cells.members[facets.entries[facets.start[facet]]] != apex:
            parts = simplices_of(facet, level + 1, levels, incidences, cells)
            found += [(apex, *simplex) for simplex in parts]
    return found


def exact_volume(simplices: list[tuple[int, ...]], rows: dict[int, list[int]]) -> Fraction:
    """Sum of the volumes of simplices with d + 1 vertices, given as homogeneous integer rows."""
    total = Fraction(0)
    for simplex in simplices:
        table = [rows[vertex] for vertex in simplex]
        size = abs(int(flint.fmpz_mat(table).det()))
        total += Fraction(size, math.prod(row[0] for row in table))
    return total / math.factorial(len(simplices[0]) - 1) if simplices else total


def interior_row(rows: ObjectArray) -> list[Fraction]:
    """The mean of the points plus the sum of the directions among homogeneous integer rows."""
    points = [row for row in rows.tolist() if row[0]]
    directions = [row for row in rows.tolist() if not row[0]]
    return [
        sum((Fraction(row[c], row[0] * len(points)) for row in points), Fraction(0))
        + sum(row[c] for row in directions)
        for c in range(1, rows.shape[1])
    ]
