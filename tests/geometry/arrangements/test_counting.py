"""Whitney numbers against published counts, closed formulas and the definition."""

from fractions import Fraction
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.arithmetic.numbers import exact
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.arrangements.counting.whitney import (
    affine_whitney_numbers,
    characteristic_polynomial,
    components,
    count_chambers,
    whitney_numbers,
)
from tests.geometry.arrangements.families import (
    braid,
    coordinate_permutations,
    resonance,
    threshold,
    type_b,
    type_d,
    whitney_by_subsets,
)

matrices = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.lists(st.integers(-2, 2), min_size=n, max_size=n), min_size=1, max_size=8)
)


def from_exponents(exponents):
    """Absolute coefficients of the product of all t - e."""
    return [abs(int(c)) for c in np.poly(exponents).round()]


# -- published numbers ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("n", "betti"),
    [
        (1, [1, 1]),
        (2, [1, 3, 2]),
        (3, [1, 7, 15, 9]),
        (4, [1, 15, 80, 170, 104]),
        (5, [1, 31, 375, 2130, 5270, 3485]),
    ],
)
def test_betti_numbers_of_resonance_arrangements(n, betti):
    assert whitney_numbers(exact(resonance(n))) == betti
    if n > 1:
        group = coordinate_permutations(resonance(n))
        assert whitney_numbers(exact(resonance(n)), group=group) == betti


def test_resonance_6_and_with_its_group_7():
    assert count_chambers(exact(resonance(6))) == 1_066_044
    rows = resonance(7)
    assert count_chambers(exact(rows), group=coordinate_permutations(rows)) == 347_326_352


@pytest.mark.slow
def test_resonance_7_without_its_group():
    assert count_chambers(exact(resonance(7))) == 347_326_352


def test_threshold_arrangements():
    counts = [count_chambers(exact(threshold(n))) for n in range(6)]
    assert counts == [2, 4, 14, 104, 1882, 94572]


def test_threshold_6_with_and_without_its_group():
    rows = threshold(6)
    group = coordinate_permutations(rows, range(1, 7))
    assert count_chambers(exact(rows), group=group) == 15_028_134
    assert count_chambers(exact(rows)) == 15_028_134


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
def test_reflection_arrangements_factor(n):
    assert whitney_numbers(exact(braid(n + 1))) == from_exponents(range(1, n + 1))
    assert whitney_numbers(exact(type_b(n))) == from_exponents(range(1, 2 * n, 2))
    if n > 1:
        assert whitney_numbers(exact(type_d(n))) == from_exponents([*range(1, 2 * n - 2, 2), n - 1])


def test_characteristic_polynomial_of_the_braid_arrangement():
    polynomial = characteristic_polynomial(exact(braid(5)))
    assert len(polynomial) == 6
    assert [np.polyval(polynomial, t) for t in range(6)] == [0, 0, 0, 0, 0, factorial(5)]
    assert np.polyval(polynomial, -1) == -factorial(5)


def test_reflection_groups_as_symmetries():
    for rows in (braid(6), type_b(5), type_d(5)):
        group = coordinate_permutations(rows)
        assert whitney_numbers(exact(rows), group=group) == whitney_numbers(exact(rows))


# -- closed formulas -----------------------------------------------------------------------------
@pytest.mark.parametrize(("m", "r"), [(5, 2), (9, 3), (12, 4), (11, 5), (9, 6)])
def test_generic_rows(m, r):
    expected = [comb(m, k) for k in range(r)] + [comb(m - 1, r - 1)]
    moments = [[t**k for k in range(r)] for t in range(1, m + 1)]
    assert whitney_numbers(exact(moments)) == expected
    floats = np.random.default_rng(m).standard_normal((m, r))
    assert whitney_numbers(exact(floats)) == expected
    # nearly all generic, so that the walk itself sees many primes
    last = [float(x) for x in floats[0]]
    doubled = [[Fraction(x) for x in row] for row in floats.tolist()]
    doubled.append(
        [Fraction(a) + Fraction(b) for a, b in zip(last, floats[1].tolist(), strict=True)]
    )
    broken = whitney_numbers(exact(doubled))
    assert broken[:2] == [1, m + 1]
    if r > 2:
        assert broken[2] == comb(m + 1, 2) - 1  # three hyperplanes through one line


