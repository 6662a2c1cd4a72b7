"""Polyhedra of every kind: both descriptions against brute force, and each other."""

import math
import pickle
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.polytope import Polytope
from tests import brute_force

GRID = [Fraction(-3), Fraction(-1), Fraction(-1, 2), Fraction(0), Fraction(1, 3), Fraction(2)]


def halfspaces(rows, equations=(), dim=None):
    """A polyhedron from homogeneous rows (b, -A) and equations."""
    dim = len((*rows, *equations)[0]) - 1 if dim is None else dim

    def split(rows):
        normals = np.array([[-x for x in row[1:]] for row in rows], dtype=object)
        return normals.reshape(-1, dim), [row[0] for row in rows]

    if equations:
        return Polytope.from_halfspaces(*split(rows), *split(equations))
    return Polytope.from_halfspaces(*split(rows))


def described_again(polytope):
    """The same polyhedron from its facets and equations alone."""
    f, e = polytope.facets, polytope.equations
    return Polytope.from_halfspaces(f.exact_A, f.exact_b, e.exact_A, e.exact_b)


def facet_rows(polytope):
    A, b = polytope.facets.exact_A.to_fractions(), polytope.facets.exact_b.to_fractions()
    return {
        brute_force.primitive([c, *(-x for x in a)])
        for a, c in zip(A.tolist(), b.tolist(), strict=True)
    }


def assert_same_description(one, two):
    assert one == two
    assert hash(one) == hash(two)
    for name in ("generators", "lineality", "facets", "equations"):
        assert getattr(one.description, name).tolist() == getattr(two.description, name).tolist()


# -- degenerate polyhedra ------------------------------------------------------------------------
ZERO, X, Y = [0, 0], [1, 0], [0, 1]
SQUARE = [[0, 0], [1, 0], [0, 1], [1, 1]]

