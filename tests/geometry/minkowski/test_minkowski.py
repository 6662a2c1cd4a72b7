"""Minkowski sums: against all sums of vertices through cddlib, and against known counts."""

from fractions import Fraction
from itertools import combinations, product
from math import comb, factorial

import cdd
import cdd.gmp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from polytropic import Polytope, Zonotope
from polytropic.arithmetic.numbers import exact
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.faces import edges
from polytropic.geometry.minkowski import judge as minkowski_judge
from polytropic.geometry.minkowski import kernels as minkowski_kernels
from polytropic.geometry.minkowski import minkowski_sum, minkowski_vertices
from polytropic.geometry.minkowski import proofs as minkowski_proofs
from polytropic.geometry.minkowski import reference as minkowski_reference
from polytropic.geometry.minkowski.directions import stars
from polytropic.geometry.minkowski.judge import NO, YES, Judge
from polytropic.geometry.minkowski.quotient import quotient

# -- inputs ----------------------------------------------------------------------------------------


def fractions(array):
    """Rows as tuples of fractions."""
    return [tuple(row) for row in array.to_fractions().tolist()]


def points(dimension, size=5):
    """A few small integer points; they may be equal, collinear, or one."""
    coordinate = st.integers(-3, 3)
    row = st.lists(coordinate, min_size=dimension, max_size=dimension)
    return st.lists(row, min_size=1, max_size=size)


@st.composite
def bounded_summands(draw, largest=3):
    """Up to three polytopes; the second may be the first one, moved or enlarged."""
    d = draw(st.integers(1, largest))
    first = np.array(draw(points(d)))
    parts = [first]
    if draw(st.booleans()):
        parts.append(first * draw(st.integers(1, 2)) + draw(st.integers(-1, 1)))
    if draw(st.booleans()):
        parts.append(np.array(draw(points(d, 4))))
    scale = draw(st.sampled_from([1, 0.1, 2.0**-400, Fraction(1, 3), 10**30]))
    return [Polytope.from_points(part.astype(object) * scale) for part in parts]


@st.composite
def any_summands(draw):
    """Two polyhedra that may have rays and lines."""
    d = draw(st.integers(1, 3))
    parts = []
    for _ in range(2):
        rays = draw(st.one_of(st.just([]), points(d, 2)))
        lines = draw(st.one_of(st.just([]), st.just([]), points(d, 1)))
        parts.append(Polytope.from_points(draw(points(d, 4)), rays, lines))
    return parts


def max_pooling(n):
    """Summands of 2 x 2 max-pooling of a 3 x n input."""
    unit = np.eye(3 * n, dtype=int)
    places = [3 * column + row for column in range(n - 1) for row in range(2)]
    return [Polytope.from_points(unit[[p, p + 1, p + 3, p + 4]]) for p in places]


def random_simplices(k, d, *, rng):
    return [Polytope.from_points(rng.integers(-1000, 1001, (d + 1, d))) for _ in range(k)]


# -- oracles ---------------------------------------------------------------------------------------


def all_sums(polytopes):
    """All sums of vertices, as fractions."""
    rows = [fractions(part.vertices_exact) for part in polytopes]
    return {tuple(map(sum, zip(*choice, strict=True))) for choice in product(*rows)}


def vertices_by_cdd(polytopes):
    """Vertices among all sums of vertices, by linear programs in rationals."""
    rows = [[1, *row] for row in sorted(all_sums(polytopes))]
    matrix = cdd.gmp.matrix_from_array(rows, rep_type=cdd.RepType.GENERATOR)
    cdd.gmp.matrix_canonicalize(matrix)
    return sorted(tuple(Fraction(x) for x in row[1:]) for row in matrix.array)


def sum_by_cdd(polytopes):
    """Sum from all sums of vertices, converted by cddlib."""
    rays, lines = (
        [row for part in polytopes for row in getattr(part, name).to_fractions().tolist()]
        for name in ("rays_exact", "lines_exact")
    )
    return Polytope.from_points(sorted(all_sums(polytopes)), rays, lines, engine="cdd")


