"""Regions of networks as artists."""

import numpy as np
import pytest
import shapely
from matplotlib.collections import LineCollection, PolyCollection
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from polytropic import Network, Polytope, folding_network, linear_regions, plot, random_network
from tests.plotting.pictures import area_and_overlap, areas, dots, lines, of_kind, polygons

BOX = Polytope.box(-1, 1, dim=2)


def fills(drawing):
    (collection,) = of_kind(drawing, PolyCollection)
    return collection


# -- where the cells are -------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(3))
def test_cells_fill_a_box(seed):
    regions = linear_regions(random_network(2, [8, 8], rng=seed), BOX)
    drawing = plot(regions)
    assert len(areas(drawing)) == len(regions)
    area, overlap = area_and_overlap(areas(drawing))
    assert area == pytest.approx(4)
    assert overlap == pytest.approx(0, abs=1e-9)
    assert drawing.axes.get_xlim() == drawing.axes.get_ylim() == (-1, 1)


def test_every_polygon_is_a_region_of_the_network():
    network = random_network(2, [6, 6], rng=3)
    regions = linear_regions(network, BOX)
    rng = np.random.default_rng(0)
    for index, corners in enumerate(areas(plot(regions))):
        weights = rng.dirichlet(np.ones(len(corners)), 5)
        inside = weights @ corners
        expected = regions[index].affine_map(inside)
        np.testing.assert_allclose(network(inside), expected, atol=1e-9)


@pytest.mark.parametrize(
    "domain",
    [
        None,
        Polytope.from_halfspaces([[1, 2]], [1]),
        Polytope.from_halfspaces([[-1, 0], [0, -1]], [0, 0]),
    ],
    ids=["plane", "half-plane", "quadrant"],
)
@pytest.mark.parametrize("frame", [(-2, -1, 3, 2), (0.5, 0.25, 0.75, 1.5)])
def test_unbounded_cells_fill_their_part_of_the_frame(domain, frame):
    regions = linear_regions(random_network(2, [7, 5], rng=1), domain)
    area, overlap = area_and_overlap(areas(plot(regions, frame=frame)))
    far = 100
    shape = {
        None: shapely.box(-far, -far, far, far),
        1: shapely.Polygon([(-far, 50.5), (far, -49.5), (far, -9 * far), (-far, -9 * far)]),
        2: shapely.box(0, 0, far, far),
    }[None if domain is None else domain.n_facets]
    assert area == pytest.approx(shape.intersection(shapely.box(*frame)).area)
    assert overlap == pytest.approx(0, abs=1e-9)


def test_cells_with_lines_are_stripes():
    network = Network.from_layers([([[1, 2], [1, 2], [-1, -2]], [0, 1, 3]), ([[1, 1, 1]], [0])])
    drawing = plot(linear_regions(network), frame=(-4, -4, 4, 4))
    assert len(areas(drawing)) == 4
    area, overlap = area_and_overlap(areas(drawing))
    assert area == pytest.approx(64)
    assert overlap == pytest.approx(0)
    levels = sorted({round(float(p @ [1, 2]), 9) for line in lines(drawing) for p in line})
    assert levels == [-1, 0, 3]


def test_a_constant_network_is_one_region():
    network = Network.from_layers([([[0, 0]], [1]), ([[1]], [0])])
    area, _ = area_and_overlap(areas(plot(linear_regions(network), frame=(0, 0, 2, 3))))
    assert area == pytest.approx(6)


def test_a_domain_that_is_a_segment():
    domain = Polytope.from_points([[-1, -1], [1, 1]])
    regions = linear_regions(random_network(2, [6, 6], rng=0), domain)
    drawing = plot(regions)
    lengths = [np.linalg.norm(b - a) for a, b in lines(drawing)]
    assert len(lengths) == len(regions) > 2
    assert sum(lengths) == pytest.approx(2 * 2**0.5)