def test_big_products_are_counted_by_their_parts():
    rows = np.zeros((3 * 20, 2 * 20), dtype=int)
    for k in range(20):
        rows[3 * k : 3 * k + 3, 2 * k : 2 * k + 2] = [[1, 0], [0, 1], [1, 1]]
    assert count_chambers(exact(rows)) == 6**20
    assert len(components(exact(rows))) == 20


# -- the definition ------------------------------------------------------------------------------
@settings(max_examples=60, deadline=None)
@given(matrices)
def test_small_arrangements_by_definition(rows):
    n = len(rows[0])
    found = whitney_numbers(exact(rows))
    assert found == whitney_by_subsets(rows)
    signed = [(-1) ** k * w for k, w in enumerate(found)]
    assert characteristic_polynomial(exact(rows)) == signed + [0] * (n + 1 - len(found))


@settings(max_examples=40, deadline=None)
@given(matrices, st.randoms(use_true_random=False))
def test_what_changes_nothing(rows, random):
    expected = whitney_numbers(exact(rows))
    powers = [2.0 ** random.choice([-900, 0, 900]) for _ in rows]
    scaled = [[x * power for x in row] for row, power in zip(rows, powers, strict=True)]
    assert whitney_numbers(exact(scaled)) == expected
    more = [*rows, [-7 * x for x in random.choice(rows)], [0] * len(rows[0])]
    random.shuffle(more)
    assert whitney_numbers(exact(more)) == expected
    huge = 10**25 + 13
    sheared = [[row[0], *(x + huge * row[0] for x in row[1:])] for row in rows]
    assert whitney_numbers(exact(sheared)) == expected
    thirds = [[Fraction(x, 3) for x in row] for row in rows]
    assert whitney_numbers(exact(thirds)) == expected


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.integers(-1, 1), min_size=5, max_size=5), min_size=6, max_size=9),
    st.integers(0, 2**32 - 1),
)
def test_rows_that_primes_confuse(rows, seed):
    """Entries are shifted by multiples of the first primes that are tried."""
    shifts = np.random.default_rng(seed).integers(0, 2, (len(rows), 5))
    primes = [(1 << 30) - 35, (1 << 30) - 41]
    confused = [
        [x + primes[i % 2] * int(s) for x, s in zip(row, shift, strict=True)]
        for i, (row, shift) in enumerate(zip(rows, shifts, strict=True))
    ]
    assert whitney_numbers(exact(confused)) == whitney_by_subsets(confused)


def test_degenerate_floats():
    rng = np.random.default_rng(0)
    g = np.round(rng.standard_normal((6, 4)) * 2**20) / 2**30
    rows = np.vstack([g, g[0] + g[1], g[2] + g[3] + g[4]])
    assert whitney_numbers(exact(rows)) == whitney_by_subsets(rows.tolist())
    assert whitney_numbers(exact(rows))[2] == comb(8, 2) - 1


def test_empty_arrangements():
    assert whitney_numbers(exact(np.zeros((0, 3)))) == [1]
    assert whitney_numbers(exact(np.zeros((4, 0)))) == [1]
    assert whitney_numbers(exact(np.zeros((2, 3)))) == [1]
    assert characteristic_polynomial(exact(np.zeros((2, 3)))) == [1, 0, 0, 0]
    assert count_chambers(exact([[0, 0, 5.0]])) == 2