def check_summands(found):
    """Every vertex is the sum that is claimed, and the only maximum of its normal, everywhere."""
    total = [
        tuple(map(sum, zip(*rows, strict=True)))
        for rows in zip(
            *(
                fractions(part.vertices_exact[choice])
                for part, choice in zip(found.polytopes, found.summands.T, strict=True)
            ),
            strict=True,
        )
    ]
    assert total == fractions(found.vertices_exact) == sorted(total)
    for part, choice in zip(found.polytopes, found.summands.T, strict=True):
        heights = (found.normals_exact @ part.vertices_exact.T).numerators
        if len(part.lines_exact):
            assert not (found.normals_exact @ part.lines_exact.T).numerators.any()
        if len(part.rays_exact):
            along = (found.normals_exact @ part.rays_exact.T).numerators
            in_sum = found.to_polytope().description.lineality
            assert (along <= 0).all()
            assert len(in_sum) or (along < 0).all()
        best = heights.max(axis=1)
        assert (heights[np.arange(len(choice)), choice] == best).all()
        if not len(found.to_polytope().description.lineality):
            assert ((heights == best[:, None]).sum(axis=1) == 1).all()


# -- laws ------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(bounded_summands())
def test_vertices_and_summands_of_bounded_sums(parts):
    found = minkowski_vertices(parts)
    assert fractions(found.vertices_exact) == vertices_by_cdd(parts)
    check_summands(found)


@settings(max_examples=60, deadline=None)
@given(any_summands())
def test_unbounded_sums(parts):
    found = minkowski_vertices(parts)
    truth = sum_by_cdd(parts)
    assert found.to_polytope() == truth == minkowski_sum(*parts)
    assert len(found) == truth.n_vertices
    check_summands(found)


@settings(max_examples=30, deadline=None)
@given(bounded_summands())
def test_edges_are_those_of_the_hull(parts):
    found = minkowski_vertices(parts)
    truth = edges(Polytope.from_points(found.vertices_exact))
    assert found.edges.tolist() == truth.tolist()


@settings(max_examples=30, deadline=None)
@given(any_summands())
def test_edges_of_unbounded_sums(parts):
    found = minkowski_vertices(parts)
    whole = found.to_polytope()
    if len(whole.description.lineality):
        return
    assert found.edges.tolist() == edges(whole).tolist()


@settings(max_examples=20, deadline=None)
@given(bounded_summands(), st.lists(st.integers(-9, 9), min_size=3, max_size=3))
def test_support_functions_add(parts, direction):
    u = direction[: parts[0].ambient_dimension]
    total = minkowski_sum(*parts, max_vertices=10**6)
    assert total.support(u) == sum(part.support(u) for part in parts)


@settings(max_examples=20, deadline=None)
@given(bounded_summands())
def test_nothing_is_decided_by_floats_alone(parts):
    def undecided(lists, which, more, which_more, flipped, guesses, *rest):
        d = guesses.shape[1]
        none = np.full((len(which), d + 2), -1)
        return np.zeros(len(which), np.int8), np.zeros((len(which), d)), none

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Judge, "_loop", lambda self: undecided)
        found = minkowski_vertices(parts)
        assert fractions(found.vertices_exact) == vertices_by_cdd(parts)
        check_summands(found)


@settings(max_examples=25, deadline=None)
@given(bounded_summands())
def test_compiled_loop_and_reference_agree(parts):
    patched = pytest.MonkeyPatch()
    results = []
    for loop in (minkowski_kernels.decide, minkowski_reference.decide):
        with patched.context() as patch:
            patch.setattr(Judge, "_loop", lambda self, loop=loop: loop)
            results.append(minkowski_vertices(parts))
    one, two = results
    assert one.summands.tolist() == two.summands.tolist()
    assert one.edges.tolist() == two.edges.tolist()