# -- lines ---------------------------------------------------------------------------------------
def test_thick_lines_only_between_linear_regions():
    # Two copies of one unit cancel: nothing changes across x = 0.
    network = Network.from_layers(
        [([[1, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 0]), ([[1, -1, 1, 1]], [0])]
    )
    drawing = plot(linear_regions(network, BOX))
    thick, outline = of_kind(drawing, LineCollection)
    assert thick.get_linewidth()[0] > fills(drawing).get_linewidth()[0] > 0
    for a, b in thick.get_segments():
        assert a[1] == b[1] == 0 or a.sum() == b.sum() == 0
    total = sum(np.linalg.norm(b - a) for a, b in thick.get_segments())
    assert total == pytest.approx(2 + 8**0.5)
    assert sum(np.linalg.norm(b - a) for a, b in outline.get_segments()) == pytest.approx(8)
    # The thin line across x = 0 is an outline of cells.
    assert len(areas(drawing)) == 6


def test_edges_can_be_left_out():
    drawing = plot(linear_regions(random_network(2, [5], rng=0), BOX), edges=False)
    assert drawing.artists == (fills(drawing),)
    np.testing.assert_array_equal(fills(drawing).get_edgecolor(), fills(drawing).get_facecolor())


# -- colours -------------------------------------------------------------------------------------
def test_colours_tell_affine_maps_of_neighbours_apart():
    network = folding_network(2, 2, 2)
    regions = linear_regions(network, Polytope.box(0, 1, dim=2))
    colours = fills(plot(regions)).get_facecolors()
    i, j = regions.adjacency.T
    assert (regions.affine_labels[i] != regions.affine_labels[j]).all()
    assert (colours[i] != colours[j]).any(axis=1).all()
    # One map, one colour, wherever it is.
    for label in range(regions.n_affine_maps):
        assert len(np.unique(colours[regions.affine_labels == label], axis=0)) == 1


def test_cells_of_one_linear_region_have_one_colour_unless_patterns_are_asked_for():
    network = Network.from_layers([([[1, 0], [1, 0], [0, 1]], [0, 0, 0]), ([[1, -1, 1]], [0])])
    regions = linear_regions(network, BOX)
    assert (len(regions), regions.n_linear_regions) == (4, 2)
    assert len(np.unique(fills(plot(regions)).get_facecolors(), axis=0)) == 2
    by_pattern = fills(plot(regions, colour_by="pattern")).get_facecolors()
    i, j = regions.adjacency.T
    assert (by_pattern[i] != by_pattern[j]).any(axis=1).all()


def test_values_are_those_at_the_centres():
    network = random_network(2, [6, 6], rng=5)
    drawing = plot(linear_regions(network, BOX), colour_by="value")
    centres = np.array([corners.mean(axis=0) for corners in polygons(fills(drawing))])
    np.testing.assert_allclose(fills(drawing).get_array(), network(centres)[:, 0])
    assert len(drawing.figure.axes) == 2  # with a bar that explains the colours


# -- drawing over something ----------------------------------------------------------------------
def test_axes_in_use_keep_their_limits():
    drawing = plot(linear_regions(random_network(2, [5], rng=0), BOX))
    again = plot(linear_regions(random_network(2, [5], rng=1)), drawing.axes)
    assert again.axes is drawing.axes
    assert drawing.axes.get_xlim() == drawing.axes.get_ylim() == (-1, 1)
    assert area_and_overlap(areas(again))[0] == pytest.approx(4)


# -- one input -----------------------------------------------------------------------------------
def test_a_network_with_one_input():
    hidden, output = ([[1], [-1], [1], [2]], [0, 1, -2, 1]), ([[1, -2, 1, 1]], [100])
    network = Network.from_layers([hidden, output])
    regions = linear_regions(network)
    drawing = plot(regions, frame=(-3, 5))
    bands = polygons(fills(drawing))
    assert sum(np.ptp(band[:, 0]) for band in bands) == pytest.approx(8)
    graph = np.concatenate(lines(drawing))
    np.testing.assert_allclose(graph[:, 1], network(graph[:, :1])[:, 0])
    assert len(lines(drawing)) == len(bands)
    assert len(dots(drawing)) == regions.n_linear_regions - 1
    assert drawing.axes.get_xlim() == (-3, 5)
    low, high = drawing.axes.get_ylim()
    assert low <= graph[:, 1].min() < graph[:, 1].max() <= high
    assert high - low < 2 * np.ptp(graph[:, 1])  # the bands do not count


# -- three inputs --------------------------------------------------------------------------------
def shell_area(drawing):
    total = 0.0
    for face in (np.asarray(f) for a in of_kind(drawing, Poly3DCollection) for f in a._faces):
        # Outlines are closed; matplotlib fills up the shorter ones after that.
        end = 1 + np.flatnonzero((face[1:] == face[0]).all(axis=1))[0]
        arms = face[1:end] - face[0]
        total += np.linalg.norm(np.cross(arms[:-1], arms[1:]).sum(axis=0)) / 2
    return total


def test_a_cube_shows_three_of_its_sides():
    regions = linear_regions(random_network(3, [5, 4], rng=0), Polytope.box(-1, 1, dim=3))
    assert shell_area(plot(regions, explode=0)) == pytest.approx(12)
    assert shell_area(plot(regions, explode=0.5)) > 12.1


def test_cells_in_front_are_painted_later():
    # Slabs along the first axis, which points away from the viewer.
    network = Network.from_layers([([[1, 0, 0]] * 4, [0, 1, 2, 3]), ([[1, 1, 1, 1]], [0])])
    drawing = plot(linear_regions(network, Polytope.box([-4, -1, -1], [1, 1, 1])))
    slabs = of_kind(drawing, Poly3DCollection)
    eye = np.cos(np.deg2rad(drawing.axes.azim))
    depths = [eye * np.asarray(slab._faces)[..., 0].max() for slab in slabs]
    assert len(depths) == 5
    assert depths == sorted(depths)
    orders = [slab.get_zorder() for slab in slabs]
    assert orders == sorted(set(orders))


def test_a_flat_domain_in_space():
    square = Polytope.from_points([[0, 0, 0], [1, 0, 0], [0, 1, 1], [1, 1, 1]])
    regions = linear_regions(random_network(3, [6, 6], rng=0), square)
    assert shell_area(plot(regions, explode=0)) == pytest.approx(2**0.5)
