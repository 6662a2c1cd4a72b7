"""Vertices of convex polygons in cyclic order, decided exactly."""

from __future__ import annotations

from collections.abc import Sequence

from polytropic.arithmetic.numbers import ExactArray, ObjectArray
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.polytope import Polytope

__all__ = ["counterclockwise", "oriented_facets"]


def counterclockwise(points: ExactArray) -> list[int]:
    """Order of points in convex position in the plane, from the lexicographically least one.

    Parameters
    ----------
    points : ExactArray, shape (n, 2)
        Distinct; each a vertex of their hull.

    Returns
    -------
    list of int
        Indices of the points.

    Notes
    -----
    Sort, then cut by the line through the least and the greatest point: O(n log n).

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> counterclockwise(exact([[0, 0], [0, 1], [1, 0], [1, 1]]))
    [0, 2, 3, 1]
    """
    return _around(points.numerators.tolist())


def oriented_facets(polytope: Polytope) -> tuple[list[list[int]], ObjectArray]:
    """Polygons on the boundary of a polytope in R^3, counter-clockwise seen from outside.

    Parameters
    ----------
    polytope : Polytope
        Bounded, in R^3, of dimension 3; or of dimension 2, which gives its one polygon.

    Returns
    -------
    polygons : list of list of int
        Indices of vertices.
    normals : object array, shape (k, 3)
        Integer normals that point outside; for a flat polytope, the one whose first non-zero entry
        is positive.

    Raises
    ------
    EmptyPolytopeError, InputError
        If the polytope is empty, unbounded, or of another dimension.

    Examples
    --------
    >>> polygons, normals = oriented_facets(Polytope.box(0, 1, dim=3))
    >>> dict(zip(map(tuple, normals.tolist()), polygons))[-1, 0, 0]
    [0, 1, 3, 2]
    """
    _check(polytope)
    corners = polytope.vertices_exact.numerators.tolist()
    if polytope.dimension == 2:
        normals = polytope.equations.exact_A.numerators
        if next(entry for entry in normals[0] if entry) < 0:
            normals = -normals
        return [_seen_from(corners, list(range(len(corners))), normals[0])], normals
    normals = polytope.facets.exact_A.numerators
    members = [[int(i) for i in row.nonzero()[0]] for row in polytope.incidence]
    polygons = [
        _seen_from(corners, on_facet, normal)
        for on_facet, normal in zip(members, normals, strict=True)
    ]
    return polygons, normals


def _seen_from(
    corners: Sequence[Sequence[int]], on_facet: list[int], normal: Sequence[int]
) -> list[int]:
    """Order vertices of a facet counter-clockwise as seen from the tip of its normal."""
    # Forget a coordinate along which the facet is not seen edge-on; the other two keep the order.
    axis = next(i for i in range(3) if normal[i])
    across, up = (axis + 1) % 3, (axis + 2) % 3
    shadow = [(corners[i][across], corners[i][up]) for i in on_facet]
    order = [on_facet[i] for i in _around(shadow)]
    return order if normal[axis] > 0 else [order[0], *reversed(order[1:])]


def _around(points: Sequence[Sequence[int]]) -> list[int]:
    order = sorted(range(len(points)), key=lambda i: tuple(points[i]))
    if len(order) < 3:
        return order
    (x0, y0), (x1, y1) = points[order[0]], points[order[-1]]
    below: list[int] = []
    above: list[int] = []
    for index in order[1:-1]:
        x, y = points[index]
        turn = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
        (above if turn > 0 else below).append(index)
    return [order[0], *below, order[-1], *reversed(above)]


def _check(polytope: Polytope) -> None:
    if polytope.ambient_dimension != 3:
        raise InputError(
            f"a mesh lies in three dimensions, this polytope in {polytope.ambient_dimension}; "
            "project it (affine_image) or embed it first"
        )
    if polytope.is_empty:
        raise EmptyPolytopeError("the empty polytope has no mesh")
    if not polytope.is_bounded:
        raise InputError("the polyhedron is unbounded; intersect it with a box to get a mesh")
    if polytope.dimension < 2:
        raise InputError(
            f"a mesh needs a polytope of dimension 3 or 2, this one has {polytope.dimension}"
        )