# -- known counts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "count"), [(2, 14), (3, 150), (4, 1536), (5, 15594)])
def test_max_pooling(n, count):
    assert len(minkowski_vertices(max_pooling(n))) == count


@pytest.mark.slow
def test_max_pooling_of_six_columns():
    assert len(minkowski_vertices(max_pooling(6))) == 158_050


def test_max_pooling_of_one_column_has_no_window():
    # No window at all: the sum of no summands is the origin, which nobody can place.
    with pytest.raises(InputError, match="at least one"):
        minkowski_vertices(max_pooling(1))


@pytest.mark.parametrize("n", [3, 4, 5])
def test_permutahedron_is_a_sum_of_segments(n):
    unit = np.eye(n, dtype=int)
    parts = [Polytope.from_points(unit[[i, j]]) for i, j in combinations(range(n), 2)]
    found = minkowski_vertices(parts)
    assert len(found) == factorial(n)
    assert sorted(found.vertices[0].tolist()) == list(range(n))
    assert len(found.edges) == factorial(n) * (n - 1) // 2


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_associahedron_is_a_sum_of_simplices(n):
    # Loday's realisation: one simplex for every interval of coordinates (Postnikov, section 8).
    unit = np.eye(n, dtype=int)
    parts = [Polytope.from_points(unit[i:j]) for i, j in combinations(range(n + 1), 2)]
    found = minkowski_vertices(parts)
    assert len(found) == comb(2 * n, n) // (n + 1)
    assert len(found.edges) == len(found) * (n - 1) // 2


@pytest.mark.parametrize(("m", "d"), [(6, 2), (8, 3), (7, 4), (6, 6)])
def test_generic_segments_reach_the_bound(m, d):
    rows = np.random.default_rng(m).integers(-1000, 1001, (m, d))
    parts = [Polytope.from_points([[0] * d, row]) for row in rows]
    found, zonotope = minkowski_vertices(parts), Zonotope(rows)
    assert len(found) == 2 * sum(comb(m - 1, j) for j in range(d))
    assert found.vertices_exact == zonotope.to_polytope().vertices_exact
    # A segment's vertices are sorted: the origin is the first one unless the other is smaller.
    added = [[tuple(row) > (0,) * d for row in rows.tolist()]]
    signs = np.where((found.summands == 1) == added, 1, -1)
    assert zonotope.vertex_at(signs) == found.vertices_exact
    assert {tuple(row) for row in signs} == {tuple(row) for row in zonotope.sign_vectors}


def test_zonotopes_with_parallel_generators():
    rows = [[1, 0, 0], [2, 0, 0], [-1, 0, 0], [0, 1, 1], [1, 1, 1], [0, 3, 3], [0, 0, 1]]
    parts = [Polytope.from_points([[0, 0, 0], row]) for row in rows]
    assert minkowski_vertices(parts).vertices_exact == Zonotope(rows).to_polytope().vertices_exact


@pytest.mark.parametrize(("k", "d"), [(4, 3), (3, 4)])
def test_random_simplices(k, d):
    parts = random_simplices(k, d, rng=np.random.default_rng(k))
    found = minkowski_vertices(parts)
    n_edges = k * comb(d + 1, 2)
    assert len(found) <= 2 * sum(comb(n_edges - 1, j) for j in range(d))
    assert found.to_polytope().n_vertices == len(found)
    check_summands(found)
    whole = minkowski_vertices([minkowski_sum(*parts[:2]), minkowski_sum(*parts[2:])])
    assert whole.vertices_exact == found.vertices_exact


