"""Operations, rational functions, maps and composition against dictionaries of fractions."""

import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import TropicalPolynomial, TropicalRational
from polytropic.errors import BudgetError, InputError
from polytropic.tropical.composition import compose, restrict, substitute
from polytropic.tropical.maps import TropicalMap, affine_map, map_of
from polytropic.tropical.polynomial import TropicalSignomial
from polytropic.tropical.rational import TropicalRationalMap
from tests.tropical.term_dictionaries import (
    as_dictionary,
    dictionaries,
    multiples,
    numbers,
    points,
    polynomial,
    products,
    sums,
    value,
)

MINUS_INFINITY = float("-inf")
few = settings(max_examples=8)
some = settings(max_examples=20)


# -- polynomials -----------------------------------------------------------------------------------
@some
@given(dictionaries(2), dictionaries(2), st.fractions(0, 3, max_denominator=4))
def test_terms_of_sums_products_and_powers(f, g, k):
    p, q = polynomial(f, 2), polynomial(g, 2)
    assert as_dictionary(p + q) == sums(f, g)
    assert as_dictionary(p * q) == products(f, g)
    assert as_dictionary(p**k) == (multiples(f, k) if k else {(0, 0): 0})


@some
@given(dictionaries(2, least=1), numbers)
def test_numbers_stand_for_constants(f, c):
    p = polynomial(f, 2)
    assert as_dictionary(p + c) == as_dictionary(c + p) == sums(f, {(0, 0): c})
    assert as_dictionary(p * c) == as_dictionary(c * p) == products(f, {(0, 0): c})
    assert as_dictionary((0 / p).denominator) == f


def test_numbers_of_numpy_stand_for_constants():
    x = TropicalPolynomial.monomial([1])
    F = TropicalMap((x, x + 0))
    assert np.float64(2) * x == x * 2
    assert np.int64(2) + x == x + 2
    assert np.float64(2) * F == F * 2
    assert np.float64(2) / (0 / x) == 2 / (0 / x)


def test_combining_like_terms_in_floats_and_in_integers():
    rows, values = [[0.5, 1], [0, 2], [0.5, 1], [0, 2]], [1, 5, 3, -1]
    floats = TropicalPolynomial(np.array(rows), np.array(values, dtype=float))
    fractions = TropicalPolynomial([[Fraction(a) for a in row] for row in rows], values)
    assert floats == fractions
    assert floats.terms() == [((0, 2), 5), ((Fraction(1, 2), 1), 3)]


def test_large_integers_beside_minus_infinity():
    f = TropicalPolynomial([[0], [1], [2]], [2**60 + 1, MINUS_INFINITY, 0.5])
    assert f.terms() == [((0,), 2**60 + 1), ((2,), Fraction(1, 2))]


def test_kinds_of_exponents():
    x, y = TropicalPolynomial.variables(2)
    assert (x * y**2 + 0).is_polynomial
    assert not (x * y**-1 + 0).is_polynomial
    assert (x * y**-1 + 0).is_laurent
    assert not (x**0.5).is_laurent
    assert TropicalSignomial is TropicalPolynomial


def test_the_tropical_zero():
    zero = TropicalPolynomial.constant(MINUS_INFINITY, 2)
    x, y = TropicalPolynomial.variables(2)
    assert zero.is_zero
    assert x + MINUS_INFINITY == x
    assert (x * MINUS_INFINITY) == zero == zero**2 == zero.simplify()
    assert zero**0 == TropicalPolynomial.constant(0, 2)
    assert zero([1, 2]) == MINUS_INFINITY
    assert zero.evaluate_exact([[1, 2]]).tolist() == [MINUS_INFINITY]
    assert (zero / (x + y)).evaluate_exact([[10**400, 2]]).tolist() == [MINUS_INFINITY]
    assert zero.active([[1, 2]]).shape == (1, 0)
    assert zero.equals_function(zero / (x + y))
    assert (zero / y).n_regions == 1
    assert compose(x + y, [zero, y]) == y
    assert compose(zero, [x, x + y]) == zero
    for wrong in (
        lambda: zero**-1,
        lambda: x / zero, lambda: (zero / x) ** -1, lambda: zero.gradients([0, 0]),
        lambda: compose(x**-1 + y, [zero, y]),
    ):  # fmt: skip
        with pytest.raises(InputError, match="tropical zero"):
            wrong()


