"""Facets: every engine against brute force and cddlib, and Qhull's proposals of any quality."""

import random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from polytropic.arithmetic import minors
from polytropic.arithmetic.linalg import integer_rows, rank
from polytropic.arithmetic.rows import Rows
from polytropic.arithmetic.signs import product_signs
from polytropic.engines import cdd, hulls, planar, wrapping
from tests import brute_force


def as_set(rows):
    return {tuple(row) for row in rows.tolist()}


def assert_is_hull(found, points):
    facets, incidence = found
    wanted = as_set(cdd.inequalities_of(points))
    assert as_set(facets) == wanted
    assert len(facets) == len(wanted)
    assert (incidence == (product_signs(facets, points) == 0)).all()


# -- the referee ---------------------------------------------------------------------------------
@st.composite
def generator_sets(draw, dimensions=(1, 2, 3)):
    d = draw(st.sampled_from(dimensions))
    entry = st.integers(-3, 3)
    heights = st.sampled_from([1, 1, 1, 2, 3])
    point = st.tuples(heights, *[entry] * d)
    rows = draw(st.lists(point, min_size=1, max_size=7))
    rows += [(0, *ray) for ray in draw(st.lists(st.tuples(*[entry] * d), max_size=2)) if any(ray)]
    assume(brute_force.rank(rows) == d + 1)
    return integer_rows(rows, d + 1)


@given(generator_sets())
def test_facets_of_points_and_rays_are_the_supporting_hyperplanes(rows):
    facets, incidence = hulls.facets(rows)
    assert as_set(facets) == brute_force.hull_facets(rows.tolist())
    assert len(facets) == len(as_set(facets))
    assert (incidence == (product_signs(facets, rows) == 0)).all()


@given(generator_sets(dimensions=(1,)), st.randoms())
def test_the_order_of_generators_on_a_line_does_not_matter(rows, shuffler):
    # Two opposite rays are no pointed cone, yet their hull has no end whatever comes first.
    shuffled = rows.tolist()
    shuffler.shuffle(shuffled)
    assert as_set(hulls.facets(integer_rows(shuffled, 2))[0]) == as_set(hulls.facets(rows)[0])


def test_a_point_has_no_facets():
    facets, incidence = hulls.facets(integer_rows([[3]], 1))
    assert (facets.shape, incidence.shape) == ((0, 1), (0, 1))


# -- the plane -----------------------------------------------------------------------------------
@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.integers(-4, 4), st.integers(-4, 4)),
        min_size=3,
        max_size=12,
    )
)
def test_polygons_with_points_at_any_height(rows):
    # (2, 4, 6), (1, 2, 3) are one point; three on a line and repeated corners are common here.
    assume(brute_force.rank(rows) == 3)
    found = planar.polygon_facets(integer_rows(rows, 3))
    assert as_set(found) == brute_force.hull_facets(rows)
    assert len(found) == len(as_set(found))


@given(st.lists(st.tuples(st.integers(-1, 1), st.integers(-1, 1)), min_size=3), st.integers(1, 90))
def test_polygons_that_floats_cannot_tell_from_lines(points, bits):
    rows = [(1, (x << bits) + y, ((x + y) << bits) + x) for x, y in points]
    assume(brute_force.rank(rows) == 3)
    assert as_set(planar.polygon_facets(integer_rows(rows, 3))) == brute_force.hull_facets(rows)