@pytest.mark.parametrize(("n", "d"), [(60, 3), (25, 4)])
@pytest.mark.parametrize("kind", ["floats", "integers"])
def test_random_polytopes(n, d, kind):
    rng = np.random.default_rng(n)
    parts = rng.standard_normal((2, n, d))
    if kind == "integers":
        parts = np.rint(10_000 * parts)
    found = minkowski_vertices([Polytope.from_points(part) for part in parts])
    hull = ConvexHull((parts[0][:, None] + parts[1]).reshape(-1, d))
    assert sorted(hull.points[hull.vertices].tolist()) == pytest.approx(found.vertices)
    assert minkowski_vertices(list(found.polytopes)[::-1]).vertices_exact == found.vertices_exact
    assert found.to_polytope().n_vertices == len(found)
    directions = rng.integers(-99, 100, (50, d)).tolist()
    for u in directions:
        best = max((found.vertices_exact @ exact(u)).to_fractions().tolist())
        assert best == sum(part.support(u) for part in found.polytopes)


# -- special summands ------------------------------------------------------------------------------


def test_nearly_parallel_edges_stay_two_edges():
    exactly = Polytope.from_points([[0, 0], [1, 0.3]])
    nearly = Polytope.from_points([[0, 0], [1, 0.1 + 0.2]])
    assert len(minkowski_vertices([exactly, nearly])) == 4
    assert len(minkowski_vertices([exactly, exactly])) == 2
    twice = Polytope.from_points([[0, 0], [2, 0.6]])
    assert len(minkowski_vertices([exactly, twice])) == 2


def test_thin_normal_cones():
    # Facets that are all but coplanar: floats cannot tell on which side a function must lie.
    tent = Polytope.from_points([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 2.0**-60]])
    parts = [tent, Polytope.from_points([[0, 0, 0], [0, 0, 1]])]
    found = minkowski_vertices(parts)
    assert fractions(found.vertices_exact) == vertices_by_cdd(parts)
    check_summands(found)


def test_normal_cones_without_a_float():
    # The normal at the middle vertex has a slope that is just above 1/3, by 2^-120.
    third, tiny = Fraction(1, 3), Fraction(1, 2**120)
    bow = Polytope.from_points([[0, 0], [1, third], [2, 2 * third + tiny], [0, 9]])
    found = minkowski_vertices([bow, Polytope.box(0, 1, dim=2)])
    assert fractions(found.vertices_exact) == vertices_by_cdd(found.polytopes)
    assert len(found) == 7
    check_summands(found)


def test_scales_do_not_matter():
    rng = np.random.default_rng(3)
    one, two = rng.integers(-9, 10, (2, 12, 3)).astype(float)
    plain = minkowski_vertices([Polytope.from_points(one), Polytope.from_points(two)])
    for factor in (2.0**-500, 2.0**400):
        axes = np.array([factor, 1, 1])
        scaled = [Polytope.from_points(part * axes) for part in (one, two)]
        assert minkowski_vertices(scaled).summands.tolist() == plain.summands.tolist()


def test_points_translate():
    square, point = Polytope.box(0, 1, dim=2), Polytope.from_points([[Fraction(1, 3), 5]])
    found = minkowski_vertices([point, square, point])
    assert fractions(found.vertices_exact)[0] == (Fraction(2, 3), 10)
    assert found.summands.tolist() == [[0, i, 0] for i in range(4)]
    assert len(found.edges) == 4


def test_only_points():
    found = minkowski_vertices([Polytope.from_points([[1, 2]]), Polytope.from_points([[3, 4]])])
    assert found.vertices.tolist() == [[4, 6]]
    assert found.summands.tolist() == [[0, 0]]
    assert found.edges.shape == (0, 2)
    assert found.normals_exact.shape == (1, 2)


def test_dimension_zero():
    point = Polytope.from_points(np.zeros((1, 0)))
    found = minkowski_vertices([point, point])
    assert found.vertices.shape == (1, 0)
    assert found.normals_exact.shape == (1, 0)
    assert minkowski_sum(point, point) == point


