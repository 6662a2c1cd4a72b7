"""Polytopes and zonotopes as artists."""

import numpy as np
import pytest
import shapely
from matplotlib.colors import to_rgba
from mpl_toolkits.mplot3d.art3d import Line3DCollection, Poly3DCollection

from polytropic import Polytope, Zonotope, plot
from polytropic.plotting.solids import Solid
from polytropic.plotting.style import MUTED
from tests.plotting.pictures import area_and_overlap, areas, dots, lines, of_kind, unordered


# -- the plane -----------------------------------------------------------------------------------
def test_a_square():
    drawing = plot(Polytope.box(0, 1, dim=2))
    (square,) = areas(drawing)
    assert shapely.Polygon(square).area == 1
    assert len(lines(drawing)) == len(dots(drawing)) == 4


def test_a_zonotope_is_its_polygon():
    zonotope = Zonotope([[1, 0], [0, 1], [1, 1], [2, -1]])
    (polygon,) = areas(plot(zonotope))
    hull = shapely.MultiPoint(zonotope.vertices).convex_hull
    assert shapely.Polygon(polygon).equals(hull)


def test_an_unbounded_polyhedron_ends_at_the_frame():
    quadrant = Polytope.from_halfspaces([[-1, 0], [0, -1]], [0, 0])
    drawing = plot(quadrant, frame=(-1, -1, 2, 3))
    area, _ = area_and_overlap(areas(drawing))
    assert area == pytest.approx(6)
    # The frame is no edge of it.
    assert unordered(lines(drawing)) == [[(0, 0), (0, 3)], [(0, 0), (2, 0)]]


def test_a_half_plane_and_a_strip_have_lines_for_edges():
    half = plot(Polytope.from_halfspaces([[1, 1]], [0]), frame=(-1, -1, 1, 1))
    assert area_and_overlap(areas(half))[0] == pytest.approx(2)
    assert unordered(lines(half)) == [[(-1, 1), (1, -1)]]
    strip = plot(Polytope.from_halfspaces([[0, 1], [0, -1]], [1, 0]), frame=(-2, -2, 2, 2))
    assert area_and_overlap(areas(strip))[0] == pytest.approx(4)
    assert len(lines(strip)) == 2
    assert not len(dots(half)) + len(dots(strip))


def test_a_nearly_flat_half_plane_lies_on_its_own_side():
    # A ray almost along the boundary must not be mistaken for the line itself.
    polytope = Polytope.from_points([[0, 0]], rays=[[10**20, 1]], lines=[[1, 0]])
    (polygon,) = areas(plot(polytope, frame=(-1, -1, 1, 1)))
    assert shapely.Polygon(polygon).area == pytest.approx(2)
    assert polygon[:, 1].min() == pytest.approx(0)


def test_a_very_wide_cone_covers_its_part_of_the_frame():
    cone = Polytope.from_points([[0, 0]], rays=[[10**12, 1], [-(10**12), 1]])
    area, _ = area_and_overlap(areas(plot(cone, frame=(-1, -1, 1, 1))))
    assert area == pytest.approx(2)


@pytest.mark.parametrize("frame", [(-3, -1, -2, 5), (0.4, 0.4, 0.6, 0.6), (0.5, 0.5, 2, 2)])
def test_bounded_polytopes_are_clipped_too(frame):
    square = Polytope.box(0, 1, dim=2)
    area, _ = area_and_overlap(areas(plot(square, frame=frame)))
    expected = shapely.box(0, 0, 1, 1).intersection(shapely.box(*frame)).area
    assert area == pytest.approx(expected)


def test_the_whole_plane():
    everything = Polytope.from_points([[1, 2]], lines=[[1, 0], [1, 1]])
    area, _ = area_and_overlap(areas(plot(everything, frame=(0, 0, 3, 5))))
    assert area == pytest.approx(15)


def test_flat_ones():
    segment = plot(Polytope.from_points([[0, 0], [2, 2], [1, 1]]))
    assert unordered(lines(segment)) == [[(0, 0), (2, 2)]]
    assert not areas(segment)
    point = plot(Polytope.from_points([[3, 4]]))
    assert dots(point).tolist() == [[3, 4]]
    assert len(point.artists) == 1


