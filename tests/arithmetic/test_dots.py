"""Correctly rounded dot products against Python's own rounding of fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.arithmetic import dots
from polytropic.arithmetic.dots import exact_dots, rounded_dots
from polytropic.arithmetic.numbers import exact


def nearest(value):
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def check(left, right):
    u, v = exact(left, ndim=2), exact(right, ndim=2)
    where = np.arange(len(left)) % len(right)
    expected = [
        sum((Fraction(a) * Fraction(b) for a, b in zip(row, right[j], strict=True)), Fraction(0))
        for row, j in zip(left, where, strict=True)
    ]
    assert exact_dots(u, v, where).tolist() == expected
    rounded = [nearest(value) for value in expected]
    assert rounded_dots(u, v, where).tolist() == rounded
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dots, "worth_compiling", lambda seconds: True)
        assert rounded_dots(u, v, where).tolist() == rounded


def matrices(entries):
    def of_width(d):
        row = st.lists(entries, min_size=d, max_size=d)
        return st.tuples(
            st.lists(row, min_size=1, max_size=5), st.lists(row, min_size=1, max_size=3)
        )

    return st.integers(0, 4).flatmap(of_width)


@settings(max_examples=300)
@given(matrices(st.floats(allow_nan=False, allow_infinity=False)))
def test_any_floats(pair):
    check(*pair)


@settings(max_examples=150)
@given(matrices(st.sampled_from([1.0, -1.0, 2.0**53, 2.0**-53, 2.0**-54, 3.0, 0.1, 1 + 2.0**-52])))
def test_halfway_cases(pair):
    check(*pair)


@settings(max_examples=100)
@given(matrices(st.fractions(-3, 3, max_denominator=9)))
def test_small_fractions(pair):
    check(*pair)


@settings(max_examples=50)
@given(matrices(st.integers(-(10**40), 10**40) | st.fractions(max_denominator=10**12)))
def test_large_fractions(pair):
    check(*pair)


def test_most_floats_need_no_integers(monkeypatch):
    rng = np.random.default_rng(0)
    u, v = exact(rng.standard_normal((1000, 4))), exact(rng.standard_normal((30, 4)))
    where = rng.integers(0, 30, 1000)
    expected = [nearest(value) for value in exact_dots(u, v, where)]

    def refuse(*_):
        raise AssertionError("integers were used")

    monkeypatch.setattr(dots, "exact_dots", refuse)
    assert rounded_dots(u, v, where).tolist() == expected


def test_products_that_vanish_may_sum_to_the_least_float():
    check([[2.0**-538] * 3], [[2.0**-538] * 3])
    assert rounded_dots(
        exact([[2.0**-538] * 3]), exact([[2.0**-538] * 3]), np.array([0])
    ).tolist() == [2.0**-1074]


def test_quotients_next_to_halfway():
    # (x y ± 1) / 3 is a third away from (2^53 + 1) 2^51, which is halfway between two floats.
    x, y = 28059810762433 << 8, (3 * 321) << 43
    assert x * y == 3 * (2**53 + 1) << 51
    for third in (1, -1, 0):
        check([[x, third]], [[Fraction(y, 3), Fraction(1, 3)]])


@settings(max_examples=150)
@given(st.data())
def test_floats_with_unrelated_fractions(data):
    d = data.draw(st.integers(1, 4))
    floats = st.floats(-4, 4) | st.sampled_from([3.0, 1.0, 2.0**52, 1e-300, 1e300, 2.0**-1074])
    fractions = st.fractions(-4, 4, max_denominator=10**6) | st.sampled_from(
        [Fraction(1, 3), Fraction(2**53 + 1, 3), Fraction(1, 3**700), Fraction(3**700, 7)]
    )
    left = data.draw(st.lists(st.lists(floats, min_size=d, max_size=d), min_size=3, max_size=9))
    right = data.draw(st.lists(st.lists(fractions, min_size=d, max_size=d), min_size=2, max_size=2))
    check(left, right)


@pytest.mark.parametrize("compiled", [False, True])
def test_compiled_and_plain_pairs_agree(compiled, monkeypatch):
    rng = np.random.default_rng(1)
    u = exact(rng.standard_normal((300, 3)))
    v = exact(
        [
            [
                Fraction(int(a), int(b) + 10**6)
                for a, b in zip(*rng.integers(0, 10**6, (2, 3)), strict=True)
            ]
            for _ in range(20)
        ]
    )
    where = rng.integers(0, 20, 300)
    expected = [nearest(value) for value in exact_dots(u, v, where)]
    monkeypatch.setattr(dots, "worth_compiling", lambda seconds: compiled)
    monkeypatch.setattr(dots, "exact_dots", None)  # integers are not needed
    assert rounded_dots(u, v, where).tolist() == expected
