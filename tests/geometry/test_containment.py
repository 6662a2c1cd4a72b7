"""Containment: all ways against each other and against fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.errors import InputError
from polytropic.geometry.containment import contains, strictly_contains
from polytropic.geometry.polytope import Polytope


def brute(polytope, point, strict):
    if polytope.is_empty:
        return False

    def gaps(halfspaces):
        rows = halfspaces.exact_A.to_fractions().tolist()
        pairs = zip(rows, halfspaces.exact_b.to_fractions().tolist(), strict=True)
        return [
            b - sum((a * Fraction(x) for a, x in zip(row, point, strict=True)), Fraction(0))
            for row, b in pairs
        ]

    facets = gaps(polytope.facets)
    inside = all(gap > 0 for gap in facets) if strict else all(gap >= 0 for gap in facets)
    return inside and not any(gaps(polytope.equations))


@st.composite
def questions(draw):
    d = draw(st.integers(0, 3))
    row = st.lists(st.integers(-2, 2), min_size=d, max_size=d)
    points = draw(st.lists(row, min_size=1, max_size=6))
    rays, lines = draw(st.lists(row, max_size=1)), draw(st.lists(row, max_size=1))
    tried = draw(st.lists(row, min_size=1, max_size=5))
    over = draw(st.sampled_from([1, 2, 3]))
    tried = [[Fraction(x, over) for x in entry] for entry in tried]
    return Polytope.from_points(np.reshape(points, (len(points), d)), rays, lines), tried


@settings(max_examples=120, deadline=None)
@given(questions())
def test_all_ways_agree_with_fractions(data):
    polytope, tried = data
    tried = np.array(tried, dtype=object).reshape(len(tried), polytope.ambient_dimension)
    lazy = contains(polytope, tried, via="lp"), strictly_contains(polytope, tried, via="lp")
    assert "description" not in vars(polytope)
    closed = [brute(polytope, point, False) for point in tried]
    inner = [brute(polytope, point, True) for point in tried]
    assert lazy[0].tolist() == closed
    assert lazy[1].tolist() == inner
    assert contains(polytope, tried).tolist() == closed
    assert strictly_contains(polytope, tried).tolist() == inner
    facets, equations = polytope.facets, polytope.equations
    twin = Polytope.from_halfspaces(
        facets.exact_A, facets.exact_b, equations.exact_A, equations.exact_b
    )
    assert contains(twin, tried).tolist() == closed
    assert strictly_contains(twin, tried).tolist() == inner
    assert "description" not in vars(twin)


def test_redundant_and_implicit_rows_do_not_hurt():
    # x <= 0, -x <= 0, 0 <= 1, and x + y <= 9 twice.
    A, b = [[1, 0], [-1, 0], [0, 0], [1, 1], [2, 2], [0, -1]], [0, 0, 1, 9, 18, 0]
    segment = Polytope.from_halfspaces(A, b)
    points = [[0, 0], [0, 1], [0, 9], [1, 1], [0, 10]]
    assert contains(segment, points).tolist() == [True, True, True, False, False]
    assert strictly_contains(segment, points).tolist() == [False, True, False, False, False]


def test_the_hull_of_many_points_in_high_dimension_is_asked_by_programs():
    rng = np.random.default_rng(0)
    sphere = rng.standard_normal((200, 10))
    sphere /= np.linalg.norm(sphere, axis=1)[:, None]
    polytope = Polytope.from_points(sphere)
    middle = [sum(Fraction(x) for x in column) / 200 for column in sphere.T.tolist()]
    tried = np.array([middle, (2 * sphere[0]).tolist(), sphere[3].tolist()], dtype=object)
    assert contains(polytope, tried).tolist() == [True, False, True]
    assert strictly_contains(polytope, tried).tolist() == [True, False, False]
    assert "description" not in vars(polytope)


def test_the_last_bit_decides():
    triangle = Polytope.from_points([[0, 0], [0.1, 0], [0, 0.3]])
    on = [Fraction(0.1) / 3, Fraction(0.3) * 2 / 3]
    beyond = [on[0], on[1] + Fraction(1, 10**40)]
    assert contains(triangle, [on, beyond]).tolist() == [True, False]
    assert strictly_contains(triangle, [on]).tolist() == [False]


def test_empty_and_refused():
    for nothing in (Polytope.empty(2), Polytope.from_halfspaces([[1, 0], [-1, 0]], [0, -1])):
        assert not contains(nothing, [[0, 0]]).any()
        assert not strictly_contains(nothing, [[0, 0]]).any()
    assert not contains(Polytope.empty(2), [[0, 0]], via="lp").any()
    square = Polytope.box(0, 1, dim=2)
    assert contains(square, np.zeros((0, 2))).shape == (0,)
    with pytest.raises(InputError, match="points must have shape"):
        contains(square, [[1, 2, 3]])
    with pytest.raises(InputError, match="via"):
        contains(square, [[1, 2]], via="magic")
