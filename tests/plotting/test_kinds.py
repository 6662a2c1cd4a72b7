"""Kinds of drawings that have no file of their own, as artists."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from matplotlib.collections import LineCollection, PatchCollection, PolyCollection
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from polytropic import (
    HyperplaneArrangement,
    Network,
    Polytope,
    Slice,
    TropicalPolynomial,
    decision_boundary,
    linear_regions,
    newton_polytopes,
    plot,
    random_network,
    tent_network,
    tropicalize,
)
from polytropic.arithmetic.bounded import Bounded
from polytropic.geometry.normal_fan import normal_fan
from polytropic.networks.boundaries import argmax_boundary
from polytropic.plotting.colours import PALETTE
from polytropic.plotting.fading import VEIL
from polytropic.plotting.marks import ManyPolygons, ManySegments
from polytropic.plotting.region_cells import region_places
from polytropic.plotting.region_shades import gradients
from tests.plotting.pictures import E1, area_and_overlap, areas, dots, lines, of_kind, polygons

BOX = Polytope.box(-1, 1, dim=2)
NET = random_network(2, [6, 5], rng=3)
CLASSES = Network.from_layers(
    [([[1, 0], [0, 1], [1, 1]], [0, 0, -1]), ([[1, 0, 0], [0, 1, 0], [0, 0, 2]], [0, 0, 0])]
)


# -- Newton polytopes ----------------------------------------------------------------------------
def test_numerator_and_denominator_have_two_colours():
    hat = tropicalize(NET)[0]
    drawing = plot(hat)
    first, second = of_kind(drawing, PolyCollection)
    for collection, f in [(first, hat.numerator), (second, hat.denominator)]:
        (polygon,) = polygons(collection)
        hull = shapely.MultiPoint(f.newton_polytope().vertices).convex_hull
        assert shapely.Polygon(polygon).symmetric_difference(hull).area == pytest.approx(0)
    assert first.get_edgecolor()[0].tolist() != second.get_edgecolor()[0].tolist()
    texts = [text.get_text() for text in drawing.axes.get_legend().get_texts()]
    assert texts == ["numerator", "denominator"]
    assert plot(newton_polytopes(NET, 0), legend=False).axes.get_legend() is None


def test_lifted_pairs_of_polynomials_in_one_variable_are_polygons():
    hat = tropicalize(tent_network(3))[0]
    shapes = areas(plot((hat.numerator, hat.denominator), lifted=True))
    for polygon, f in zip(shapes, (hat.numerator, hat.denominator), strict=False):
        hull = shapely.MultiPoint(f.lifted_polytope().vertices).convex_hull
        assert shapely.Polygon(polygon).area == pytest.approx(hull.area)


def test_an_upper_hull_in_space_has_its_faces_twice():
    f = newton_polytopes(NET, 0).numerator
    floor, roof = of_kind(plot(f), Poly3DCollection)
    n_cells = len(f.polynomial.dual_subdivision())
    assert len(roof.get_facecolor()) == len(floor.get_facecolor()) == n_cells
    roofs, floors = (sorted(map(tuple, c.get_facecolor()[:, :3])) for c in (roof, floor))
    np.testing.assert_allclose(roofs, floors)


# -- fans, arrangements, slices ------------------------------------------------------------------
def test_cones_of_a_fan_fill_the_frame():
    polygon = Polytope.from_points([[0, 0], [3, 1], [2, 4], [-1, 2]])
    drawing = plot(normal_fan(polygon), frame=(-2, -2, 2, 2))
    area, overlap = area_and_overlap(areas(drawing))
    assert (area, overlap) == (pytest.approx(16), pytest.approx(0))
    for k, corners in enumerate(areas(drawing)):
        assert (polygon.vertices @ corners.mean(axis=0)).argmax() == k


def test_chambers_of_an_arrangement():
    arrangement = HyperplaneArrangement([[-1, 1], [1, 0], [1, 1], [0, 1]], [1, 0, 1, 0])
    drawing = plot(arrangement, frame=(-5, -5, 5, 5))
    assert len(areas(drawing)) == arrangement.n_chambers == 10
    assert area_and_overlap(areas(drawing))[0] == pytest.approx(100)
    points = plot(HyperplaneArrangement([[1], [2], [1]], [0, 1, 3]))
    assert sorted(dots(points)[:, 0].tolist()) == [0, 0.5, 3]
    assert len(lines(points)) == 4


def test_a_slice_is_a_line_in_the_plane():
    (segment,) = lines(plot(Slice.of([0, 1], [[1, 2]]), frame=(-1, -1, 1, 3)))
    np.testing.assert_allclose(segment[:, 1] - 2 * segment[:, 0], 1)
    half = Slice.of([0, 1], [[1, 2]], within=Polytope.box(0, 1, dim=1))
    assert sorted(map(tuple, lines(plot(half))[0].tolist())) == [(0, 1), (1, 3)]


def test_regions_on_a_slice_have_its_coordinates():
    net = random_network(5, [6, 4], rng=0)
    plane = Slice.through(np.random.default_rng(0).standard_normal((3, 5)), within=BOX)
    drawing = plot(linear_regions(net, plane))
    assert drawing.axes.get_xlabel() == "$t_1$"
    assert area_and_overlap(areas(drawing))[0] == pytest.approx(4)


# -- regions -------------------------------------------------------------------------------------
def test_gradients_are_those_of_the_affine_maps():
    net = random_network(2, [6, 5], 3, rng=0)
    regions = linear_regions(net, BOX)
    for output in range(3):
        found = gradients(regions, output)
        expected = [region.affine_map.A[output] for region in regions]
        np.testing.assert_allclose(found, expected, atol=1e-12)
    (fills,) = of_kind(plot(regions, colour_by="gradient", output=2), PolyCollection)
    np.testing.assert_allclose(fills.get_array(), np.linalg.norm(found, axis=1))


def test_numbers_of_ones_own_are_labels_or_values():
    regions = linear_regions(NET, BOX)
    labels = np.arange(len(regions)) % 2
    (fills,) = of_kind(plot(regions, colour_by=labels), PolyCollection)
    colours = fills.get_facecolors()
    assert len(np.unique(colours, axis=0)) == 2
    assert (colours[labels == 0] == colours[0]).all()
    values = regions.volumes
    (fills,) = of_kind(plot(regions, colour_by=values), PolyCollection)
    np.testing.assert_array_equal(fills.get_array(), values)


def test_a_bent_hyperplane_is_where_its_unit_vanishes():
    regions = linear_regions(NET, BOX)
    weight, bias = NET.layers[0].weight.to_float(), NET.layers[0].bias.to_float()
    for unit in (0, 8):
        drawing = plot(regions.bent_hyperplane(unit), regions=False)
        assert len(lines(drawing)) == len(regions.bent_hyperplane(unit))
        for segment in lines(drawing):
            hidden = np.maximum(segment @ weight.T + bias, 0)
            second = NET.layers[1]
            later = hidden @ second.weight.to_float().T + second.bias.to_float()
            value = np.concatenate([segment @ weight.T + bias, later], axis=1)[:, unit]
            np.testing.assert_allclose(value, 0, atol=1e-9)
    assert len(areas(plot(regions.bent_hyperplane(8)))) == len(regions)


# -- boundaries ----------------------------------------------------------------------------------
def test_classes_win_where_their_colour_is():
    drawing = plot(argmax_boundary(CLASSES, Polytope.box(-2, 2, dim=2)))
    assert area_and_overlap(areas(drawing))[0] == pytest.approx(16)
    for artist in of_kind(drawing, PolyCollection):
        number = int(artist.get_label().split()[-1])
        for corners in polygons(artist):
            outputs = CLASSES(corners.mean(axis=0))
            assert outputs[number] == outputs.max()


def test_both_ways_to_a_boundary_draw_the_same_lines():
    far = decision_boundary(NET, domain=BOX)
    near = decision_boundary(NET)
    drawn = [plot(far), plot(near, frame=(-1, -1, 1, 1), superset=False)]
    lengths = [
        sum(np.linalg.norm(b - a) for c in of_kind(d, LineCollection) for a, b in c.get_segments())
        for d in drawn
    ]
    assert lengths[0] == pytest.approx(lengths[1])
    assert lengths[0] == pytest.approx(far.area)


# -- fading and numbers --------------------------------------------------------------------------
def test_only_what_is_unbounded_fades():
    def veils(drawing):
        return [artist for artist in drawing.artists if artist.get_gid() == VEIL]

    assert len(veils(plot(linear_regions(NET)))) == len(veils(plot(E1))) == 1
    assert not veils(plot(linear_regions(NET, BOX))) + veils(plot(BOX))
    assert not veils(plot(E1, fade=False))
    drawing = plot(linear_regions(NET))
    assert not veils(plot(decision_boundary(NET), drawing.axes, sides=False))
    (veil,) = veils(drawing)
    assert type(veil) is PatchCollection
    # Full at the frame, nothing further in.
    inner = [path.vertices[5:9] for path in veil.get_paths()]
    (xmin, xmax) = drawing.axes.get_xlim()
    assert max(corners[:, 0].min() for corners in inner) < xmin + 0.1 * (xmax - xmin)


def test_thousands_of_cells_are_in_few_collections():
    regions = linear_regions(random_network(2, [64, 64, 48], rng=0), BOX)
    assert len(regions) > 2000
    drawing = plot(regions, colour_by="pattern")
    fills, inner, outline = drawing.artists
    assert type(fills) is ManyPolygons
    assert type(inner) is ManySegments
    assert len(fills.get_paths()) == len(regions)
    area, overlap = area_and_overlap([path.vertices[:-1] for path in fills.get_paths()])
    assert area == pytest.approx(4)
    assert overlap == pytest.approx(0, abs=1e-6)
    ends = np.array(inner.get_segments())
    table, labels = regions.facet_table.regions, regions.linear_labels
    inside = table[table[:, 1] >= 0]
    assert len(ends) == (labels[inside[:, 0]] != labels[inside[:, 1]]).sum()
    assert len(outline.get_segments()) == (table[:, 1] < 0).sum()
    middles = fills.get_paths()[17].vertices[:-1].mean(axis=0)
    assert regions.locate([middles])[0] == 17


def test_marked_lattice_points():
    f = TropicalPolynomial([[0, 0], [4, 0], [0, 4], [1, 1]], [0, 0, 0, 1])
    crosses = plot(f.dual_subdivision(), lattice=True).artists[-1]
    assert len(crosses.get_offsets()) == 15 - 4
    assert PALETTE[0] == "#56b4e9"


def test_sides_of_a_threshold_are_signs_of_the_network():
    drawing = plot(decision_boundary(NET, domain=BOX))
    sides = {artist.get_label(): artist for artist in of_kind(drawing, PolyCollection)}
    for name, sign in [("positive side", 1), ("negative side", -1)]:
        for corners in polygons(sides[name]):
            assert sign * NET(corners.mean(axis=0))[0] > 0
    flat = Network.from_layers([([[1, 0]], [0]), ([[1]], [0])])  # relu(x) = 0 on a half-plane
    hatched = [a for a in plot(decision_boundary(flat, domain=BOX)).artists if a.get_hatch()]
    assert area_and_overlap(polygons(hatched[0]))[0] == pytest.approx(2)


@pytest.mark.parametrize("scale", [1, 1e-9])
def test_places_of_regions_are_those_of_the_integers(scale):
    # Two lines that are almost parallel: the floats with their bounds say little.
    net = Network.from_layers([([[1, 0], [1, scale * 2.0**-20]], [0, 0.1]), ([[1, 1]], [0])])
    regions = linear_regions(net)
    (exact,) = regions[0].vertices
    places = region_places(regions)[regions.is_point]
    np.testing.assert_allclose(places, [exact], rtol=1e-4)
    blurred = replace(regions, places=Bounded(2 * regions.places.value, 9 + regions.places.error))
    np.testing.assert_allclose(region_places(blurred)[regions.is_point], [exact], rtol=1e-12)