TABLE = {
    # name: (polytope, dimension, vertices, rays, lines, facets, equations)
    "point": (Polytope.from_points([[2, 3]]), 0, 1, 0, 0, 0, 2),
    "repeated point": (Polytope.from_points([[2, 3]] * 3), 0, 1, 0, 0, 0, 2),
    "segment": (Polytope.from_points([ZERO, [2, 4], [1, 2]]), 1, 2, 0, 0, 2, 1),
    "triangle with inner points": (
        Polytope.from_points([ZERO, [3, 0], [0, 3], [1, 1], [1, 0]]), 2, 3, 0, 0, 3, 0,
    ),
    "square": (Polytope.from_points(SQUARE), 2, 4, 0, 0, 4, 0),
    "flat square in space": (
        Polytope.from_points([[*p, p[0] + p[1]] for p in SQUARE]), 2, 4, 0, 0, 4, 1,
    ),
    "interval": (Polytope.from_points([[1], [3], [2]]), 1, 2, 0, 0, 2, 0),
    "ray": (Polytope.from_points([X], rays=[[1, 1]]), 1, 1, 1, 0, 1, 1),
    "quadrant": (Polytope.from_points([ZERO], rays=[X, Y, [1, 1]]), 2, 1, 2, 0, 2, 0),
    "strip": (Polytope.from_points([ZERO, X], lines=[Y]), 2, 2, 0, 1, 2, 0),
    "line": (Polytope.from_points([[1, 1]], lines=[[1, 2]]), 1, 1, 0, 1, 0, 1),
    "line from two rays": (Polytope.from_points([ZERO], rays=[X, [-2, 0]]), 1, 1, 0, 1, 0, 1),
    "plane from three rays": (
        Polytope.from_points([ZERO, [5, 5]], rays=[X, [-1, 1], [0, -1]]), 2, 1, 0, 2, 0, 0,
    ),
    "half-plane from rays": (
        Polytope.from_points([ZERO, [0, -1]], rays=[X, [-1, 0], Y]), 2, 1, 1, 1, 1, 0,
    ),
    "ray absorbed by a line": (
        Polytope.from_points([ZERO], rays=[X, [3, 0]], lines=[[-1, 0]]), 1, 1, 0, 1, 0, 1,
    ),
    "zero rays and lines": (
        Polytope.from_points([ZERO], rays=[ZERO], lines=[ZERO]), 0, 1, 0, 0, 0, 2,
    ),
    "unbounded with two vertices": (
        Polytope.from_points([ZERO, X], rays=[Y]), 2, 2, 1, 0, 3, 0,
    ),
    "whole plane": (Polytope.from_halfspaces(np.zeros((0, 2)), []), 2, 1, 0, 2, 0, 0),
    "whole plane, trivially": (Polytope.from_halfspaces([ZERO, ZERO], [0, 7]), 2, 1, 0, 2, 0, 0),
    "half-plane": (Polytope.from_halfspaces([X], [1]), 2, 1, 1, 1, 1, 0),
    "half-plane, twice": (Polytope.from_halfspaces([X, [2, 0], X], [1, 2, 5]), 2, 1, 1, 1, 1, 0),
    "empty by contradiction": (Polytope.from_halfspaces([X, [-1, 0]], [0, -1]), -1, 0, 0, 0, 0, 3),
    "empty by a false constant": (Polytope.from_halfspaces([ZERO], [-1]), -1, 0, 0, 0, 0, 3),
    "empty by equations": (
        Polytope.from_halfspaces([X], [9], [[1, 1], [1, 1]], [0, 1]), -1, 0, 0, 0, 0, 3,
    ),
    "empty by a false equation": (
        Polytope.from_halfspaces([X], [9], [ZERO], [1]), -1, 0, 0, 0, 0, 3,
    ),
    "empty": (Polytope.empty(2), -1, 0, 0, 0, 0, 3),
    "origin": (Polytope.from_halfspaces([X, [-1, 0], Y, [0, -1]], [0] * 4), 0, 1, 0, 0, 0, 2),
    "vertical line": (Polytope.from_halfspaces([X, [-1, 0]], [0, 0]), 1, 1, 0, 1, 0, 1),
    "segment by equations": (
        Polytope.from_halfspaces([X, [-1, 0]], [1, 0], [[1, 1], [2, 2], ZERO], [1, 2, 0]),
        1, 2, 0, 0, 2, 1,
    ),
    "implied equation": (
        Polytope.from_halfspaces([[1, 1], [-1, -1], X, [-1, 0]], [1, -1, 1, 0]), 1, 2, 0, 0, 2, 1,
    ),
    "quadrant with redundant rows": (
        Polytope.from_halfspaces([[-1, 0], [0, -1], [-1, -1], [-1, -2]], [0, 0, 0, 7]),
        2, 1, 2, 0, 2, 0,
    ),
    # The trivial row is tight at infinity, on every ray: a face of the cone, not of the quadrant.
    "quadrant with a trivial row": (
        Polytope.from_halfspaces([[-1, 0], [0, -1], ZERO], [0, 0, 1]), 2, 1, 2, 0, 2, 0,
    ),
    "half-plane with a trivial row": (
        Polytope.from_halfspaces([X, ZERO], [1, 3]), 2, 1, 1, 1, 1, 0,
    ),
    "flat box": (Polytope.box([0, 0, 1], [1, 2, 1]), 2, 4, 0, 0, 4, 1),
    "point box": (Polytope.box([1, 2], [1, 2]), 0, 1, 0, 0, 0, 2),
    "tiny": (Polytope.from_points([[0.0, 5e-324], [5e-324, 0], ZERO]), 2, 3, 0, 0, 3, 0),
    "long and thin": (
        Polytope.box([-(2.0**1000), 0], [2.0**1000, 2.0**-1000]), 2, 4, 0, 0, 4, 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_degenerate_polyhedra(name):
    polytope, dimension, vertices, rays, lines, facets, equations = TABLE[name]
    assert polytope.dimension == dimension
    assert polytope.is_empty == (dimension < 0)
    assert (polytope.n_vertices, polytope.n_rays, len(polytope.lines)) == (vertices, rays, lines)
    assert (polytope.n_facets, len(polytope.equations)) == (facets, equations)
    assert polytope.is_bounded == (not rays and not lines)
    assert polytope.incidence.shape == (facets, vertices + rays)
    assert polytope.vertices.shape == (vertices, polytope.ambient_dimension)
    assert f"in dimension {polytope.ambient_dimension}" in repr(polytope)
    assert_same_description(described_again(polytope), polytope)
    if dimension >= 0:
        again = Polytope.from_points(
            polytope.vertices_exact, polytope.rays_exact, polytope.lines_exact
        )
        assert_same_description(again, polytope)
    else:
        assert polytope == Polytope.empty(polytope.ambient_dimension)
    assert pickle.loads(pickle.dumps(polytope)) == polytope


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (Polytope.from_points(SQUARE), Polytope.box(0, 1, dim=2)),
        (
            Polytope.from_points([ZERO], rays=[X, [-1, 0]]),
            Polytope.from_points([[7, 0]], lines=[X]),
        ),
        (Polytope.from_points([[0.5]]), Polytope.from_points([[Fraction(1, 2)]])),
        (Polytope.from_halfspaces([X], [1]), Polytope.from_points([X], [[-1, 5]], [[0, 3]])),
    ],
)
def test_equal_sets_are_equal_however_they_were_given(one, two):
    assert_same_description(one, two)


