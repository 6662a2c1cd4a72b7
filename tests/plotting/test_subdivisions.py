"""Dual subdivisions as artists."""

import numpy as np
import pytest
import shapely
from matplotlib.collections import PathCollection, PolyCollection

from polytropic import TropicalPolynomial, plot
from tests.plotting.pictures import E1, area_and_overlap, areas, lines, of_kind, polygons, unordered


def test_e1_has_a_square_and_two_triangles():
    shapes = sorted(sorted(map(tuple, p.tolist())) for p in areas(plot(E1.dual_subdivision())))
    assert shapes == [
        [(0, 0), (0, 1), (1, 0), (1, 1)],
        [(0, 1), (0, 2), (1, 1)],
        [(1, 0), (1, 1), (2, 0)],
    ]


def test_cells_fill_the_newton_polytope_without_crossing_themselves():
    rng = np.random.default_rng(0)
    f = TropicalPolynomial(rng.integers(0, 9, (40, 2)), rng.integers(-9, 10, 40))
    area, overlap = area_and_overlap(areas(plot(f.dual_subdivision())))
    corners = f.newton_polytope().vertices
    assert area == pytest.approx(shapely.MultiPoint(corners).convex_hull.area)
    assert overlap == pytest.approx(0)


def test_vertices_are_filled_and_other_monomials_hollow():
    f = TropicalPolynomial([[0, 0], [2, 0], [0, 2], [1, 1], [1, 0]], [0, 0, 0, 0, -5])
    filled, hollow = of_kind(plot(f.dual_subdivision()), PathCollection)
    assert sorted(map(tuple, filled.get_offsets().tolist())) == [(0, 0), (0, 2), (2, 0)]
    assert sorted(map(tuple, hollow.get_offsets().tolist())) == [(1, 0), (1, 1)]
    assert hollow.get_facecolors()[:, :3].tolist() == [[1, 1, 1]]
    assert filled.get_facecolors()[:, :3].max() < 0.5


def test_neighbouring_cells_differ_in_colour():
    rng = np.random.default_rng(1)
    f = TropicalPolynomial(rng.integers(0, 9, (60, 2)), rng.integers(-9, 10, 60))
    (fills,) = of_kind(plot(f.dual_subdivision()), PolyCollection)
    sides = {}
    n_inner = 0
    for corners, colour in zip(polygons(fills), fills.get_facecolors().tolist(), strict=True):
        ring = list(map(tuple, corners.tolist()))
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
            other = sides.setdefault(frozenset((a, b)), colour)
            if other is not colour:
                assert other != colour
                n_inner += 1
    assert n_inner > 10


@pytest.mark.parametrize(
    ("exponents", "coefficients", "cells"),
    [
        ([[0], [1], [3], [2]], [0, 0, -3, -5], [[(0, 0), (1, 0)], [(1, 0), (3, 0)]]),
        ([[0, 0], [1, 2], [3, 6]], [0, 5, 0], [[(0, 0), (1, 2)], [(1, 2), (3, 6)]]),
    ],
    ids=["one variable", "flat"],
)
def test_newton_polytopes_that_are_segments(exponents, coefficients, cells):
    drawing = plot(TropicalPolynomial(exponents, coefficients).dual_subdivision())
    assert unordered(lines(drawing)) == cells
    assert not areas(drawing)


def test_a_newton_polytope_that_is_a_point():
    drawing = plot(TropicalPolynomial([[1, 2]], [0]).dual_subdivision())
    (dot,) = drawing.artists
    assert dot.get_offsets().tolist() == [[1, 2]]


def test_lattice_points_have_whole_ticks():
    drawing = plot(E1.dual_subdivision())
    drawing.figure.draw_without_rendering()
    assert all(tick == int(tick) for tick in drawing.axes.get_xticks())