# -- Qhull proposes ------------------------------------------------------------------------------
def point_sets():
    """Point sets with non-simplicial facets, repeated, collinear and interior points, any scale."""
    rng = np.random.default_rng(7)
    cube = np.array(np.meshgrid(*[[-1, 0, 1]] * 3)).reshape(3, -1).T
    yield "cube with all its lattice points", cube
    yield "cube twice", np.vstack([cube, cube])
    yield "octahedron", np.vstack([np.eye(3), -np.eye(3), np.zeros((1, 3)), np.eye(3)])
    yield (
        "prism over a polygon",
        [[x, y, z] for x, y in [(0, 0), (2, 0), (3, 1), (2, 3), (0, 2), (1, 0)] for z in (0, 1, 2)],
    )
    yield "pyramid", [*([x, y, 0] for x in range(4) for y in range(4)), [1, 1, 5]]
    yield "sphere", np.round(rng.standard_normal((20, 3)) * 1000)
    yield "0/1 in dimension four", rng.integers(0, 2, (30, 4))
    yield "four-dimensional cross", np.vstack([np.eye(4), -np.eye(4), np.zeros((1, 4)), -np.eye(4)])
    yield (
        "product of triangles",
        [[*p, *q] for p in [(0, 0), (1, 0), (0, 1)] for q in [(0, 0), (1, 0), (0, 1)]] * 2,
    )
    yield "five-dimensional simplex", np.vstack([np.eye(5), np.zeros((1, 5)), np.eye(5)])
    yield (
        "half-cube in dimension five",
        [[(k >> i) & 1 for i in range(5)] for k in range(32) if k.bit_count() % 2 == 0],
    )
    yield "needle", [[x * 10**9, y, z * 10**4] for x, y, z in cube.tolist()]
    yield "nearly flat", [[x * 2**60, y * 2**60, x + z] for x, y, z in cube.tolist()]
    yield "beyond floats", [[x << 1100, y, z << 40] for x, y, z in cube.tolist()]


SETS = {name: [[int(x) for x in row] for row in rows] for name, rows in point_sets()}


def homogeneous(name, heights=(1,)):
    rows = [
        [heights[i % len(heights)], *(heights[i % len(heights)] * x for x in row)]
        for i, row in enumerate(SETS[name])
    ]
    return integer_rows(rows, len(rows[0]))


@pytest.mark.parametrize("name", SETS)
def test_hulls_are_complete_and_nothing_else(name):
    assert_is_hull(hulls.facets(homogeneous(name)), homogeneous(name))
    assert_is_hull(hulls.facets(homogeneous(name, (1, 6, 4))), homogeneous(name, (1, 6, 4)))


def proposals(n_points, size, honest, seed):
    """What a float program might come up with: always simplices, at times nonsense."""
    shuffler = random.Random(seed)
    anything = [[shuffler.randrange(n_points) for _ in range(size)] for _ in range(10)]
    yield "half of it", honest[::2]
    yield "all but one", honest[1:]
    yield "one simplex only", honest[:1]
    yield "one simplex twice", np.vstack([honest, honest[:1]])
    yield "garbage", np.array(anything)
    yield "garbage and truth", np.vstack([honest[::3], anything])
    yield "the same point throughout", np.zeros((3, size), dtype=int)
    yield "nothing", honest[:0]


@pytest.mark.parametrize("name", SETS)
def test_whatever_is_proposed_gift_wrapping_is_right_or_gives_up(name):
    points = homogeneous(name)
    honest = facet_simplices(points)
    n_proven = 0
    for what, simplices in proposals(len(points), points.shape[1] - 1, honest, len(name)):
        found = wrapping.wrapped_facets(points, np.asarray(simplices), brute_force_below)
        assert found is None or what != "nothing"
        if found is not None:
            n_proven += 1
            assert_is_hull(found, points)
    assert n_proven >= 4


def facet_simplices(points):
    """One simplex on every true facet."""
    simplices = []
    for row in product_signs(cdd.inequalities_of(points), points) == 0:
        chosen: list[int] = []
        for index in np.flatnonzero(row).tolist():
            if rank(points[[*chosen, index]]) == len(chosen) + 1:
                chosen.append(index)
        simplices.append(chosen)
    return np.array(simplices)


def brute_force_below(rows):
    """The facets of a facet, by cddlib alone, so that closure is tested on its own."""
    assert rank(rows) == rows.shape[1], "closure must ask about full-dimensional input only"
    facets = cdd.inequalities_of(rows) if rows.shape[1] > 2 else hulls.facets(rows)[0]
    return facets, product_signs(facets, rows) == 0


