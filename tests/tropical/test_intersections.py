"""Mixed subdivisions and stable intersections against products, Bernstein and moved curves."""

from collections import Counter
from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings

from polytropic import Polytope, TropicalPolynomial, mixed_volume
from polytropic.errors import BudgetError, InputError
from polytropic.tropical.curves import plane_curve
from polytropic.tropical.intersections import stable_intersection
from polytropic.tropical.mixed import mixed_subdivision
from tests.tropical import lifted_points

LINE = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0])


def newton(f):
    return Polytope.from_points(f.exponents_exact)


# -- mixed subdivisions --------------------------------------------------------------------------
def check_cells(factors):
    """The cells are those of the product, split by what is maximal at their dual points."""
    total = factors[0]
    for f in factors[1:]:
        total = total * f
    division, whole = mixed_subdivision(*factors), total.dual_subdivision()
    assert division.dimension == whole.dimension
    for k in range(division.dimension + 1):
        cells = division.cells(k)
        assert len(cells) == len(whole.faces(k))
        sums = set()
        for cell, dual in zip(cells, division.dual_cells(k), strict=True):
            inside = dual.polytope.interior_point().to_fractions().tolist()
            for f, face in zip(factors, cell.faces, strict=True):
                assert lifted_points.maximal(f.terms(), inside)[0] == frozenset(face)
            parts = [f.exponents_exact[np.array(x)].numerators.tolist()
                     for f, x in zip(factors, cell.faces, strict=True)]  # fmt: skip
            points = {tuple(map(sum, zip(*choice, strict=True))) for choice in product(*parts)}
            sums.add(frozenset(points))
            assert cell.dimension == k == lifted_points.dimension(sorted(points))
            assert cell.dimensions == tuple(map(lifted_points.dimension, parts))
            assert dual.dimension == factors[0].n_variables - k
        powers = total.exponents_exact.numerators.tolist()
        assert sums == {
            frozenset(tuple(powers[i]) for i in members) for members in whole.face_members(k)
        }
    tops = [cell.point_exact.to_fractions().tolist() for cell in whole.maximal_cells]
    assert sorted(division.points_exact.to_fractions().tolist()) == sorted(tops)


@settings(max_examples=10)
@given(lifted_points.polynomials(2, 5), lifted_points.polynomials(2, 5))
def test_two_factors(f, g):
    check_cells([f, g])


@settings(max_examples=5)
@given(*[lifted_points.polynomials(2, 4)] * 3)
def test_three_factors(f, g, h):
    check_cells([f, g, h])


@settings(max_examples=5)
@given(lifted_points.polynomials(3, 4), lifted_points.polynomials(3, 4))
def test_two_factors_in_space(f, g):
    check_cells([f, g])


def test_one_factor_is_its_own_subdivision():
    f = lifted_points.random_polynomial(np.random.default_rng(0), 2, 8)
    division = mixed_subdivision(f)
    assert [c.faces[0] for c in division.cells(2)] == list(f.dual_subdivision().face_members(2))


def test_bad_factors():
    with pytest.raises(InputError, match="at least one"):
        mixed_subdivision()
    with pytest.raises(InputError, match="do not mix"):
        mixed_subdivision(LINE, TropicalPolynomial([[1]], [0]))
    with pytest.raises(InputError, match="tropical zero"):
        mixed_subdivision(LINE, TropicalPolynomial([[1, 0]], [-np.inf]))
    with pytest.raises(InputError, match="no TropicalPolynomial"):
        mixed_subdivision(LINE, 3)
    with pytest.raises(InputError, match="no stable intersection"):
        stable_intersection(LINE, LINE, LINE)
    with pytest.raises(InputError, match="integer"):
        stable_intersection(LINE ** Fraction(1, 2), LINE)
    with pytest.raises(InputError, match="0 to 2"):
        mixed_subdivision(LINE).cells(3)
    space = TropicalPolynomial(np.array(list(np.ndindex(2, 2, 2))), np.zeros(8))
    with pytest.raises(BudgetError, match="max_faces"):
        stable_intersection(space, space, max_faces=5)
    with pytest.raises(InputError, match="dimension 1"):
        _ = stable_intersection(space, space).points


# -- points --------------------------------------------------------------------------------------
@settings(max_examples=15)
@given(lifted_points.polynomials(2, 6), lifted_points.polynomials(2, 6))
def test_bernstein_in_the_plane(f, g):
    """Multiplicities add up to the mixed volume, whatever the coefficients."""
    found = stable_intersection(f, g)
    assert found.total_weight == mixed_volume(newton(f), newton(g))
    assert f.hypersurface().contains(found.points_exact).all()
    assert g.hypersurface().contains(found.points_exact).all()
    assert found.is_balanced()


@settings(max_examples=6)
@given(*[lifted_points.polynomials(3, 5)] * 3)
def test_bernstein_in_space(f, g, h):
    assert stable_intersection(f, g, h).total_weight == mixed_volume(*map(newton, (f, g, h)))


def moved(f, shift):
    """The polynomial whose hypersurface is moved by a rational vector."""
    terms = f.terms()
    values = [c - sum(a * s for a, s in zip(power, shift, strict=True)) for power, c in terms]
    return TropicalPolynomial([power for power, _ in terms], values)


