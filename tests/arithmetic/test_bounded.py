"""Error bounds: the true value, in fractions, always lies in the interval, whatever the input.

A test value is a triple (float, claimed error, true number), the true number anywhere in the
interval, its ends included; magnitudes go from subnormal to overflow.
"""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polytropic.arithmetic.bounded import (
    UNDECIDED,
    Bounded,
    affine,
    blend,
    integer_rounding,
    positive_part,
    round_ratios,
    round_scaled,
)
from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import exact

EXPONENTS = [0, 1, -1, 30, -60, 300, -300, 500, -540, 540, 900, -900, 1022, -1022, -1040, -1074]

mantissas = st.sampled_from([1.0, 1.5, 1 + 2.0**-52, 2 - 2.0**-52, 4 / 3])
wild = st.builds(lambda m, e, s: s * math.ldexp(m, e), mantissas, st.sampled_from(EXPONENTS),
                 st.sampled_from([1, -1]))  # fmt: skip
values = st.one_of(st.just(0.0), st.integers(-3, 3).map(float), st.floats(-2, 2), wild)
relative_errors = st.sampled_from([0.0, 2.0**-53, 2.0**-40, 0.001, 0.04, 0.06, 0.9, 3.0])


@st.composite
def triples(draw):
    value = draw(values)
    kind = draw(st.sampled_from(["exact", "exact", "relative", "relative", "absolute", "lost"]))
    if kind == "lost":
        shown = draw(st.sampled_from([value, 0.0, math.inf, -math.inf, math.nan]))
        claimed = draw(st.sampled_from([math.inf, math.nan]))
        return shown, claimed, Fraction(draw(values)) * 2 ** draw(st.sampled_from([0, 1100]))
    error = {"exact": 0.0}.get(kind)
    if error is None:
        error = abs(draw(values)) if kind == "absolute" else abs(value) * draw(relative_errors)
        error = min(error, 1e308)
    place = Fraction(draw(st.sampled_from([-8, 8, -5, 0, 3])), 8)
    return value, error, Fraction(value) + place * Fraction(error)


@st.composite
def bounded(draw, *shape, entries=None):
    entries = triples() if entries is None else entries
    size = math.prod(shape)
    drawn = draw(st.lists(entries, min_size=size, max_size=size))
    truth = np.empty(size, dtype=object)
    truth[:] = [t for _, _, t in drawn]
    value = np.array([v for v, _, _ in drawn], dtype=np.float64).reshape(shape)
    error = np.array([e for _, e, _ in drawn], dtype=np.float64).reshape(shape)
    return Bounded(value, error), truth.reshape(shape)


def assert_contains(result: Bounded, truth) -> None:
    entries = zip(
        result.value.ravel().tolist(),
        result.error.ravel().tolist(),
        result.signs().ravel().tolist(),
        np.asarray(truth, dtype=object).ravel().tolist(),
        strict=True,
    )
    for value, error, sign, true in entries:
        if math.isfinite(error):
            assert math.isfinite(value)
            assert error >= 0
            assert abs(Fraction(value) - true) <= Fraction(error)
        if sign != UNDECIDED:
            assert sign == (true > 0) - (true < 0)


# -- affine maps ---------------------------------------------------------------------------------
shapes = st.tuples(st.integers(1, 2), st.integers(1, 3), st.integers(1, 2))


@st.composite
def affine_problems(draw):
    n, m, k = draw(shapes)
    # Weights that networks have are finite; some are exact, some are rounded.
    finite = triples().filter(lambda triple: math.isfinite(triple[0]))
    heights = draw(st.lists(st.sampled_from([0, 1]), min_size=n, max_size=n))
    return draw(bounded(n, m)), heights, draw(bounded(k, m, entries=finite)), draw(bounded(k))


@given(affine_problems())
def test_affine_contains_the_truth(problem):
    (y, true_y), heights, (weight, true_weight), (bias, true_bias) = problem
    result = affine(y, np.array(heights, dtype=np.float64), weight, bias)
    truth = [
        [sum(a * w for a, w in zip(row, unit, strict=True)) + h * b for unit, b in
         zip(true_weight.tolist(), true_bias.tolist(), strict=True)]
        for row, h in zip(true_y.tolist(), heights, strict=True)
    ]  # fmt: skip
    assert_contains(result, truth)


