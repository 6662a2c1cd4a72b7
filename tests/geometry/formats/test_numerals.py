"""Numbers in files: exactly what their digits say, however many they are."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytropic.errors import FormatError
from polytropic.geometry.formats.numerals import digits, number, over_common_denominator, ratio


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("0", 0), ("-0", 0), ("+7", 7), ("007", 7), ("6/4", Fraction(3, 2)),
        ("-1/3", Fraction(-1, 3)), ("0.1", Fraction(1, 10)), (".5", Fraction(1, 2)), ("-2.", -2),
        ("1e3", 1000), ("1.5E-1", Fraction(3, 20)), ("1e-400", Fraction(1, 10**400)),
        ("-0.61803398874989485", Fraction(-61803398874989485, 10**17)), ("25e-2", Fraction(1, 4)),
    ],
)  # fmt: skip
def test_numbers_mean_what_their_digits_say(token, value):
    assert number(token) == value


@pytest.mark.parametrize(
    "token",
    ["nan", "inf", "-inf", "", ".", "-", "1/0", "1/-2", "1//2", "0x10", "1_000", "1.2.3", "1e",
     "e5", "1,5", "٣", "1/2.5", "--1", "1e999999999", "1e-100001", "1j", "True"],
)  # fmt: skip
def test_what_is_no_number_is_refused(token):
    with pytest.raises(FormatError):
        number(token)


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**12))
def test_ratios_read_back(numerator, denominator):
    assert number(ratio(numerator, denominator)) == Fraction(numerator, denominator)


def test_more_digits_than_python_converts():
    assert number("1" + "0" * 6000) == 10**6000
    assert number("-" + "9" * 5000) == 1 - 10**5000
    assert number("+1" + "0" * 5000) == 10**5000
    assert number("2/1" + "0" * 5000) == Fraction(2, 10**5000)
    assert number("0." + "0" * 5000 + "1") == Fraction(1, 10**5001)
    assert digits(-(10**5000)) == "-1" + "0" * 5000
    assert digits(10**4200 - 1) == "9" * 4200


@given(st.lists(st.fractions(max_denominator=50), min_size=1, max_size=4))
def test_common_denominators_are_least(row):
    cleared = over_common_denominator(row)
    common = math.lcm(*(entry.denominator for entry in row))
    assert cleared == [common * entry for entry in row]
    assert all(type(entry) is int for entry in cleared)
