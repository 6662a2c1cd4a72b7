"""SymPy as referee of values, and round trips through it."""

import builtins
from fractions import Fraction

import pytest
from hypothesis import given, settings

from polytropic import TropicalPolynomial
from polytropic.errors import InputError, MissingDependencyError
from polytropic.tropical.maps import TropicalMap
from polytropic.tropical.parsing import parse
from polytropic.tropical.sympy_exchange import from_sympy, to_sympy
from tests.tropical.term_dictionaries import dictionaries, points, polynomial

sympy = pytest.importorskip("sympy")


@settings(max_examples=10)
@given(dictionaries(2, 4), dictionaries(2, 3, least=1), points(2, 2))
def test_values_and_round_trips(f, g, xs):
    p, q = polynomial(f, 2), polynomial(g, 2)
    assert from_sympy(to_sympy(p), ["x", "y"]) == p
    if not f:
        return
    assert from_sympy(to_sympy(p / q), ["x", "y"]).equals_function(p / q)
    x, y = sympy.symbols("x y", real=True)
    for a, b in xs:
        place = {x: sympy.Rational(*a.as_integer_ratio()), y: sympy.Rational(*b.as_integer_ratio())}
        found = to_sympy(p / q).subs(place)
        assert (p / q).evaluate_exact([(a, b)])[0] == Fraction(int(found.p), int(found.q))


def test_expressions_of_many_kinds():
    x, y = sympy.symbols("x y")
    half = sympy.Rational(1, 2)
    for e in [
        sympy.Max(x, y) + sympy.Min(x, 2 * y - 1), 3 * sympy.Max(x, 0) - half * sympy.Max(y, x + 1),
        sympy.Abs(x - y) + 1, sympy.Max(x, sympy.Min(y, 0)), -2 * (x + sympy.Max(y, 0)),
        0.5 * x + sympy.Max(sympy.Abs(y), 1), sympy.Max(x, y - 0.75) - 0.25 * y,
        sympy.Min(sympy.Max(x, y), 3) * 2,
    ]:  # fmt: skip
        f = from_sympy(e, [x, y])
        for a, b in [(0, 0), (3, -2), (-5, 1), (2, 7), (-3, -3)]:
            assert f.evaluate_exact([[a, b]])[0] == sympy.Rational(e.subs({x: a, y: b}))


def test_polynomials_stay_polynomials():
    x1, x3 = sympy.symbols("x1 x_3")
    f = from_sympy(2 * sympy.Max(x1, x3 - 1) + x1)
    assert isinstance(f, TropicalPolynomial)
    assert f == parse("(x1 + -1*x3)^2 * x1")
    assert f.n_variables == 3
    assert to_sympy(TropicalMap.parse(["x", "y"])) == list(sympy.symbols("x y", real=True))
    assert to_sympy(parse("-inf*x")) == -sympy.oo
    assert from_sympy(-sympy.oo, "x").is_zero
    a = sympy.Symbol("a")
    assert to_sympy(parse("1/2 x^2"), [a]) == 2 * a + sympy.Rational(1, 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [("x*y", "product of several"), ("x**2", "piecewise"), ("exp(x)", "piecewise"),
     ("sqrt(2)*x", "rational number"), ("x + oo", "rational number"), ("3", "no variable"),
     ("z + x", "none of those")],
)  # fmt: skip
def test_refusals(text, message):
    symbols = None if text == "3" else ["x", "y"]
    with pytest.raises(InputError, match=message):
        from_sympy(sympy.sympify(text), symbols)


def test_sympy_is_optional(monkeypatch):
    original = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "sympy":
            raise ImportError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDependencyError, match="pip install sympy"):
        to_sympy(parse("x + 0"))