def test_an_unknown_value_times_zero_does_not_make_its_neighbour_known():
    # inf * 0 is NaN in the bound; it once fell through a comparison and became an error of zero.
    y = Bounded(np.array([[0.0, 0.0]]), np.array([[math.inf, math.inf]]))
    weight = Bounded(np.array([[0.0, 1.0]]), np.zeros((1, 2)))
    result = affine(y, np.ones(1), weight, Bounded(np.array([0.0]), np.zeros(1)))
    assert not math.isfinite(result.error.item())
    assert result.signs().tolist() == [[UNDECIDED]]


def test_a_product_that_underflows_is_not_zero():
    tiny = Bounded(np.array([[2.0**-600]]), np.zeros((1, 1)))
    result = affine(tiny, np.zeros(1), tiny, Bounded(np.zeros(1), np.zeros(1)))
    assert result.value.item() == 0
    assert result.signs().tolist() == [[UNDECIDED]]


def test_a_product_that_loses_bits_to_underflow_is_not_exact():
    # 1.25 * 2^-1074 becomes 2^-1074, and no error relative to that can be told from zero.
    y, weight = (Bounded(np.array([[x]]), np.zeros((1, 1))) for x in (1.25 * 2.0**-537, 2.0**-537))
    result = affine(y, np.zeros(1), weight, Bounded(np.zeros(1), np.zeros(1)))
    assert result.value.item() == 2.0**-1074
    assert_contains(result, [[Fraction(5, 4) / 2**1074]])


def test_exact_zeros_stay_exact():
    # Dead units and zero weights must not cost exact arithmetic.
    y = Bounded(np.array([[0.0, 3.0]]), np.array([[0.0, 0.1]]))
    weight = Bounded(np.array([[5.0, 0.0]]), np.zeros((1, 2)))
    result = affine(y, np.zeros(1), weight, Bounded(np.array([7.0]), np.array([0.5])))
    assert result.signs().tolist() == [[0]]


def test_bounds_are_sharp_enough_to_decide_generic_signs():
    rng = np.random.default_rng(0)
    y = Bounded(rng.standard_normal((50, 30)), np.zeros((50, 30)))
    weight = Bounded(rng.standard_normal((40, 30)), np.zeros((40, 30)))
    result = affine(y, np.ones(50), weight, Bounded(rng.standard_normal(40), np.zeros(40)))
    assert result.error.max() < 1e-12
    assert (result.signs() != UNDECIDED).all()


@given(st.integers(0, 2**32), st.integers(1, 200))
def test_long_dot_products_with_cancellation(seed, length):
    # The sum is a rounding error of its terms: the order of summation decides its float value.
    rng = np.random.default_rng(seed)
    a = rng.standard_normal(length) * 2.0 ** rng.integers(-30, 30, length)
    b = np.concatenate([a, a[::-1]])
    c = np.concatenate([np.ones(length), -np.ones(length)]) * (1 + 2.0**-50)
    c[0] += 2.0**-40
    nothing = Bounded(np.zeros(1), np.zeros(1))
    y = Bounded(b[None, :], np.zeros((1, len(b))))
    weight = Bounded(c[None, :], np.zeros((1, len(c))))
    truth = sum(Fraction(p) * Fraction(q) for p, q in zip(b.tolist(), c.tolist(), strict=True))
    assert_contains(affine(y, np.zeros(1), weight, nothing), [[truth]])


# -- the positive part ---------------------------------------------------------------------------
@given(bounded(4))
def test_positive_part_contains_the_truth(problem):
    z, truth = problem
    result = positive_part(z)
    assert_contains(result, [max(t, Fraction(0)) for t in truth.tolist()])
    certainly_negative = z.signs() == -1
    assert not result.value[certainly_negative].any()
    assert not result.error[certainly_negative].any()


# -- combinations --------------------------------------------------------------------------------
def exactly(*row):
    array = np.array([row], dtype=np.float64)
    truth = np.array([[Fraction(x) for x in row]], dtype=object)
    return Bounded(array, np.zeros_like(array)), truth


def factor(value):
    return value, 0.0, Fraction(value)


@st.composite
def factors(draw):
    # The factors are sizes of numbers whose sign is known, exactly or from the float.
    value, error, true = draw(triples())
    return (abs(value), error, abs(true)) if true else factor(1.0)


blends = st.tuples(
    bounded(1, 3), bounded(1, 3), factors(), factors(), st.sampled_from([0, 1]),
    st.sampled_from([0, 1]),
)  # fmt: skip


