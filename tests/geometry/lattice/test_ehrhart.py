"""Ehrhart polynomials against published ones and against volumes."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.errors import BudgetError, EmptyPolytopeError, InputError
from polytropic.geometry.lattice import n_lattice_points
from polytropic.geometry.lattice.ehrhart import (
    ehrhart_polynomial,
    ehrhart_quasi_polynomial,
    h_star_vector,
)
from polytropic.geometry.operations import dilate, polar
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.volumes.measure import volume


@pytest.mark.parametrize("d", range(5))
def test_cubes_simplices_and_cross_polytopes(d):
    unit = np.eye(d, dtype=int)
    if d:
        cube = ehrhart_polynomial(Polytope.box(0, 1, dim=d))
        assert list(cube.coefficients) == [math.comb(d, k) for k in range(d + 1)]
        cross = Polytope.from_points(np.vstack([unit, -unit]))
        assert h_star_vector(cross) == tuple(math.comb(d, k) for k in range(d + 1))
    simplex = Polytope.from_points(np.vstack([np.zeros((1, d), dtype=int), unit]))
    found = ehrhart_polynomial(simplex)
    assert [found(t) for t in range(8)] == [math.comb(t + d, d) for t in range(8)]
    assert found.h_star == (1,) + (0,) * d


def test_permutahedra_count_forests():
    # Stanley 1980: coefficient i is the number of forests with i edges on n labelled vertices.
    for n, forests in [(2, [1, 1]), (3, [1, 3, 3]), (4, [1, 6, 15, 16])]:
        points = list(itertools.permutations(range(1, n + 1)))
        assert list(ehrhart_polynomial(Polytope.from_points(points)).coefficients) == forests


@pytest.mark.parametrize("r", [1, 2, 7, 13])
def test_reeve_tetrahedra(r):
    reeve = Polytope.from_points([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, r]])
    expected = (1, 2 - Fraction(r, 6), 1, Fraction(r, 6))
    assert ehrhart_polynomial(reeve).coefficients == expected
    assert h_star_vector(reeve) == (1, 0, r - 1, 0)


@pytest.mark.parametrize(("k", "n", "eulerian"), [(1, 4, 1), (2, 4, 4), (2, 5, 11), (3, 5, 11)])
def test_hypersimplices_have_eulerian_volumes(k, n, eulerian):
    points = [
        [int(i in chosen) for i in range(n)] for chosen in itertools.combinations(range(n), k)
    ]
    hypersimplex = ehrhart_polynomial(Polytope.from_points(points))
    assert hypersimplex.degree == n - 1
    assert hypersimplex.coefficients[-1] * math.factorial(n - 1) == eulerian
    # Katzman: compositions of k t into n parts that are at most t.
    for t in range(5):
        terms = [
            (-1) ** i * math.comb(n, i) * math.comb(t * (k - i) - i + n - 1, n - 1)
            for i in range(k)
            if t * (k - i) - i >= 0
        ]
        assert hypersimplex(t) == sum(terms)


def test_birkhoff_polytope_counts_magic_squares():
    matrices = [np.eye(3, dtype=int)[list(p)].ravel() for p in itertools.permutations(range(3))]
    birkhoff = ehrhart_polynomial(Polytope.from_points(matrices))
    assert birkhoff.degree == 4
    # MacMahon 1915.
    expected = [math.comb(t + 2, 4) + math.comb(t + 3, 4) + math.comb(t + 4, 4) for t in range(9)]
    assert [birkhoff(t) for t in range(9)] == expected
    assert expected[:4] == [1, 6, 21, 55]
    assert birkhoff.h_star == (1, 1, 1, 0, 0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-3, 3)] * 3), min_size=1, max_size=6))
def test_laws(points):
    polytope = Polytope.from_points(points)
    found = ehrhart_polynomial(polytope)
    assert found(0) == 1
    assert found.degree == polytope.dimension
    for t in (1, 2, 3, 4):
        assert found(t) == n_lattice_points(dilate(polytope, t))
        inner = n_lattice_points(dilate(polytope, t), interior=True)
        assert found(-t) == (-1) ** found.degree * inner
    if polytope.dimension == 3:
        assert found.coefficients[-1] == volume(polytope)
    assert all(entry >= 0 for entry in found.h_star)
    assert sum(found.h_star) == found.coefficients[-1] * math.factorial(found.degree)


def test_reflexive_polytopes_have_palindromic_h_star():
    # Hibi 1992: exactly these do.
    octahedron = Polytope.from_points(np.vstack([np.eye(3), -np.eye(3)]).astype(int))
    for polytope in (octahedron, polar(octahedron)):
        found = h_star_vector(polytope)
        assert found == found[::-1]
    wider = h_star_vector(dilate(octahedron, 2))
    assert wider != wider[::-1]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(-4, 4)] * 2), min_size=1, max_size=5),
    st.integers(1, 4),
)
def test_quasi_polynomials_count_dilations(points, over):
    polytope = Polytope.from_points([[Fraction(x, over) for x in row] for row in points])
    found = ehrhart_quasi_polynomial(polytope)
    assert over % found.period == 0
    for t in range(1, 2 * over + 5):
        assert found(t) == n_lattice_points(dilate(polytope, t))


def test_a_flat_rational_polytope():
    segment = Polytope.from_points([[0, Fraction(1, 2)], [1, Fraction(1, 2)]])
    found = ehrhart_quasi_polynomial(segment)
    assert [found(t) for t in range(5)] == [1, 0, 3, 0, 5]


def test_refusals():
    half = Polytope.box(0, Fraction(1, 2), dim=2)
    with pytest.raises(InputError, match="ehrhart_quasi_polynomial"):
        ehrhart_polynomial(half)
    with pytest.raises(BudgetError, match="max_period"):
        ehrhart_quasi_polynomial(Polytope.box(0, 2.0**-30, dim=1))
    with pytest.raises(EmptyPolytopeError):
        ehrhart_polynomial(Polytope.empty(2))
    with pytest.raises(InputError, match="unbounded"):
        ehrhart_polynomial(Polytope.from_points([[0]], [[1]]))
    with pytest.raises(InputError, match="integer"):
        ehrhart_polynomial(Polytope.box(0, 1, dim=2))(0.5)
