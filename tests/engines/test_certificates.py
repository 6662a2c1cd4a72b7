"""The proof that simplices bound a convex hull: it accepts the truth and nothing else."""

import math
import random
from fractions import Fraction
from itertools import combinations

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.minors import normals, roundings
from polytropic.arithmetic.rows import Rows
from polytropic.arithmetic.signs import product_signs
from polytropic.engines import boundary_kernels, boundary_reference, cdd, qhull
from polytropic.engines.certificates import certify
from polytropic.engines.slices import take_slice
from tests import brute_force


def slice_of(points):
    points = np.asarray(points, dtype=np.float64)
    return take_slice(Rows(np.column_stack([np.ones(len(points)), points])))


def gaussian(n, d, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d))


# -- what is proposed is proven or refused -------------------------------------------------------
CUBE = np.array([[x, y, z] for x in (0, 1, 2) for y in (0, 1, 2) for z in (0, 1, 2)])
POINT_SETS = {
    "polygon": gaussian(30, 2),
    "tetrahedron": np.vstack([np.zeros(3), np.eye(3)]),
    "ball": gaussian(60, 3),
    "cube with all its lattice points": CUBE,
    "cube twice": np.vstack([CUBE, CUBE]),
    "needle": CUBE * np.array([2.0**40, 1.0, 2.0**-30]),
    "far away": gaussian(40, 3) + 1e6,
    "four": gaussian(40, 4),
    "half-cube": [[k >> i & 1 for i in range(5)] for k in range(32) if k.bit_count() % 2 == 0],
    "many inside": gaussian(700, 3),
    "five": gaussian(120, 5),
}


@pytest.mark.parametrize("name", POINT_SETS)
def test_a_proven_boundary_is_that_of_cddlib(name):
    points = slice_of(POINT_SETS[name])
    boundary = qhull.certified_boundary(points)
    assert boundary is not None
    rows = points.rows.integers()
    corners = np.unique(boundary.certificate.simplices)
    wanted = cdd.inequalities_of(rows[corners])
    facets = boundary.integers(np.arange(len(boundary.corners)))
    assert sorted(facets.tolist()) == sorted(wanted.tolist())
    assert (product_signs(facets, rows) >= 0).all()
    assert (boundary.members.toarray() == (product_signs(facets, rows) == 0)).all()


def mutations(simplices, neighbours, seed):
    """Proposals that are wrong in one place or in all."""
    chance = random.Random(seed)
    count, d = simplices.shape
    f, i = chance.randrange(count), chance.randrange(d)
    yield "one missing", simplices[1:], np.maximum(neighbours[1:] - 1, 0)
    other = simplices.copy()
    other[f, i] = chance.choice([v for v in np.unique(simplices) if v not in simplices[f]])
    yield "a wrong corner", other, neighbours
    other = neighbours.copy()
    other[f, i] = (other[f, i] + 1) % count
    yield "a wrong neighbour", simplices, other
    yield (
        "everything twice",
        np.vstack([simplices] * 2),
        np.vstack([neighbours, neighbours + count]),
    )
    yield "no such neighbour", simplices, np.full_like(neighbours, count)
    corners = np.unique(simplices).tolist()
    yield "garbage", np.array([chance.sample(corners, d) for _ in range(count)]), neighbours
    yield "corners repeated", np.zeros_like(simplices), neighbours


@pytest.mark.parametrize("name", ["ball", "four", "tetrahedron", "many inside", "five", "polygon"])
def test_mutated_proposals_are_refused(name):
    points = slice_of(POINT_SETS[name])
    proposal = qhull.propose(points.points)
    assert certify(*proposal[:2], points) is not None
    for seed in range(4):
        for what, simplices, neighbours in mutations(*proposal[:2], seed):
            if len(simplices) and not (name == "tetrahedron" and what == "a wrong corner"):
                assert certify(simplices, neighbours, points) is None, what


def test_the_hull_of_too_few_points_is_refused():
    points = slice_of(POINT_SETS["ball"])
    corners = ConvexHull(points.points).vertices
    for left_out in corners[:5]:
        kept = np.delete(np.arange(60), left_out)
        simplices, neighbours, _ = qhull.propose(points.points[kept])
        assert certify(kept[simplices], neighbours, points) is None


def closed_surface(faces):
    """Neighbours of the triangles of a closed surface."""
    across = {}
    for f, face in enumerate(faces):
        for i in range(len(face)):
            across.setdefault(frozenset(face[:i] + face[i + 1 :]), []).append((f, i))
    neighbours = np.zeros((len(faces), len(faces[0])), dtype=np.int64)
    for (f, i), (g, j) in across.values():
        neighbours[f, i], neighbours[g, j] = g, f
    return np.array(faces, dtype=np.int64), neighbours


