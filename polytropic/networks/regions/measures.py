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
from typing import Any, NamedTuple

import flint
import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.numbers import FloatArray, IntArray, ObjectArray
from polytropic.geometry.subdividing.cells import Cells
from polytropic.networks.regions.faces import Faces, Incidences

__all__ = ["Measures", "exact_volume", "interior_row", "measures", "simplices_of"]

_UNIT = 2.0**-53
_TINY = 2.0**-1000
_BLOCK = 1 << 13  # faces that stay in the cache
_HIDDEN = 2.0**-500  # more than squares that underflow can hide


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
    # One row for each coordinate or component, so that all faces are treated in one sweep.
    points = Bounded(places.value.T.copy(), places.error.T.copy())
    shape = (1, len(levels[-1]))
    multivectors = Bounded(np.ones(shape), np.zeros(shape))
    centroids = points.value[:, firsts[-1]]
    with np.errstate(all="ignore"):
        for k in range(1, len(levels)):
            level = len(levels) - 1 - k
            below = incidences[level]
            parts = [
                _one_more(
                    k, firsts[level][first : first + _BLOCK], firsts[level + 1],
                    below.start[first : first + _BLOCK + 1], below.below, points, multivectors,
                    centroids,
                )
                for first in range(0, max(len(firsts[level]), 1), _BLOCK)
            ]  # fmt: skip
            values, errors, middles = zip(*parts, strict=True)
            multivectors = Bounded(np.concatenate(values, axis=1), np.concatenate(errors, axis=1))
            centroids = np.concatenate(middles, axis=1)
        factor = math.factorial(len(levels) - 1)
        volume, doubt = _lengths(multivectors)
    return Measures(Bounded(volume / factor, doubt / factor), centroids.T)


def _lengths(vectors: Bounded) -> Bounded:
    """Euclidean lengths of columns."""
    value, error = vectors
    if len(value) == 1:
        return Bounded(np.abs(value[0]), error[0])
    length = np.sqrt(np.einsum("ij,ij->j", value, value))
    doubt = np.sqrt(np.einsum("ij,ij->j", error, error))
    slack = (len(value) + 8) * _UNIT
    return Bounded(length, (doubt + slack * length) * (1 + slack) + _HIDDEN)


def _one_more(
    k: int,
    firsts: IntArray,
    firsts_below: IntArray,
    limits: IntArray,
    facets: NDArray[np.int32],
    points: Bounded,
    multivectors: Bounded,
    centroids: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Multivectors and centroids of some faces of dimension k from those of dimension k - 1."""
    above = np.repeat(np.arange(len(firsts)), np.diff(limits))
    below = facets[limits[0] : limits[-1]]
    opposite = firsts_below[below] != firsts[above]
    above, below = above[opposite], below[opposite]
    n, count = len(firsts), math.comb(len(points.value), k)
    value, error = np.zeros((count, n)), np.full((count, n), np.inf)
    middle = np.zeros((len(centroids), n))
    if not len(above):
        return value, error, middle
    apexes, bases = _columns(points, firsts[above]), _columns(points, firsts_below[below])
    edges = Bounded(bases.value - apexes.value, bases.error + apexes.error)
    edges.error[...] += _UNIT * np.abs(edges.value)
    terms = _wedge(k, edges, _columns(multivectors, below))
    begins = np.diff(above, prepend=-1) != 0
    starts = np.flatnonzero(begins)
    _align(terms, np.cumsum(begins) - 1, starts)
    sizes, owners = np.diff(np.append(starts, len(above))), above[starts]
    for row in range(count):
        value[row, owners] = np.add.reduceat(terms.value[row], starts)
        doubt = np.add.reduceat(terms.error[row], starts) * (1 + 2 * sizes * _UNIT)
        doubt += 2 * _UNIT * sizes * np.add.reduceat(np.abs(terms.value[row]), starts)
        error[row, owners] = doubt
    weight = np.sqrt(np.einsum("ij,ij->j", terms.value, terms.value))
    total = np.add.reduceat(weight, starts)
    for row in range(len(centroids)):
        pyramid = (k * centroids[row, below] + apexes.value[row]) * (weight / (k + 1))
        middle[row, owners] = np.add.reduceat(pyramid, starts) / total
    return value, error, middle


def _columns(table: Bounded, index: NDArray[np.integer[Any]]) -> Bounded:
    return Bounded(np.take(table.value, index, axis=1), np.take(table.error, index, axis=1))


def _wedge(k: int, edges: Bounded, rest: Bounded) -> Bounded:
    """Exterior product of vectors and (k - 1)-vectors; components in order of `combinations`."""
    d, n = edges.value.shape
    place = {subset: i for i, subset in enumerate(combinations(range(d), k - 1))}
    subsets = list(combinations(range(d), k))
    value, error = np.zeros((len(subsets), n)), np.zeros((len(subsets), n))
    size, reach = np.abs(edges.value), np.abs(rest.value)
    # |e w| roundings + |e| err(w) + err(e) (|w| + err(w)), gathered so that few products are taken.
    blurred = 2 * (k + 2) * _UNIT * reach + rest.error
    reach += rest.error
    for row, subset in enumerate(subsets):
        for position, axis in enumerate(subset):
            other = place[subset[:position] + subset[position + 1 :]]
            if position % 2:
                value[row] -= edges.value[axis] * rest.value[other]
            else:
                value[row] += edges.value[axis] * rest.value[other]
            error[row] += size[axis] * blurred[other]
            error[row] += edges.error[axis] * reach[other]
    error *= 1 + 4 * (k + 4) * _UNIT
    error += _TINY
    return Bounded(value, error)


def _align(terms: Bounded, group: IntArray, starts: IntArray) -> None:
    """Make the terms of a group, all multiples of one multivector, point the same way.

    A sign that is not certain may be wrong: then the error is twice the term at most.
    """
    leading = np.abs(terms.value[:, starts]).argmax(axis=0)[group]
    columns = np.arange(len(group))
    own, doubt = terms.value[leading, columns], terms.error[leading, columns]
    first = starts[group]
    certain = np.abs(own) > doubt
    certain &= certain[first]
    certain |= columns == first
    terms.value[:, (own < 0) != (own[first] < 0)] *= -1
    unsure = np.flatnonzero(~certain)
    terms.error[:, unsure] += 2 * np.abs(terms.value[:, unsure])


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