def test_cones_and_lines():
    up, down = (Polytope.from_points([[0, 0]], [[0, s]]) for s in (1, -1))
    square = Polytope.box(0, 1, dim=2)
    assert minkowski_vertices([square, up]).vertices.tolist() == [[0, 0], [1, 0]]
    strip = minkowski_vertices([square, up, down])
    assert len(strip) == 2
    assert strip.to_polytope().lines.tolist() == [[0, 1]]
    plane = minkowski_vertices([square, Polytope.from_points([[0, 0]], lines=[[1, 0], [0, 1]])])
    assert len(plane) == 1
    assert plane.to_polytope().n_facets == 0


def test_empty_summands():
    square, nothing = Polytope.box(0, 1, dim=2), Polytope.empty(2)
    found = minkowski_vertices([square, nothing])
    assert len(found) == 0
    assert found.summands.shape == (0, 2)
    assert found.vertices.shape == found.normals_exact.shape == (0, 2)
    assert found.edges.shape == (0, 2)
    assert found.to_polytope().is_empty
    assert minkowski_sum(nothing, square).is_empty


def test_one_summand_is_itself():
    cube = Polytope.box(0, 1, dim=3)
    found = minkowski_vertices([cube])
    assert found.vertices_exact == cube.vertices_exact
    assert found.summands[:, 0].tolist() == list(range(8))
    assert minkowski_sum(cube) == cube


def test_large_and_small_sums_are_the_same():
    rng = np.random.default_rng(5)
    parts = [Polytope.from_points(rng.integers(-50, 51, (30, 3))) for _ in range(2)]
    small = [Polytope.from_points(rng.integers(-5, 6, (6, 3))) for _ in range(2)]
    for pair in (parts, small):
        by_walk = minkowski_sum(*pair, max_vertices=10**6)
        assert minkowski_sum(*pair) == by_walk == sum_by_cdd(pair)


# -- budgets and refusals --------------------------------------------------------------------------


def test_budget():
    parts = random_simplices(6, 3, rng=np.random.default_rng(0))
    size = len(minkowski_vertices(parts))
    assert len(minkowski_vertices(parts, max_vertices=size)) == size
    with pytest.raises(BudgetError, match="max_vertices"):
        minkowski_vertices(parts, max_vertices=size - 1)
    with pytest.raises(BudgetError):
        minkowski_sum(*parts, max_vertices=3)


def test_progress_and_interruption():
    parts = random_simplices(4, 3, rng=np.random.default_rng(1))
    counts = []
    found = minkowski_vertices(parts, progress=counts.append)
    assert counts[0] == 4
    assert counts[-1] == len(found)

    def stop(count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        minkowski_vertices(parts, progress=stop)


def test_wrong_inputs():
    with pytest.raises(InputError, match="at least one"):
        minkowski_sum()
    with pytest.raises(InputError, match="different dimensions"):
        minkowski_vertices([Polytope.box(0, 1, dim=1), Polytope.box(0, 1, dim=2)])


def test_repr():
    assert repr(minkowski_vertices([Polytope.box(0, 1, dim=2)])) == (
        "MinkowskiVertices(4 vertices of a sum of 1 polyhedra in dimension 2)"
    )


# -- tests of tests --------------------------------------------------------------------------------


def judge_of(rows):
    """Judge over segments from the origin, and the directed line along each of them."""
    parts = [Polytope.from_points([[0] * len(rows[0]), row]) for row in rows]
    given_stars = stars(quotient(parts))
    along = []
    for part, star in zip(parts, given_stars.summands, strict=True):
        origin = next(i for i, v in enumerate(part.vertices.tolist()) if not any(v))
        along.append(int(star.lines[star.starts[origin]]))
    return Judge(given_stars.directions), along


@pytest.mark.parametrize("loop", [minkowski_kernels.decide, minkowski_reference.decide])
@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ([[1, 0], [0, 1], [-1, -1]], NO),
        ([[1, 0], [0, 1], [-1, 1]], YES),
        ([[1, 0], [0, 1], [-1, 2.0**-40]], YES),
        ([[1, 0], [0, 1], [-1, 2.0**-70]], YES),
        ([[1, 0], [0, 1], [-1, -(2.0**-70)]], NO),
        ([[0.1, 0.2], [0.3, -0.7], [-0.5, 0.1]], NO),
        ([[0.1, 0.2, 0], [0.3, -0.7, 0], [-0.5, 0.1, 0], [0, 0, 0.1]], NO),
        ([[3, 1, 0], [1, 5, 7], [-2, 1, 3], [-2, -7, -10]], NO),
        ([[10**30, 1], [-(10**30), 1], [1, 10**20]], YES),
    ],
)
def test_verdicts(rows, verdict, loop, monkeypatch):
    monkeypatch.setattr(Judge, "_loop", lambda self: loop)
    judge, along = judge_of(rows)
    lists = np.array([0, len(along)]), np.array(along, dtype=np.int32)
    none = np.zeros(2, np.int64), np.zeros(0, np.int32)
    zero = np.zeros(1, np.int64)
    guess = np.zeros((1, judge.directions.dimension))
    verdicts, normals, rounded = judge.ask(lists, zero, none, zero, guess)
    assert verdicts.tolist() == [verdict]
    if verdict == YES and not len(rounded):
        heights = exact(normals) @ exact(judge.directions.integers(along)).T
        assert (heights.numerators > 0).all()
    assert (judge.exact_normal(along) is None) == (verdict == NO)