def crossings(f, g):
    """Intersection points of two curves that meet transversally, edge by edge, in fractions."""
    found = Counter()
    one, two = f.terms(), g.terms()
    for (i, j), (k, m) in product(f.hypersurface().monomials, g.hypersurface().monomials):
        rows = [[a - b for a, b in zip(one[i][0], one[j][0], strict=True)],
                [a - b for a, b in zip(two[k][0], two[m][0], strict=True)]]  # fmt: skip
        det = rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]
        if not det:
            continue
        x = lifted_points.solve(rows, [one[j][1] - one[i][1], two[m][1] - two[k][1]])[0]
        if {i, j} <= lifted_points.maximal(one, x)[0] and {k, m} <= lifted_points.maximal(two, x)[
            0
        ]:
            found[tuple(x)] += abs(det)
    return found


@settings(max_examples=12)
@given(lifted_points.polynomials(2, 5), lifted_points.polynomials(2, 5))
def test_points_are_limits_of_crossings(f, g):
    """Move one curve a little in a general direction: crossings tend to the stable points."""
    shift = [Fraction(1, 10**9), Fraction(314159, 10**15)]
    near = Counter()
    for (x, y), weight in crossings(f, moved(g, shift)).items():
        near[Fraction(x).limit_denominator(10**4), Fraction(y).limit_denominator(10**4)] += weight
    found = stable_intersection(f, g)
    exact = [tuple(p) for p in found.points_exact.to_fractions().tolist()]
    assert dict(zip(exact, found.weights, strict=True)) == dict(near)


@settings(max_examples=15)
@given(lifted_points.polynomials(2, 8))
def test_self_intersection_of_plane_curves(f):
    """Twice the area; it sits at the vertices, each with the double area of its cell."""
    found = stable_intersection(f, f)
    assert found.total_weight == plane_curve(f).self_intersection
    division = f.dual_subdivision()
    if division.dimension < 2:
        assert len(found) == 0
        return
    assert found.weights == division.normalised_volumes
    assert found.points.tolist() == division.points.tolist()
    assert stable_intersection(f, LINE).total_weight == plane_curve(f).degree


def test_degree_is_the_intersection_with_a_moved_line():
    rng = np.random.default_rng(1)
    for _ in range(5):
        f = lifted_points.random_polynomial(rng, 2, 8)
        line = moved(LINE, [Fraction(31, 7), Fraction(-17, 11)])
        assert stable_intersection(f, line).total_weight == plane_curve(f).degree


# -- curves and surfaces -------------------------------------------------------------------------
@settings(max_examples=8)
@given(lifted_points.polynomials(3, 5), lifted_points.polynomials(3, 5))
def test_curves_in_space_are_balanced_and_meet_planes(f, g):
    """The degree of a stable intersection: with a plane it meets in that many points."""
    found = stable_intersection(f, g)
    assert found.is_balanced()
    assert all(cell.dimension == 1 for cell in found.complex)
    plane = TropicalPolynomial([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, 0, 0])
    degree = mixed_volume(newton(f), newton(g), newton(plane))
    # Ends of a curve meet the plane far out once in every direction (a, b, c): the one with
    # max(0, a, b, c) many points.
    ends = 0
    for cell, weight in zip(found.complex, found.weights, strict=True):
        for ray in cell.rays.astype(int).tolist():
            ends += weight * max(0, *ray)
        if not len(cell.vertices) or len(found.complex.lineality):
            return
    assert ends == degree


def test_surfaces_in_four_dimensions():
    rng = np.random.default_rng(4)
    f, g = (lifted_points.random_polynomial(rng, 4, 7, 3) for _ in range(2))
    found = stable_intersection(f, g)
    assert found.dimension == 2
    assert len(found) > 0
    assert found.is_balanced()
    assert all(cell.dimension == 2 for cell in list(found.complex)[:5])


@settings(max_examples=10)
@given(lifted_points.polynomials(3, 8))
def test_one_hypersurface_is_itself(f):
    found, surface = stable_intersection(f), f.hypersurface()
    assert found.weights == tuple(surface.weights.tolist())
    assert found.complex.cells == surface.complex.cells


# -- hyperplanes ---------------------------------------------------------------------------------
@pytest.mark.parametrize(("k", "d"), [(2, 2), (3, 2), (4, 3), (5, 2)])
def test_arrangements_of_tropical_hyperplanes(k, d):
    """Fine mixed subdivisions of k Delta_d have binom(k + d - 1, d) maximal cells."""
    rng = np.random.default_rng(k + 10 * d)
    simplex = np.vstack([np.zeros((1, d)), np.eye(d)])
    planes = [TropicalPolynomial(simplex, rng.integers(-1000, 1000, d + 1)) for _ in range(k)]
    division = mixed_subdivision(*planes)
    assert len(division) == comb(k + d - 1, d)
    assert all(cell.is_fine for cell in division.cells(d))
    assert sum(cell.is_mixed for cell in division.cells(d)) == (k == d)
    if k == d:
        assert stable_intersection(*planes).weights == (1,)


def test_concurrent_hyperplanes():
    """The same hyperplane k times: one cell for each vertex of it, and one stable point."""
    simplex = np.vstack([np.zeros((1, 3)), np.eye(3)])
    plane = TropicalPolynomial(simplex, [0, 5, -2, 1])
    division = mixed_subdivision(plane, plane, plane)
    assert len(division) == 1
    found = stable_intersection(plane, plane, plane)
    assert (found.points.tolist(), found.weights) == ([[-5, 2, -1]], (1,))
