"""Values, active monomials and gradients against fractions, at ties and between them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import TropicalPolynomial
from polytropic.errors import InputError
from polytropic.tropical import evaluation
from polytropic.tropical.gradients import gradients, subdifferential
from polytropic.tropical.maps import TropicalMap
from tests.tropical.term_dictionaries import (
    dictionaries,
    numbers,
    points,
    polynomial,
    value,
    winners,
)

small = st.integers(-2, 2).map(Fraction)
ties = st.one_of(dictionaries(2, 8, small, 1), dictionaries(2, 5, numbers, 1))


@settings(max_examples=30)
@given(ties, st.one_of(points(2), st.lists(st.tuples(small, small), min_size=1, max_size=4)))
def test_values_and_active_sets_are_exact(f, xs):
    p = polynomial(f, 2)
    table = p.active(xs).toarray()
    assert table.shape == (len(xs), len(f))
    assert p.evaluate_exact(xs).tolist() == [value(f, x) for x in xs]
    assert [set(np.flatnonzero(row)) for row in table] == [winners(f, x) for x in xs]
    rounded = p(np.array(xs, dtype=object))
    assert rounded.tolist() == [float(value(f, x)) for x in xs]


@settings(max_examples=12)
@given(ties, ties, st.lists(st.tuples(small, small), min_size=1, max_size=4))
def test_gradients_by_differences(f, g, xs):
    """Piecewise linear: differentiable if, and only if, opposite one-sided slopes cancel.

    Directions that avoid all kinks through the point decide it; so many are tried that one of each
    cell is among them.
    """
    p, q = polynomial(f, 2), polynomial(g, 2)
    step = Fraction(1, 10**40)
    directions = [(a, b) for a in range(-9, 10) for b in (-7, -1, 0, 1, 7)]
    for function, at in [(p, lambda x: value(f, x)),
                         (p / q, lambda x: value(f, x) - value(g, x))]:  # fmt: skip
        found = gradients(function, xs)
        exact = found.pieces.to_fractions().tolist()
        for k, x in enumerate(xs):
            slopes = [
                (at((x[0] + step * a, x[1] + step * b)) - at(x)) / step for a, b in directions
            ]
            if found.index[k] >= 0:
                u, v = exact[found.index[k]]
                assert slopes == [u * a + v * b for a, b in directions]
                assert found.values[k].tolist() == [float(u), float(v)]
            else:
                along = dict(zip(directions, slopes, strict=True))
                u, v = along[1, 0], along[0, 1]
                assert any(s != u * a + v * b for (a, b), s in along.items())
                assert np.isnan(found.values[k]).all()


def test_common_kinks_of_a_quotient():
    x, y = TropicalPolynomial.variables(2)
    r = (x + 0) * y / (x + 0)  # the function y, with kinks in both parts
    at = gradients(r, [[0, 3], [1, 1], [0, 0]])
    assert at.values.tolist() == [[0, 1]] * 3
    assert at.is_unique.all()
    assert "0 of them on kinks" in repr(at)
    assert not gradients(r + x, [[2, 2]]).is_unique[0]


def test_subdifferentials_are_cells():
    f = TropicalPolynomial.parse("1*x^2 + 1*y^2 + 2*x*y + 2*x + 2*y + 2")
    assert subdifferential(f, [0, 0]).vertices.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert subdifferential(f, [1, 0]).n_vertices == 3
    assert subdifferential(f, [9, 1]).n_vertices == 1
    with pytest.raises(InputError, match="shape"):
        subdifferential(f, [[0, 0]])


def test_jacobians_of_maps():
    x, y = TropicalPolynomial.variables(2)
    found = TropicalMap((x**2 + y, x * y)).jacobians([[1, 0], [0, 5], [1, 2]])
    assert found[0].tolist() == [[2, 0], [1, 1]]
    assert found[1].tolist() == [[0, 1], [1, 1]]
    assert np.isnan(found[2, 0]).all()


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_many_points_in_blocks_and_by_walks(d, monkeypatch):
    monkeypatch.setattr(evaluation, "_MANY", 500)
    monkeypatch.setattr(evaluation, "_BLOCK", 1 << 10)
    rng = np.random.default_rng(0)
    exponents = rng.integers(-9, 10, (200, d))
    f = TropicalPolynomial(exponents, -(exponents**2).sum(axis=1) / 3)
    g = TropicalPolynomial(exponents[:50], rng.integers(0, 9, 50))
    x = np.concatenate(
        [rng.standard_normal((1500, d)), rng.integers(-3, 4, (500, d)).astype(float)]
    )
    sample = rng.choice(len(x), 60)
    for function in (f, f / g):
        values = function(x)
        exact = [float(v) for v in function.evaluate_exact(x[sample])]
        assert values[sample].tolist() == exact
        assert function(x[sample]).tolist() == exact
    truth = [max(c + sum(Fraction(a) * Fraction(v) for a, v in zip(e, p, strict=True))
                 for e, c in f.terms()) for p in x[sample].tolist()]  # fmt: skip
    assert f.evaluate_exact(x[sample]).tolist() == truth
    table = f.active(x)
    assert table.shape == (2000, f.n_monomials)
    assert (table[sample].toarray() == f.active(x[sample]).toarray()).all()
    assert (gradients(f, x).index[sample] == gradients(f, x[sample]).index).all()


def test_sums_that_floats_cannot_tell_apart():
    """Two monomials that differ by the last bit, or far below it, at large coordinates."""
    f = TropicalPolynomial([[1, 0], [0, 1], [Fraction(1, 3), Fraction(2, 3)]], [0, 0, 0])
    x = [
        [10**30, 10**30],
        [10**30 + 1, 10**30],
        [Fraction(1, 3), Fraction(1, 3) - Fraction(1, 10**50)],
    ]
    assert f.active(x).toarray().tolist() == [
        [True] * 3,
        [False, False, True],
        [False, False, True],
    ]
    assert (
        f(
            [
                [
                    0.1,
                    0.2,
                ][::-1]
            ]
        )
        == 0.2
    )


@pytest.mark.parametrize("x", [[np.nan, 0], [[np.inf, 0]], np.array([[0, 0], [0, np.nan]])])
def test_points_must_be_finite(x):
    f = TropicalPolynomial.parse("x + y")
    for question in (f, f.evaluate_exact, f.active, f.gradients):
        with pytest.raises(InputError, match=r"x\[.*\] is (nan|inf)|batch"):
            question(x)


def test_shapes_of_points():
    f = TropicalPolynomial.parse("x + y")
    assert f(np.zeros((0, 2))).shape == (0,)
    assert f.evaluate_exact(np.zeros((0, 2))).shape == (0,)
    assert f.active(np.zeros((0, 2))).shape == (0, 2)
    assert f.active([1, 2]).toarray().tolist() == [[True, False]]
    assert len(gradients(f, np.zeros((0, 2)))) == 0
    for bad in ([1, 2, 3], [[1]], 3, np.zeros((1, 1, 2))):
        with pytest.raises(InputError, match="shape"):
            f(bad)
    with pytest.raises(InputError, match="batch"):
        f.evaluate_exact([1, 2])
