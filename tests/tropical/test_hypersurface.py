"""Hypersurfaces: duality as data, weights, balancing, stars, membership, unions."""

import pickle
from fractions import Fraction

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import TropicalPolynomial
from polytropic.errors import InputError
from polytropic.tropical.curves import plane_curve
from polytropic.tropical.weighted import WeightedComplex
from tests.tropical import lifted_points

anywhere = st.integers(1, 3).flatmap(lambda d: lifted_points.polynomials(d, 9))


@settings(max_examples=15)
@given(anywhere)
def test_cells_are_dual_to_faces(f):
    """Inside cell i of dimension j exactly the members of face i of dimension d - j are maximal."""
    d, curve, terms = f.n_variables, f.hypersurface(), f.terms()
    for j in range(d + 1):
        cells, faces = curve.cells(j), curve.subdivision.face_members(d - j)
        assert len(cells) == len(faces) == len(curve.dual_faces(j))
        for cell, members in zip(cells, faces, strict=True):
            inside = cell.polytope.interior_point().to_fractions().tolist()
            assert lifted_points.maximal(terms, inside)[0] == frozenset(members)
            assert cell.dimension == j
    assert curve.f_vector == tuple(len(curve.cells(j)) for j in range(d))
    assert curve.complex.cells == curve.cells(d - 1).cells
    assert curve.regions.cells == curve.cells(d).cells


@settings(max_examples=15)
@given(anywhere)
def test_hypersurfaces_are_balanced(f):
    assert f.hypersurface().is_balanced()


def test_large_and_degenerate_surfaces_are_balanced():
    rng = np.random.default_rng(2)
    for d, n, spread in [(2, 300, 40), (3, 60, 20), (3, 60, 3), (4, 30, 3)]:
        f = lifted_points.concave(rng, n, d, spread)
        surface = f.hypersurface()
        assert surface.is_balanced()
        assert len(surface.weighted.ridges) == surface.f_vector[d - 2]


