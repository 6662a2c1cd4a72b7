"""Exact arrays against `fractions.Fraction`, entry by entry."""

import math
import pickle
from fractions import Fraction

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytropic.arithmetic.numbers import ExactArray, exact, exact_scalar
from polytropic.errors import InputError

floats = st.floats(allow_nan=False, allow_infinity=False)
integers = st.integers(-(2**70), 2**70)
fractions = st.fractions(max_denominator=10**6)
numbers = st.one_of(floats, st.integers(-5, 5), integers, fractions)


def fractions_of(array):
    return array.to_fractions().ravel().tolist()


# -- reading -------------------------------------------------------------------------------------
@given(st.lists(floats, max_size=6))
def test_a_float_means_the_rational_it_encodes(values):
    for given_as in (values, np.array(values)):
        assert fractions_of(exact(given_as)) == [Fraction(x) for x in values]


@given(st.lists(numbers, max_size=6))
def test_numbers_of_mixed_kinds_keep_their_values(values):
    # NumPy turns [2**53 + 1, 0.5] and [2**63, -1] into floats, which would round the integers.
    assert fractions_of(exact(values)) == [Fraction(x) for x in values]


@pytest.mark.parametrize(
    "values",
    [
        [2**53 + 1, 0.5],
        [2**63 + 1, -1],
        [[2**60 + 1, 1.0], [0, 0]],
        [np.int64(2**53 + 1), 0.5],
        [-(2**53) - 1, 0.5],
        [2**53 + 1, 2.0**900],
    ],
)
def test_large_integers_beside_floats_are_not_rounded(values):
    flat = np.array(values, dtype=object).ravel().tolist()
    wanted = [Fraction(int(x) if isinstance(x, np.integer) else x) for x in flat]
    assert fractions_of(exact(values)) == wanted


@pytest.mark.parametrize(
    "dtype", [np.int8, np.uint8, np.int64, np.uint64, np.float16, np.float32, np.float64, bool]
)
def test_every_numeric_dtype_is_read(dtype):
    values = np.array([0, 1, 1], dtype=dtype)
    assert fractions_of(exact(values)) == [0, 1, 1]


def test_the_largest_integers_of_a_dtype_are_read():
    wide = np.array([2**64 - 1, 2**63 + 1, 0], dtype=np.uint64)
    assert fractions_of(exact(wide)) == [2**64 - 1, 2**63 + 1, 0]
    narrow = np.array([-(2**63), 2**63 - 1])
    assert fractions_of(exact(narrow)) == [-(2**63), 2**63 - 1]


def test_flint_and_numpy_scalars_are_read():
    values = [flint.fmpq(1, 3), flint.fmpz(-7), np.float32(0.5), np.int8(3), Fraction(2, 9)]
    wanted = [Fraction(1, 3), -7, Fraction(1, 2), 3, Fraction(2, 9)]
    assert fractions_of(exact(values)) == wanted


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1.0, math.nan], r"things\[1\] is nan"),
        ([[1.0], [math.inf]], r"things\[1, 0\] is inf"),
        ([2**80, math.nan], r"things\[1\] is nan"),
        ([Fraction(1), -math.inf], r"things\[1\] is -inf"),
        ([[1, 2], [3]], "things is ragged"),
        ([[Fraction(1), 2], [3]], "things is ragged"),
        (["1", "2"], "things holds .* entries"),
        ([1, "2"], "things holds .* entries"),
        ([1j], "things holds complex128 entries"),
        ([None], r"things\[0\] is None"),
        ([object()], r"things\[0\] is <object"),
        (np.array([1.0], dtype=np.longdouble), "things holds .* entries"),
        (np.ma.masked_array([1.0, 2.0], mask=[False, True]), "things has masked entries"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "things holds datetime64"),
    ],
)
def test_what_is_no_finite_number_is_refused_by_name(values, words):
    with pytest.raises(InputError, match=words):
        exact(values, "things")


def test_the_number_of_axes_is_checked():
    with pytest.raises(InputError, match=r"things must have 2 axes .* shape \(3,\)"):
        exact([1, 2, 3], "things", ndim=2)
    assert exact_scalar(0.5) == Fraction(1, 2)
    with pytest.raises(InputError, match="value must have 0 axes"):
        exact_scalar([0.5])


# -- arithmetic ----------------------------------------------------------------------------------
rows = st.lists(numbers, min_size=3, max_size=3)