def blend_one(first, second, a, b, h1, h2):
    pair = tuple(Bounded(np.array([v]), np.array([e])) for v, e, _ in (a, b))
    heights = (np.array([float(h1)]), np.array([float(h2)]))
    rows, ok = blend(first[0], second[0], pair, heights)
    true_a, true_b = a[2], b[2]
    total = true_a * h1 + true_b * h2 or true_a + true_b
    pairs = zip(first[1].ravel().tolist(), second[1].ravel().tolist(), strict=True)
    return rows, bool(ok[0]), [[(true_a * p + true_b * q) / total for p, q in pairs]]


@given(blends)
# The share of the second row underflows, yet its entries are so large that they count.
@example((exactly(-(2.0**-180), 1, 0), exactly(2.0**900, 0, 0),
          factor(2.0**540), factor(2.0**-540), 1, 1))  # fmt: skip
# Here it is subnormal: not zero, but with few bits left.
@example((exactly(0, 1, 0), exactly(2.0**900, 0, 0),
          factor(1.3 * 2.0**530), factor(1.7 * 2.0**-530), 1, 1))  # fmt: skip
@example((exactly(1, 1, 1), exactly(2, 2, 2), factor(1.7e308), factor(1.7e308), 1, 1))
def test_blend_contains_the_truth(problem):
    rows, ok, truth = blend_one(*problem)
    if ok:
        assert_contains(rows, truth)


@pytest.mark.parametrize("heights", [(1, 1), (0, 0), (1, 0), (0, 1)])
def test_blend_holds_with_both_factors_at_the_ends_of_their_intervals(heights):
    ends = list(product([1, -1], repeat=2))
    errors = [(0.0, 0.049), (0.049, 0.0), (0.049, 0.049), (0.01, 0.001)]
    sizes = [(1.0, 1.0), (3.0, 0.01), (0.01, 3.0)]
    for case in product(ends, errors, sizes):
        a, b = (
            (size, relative * size, Fraction(size) + end * Fraction(relative * size))
            for end, relative, size in zip(*case, strict=True)
        )
        rows, ok, truth = blend_one(exactly(1, 0, 1), exactly(-1, 1, 0), a, b, *heights)
        assert ok
        assert_contains(rows, truth)


@given(st.integers(0, 2**32 - 1))
def test_blend_holds_on_rows_with_full_mantissas(seed):
    # Nothing is uncertain but the roundings of blend itself.
    rng = np.random.default_rng(seed)
    row = lambda: exactly(*rng.standard_normal(3))  # noqa: E731
    a, b = (factor(x) for x in rng.uniform(0.1, 2, 2).tolist())
    for heights in [(1, 1), (1, 0), (0, 1)]:
        rows, ok, truth = blend_one(row(), row(), a, b, *heights)
        assert ok
        assert_contains(rows, truth)


@pytest.mark.parametrize("heights", [(1, 1), (1, 0), (0, 1)])
@pytest.mark.parametrize("side", [1, -1])
def test_blend_carries_the_errors_of_its_rows(heights, side):
    # The first factor is at the end that gives the rows the largest weight.
    a, b = (1.0, 0.049, Fraction(1) + Fraction(0.049)), (1.0, 0.049, Fraction(1) - Fraction(0.049))
    row = Bounded(np.full((1, 3), 2.0), np.full((1, 3), 0.5))
    truth = np.array([[2 + side * Fraction(1, 2)] * 3], dtype=object)
    for factors_of in [(a, b), (b, a)]:
        rows, ok, wanted = blend_one((row, truth), (row, truth), *factors_of, *heights)
        assert ok
        assert_contains(rows, wanted)


@given(blends)
def test_blend_refuses_what_it_cannot_bound(problem):
    *_, a, b, _, _ = problem
    _, ok, _ = blend_one(*problem)
    sizes = [(v, e) for v, e, _ in (a, b)]
    known = all(math.isfinite(v) and math.isfinite(e) for v, e in sizes) and all(
        19 * Fraction(e) < Fraction(v) for v, e in sizes
    )
    assert known or not ok


