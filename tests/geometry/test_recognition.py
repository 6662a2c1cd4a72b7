"""Families of polyhedra against constructions, definitions and published counts."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import Polytope, Zonotope
from polytropic.geometry.faces import faces_of_dimension
from polytropic.geometry.minkowski import minkowski_sum
from polytropic.geometry.operations import (
    cartesian_product,
    intersection,
    polar,
    translate,
)
from polytropic.geometry.recognition import (
    is_centrally_symmetric,
    is_combinatorial_cube,
    is_generalised_permutohedron,
    is_lattice_polytope,
    is_reflexive,
    is_simple,
    is_simplex,
    is_simplicial,
    is_smooth,
    is_zero_one,
    is_zonotope,
    zonotope_generators,
)
from tests.geometry.face_oracles import (
    cell24,
    cross_polytope,
    cyclic,
    permutahedron,
    polyhedra,
    polytopes,
    simplex,
    vectors,
)

EVERYTHING = [
    is_centrally_symmetric,
    is_combinatorial_cube,
    is_generalised_permutohedron,
    is_lattice_polytope,
    is_reflexive,
    is_simple,
    is_simplex,
    is_simplicial,
    is_smooth,
    is_zero_one,
    is_zonotope,
]


# -- combinatorial types ---------------------------------------------------------------------------
def test_simple_and_simplicial():
    for d in (1, 2, 3, 4):
        assert is_simple(simplex(d))
        assert is_simplicial(simplex(d))
        assert is_simplex(simplex(d))
        assert is_combinatorial_cube(Polytope.box(0, 1, dim=d))
    assert is_simple(permutahedron(4))
    assert not is_simplicial(permutahedron(4))
    assert not is_simple(cell24())
    assert not is_simplicial(cell24())
    assert is_simplicial(cyclic(9, 5))
    assert not is_simple(cyclic(9, 5))
    assert not is_simplex(cyclic(9, 5))
    assert is_simple(Polytope.from_points([[0, 0]], rays=[[1, 0], [0, 1]]))
    assert not is_simplicial(Polytope.from_points([[0, 0]], rays=[[1, 0], [0, 1]]))


def test_combinatorial_cubes():
    skew = Polytope.from_points(
        [[x * (1 + y) + z, y, 3 * z] for x, y, z in product((0, 1), repeat=3)]
    )
    assert is_combinatorial_cube(skew)
    # A simple 3-polytope with 6 facets and 8 vertices that is no cube: a prism without a corner.
    prism = cartesian_product(simplex(2), simplex(1))
    cut = intersection(prism, Polytope.from_halfspaces([[-2, -2, -2]], [-1]))
    assert (cut.n_vertices, cut.n_facets, is_simple(cut)) == (8, 6, True)
    assert not is_combinatorial_cube(cut)
    assert is_combinatorial_cube(Polytope.from_points([[5]]))


# -- symmetry --------------------------------------------------------------------------------------
@settings(max_examples=50)
@given(polyhedra())
def test_central_symmetry_by_definition(p):
    opposite = Polytope.from_points(-p.vertices_exact, -p.rays_exact, p.lines_exact)
    total = p.vertices_exact.numerators.sum(axis=0)
    scale = p.n_vertices * p.vertices_exact.denominator
    twice = [Fraction(2 * int(x), scale) for x in total]
    assert is_centrally_symmetric(p) == (translate(opposite, twice) == p)


def two_faces_are_symmetric(p):
    points = p.vertices_exact
    return all(
        is_centrally_symmetric(Polytope.from_points(points[np.array(face)]))
        for face in (faces_of_dimension(p, 2) if p.dimension >= 2 else [])
    )


@settings(max_examples=60)
@given(polytopes(3, most=9))
def test_zonotopes_by_their_two_faces(p):
    assert is_zonotope(p) == two_faces_are_symmetric(p)


@settings(max_examples=40)
@given(vectors(3, 1, 5), st.lists(st.fractions(-3, 3, max_denominator=4), min_size=3, max_size=3))
def test_zonotopes_give_their_generators_back(rows, base):
    z = Zonotope(rows, base)
    p = z.to_polytope()
    found = zonotope_generators(p)
    assert found is not None
    assert (
        Zonotope(found, p.vertices_exact[0]).to_polytope() == p if len(found) else p.dimension == 0
    )
    for one, other in combinations(found.to_fractions().tolist(), 2):
        assert any(
            a * d != b * c for (a, b), (c, d) in combinations(zip(one, other, strict=True), 2)
        )


@settings(max_examples=40)
@given(vectors(3, 3, 5), vectors(3, 1, 2))
def test_sums_with_something_else_are_no_zonotopes(rows, corners):
    triangle = Polytope.from_points([*corners, [1, 1, 1]])
    p = minkowski_sum(Zonotope(rows).to_polytope(), triangle)
    assert is_zonotope(p) == two_faces_are_symmetric(p)


def test_known_zonotopes():
    assert zonotope_generators(permutahedron(5)).shape == (10, 5)
    rhombic_dodecahedron = Zonotope([[1, 1, 1], [1, 1, -1], [1, -1, 1], [-1, 1, 1]]).to_polytope()
    assert zonotope_generators(rhombic_dodecahedron).shape == (4, 3)
    # Centrally symmetric with symmetric facets of the wrong kind: the 24-cell has triangles.
    for p in (cross_polytope(3), cell24(), simplex(2)):
        assert zonotope_generators(p) is None
    # All edges of equal length by direction, but no zonotope.
    assert zonotope_generators(Polytope.from_points([[0, 0], [1, 0], [0, 1]])) is None
    assert zonotope_generators(Polytope.from_points([[7, 8]])).shape == (0, 2)
    assert zonotope_generators(Polytope.from_points([[0]], rays=[[1]])) is None
    assert zonotope_generators(Polytope.from_points([[0]], lines=[[1]])) is None


# -- deformations of the permutohedron -------------------------------------------------------------
def submodular(values, n):
    subsets = range(1 << n)
    return all(
        values[a] + values[b] >= values[a | b] + values[a & b] for a in subsets for b in subsets
    )


@settings(max_examples=60)
@given(st.lists(st.integers(0, 2), min_size=7, max_size=7))
def test_base_polytopes_of_set_functions(numbers):
    """{x : x(S) <= f(S), x(E) = f(E)} with all inequalities tight belongs to a submodular f."""
    values = [0, *numbers]
    indicator = [[s >> i & 1 for i in range(3)] for s in range(1, 8)]
    p = Polytope.from_halfspaces(indicator[:-1], values[1:-1], indicator[-1:], values[-1:])
    if p.is_empty:
        assert not submodular(values, 3)
        return
    tight = all(p.support(row) == f for row, f in zip(indicator, numbers, strict=True))
    if tight:
        assert is_generalised_permutohedron(p) == submodular(values, 3)


def test_known_generalised_permutohedra():
    assert is_generalised_permutohedron(permutahedron(5))
    hypersimplex = Polytope.from_points(
        [[int(i in c) for i in range(5)] for c in combinations(range(5), 2)]
    )
    assert is_generalised_permutohedron(hypersimplex)
    assert is_generalised_permutohedron(Polytope.from_points([[3, 4]]))
    assert not is_generalised_permutohedron(cross_polytope(3))
    assert not is_generalised_permutohedron(simplex(2))
    # Extended ones: a cone of simple roots, a root line, blocks glued by a line.
    assert is_generalised_permutohedron(
        Polytope.from_points([[0, 0, 0]], rays=[[1, -1, 0], [0, 1, -1]])
    )
    assert not is_generalised_permutohedron(Polytope.from_points([[0, 0]], rays=[[1, 0]]))
    assert is_generalised_permutohedron(Polytope.from_points([[0, 0, 0]], lines=[[1, -1, 0]]))
    glued = Polytope.from_points([[0, 0, 0], [2, 1, -3]], lines=[[1, -1, 0]])
    assert is_generalised_permutohedron(glued)
    assert not is_generalised_permutohedron(
        Polytope.from_points([[0, 0, 0], [2, 1, -2]], lines=[[1, -1, 0]])
    )
    assert not is_generalised_permutohedron(Polytope.from_points([[0, 0]], lines=[[1, 1]]))


# -- integer points --------------------------------------------------------------------------------
def test_polygons_with_one_interior_integer_point_are_reflexive():
    around = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]
    for chosen in combinations(around, 4):
        p = Polytope.from_points(list(chosen))
        inside = p.dimension == 2 and bool((p.facets.exact_b.numerators > 0).all())
        assert is_reflexive(p) == inside


def test_reflexive_polytopes_come_in_pairs():
    for p in (Polytope.box(-1, 1, dim=3), cell24(), cross_polytope(4)):
        assert is_reflexive(p) == is_reflexive(polar(p)) == is_lattice_polytope(polar(p))
    assert not is_reflexive(Polytope.box(-2, 2, dim=2))
    assert not is_reflexive(Polytope.box(0, 1, dim=2))
    assert not is_reflexive(Polytope.from_points([[-1, 0], [1, 0]]))
    assert not is_reflexive(Polytope.from_points([[0]], rays=[[1]]))


def test_lattice_polyhedra():
    assert is_lattice_polytope(Polytope.from_points([[1, 2], [3, 4]]))
    assert not is_lattice_polytope(Polytope.from_points([[0.5, 2], [3, 4]]))
    assert is_lattice_polytope(Polytope.from_points([[1, 2]], rays=[[3, 5]]))
    # The line x = 1/2 has no integer point, x + 2 y = 1 has, and 2 x + 2 y = 1 has not.
    assert not is_lattice_polytope(Polytope.from_points([[0.5, 0]], lines=[[0, 1]]))
    assert is_lattice_polytope(Polytope.from_points([[0, 0.5]], lines=[[2, -1]]))
    assert not is_lattice_polytope(Polytope.from_points([[0, 0.5]], lines=[[1, -1]]))


def test_smooth_polytopes():
    assert is_smooth(permutahedron(4))
    assert is_smooth(Polytope.box(0, 3, dim=3))
    assert not is_smooth(Polytope.box(0, 0.5, dim=3))
    assert not is_smooth(cross_polytope(3))
    assert is_smooth(cartesian_product(simplex(2), simplex(1)))
    assert not is_smooth(Polytope.from_points([[0, 0], [1, 2], [2, 1]]))


def test_zero_one_polytopes():
    assert is_zero_one(simplex(4))
    assert not is_zero_one(Polytope.box(0, 2, dim=1))
    assert not is_zero_one(Polytope.from_points([[0]], rays=[[1]]))


@pytest.mark.parametrize("question", EVERYTHING)
def test_degenerate_inputs(question):
    assert question(Polytope.empty(2)) is False
    for p in (
        Polytope.from_points([[]]),
        Polytope.from_points([[1, 1]]),
        Polytope.from_points([[0, 0]], rays=[[1, 1]]),
        Polytope.from_points([[0, 0]], lines=[[1, 1]]),
        Polytope.from_halfspaces([[0, 0]], [1]),
    ):
        assert question(p) in (True, False)
        assert isinstance(question(p), bool)
