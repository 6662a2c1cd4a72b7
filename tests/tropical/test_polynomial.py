"""Laws of tropical polynomials, by definition and on random integer examples."""

import pickle
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytropic import TropicalPolynomial
from polytropic.errors import InputError
from polytropic.tropical.products import simplified_product

BAD = {
    "counts": ([[0], [1]], [0], "one for each monomial"),
    "nan": ([[0]], [np.nan], "finite"),
    "plus infinity": ([[0]], [np.inf], "finite"),
    "infinite exponent": ([[np.inf]], [0], "finite"),
    "ragged": ([[0, 1], [2]], [0, 0], "ragged"),
    "no variable": (np.zeros((1, 0)), [0], "no columns"),
    "flat exponents": ([0, 1], [0, 0], "2 axes"),
    "matrix of coefficients": ([[0]], [[0]], "shape"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_input(name):
    exponents, coefficients, message = BAD[name]
    with pytest.raises(InputError, match=message):
        TropicalPolynomial(exponents, coefficients)


def test_variables_do_not_mix():
    with pytest.raises(InputError, match="do not mix"):
        TropicalPolynomial.monomial([1]) + TropicalPolynomial.monomial([1, 0])


def test_negative_powers_are_refused():
    with pytest.raises(InputError, match="negative"):
        TropicalPolynomial([[1], [0]], [0, 0]) ** -1
    assert TropicalPolynomial.monomial([1], 3) ** -2 == TropicalPolynomial.monomial([-2], -6)


def test_like_terms_and_minus_infinity():
    f = TropicalPolynomial([[1], [1], [0], [2]], [3, 5, 1, -np.inf])
    assert f.terms() == [((0,), 1), ((1,), 5)]


def test_tropical_zero():
    zero = TropicalPolynomial([[1]], [-np.inf])
    f = TropicalPolynomial([[1], [0]], [2, 3])
    assert zero + f == f
    assert (zero * f).n_monomials == 0
    assert zero([3.0]) == -np.inf
    with pytest.raises(InputError, match="tropical zero"):
        zero.newton_polytope()


def test_pickling_and_hashing():
    f = TropicalPolynomial([[0.5], [0]], [Fraction(1, 3), 0])
    assert pickle.loads(pickle.dumps(f)) == f
    assert len({f, TropicalPolynomial([[0], [0.5]], [0, Fraction(1, 3)])}) == 1


coordinate = st.integers(-4, 4)


def polynomials(d: int, size: int = 7):
    term = st.tuples(st.lists(coordinate, min_size=d, max_size=d), coordinate)
    return st.lists(term, min_size=1, max_size=size).map(
        lambda terms: TropicalPolynomial([t[0] for t in terms], [t[1] for t in terms])
    )


def points(d: int):
    values = st.fractions(-5, 5, max_denominator=7)
    return st.lists(st.lists(values, min_size=d, max_size=d), min_size=1, max_size=4)


def by_definition(f: TropicalPolynomial, x) -> Fraction:
    return max(c + sum(a * v for a, v in zip(power, x, strict=True)) for power, c in f.terms())


@given(polynomials(2), polynomials(2), points(2), st.fractions(0, 3, max_denominator=3))
def test_operations_are_maximum_sum_and_multiple(f, g, xs, k):
    for x in xs:
        fx, gx = by_definition(f, x), by_definition(g, x)
        assert (f + g).evaluate_exact([x])[0] == max(fx, gx)
        assert (f * g).evaluate_exact([x])[0] == fx + gx
        assert (f**k).evaluate_exact([x])[0] == k * fx
        assert f([float(v) for v in x]) == pytest.approx(float(fx))


@given(polynomials(2, size=10))
def test_simplify_keeps_exactly_the_monomials_that_win_somewhere(f):
    """A monomial has a region with interior iff it wins strictly at some point: solved as an LP."""
    from scipy.optimize import linprog

    powers, values = f.exponents, f.coefficients
    winners = set()
    for i in range(f.n_monomials):
        others = [j for j in range(f.n_monomials) if j != i]
        if not others:
            winners.add(i)
            continue
        rows = np.array([[*(powers[j] - powers[i]), 1.0] for j in others])
        sides = np.array([values[i] - values[j] for j in others])
        bounds = [(-1000, 1000)] * 2 + [(None, 1)]
        best = linprog([0, 0, -1], A_ub=rows, b_ub=sides, bounds=bounds, method="highs")
        if -best.fun > 1e-6:  # small integers: a positive margin is at least about 1/100
            winners.add(i)
    terms = f.terms()
    assert set(f.simplify().terms()) == {terms[i] for i in winners}
    assert f.simplify().simplify() == f.simplify()
    assert f.simplify().equals_function(f)


@given(polynomials(2), polynomials(2))
def test_products_by_pairs_that_can_meet(f, g):
    assert simplified_product(f, g) == (f * g).simplify()


@given(polynomials(3, size=6), polynomials(3, size=6))
def test_products_in_three_variables(f, g):
    assert simplified_product(f, g) == (f * g).simplify()


def test_larger_products_are_pruned_and_still_right():
    rng = np.random.default_rng(0)
    for d, scale in [(1, 1), (2, 1), (2, 2**70), (3, 1)]:
        f, g = (
            TropicalPolynomial(rng.integers(-5, 6, (25, d)), [scale * int(v) for v in
                               rng.integers(-9, 9, 25)]).simplify()
            for _ in range(2)
        )  # fmt: skip
        assert simplified_product(f, g) == (f * g).simplify()


@given(polynomials(2), polynomials(2))
def test_polytopes_of_sums_and_products(f, g):
    """Proposition 3.2, by support functions in directions that look upwards."""
    p, q = f.lifted_polytope(), g.lifted_polytope()
    both, total = (f + g).lifted_polytope(), (f * g).lifted_polytope()
    for direction in product([-2, 0, 1], [-1, 0, 3], [0, 1]):
        assert both.support(direction) == max(p.support(direction), q.support(direction))
        assert total.support(direction) == p.support(direction) + q.support(direction)


@given(polynomials(2, size=9))
def test_subdivision_and_curve_are_dual(f):
    division, curve = f.dual_subdivision(), f.hypersurface()
    cells = division.maximal_cells
    # Every cell's monomials, and no others, are maximal at its dual point.
    powers, values = f.exponents_exact.to_fractions(), f.coefficients_exact.to_fractions()
    for cell in cells:
        x = cell.point_exact.to_fractions()
        heights = [c + (a * x).sum() for a, c in zip(powers, values, strict=True)]
        assert {i for i, h in enumerate(heights) if h == max(heights)} == set(cell.members)
    assert len(curve.regions) == f.n_regions == len(division.vertices)
    # Euler: vertices - edges + cells of a subdivided polygon is one.
    if f.newton_polytope().dimension == 2:
        assert len(division.vertices) - len(division.edges) + len(cells) == 1


@given(polynomials(2, size=9))
def test_curves_are_balanced(f):
    curve = f.hypersurface()
    if f.newton_polytope().dimension < 2:
        return
    points = curve.complex.vertices_exact.to_fractions()
    n_points = len(points)
    total = {i: np.array([Fraction(0)] * 2) for i in range(n_points)}
    rays = curve.complex.rays_exact.numerators
    for members, (i, j), weight in zip(
        curve.complex.cells, curve.monomials, curve.weights, strict=True
    ):
        normal = f.exponents_exact.numerators[i] - f.exponents_exact.numerators[j]
        primitive = np.array([-normal[1], normal[0]]) // int(weight)
        for end in [m for m in members if m < n_points]:
            other = next(m for m in members if m != end)
            away = rays[other - n_points] if other >= n_points else points[other] - points[end]
            sign = 1 if (primitive * away).sum() > 0 else -1
            total[end] = total[end] + sign * int(weight) * primitive
    assert all(not any(t.tolist()) for t in total.values())
