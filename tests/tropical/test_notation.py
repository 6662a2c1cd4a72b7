"""Reading and writing: round trips, the signs of the field, and refusals with their places."""

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import TropicalPolynomial, TropicalRational
from polytropic.errors import BudgetError, InputError
from polytropic.tropical.maps import TropicalMap
from polytropic.tropical.parsing import parse, parse_map
from polytropic.tropical.printing import to_latex, to_text
from tests.tropical.term_dictionaries import dictionaries, polynomial

EXAMPLE = TropicalPolynomial([[2, 0], [0, 2], [1, 1], [1, 0], [0, 1], [0, 0]], [1, 1, 2, 2, 2, 2])


@settings(max_examples=25)
@given(
    st.integers(1, 5).flatmap(
        lambda d: st.tuples(st.just(d), dictionaries(d), dictionaries(d, 2, least=1))
    )
)
def test_what_is_written_is_read(given_):
    d, f, g = given_
    p, q = polynomial(f, d), polynomial(g, d)
    assert parse(str(p)) == p
    assert parse(str(p / q)) == p / q
    names = ["width", "a_b", "x1", "x10", "é"][:d]
    assert parse(to_text(p, names), names) == p
    assert parse_map(str(TropicalMap((p, q)))).components == (p, q)


@pytest.mark.parametrize(
    "text",
    [
        "1*x^2 + 1*y^2 + 2*x*y + 2*x + 2*y + 2",
        "1x^2 ⊕ 1y^2 ⊕ 2x y ⊕ 2x ⊕ 2y ⊕ 2",
        "1 ⊙ x^2 (+) 1 (.) y**2 + 2·x·y + 2(x + y + 0)",
        r"1 \odot x_1^{2} \oplus 1 x_{2}^{2} \oplus 2 x_1 x_2 \oplus 2 x_1 \oplus 2x_2 \oplus 2",
        "1x1^2 (+) 1x2^2 (+) 2x1x2 (+) 2x1 (+) 2x2 (+) 2",
        "(1x^2 + 1y^2 + 2) + 2*(x*y + x + y) + -inf*x^7 + -100",
        " 1*x^2+1*y^2+2*x*y\n+2*x+2*y+2.0 ",
    ],
)
def test_many_ways_to_write_one_polynomial(text):
    f = parse(text)
    if "-100" in text:
        assert f == EXAMPLE
    assert f == EXAMPLE


def test_numbers_are_what_is_written():
    for text, expected in {
        "0.1*x": Fraction(1, 10), "3/2*x": Fraction(3, 2), "-3/2 x": Fraction(-3, 2),
        "1e-3x": Fraction(1, 1000), "−2x": -2, ".5*x": Fraction(1, 2), "3 * -2*x": 1,
        "2^3*x": 6, "2^-1*x": -2, "12345678901234567890x": 12345678901234567890,
    }.items():  # fmt: skip
        assert parse(text).terms() == [((1,), expected)], text
    assert parse("x^(3/2)*x^-1*x^{0.25}").terms() == [((Fraction(3, 4),), 0)]
    assert parse("3 ⊘ 2 ⊙ x").equals_function(TropicalPolynomial.monomial([1], 1))
    assert parse("(x + 0)^0 * x").terms() == [((1,), 0)]


def test_quotients():
    x, y = TropicalPolynomial.variables(2)
    assert parse("x/y") == x / y
    assert parse("(x + y) / (x*y) / (y + 0)") == (x + y) / (x * y) / (y + 0)
    assert parse("(x + y)^-1") == 0 / (x + y)
    assert parse("(x + y)^(1/2) + x^-1") == (x + y) ** 0.5 + x**-1
    assert parse("(x/y + 1)^-2 ⊙ y") == (x / y + 1) ** -2 * y
    assert TropicalPolynomial.parse("(x + y)/x") == x**0 + y * x**-1
    assert TropicalRational.parse("x + y") == TropicalRational.of(x + y)
    with pytest.raises(InputError, match="quotient"):
        TropicalPolynomial.parse("x/(x + y)")


