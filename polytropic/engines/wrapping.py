"""Facets of a hull from some of them: gift wrapping across open ridges, exactly.

The ridges of every known facet (the facets of the hull of the points on it, found one dimension
below) must each lie on a second known facet.  Where one is missing, it is found by turning the
hyperplane about the ridge until it touches a point.  The facets of a polytope are connected through
ridges, so when no ridge is left open all of them are known.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows, kernel, primitive
from polytropic.arithmetic.minors import normals
from polytropic.arithmetic.numbers import IntArray, ObjectArray
from polytropic.arithmetic.signs import product_signs

__all__ = ["wrapped_facets"]

_Incidence = NDArray[np.bool_]
_Facets = Callable[[ObjectArray], tuple[ObjectArray, _Incidence]]


def wrapped_facets(
    points: ObjectArray, simplices: IntArray, below: _Facets
) -> tuple[ObjectArray, _Incidence] | None:
    """Complete the facets among proposed simplices, or None when no proposal is on the boundary.

    Parameters
    ----------
    points : object array, shape (n, d + 1)
        Homogeneous integer rows with positive first entry, affinely spanning R^d, d >= 2.
    simplices : int array, shape (m, d)
        Proposals of any quality.
    below : callable
        Facets and incidences of such points one dimension below, total.

    Returns
    -------
    facets : object array, shape (k, d + 1)
        Primitive rows, non-negative on all points.
    incidence : bool array, shape (k, n)
    """
    if not len(simplices):
        return None
    planes = normals(np.ascontiguousarray(points[simplices].transpose(1, 2, 0))).T
    inside = points[np.unique(simplices)].sum(axis=0)
    heights = (planes * inside).sum(axis=1).tolist()
    oriented = [
        primitive(row if height > 0 else [-entry for entry in row])
        for row, height in zip(planes.tolist(), heights, strict=True)
        if height
    ]
    facets = integer_rows(list(dict.fromkeys(oriented)), points.shape[1])
    signs = product_signs(facets, points)
    valid = (signs >= 0).all(axis=1)
    if not valid.any():
        return None
    return _close(points, facets[valid], signs[valid] == 0, below)


def _close(
    points: ObjectArray, facets: ObjectArray, incidence: _Incidence, below: _Facets
) -> tuple[ObjectArray, _Incidence]:
    """Add facets across open ridges until none is open."""
    rows = [tuple(row) for row in facets.tolist()]
    on_facet = list(incidence)
    facets_at: dict[int, int] = {}  # point -> bit mask of the facets through it
    for index, flags in enumerate(on_facet):
        _register(facets_at, index, flags)
    current = 0
    while current < len(rows):
        for ridge in _ridges(points, rows[current], on_facet[current], below):
            through = reduce(and_, (facets_at[i] for i in ridge))
            if through.bit_count() < 2:
                row = _turn_about(points, rows[current], ridge)
                flags = product_signs(integer_rows([row], len(row)), points)[0] == 0
                _register(facets_at, len(rows), flags)
                rows.append(row)
                on_facet.append(flags)
        current += 1
    return integer_rows(rows, points.shape[1]), np.array(on_facet)


def _register(facets_at: dict[int, int], index: int, flags: NDArray[np.bool_]) -> None:
    for point in np.flatnonzero(flags).tolist():
        facets_at[point] = facets_at.get(point, 0) | 1 << index


def _ridges(
    points: ObjectArray, facet: tuple[int, ...], flags: NDArray[np.bool_], below: _Facets
) -> list[list[int]]:
    """Points on each facet of a facet."""
    members = np.flatnonzero(flags)
    size = points.shape[1] - 1
    if len(members) == size:
        return [[int(i) for i in members if i != left_out] for left_out in members]
    # Dropping a coordinate that the hyperplane depends on is one-to-one on it.
    dropped = next(column for column in range(1, size + 1) if facet[column])
    _, incidence = below(np.delete(points[members], dropped, axis=1))
    return [[int(i) for i in members[row]] for row in incidence]


def _turn_about(points: ObjectArray, facet: tuple[int, ...], ridge: list[int]) -> tuple[int, ...]:
    """The other supporting hyperplane through a ridge of a facet.

    All functionals that vanish on the ridge are ``a f + b g``.  With f the known facet (zero on
    it, positive elsewhere) the wanted one is ``g - min(g / f) f`` over the points off the facet,
    once g is chosen positive on the rest of the facet.
    """
    pencil = kernel(points[ridge])
    f = np.array(facet, dtype=object)
    g = next(row for row in pencil if not _parallel(row, f))
    on_f, on_g = (points * f).sum(axis=1).tolist(), (points * g).sum(axis=1).tolist()
    side = next(b for a, b in zip(on_f, on_g, strict=True) if a == 0 and b != 0)
    if side < 0:
        g, on_g = -g, [-b for b in on_g]
    best_a, best_b = 0, 0
    for a, b in zip(on_f, on_g, strict=True):
        if a and (best_a == 0 or b * best_a < best_b * a):
            best_a, best_b = a, b
    return primitive((best_a * g - best_b * f).tolist())


def _parallel(g: ObjectArray, f: ObjectArray) -> bool:
    lead = next(i for i, entry in enumerate(f.tolist()) if entry)
    return all(entry == 0 for entry in (g * f[lead] - f * g[lead]).tolist())