def test_a_dent_is_refused():
    # An octahedron whose top is pushed below the middle: a closed surface, but not convex.
    points = [[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0], [0, 0, -0.25], [0, 0, -1]]
    ring = [(0, 1), (1, 2), (2, 3), (3, 0)]
    faces = [(*edge, apex) for apex in (4, 5) for edge in ring]
    assert certify(*closed_surface(faces), slice_of(points)) is None


def test_winding_twice_is_refused():
    # A double pyramid over a pentagram: convex at every edge, but it goes around twice.
    angles = 4 * math.pi * np.arange(5) / 5
    star = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(5)])
    points = np.vstack([star, [[0, 0, 1], [0, 0, -1]]])
    faces = [(i, (i + 1) % 5, apex) for apex in (5, 6) for i in range(5)]
    assert certify(*closed_surface(faces), slice_of(points)) is None
    angles = 2 * math.pi * np.arange(5) / 5
    points[:5, 0], points[:5, 1] = np.cos(angles), np.sin(angles)
    assert certify(*closed_surface(faces), slice_of(points)) is not None


def test_a_smaller_sheet_inside_is_refused():
    inner = np.vstack([np.zeros(3), np.eye(3)]) - 0.25
    points = np.vstack([inner, 3 * inner])
    faces = list(combinations(range(4), 3))
    both = [*faces, *(tuple(v + 4 for v in face) for face in faces)]
    assert certify(*closed_surface(both), slice_of(points)) is None
    assert certify(*closed_surface(both[4:]), slice_of(points)) is not None
    assert certify(*closed_surface(faces), slice_of(points)) is None


@given(st.integers(0, 2**32), st.sampled_from([2, 3, 4]), st.integers(1, 3))
def test_small_integer_points(seed, d, spread):
    points = np.random.default_rng(seed).integers(-spread, spread + 1, (9, d))
    rows = [(1, *map(int, row)) for row in points]
    if brute_force.rank(rows) < d + 1:
        return
    boundary = qhull.certified_boundary(slice_of(points))
    if boundary is not None:
        facets = boundary.integers(np.arange(len(boundary.corners)))
        assert {tuple(row) for row in facets.tolist()} == brute_force.hull_facets(rows)


@pytest.mark.parametrize("bits", [30, 50, 60, 80])
def test_points_that_floats_cannot_tell_from_a_plane(bits):
    # The last coordinate bends a grid by 2^-bits: every sign of convexity is a near tie.
    grid = [(x, y) for x in range(4) for y in range(4)]
    rows = [[3 << bits, 3 * x << bits, 3 * y << bits, x * x + y * y] for x, y in grid]
    rows += [[1, 1, 1, -5], [1, 1, 2, 5]]
    points = take_slice(Rows(None, integer_rows(rows, 4)))
    assert points.errors.any()
    boundary = qhull.certified_boundary(points)
    if boundary is not None:
        facets = boundary.integers(np.arange(len(boundary.corners)))
        wanted = cdd.inequalities_of(integer_rows(rows, 4))
        assert sorted(facets.tolist()) == sorted(wanted.tolist())


# -- compiled loops against the readable ones ----------------------------------------------------
@pytest.mark.parametrize("d", [2, 3, 4, 6])
@pytest.mark.parametrize("kind", ["floats", "integers", "errors"])
def test_compiled_loops_say_the_same(d, kind):
    points = gaussian(40, d, seed=d)
    if kind == "integers":
        points = np.rint(3 * points)
        points = np.unique(points, axis=0)
    whole = points if kind == "integers" else np.zeros((0, 0))
    errors = np.full(len(points), 2.0**-30) if kind == "errors" else np.zeros(len(points))
    simplices, neighbours, _ = qhull.propose(points)
    inside = points[np.unique(simplices)].mean(axis=0) + 1e-3
    fast, slow = boundary_kernels, boundary_reference
    far = slow.matched(simplices, neighbours)
    assert len(far) == len(simplices)
    assert np.array_equal(fast.matched(simplices, neighbours), far)
    planes = slow.planes(points, errors, simplices, whole, roundings(d))
    for one, two in zip(
        fast.planes(points, errors, simplices, whole, roundings(d)), planes, strict=True
    ):
        np.testing.assert_allclose(one, two, rtol=1e-9, atol=1e-12)
    given_to_facing = points, errors, simplices, neighbours, far, inside, *planes[:3], whole
    sides, corners = slow.facing(*given_to_facing, planes[3])
    again = fast.facing(*given_to_facing, planes[3])
    assert np.array_equal(again[0], sides)
    assert np.array_equal(again[1], corners)
    assert (kind == "errors") or not (sides == boundary_reference.OPEN).any()
    if kind != "errors":
        truth, flat = slow.folds(simplices, neighbours, far, sides, corners)
        once_more, flat_again = fast.folds(simplices, neighbours, far, sides, corners)
        assert (truth, once_more) == (True, True)
        assert np.array_equal(flat, flat_again)
        wrong = sides.copy()
        wrong[0] *= -1
        assert not slow.folds(simplices, neighbours, far, wrong, corners)[0]
        assert not fast.folds(simplices, neighbours, far, wrong, corners)[0]
    # A line inside meets the boundary twice; through a corner that cannot be told.
    corner = points[simplices[0, 0]]
    for loops in (fast, slow):
        assert loops.hits(points, errors, simplices, inside) == 2
        with np.errstate(invalid="ignore"):  # as where it is called
            assert loops.hits(points, errors, simplices, corner) == -1
        assert loops.hits(points, errors, simplices, corner + 100) == 0
    broken = neighbours.copy()
    broken[0, 0] = 0
    assert len(fast.matched(simplices, broken)) == len(slow.matched(simplices, broken)) == 0


