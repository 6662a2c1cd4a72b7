"""Normal fans against their definition and support functions."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import Polytope
from polytropic.arithmetic.linalg import integer_rows
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.faces import f_vector
from polytropic.geometry.normal_fan import integer_kernel, normal_fan
from tests.geometry.face_oracles import cross_polytope, cyclic, permutahedron, polyhedra, simplex

direction = st.lists(st.integers(-4, 4), min_size=3, max_size=3)


def dot(u, v):
    return sum((a * b for a, b in zip(u, v, strict=True)), Fraction(0))


@settings(max_examples=60)
@given(polyhedra(), st.lists(direction, min_size=1, max_size=8))
def test_locate_by_definition(p, directions):
    fan = normal_fan(p)
    vertices = p.vertices_exact.to_fractions().tolist()
    rays, lines = p.rays_exact.numerators.tolist(), p.lines_exact.numerators.tolist()
    for u, cone in zip(directions, fan.locate(directions).tolist(), strict=True):
        bounded = all(dot(u, r) <= 0 for r in rays) and not any(dot(u, v) for v in lines)
        if not bounded:
            assert cone == -1
            assert fan.smallest_cone(u) is None
            with pytest.raises(InputError, match="unbounded"):
                p.support(u)
            continue
        values = [dot(u, v) for v in vertices]
        assert cone == values.index(max(values))
        assert p.support(u) == values[cone]
        face = [i for i, value in enumerate(values) if value == max(values)]
        face += [len(vertices) + k for k, r in enumerate(rays) if dot(u, r) == 0]
        on_face = [i for i, row in enumerate(p.incidence) if row[face].all()]
        assert list(fan.smallest_cone(u)) == on_face


@settings(max_examples=40)
@given(polyhedra(), st.data())
def test_sums_of_rays_lie_inside_their_cones(p, data):
    fan = normal_fan(p)
    rays = fan.rays_exact.numerators
    for vertex, cone in enumerate(fan.maximal_cones):
        weights = data.draw(st.lists(st.integers(1, 5), min_size=len(cone), max_size=len(cone)))
        u = [0] * 3
        for weight, ray in zip(weights, cone, strict=True):
            u = [a + weight * int(b) for a, b in zip(u, rays[ray], strict=True)]
        for line in fan.lineality_exact.numerators.tolist():
            u = [a + b for a, b in zip(u, line, strict=True)]
        assert fan.locate([u]).tolist() == [vertex]
        assert fan.smallest_cone(u) == cone
    assert fan.is_complete == p.is_bounded


def test_near_ties_are_decided_exactly():
    tiny = Fraction(1, 10**40)
    p = Polytope.from_points([[0, 0], [1, 1 + tiny], [2, 0]])
    fan = normal_fan(p)
    flat = Fraction(1, 1) + tiny
    assert fan.locate([[flat, -1], [-flat, 1], [-flat - tiny, 1], [tiny - flat, 1]]).tolist() == [
        2, 0, 0, 1
    ]  # fmt: skip
    # Points of very different size have to be compared in one scale.
    q = Polytope.from_points([[2**400, 0], [1, 0], [0, 1], [2, 3]])
    assert normal_fan(q).locate([[1, 0], [-1, 1], [0, 1], [-1, -1]]).tolist() == [
        q.n_vertices - 1, 0, 2, 0
    ]  # fmt: skip


def test_the_braid_fan():
    fan = normal_fan(permutahedron(4))
    assert (len(fan.rays_exact), len(fan.maximal_cones)) == (14, 24)
    assert fan.is_simplicial
    assert fan.is_smooth
    assert fan.is_complete
    assert len(fan.lineality) == 1
    u = np.array([3.5, -1, 0.25, 7])
    vertex = fan.polytope.vertices[fan.locate([u])[0]]
    assert np.argsort(vertex).tolist() == np.argsort(u).tolist()
    assert fan.smallest_cone([1, 1, 1, 1]) == ()
    assert len(fan.smallest_cone([1, 1, 2, 3])) == 2


def test_smooth_and_simplicial_fans():
    for d in (1, 2, 3, 4):
        assert normal_fan(simplex(d)).is_smooth
        assert normal_fan(Polytope.box(0, 1, dim=d)).is_smooth
    octahedron = normal_fan(cross_polytope(3))
    assert not octahedron.is_simplicial
    assert not octahedron.is_smooth
    # The fan of P(1, 1, 2) has a singular cone.
    weighted = normal_fan(Polytope.from_points([[0, 0], [2, 0], [0, 1]]))
    assert weighted.is_simplicial
    assert not weighted.is_smooth
    # Flat in the lattice of x + y + 2 z = 0: normals count modulo the normal of the plane.
    flat = normal_fan(Polytope.from_points([[0, 0, 0], [1, -1, 0], [0, 2, -1]]))
    assert flat.is_smooth
    assert not normal_fan(Polytope.from_points([[0, 0, 0], [2, -2, 0], [0, 2, -1]])).is_smooth


def test_unbounded_and_degenerate_inputs():
    slab = normal_fan(Polytope.from_halfspaces([[1, 0], [-1, 0]], [1, 0]))
    assert sorted(slab.maximal_cones) == [(0,), (1,)]
    assert slab.locate([[1, 0], [-1, 0], [0, 1]]).tolist() == [1, 0, -1]
    assert slab.is_smooth
    assert not slab.is_complete
    point = normal_fan(Polytope.from_points([[1, 2]]))
    assert point.maximal_cones == ((),)
    assert point.locate([[0, 0], [3, 4]]).tolist() == [0, 0]
    assert point.is_complete
    assert point.is_smooth
    nothing = normal_fan(Polytope.from_points([[]]))
    assert nothing.locate(np.zeros((2, 0))).tolist() == [0, 0]
    assert repr(point) == "NormalFan(0 rays, 1 maximal cones in dimension 2)"
    with pytest.raises(EmptyPolytopeError):
        normal_fan(Polytope.empty(2))
    with pytest.raises(InputError, match="shape"):
        point.locate([[1, 2, 3]])


def test_counts_of_cones_are_counts_of_faces():
    p = cyclic(8, 4)
    assert len(normal_fan(p).maximal_cones) == f_vector(p)[0]
    cones = {normal_fan(p).smallest_cone(u) for u in product(range(-6, 7, 3), repeat=4)}
    assert all(cone is not None for cone in cones)


@given(st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), max_size=2))
def test_integer_kernels(rows):
    """A vector is in the lattice exactly when the rows annihilate it."""
    basis = integer_kernel(integer_rows(rows, 3)).tolist()
    for vector in product(range(-2, 3), repeat=3):
        if any(dot(row, vector) for row in rows):
            continue
        solution, _, rank, _ = np.linalg.lstsq(
            np.array(basis, dtype=float).T, np.array(vector, dtype=float), rcond=None
        )
        assert rank == len(basis)
        assert np.allclose(solution, np.round(solution), atol=1e-9)
        assert np.allclose(np.round(solution) @ np.array(basis, dtype=float), vector)
    assert all(dot(row, vector) == 0 for row in rows for vector in basis)