def test_different_sets_are_different():
    assert Polytope.empty(2) != Polytope.empty(3)
    assert Polytope.box(0, 1, dim=2) != Polytope.box(0, 1 + 2.0**-52, dim=2)
    assert Polytope.box(0, 1, dim=2) != "square"


# -- input that cannot be used -------------------------------------------------------------------
NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Polytope.from_points([]), "points must have 2 axes"),
        (lambda: Polytope.from_points(np.zeros((0, 2))), "give at least one point"),
        (lambda: Polytope.from_points([1, 2]), "points must have 2 axes"),
        (lambda: Polytope.from_points([[1, 2], [3]]), "points is ragged"),
        (lambda: Polytope.from_points([[1, NAN]]), r"points\[0, 1\] is nan"),
        (lambda: Polytope.from_points([[1, 2], [INF, 0]]), r"points\[1, 0\] is inf"),
        (lambda: Polytope.from_points([["a", "b"]]), "points holds"),
        (lambda: Polytope.from_points(None), "points"),
        (lambda: Polytope.from_points([[1, 2]], rays=[[1, 2, 3]]), r"rays must have shape \(k, 2"),
        (lambda: Polytope.from_points([[1, 2]], rays=[1, 2]), "rays must have 2 axes"),
        (lambda: Polytope.from_points([[1, 2]], rays=[[1, 2], [3]]), "rays is ragged"),
        (lambda: Polytope.from_points([[1, 2]], rays=[[NAN, 0]]), r"rays\[0, 0\] is nan"),
        (lambda: Polytope.from_points([[1, 2]], lines=[[0, INF]]), r"lines\[0, 1\] is inf"),
        (lambda: Polytope.from_points([[1, 2]], lines=[[1]]), r"lines must have shape \(k, 2"),
        (lambda: Polytope.from_halfspaces([], []), "A must have 2 axes"),
        (lambda: Polytope.from_halfspaces([[1, 2]], [1, 2]), "A has 1 rows but b has 2"),
        (lambda: Polytope.from_halfspaces([[1, 2]], [[1]]), "b must have 1 axes"),
        (lambda: Polytope.from_halfspaces([[1, 2]], [NAN]), r"b\[0\] is nan"),
        (lambda: Polytope.from_halfspaces([[1, 2]], [INF]), r"b\[0\] is inf"),
        (lambda: Polytope.from_halfspaces([[1, "x"]], [1]), "A holds"),
        (lambda: Polytope.from_halfspaces([[1, 2]], [1], [[1, 2]]), "given together"),
        (lambda: Polytope.from_halfspaces([[1, 2]], [1], [[1]], [1]), "A_eq must have 2 columns"),
        (lambda: Polytope.from_halfspaces([[1, 2]], [1], [[1, 2]], []), "A_eq has 1 rows but b_eq"),
        (lambda: Polytope.box(0, 1), "give dim="),
        (lambda: Polytope.box(0, 1, dim=-1), "dim must be a non-negative integer"),
        (lambda: Polytope.box(0, 1, dim=1.5), "dim must be a non-negative integer"),
        (lambda: Polytope.box([0, 0], [1, 1, 1]), r"lower has shape \(2,\)"),
        (lambda: Polytope.box([0, 0], 1, dim=3), r"lower must have shape \(3,\)"),
        (lambda: Polytope.box([0, 2], [1, 1]), r"lower\[1\] exceeds upper\[1\]"),
        (lambda: Polytope.box([[0]], [[1]]), "lower must be a number or have shape"),
        (lambda: Polytope.box(0, NAN, dim=2), "upper.* is nan"),
        (lambda: Polytope.empty(-1), "dim must be a non-negative integer"),
        (lambda: Polytope.empty("2"), "dim must be a non-negative integer"),
        (lambda: Polytope.from_points([[1, 2]], engine="porta"), "there is no engine 'porta'"),
        (lambda: Polytope.box(0, 1, dim=2).contains([1, 2]), "points must have 2 axes"),
        (lambda: Polytope.box(0, 1, dim=2).contains([[1]]), r"points must have shape \(n, 2\)"),
        (lambda: Polytope.box(0, 1, dim=2).contains([[1, NAN]]), r"points\[0, 1\] is nan"),
        (lambda: Polytope.box(0, 1, dim=2).support([1]), r"direction must have shape \(2,\)"),
        (lambda: Polytope.box(0, 1, dim=2).support([1, NAN]), r"direction\[1\] is nan"),
        (lambda: Polytope.from_points([ZERO], rays=[X]).support([1, 0]), "unbounded"),
        (lambda: Polytope.from_points([ZERO], lines=[X]).support([-1, 0]), "unbounded"),
    ],
)
def test_bad_input_is_refused_by_name(make, words):
    with pytest.raises(InputError, match=words):
        make()


