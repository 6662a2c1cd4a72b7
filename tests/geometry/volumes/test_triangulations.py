"""Triangulations: they cover, meet in faces, and are what their names say."""

from fractions import Fraction
from itertools import combinations, permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial import Delaunay

from polytropic.errors import BudgetError, InputError
from polytropic.geometry.operations import intersection
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.volumes.measure import volume
from polytropic.geometry.volumes.triangulations import (
    boundary_facets,
    delaunay_triangulation,
    is_triangulation,
    oriented,
    placing_triangulation,
    regular_triangulation,
    triangulation,
)

coordinate = st.integers(-3, 3)
SQUARE = [[0, 0], [0, 1], [1, 0], [1, 1]]


def clouds(d: int, least: int = 1, most: int = 8):
    point = st.lists(coordinate, min_size=d, max_size=d)
    return st.lists(point, min_size=least, max_size=most)


def sphere_sign(corners, point) -> int:
    """Sign of |x|^2 minus its affine interpolation at the corners: positive outside."""
    rows = np.array([[1, *c, sum(x * x for x in c)] for c in [*corners, point]], dtype=object)
    d = len(point)
    lower = np.array([[1, *c] for c in corners], dtype=object)
    sizes = [int(round_det(matrix)) for matrix in (rows, lower)]
    assert len(corners) == d + 1
    return (sizes[0] > 0) - (sizes[0] < 0) if sizes[1] > 0 else (sizes[0] < 0) - (sizes[0] > 0)


def round_det(matrix) -> int:
    """Determinant by its definition."""
    n, total = len(matrix), 0
    for p in permutations(range(n)):
        inversions = sum(a > b for a, b in combinations(p, 2))
        term = (-1) ** inversions
        for i, j in enumerate(p):
            term *= matrix[i, j]
        total += term
    return total


def is_face_to_face(points, simplices) -> bool:
    """By definition: every two simplices meet in the hull of their common corners; all cover."""
    if len({frozenset(s) for s in simplices}) < len(simplices):
        return False
    points = np.array(points, dtype=object)
    parts = [Polytope.from_points(points[list(s)]) for s in simplices]
    if any(part.dimension != len(s) - 1 for part, s in zip(parts, simplices, strict=True)):
        return False
    for (i, s), (j, t) in combinations(enumerate(simplices), 2):
        common = sorted(set(s) & set(t))
        meeting = intersection(parts[i], parts[j])
        if common:
            if meeting != Polytope.from_points(points[common]):
                return False
        elif not meeting.is_empty:
            return False
    return sum(volume(part) for part in parts) == volume(Polytope.from_points(points))


