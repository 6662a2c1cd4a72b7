"""Exact extremes of products: every decision against fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.arithmetic import maxima, products
from polytropic.arithmetic.bounded import UNDECIDED
from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.maxima import Graph, greatest_signs, least_signs, row_maxima
from polytropic.arithmetic.numbers import exact
from polytropic.arithmetic.rows import Rows


def brute_maxima(left, right):
    found = []
    for u in left:
        values = [
            sum((Fraction(a) * Fraction(b) for a, b in zip(u, v, strict=True)), Fraction(0))
            for v in right
        ]
        found.append([i for i, value in enumerate(values) if value == max(values)])
    return found


def as_lists(extremes):
    pairs = zip(extremes.indptr[:-1], extremes.indptr[1:], strict=True)
    return [extremes.indices[a:b].tolist() for a, b in pairs]


def check(left, right):
    expected = brute_maxima(left, right)
    u, v = Rows.of(exact(left, ndim=2)), exact(right, ndim=2)
    assert as_lists(row_maxima(u, v)) == expected
    # A complete graph is a graph with enough edges, whatever the points are.
    n = len(right)
    others = [j for i in range(n) for j in range(n) if j != i]
    complete = Graph(np.arange(n + 1) * (n - 1), np.array(others, dtype=np.int32))
    assert as_lists(row_maxima(u, v, complete)) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maxima, "worth_compiling", lambda seconds: True)
        assert as_lists(row_maxima(u, v)) == expected


def matrices(entries):
    def of_width(d):
        row = st.lists(entries, min_size=d, max_size=d)
        return st.tuples(
            st.lists(row, min_size=1, max_size=5), st.lists(row, min_size=1, max_size=7)
        )

    return st.integers(1, 4).flatmap(of_width)


wild = st.one_of(
    st.sampled_from([0.0, 0.1, 0.3, -0.1, 1.0, 2.0**-1074, 1e308, -1e308, 1e-300, 2.0**500]),
    st.floats(allow_nan=False, allow_infinity=False),
)


@settings(max_examples=150)
@given(matrices(wild))
def test_maxima_of_any_floats(pair):
    check(*pair)


@settings(max_examples=100)
@given(matrices(st.integers(-2, 2)))
def test_maxima_of_small_integers_tie(pair):
    check(*pair)


@settings(max_examples=80)
@given(matrices(st.fractions(-2, 2, max_denominator=5) | st.integers(-(10**30), 10**30)))
def test_maxima_of_fractions_and_huge_integers(pair):
    check(*pair)


def test_ties_of_floats_that_no_float_sees():
    # Permutations of irrational-looking floats tie in direction (1, 1, 1) and nowhere else.
    a, b, c = 0.1, 1 / 3, 2.0**-70
    points = [[a, b, c], [b, c, a], [c, a, b], [a, b, 0.0]]
    check([[1.0, 1.0, 1.0], [1.0, 1.0, np.nextafter(1, 2)]], points)
    assert as_lists(row_maxima(Rows(np.ones((1, 3))), exact(points)))[0] == [0, 1, 2]


@pytest.mark.parametrize("kind", ["floats", "integers", "fractions"])
def test_many_rows_in_many_blocks(kind, monkeypatch):
    monkeypatch.setattr(products, "_BLOCK", 64)
    monkeypatch.setattr(maxima, "_SETTLED", 16)
    rng = np.random.default_rng(0)
    left, right = rng.integers(-2, 3, (200, 3)), rng.integers(-2, 3, (20, 3))
    scale = {"floats": 0.1, "integers": 1, "fractions": Fraction(1, 3)}[kind]
    check(left.tolist(), [[int(x) * scale for x in row] for row in right])


def test_grids_are_multiplied_without_error():
    rng = np.random.default_rng(0)
    left = Rows(np.rint(1000 * rng.standard_normal((50, 4))) / 8)
    right = exact(rng.integers(-9, 10, (30, 4)))
    product = products.Product(left.bounded(), products.common_rounding(right))
    assert product.is_exact
    wide = products.Product(Rows(rng.random((5, 4))).bounded(), products.common_rounding(right))
    assert not wide.is_exact


def sign(value):
    return (value > 0) - (value < 0)


@settings(max_examples=150)
@given(matrices(wild))
def test_least_signs_of_any_floats(pair):
    left, right = pair
    rows = Rows.of(exact(right, ndim=2)).integers()
    least = [
        min(
            sign(sum((Fraction(a) * int(b) for a, b in zip(u, v, strict=True)), Fraction(0)))
            for v in rows
        )
        for u in left
    ]
    assert least_signs(Rows.of(exact(left, ndim=2)), rows).tolist() == least


def test_least_signs_in_chunks(monkeypatch):
    monkeypatch.setattr(maxima, "_CHUNK", 3)
    monkeypatch.setattr(products, "_BLOCK", 30)
    rng = np.random.default_rng(1)
    left = rng.integers(-3, 4, (300, 3))
    right = integer_rows(rng.integers(-1, 2, (11, 3)).tolist(), 3)
    expected = np.sign((left @ right.astype(int).T).min(axis=1)).tolist()
    assert least_signs(Rows(left.astype(float)), right).tolist() == expected
    tenths = Rows(left * 0.1)
    found = least_signs(tenths, right).tolist()
    exactly = [[[Fraction(x * 0.1) for x in row]] for row in left.tolist()]
    assert found == [
        min(sign(sum(a * int(b) for a, b in zip(u[0], v, strict=True))) for v in right)
        for u in exactly
    ]
    assert least_signs(tenths, integer_rows([], 3)).tolist() == [1] * 300


def test_underflow_that_would_reverse_an_order():
    tiny = 2.0**-537
    # 1.4 + 1.4 against 2.6 least floats: rounded one by one they are 2 against 3.
    points = [[0.0, 1.4 * tiny, 1.4 * tiny], [0.0, 2.6 * tiny, 0.0], [-1.0, 0.0, 0.0]]
    check([[1.0, tiny, tiny]], points)


def test_integers_too_large_for_exact_products():
    large = 2**27 + 1  # its square differs from the nearest float by one
    check([[large, 1]], [[large, -1], [large, 0], [large, -2]])


def test_walks_along_a_polygon():
    # Neighbours on a fine polygon are closer than rounding tells near the maximum.
    n = 400
    angles = 2 * np.pi * np.arange(n) / n
    circle = 2.0**40 * np.column_stack([np.cos(angles), np.sin(angles)])
    polygon = exact(np.vstack([np.rint(circle), np.rint(circle)[:1]])[:n])
    cycle = np.column_stack([(np.arange(n) - 1) % n, (np.arange(n) + 1) % n])
    graph = Graph(2 * np.arange(n + 1), cycle.ravel())
    rng = np.random.default_rng(2)
    u = np.vstack([rng.standard_normal((500, 2)), rng.integers(-2, 3, (100, 2)), [[1e-20, 1.0]]])
    walked, compared = (row_maxima(Rows(u), polygon, g) for g in (graph, None))
    assert as_lists(walked) == as_lists(compared)


def test_a_plateau_of_rounding_is_searched_for_what_lies_behind_it():
    # All products look like 2^53 to floats; only the last point is higher, behind a path of ties.
    points = [[2**53, 2 * i] for i in range(6)] + [[2**53, 11]]
    path = Graph(
        np.array([0, 1, 3, 5, 7, 9, 11, 12]), np.array([1, 0, 2, 1, 3, 2, 4, 3, 5, 4, 6, 5])
    )
    u = Rows(np.array([[1.0, 2.0**-3], [1.0, -(2.0**-3)], [1.0, 0.0], [0.0, 0.0]]))
    assert as_lists(row_maxima(u, exact(points), path)) == [[6], [0], [*range(7)], [*range(7)]]


def test_a_walk_goes_on_when_its_search_finds_something_higher():
    # The first point looks higher than its neighbour, by less than rounding, and the last is high.
    points = exact([[1.0, -1.0], [1.0, -1.0 - 2.0**-51], [1.0, 0.0]])
    path = Graph(np.array([0, 1, 3, 4]), np.array([1, 0, 2, 1]))
    u = Rows(np.array([[1.0, 1.0], [-1.0, -1.0]]))
    assert greatest_signs(u, points, path).tolist() == [1, UNDECIDED]