def test_the_empty_polytope_has_no_support():
    with pytest.raises(EmptyPolytopeError, match="empty"):
        Polytope.empty(2).support([1, 0])


# -- from points to halfspaces and back ----------------------------------------------------------
@st.composite
def generated(draw):
    d = draw(st.sampled_from([1, 2, 2, 3, 3, 4]))
    size = draw(st.sampled_from([1, 2, 9]))
    row = st.lists(st.integers(-size, size), min_size=d, max_size=d)
    points = draw(st.lists(row, min_size=1, max_size=7))
    if draw(st.booleans()) and d > 1:
        points = [[1, *p[1:]] for p in points]  # flat
    return points, draw(st.lists(row, max_size=2)), draw(st.lists(row, max_size=1))


@given(generated(), st.sampled_from([1, Fraction(1, 3), Fraction(2) ** 900, Fraction(2) ** -900]))
def test_from_points_to_facets_and_back(problem, scale):
    points, rays, lines = problem
    scaled = [[x * scale for x in p] for p in points]
    polytope = Polytope.from_points(np.array(scaled, dtype=object), rays or None, lines or None)
    assert_same_description(described_again(polytope), polytope)
    assert polytope.contains(np.array(scaled, dtype=object)).all()

    opposite = [[-x for x in line] for line in lines]
    rows = [(1, *p) for p in scaled] + [(0, *r) for r in [*rays, *lines, *opposite] if any(r)]
    assert polytope.dimension == brute_force.rank(rows) - 1
    if polytope.dimension == polytope.ambient_dimension:
        assert facet_rows(polytope) == brute_force.hull_facets(rows)
        if not rays and not lines:
            assert polytope.n_vertices == len(brute_force.hull_vertices(scaled))


conditions = st.integers(1, 3).flatmap(
    lambda d: st.tuples(
        st.lists(st.tuples(*[st.integers(-2, 2)] * (d + 1)), max_size=6),
        st.lists(st.tuples(*[st.integers(-1, 1)] * (d + 1)), max_size=1),
        st.just(d),
    )
)


@given(conditions)
def test_from_halfspaces_to_vertices_and_back(problem):
    inequalities, equations, d = problem
    polytope = halfspaces(inequalities, equations, d)
    points = list(product(GRID if d < 3 else GRID[1:5], repeat=d))
    inside = [
        all(brute_force.dot(f, (1, *p)) >= 0 for f in inequalities)
        and not any(brute_force.dot(f, (1, *p)) for f in equations)
        for p in points
    ]
    assert polytope.contains(np.array(points, dtype=object)).tolist() == inside

    cones = brute_force.domain_cones(d, inequalities, equations)
    assert polytope.is_empty == (not cones)
    if cones:
        found = sorted({g for cone in cones for g in cone.generators})
        corners = [[Fraction(x, g[0]) for x in g[1:]] for g in found if g[0]]
        again = Polytope.from_points(
            np.array(corners, dtype=object), [g[1:] for g in found if not g[0]] or None
        )
        assert_same_description(again, polytope)


