"""Lengths, areas, ... of bounded facets: in floats with proven accuracy, and squares exactly."""

from __future__ import annotations

import math
from fractions import Fraction

import flint
import numpy as np

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.linalg import pivot_columns
from polytropic.arithmetic.numbers import FloatArray, IntArray, ObjectArray
from polytropic.geometry.subdividing.cells import bits_of
from polytropic.networks.boundaries.projecting import dot
from polytropic.networks.homogeneous import HomogeneousNetwork
from polytropic.networks.regions.complex import RegionComplex
from polytropic.networks.regions.measures import measures, simplices_of

__all__ = ["exact_squared_size", "facet_sizes", "square_root"]

_ACCURACY = 1e-6
_BITS = 120


def facet_sizes(regions: RegionComplex, facets: IntArray) -> FloatArray:
    """Volumes of bounded facets of regions, in their own dimension, within 1e-6 of their size.

    Notes
    -----
    Floats with proven bounds, for all facets together; vertices of those for which the bounds are
    poor are computed exactly and rounded; what is still poor then is measured exactly.
    """
    faces = regions._all_faces()[0][1]
    places = Bounded(*(part.copy() for part in regions.places))
    value = _measured(regions, facets, places)
    poor = np.flatnonzero(np.isnan(value))
    if len(poor):
        entries, _ = bits_of(faces.start, facets[poor])
        names = np.unique(regions.arrays.members[faces.entries[entries]]).astype(np.int64)
        better, _ = HomogeneousNetwork.start(regions.exact_generators(names))
        places.value[names], places.error[names] = better
        value[poor] = _measured(regions, facets[poor], places)
    for number in np.flatnonzero(np.isnan(value)).tolist():
        value[number] = square_root(exact_squared_size(regions, int(facets[number])))
    return value


def _measured(regions: RegionComplex, facets: IntArray, places: Bounded) -> FloatArray:
    """Volumes of facets, NaN where their accuracy is not proven."""
    levels, incidences = regions._all_faces()
    found = measures(levels[1:], incidences[1:], regions.arrays, places).volume.rows(facets)
    with np.errstate(invalid="ignore"):
        sure = found.error <= _ACCURACY * found.value
    return np.where(sure, found.value, np.nan)


def exact_squared_size(regions: RegionComplex, facet: int) -> Fraction:
    """Squared volume, of its own dimension k, of a bounded facet of a region.

    Notes
    -----
    All simplices of a triangulation lie in one k-flat, and projecting that to k coordinates changes
    volumes by one factor: its square is the quotient of the Gram determinants of one simplex.
    """
    levels, incidences = regions._all_faces()
    simplices = simplices_of(facet, 1, levels, incidences, regions.arrays)
    names = sorted({vertex for simplex in simplices for vertex in simplex})
    rows = regions.exact_generators(np.array(names)).tolist()
    points = {
        name: [Fraction(entry, row[0]) for entry in row[1:]]
        for name, row in zip(names, rows, strict=True)
    }
    edges = [_edges(points, simplex) for simplex in simplices]
    k = len(edges[0])
    if not k:
        return Fraction(1)
    axes = pivot_columns(_integers(edges[0]))
    volumes = [abs(_determinant([[row[c] for c in axes] for row in table])) for table in edges]
    gram = [[dot(p, q) for q in edges[0]] for p in edges[0]]
    factor = _determinant(gram) / volumes[0] ** 2
    return factor * (sum(volumes, Fraction(0)) / math.factorial(k)) ** 2


def _edges(points: dict[int, list[Fraction]], simplex: tuple[int, ...]) -> list[list[Fraction]]:
    apex = points[simplex[0]]
    return [[x - y for x, y in zip(points[v], apex, strict=True)] for v in simplex[1:]]


def _integers(rows: list[list[Fraction]]) -> ObjectArray:
    """The rows, each times a positive integer."""
    table = np.empty((len(rows), len(rows[0])), dtype=object)
    for number, row in enumerate(rows):
        common = math.lcm(*(entry.denominator for entry in row))
        table[number] = [int(entry * common) for entry in row]
    return table


def _determinant(rows: list[list[Fraction]]) -> Fraction:
    entries = [[flint.fmpq(x.numerator, x.denominator) for x in row] for row in rows]
    found = flint.fmpq_mat(entries).det()
    return Fraction(int(found.p), int(found.q))


def square_root(square: Fraction) -> float:
    """Square root in floats, within two roundings.

    Examples
    --------
    >>> square_root(Fraction(1, 4)), square_root(Fraction(10) ** 400)
    (0.5, 1e+200)
    """
    n, d = square.numerator, square.denominator
    shift = max(0, _BITS - n.bit_length() + d.bit_length())
    shift += shift % 2
    root = Fraction(math.isqrt((n << shift) // d), 1 << (shift // 2))
    try:
        return float(root)
    except OverflowError:
        return math.inf
