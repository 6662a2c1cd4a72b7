"""Qhull proposes, exact arithmetic proves.

Qhull works in floats and may be wrong in any way.  Its answer is taken only if it passes a proof:

1. every simplex of the proposed boundary spans a hyperplane, computed exactly, that has all points
   on one side (exact signs), so the simplex lies in a facet;
2. oriented by their outward normals, the simplices form a cycle: on every ridge they cancel.

The boundary of a d-polytope is a (d-1)-sphere, so a cycle of boundary simplices is a multiple of
the fundamental cycle, and since all simplices count positively the multiple is not zero.  They
therefore cover the whole boundary, and the distinct hyperplanes are all the facets.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from polytropic.arithmetic.bounded import round_ratios
from polytropic.arithmetic.linalg import echelon, integer_rows, primitive
from polytropic.arithmetic.numbers import FloatArray, ObjectArray
from polytropic.arithmetic.signs import product_signs

__all__ = ["certified_facets", "likely_vertices"]


def certified_facets(points: ObjectArray) -> tuple[ObjectArray, NDArray[np.bool_]] | None:
    """Facets of the convex hull of points, proven, or None when the proposal fails the proof.

    Parameters
    ----------
    points : object array, shape (n, d + 1)
        Homogeneous integer rows with positive first entry, affinely spanning R^d, d >= 2.

    Returns
    -------
    facets : object array, shape (k, d + 1)
        Primitive rows, non-negative on all points.
    incidence : bool array, shape (k, n)
    """
    simplices = _propose(_to_unit_box(points))
    if simplices is None:
        return None
    normals = _hyperplanes(points, simplices)
    inside = points[np.unique(simplices)].sum(axis=0)
    heights = (normals * inside).sum(axis=1)
    if any(height == 0 for height in heights.tolist()):
        return None
    flip = np.array([height < 0 for height in heights.tolist()])
    normals = np.where(flip[:, None], -normals, normals)
    if not _is_cycle(simplices, flip):
        return None
    distinct = dict.fromkeys(primitive(row) for row in normals.tolist())
    facets = integer_rows(list(distinct), points.shape[1])
    signs = product_signs(facets, points)
    if (signs < 0).any():
        return None
    return facets, signs == 0


def likely_vertices(points: ObjectArray) -> NDArray[np.intp]:
    """Indices of points that span the same space and probably include the vertices of the hull.

    Nothing is proven here: the caller checks.  At least d + 1 affinely independent points.
    """
    _, spanning = echelon(points.T)
    simplices = _propose(_to_unit_box(points))
    if simplices is None:
        return np.arange(len(points), dtype=np.intp)
    return np.union1d(np.unique(simplices), spanning).astype(np.intp)


def _to_unit_box(points: ObjectArray) -> FloatArray:
    heights = points[:, 0].tolist()
    floats = round_ratios(points[:, 1:].tolist(), heights).value
    low, high = floats.min(axis=0), floats.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    with np.errstate(all="ignore"):
        scaled: FloatArray = (floats - low) / span
    return scaled


def _propose(floats: FloatArray) -> NDArray[np.intp] | None:
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