@given(generated(), st.lists(st.integers(0, 5), min_size=7, max_size=7))
def test_convex_combinations_are_inside_and_support_bounds_them(problem, weights):
    points, rays, lines = problem
    polytope = Polytope.from_points(points, rays or None, lines or None)
    total = sum(weights[: len(points)])
    assume(total)
    pairs = list(zip(weights, points, strict=False))
    middle = [Fraction(sum(w * p[i] for w, p in pairs), total) for i in range(len(points[0]))]
    assert polytope.contains(np.array([middle], dtype=object)).tolist() == [True]
    normals, bounds = polytope.facets.exact_A.to_fractions(), polytope.facets.exact_b.to_fractions()
    for normal, bound in zip(normals, bounds.tolist(), strict=True):
        assert polytope.support(normal) == bound


@given(
    st.lists(st.lists(st.integers(-4, 4), min_size=3, max_size=3), min_size=1, max_size=8),
    st.lists(st.fractions(-2, 2, max_denominator=7), min_size=3, max_size=3),
)
def test_support_is_the_largest_product(points, direction):
    polytope = Polytope.from_points(points)
    wanted = max(brute_force.dot(p, direction) for p in points)
    assert polytope.support(np.array(direction, dtype=object)) == wanted


def test_containment_is_decided_on_the_last_bit():
    one = Polytope.box(0, 1, dim=1)
    above, below = np.nextafter(1.0, 2), -5e-324
    assert one.contains([[0.0], [1.0], [above], [below]]).tolist() == [True, True, False, False]
    diagonal = Polytope.from_points([[0, 0], [1, 3]])
    thirds = np.array([[Fraction(1, 3), 1], [1 / 3, 1]], dtype=object)
    assert diagonal.contains(thirds).tolist() == [True, False]
    assert Polytope.empty(2).contains([[0, 0]]).tolist() == [False]
    assert Polytope.box(0, 1, dim=2).contains(np.zeros((0, 2))).tolist() == []


def test_vertices_are_sorted_and_correctly_rounded():
    polytope = Polytope.from_halfspaces([[3, 0], [-3, 0], [0, 7], [0, -7]], [1, 0, 1, 0])
    assert polytope.vertices.tolist() == [[0, 0], [0, 1 / 7], [1 / 3, 0], [1 / 3, 1 / 7]]
    assert polytope.vertices_exact.to_fractions().tolist()[-1] == [Fraction(1, 3), Fraction(1, 7)]
    A, b = polytope.halfspaces
    assert (polytope.vertices_exact.to_fractions() @ A.T <= b).all()


def test_answers_are_read_only():
    polytope = Polytope.box(0, 1, dim=2)
    for array in (polytope.vertices, polytope.incidence, polytope.facets.A):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


# -- dimension zero ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "point",
    [
        Polytope.from_points([[]]),
        Polytope.from_points([[], []], rays=[[]], lines=[[]]),
        Polytope.from_halfspaces([[]], [0]),
        Polytope.from_halfspaces(np.zeros((0, 0)), []),
        Polytope.from_halfspaces([[], []], [1, 2], [[]], [0]),
        Polytope.box(0, 1, dim=0),
    ],
)
def test_the_point_of_dimension_zero(point):
    counts = point.dimension, point.n_vertices, point.n_rays, point.n_facets, len(point.lines)
    assert counts == (0, 1, 0, 0, 0)
    assert point.vertices.shape == (1, 0)
    assert point.contains([[]]).tolist() == [True]
    assert point == Polytope.from_points([[]])


@pytest.mark.parametrize(
    "nothing",
    [
        Polytope.empty(0),
        Polytope.from_halfspaces([[]], [-1]),
        Polytope.from_halfspaces([[]], [1], [[]], [2]),
    ],
)
def test_nothing_of_dimension_zero(nothing):
    assert nothing.is_empty
    assert nothing.contains([[]]).tolist() == [False]
    assert nothing == Polytope.empty(0) != Polytope.from_points([[]])