def test_blend_is_sharp_on_ordinary_rows():
    rng = np.random.default_rng(1)
    first, second = (Bounded(rng.standard_normal((20, 5)), np.full((20, 5), 1e-16)) for _ in "ab")
    a, b = (Bounded(rng.uniform(0.1, 1, 20), np.full(20, 1e-16)) for _ in "ab")
    for h1, h2 in [(1, 1), (0, 0), (1, 0), (0, 1)]:
        rows, ok = blend(first, second, (a, b), (np.full(20, float(h1)), np.full(20, float(h2))))
        assert ok.all()
        assert rows.error.max() < 1e-12


def test_blend_keeps_common_zeros_exact():
    first, second = exactly(0.0, 1.0)[0], exactly(0.0, 2.0)[0]
    one = Bounded(np.ones(1), np.full(1, 1e-16))
    rows, ok = blend(first, second, (one, one), (np.ones(1), np.ones(1)))
    assert ok.all()
    assert rows.signs().tolist() == [[0, 1]]


# -- rounding ------------------------------------------------------------------------------------
big = st.one_of(
    st.integers(-9, 9), st.integers(-(2**54), 2**54), st.integers(-(2**1200), 2**1200),
    st.integers(0, 2300).map(lambda e: 1 << e),
)  # fmt: skip
denominators = st.one_of(
    st.integers(0, 2300).map(lambda e: 1 << e), st.integers(1, 10), st.integers(1, 2**1200)
)


@given(st.lists(st.tuples(st.lists(big, min_size=2, max_size=2), denominators), min_size=1))
@example([([2**53 + 1, 2**53], 1), ([1, 3], 2**52), ([1, 3], 2**1074), ([1, 0], 3)])
def test_round_ratios_contains_the_truth(rows):
    result = round_ratios([row for row, _ in rows], [d for _, d in rows])
    assert_contains(result, [[Fraction(n, d) for n in row] for row, d in rows])


@given(st.lists(st.integers(-(2**53) + 1, 2**53 - 1), min_size=1), st.integers(0, 52))
def test_short_dyadic_numbers_are_exact(numerators, exponent):
    # Exact ties occur on such input; their values must not cost exact arithmetic.
    result = round_ratios([numerators], [1 << exponent])
    assert not result.error.any()


@given(
    st.lists(st.one_of(st.floats(allow_nan=False, allow_infinity=False), big), min_size=1),
    st.one_of(st.integers(-60, 60), st.sampled_from([-2200, -1074, -900, 900, 1023, 2200])),
)
@example([5e-324, 3 * 2.0**-1074], -1)
@example([2.0**1000], 24)
def test_round_scaled_contains_the_truth(numbers, exponent):
    result = round_scaled(exact(numbers), exponent)
    assert_contains(result, [Fraction(x) * Fraction(2) ** exponent for x in numbers])


ordinary = st.builds(math.ldexp, st.floats(0.5, 1), st.integers(-800, 800)) | st.just(0.0)


@given(st.lists(ordinary, min_size=1))
def test_floats_are_taken_exactly(numbers):
    assert not round_scaled(exact(np.array(numbers)), -30).error.any()


@given(st.lists(st.lists(big, min_size=3, max_size=3), min_size=1, max_size=4))
def test_integer_rounding_scales_rows_by_powers_of_two(rows):
    result = integer_rounding(integer_rows(rows, 3))
    for value, error, row in zip(result.value, result.error, rows, strict=True):
        scale = 1 << max(abs(entry).bit_length() for entry in row)
        assert_contains(Bounded(value, error), [Fraction(n, scale) for n in row])
        assert np.abs(value).max() <= 1


# -- signs ---------------------------------------------------------------------------------------
def test_signs_at_the_edges_of_an_interval():
    value = np.array([0.0, 1.0, -1.0, 1.0, -1.0, 0.0, math.nan, 1.0, math.inf])
    error = np.array([0.0, 1.0, 1.0, 0.5, 0.5, 0.1, 0.0, math.nan, math.inf])
    wanted = [0, UNDECIDED, UNDECIDED, 1, -1, UNDECIDED, UNDECIDED, UNDECIDED, UNDECIDED]
    assert Bounded(value, error).signs().tolist() == wanted


@pytest.mark.parametrize("index", [[0], [1, 1], []])
def test_rows_are_picked_with_their_errors(index):
    array = Bounded(np.arange(4.0).reshape(2, 2), np.ones((2, 2)))
    picked = array.rows(np.array(index, dtype=np.intp))
    assert picked.value.tolist() == [[2.0 * i, 2.0 * i + 1] for i in index]
    assert picked.error.shape == (len(index), 2)