def test_wrong_weights_are_not_balanced():
    f = lifted_points.concave(np.random.default_rng(2), 30, 3, 20)
    right = f.hypersurface().weighted
    for cell in (0, len(right) // 2):
        weights = list(right.weights)
        weights[cell] += 1
        assert not WeightedComplex(right.complex, tuple(weights), right.ridges).is_balanced()
    sums = WeightedComplex(right.complex, (2,) * len(right), right.ridges).balancing()
    assert len(sums) == len(right.ridges)


@settings(max_examples=15)
@given(lifted_points.polynomials(3, 8))
def test_weights_count_lattice_points_on_edges(f):
    curve, powers = f.hypersurface(), f.exponents.astype(int)
    for (i, j), weight in zip(curve.monomials, curve.weights, strict=True):
        steps = np.arange(1, 61)[:, None] * (powers[j] - powers[i])  # coordinates differ by <= 6
        assert weight == (steps % 60 == 0).all(axis=1).sum()


def test_huge_weights_and_fractions():
    far = TropicalPolynomial([[0], [3**50]], [0, 0]).hypersurface()
    assert far.weights.tolist() == [3**50]
    half = TropicalPolynomial([[0], [Fraction(1, 2)]], [0, 0]).hypersurface()
    with pytest.raises(InputError, match="integer"):
        _ = half.weights


@settings(max_examples=15)
@given(lifted_points.polynomials(2), lifted_points.polynomials(2), st.integers(0, 99))
def test_hypersurface_of_a_product_is_the_union(f, g, seed):
    product = (f * g).hypersurface()
    rng = np.random.default_rng(seed)
    points = [[Fraction(int(a), 6), Fraction(int(b), 6)] for a, b in rng.integers(-12, 13, (20, 2))]
    for h in (f, g, f * g):  # points on the hypersurfaces, too
        for cell in h.hypersurface().complex:
            points.append(cell.polytope.interior_point().to_fractions().tolist())
        points += [
            c.point_exact.to_fractions().tolist() for c in h.dual_subdivision().maximal_cells
        ]
    union = f.hypersurface().contains(points) | g.hypersurface().contains(points)
    assert product.contains(points).tolist() == union.tolist()


@settings(max_examples=15)
@given(lifted_points.polynomials(2, 9), st.integers(0, 99))
def test_membership_by_definition(f, seed):
    rng = np.random.default_rng(seed)
    points = [[Fraction(int(a), 4), Fraction(int(b), 4)] for a, b in rng.integers(-8, 9, (20, 2))]
    ties = [lifted_points.maximal(f.terms(), x)[0] for x in points]
    assert f.hypersurface().contains(points).tolist() == [len(tie) > 1 for tie in ties]
    assert f.hypersurface().maximal_monomials(points) == [tuple(sorted(tie)) for tie in ties]


def test_points_must_fit():
    line = TropicalPolynomial([[0, 0], [1, 0]], [0, 0]).hypersurface()
    with pytest.raises(InputError, match="shape"):
        line.contains([[1]])
    with pytest.raises(InputError, match="dimensions 0 to 2"):
        line.cells(3)


@settings(max_examples=10)
@given(lifted_points.polynomials(2, 9))
def test_stars_have_the_cells_around_a_point(f):
    curve = f.hypersurface()
    for cell in curve.subdivision.maximal_cells:
        star = curve.star(cell.point_exact)
        assert len(star.subdivision) == 1
        assert star.contains([[0, 0]]).tolist() == [len(f.terms()) > 1]
        around = [w for m, w in zip(curve.complex.cells, curve.weights.tolist(), strict=True)
                  if cell.index in m]  # fmt: skip
        assert sorted(star.weights.tolist()) == sorted(around)
        assert star.is_balanced()


def test_empty_hypersurface():
    empty = TropicalPolynomial([[2, 1]], [5]).hypersurface()
    assert len(empty.complex) == 0
    assert empty.weights.tolist() == []
    assert empty.is_balanced()
    assert not empty.contains([[0, 0]]).any()
    assert empty.f_vector == (0, 0)
    assert pickle.loads(pickle.dumps(empty)) == empty


# -- plane curves --------------------------------------------------------------------------------
def graph_of(curve):
    """Vertices of the curve, one more node for the end of every ray, and its edges."""
    graph, n = nx.MultiGraph(), len(curve.vertices)
    graph.add_nodes_from(range(n))
    for number, members in enumerate(curve.complex.cells):
        one, other = members
        graph.add_edge(one, other if other < n else ("end", number))
    return graph


@settings(max_examples=25)
@given(lifted_points.polynomials(2, 12))
def test_genus_is_the_first_betti_number(f):
    numbers, curve = plane_curve(f), f.hypersurface()
    if curve.subdivision.dimension < 2:
        assert numbers.genus == numbers.n_vertices == numbers.n_bounded_edges == 0
        assert numbers.n_unbounded_edges == len(curve.complex)
        return
    graph = graph_of(curve)
    assert nx.is_connected(graph)
    assert numbers.genus == graph.number_of_edges() - graph.number_of_nodes() + 1
    assert numbers.n_vertices == len(curve.vertices)
    assert numbers.n_unbounded_edges == sum(1 for node in graph if isinstance(node, tuple))
    assert numbers.n_bounded_edges == graph.number_of_edges() - numbers.n_unbounded_edges
    assert numbers.genus <= numbers.arithmetic_genus
    if numbers.is_smooth:
        assert numbers.genus == numbers.arithmetic_genus
        assert set(curve.weights.tolist()) == {1}


@pytest.mark.parametrize("degree", [1, 2, 3, 4, 5])
def test_smooth_curves(degree):
    """Genus (d - 1)(d - 2) / 2, d^2 vertices, 3 d ends, self-intersection d^2."""
    powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    f = TropicalPolynomial(powers, [-(i * i + i * j + j * j) for i, j in powers])
    numbers = plane_curve(f * TropicalPolynomial.monomial([2, 7], 3))
    assert numbers.is_smooth
    assert numbers.genus == numbers.arithmetic_genus == (degree - 1) * (degree - 2) // 2
    assert numbers.n_vertices == numbers.self_intersection == degree**2
    assert numbers.n_unbounded_edges == 3 * degree
    assert (numbers.degree, numbers.n_crossings) == (degree, 0)


def test_crossing_lines():
    line = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0])
    other = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, -1, -3])
    numbers = plane_curve(line * other)
    assert (numbers.degree, numbers.n_crossings, numbers.genus) == (2, 1, 0)
    assert not numbers.is_smooth
    with pytest.raises(InputError, match="two variables"):
        plane_curve(TropicalPolynomial([[1]], [0]))
    with pytest.raises(InputError, match="integer"):
        plane_curve(TropicalPolynomial([[0.5, 0], [0, 0]], [0, 0]))


def test_first_example_of_the_paper():
    f = TropicalPolynomial([[2, 0], [0, 2], [1, 1], [1, 0], [0, 1], [0, 0]], [1, 1, 2, 2, 2, 2])
    curve = f.hypersurface()
    assert sorted(map(tuple, curve.vertices.tolist())) == [(0, 0), (0, 1), (1, 0)]
    numbers = plane_curve(f)
    assert (numbers.n_bounded_edges, numbers.n_unbounded_edges) == (2, 6)
    assert (numbers.degree, numbers.genus, numbers.n_crossings) == (2, 0, 1)
    star = curve.star([1, 0])
    assert sorted(map(tuple, star.rays.tolist())) == [(-1, 0), (0, -1), (1, 1)]
