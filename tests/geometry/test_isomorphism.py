"""Isomorphisms against networkx, known symmetry groups and relabelled copies."""

from itertools import permutations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import Polytope
from polytropic.errors import BudgetError, InputError
from polytropic.geometry import isomorphism as module
from polytropic.geometry.faces import f_vector, faces
from polytropic.geometry.faces.lattice import face_lattice
from polytropic.geometry.isomorphism import (
    contains_polytope,
    is_self_dual,
    isomorphic,
    isomorphism,
    n_combinatorial_symmetries,
)
from polytropic.geometry.operations import affine_preimage, convex_hull, intersection, polar
from tests.geometry.face_oracles import (
    cell24,
    cross_polytope,
    cyclic,
    permutahedron,
    polyhedra,
    polytopes,
    relabelled,
    santos_prismatoid,
    simplex,
)


def lattices_are_isomorphic(p, q):
    one, other = (face_lattice(x).to_networkx() for x in (p, q))
    return nx.vf2pp_is_isomorphic(one, other) if len(one) > 1 else len(other) == 1


@settings(max_examples=60)
@given(polyhedra(most=6), polyhedra(most=6))
def test_against_networkx(p, q):
    assert isomorphic(p, q) == lattices_are_isomorphic(p, q)


@settings(max_examples=30)
@given(polytopes(3, least=5, most=8), st.permutations([0, 1, 2]), st.sampled_from([1, -1]))
def test_maps_preserve_faces(p, order, sign):
    q = relabelled(p, list(order), [1, sign, -1])
    vertices, facets = isomorphism(p, q)
    assert sorted(vertices.tolist()) == list(range(p.n_vertices))
    assert np.array_equal(q.incidence[facets][:, vertices], p.incidence)
    moved = [sorted(tuple(sorted(vertices[list(f)].tolist())) for f in level) for level in faces(p)]
    assert moved == faces(q)


def test_quick_on_large_symmetric_polytopes():
    p = permutahedron(6)
    # A shear changes the lexicographic order of the vertices altogether.
    shear = np.eye(6, dtype=int)[[3, 1, 0, 2, 5, 4]] + 7 * np.eye(6, k=2, dtype=int)
    shuffled = affine_preimage(p, shear)
    assert shuffled.n_vertices == 720
    vertices, facets = isomorphism(p, shuffled)
    assert np.array_equal(shuffled.incidence[facets][:, vertices], p.incidence)


def test_types_of_simplicial_polytopes_in_space():
    """With 4, ..., 7 vertices there are 1, 1, 2, 5 types, though the f-vectors are all the same."""
    rng = np.random.default_rng(0)
    for n, expected in ((4, 1), (5, 1), (6, 2), (7, 5)):
        types: list[Polytope] = []
        for _ in range(60):
            points = rng.standard_normal((n, 3))
            p = Polytope.from_points(points / np.linalg.norm(points, axis=1)[:, None])
            assert f_vector(p) == (n, 3 * n - 6, 2 * n - 4, 1)
            if not any(isomorphic(p, other) for other in types):
                types.append(p)
        assert len(types) == expected


def test_symmetry_groups():
    assert n_combinatorial_symmetries(simplex(4)) == 120
    assert n_combinatorial_symmetries(Polytope.box(0, 1, dim=5)) == 2**5 * 120
    assert n_combinatorial_symmetries(cross_polytope(4)) == 384
    assert n_combinatorial_symmetries(permutahedron(4)) == 48
    assert n_combinatorial_symmetries(cell24()) == 1152
    assert n_combinatorial_symmetries(cyclic(9, 4)) == 18
    assert n_combinatorial_symmetries(cyclic(9, 5)) == 4
    assert n_combinatorial_symmetries(santos_prismatoid()) == 64
    polygon = Polytope.from_points([[t, t * t] for t in range(7)])
    assert n_combinatorial_symmetries(polygon) == 14
    assert n_combinatorial_symmetries(Polytope.from_points([[0, 0, 0]], np.eye(3, dtype=int))) == 6
    assert n_combinatorial_symmetries(Polytope.from_points([[1]])) == 1
    assert n_combinatorial_symmetries(Polytope.empty(1)) == 1