# -- the checker against the definition ----------------------------------------------------------
@given(clouds(2, least=3, most=6), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_checker_against_the_definition(points, random):
    assume(Polytope.from_points(points).dimension == 2)
    simplices = placing_triangulation(points).tolist()
    assert is_triangulation(points, simplices)
    assert is_face_to_face(points, simplices)
    broken = [list(s) for s in simplices]
    broken[0][random.randrange(3)] = random.randrange(len(points))
    if len(set(broken[0])) == 3:
        assert is_triangulation(points, broken) == is_face_to_face(points, broken)


def test_what_is_no_triangulation():
    assert is_triangulation(SQUARE, [[0, 1, 2], [1, 2, 3]])
    assert not is_triangulation(SQUARE, [[0, 1, 2]])  # does not cover
    assert not is_triangulation(SQUARE, [[0, 1, 2], [0, 1, 3]])  # overlaps
    assert not is_triangulation(SQUARE, [[0, 1, 2], [0, 1, 2]])  # twice the same
    assert not is_triangulation(SQUARE, [[0, 1, 1], [1, 2, 3]])
    assert not is_triangulation(SQUARE, np.zeros((0, 3), dtype=int))
    # Two halves of a square that disagree on their common edge: one splits it, one does not.
    points = [[0, 0], [0, 2], [2, 0], [2, 2], [1, 1]]
    assert not is_triangulation(points, [[0, 1, 2], [1, 3, 4], [2, 3, 4]])
    assert is_triangulation(points, [[0, 1, 4], [0, 2, 4], [1, 3, 4], [2, 3, 4]])
    # Covers twice, once with and once without the middles of the sides.
    points = [[0, 0], [4, 0], [0, 4], [2, 0], [0, 2], [2, 2]]
    fine = [[0, 3, 4], [1, 3, 5], [2, 4, 5], [3, 4, 5]]
    assert is_triangulation(points, fine)
    assert not is_triangulation(points, [[0, 1, 2], *fine])
    with pytest.raises(InputError, match=r"\(m, 3\)"):
        is_triangulation(SQUARE, [[0, 1]])
    with pytest.raises(InputError, match="0 to 3"):
        is_triangulation(SQUARE, [[0, 1, 4]])


# -- all kinds -----------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["pulling", "placing", "delaunay"])
@given(cloud=st.integers(1, 4).flatmap(lambda d: clouds(d, most=8)))
@settings(max_examples=50)
def test_polytopes_of_any_dimension(kind, cloud):
    p = Polytope.from_points(cloud)
    simplices = triangulation(p, kind)
    assert simplices.shape[1] == p.dimension + 1
    assert is_triangulation(p.vertices_exact, simplices)
    assert simplices.tolist() == sorted(sorted(s) for s in simplices.tolist())
    assert set(simplices.ravel().tolist()) == set(range(p.n_vertices))


@given(clouds(3, least=4, most=8))
@settings(max_examples=25)
def test_by_definition(cloud):
    p = Polytope.from_points(cloud)
    assume(p.dimension == 3)
    for kind in ("pulling", "placing", "delaunay"):
        simplices = triangulation(p, kind).tolist()
        assert is_face_to_face(p.vertices_exact.to_fractions(), simplices)


@given(clouds(3, least=1, most=8))
def test_pulling_means_pulling(cloud):
    """The first vertex is in every simplex, and so in every face it belongs to."""
    p = Polytope.from_points(cloud)
    simplices = triangulation(p)
    assert (simplices[:, 0] == 0).all()


@pytest.mark.parametrize("n", range(3, 9))
def test_polygons(n):
    p = Polytope.from_points([[t, t * t] for t in range(n)])
    for kind in ("pulling", "placing", "delaunay"):
        assert len(triangulation(p, kind)) == n - 2
    fan = triangulation(p)
    assert (fan[:, 0] == 0).all()


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5, 6])
def test_cubes_are_pulled_to_permutations(d):
    simplices = triangulation(Polytope.box(0, 1, dim=d))
    assert len(simplices) == factorial(d)
    assert is_triangulation(Polytope.box(0, 1, dim=d).vertices_exact, simplices)


# -- placing -------------------------------------------------------------------------------------
@given(clouds(2, least=1, most=8), st.randoms(use_true_random=False))
def test_placing_in_any_order(points, random):
    order = list(range(len(points)))
    random.shuffle(order)
    simplices = placing_triangulation(points, order)
    assert is_triangulation(points, simplices)
    first = next(i for i in order if i in set(simplices.ravel().tolist()))
    assert first == order[0]


def test_placing_beyond_the_widest_minors():
    points = np.vstack([np.zeros(11, int), np.eye(11, dtype=int), np.ones(11, dtype=int)])
    simplices = placing_triangulation(points)
    assert is_triangulation(points, simplices)
    # The last point sees the one facet that misses the origin.
    assert simplices.tolist() == [list(range(12)), list(range(1, 13))]


def test_placing_refuses():
    with pytest.raises(InputError, match="permutation"):
        placing_triangulation(SQUARE, [0, 1, 2, 2])
    with pytest.raises(InputError, match="at least one point"):
        placing_triangulation(np.zeros((0, 2)))
    with pytest.raises(BudgetError, match="max_simplices=1"):
        placing_triangulation(SQUARE, max_simplices=1)


# -- regular -------------------------------------------------------------------------------------
@given(st.integers(1, 3).flatmap(lambda d: clouds(d, least=1, most=8)), st.data())
def test_regular_ones_are_lower_hulls(points, data):
    """Every point lies on or above the affine function through the lifted corners of a cell."""
    lift = data.draw(st.lists(st.integers(-5, 5), min_size=len(points), max_size=len(points)))
    simplices = regular_triangulation(points, lift)
    assert is_triangulation(points, simplices)
    d = len(points[0])
    if simplices.shape[1] < d + 1:
        return
    for s in simplices.tolist():
        base = np.array([[1, *points[i]] for i in s], dtype=object)
        size = round_det(base)
        for j, point in enumerate(points):
            rows = np.array(
                [[1, *points[i], lift[i]] for i in s] + [[1, *point, lift[j]]], dtype=object
            )
            assert round_det(rows) * size >= 0


@given(clouds(2, least=3, most=9))
def test_delaunay_spheres_are_empty(points):
    assume(Polytope.from_points(points).dimension == 2)
    simplices = delaunay_triangulation(points)
    assert is_triangulation(points, simplices)
    used = {tuple(points[i]) for i in simplices.ravel().tolist()}
    assert used == {tuple(point) for point in points}
    for s in simplices.tolist():
        assert all(sphere_sign([points[i] for i in s], point) >= 0 for point in points)