def test_variables_and_their_order():
    assert parse("y + x").terms()[0][0] == (0, 1)  # x comes first
    assert parse("1y + x", ["y", "x"]).terms() == [((0, 1), 0), ((1, 0), 1)]
    assert parse("x3").n_variables == 3
    assert parse("x0*x2").n_variables == 3
    assert parse("x10 + x9 + a").n_variables == 3
    assert parse("x10 + x9 + a").terms()[0] == ((0, 0, 1), 0)
    assert parse("3", "xy") == TropicalPolynomial.constant(3, 2)
    assert parse("2alpha_1beta", ["alpha1", "beta"]).terms() == [((1, 1), 2)]
    assert parse("x_01 x11", ["x1", "x11"]).terms() == [((1, 1), 0)]
    assert TropicalMap.parse(["y", "x"])([1, 2]).tolist() == [2, 1]
    assert parse("-inf", ["x"]).is_zero


BAD = {
    "x - 1": (2, "no subtraction"), "-x": (1, "before a number"), "x +": (3, "ends"),
    "(x + y": (0, "not closed"), "x)": (1, "stands"), "2xy": (1, "x*y"), "x^1/2": (3, "root"),
    "1.5/2*x": (3, "only integers"), "x/3/2": (1, "two divisions"), "3/2^2*x": (3, "parenth"),
    "1/0*x": (2, "zero"), "x^y": (2, "exponent"), "x^2^3": (3, "power of a power"),
    "x $ y": (2, "means nothing"), "inf*x": (0, "only -inf"), "0/x y": (4, "after a quotient"),
    "2 3*x": (2, "stands"), "": (0, "ends"), "x^(2": (4, "end here"), "1e99999999x": (0, "long"),
    "1e99999x": (0, "digits"), "(" * 200 + "x" + ")" * 200: (100, "parentheses"),
}  # fmt: skip


@pytest.mark.parametrize("text", list(BAD))
def test_refusals_tell_the_place(text):
    position, problem = BAD[text]
    with pytest.raises(InputError, match=f"position {position}: .*{re.escape(problem)}"):
        parse(text)


def test_other_refusals():
    with pytest.raises(InputError, match="none of the variables"):
        parse("x*w", ["x"])
    with pytest.raises(InputError, match="position 2: 'x1' is none of the variables"):
        parse("x*x1", ["x"])
    with pytest.raises(InputError, match="names no variable"):
        parse("3 + 4")
    with pytest.raises(InputError, match="twice"):
        parse("x", ["x_1", "x1"])
    with pytest.raises(InputError, match="asks for"):
        parse("x123456")
    with pytest.raises(InputError, match="only text"):
        parse(3)
    with pytest.raises(InputError, match="tropical zero"):
        parse("x / -inf")
    with pytest.raises(InputError, match="2 names for 1"):
        to_text(parse("x"), ["a", "b"])
    with pytest.raises(BudgetError, match="max_terms=7"):
        parse("(x + 0)(y + 0)(z + 0)", max_terms=7)
    with pytest.raises(InputError, match="read them with parse_map"):
        TropicalMap.parse(["x/y"])


def test_text_and_latex():
    f = parse("3/2*x^-1*y^(1/2) + -2/3 + x*y^2")
    assert str(f) == "x*y^2 + -2/3 + 3/2*x^(-1)*y^(1/2)"
    assert to_latex(f) == (r"x y^{2} \oplus (-\tfrac{2}{3}) \oplus \tfrac{3}{2} x^{-1} y^{1/2}")
    assert f._repr_latex_() == f"${to_latex(f)}$"
    assert to_latex(parse("x12*x3^0")) == "x_{12}"
    assert to_latex(parse("(x + y)/x")) == r"\left( x \oplus y \right) \oslash x"
    assert to_latex(TropicalMap.parse(["x", "y"])) == r"\begin{pmatrix} x \\ y \end{pmatrix}"
    assert to_latex(TropicalPolynomial.constant(float("-inf"), 2)) == r"-\infty"
    assert repr(f) == "TropicalPolynomial(3 monomials in 2 variables)"
    assert str(TropicalPolynomial.constant(float("-inf"), 4)) == "-inf*x4^0"
    assert str(TropicalPolynomial.constant(2, 2)) == "2*x^0*y^0"
