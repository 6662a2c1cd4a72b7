"""Inscribed balls against closed formulas and against their own proof."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.engines.linear_programs import solve
from polytropic.errors import EmptyPolytopeError
from polytropic.geometry import chebyshev
from polytropic.geometry.chebyshev import chebyshev_ball, interior_point
from polytropic.geometry.polytope import Polytope


def encloses(ball, square):
    """Whether the bounds enclose the root of a rational, tightly."""
    assert ball.lower**2 <= square <= ball.upper**2
    assert ball.upper - ball.lower <= ball.upper * Fraction(1, 2**60)
    low, high = ball.radius_bounds
    assert Fraction(low) <= ball.lower <= ball.upper <= Fraction(high)


@pytest.mark.parametrize("d", [1, 2, 3, 6])
def test_cubes_and_cross_polytopes(d):
    ball = chebyshev_ball(Polytope.box(-1, 1, dim=d))
    assert ball.lower == ball.upper == 1
    assert ball.centre.to_float().tolist() == [0] * d
    unit = np.eye(d, dtype=int)
    encloses(chebyshev_ball(Polytope.from_points(np.vstack([unit, -unit]))), Fraction(1, d))


@pytest.mark.parametrize("d", [2, 3, 5])
def test_regular_simplex_within_its_hyperplane(d):
    # Inradius of conv(e_0, ..., e_d), of edge sqrt 2: 1 / sqrt(d (d + 1)).
    simplex = Polytope.from_points(np.eye(d + 1, dtype=int))
    ball = chebyshev_ball(simplex)
    encloses(ball, Fraction(1, d * (d + 1)))
    assert ball.dimension == d
    by_halfspaces = Polytope.from_halfspaces(
        -np.eye(d + 1, dtype=int), [0] * (d + 1), [[1] * (d + 1)], [1]
    )
    again = chebyshev_ball(by_halfspaces)
    assert "description" not in vars(by_halfspaces)
    encloses(again, Fraction(1, d * (d + 1)))


def test_triangle_3_4_5_has_inradius_one():
    ball = chebyshev_ball(Polytope.from_points([[0, 0], [3, 0], [0, 4]]))
    assert ball.lower == ball.upper == 1
    assert ball.centre.to_float().tolist() == [1, 1]


def test_implicit_equations_are_found():
    # Six inequalities that leave a segment of length five.
    A = [[4, -3, 0], [-4, 3, 0], [0, 0, 1], [0, 0, -1], [1, 0, 0], [-1, 0, 0]]
    segment = Polytope.from_halfspaces(A, [0, 0, 7, -7, 3, 0])
    ball = chebyshev_ball(segment)
    assert (ball.dimension, ball.radius) == (1, 2.5)
    assert ball.centre.to_fractions().tolist() == [Fraction(3, 2), 2, 7]


def test_degenerate_and_unbounded():
    assert chebyshev_ball(Polytope.from_points([[1, 2]])).radius == 0
    assert chebyshev_ball(Polytope.from_points(np.zeros((1, 0)))).radius == 0
    strip = Polytope.from_halfspaces([[3, 4], [-3, -4]], [5, 5])
    assert chebyshev_ball(strip).radius == 1
    for large in (
        Polytope.from_halfspaces([[1, 0], [1, 1]], [0, 0]),
        Polytope.from_halfspaces(np.zeros((0, 3)), []),
    ):
        ball = chebyshev_ball(large)
        assert ball.radius == math.inf
        assert ball.radius_bounds == (math.inf, math.inf)
        assert large.contains([ball.centre.to_fractions().tolist()]).all()
    for nothing in (Polytope.empty(2), Polytope.from_halfspaces([[1, 0], [-1, 0]], [0, -1])):
        with pytest.raises(EmptyPolytopeError):
            chebyshev_ball(nothing)
        with pytest.raises(EmptyPolytopeError):
            interior_point(nothing)


def test_proposals_for_floats_need_hardly_a_pivot(monkeypatch):
    rng = np.random.default_rng(0)
    polytope = Polytope.from_halfspaces(rng.standard_normal((400, 8)), 1 + rng.random(400))
    pivots = []

    def spy(*arguments):
        found = solve(*arguments)
        pivots.append(found.pivots)
        return found

    monkeypatch.setattr(chebyshev, "solve", spy)
    assert chebyshev_ball(polytope).radius > 0
    assert len(pivots) == 2
    assert sum(pivots) <= 5


@pytest.mark.parametrize("scale", [2.0**-40, 2.0**40])
def test_scaling_scales_the_ball(scale):
    rng = np.random.default_rng(0)
    A, b = rng.standard_normal((20, 3)), 1 + rng.random(20)
    ball = chebyshev_ball(Polytope.from_halfspaces(A, b))
    scaled = chebyshev_ball(Polytope.from_halfspaces(A, b * scale))
    assert scaled.radius == pytest.approx(ball.radius * scale, rel=1e-15)
    # All inscribed: no halfspace cuts the ball, in fractions.
    centre = ball.centre.to_fractions()
    for row, side in zip(A.tolist(), b.tolist(), strict=True):
        normal = [Fraction(x) for x in row]
        gap = Fraction(side) - sum(a * x for a, x in zip(normal, centre, strict=True))
        assert gap >= 0
        assert gap**2 >= ball.lower**2 * sum(a * a for a in normal)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(-2, 2)] * 3, st.integers(-1, 3)), max_size=6),
)
def test_interior_points_are_in_the_relative_interior(rows):
    A = np.array([row[:3] for row in rows], dtype=int).reshape(-1, 3)
    polytope = Polytope.from_halfspaces(A, [row[3] for row in rows])
    twin = Polytope.from_halfspaces(A, [row[3] for row in rows])
    if twin.is_empty:
        with pytest.raises(EmptyPolytopeError):
            interior_point(polytope)
        return
    generators = Polytope.from_points(twin.vertices_exact, twin.rays_exact, twin.lines_exact)
    for question in (polytope, generators, twin):
        point = interior_point(question).to_fractions()
        for rows_of, strict in ((twin.facets, True), (twin.equations, False)):
            pairs = zip(rows_of.exact_A.to_fractions(), rows_of.exact_b.to_fractions(), strict=True)
            gaps = [b - sum(a * x for a, x in zip(row, point, strict=True)) for row, b in pairs]
            assert all(gap > 0 if strict else gap == 0 for gap in gaps)
    ball = chebyshev_ball(polytope)
    assert ball.dimension == twin.dimension
    assert (ball.radius > 0) == (twin.dimension > 0)