@pytest.mark.parametrize(
    ("weights", "verdict"), [((2, 1, 1), True), ((4, 2, 2), True), ((1, 1, 1), False)]
)
def test_integers_prove_cancellation(weights, verdict):
    rows = np.array([[1, 2], [-1, -3], [-1, -1]])
    if weights == (4, 2, 2):
        rows[1:] = [[-2, -4], [-2, -4]]
        weights = (4, 1, 1)
    heavy = weights * np.linalg.norm(rows, axis=1)  # the weights of vectors of length one
    assert minkowski_reference._cancels_in_integers(rows, heavy, np.eye(2)) == verdict
    support = np.array([0, 2, 4])
    for shift in (0, 1):  # all three directions, and all three opposite ones
        compiled = minkowski_proofs.cancels_in_integers
        assert compiled(support + shift, heavy, 3, np.eye(2), rows) == verdict


@pytest.mark.parametrize(
    ("last", "radius", "verdict"),
    [
        ([-1, -1], 0, True),
        ([-1, -1], 2.0**-53, True),
        ([-1, -(2.0**-30)], 2.0**-53, True),
        ([-1, -(2.0**-30)], 2.0**-30, False),
        ([-1, -(2.0**-60)], 2.0**-53, False),
        ([-1, 2.0**-60], 2.0**-53, False),
        ([-1, 2.0**-20], 0, False),
        ([-1, 1], 0, False),
        ([-1, 0], 0, False),
    ],
)
def test_error_bounds_prove_cancellation(last, radius, verdict):
    rows, radii = np.array([last, [1, 0], [0, 1]], dtype=float), np.array([radius, 0, 0])
    assert minkowski_reference._cancels(rows, radii) == verdict
    for shift in (0, 1):
        support = np.array([0, 2, 4, -1]) + shift
        assert minkowski_proofs.cancels(support, rows, radii) == verdict
    flat = np.array([[1.0, 1.0], [1.0, 1.0], [-1.0, -1.0]])
    assert not minkowski_reference._cancels(flat, radii)
    assert not minkowski_proofs.cancels(np.array([0, 2, 4]), flat, radii)


def test_wrong_proposals_do_no_harm(monkeypatch):
    judge, along = judge_of([[1, 0], [0, 1], [-1, 1]])
    assert not judge._cancels(tuple(along))
    assert minkowski_judge.Judge._settle(judge, along, along)[0] == YES
