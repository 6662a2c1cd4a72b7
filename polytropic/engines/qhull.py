"""Qhull proposes, exact arithmetic proves and completes.

Qhull works in floats and may be wrong in any way.  Of its answer only this is used: some
(d-1)-simplices that may lie on the boundary of the hull.  The hyperplane of each is computed
exactly, and only those with all points on one side (exact signs) are facets.  Completeness is
proven in one of two ways.

*Cycle.*  If every proposed simplex passed, and the simplices, oriented by their outward normals,
cancel on every ridge, they form a cycle on the boundary, which is a (d-1)-sphere.  The cycle is a
multiple of the fundamental one, not zero since all simplices count positively; so they cover the
boundary and no facet is missing.

*Closure.*  Otherwise the ridges of every known facet (the facets of the hull of the points on it,
found by the same means one dimension below) must each lie on a second known facet.  Where one is
missing, it is found by turning the hyperplane about the ridge until it touches a point (gift
wrapping, exactly).  The facets of a polytope are connected through ridges, so when no ridge is
left open all of them are known.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import combinations
from operator import and_

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import round_ratios
from polytropic.arithmetic.linalg import integer_rows, kernel, primitive
from polytropic.arithmetic.numbers import FloatArray, ObjectArray
from polytropic.arithmetic.signs import product_signs

__all__ = ["proven_facets"]

_Incidence = NDArray[np.bool_]
_Facets = Callable[[ObjectArray], tuple[ObjectArray, _Incidence]]


def proven_facets(points: ObjectArray, below: _Facets) -> tuple[ObjectArray, _Incidence] | None:
    """Facets of the convex hull of points, proven, or None when Qhull proposes nothing useful.

    Parameters
    ----------
    points : object array, shape (n, d + 1)
        Homogeneous integer rows with positive first entry, affinely spanning R^d, d >= 2.
    below : callable
        The same function one dimension below, total.

    Returns
    -------
    facets : object array, shape (k, d + 1)
        Primitive rows, non-negative on all points.
    incidence : bool array, shape (k, n)
    """
    simplices = _propose(_to_unit_box(points))
    if simplices is None or not len(simplices):
        return None
    normals = _hyperplanes(points, simplices)
    inside = points[np.unique(simplices)].sum(axis=0)
    heights = (normals * inside).sum(axis=1)
    flip = np.array([height < 0 for height in heights.tolist()])
    flat = np.array([height == 0 for height in heights.tolist()])
    normals = np.where(flip[:, None], -normals, normals)
    distinct = dict.fromkeys(primitive(row) for row in normals[~flat].tolist())
    facets = integer_rows(list(distinct), points.shape[1])
    signs = product_signs(facets, points)
    valid = (signs >= 0).all(axis=1)
    if not flat.any() and valid.all() and _is_cycle(simplices, flip):
        return facets, signs == 0
    if not valid.any():
        return None
    return _close(points, facets[valid], signs[valid] == 0, below)


# -- the proposal --------------------------------------------------------------------------------
def _to_unit_box(points: ObjectArray) -> FloatArray:
    heights = points[:, 0].tolist()
    floats = round_ratios(points[:, 1:].tolist(), heights).value
    with np.errstate(all="ignore"):
        low, high = floats.min(axis=0), floats.max(axis=0)
        span = np.where(high > low, high - low, 1.0)
        scaled: FloatArray = (floats - low) / span
    return scaled


def _propose(floats: FloatArray) -> NDArray[np.intp] | None:
    # Imported here because it takes most of the time that `import polytropic` would take.
    from scipy.spatial import ConvexHull, QhullError

    if not np.isfinite(floats).all():
        return None
    try:
        return ConvexHull(floats).simplices.astype(np.intp)
    except (QhullError, ValueError):
        return None


def _hyperplanes(points: ObjectArray, simplices: NDArray[np.intp]) -> ObjectArray:
    """Normals of the hyperplanes through d points each, by minors over growing column subsets."""
    width = points.shape[1]
    minors: dict[tuple[int, ...], ObjectArray] = {
        (column,): points[simplices[:, 0], column] for column in range(width)
    }
    for size in range(2, width):
        row = points[simplices[:, size - 1]]
        minors = {
            columns: _expand(columns, row, minors) for columns in combinations(range(width), size)
        }
    normals = np.empty((len(simplices), width), dtype=object)
    for column in range(width):
        others = tuple(c for c in range(width) if c != column)
        normals[:, column] = minors[others] * (-1) ** column
    return normals


def _expand(
    columns: tuple[int, ...], row: ObjectArray, minors: dict[tuple[int, ...], ObjectArray]
) -> ObjectArray:
    """Laplace expansion along the last row."""
    last = len(columns) - 1
    total: ObjectArray | int = 0
    for position, column in enumerate(columns):
        rest = columns[:position] + columns[position + 1 :]
        term = row[:, column] * minors[rest]
        total = total + term if (last + position) % 2 == 0 else total - term
    return np.asarray(total)


# -- the proof by a cycle ------------------------------------------------------------------------
def _is_cycle(simplices: NDArray[np.intp], flip: NDArray[np.bool_]) -> bool:
    """Whether the oriented simplices cancel on every ridge."""
    order = np.argsort(simplices, axis=1)
    ordered = np.take_along_axis(simplices, order, axis=1)
    sign = _parity(order) * np.where(flip, -1, 1)
    size = simplices.shape[1]
    ridges = np.concatenate([np.delete(ordered, i, axis=1) for i in range(size)])
    weights = np.concatenate([sign * (-1) ** i for i in range(size)])
    _, which = np.unique(ridges, axis=0, return_inverse=True)
    return not np.bincount(which.ravel(), weights=weights).any()


def _parity(permutations: NDArray[np.intp]) -> NDArray[np.int64]:
    """Sign of each row as a permutation."""
    size = permutations.shape[1]
    inversions = np.zeros(len(permutations), dtype=np.int64)
    for i, j in combinations(range(size), 2):
        inversions += permutations[:, i] > permutations[:, j]
    return 1 - 2 * (inversions % 2)


# -- the proof by closure ------------------------------------------------------------------------
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