@given(rows, rows, st.one_of(st.integers(-9, 9), fractions))
def test_arithmetic_is_that_of_fractions(first, second, factor):
    a, b = exact(first), exact(second)
    x, y = [Fraction(v) for v in first], [Fraction(v) for v in second]
    pairs = list(zip(x, y, strict=True))
    assert fractions_of(a + b) == [p + q for p, q in pairs]
    assert fractions_of(a - b) == [p - q for p, q in pairs]
    assert fractions_of(a * b) == [p * q for p, q in pairs]
    assert fractions_of(-a) == [-p for p in x]
    assert fractions_of(a * factor) == [p * factor for p in x]
    assert fractions_of(a @ b) == [sum((p * q for p, q in pairs), Fraction(0))]
    assert fractions_of(ExactArray.concatenate([a, b])) == x + y
    assert a.over(2 * a.denominator).tolist() == [2 * n for n in a.numerators.tolist()]


@given(st.lists(rows, min_size=1, max_size=3))
def test_shapes_change_and_numbers_stay(values):
    a = exact(values)
    wanted = [[Fraction(v) for v in row] for row in values]
    assert a.shape == (len(values), 3)
    assert a.ndim == 2
    assert len(a) == len(values)
    assert a.T.to_fractions().tolist() == [list(column) for column in zip(*wanted, strict=True)]
    assert a[0].to_fractions().tolist() == wanted[0]
    assert a[0, 1].to_fractions().tolist() == wanted[0][1]
    assert a[:, 1:].to_fractions().tolist() == [row[1:] for row in wanted]
    assert fractions_of(a.reshape(3, len(values))) == [v for row in wanted for v in row]


@given(st.lists(numbers, min_size=1, max_size=5))
def test_lowest_terms_however_the_array_was_made(values):
    wanted = [Fraction(v) for v in values]
    common = math.lcm(*(v.denominator for v in wanted))
    inflated = np.array([int(v * common) * 6 for v in wanted], dtype=object)
    arrays = [exact(values), exact(wanted), ExactArray(inflated, common * 6)]
    for array in arrays:
        assert array.denominator == common
        assert math.gcd(array.denominator, *array.numerators.tolist()) == 1
        assert array == arrays[0]
        assert hash(array) == hash(arrays[0])
        assert pickle.loads(pickle.dumps(array)) == arrays[0]
        # Numerators must be Python integers: NumPy's would overflow without a word.
        assert {type(n) for n in array.numerators.tolist()} == {int}


@given(st.lists(numbers, min_size=1, max_size=5))
def test_to_float_rounds_to_nearest(values):
    fractions_wanted = [Fraction(v) for v in values]
    assert exact(fractions_wanted).to_float().tolist() == [float(v) for v in fractions_wanted]


def test_to_float_beyond_the_range_of_floats():
    huge = exact([10**400, -(10**400), Fraction(1, 10**400), Fraction(3, 2**1075)])
    assert huge.to_float().tolist() == [math.inf, -math.inf, 0.0, 2.0**-1073]


@given(st.lists(numbers, min_size=1, max_size=5))
def test_exponent_bounds_the_entries(values):
    array = exact(values)
    largest = max(abs(Fraction(v)) for v in values)
    assert largest == 0 or Fraction(2) ** (array.exponent - 2) <= largest
    assert largest < Fraction(2) ** array.exponent or largest == 0


def test_values_are_read_only():
    source = np.array([1.0, 2.0])
    array = exact(source)
    for view in (array.numerators, array.to_float(), array.to_fractions()):
        with pytest.raises(ValueError, match="read-only"):
            view[0] = 5
    source[0] = 7  # what was given belongs to the caller
    assert array.to_float().tolist() == [1.0, 2.0]


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
def test_empty_arrays_are_arrays(shape):
    array = exact(np.zeros(shape))
    assert array.shape == shape
    assert (array + array).shape == shape
    assert array == ExactArray.zeros(*shape)


def test_products_of_empty_matrices():
    # A zonotope without generators is a point: a product with inner dimension zero.
    assert (ExactArray.zeros(2, 0) @ ExactArray.zeros(0, 3)) == ExactArray.zeros(2, 3)
    assert (ExactArray.zeros(0, 2) @ ExactArray.zeros(2, 3)).shape == (0, 3)
    assert (ExactArray.zeros(2, 3) @ ExactArray.zeros(3, 0)).shape == (2, 0)


def test_arrays_of_different_shape_or_kind_differ():
    assert exact([1, 2]) != exact([[1, 2]])
    assert exact([1]) != 1
    assert exact([0.5]) == exact([Fraction(1, 2)])
