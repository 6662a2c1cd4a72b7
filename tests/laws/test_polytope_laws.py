"""Laws of polyhedra on small integers, for every engine and for every kind of polyhedron."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from polytropic import Polytope, minkowski_sum, mixed_volume
from polytropic.geometry.operations import affine_image, polar, translate
from polytropic.geometry.volumes.triangulations import triangulation

ENGINES = ["auto", "qhull", "dd", "cdd"]

entry = st.integers(-3, 3)


def vectors(d, least=0, most=4):
    return st.lists(st.lists(entry, min_size=d, max_size=d), min_size=least, max_size=most)


@st.composite
def polyhedra(draw, dimensions=(0, 1, 2, 3, 4), most=7, bounded=False):
    """Hulls of points, rays and lines, of any dimension."""
    d = draw(st.sampled_from(dimensions))
    points = draw(vectors(d, 1, most))
    if bounded:
        return Polytope.from_points(np.reshape(points, (-1, d)))
    rays, lines = draw(vectors(d, 0, 2)), draw(vectors(d, 0, 1))
    shape = (-1, d) if d else (0, 0)
    return Polytope.from_points(
        np.reshape(points, (len(points), d)), np.reshape(rays, shape), np.reshape(lines, shape)
    )


def from_facets(polytope, engine):
    f, e = polytope.facets, polytope.equations
    return Polytope.from_halfspaces(f.exact_A, f.exact_b, e.exact_A, e.exact_b, engine=engine)


def from_generators(polytope, engine):
    return Polytope.from_points(
        polytope.vertices_exact, polytope.rays_exact, polytope.lines_exact, engine=engine
    )


def canonical(polytope):
    names = ("generators", "lineality", "facets", "equations")
    rows = [getattr(polytope.description, name).tolist() for name in names]
    return rows, polytope.incidence.tolist()


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=40)
@given(p=polyhedra())
def test_there_and_back_is_the_identity_on_canonical_form(engine, p):
    wanted = canonical(p)
    assert canonical(from_facets(p, engine)) == wanted
    assert canonical(from_generators(p, engine)) == wanted


@settings(max_examples=60)
@given(st.data())
def test_polyhedra_from_inequalities_are_the_same_for_all_engines(data):
    d = data.draw(st.integers(0, 3))
    rows = data.draw(vectors(d + 1, 0, 7))
    equations = data.draw(vectors(d + 1, 0, 1))
    A = np.reshape([row[1:] for row in rows], (len(rows), d))
    A_eq = np.reshape([row[1:] for row in equations], (len(equations), d))
    b, b_eq = [row[0] for row in rows], [row[0] for row in equations]
    first, *others = (
        canonical(Polytope.from_halfspaces(A, b, A_eq, b_eq, engine=engine)) for engine in ENGINES
    )
    assert all(other == first for other in others)


@given(polyhedra(dimensions=(1, 2, 3), bounded=True), st.data())
def test_support_functions_add_up(p, data):
    d = p.ambient_dimension
    q = Polytope.from_points(data.draw(vectors(d, 1, 6)))
    total = minkowski_sum(p, q)
    for u in data.draw(vectors(d, 1, 4)):
        assert total.support(u) == p.support(u) + q.support(u)


@given(polyhedra())
def test_euler_and_poincare(p):
    # Bounded faces alone, of a pointed polyhedron: a polytope is contractible, and so is the
    # union of the bounded faces of any pointed polyhedron.
    assume(not len(p.lines_exact))
    bounded = [sum(all(v < p.n_vertices for v in face) for face in level) for level in p.faces()]
    assert sum((-1) ** k * n for k, n in enumerate(bounded)) == 1


@given(polyhedra(dimensions=(1, 2, 3), bounded=True), st.data())
def test_volume_under_unimodular_maps_and_by_triangulation(p, data):
    d = p.ambient_dimension
    matrix = np.eye(d, dtype=int)
    for i, j, factor in data.draw(
        st.lists(st.tuples(st.integers(0, d - 1), st.integers(0, d - 1), entry), max_size=3)
    ):
        if i != j:
            matrix[i] += factor * matrix[j]
    assert affine_image(p, matrix, data.draw(vectors(d, 1, 1))[0]).volume == p.volume
    if p.dimension == d:
        corners = p.vertices_exact.to_fractions()
        total = Fraction(0)
        for simplex in triangulation(p):
            edges = (corners[simplex[1:]] - corners[simplex[0]]).astype(float)
            total += Fraction(round(abs(np.linalg.det(edges))), int(np.prod(range(1, d + 1))))
        assert total == p.volume


@given(polyhedra(dimensions=(1, 2, 3), bounded=True), st.data())
def test_inclusion_is_the_order_of_support_functions(p, data):
    d = p.ambient_dimension
    q = Polytope.from_points(data.draw(vectors(d, 1, 6)))
    f, e = q.facets.exact_A, q.equations.exact_A
    normals = [*f.to_fractions(), *e.to_fractions(), *(-e).to_fractions()]
    assert (p <= q) == all(p.support(u) <= q.support(u) for u in normals)


@given(polyhedra(dimensions=(1, 2, 3), bounded=True))
def test_polar_of_polar(p):
    around = Polytope.from_points([*p.vertices_exact.to_fractions(), [0] * p.ambient_dimension])
    assert polar(polar(around)) == around


@settings(max_examples=40)
@given(polyhedra(dimensions=(2,), bounded=True), st.data())
def test_mixed_areas_against_sums(p, data):
    q = Polytope.from_points(data.draw(vectors(2, 1, 6)))
    assert mixed_volume(p, q) == minkowski_sum(p, q).volume - p.volume - q.volume
    assert mixed_volume(p, p) == 2 * p.volume


@settings(max_examples=40)
@given(polyhedra(dimensions=(1, 2, 3)), st.data())
def test_sums_against_all_pairs_by_cddlib(p, data):
    d = p.ambient_dimension
    q = Polytope.from_points(data.draw(vectors(d, 1, 5)), rays=data.draw(vectors(d, 0, 1)))
    one, two = p.vertices_exact.to_fractions(), q.vertices_exact.to_fractions()
    pairs = [x + y for x in one for y in two]
    rays = [*p.rays_exact.to_fractions(), *q.rays_exact.to_fractions()]
    wanted = Polytope.from_points(pairs, rays, p.lines_exact, engine="cdd")
    assert minkowski_sum(p, q) == wanted


@given(polyhedra(), st.data())
def test_translation_moves_and_nothing_else(p, data):
    shift = data.draw(vectors(p.ambient_dimension, 1, 1))[0]
    moved = translate(p, shift)
    assert moved.f_vector == p.f_vector
    assert (moved.n_rays, moved.n_facets) == (p.n_rays, p.n_facets)
    assert translate(moved, [-x for x in shift]) == p