@settings(max_examples=20)
@given(polytopes(3, least=4, most=6))
def test_symmetries_by_trying_all_permutations(p):
    facets = {frozenset(np.flatnonzero(row).tolist()) for row in p.incidence}
    expected = sum(
        {frozenset(order[i] for i in facet) for facet in facets} == facets
        for order in permutations(range(p.n_vertices))
    )
    assert n_combinatorial_symmetries(p) == expected


def test_duality():
    assert is_self_dual(cell24())
    assert isomorphic(cell24(), polar(cell24()))
    assert all(is_self_dual(simplex(d)) for d in range(5))
    assert not is_self_dual(Polytope.box(0, 1, dim=3))
    pyramid = Polytope.from_points([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1]])
    assert is_self_dual(pyramid)
    assert isomorphic(polar(Polytope.box(-1, 1, dim=4)), cross_polytope(4))
    with pytest.raises(InputError, match="bounded"):
        is_self_dual(Polytope.from_points([[0]], rays=[[1]]))


def test_faces_at_infinity_and_lineality_do_not_count():
    strip = Polytope.from_halfspaces([[1, 0], [-1, 0], [0, -1]], [1, 0, 0])
    corner = Polytope.from_halfspaces([[-1, 0], [0, -1], [-1, -1]], [0, 0, -1])
    assert isomorphic(strip, corner)
    vertices, facets = isomorphism(strip, corner)
    assert (len(vertices), len(facets)) == (2, 3)
    slab = Polytope.from_halfspaces([[1, 0], [-1, 0]], [1, 0])
    assert isomorphic(slab, Polytope.box(0, 1, dim=1))
    assert not isomorphic(slab, Polytope.from_points([[0]], rays=[[1]]))
    assert isomorphic(Polytope.empty(1), Polytope.empty(3))
    assert not isomorphic(Polytope.empty(1), Polytope.from_points([[0]]))
    assert isomorphic(Polytope.from_points([[]]), Polytope.from_halfspaces([[0, 0]], [1]))


def test_colliding_hashes_cost_time_alone(monkeypatch):
    """Without any refinement the search tries everything, and the tables themselves decide."""
    monkeypatch.setattr(module, "_words", lambda count: np.zeros(count, dtype=np.uint64))
    square = Polytope.box(0, 1, dim=2)
    vertices, facets = isomorphism(square, Polytope.from_points([[0, 0], [3, 0], [0, 1], [1, 1]]))
    trapezium = Polytope.from_points([[0, 0], [3, 0], [0, 1], [1, 1]])
    assert np.array_equal(trapezium.incidence[facets][:, vertices], square.incidence)
    assert n_combinatorial_symmetries(square) == 8


def test_budget():
    p = cell24()
    with pytest.raises(BudgetError, match="max_steps=1"):
        isomorphism(p, polar(p), max_steps=1)


# -- containment -----------------------------------------------------------------------------------
@settings(max_examples=60)
@given(polyhedra(), polyhedra())
def test_containment_by_intersection(p, q):
    assert contains_polytope(p, q) == (intersection(p, q) == q)
    assert contains_polytope(p, q) == (convex_hull(p, q) == p)
    assert contains_polytope(p, p)


def test_containment_of_degenerate_inputs():
    empty, point = Polytope.empty(2), Polytope.from_points([[0, 0]])
    assert contains_polytope(point, empty)
    assert contains_polytope(empty, empty)
    assert not contains_polytope(empty, point)
    line = Polytope.from_points([[0, 0]], lines=[[1, 2]])
    assert contains_polytope(line, point)
    assert contains_polytope(line, Polytope.from_points([[1, 2]], rays=[[-1, -2]]))
    assert not contains_polytope(line, Polytope.from_points([[1, 2 + 1e-15]]))
    assert not contains_polytope(Polytope.from_points([[0, 0]], rays=[[1, 2]]), line)
    with pytest.raises(InputError, match="dimensions 2 and 1"):
        contains_polytope(point, Polytope.from_points([[0]]))
