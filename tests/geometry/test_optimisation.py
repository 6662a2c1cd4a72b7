"""Linear optimisation: optima by brute force over vertices, proofs by duality in fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.optimisation import bounding_box, maximise, minimise, optimal_face
from polytropic.geometry.polytope import Polytope


def dot(row, column):
    return sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0))


def certify(polytope, objective, found):
    """Weak duality closes the gap, in fractions."""
    rows = [*found.constraints.exact_A.to_fractions(), *found.equations.exact_A.to_fractions()]
    sides = [*found.constraints.exact_b.to_fractions(), *found.equations.exact_b.to_fractions()]
    factors = [*found.multipliers.to_fractions(), *found.equation_multipliers.to_fractions()]
    assert all(f >= 0 for f in found.multipliers.to_fractions())
    total = [dot(factors, column) for column in zip(*rows, strict=True)]
    if found.status == "optimal":
        assert total == objective
        assert dot(factors, sides) == found.value == dot(objective, found.point.to_fractions())
        assert polytope.contains([found.point.to_fractions().tolist()]).all()
    else:
        assert not any(total)
        assert dot(factors, sides) < 0


@st.composite
def halfspaces(draw):
    d = draw(st.integers(1, 3))
    entry = st.integers(-3, 3)
    A = draw(st.lists(st.lists(entry, min_size=d, max_size=d), min_size=1, max_size=7))
    b = draw(st.lists(entry, min_size=len(A), max_size=len(A)))
    c = draw(st.lists(entry, min_size=d, max_size=d))
    return A, b, c


@settings(max_examples=150, deadline=None)
@given(halfspaces())
def test_both_descriptions_agree(data):
    A, b, c = data
    given_by_halfspaces = Polytope.from_halfspaces(A, b)
    found = maximise(given_by_halfspaces, c)
    assert "description" not in vars(given_by_halfspaces)  # nothing was converted
    twin = Polytope.from_halfspaces(A, b)
    if found.status == "empty":
        assert twin.is_empty
        certify(twin, [Fraction(0)] * len(c), found)
        return
    points = Polytope.from_points(twin.vertices_exact, twin.rays_exact, twin.lines_exact)
    other = maximise(points, c)
    assert (other.status, other.value) == (found.status, found.value)
    if found.status == "unbounded":
        for answer in (found, other):
            assert dot(c, answer.ray.to_fractions()) > 0
            assert all(dot(row, answer.ray.to_fractions()) <= 0 for row in A)
            assert twin.contains([answer.point.to_fractions().tolist()]).all()
        return
    certify(twin, [Fraction(x) for x in c], found)
    assert twin.contains([other.point.to_fractions().tolist()]).all()
    assert found.value == max(dot(c, v) for v in twin.vertices_exact.to_fractions())
    if not len(twin.lines):
        assert found.point.to_fractions().tolist() in twin.vertices_exact.to_fractions().tolist()


@settings(max_examples=60, deadline=None)
@given(halfspaces())
def test_optimal_faces(data):
    A, b, c = data
    polytope = Polytope.from_halfspaces(A, b)
    found = maximise(polytope, c)
    if found.status != "optimal":
        with pytest.raises(InputError):
            optimal_face(polytope, c)
        return
    face = optimal_face(polytope, c)
    points = Polytope.from_points(
        polytope.vertices_exact, polytope.rays_exact, polytope.lines_exact
    )
    assert face == optimal_face(points, c)
    if not len(polytope.lines):
        tied = [v for v in polytope.vertices_exact.to_fractions() if dot(c, v) == found.value]
        assert face.n_vertices == len(tied)


def test_klee_minty_cube_has_its_known_optimum():
    d = 8
    A = [[2 ** (i - j + 1) * (j < i) + (i == j) for j in range(d)] for i in range(d)]
    A += (-np.eye(d, dtype=int)).tolist()
    b = [5 ** (i + 1) for i in range(d)] + [0] * d
    best = maximise(Polytope.from_halfspaces(A, b), [2 ** (d - 1 - j) for j in range(d)])
    assert best.value == 5**d


def test_assignment_is_solved_by_a_permutation():
    # 12 x 12 matrices: 12! vertices, of which nobody enumerates any.
    n = 12
    rng = np.random.default_rng(0)
    cost = rng.integers(0, 1000, (n, n))
    sums = [np.kron(np.eye(n, dtype=int)[i], np.ones(n, dtype=int)) for i in range(n)]
    sums += [np.kron(np.ones(n, dtype=int), np.eye(n, dtype=int)[i]) for i in range(n)]
    birkhoff = Polytope.from_halfspaces(-np.eye(n * n, dtype=int), [0] * n * n, sums, [1] * 2 * n)
    best = maximise(birkhoff, cost.ravel())
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(cost, maximize=True)
    assert best.value == cost[rows, columns].sum()
    assert sorted(set(best.point.to_float())) == [0, 1]


def test_the_objective_may_be_fractions_floats_and_huge():
    box = Polytope.box(0, 1, dim=2)
    assert maximise(box, [Fraction(1, 3), -1]).value == Fraction(1, 3)
    assert maximise(box, [0.1, 2.0**-1000]).value == Fraction(0.1) + Fraction(1, 2**1000)
    assert maximise(box, [10**30 + 1, -1]).value == 10**30 + 1
    assert minimise(box, [10**30 + 1, -1]).value == -1


def test_dimension_zero_and_empty():
    point = Polytope.from_points(np.zeros((1, 0)))
    assert maximise(point, []).value == 0
    assert maximise(Polytope.from_halfspaces(np.zeros((1, 0)), [2]), []).value == 0
    for nothing in (Polytope.empty(2), Polytope.from_halfspaces([[1, 0], [-1, 0]], [0, -1])):
        assert maximise(nothing, [1, 1]).status == "empty"
        for question in (bounding_box, lambda p: optimal_face(p, [1, 0])):
            with pytest.raises(EmptyPolytopeError):
                question(nothing)
    with pytest.raises(EmptyPolytopeError):
        bounding_box(Polytope.empty(0))


def test_minimise_is_maximise_upside_down():
    simplex = Polytope.from_halfspaces([[-1, 0], [0, -1], [1, 1]], [0, 0, 1])
    assert minimise(simplex, [1, 2]).value == 0
    assert minimise(simplex, [-1, -2]).value == -2
    assert minimise(Polytope.from_halfspaces([[1, 0]], [0]), [1, 0]).status == "unbounded"


def test_the_point_is_a_vertex_even_when_inner_points_tie():
    square = Polytope.from_points([[1, 0.5], [1, 0], [1, 1], [0, 0], [0, 1], [1, 1]])
    assert maximise(square, [1, 0]).point.to_float().tolist() == [1, 0]


@pytest.mark.parametrize("kind", ["points", "halfspaces"])
def test_bounding_boxes(kind):
    points = np.array([[0, 0, 1], [3, -1, 1], [1, 5, 2]])
    hull = Polytope.from_points(points)
    if kind == "halfspaces":
        facets, equations = hull.facets, hull.equations
        hull = Polytope.from_halfspaces(
            facets.exact_A, facets.exact_b, equations.exact_A, equations.exact_b
        )
    low, high = bounding_box(hull)
    assert low.to_float().tolist() == points.min(axis=0).tolist()
    assert high.to_float().tolist() == points.max(axis=0).tolist()
    with pytest.raises(InputError, match="coordinate 1 is unbounded"):
        bounding_box(Polytope.from_halfspaces([[1, 0], [-1, 0]], [1, 1]))


def test_wrong_shapes_are_refused():
    with pytest.raises(InputError, match="objective must have shape"):
        maximise(Polytope.box(0, 1, dim=2), [1, 2, 3])
    with pytest.raises(InputError):
        maximise(Polytope.box(0, 1, dim=2), [1, np.nan])


def test_multipliers_of_a_fractional_objective():
    simplex = Polytope.from_halfspaces([[-1, 0], [0, -1], [3, 2]], [0, 0, 1])
    objective = [Fraction(1, 3), Fraction(5, 7)]
    certify(simplex, objective, maximise(simplex, objective))
