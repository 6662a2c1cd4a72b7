"""Signs of dot products against Python integers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from polytropic.arithmetic import signs
from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.signs import product_signs
from tests.brute_force import dot

entries = st.one_of(
    st.integers(-2, 2),
    st.integers(-(10**18), 10**18),
    st.integers(-(2**1500), 2**1500),
    st.builds(lambda e, s: s << e, st.integers(0, 1500), st.sampled_from([1, -1])),
)


def matrices(width):
    return st.lists(st.lists(entries, min_size=width, max_size=width), max_size=4)


@given(st.integers(1, 4).flatmap(lambda w: st.tuples(matrices(w), matrices(w), st.just(w))))
def test_signs_are_those_of_the_integers(problem):
    left, right, width = problem
    result = product_signs(integer_rows(left, width), integer_rows(right, width))
    assert result.dtype == np.int8
    assert result.tolist() == [[np.sign(dot(p, q)) for q in right] for p in left]


@given(st.integers(2**60, 2**300), st.integers(-1, 1), st.integers(1, 2**70))
def test_a_unit_decides_between_huge_products(big, unit, other):
    left = integer_rows([[big, other, 1]], 3)
    right = integer_rows([[other, -big, unit]], 3)
    assert product_signs(left, right).tolist() == [[unit]]


def test_work_in_blocks_gives_the_same(monkeypatch):
    rng = np.random.default_rng(0)
    left = integer_rows(rng.integers(-2, 3, (30, 3)).tolist(), 3)
    right = integer_rows(rng.integers(-2, 3, (20, 3)).tolist(), 3)
    whole = product_signs(left, right)
    assert (whole == 0).any()
    monkeypatch.setattr(signs, "_BLOCK", 64)
    assert (product_signs(left, right) == whole).all()


def test_empty_matrices():
    assert product_signs(integer_rows([], 2), integer_rows([[1, 2]], 2)).shape == (0, 1)
    assert product_signs(integer_rows([[]], 0), integer_rows([[]], 0)).tolist() == [[0]]
