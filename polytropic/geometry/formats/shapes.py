"""Planar polytopes as shapely geometries and GeoJSON-like mappings, and back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.errors import InputError
from polytropic.geometry.formats.polygons import counterclockwise
from polytropic.geometry.polytope import Polytope

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["from_shapely", "geo_interface", "to_shapely"]

Point = Sequence[int]


def geo_interface(polytope: Polytope) -> dict[str, Any]:
    """GeoJSON-like mapping of a polytope in the plane, for every program that reads those.

    Parameters
    ----------
    polytope : Polytope
        Bounded, in R^2.

    Returns
    -------
    dict
        A Polygon with one closed, counter-clockwise ring, a LineString, a Point, or an empty
        GeometryCollection.  Coordinates are correctly rounded to float64.

    Raises
    ------
    InputError
        If the polyhedron is unbounded or does not lie in the plane.

    Examples
    --------
    >>> geo_interface(Polytope.from_points([[0, 0], [2, 0], [0, 1], [1, 0]]))
    {'type': 'Polygon', 'coordinates': (((0.0, 0.0), (2.0, 0.0), (0.0, 1.0), (0.0, 0.0)),)}
    """
    if polytope.ambient_dimension != 2:
        raise InputError(
            f"geometries lie in the plane, this polytope in dimension {polytope.ambient_dimension}"
        )
    if polytope.is_empty:
        return {"type": "GeometryCollection", "geometries": ()}
    if not polytope.is_bounded:
        raise InputError("the polyhedron is unbounded; intersect it with a box to get a geometry")
    corners = [(x, y) for x, y in polytope.vertices.tolist()]
    if polytope.dimension == 0:
        return {"type": "Point", "coordinates": corners[0]}
    if polytope.dimension == 1:
        return {"type": "LineString", "coordinates": tuple(corners)}
    ring = [corners[i] for i in counterclockwise(polytope.vertices_exact)]
    return {"type": "Polygon", "coordinates": ((*ring, ring[0]),)}


def to_shapely(polytope: Polytope) -> BaseGeometry:
    """Return a polytope in the plane as a shapely geometry.

    Parameters and errors are those of `geo_interface`.

    Examples
    --------
    >>> to_shapely(Polytope.box(0, 1, dim=2)).area
    1.0
    """
    from shapely.geometry import shape

    geometry: BaseGeometry = shape(geo_interface(polytope))
    return geometry


def from_shapely(geometry: BaseGeometry) -> Polytope:
    """Return a convex shapely geometry as a polytope, exactly.

    Parameters
    ----------
    geometry : shapely geometry
        A point, a straight line string, a convex polygon, or a collection with one of these and
        nothing else; an empty geometry gives the empty polytope.

    Returns
    -------
    Polytope
        In R^2.  Every float is the dyadic rational that it encodes.

    Raises
    ------
    InputError
        If the geometry is not convex (decided exactly: a ring that is convex but for the rounding
        of its points is not convex), has a z coordinate, or is no geometry.

    Examples
    --------
    >>> from shapely import Polygon
    >>> from_shapely(Polygon([(0, 0), (2, 0), (0.5, 0.5), (0, 2)]))
    Traceback (most recent call last):
        ...
    polytropic.errors.InputError: this Polygon is not convex; take geometry.convex_hull...
    >>> from_shapely(Polygon([(0, 0), (1, 0), (1, 1), (0, 1)])) == Polytope.box(0, 1, dim=2)
    True
    """
    from shapely.geometry.base import BaseGeometry

    if not isinstance(geometry, BaseGeometry):
        raise InputError(f"expected a shapely geometry, got {type(geometry).__name__}")
    if geometry.is_empty:
        return Polytope.empty(2)
    if geometry.has_z:
        raise InputError("the geometry has a z coordinate; drop it with shapely.force_2d")
    if hasattr(geometry, "geoms"):
        parts = [part for part in geometry.geoms if not part.is_empty]
        if len(parts) == 1:
            return from_shapely(parts[0])
        raise _not_convex(geometry)
    points = _coordinates(geometry)
    if not _is_convex(geometry, points.numerators.tolist()):
        raise _not_convex(geometry)
    return Polytope.from_points(points)


def _coordinates(geometry: Any) -> ExactArray:
    line = geometry.exterior if geometry.geom_type == "Polygon" else geometry
    return exact(np.array(line.coords)[:, :2], f"the coordinates of the {geometry.geom_type}")


def _is_convex(geometry: Any, points: list[Point]) -> bool:
    if _are_collinear(points):
        return True
    return geometry.geom_type == "Polygon" and not geometry.interiors and _is_convex_ring(points)


def _are_collinear(points: list[Point]) -> bool:
    first = points[0]
    other = next((point for point in points if point != first), first)
    return all(_cross(_step(first, other), _step(first, point)) == 0 for point in points)


def _is_convex_ring(points: list[Point]) -> bool:
    """Whether a closed ring of points, not all on a line, runs around a convex polygon once.

    It always turns to the same side, and goes from lexicographic rise to fall and back exactly
    once, which is to say that it winds once.  A turn straight back would leave no way to close the
    ring to that side.
    """
    steps = [step for step in map(_step, points, points[1:]) if any(step)]
    turns = [_cross(a, b) for a, b in pairwise([*steps, steps[0]])]
    if min(turns) < 0 < max(turns):
        return False
    rises = [tuple(step) > (0, 0) for step in steps]
    return sum(a != b for a, b in pairwise([*rises, rises[0]])) == 2


def _step(start: Point, end: Point) -> Point:
    return end[0] - start[0], end[1] - start[1]


def _cross(a: Point, b: Point) -> int:
    return a[0] * b[1] - a[1] * b[0]


def _not_convex(geometry: Any) -> InputError:
    return InputError(
        f"this {geometry.geom_type} is not convex; take geometry.convex_hull, or its convex pieces "
        "one by one"
    )