@pytest.mark.parametrize("name", SETS)
def test_gift_wrapping_from_a_single_facet(name):
    points = homogeneous(name)
    facets = cdd.inequalities_of(points)
    on_facet = product_signs(facets, points) == 0
    for start in (0, len(facets) - 1):
        chosen = slice(start, start + 1)
        found = wrapping._close(points, facets[chosen], on_facet[chosen], hulls.facets)
        assert_is_hull(found, points)


def test_closure_is_reached_when_floats_lose_the_last_bits(monkeypatch):
    # In floats every square of the lifted grid is flat; the exact one has a diagonal.
    grid = [(x, y) for x in range(11) for y in range(11)]
    points = integer_rows(
        [[1, x, y, (x * x + y * y << 60) + (7 * x + 3 * y + x * y) % 5] for x, y in grid], 4
    )
    found = hulls.cone_facets(Rows(None, points))
    assert found.report.engine == "wrapping"
    assert_is_hull((found.normals.integers(), found.members.toarray()), points)


@pytest.mark.parametrize("d", [3, 4, 5])
def test_hyperplanes_pass_through_their_points(d):
    rng = np.random.default_rng(d)
    points = integer_rows(rng.integers(-9, 9, (8, d + 1)).tolist(), d + 1)
    simplices = np.array([rng.permutation(8)[:d] for _ in range(6)])
    planes = minors.normals(np.ascontiguousarray(points[simplices].transpose(1, 2, 0))).T
    for normal, simplex in zip(planes, simplices, strict=True):
        rows = points[simplex].tolist()
        assert not any(brute_force.dot(normal, row) for row in rows)
        assert any(normal) == (brute_force.rank(rows) == d)


# -- from inequalities to generators -------------------------------------------------------------
def conditions(*rows):
    return integer_rows(rows, 3)


@pytest.mark.parametrize(
    ("inequalities", "equations", "points", "rays", "lines"),
    [
        ([], [], [(1, 0, 0)], [], 2),
        ([(5, 0, 0)], [], [(1, 0, 0)], [], 2),
        ([(0, 0, 0)], [], [(1, 0, 0)], [], 2),
        ([(-1, 0, 0)], [], [], [], 0),
        ([(0, 1, 0)], [], [(1, 0, 0)], [(0, 1, 0)], 1),
        ([(0, 1, 0), (0, 0, 1)], [], [(1, 0, 0)], [(0, 0, 1), (0, 1, 0)], 0),
        ([(0, 1, 0), (0, -1, 0)], [], [(1, 0, 0)], [], 1),
        ([(0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)], [], [(1, 0, 0)], [], 0),
        ([(-1, 1, 0), (0, -1, 0)], [], [], [], 0),
        ([(-1, 1, 0), (0, -1, 0), (0, 0, 1)], [], [], [], 0),
        ([], [(1, 0, 0)], [], [], 0),
        ([], [(0, 0, 0)], [(1, 0, 0)], [], 2),
        ([], [(-1, 1, 0), (-2, 1, 0)], [], [], 0),
        ([], [(-1, 2, 0), (-1, 2, 0), (-1, 0, 3)], [(6, 3, 2)], [], 0),
        ([(0, 0, 1)], [(-1, 1, 0)], [(1, 1, 0)], [(0, 0, 1)], 0),
    ],
)
def test_generators_of_degenerate_conditions(inequalities, equations, points, rays, lines):
    rows, lineality = cdd.generators_of(conditions(*inequalities), conditions(*equations))
    assert len(lineality) == lines
    found = sorted(tuple(row) for row in rows.tolist())
    if lines:
        assert bool(points) == any(row[0] for row in found)
    else:
        assert found == sorted([*points, *rays])


@given(st.lists(st.tuples(*[st.fractions(-2, 2, max_denominator=4)] * 3), max_size=6))
def test_emptiness_is_decided_exactly(rows):
    inequalities = [brute_force.primitive(row) for row in rows]
    generators, lineality = cdd.generators_of(conditions(*inequalities), conditions())
    assert bool(len(generators)) == bool(brute_force.domain_cones(2, inequalities))
    for row in generators.tolist():
        assert all(brute_force.dot(f, row) >= 0 for f in inequalities)
    for row in lineality.tolist():
        assert not any(brute_force.dot(f, row) for f in inequalities)
