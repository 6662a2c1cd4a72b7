"""Counting theorems against arrangements that are counted, and genericity by all subsets."""

from itertools import combinations
from math import gcd

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.arithmetic.numbers import exact
from polytropic.errors import InputError
from polytropic.geometry.arrangements.counting.genericity import is_generic, surely_generic
from polytropic.geometry.arrangements.counting.theorems import (
    buck,
    generic_facet_count,
    generic_vertex_count,
    upper_vertex_bound,
    zaslavsky,
)
from polytropic.geometry.arrangements.counting.whitney import (
    affine_whitney_numbers,
    characteristic_polynomial,
    count_chambers,
    face_numbers,
)
from tests.brute_force import rank


def moments(m, d, first=1):
    return [[t**k for k in range(d)] for t in range(first, first + m)]


@pytest.mark.parametrize("d", [1, 2, 3, 4])
@pytest.mark.parametrize("m", [1, 2, 3, 4, 6])
def test_generic_zonotopes(m, d):
    rows = exact(np.eye(m, d, dtype=int) if m <= d else moments(m, d))
    if d > 1 or m == 1:
        assert generic_vertex_count(m, d, rows) == count_chambers(rows)
        lines = [x for x in face_numbers(rows) if x]
        assert generic_facet_count(m, d, rows) == lines[1]
    assert generic_vertex_count(m, d) == generic_vertex_count(m, min(m, d))


def test_no_generators():
    assert (generic_vertex_count(0, 3), generic_facet_count(0, 3)) == (1, 0)
    assert (generic_vertex_count(5, 0), generic_facet_count(5, 0)) == (1, 0)


@pytest.mark.parametrize(("m", "d"), [(0, 2), (1, 2), (2, 2), (5, 2), (6, 3), (2, 3)])
def test_buck_and_zaslavsky(m, d):
    rows = np.array(moments(m, d + 1), dtype=int).reshape(m, d + 1)
    infinity = exact([0] * d + [1])
    numbers = affine_whitney_numbers(exact(rows), infinity)
    signed = [(-1) ** k * w for k, w in enumerate(numbers)]
    found = zaslavsky(signed + [0] * (d + 1 - len(signed)))
    assert buck(m, d).regions == found.regions == upper_vertex_bound(m, d)
    if len(numbers) == d + 1:
        assert buck(m, d).bounded == found.bounded
    else:
        assert buck(m, d).bounded == 0
    # Euler: faces of all dimensions, and the bounded ones, which are contractible.
    assert sum((-1) ** k * f for k, f in enumerate(buck(m, d).faces)) == (-1) ** d
    if m >= d:
        assert sum((-1) ** k * f for k, f in enumerate(buck(m, d).bounded_faces)) == 1


def test_zaslavsky_refuses_other_polynomials():
    assert zaslavsky(characteristic_polynomial(exact([[1, 0], [0, 1]]))) == (4, 0)
    for wrong in ([], [2, -1], [1, 3], [1, 0, 3], [-1, 1]):
        with pytest.raises(InputError, match="no characteristic polynomial"):
            zaslavsky(wrong)


def test_hypotheses_are_checked():
    with pytest.raises(InputError, match=r"row\[0\] \+ row\[1\] - row\[2\] = 0"):
        generic_vertex_count(4, 3, exact([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1]]))
    with pytest.raises(InputError, match="shape"):
        generic_facet_count(4, 3, exact([[1, 0, 0]]))
    with pytest.raises(InputError, match="shape"):
        upper_vertex_bound(1, 3, exact([[1, 0, 0]]))
    with pytest.raises(InputError, match="negative"):
        buck(-1, 2)


def check_circuit(rows, found):
    chosen = [rows[i] for i in found.circuit]
    assert len(chosen) <= len(rows[0])
    assert rank(chosen) == len(chosen) - 1
    assert all(rank(part) == len(part) for part in combinations(chosen, len(chosen) - 1) if part)
    sums = [
        sum(c * x for c, x in zip(found.relation, column, strict=True))
        for column in zip(*chosen, strict=True)
    ]
    assert not any(sums)
    assert 0 not in found.relation
    assert gcd(*found.relation) == 1
    assert found.relation[0] > 0


@settings(max_examples=80, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda d: st.lists(
            st.lists(st.integers(-5, 5), min_size=d, max_size=d), min_size=1, max_size=7
        )
    )
)
def test_genericity_by_all_subsets(rows):
    d = len(rows[0])
    size = min(d, len(rows))
    expected = all(rank(part) == size for part in combinations(rows, size))
    found = is_generic(exact(rows))
    assert bool(found) == expected
    if not expected:
        check_circuit(rows, found)


@pytest.mark.parametrize(("m", "d"), [(100, 3), (1000, 3), (60, 5), (12, 8)])
def test_one_late_dependence(m, d):
    rng = np.random.default_rng(m)
    rows = rng.integers(-(10**6), 10**6, (m, d))
    assert is_generic(exact(rows))
    assert surely_generic(exact(rows))
    rows[-1] = rows[-2] * 2 - rows[-4] * 3
    found = is_generic(exact(rows))
    assert not surely_generic(exact(rows))
    assert found.circuit == (m - 4, m - 2, m - 1)
    check_circuit(rows.tolist(), found)


def test_genericity_of_floats():
    rows = np.random.default_rng(0).standard_normal((30, 4))
    assert is_generic(exact(rows))
    assert is_generic(exact(rows * 2.0 ** np.where(np.arange(30) % 2, 900, -900)[:, None]))
    near = np.vstack([rows, rows[3] + 1e-10 * rows[4]])
    assert is_generic(exact(near))
    assert is_generic(exact(np.vstack([rows, -2 * rows[7]]))).circuit == (7, 30)
    assert is_generic(exact(np.zeros((0, 3))))
    assert is_generic(exact(np.zeros((2, 0))))
    assert is_generic(exact([[1], [2]]))
    assert is_generic(exact([[1, 0], [0, 0]])).circuit == (1,)
