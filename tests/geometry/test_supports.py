"""Support functions and maximal faces against fractions, vertex by vertex."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.optimisation import optimal_face
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.supports import argmax, maximisers, support


def dot(u, v):
    return sum((Fraction(a) * Fraction(b) for a, b in zip(u, v, strict=True)), Fraction(0))


def brute(polytope, u):
    """Maximum, and the numbers of the vertices and rays of the face; infinite and none."""
    rays = polytope.rays_exact.to_fractions().tolist()
    lines = polytope.lines_exact.to_fractions().tolist()
    if any(dot(u, ray) > 0 for ray in rays) or any(dot(u, line) for line in lines):
        return np.inf, []
    values = [dot(u, v) for v in polytope.vertices_exact.to_fractions().tolist()]
    face = [i for i, value in enumerate(values) if value == max(values)]
    face += [len(values) + i for i, ray in enumerate(rays) if dot(u, ray) == 0]
    return max(values), face


@st.composite
def polyhedra(draw):
    d = draw(st.integers(1, 3))
    entry = draw(st.sampled_from([
        st.integers(-2, 2),
        st.sampled_from([0.1, 0.2, 0.3, -0.7, 1e-9, 2.0**60]),
        st.fractions(-2, 2, max_denominator=4),
    ]))  # fmt: skip
    row = st.lists(entry, min_size=d, max_size=d)
    small = st.lists(st.integers(-1, 1), min_size=d, max_size=d)
    points = draw(st.lists(row, min_size=1, max_size=7))
    rays, lines = draw(st.lists(small, max_size=2)), draw(st.lists(small, max_size=1))
    directions = draw(st.lists(row | small, min_size=1, max_size=5))
    return Polytope.from_points(points, rays, lines), directions


@settings(max_examples=120, deadline=None)
@given(polyhedra())
def test_all_ways_agree_with_fractions(data):
    polytope, directions = data
    # Before the conversion the given points answer.
    early = support(polytope, directions, exact=True).tolist()
    values, faces = zip(*(brute(polytope, u) for u in directions), strict=True)
    assert early == list(values)
    assert support(polytope, directions).tolist() == [float(value) for value in values]
    assert support(polytope, directions, via="lp", exact=True).tolist() == list(values)
    assert [face.tolist() for face in maximisers(polytope, directions)] == list(faces)
    assert argmax(polytope, directions).tolist() == [face[0] if face else -1 for face in faces]
    facets, equations = polytope.facets, polytope.equations
    by_halfspaces = Polytope.from_halfspaces(
        facets.exact_A, facets.exact_b, equations.exact_A, equations.exact_b
    )
    assert support(by_halfspaces, directions, via="vertices", exact=True).tolist() == early
    again = Polytope.from_halfspaces(
        facets.exact_A, facets.exact_b, equations.exact_A, equations.exact_b
    )
    assert support(again, directions).tolist() == [float(value) for value in values]
    assert "description" not in vars(again)


def test_faces_of_the_permutahedron():
    permutahedron = Polytope.from_points(list(itertools.permutations(range(1, 5))))
    directions = list(itertools.product(range(3), repeat=4))
    sizes = maximisers(permutahedron, directions).sizes
    for u, size in zip(directions, sizes, strict=True):
        # A product of permutahedra, one for each level of the direction.
        assert size == np.prod([np.prod(range(1, u.count(x) + 1)) for x in set(u)])


def test_normals_of_facets_have_the_facets_as_maximal_faces():
    rng = np.random.default_rng(0)
    polytope = Polytope.from_points(rng.standard_normal((60, 3)))
    faces = maximisers(polytope, polytope.facets.exact_A)
    expected = [np.nonzero(row)[0].tolist() for row in polytope.incidence]
    assert [face.tolist() for face in faces] == expected


def test_the_support_of_a_sum_is_the_sum_of_supports():
    from polytropic.geometry.minkowski import minkowski_sum

    rng = np.random.default_rng(1)
    first = Polytope.from_points(rng.integers(-9, 10, (8, 3)))
    second = Polytope.from_points(rng.integers(-9, 10, (8, 3)))
    u = rng.integers(-5, 6, (100, 3))
    total = support(minkowski_sum(first, second), u)
    assert total.tolist() == (support(first, u) + support(second, u)).tolist()


def test_optimal_face_is_the_maximal_face():
    cube = Polytope.box(0, 1, dim=4)
    for u in ([1, 0, 0, 0], [1, -1, 0, 0], [3, 2, 1, 5]):
        chosen = maximisers(cube, [u])[0]
        assert optimal_face(cube, u) == Polytope.from_points(cube.vertices_exact[chosen])


def test_scaling_by_powers_of_two_scales_the_support():
    rng = np.random.default_rng(2)
    points, u = rng.standard_normal((40, 3)), rng.standard_normal((200, 3))
    plain = support(Polytope.from_points(points), u)
    scaled = support(Polytope.from_points(points * 2.0**-300), u * 2.0**-200)
    assert (scaled * 2.0**500).tolist() == plain.tolist()


def test_empty_zero_dimensional_and_refused():
    for nothing in (Polytope.empty(2), Polytope.from_halfspaces([[1, 0], [-1, 0]], [0, -1])):
        for question in (support, argmax, maximisers):
            with pytest.raises(EmptyPolytopeError):
                question(nothing, [[1, 0]])
    point = Polytope.from_points(np.zeros((1, 0)))
    assert support(point, np.zeros((2, 0))).tolist() == [0, 0]
    square = Polytope.box(0, 1, dim=2)
    assert support(square, np.zeros((0, 2))).shape == (0,)
    assert len(maximisers(square, np.zeros((0, 2)))) == 0
    with pytest.raises(InputError, match="directions must have shape"):
        support(square, [[1, 2, 3]])
    with pytest.raises(InputError, match="via"):
        support(square, [[1, 2]], via="magic")
    with pytest.raises(IndexError):
        maximisers(square, [[1, 2]])[1]
