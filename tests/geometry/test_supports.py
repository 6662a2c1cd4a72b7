"""Support functions and maximal faces against fractions, vertex by vertex."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polytropic.arithmetic import dots
from polytropic.arithmetic.bounded import UNDECIDED
from polytropic.arithmetic.numbers import exact as exactly
from polytropic.arithmetic.rows import Rows
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry import supports
from polytropic.geometry import walks as walking
from polytropic.geometry.containment import contains, strictly_contains
from polytropic.geometry.optimisation import optimal_face
from polytropic.geometry.polytope import Polytope, homogeneous_points
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


@pytest.fixture
def walks(monkeypatch):
    """Walk on the graph whatever it costs."""
    for module in (supports, walking, dots):
        monkeypatch.setattr(module, "worth_compiling", lambda seconds: True)
    for name in ("_STEPS", "_PER_PAIR"):
        monkeypatch.setattr(walking, name, 0)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(polyhedra())
def test_walks_agree_with_fractions(walks, data):
    polytope, directions = data
    assert polytope.n_facets >= 0  # converts it
    assert len(polytope.lines) or walking.vertex_graph(polytope, len(directions)) is not None
    values, faces = zip(*(brute(polytope, u) for u in directions), strict=True)
    assert support(polytope, directions).tolist() == [float(value) for value in values]
    assert [face.tolist() for face in maximisers(polytope, directions)] == list(faces)
    assert argmax(polytope, directions).tolist() == [face[0] if face else -1 for face in faces]


@pytest.mark.parametrize("kind", ["generic", "ties", "near ties", "far away"])
def test_walks_agree_with_comparisons(kind, monkeypatch, request):
    rng = np.random.default_rng(3)
    points, u = rng.standard_normal((150, 3)), rng.standard_normal((3000, 3))
    points /= np.linalg.norm(points, axis=1)[:, None]
    if kind == "ties":
        points, u = np.rint(5 * points), rng.integers(-3, 4, (3000, 3))
    if kind == "near ties":  # normals of facets are orthogonal to edges but for rounding
        u = Polytope.from_points(points).facets.A
    if kind == "far away":
        points[:, 0] += 1e6
    polytope = Polytope.from_points(points)
    assert polytope.n_facets
    monkeypatch.setattr(walking, "worth_compiling", lambda seconds: False)
    assert walking.vertex_graph(polytope, len(u)) is None
    values, faces = support(polytope, u), maximisers(polytope, u)
    request.getfixturevalue("walks")
    assert walking.vertex_graph(polytope, len(u)) is not None
    walked = maximisers(polytope, u)
    assert support(polytope, u).tolist() == values.tolist()
    assert walked.indptr.tolist() == faces.indptr.tolist()
    assert walked.indices.tolist() == faces.indices.tolist()


def test_many_directions_convert_a_polytope_in_space(walks, monkeypatch):
    monkeypatch.setattr(supports, "_PER_POINT", 0)
    points = np.random.default_rng(4).integers(-9, 10, (60, 3))
    polytope, u = Polytope.from_points(points), [[1, 2, 3], [0.5, 0, 0]]
    assert support(polytope, u).tolist() == (u @ points.T).max(axis=1).tolist()
    assert "description" in vars(polytope)
    four = Polytope.from_points(np.random.default_rng(4).integers(-9, 10, (60, 4)))
    support(four, np.ones((2, 4)))
    assert "description" not in vars(four)


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


def inside(polytope, point):
    """Least slack of a point."""
    rows = polytope.description.facets.tolist()
    return min(r[0] + sum((a * Fraction(x) for a, x in zip(r[1:], point, strict=True)), Fraction(0))
               for r in rows)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(polyhedra())
def test_walks_on_facets_find_points_inside(walks, data):
    polytope, points = data
    full = polytope.is_bounded and polytope.dimension == polytope.ambient_dimension
    points = [*points, *polytope.vertices_exact.to_fractions().tolist()]
    rows = Rows(None, homogeneous_points(exactly(points, ndim=2)))
    # None for what is so flat that the rounded centre lies outside.
    assert full or walking.slack_signs(polytope, rows) is None
    if full:
        slacks = [inside(polytope, point) for point in points]
        assert contains(polytope, points).tolist() == [slack >= 0 for slack in slacks]
        assert strictly_contains(polytope, points).tolist() == [slack > 0 for slack in slacks]


@pytest.mark.parametrize("scale", [1.0, 1e-9])
def test_walks_on_facets_agree_with_comparisons(scale, request):
    rng = np.random.default_rng(5)
    polytope = Polytope.from_points(rng.standard_normal((60, 3)) * [1, 1, scale] + [3, 0, 0])
    pairs = polytope.vertices[rng.integers(0, polytope.n_vertices, (2, 500))]
    points = np.vstack([
        rng.standard_normal((2000, 3)) * [1, 1, scale] + [3, 0, 0],
        polytope.vertices, pairs.mean(axis=0), [polytope.vertices.mean(axis=0)],
    ])  # fmt: skip
    wanted = contains(polytope, points), strictly_contains(polytope, points)
    request.getfixturevalue("walks")
    rows = Rows(np.column_stack([np.ones(len(points)), points]))
    signs = walking.slack_signs(polytope, rows)
    assert {-1, 1} <= set(signs.tolist())
    assert (signs[:2000] != UNDECIDED).all()
    found = contains(polytope, points), strictly_contains(polytope, points)
    assert [x.tolist() for x in found] == [x.tolist() for x in wanted]


def test_entries_that_underflow_are_not_whole():
    from polytropic.arithmetic.products import _is_whole

    table = np.array([[2.0**399, 0.0], [2.0**380, 2.0**-1000]])
    assert not _is_whole(table, -300)
    assert _is_whole(table[:1], -300)
