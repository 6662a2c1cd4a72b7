"""Planar polytopes and shapely geometries."""

from fractions import Fraction

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import (
    GeometryCollection,
    LinearRing,
    LineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    shape,
)

from polytropic.errors import InputError
from polytropic.geometry.formats.shapes import from_shapely, geo_interface, to_shapely
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.volumes.measure import volume

SQUARE = Polytope.box(0, 1, dim=2)
coordinates = st.tuples(*[st.integers(-3, 3)] * 2)


@settings(max_examples=80)
@given(st.lists(coordinates, min_size=1, max_size=8))
def test_shapely_agrees_on_hulls(points):
    """Our hull of points is shapely's, and both ways are inverse to each other."""
    polytope = Polytope.from_points(points)
    geometry = to_shapely(polytope)
    assert geometry.equals(MultiPoint(points).convex_hull)
    assert geometry.is_valid
    assert from_shapely(geometry) == polytope
    assert Fraction(geometry.area) == volume(polytope)
    if polytope.dimension == 2:
        assert geometry.exterior.is_ccw
        assert geometry.exterior.coords[0] == geometry.exterior.coords[-1]


@settings(max_examples=150)
@given(st.lists(coordinates, min_size=3, max_size=6))
def test_only_convex_rings_are_taken(points):
    """A valid polygon is convex exactly when it equals its hull; integers leave no doubt."""
    geometry = Polygon(points)
    if not geometry.is_valid:
        return
    if geometry.area == geometry.convex_hull.area:
        assert from_shapely(geometry) == Polytope.from_points(points)
    else:
        with pytest.raises(InputError, match=r"Polygon is not convex; take geometry\.convex_hull"):
            from_shapely(geometry)


CONVEX = {
    "ring with repeated and collinear points": (
        Polygon([(0, 0), (0.5, 0), (0.5, 0), (1, 0), (1, 1), (0.25, 1), (0, 1), (0, 0.5)]), SQUARE),
    "clockwise": (Polygon([(0, 0), (0, 1), (1, 1), (1, 0)]), SQUARE),
    "a collection of one": (
        GeometryCollection([Point(), Polygon([(0, 0), (1, 0), (1, 1), (0, 1)])]), SQUARE),
    "line string": (LineString([(0, 0), (2, 2), (1, 1)]), Polytope.from_points([[0, 0], [2, 2]])),
    "flat polygon": (Polygon([(0, 0), (2, 2), (1, 1)]), Polytope.from_points([[0, 0], [2, 2]])),
    "point": (Point(0.1, 0.2), Polytope.from_points([[0.1, 0.2]])),
    "no point": (Point(), Polytope.empty(2)),
    "no polygon": (Polygon(), Polytope.empty(2)),
    "nothing": (GeometryCollection(), Polytope.empty(2)),
}  # fmt: skip


@pytest.mark.parametrize("name", CONVEX)
def test_convex_geometries(name):
    geometry, polytope = CONVEX[name]
    assert from_shapely(geometry) == polytope


NOT_CONVEX = {
    "dart": Polygon([(0, 0), (2, 0), (0.5, 0.5), (0, 2)]),
    "hole": Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2)]]),
    "twice around": Polygon([(0, 0), (1, 0), (1, 1), (0, 1)] * 2),
    "pentagram": Polygon([(0, 3), (2, -3), (-3, 1), (3, 1), (-2, -3)]),
    "bow tie": Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
    "spike": Polygon([(0, 0), (2, 0), (1, 0), (1, 1)]),
    "bent line": LineString([(0, 0), (1, 0), (1, 1)]),
    "ring": LinearRing([(0, 0), (1, 0), (1, 1)]),
    "points": MultiPoint([(0, 0), (1, 1)]),
    "polygons": MultiPolygon(
        [Polygon([(0, 0), (1, 0), (0, 1)]), Polygon([(5, 5), (6, 5), (5, 6)])]
    ),
}


@pytest.mark.parametrize("name", NOT_CONVEX)
def test_geometries_that_are_not_convex(name):
    geometry = NOT_CONVEX[name]
    with pytest.raises(InputError, match=f"this {geometry.geom_type} is not convex"):
        from_shapely(geometry)
    assert from_shapely(geometry.convex_hull).n_vertices >= 2


def test_convexity_is_decided_for_the_bits():
    """The middle point of three in the direction (1, 3) is off the line by one rounding."""
    third = 1 / 3  # less than 1/3: inside the triangle below, or outside, by 2^-54
    inside = Polygon([(0, 0), (third, 1), (1, 3), (0, 3)])
    outside = Polygon([(0, 0), (np.nextafter(third, 1), 1), (1, 3), (0, 3)])
    with pytest.raises(InputError):
        from_shapely(inside)
    assert from_shapely(outside).n_vertices == 4


def test_refusals():
    with pytest.raises(InputError, match="has a z coordinate"):
        from_shapely(Point(1, 2, 3))
    with pytest.raises(InputError, match="expected a shapely geometry, got list"):
        from_shapely([(0, 0)])
    with np.errstate(invalid="ignore"):
        broken = LineString([(0, 0), (1, 0), (np.nan, 1)])
    with pytest.raises(InputError, match=r"coordinates of the LineString.* nan"):
        from_shapely(broken)
    with pytest.raises(InputError, match="unbounded"):
        geo_interface(Polytope.from_points([[0, 0]], rays=[[1, 0]]))
    with pytest.raises(InputError, match="in dimension 3"):
        geo_interface(Polytope.box(0, 1, dim=3))


@pytest.mark.parametrize(
    ("points", "kind"),
    [([[0, 0], [1, 0], [0, 1]], "Polygon"), ([[0, 0], [1, 1]], "LineString"), ([[2, 3]], "Point")],
)
def test_geo_interface_is_geojson(points, kind):
    import json

    mapping = geo_interface(Polytope.from_points(points))
    assert mapping["type"] == kind
    assert shape(json.loads(json.dumps(mapping))).equals(to_shapely(Polytope.from_points(points)))


def test_the_empty_polytope_is_an_empty_collection():
    assert shape(geo_interface(Polytope.empty(2))).is_empty
    assert (
        shapely.get_type_id(to_shapely(Polytope.empty(2)))
        == shapely.GeometryType.GEOMETRYCOLLECTION
    )