@pytest.mark.parametrize(("n", "d"), [(60, 2), (40, 3), (25, 4)])
def test_generic_delaunay_against_qhull(n, d):
    points = np.random.default_rng(n).standard_normal((n, d))
    expected = sorted(sorted(s) for s in Delaunay(points).simplices.tolist())
    assert delaunay_triangulation(points).tolist() == expected


def test_delaunay_of_a_grid():
    """All squares are ties: every one becomes two triangles, and neighbours agree."""
    grid = [[x, y] for x in range(4) for y in range(5)]
    simplices = delaunay_triangulation(grid)
    assert len(simplices) == 2 * 3 * 4
    assert is_triangulation(grid, simplices)
    solid = list(np.ndindex(3, 3, 3))
    assert is_triangulation(solid, delaunay_triangulation(solid))


def test_heights():
    p = Polytope.from_points(SQUARE)
    assert triangulation(p, "regular", heights=[0, 1, 1, 0]).tolist() == [[0, 1, 3], [0, 2, 3]]
    assert triangulation(p, "regular", heights=[1, 0, 0, 1]).tolist() == [[0, 1, 2], [1, 2, 3]]
    # A height as small as can be decides.
    tiny = Fraction(1, 10**60)
    assert len(triangulation(p, "regular", heights=[0, tiny, 0, 0])) == 2
    assert [0, 3] in [s[::2] for s in triangulation(p, "regular", heights=[0, tiny, 0, 0]).tolist()]
    # Affine heights leave one cell, which is pulled.
    assert triangulation(p, "regular", heights=[0, 1, 2, 3]).tolist() == triangulation(p).tolist()
    pentagon = Polytope.from_points([[t, t * t] for t in range(5)])
    flat = triangulation(pentagon, "regular", heights=[0] * 5)
    assert flat.tolist() == triangulation(pentagon).tolist() == [[0, 1, 2], [0, 2, 3], [0, 3, 4]]
    with pytest.raises(InputError, match="4 points but 3 heights"):
        regular_triangulation(SQUARE, [0, 1, 2])
    with pytest.raises(InputError, match="heights="):
        triangulation(p, "regular")
    with pytest.raises(InputError, match="heights="):
        triangulation(p, "pulling", heights=[0, 0, 0, 0])


# -- orientation ---------------------------------------------------------------------------------
@given(st.integers(1, 3).flatmap(lambda d: clouds(d, least=d + 1, most=8)))
def test_boundaries_face_outward(points):
    p = Polytope.from_points(points)
    d = p.ambient_dimension
    assume(p.dimension == d)
    simplices = placing_triangulation(points)
    turned = oriented(points, simplices)
    rows = np.array([[1, *point] for point in points], dtype=object)
    assert all(round_det(rows[s]) > 0 for s in turned.tolist())
    # The divergence theorem for the field x: the boundary cones add up to the volume.
    facets = boundary_facets(points, simplices)
    if d > 1:
        total = -sum(round_det(np.vstack([rows[f], [1] + [0] * d])) for f in facets.tolist())
        assert Fraction(total, factorial(d)) == volume(p)
    for facet in facets.tolist():
        signs = [round_det(np.vstack([rows[facet], row])) for row in rows]
        assert max(signs) <= 0 or d == 1


def test_flat_simplices_have_no_orientation():
    with pytest.raises(InputError, match=r"simplices\[1\] is flat"):
        oriented([[0, 0], [1, 1], [2, 2], [0, 1]], [[0, 1, 3], [0, 1, 2]])


# -- refusals and ends ---------------------------------------------------------------------------
def test_what_cannot_be_triangulated():
    with pytest.raises(InputError, match="empty"):
        triangulation(Polytope.empty(2))
    with pytest.raises(InputError, match="bounded"):
        triangulation(Polytope.from_points([[0]], rays=[[1]]))
    with pytest.raises(InputError, match="kind"):
        triangulation(Polytope.box(0, 1, dim=2), "folding")
    with pytest.raises(BudgetError, match="720 simplices, more than max_simplices=700"):
        triangulation(Polytope.box(0, 1, dim=6), max_simplices=700)


def test_small_dimensions():
    point = Polytope.from_points([[5, 7]])
    nothing = Polytope.from_points(np.zeros((1, 0)))
    for kind in ("pulling", "placing", "delaunay"):
        assert triangulation(point, kind).tolist() == [[0]]
        assert triangulation(nothing, kind).tolist() == [[0]]
    assert placing_triangulation([[1, 1], [1, 1]]).tolist() == [[0]]
    assert delaunay_triangulation([[1, 1], [1, 1], [0, 0]]).tolist() == [[0, 2]]