# -- rational functions ----------------------------------------------------------------------------
@few
@given(
    st.tuples(*[dictionaries(2, size=3, least=1)] * 4),
    points(2),
    st.fractions(-2, 2, max_denominator=3),
)
def test_rational_functions_are_a_semifield(four, xs, k):
    f, g, h, e = four
    r = polynomial(f, 2) / polynomial(g, 2)
    s = TropicalRational(polynomial(h, 2), polynomial(e, 2))
    p = polynomial(h, 2)
    for x in xs:
        a, b, c = value(f, x) - value(g, x), value(h, x) - value(e, x), value(h, x)
        truth = [
            (r + s, max(a, b)), (r * s, a + b), (r / s, a - b), (r**k, k * a),
            (r + p, max(a, c)), (p + r, max(a, c)), (r * p, a + c), (p * r, a + c),
            (r / p, a - c), (p / r, c - a), (r + 2, max(a, 2)), (2 * r, a + 2), (2 / r, 2 - a),
            (r / 2, a - 2), (r.simplify(), a),
        ]  # fmt: skip
        for function, expected in truth:
            assert function.evaluate_exact([x])[0] == expected
            assert function([x])[0] == float(expected)
    assert (r * s / s).equals_function(r)
    assert not (r * 1).equals_function(r)


def test_formal_and_functional_equality():
    x, y = TropicalPolynomial.variables(2)
    f, g = x * y + x**2 + y**2, x**2 + y**2
    assert f != g
    assert f.equals_function(g)
    assert f / g != g / g
    assert (f / g).equals_function(0)
    assert f.equals_function(f / TropicalPolynomial.constant(0, 2))
    assert (x * y / y) != TropicalRational.of(x)
    assert x.equals_function(x * y / y)
    assert not (f / g).equals_function(x)
    with pytest.raises(InputError, match="compared"):
        f.equals_function("x")


def test_equal_denominators_stay():
    x, y = TropicalPolynomial.variables(2)
    assert x / (x + y) + y / (x + y) == (x + y) / (x + y)


def test_worked_numbers_of_rational_regions():
    """A merge of kinks (2 regions), the saddle (6), and the L-shape (3)."""
    t = TropicalPolynomial.monomial([1])
    assert ((t + 0 + -1 * t**2) / (t + 0)).n_regions == 2
    x, y = TropicalPolynomial.variables(2)
    saddle = (x + 0) * (y + 0) / (x * y + 0)
    assert (saddle.numerator.n_regions, saddle.n_regions) == (4, 6)
    smaller = 0 / (0 / (x + 0) + 0 / (y + 0))  # the minimum of two maxima
    assert smaller.n_regions == 3
    assert smaller.evaluate_exact([[3, 2], [-1, 5]]).tolist() == [2, 0]


# -- maps ------------------------------------------------------------------------------------------
@few
@given(dictionaries(2, 3, least=1), dictionaries(2, 3, least=1), points(2))
def test_maps_work_component_by_component(f, g, xs):
    p, q = polynomial(f, 2), polynomial(g, 2)
    F, G = TropicalMap((p, q)), TropicalMap((q, q))
    a = np.array([[value(f, x), value(g, x)] for x in xs], dtype=object)
    b = a[:, [1, 1]]
    assert (F.evaluate_exact(xs) == a).all()
    assert ((F + G).evaluate_exact(xs) == np.maximum(a, b)).all()
    assert ((F * G).evaluate_exact(xs) == a + b).all()
    assert ((F / G).evaluate_exact(xs) == a - b).all()
    assert ((F / G * F).evaluate_exact(xs) == 2 * a - b).all()
    assert ((F**2 * 3).evaluate_exact(xs) == 2 * a + 3).all()
    assert ((1 / F).evaluate_exact(xs) == 1 - a).all()
    assert (F(np.array(xs, dtype=object)) == a.astype(float)).all()


def test_shapes_and_indices_of_maps():
    x, y = TropicalPolynomial.variables(2)
    F = TropicalMap([x, y, x + y])
    assert F.shape == (3, 2)
    assert len(F) == F.n_outputs == 3
    assert F[2] == x + y
    assert F[-1:] == F[[2]] == TropicalMap((x + y,))
    assert F([1, 2]).tolist() == [1, 2, 2]
    assert isinstance(F / x, TropicalRationalMap)
    assert (F / x)[:2].shape == (2, 2)
    assert (F / x).denominators == (x, x, x)
    assert F.equals_function(F * x / x)
    assert map_of([x, x / y]).numerators == (x, x)
    assert pickle.loads(pickle.dumps(F)) == F
    assert hash(F) == hash(TropicalMap((x, y, x + y)))
    assert repr(F) == "TropicalMap(R^2 -> R^3)"