def test_the_colour_is_the_given_one():
    drawing = plot(Polytope.from_points([[0, 0], [2, 2]]), colour="#123456")
    assert to_rgba(drawing.artists[0].get_colors()[0]) == to_rgba("#123456")


# -- the line ------------------------------------------------------------------------------------
def test_polytopes_on_the_line():
    assert unordered(lines(plot(Polytope.box(1, 4, dim=1)))) == [[(1, 0), (4, 0)]]
    ray = plot(Polytope.from_points([[1]], rays=[[1]]), frame=(0, 5))
    assert unordered(lines(ray)) == [[(1, 0), (5, 0)]]
    assert dots(ray).tolist() == [[1, 0]]
    assert unordered(lines(plot(Zonotope([[1], [-2]])))) == [[(-2, 0), (1, 0)]]


# -- space ---------------------------------------------------------------------------------------
def faces(drawing):
    (shell,) = of_kind(drawing, Poly3DCollection)
    return np.asarray(shell.get_facecolor())


@pytest.mark.parametrize(
    ("polytope", "n_facets", "n_edges"),
    [
        (Polytope.box(0, 1, dim=3), 6, 12),
        (Polytope.from_points([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]), 4, 6),
        (Zonotope([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]), 12, 24),
    ],
    ids=["cube", "simplex", "rhombic dodecahedron"],
)
def test_true_facets_and_every_edge_once(polytope, n_facets, n_edges):
    drawing = plot(polytope)
    assert len(faces(drawing)) == n_facets
    edges = of_kind(drawing, Line3DCollection)
    assert sum(len(part._segments3d) for part in edges) == n_edges


def test_the_three_hidden_edges_of_a_cube_are_dashed():
    front, back = of_kind(plot(Polytope.box(0, 1, dim=3)), Line3DCollection)
    assert len(front._segments3d) == 9
    assert len(back._segments3d) == 3
    assert front.get_linestyle()[0][1] is None
    assert back.get_linestyle()[0][1] is not None
    # From the default point of view the corner (0, 1, 0) is behind everything.
    shared = set.intersection(
        *({tuple(p) for p in s} for s in np.asarray(back._segments3d).tolist())
    )
    assert shared == {(0, 1, 0)}
    assert to_rgba(back.get_colors()[0]) == to_rgba(MUTED)


def test_corners_of_facets_go_around():
    cube = Polytope.box(0, 1, dim=3)
    facets = tuple(tuple(np.flatnonzero(row).tolist()) for row in cube.incidence)
    solid = Solid(cube.vertices, facets, 3)
    lengths = [np.linalg.norm(np.diff(solid.outline(k), axis=0), axis=1) for k in range(6)]
    np.testing.assert_allclose(lengths, np.ones((6, 4)))
    np.testing.assert_allclose(np.abs(solid.normals).sum(axis=1), 1)
    # Outward: the normal points away from the centre.
    for polygon, normal in zip(solid.polygons, solid.normals, strict=True):
        assert (cube.vertices[list(polygon)].mean(axis=0) - 0.5) @ normal > 0


def test_flat_ones_in_space():
    square = plot(Polytope.from_points([[0, 0, 0], [1, 0, 0], [0, 1, 1], [1, 1, 1]]))
    assert len(faces(square)) == 1
    (edges,) = of_kind(square, Line3DCollection)
    assert len(edges._segments3d) == 4
    segment = plot(Polytope.from_points([[0, 0, 0], [1, 2, 3]]))
    (line,) = of_kind(segment, Line3DCollection)
    assert np.asarray(line._segments3d).tolist() == [[[0, 0, 0], [1, 2, 3]]]
    assert len(plot(Polytope.from_points([[1, 2, 3]])).artists) == 1


def test_scales_are_equal_in_space():
    axes = plot(Polytope.box(0, [4, 2, 1])).axes
    spans = [np.ptp(limits) for limits in (axes.get_xlim(), axes.get_ylim(), axes.get_zlim())]
    ratios = np.asarray(axes._box_aspect) / spans
    np.testing.assert_allclose(ratios, ratios[0])