# -- affine --------------------------------------------------------------------------------------
def test_affine_example():
    rows = [[-1, 1, 1], [1, 0, 0], [1, 1, 1], [0, 1, 0]]
    assert affine_whitney_numbers(exact(rows), exact([0, 0, 1])) == [1, 4, 5]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(-2, 2), min_size=4, max_size=4), min_size=0, max_size=7))
def test_affine_arrangements_by_definition(rows):
    """Whitney's theorem: sum over the central subsets, each once for every hyperplane."""
    infinity = [0, 0, 0, 1]
    array = exact(np.array(rows, dtype=int).reshape(-1, 4))
    found = affine_whitney_numbers(array, exact(infinity))
    assert found == whitney_by_subsets(rows, infinity)


def test_affine_symmetries_and_wrong_infinity():
    rows = [[1, 0, -1], [1, 0, 0], [0, 1, -1], [0, 1, 0], [1, 1, -1], [0, 0, 3]]
    swap = [2, 3, 0, 1, 4, 5]
    plain = affine_whitney_numbers(exact(rows), exact([0, 0, 1]))
    assert affine_whitney_numbers(exact(rows), exact([0, 0, 1]), group=[swap]) == plain
    assert plain == whitney_by_subsets(rows, [0, 0, 1])
    with pytest.raises(InputError, match="infinity has shape"):
        affine_whitney_numbers(exact(rows), exact([0, 1]))
    with pytest.raises(InputError, match="infinity is zero"):
        affine_whitney_numbers(exact(rows), exact([0, 0, 0]))


# -- symmetry and budgets ------------------------------------------------------------------------
@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(-1, 1), min_size=4, max_size=4), min_size=1, max_size=3))
def test_orbits_of_random_rows(seeds):
    rows = sorted({tuple(row[i] for i in p) for row in seeds for p in _cyclic(4)})
    where = {row: i for i, row in enumerate(rows)}
    turn = [where[(*row[1:], row[0])] for row in rows]
    assert whitney_numbers(exact(rows), group=[turn]) == whitney_numbers(exact(rows))


def _cyclic(n):
    return [[(i + k) % n for i in range(n)] for k in range(n)]


def test_groups_that_are_none():
    rows = exact([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [1, 1, 0]])
    with pytest.raises(InputError, match="not induced by a linear map"):
        whitney_numbers(rows, group=[[0, 1, 2, 4, 3]])
    with pytest.raises(InputError, match="no permutation"):
        whitney_numbers(rows, group=[[0, 0, 2, 4, 3]])
    with pytest.raises(InputError, match="shape"):
        whitney_numbers(rows, group=[[0, 1]])
    parallel = exact([[1, 0], [2, 0], [0, 1], [0, 0]])
    with pytest.raises(InputError, match="parallel"):
        whitney_numbers(parallel, group=[[0, 2, 1, 3]])
    assert whitney_numbers(rows, group=[[1, 0, 2, 3, 4]]) == whitney_numbers(rows)
    assert whitney_numbers(rows, group=[]) == whitney_numbers(rows)


def test_a_linear_map_must_fit_the_factors():
    """Supports agree, but no factors of rows and columns do."""
    rows = exact([[1, 0], [0, 1], [1, 1], [1, 2], [1, 5]])
    with pytest.raises(InputError, match="not induced"):
        whitney_numbers(rows, group=[[0, 1, 3, 2, 4]])


def test_budgets():
    rows = exact(resonance(5))
    with pytest.raises(BudgetError, match="max_flats"):
        whitney_numbers(rows, max_flats=20)
    with pytest.raises(BudgetError, match="time_limit"):
        whitney_numbers(rows, time_limit=0.0)
    with pytest.raises(BudgetError, match="max_flats"):
        whitney_numbers(rows, group=coordinate_permutations(resonance(5)), max_flats=25)
    seen = []
    whitney_numbers(rows, progress=lambda rank, done, total: seen.append((rank, done, total)))
    assert {rank for rank, _, _ in seen} == {0, 1, 2}
    assert all(done <= total for _, done, total in seen)