def test_bad_maps():
    x, _ = TropicalPolynomial.variables(2)
    for components, message in [
        ((), "at least one"),
        ((x, TropicalPolynomial.monomial([1])), "variables"), ((x / x,), "takes"),
    ]:  # fmt: skip
        with pytest.raises(InputError, match=message):
            TropicalMap(components)
    with pytest.raises(InputError, match="do not mix"):
        TropicalMap((x,)) + TropicalMap((x, x))


# -- composition -----------------------------------------------------------------------------------
inner = st.one_of(dictionaries(2, 3, least=1), st.tuples(*[dictionaries(2, 2, least=1)] * 2))


def made(g):
    """A function and how to evaluate it."""
    if isinstance(g, dict):
        return polynomial(g, 2), lambda x: value(g, x)
    top, bottom = g
    return polynomial(top, 2) / polynomial(bottom, 2), lambda x: value(top, x) - value(bottom, x)


@few
@given(dictionaries(2, 4, least=1), dictionaries(2, 3, least=1), inner, inner, points(2))
def test_composition_is_composition_of_functions(f, h, g1, g2, xs):
    (p1, v1), (p2, v2) = made(g1), made(g2)
    outer, quotient = polynomial(f, 2), polynomial(f, 2) / polynomial(h, 2)
    for x in xs:
        y = (v1(x), v2(x))
        assert outer([p1, p2]).evaluate_exact([x])[0] == value(f, y)
        both = map_of([outer, quotient])(map_of([p1, p2]))
        assert both.evaluate_exact([x])[0].tolist() == [value(f, y), value(f, y) - value(h, y)]


@some
@given(dictionaries(2, 5, st.integers(0, 3).map(Fraction)), dictionaries(2, 3), dictionaries(2, 3))
def test_polynomials_in_polynomials_by_definition(f, g1, g2):
    """The terms are those of products of powers, the latter by scaling."""
    expected = {}
    for (a, b), c in f.items():
        part = {(0, 0): c}
        for k, g in ((a, g1), (b, g2)):
            part = products(part, multiples(g, k)) if k else part
        expected = sums(expected, part)
    found = compose(polynomial(f, 2), [polynomial(g1, 2), polynomial(g2, 2)])
    assert isinstance(found, TropicalPolynomial)
    assert as_dictionary(found) == expected


@few
@given(
    dictionaries(2, 4, least=1),
    st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=2, max_size=2),
    st.lists(numbers, min_size=2, max_size=2),
    points(3),
)
def test_affine_maps(f, matrix, offset, xs):
    found = substitute(polynomial(f, 2), matrix, offset)
    assert isinstance(found, TropicalPolynomial)
    assert found.n_variables == 3
    for x in xs:
        y = [b + sum(a * v for a, v in zip(row, x, strict=True))
             for row, b in zip(matrix, offset, strict=True)]  # fmt: skip
        assert found.evaluate_exact([x])[0] == value(f, y)
        assert affine_map(matrix, offset).evaluate_exact([x])[0].tolist() == y
    line = restrict(polynomial(f, 2), offset, [[row[0] for row in matrix]])
    assert line.n_variables == 1
    along = [b + 7 * row[0] for row, b in zip(matrix, offset, strict=True)]
    assert line.evaluate_exact([[7]])[0] == value(f, along)


def test_kinds_and_limits_of_compositions():
    x, y = TropicalPolynomial.variables(2)
    f = x**-1 * y + 0
    assert isinstance(f([x, x + y]), TropicalPolynomial)  # the inverse of a monomial is one
    assert isinstance(f([x + y, x]), TropicalRational)
    assert f([2, x]) == x * -2 + 0
    t = TropicalPolynomial.monomial([1])
    assert (t + 1)(x + y) == x + y + 1
    with pytest.raises(InputError, match="3 functions for 2"):
        f([x, y, x])
    with pytest.raises(InputError, match="same variables"):
        f([x, t])
    long = TropicalPolynomial(np.arange(40).reshape(20, 2), np.zeros(20))
    with pytest.raises(BudgetError, match="400 terms"):
        compose(x * y, [long, long], max_terms=399)
    assert compose(x * y, [long, long], max_terms=400).n_monomials == 39


def test_the_tent_map_composed():
    """A sawtooth with twice as many teeth after every composition."""
    t = TropicalPolynomial.monomial([1])
    tent = (t**2 + 0) / (t**4 * -2 + 0)
    found = tent
    for depth in range(1, 4):
        values = found.evaluate_exact([[Fraction(k, 2**depth)] for k in range(2**depth + 1)])
        assert values.tolist() == [k % 2 for k in range(2**depth + 1)]
        found = tent(found).simplify()
