"""Triangulations of polytopes and of point configurations, exactly.

A triangulation is an integer array of shape (n, k + 1): one simplex a row, as increasing numbers of
points, rows in lexicographic order; k is the dimension of the points together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any, Literal

import numpy as np

from polytropic.arithmetic.linalg import integer_rows, product
from polytropic.arithmetic.numbers import ExactArray, IntArray, Numbers, ObjectArray, exact
from polytropic.errors import InputError
from polytropic.geometry.polytope import Polytope, homogeneous_points
from polytropic.geometry.volumes.measure import volume
from polytropic.geometry.volumes.placing import coordinates_on_span, placed
from polytropic.geometry.volumes.pulling import FaceTree
from polytropic.geometry.volumes.simplices import determinants

__all__ = [
    "boundary_facets",
    "delaunay_triangulation",
    "is_triangulation",
    "oriented",
    "placing_triangulation",
    "regular_triangulation",
    "triangulation",
]

Kind = Literal["pulling", "placing", "delaunay", "regular"]
_MAX_SIMPLICES = 5_000_000


def triangulation(
    polytope: Polytope,
    kind: Kind = "pulling",
    *,
    heights: Numbers | None = None,
    max_simplices: int = _MAX_SIMPLICES,
) -> IntArray:
    """Triangulate a polytope without new points.

    Parameters
    ----------
    polytope : Polytope
        Bounded and not empty, of dimension k.
    kind : {"pulling", "placing", "delaunay", "regular"}
        Pull or place the vertices in order; or the regular triangulation of given heights, of
        which "delaunay" has the squares of the distances from the origin.
    heights : array_like, shape (n_vertices,), optional
        For "regular" only.
    max_simplices : int
        Refuse to make more.

    Returns
    -------
    int array, shape (n, k + 1)
        Numbers of vertices.  The simplices meet in common faces and cover the polytope.

    Raises
    ------
    InputError
        If the polytope is empty or unbounded, or the kind is unknown.
    BudgetError
        If there would be more than `max_simplices` simplices (by pulling: in advance).

    Examples
    --------
    >>> len(triangulation(Polytope.box(0, 1, dim=3)))
    6
    >>> triangulation(Polytope.box(0, 1, dim=2), "regular", heights=[0, 1, 1, 0]).tolist()
    [[0, 1, 3], [0, 2, 3]]
    """
    if polytope.is_empty:
        raise InputError("the empty polytope has no triangulation")
    if not polytope.is_bounded:
        raise InputError("only a bounded polytope has a triangulation without rays")
    if (heights is not None) != (kind == "regular"):
        raise InputError('heights= belongs to kind="regular", which needs it')
    if kind == "pulling":
        tree = FaceTree(polytope.facet_members, polytope.dimension)
        return _ordered(tree.simplices([tree.everything], polytope.dimension, max_simplices))
    points = polytope.vertices_exact
    if kind == "placing":
        return placing_triangulation(points, max_simplices=max_simplices)
    if kind == "delaunay":
        return delaunay_triangulation(points, max_simplices=max_simplices)
    if kind == "regular":
        return regular_triangulation(points, heights, max_simplices=max_simplices)
    raise InputError(f"kind must be pulling, placing, delaunay or regular, got {kind!r}")


def placing_triangulation(
    points: Numbers, order: Sequence[int] | None = None, *, max_simplices: int = _MAX_SIMPLICES
) -> IntArray:
    """Add points one by one, each joined to the part of the boundary that it sees.

    Parameters
    ----------
    points : array_like, shape (n, d)
        At least one; points inside the hull of those before them are left out.
    order : sequence of int, optional
        In which to place the points; as they come by default.
    max_simplices : int

    Returns
    -------
    int array, shape (m, k + 1)

    Raises
    ------
    InputError
        If there is no point, or `order` is no permutation.
    BudgetError
        If there are more than `max_simplices` simplices.

    Notes
    -----
    Also called pushing or lexicographic; De Loera, Rambau and Santos (2010), "Triangulations",
    section 4.3.  Every sign is exact; the boundary is held as a list of simplices.

    Examples
    --------
    >>> placing_triangulation([[0, 0], [2, 0], [0, 2], [1, 0], [2, 2]]).tolist()
    [[0, 1, 2], [1, 2, 4]]
    """
    rows = homogeneous_points(_points(points))
    places = list(range(len(rows))) if order is None else [int(i) for i in order]
    if sorted(places) != list(range(len(rows))):
        raise InputError(f"order must be a permutation of 0, ..., {len(rows) - 1}")
    return _ordered(placed(coordinates_on_span(rows), places, max_simplices))


def regular_triangulation(
    points: Numbers, heights: Numbers, *, max_simplices: int = _MAX_SIMPLICES
) -> IntArray:
    """Project the lower faces of the points lifted to given heights.

    Parameters
    ----------
    points : array_like, shape (n, d)
    heights : array_like, shape (n,)
        Exact like the points: no perturbation.
    max_simplices : int

    Returns
    -------
    int array, shape (m, k + 1)
        Points that lie above the lower hull, or on it but not as vertices, are left out.  Cells
        that are no simplices are triangulated by pulling their points in order; this keeps the
        triangulation regular.

    Raises
    ------
    InputError
        If there is no point, or the number of heights differs.
    BudgetError
        If there would be more than `max_simplices` simplices.

    Examples
    --------
    >>> regular_triangulation([[0], [1], [2], [3]], [0, -1, 1, 1]).tolist()
    [[0, 1], [1, 3]]
    """
    base, lift = _points(points), exact(heights, "heights", ndim=1)
    if len(lift) != len(base):
        raise InputError(f"there are {len(base)} points but {len(lift)} heights")
    lifted = ExactArray.concatenate([base, lift.reshape(-1, 1)], axis=1)
    up = [[0] * base.shape[1] + [1]]
    hull = Polytope.from_points(lifted, rays=up)
    n = hull.n_vertices
    number = _first_numbers(homogeneous_points(lifted))
    names = np.array([number[tuple(row)] for row in hull.description.generators[:n].tolist()])
    # Pull in the order of the points, so that neighbouring cells agree on what they share.
    order = np.argsort(names)
    tree = FaceTree(hull.facet_members[:, :n], hull.dimension, order.tolist())
    walls = hull.facet_members[:, [n]].toarray().ravel()
    cells = [facet for facet, wall in zip(tree.facets, walls, strict=True) if not wall]
    simplices = tree.simplices(cells, hull.dimension - 1, max_simplices)
    return _ordered(names[order][simplices])


def delaunay_triangulation(points: Numbers, *, max_simplices: int = _MAX_SIMPLICES) -> IntArray:
    """Triangulate points so that the circumscribed sphere of every simplex is empty.

    Parameters
    ----------
    points : array_like, shape (n, d)
    max_simplices : int

    Returns
    -------
    int array, shape (m, k + 1)
        Of equal points the first is used.  Points on a common empty sphere are triangulated by
        pulling.

    Raises
    ------
    InputError, BudgetError
        As for `regular_triangulation`.

    Examples
    --------
    >>> delaunay_triangulation([[0, 0], [4, 0], [0, 4], [1, 1]]).tolist()
    [[0, 1, 3], [0, 2, 3], [1, 2, 3]]
    """
    base = _points(points)
    squares = ExactArray((base.numerators**2).sum(axis=1), base.denominator**2)
    return regular_triangulation(base, squares, max_simplices=max_simplices)


# -- questions about triangulations --------------------------------------------------------------
def is_triangulation(points: Numbers, simplices: Any) -> bool:
    """Decide exactly whether simplices meet in common faces and cover the hull of the points.

    Parameters
    ----------
    points : array_like, shape (n, d)
        Not all of them need be used.
    simplices : int array_like, shape (m, k + 1)
        With k the dimension of all points together.

    Returns
    -------
    bool

    Notes
    -----
    It is one exactly if no simplex is flat, every facet of a simplex lies either on one simplex and
    the boundary of the hull, or on two simplices on opposite sides, and the volumes add up to that
    of the hull: then all points off the facets lie in equally many simplices, and that is one.

    Examples
    --------
    >>> square = [[0, 0], [1, 0], [0, 1], [1, 1]]
    >>> is_triangulation(square, [[0, 1, 2], [1, 2, 3]])
    True
    >>> is_triangulation(square, [[0, 1, 2], [0, 1, 3]])
    False
    """
    rows = homogeneous_points(_points(points))
    flat = coordinates_on_span(rows)
    chosen = _simplices(simplices, flat)
    if not len(chosen):
        return False
    signs = _signs(flat, chosen)
    if not signs.all():
        return False
    sides = _facets_of_simplices(chosen, signs) if flat.shape[1] > 1 else {}
    hull = Polytope._from_rows(flat, integer_rows([], flat.shape[1]))
    walls = hull.description.facets
    for facet, found in sides.items():
        if len(found) == 1:
            on_walls = product(flat[list(facet)], walls) == 0
            if not on_walls.all(axis=0).any():
                return False
        elif sorted(found) != [-1, 1]:
            return False
    return _covered(flat, chosen, hull)


def boundary_facets(points: Numbers, simplices: Any) -> IntArray:
    """Oriented facets that belong to one simplex only.

    Parameters
    ----------
    points : array_like, shape (n, d)
        Of dimension d together.
    simplices : int array_like, shape (m, d + 1)

    Returns
    -------
    int array, shape (k, d)
        Ordered so that ``det(x_2 - x_1, ..., x_d - x_1, y - x_1) > 0`` for y outside: in the plane
        the polygon runs clockwise; in space, triangles are counterclockwise seen from outside.

    Examples
    --------
    >>> boundary_facets([[0, 0], [1, 0], [0, 1], [1, 1]], [[0, 1, 2], [1, 2, 3]]).tolist()
    [[1, 0], [0, 2], [3, 1], [2, 3]]
    """
    turned = oriented(points, simplices)
    size = turned.shape[1]
    kept: dict[tuple[int, ...], list[int]] = {}
    for simplex in turned.tolist():
        for i in range(size):
            facet = simplex[:i] + simplex[i + 1 :]
            # Moving the corner i to the end takes size - 1 - i swaps; outside is the other side.
            if (size - 1 - i) % 2 == 0 and size > 2:
                facet[0], facet[1] = facet[1], facet[0]
            key = tuple(sorted(facet))
            if kept.pop(key, None) is None:
                kept[key] = facet
    return np.array([kept[key] for key in sorted(kept)], dtype=np.int64).reshape(-1, size - 1)


def oriented(points: Numbers, simplices: Any) -> IntArray:
    """Swap the last corners of simplices so that all determinants are positive.

    Parameters
    ----------
    points : array_like, shape (n, d)
        Of dimension d together.
    simplices : int array_like, shape (m, d + 1)

    Raises
    ------
    InputError
        If a simplex is flat, or the points are.

    Examples
    --------
    >>> oriented([[0, 0], [1, 0], [0, 1], [1, 1]], [[0, 1, 2], [1, 2, 3]]).tolist()
    [[0, 1, 2], [1, 3, 2]]
    """
    rows = homogeneous_points(_points(points))
    chosen = _simplices(simplices, rows)
    signs = _signs(rows, chosen)
    if not signs.all():
        index = int(np.flatnonzero(signs == 0)[0])
        raise InputError(f"simplices[{index}] is flat: it has no orientation")
    turned = chosen.copy()
    if rows.shape[1] > 1:
        negative = np.flatnonzero(signs < 0)
        turned[negative, -2:] = turned[negative, -2:][:, ::-1]
    return turned


# -- helpers -------------------------------------------------------------------------------------
def _points(points: Numbers) -> ExactArray:
    array = exact(points, "points", ndim=2)
    if not len(array):
        raise InputError("points is empty: give at least one point")
    return array


def _ordered(simplices: IntArray) -> IntArray:
    rows = np.sort(simplices, axis=1)
    result: IntArray = rows[np.lexsort(rows.T[::-1])]
    return result


def _first_numbers(rows: ObjectArray) -> dict[tuple[int, ...], int]:
    numbers: dict[tuple[int, ...], int] = {}
    for index, row in enumerate(rows.tolist()):
        numbers.setdefault(tuple(row), index)
    return numbers


def _simplices(simplices: Any, rows: ObjectArray) -> IntArray:
    chosen = np.asarray(simplices)
    size = rows.shape[1]
    if chosen.ndim != 2 or chosen.shape[1] != size or chosen.dtype.kind not in "iu":
        raise InputError(f"simplices must be integers of shape (m, {size}), got {chosen.shape}")
    if chosen.size and not (chosen.min() >= 0 and chosen.max() < len(rows)):
        raise InputError(f"simplices must hold numbers of points, 0 to {len(rows) - 1}")
    return chosen.astype(np.int64)


def _signs(rows: ObjectArray, simplices: IntArray) -> IntArray:
    sizes = determinants(rows, simplices).tolist()
    return np.array([(size > 0) - (size < 0) for size in sizes], dtype=np.int64)


def _facets_of_simplices(simplices: IntArray, signs: IntArray) -> dict[tuple[int, ...], list[int]]:
    """On which sides of their facets the simplices lie: signs of determinants (facet, corner)."""
    sides: dict[tuple[int, ...], list[int]] = {}
    size = simplices.shape[1]
    order = np.argsort(simplices, axis=1)
    parity = np.array([_parity(row) for row in order.tolist()], dtype=np.int64)
    for simplex, sign in zip(np.sort(simplices, axis=1).tolist(), signs * parity, strict=True):
        for i in range(size):
            facet = tuple(simplex[:i] + simplex[i + 1 :])
            sides.setdefault(facet, []).append(int(sign) * (-1) ** (size - 1 - i))
    return sides


def _parity(order: list[int]) -> int:
    """Sign of a permutation."""
    inversions = sum(a > b for a, b in combinations(order, 2))
    return -1 if inversions % 2 else 1


def _covered(rows: ObjectArray, simplices: IntArray, hull: Polytope) -> bool:
    """Whether the volumes of simplices add up to that of the hull, in homogeneous rows."""
    heights = rows[simplices, 0].prod(axis=1)
    sizes = zip(determinants(rows, simplices).tolist(), heights.tolist(), strict=True)
    total = sum((Fraction(abs(size), height) for size, height in sizes), Fraction(0))
    return total == volume(hull) * math.factorial(rows.shape[1] - 1)