def test_walks_find_the_points_near_the_boundary():
    points = np.random.default_rng(3).random((4000, 3))
    hull = ConvexHull(points)
    inside = np.full(3, 0.5)
    scaled = hull.equations[:, :3] / -(
        hull.equations[:, 3:] + hull.equations[:, :3] @ inside[:, None]
    )
    chosen = np.arange(len(points))
    arguments = points, chosen, inside, scaled, 0.9, 0.01, np.full(3, 0.1)
    neighbours = hull.neighbors.astype(np.int64)
    slow = boundary_reference.near_boundary(*arguments, neighbours, 1e-9)
    fast = boundary_kernels.near_boundary(*arguments, neighbours, 1e-9)
    assert np.array_equal(slow, fast)
    assert 100 < len(slow) < 3900
    extents = boundary_kernels.extents(points, chosen, inside)
    wanted = boundary_reference.extents(points, chosen, inside)
    assert np.array_equal(extents[0], wanted[0])
    assert extents[1] == pytest.approx(wanted[1])


# -- error bounds and rounding -------------------------------------------------------------------
@given(st.integers(0, 2**32), st.sampled_from([2, 3, 5]), st.integers(-8, 8))
def test_error_bounds_of_hyperplanes_hold(seed, d, power):
    rng = np.random.default_rng(seed)
    points = rng.standard_normal((d + 1, d)) * 2.0 ** rng.integers(-(power**2), power**2 + 1, d)
    simplices = np.arange(d)[None, :]
    errors = np.zeros(d + 1)
    normal, size, relative, _ = boundary_reference.planes(
        points, errors, simplices, np.zeros((0, 0)), roundings(d)
    )
    edge = points[d] - points[0]
    computed = float((normal[0] * edge).sum())
    exact = [[Fraction(x) for x in row] for row in points.tolist()]
    edges = [[x - y for x, y in zip(row, exact[0], strict=True)] for row in exact[1:]]
    entries = [[flint.fmpq(x.numerator, x.denominator) for x in row] for row in edges]
    determinant = flint.fmpq_mat(entries).det()
    truth = Fraction(int(determinant.p), int(determinant.q))
    length = np.abs(edge).sum()
    bound = size[0] * (length * (1 + 2.0**-50) * relative[0] + 2.0**-52 * length)
    assert abs(Fraction(computed) - truth) <= Fraction(bound)


@given(st.integers(0, 2**32), st.sampled_from([2, 3, 4, 6]))
def test_ratios_of_determinants_are_correctly_rounded(seed, width):
    from polytropic.arithmetic.double_double import cofactor_ratios

    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((6, width)) * 2.0 ** rng.integers(-3, 4, (6, 1))
    if seed % 3 == 0:
        rows = np.rint(rows * 4)
    exponents = rng.integers(-2, 3, width)
    simplices = np.array([rng.permutation(6)[: width - 1] for _ in range(4)])
    integers = Rows(np.ldexp(rows, exponents)).integers()
    planes = normals(np.ascontiguousarray(integers[simplices].transpose(1, 2, 0))).T.tolist()
    for lead in (0, -1):
        ratios, sure = cofactor_ratios(rows, exponents, simplices, lead, roundings(width - 1))
        for plane, ratio, is_sure in zip(planes, ratios.tolist(), sure.tolist(), strict=True):
            if is_sure:
                divisor = plane[0] if lead == 0 else abs(max(plane[1:], key=abs))
                wanted = [float(Fraction(entry, divisor)) for entry in plane]
                # Dividing by the largest entry leaves the sign of the whole row open.
                assert ratio == wanted or (lead == -1 and ratio == [-x for x in wanted])
    assert seed % 3 == 0 or sure.all()
