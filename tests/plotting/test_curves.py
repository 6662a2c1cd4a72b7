"""Tropical curves as artists, against what is known about them."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.text import Text

from polytropic import TropicalPolynomial, plot
from polytropic.errors import InputError
from polytropic.plotting import plot_dual
from tests.plotting.pictures import (
    E1,
    LINE,
    area_and_overlap,
    areas,
    dots,
    lines,
    of_kind,
    polygons,
    unordered,
)

FRAME = (-2, -2, 3, 3)


def on_frame(point, frame):
    xmin, ymin, xmax, ymax = frame
    return np.isclose(point[0], [xmin, xmax]).any() or np.isclose(point[1], [ymin, ymax]).any()


def test_e1_has_two_bounded_edges_and_six_rays():
    segments = lines(plot(E1, frame=FRAME))
    bounded = [s for s in segments if not any(on_frame(p, FRAME) for p in s)]
    assert unordered(bounded) == [[(0, 0), (0, 1)], [(0, 0), (1, 0)]]
    rays = [s for s in segments if sum(on_frame(p, FRAME) for p in s) == 1]
    assert unordered(rays) == unordered(
        [
            [(0, 0), (0, -2)],
            [(0, 0), (-2, 0)],
            [(1, 0), (1, -2)],
            [(1, 0), (3, 2)],
            [(0, 1), (2, 3)],
            [(0, 1), (-2, 1)],
        ]
    )
    assert len(segments) == 8


def test_every_segment_lies_on_the_curve():
    rng = np.random.default_rng(0)
    f = TropicalPolynomial(rng.integers(0, 7, (25, 2)), rng.integers(-9, 10, 25))
    values = f.exponents @ np.concatenate(lines(plot(f))).T + f.coefficients[:, None]
    best = np.sort(values, axis=0)
    np.testing.assert_allclose(best[-1], best[-2], atol=1e-9)


def test_vertices_are_dots():
    assert sorted(map(tuple, dots(plot(E1)).tolist())) == [(0, 0), (0, 1), (1, 0)]


def test_the_default_frame_shows_all_of_few_vertices():
    drawing = plot(TropicalPolynomial([[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 500]))
    (xmin, xmax), (ymin, ymax) = drawing.axes.get_xlim(), drawing.axes.get_ylim()
    points = dots(drawing)
    assert len(points) == 2
    assert (points > [xmin, ymin]).all()
    assert (points < [xmax, ymax]).all()


@pytest.mark.parametrize("scale", [1, 3])
def test_weights_above_one_are_written(scale):
    f = TropicalPolynomial(scale * LINE.exponents, LINE.coefficients)
    texts = [label.get_text() for label in of_kind(plot(f), Text)]
    assert texts == ([] if scale == 1 else ["3", "3", "3"])
    assert not of_kind(plot(f, weights=False), Text)


def test_a_weight_is_written_on_its_edge():
    f = TropicalPolynomial([[0, 0], [2, 0], [0, 1]], [0, 0, 0])
    (label,) = of_kind(plot(f, frame=(-2, -2, 2, 2)), Text)
    # The edge dual to (0,0)-(2,0) is the ray downwards.
    assert label.get_text() == "2"
    assert label.get_position() == (0, -1)


def test_no_weights_for_exponents_that_are_no_integers():
    f = TropicalPolynomial([[0, 0], [2.5, 0], [0, 1]], [0, 0, 0])
    assert not of_kind(plot(f), Text)


def test_labels_do_not_overlap():
    rng = np.random.default_rng(1)
    f = TropicalPolynomial(2 * rng.integers(0, 9, (40, 2)), rng.integers(-9, 10, 40))
    drawing = plot(f)
    drawing.figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in of_kind(drawing, Text)]
    assert len(boxes) > 5
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_parallel_lines_of_a_flat_newton_polytope():
    f = TropicalPolynomial([[0, 0], [1, 1], [3, 3], [2, 2]], [0, 1, 0, -1])
    drawing = plot(f, frame=(-3, -3, 3, 3))
    # max(0, 1 + s, 3 s) with s = x + y breaks at s = -1 and s = 1/2.
    sums = sorted({round(float(p.sum()), 9) for s in lines(drawing) for p in s})
    assert sums == [-1, 0.5]
    assert all(on_frame(p, (-3, -3, 3, 3)) for s in lines(drawing) for p in s)
    assert not len(dots(drawing))


def test_a_monomial_has_an_empty_curve():
    assert plot(TropicalPolynomial([[1, 2]], [0])).artists == ()


def test_huge_coordinates_are_rounded_once():
    f = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [10**30, 0, 3])
    assert dots(plot(f)).tolist() == [[1e30, float(10**30 - 3)]]


def test_vertices_beyond_floats_are_refused():
    f = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [10**400, 0, 0])
    with pytest.raises(InputError, match="beyond the range of floats"):
        plot(f)


# -- colours -------------------------------------------------------------------------------------
def test_regions_have_the_colours_of_their_vertices():
    rng = np.random.default_rng(2)
    f = TropicalPolynomial(rng.integers(0, 6, (15, 2)), rng.integers(-5, 6, 15))
    curve, subdivision = plot_dual(f)
    assert curve.figure is subdivision.figure
    (fills,), (filled, *_) = of_kind(curve, PolyCollection), of_kind(subdivision, PathCollection)
    places = map(tuple, np.asarray(filled.get_offsets()).tolist())
    colour_of = dict(zip(places, filled.get_facecolors().tolist(), strict=True))
    assert len(colour_of) == f.n_regions
    for edge in f.dual_subdivision().edges:
        first, second = (colour_of[tuple(f.exponents[i].tolist())] for i in edge)
        assert first != second
    for corners, colour in zip(polygons(fills), fills.get_facecolors().tolist(), strict=True):
        winner = np.argmax(f.exponents @ corners.mean(axis=0) + f.coefficients)
        assert colour_of[tuple(f.exponents[winner].tolist())] == colour


def test_vertices_have_the_colours_of_their_cells():
    rng = np.random.default_rng(3)
    f = TropicalPolynomial(rng.integers(0, 6, (15, 2)), rng.integers(-5, 6, 15))
    (marks,) = of_kind(plot(f, frame=(-50, -50, 50, 50)), PathCollection)
    (fills,) = of_kind(plot(f.dual_subdivision()), PolyCollection)
    places = map(tuple, np.asarray(marks.get_offsets()).tolist())
    colour_of = dict(zip(places, marks.get_facecolors().tolist(), strict=True))
    cells = f.dual_subdivision().maximal_cells
    assert len(colour_of) == len(cells) == len(fills.get_facecolors())
    for cell, colour in zip(cells, fills.get_facecolors().tolist(), strict=True):
        assert colour_of[tuple(cell.point.tolist())] == colour


def test_regions_fill_the_frame():
    area, overlap = area_and_overlap(areas(plot(E1, colour_by="regions", frame=FRAME)))
    assert area == pytest.approx(25)
    assert overlap == pytest.approx(0)


# -- one variable --------------------------------------------------------------------------------
def test_the_graph_of_a_polynomial_in_one_variable():
    f = TropicalPolynomial([[0], [1], [3]], [0, 0, -3])
    drawing = plot(f, frame=(-1, 3))
    ends = [[(-1, 0), (0, 0)], [(0, 0), (1.5, 1.5)], [(1.5, 1.5), (3, 6)]]
    assert unordered(lines(drawing)) == ends
    assert sorted(dots(drawing).tolist()) == [[0, 0], [1.5, 1.5]]
    low, high = drawing.axes.get_ylim()
    assert low <= 0
    assert high >= 6
