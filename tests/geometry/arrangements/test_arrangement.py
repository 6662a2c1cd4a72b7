"""The class: published counts, brute force in fractions, laws, other engines, odd input."""

import math
import pickle
from fractions import Fraction
from itertools import combinations, product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import HyperplaneArrangement, Polytope
from polytropic.errors import BudgetError, InputError
from tests.brute_force import affine_regions, rank

FEW = settings(max_examples=25, deadline=None)


def differences(n, shifts):
    """Hyperplanes x_i - x_j = s, i < j."""
    rows, right = [], []
    for i, j in combinations(range(n), 2):
        for shift in shifts:
            rows.append([(k == i) - (k == j) for k in range(n)])
            right.append(shift)
    return HyperplaneArrangement(np.array(rows).reshape(len(rows), n), right)


@st.composite
def small(draw, most=5, largest=3):
    d = draw(st.integers(1, largest))
    m = draw(st.integers(0, most))
    entry = st.integers(-2, 2)
    A = draw(st.lists(st.lists(entry, min_size=d, max_size=d), min_size=m, max_size=m))
    b = draw(st.lists(entry, min_size=m, max_size=m))
    return HyperplaneArrangement(np.array(A, dtype=int).reshape(m, d), b)


def side(arrangement, i, x):
    row = arrangement.A_exact.to_fractions()[i]
    value = sum((a * y for a, y in zip(row, x, strict=True)), Fraction(0))
    value -= arrangement.b_exact.to_fractions()[i]
    return (value > 0) - (value < 0)


def realised(arrangement):
    """Whether the interior points have the sign vectors of their chambers, in fractions."""
    points = arrangement.interior_points_exact.to_fractions().tolist()
    signs = arrangement.sign_vectors.unpacked().tolist()
    return all(
        [side(arrangement, i, x) for i in range(arrangement.n_rows)] == row
        for x, row in zip(points, signs, strict=True)
    )


# -- published numbers ---------------------------------------------------------------------------
@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_shi(n):
    shi = differences(n, [0, 1])
    assert len(shi.chambers) == shi.count() == (n + 1) ** (n - 1)
    assert len(shi.relatively_bounded_chambers) == shi.n_relatively_bounded == (n - 1) ** (n - 1)
    assert len(shi.bounded_chambers) == shi.n_bounded == 0
    assert len(shi.essentialize().arrangement.bounded_chambers) == (n - 1) ** (n - 1)


@pytest.mark.parametrize(("n", "count"), [(2, 2), (3, 7), (4, 36), (5, 246)])
def test_linial(n, count):
    assert len(differences(n, [1]).chambers) == differences(n, [1]).count() == count


@pytest.mark.parametrize("n", [2, 3, 4])
def test_catalan(n):
    catalan = math.comb(2 * n, n) // (n + 1)
    assert len(differences(n, [-1, 0, 1]).chambers) == math.factorial(n) * catalan


@pytest.mark.parametrize(("n", "count"), [(2, 3), (3, 19), (4, 183)])
def test_semiorders(n, count):
    assert len(differences(n, [-1, 1]).chambers) == count


def test_worked_example():
    normals = np.array([[-1, 1, 1, 0], [1, 0, 1, 1]]).T
    lines = HyperplaneArrangement(normals, [1, 0, 1, 0])
    assert len(lines.chambers) == 10
    assert lines.betti_numbers == [1, 4, 5]
    assert lines.characteristic_polynomial == [1, -4, 5]


@pytest.mark.parametrize(("m", "d"), [(3, 1), (6, 2), (7, 3), (7, 4), (3, 4)])
def test_generic(m, d):
    """Buck: faces of every dimension, and bounded chambers."""
    rng = np.random.default_rng(m * d)
    found = HyperplaneArrangement(rng.standard_normal((m, d)), rng.standard_normal(m))
    assert found.is_generic
    assert found.is_simple
    faces = [
        math.comb(m, d - k) * sum(math.comb(m - d + k, i) for i in range(k + 1))
        if m >= d - k
        else 0
        for k in range(d + 1)
    ]
    assert found.f_vector == faces
    assert len(found.bounded_chambers) == found.n_bounded == math.comb(m - 1, d)
    assert len(found.vertices) == math.comb(m, d)
    assert realised(found)


# -- brute force ---------------------------------------------------------------------------------
@FEW
@given(small())
def test_chambers(arrangement):
    A, b = arrangement.A_exact.to_fractions(), arrangement.b_exact.to_fractions()
    count = affine_regions(A.tolist(), b.tolist())
    assert len(arrangement.chambers) == arrangement.count() == count
    assert len({tuple(row) for row in arrangement.sign_vectors.unpacked().tolist()}) == count
    assert realised(arrangement)
    where = arrangement.locate(arrangement.interior_points_exact)
    assert where.tolist() == list(range(count))


@FEW
@given(small(most=5, largest=3))
def test_bounded_is_what_polytopes_say(arrangement):
    for chamber, flag in zip(arrangement.chambers, arrangement.chambers.is_bounded, strict=True):
        assert chamber.to_polytope().is_bounded == flag
    relative = arrangement.chambers.is_relatively_bounded
    essential = arrangement.essentialize().arrangement
    found = essential.chambers.find(arrangement.sign_vectors)
    assert (essential.chambers.is_bounded[found] == relative).all()
    assert relative.sum() == arrangement.n_relatively_bounded


@FEW
@given(small())
def test_laws_of_deletion_restriction_and_cone(arrangement):
    count = len(arrangement.chambers)
    assert len(arrangement.cone().chambers) == 2 * count
    assert arrangement.cone().betti_numbers[1] == arrangement.n_hyperplanes + 1
    for i, row in enumerate(arrangement.A_exact.numerators.tolist()):
        if not any(row):
            with pytest.raises(InputError, match="no hyperplane"):
                arrangement.restriction(i)
            assert len(arrangement.deletion(i).chambers) == count
            continue
        inside = arrangement.restriction(i)
        below = arrangement.deletion(i)
        assert count == len(below.chambers) + len(inside.arrangement.chambers)
        lifted = inside.embed(inside.arrangement.interior_points_exact)
        assert arrangement.signs(lifted) == inside.arrangement.sign_vectors
        assert i in inside.containing


@FEW
@given(small(most=6))
def test_flats_and_vertices(arrangement):
    """Intersections of all subsets, by ranks in fractions."""
    d = arrangement.ambient_dimension
    lifted = arrangement.lifted.to_fractions().tolist()
    real = [i for i, row in enumerate(lifted) if any(row[:-1])]
    expected = {}
    for size in range(len(real) + 1):
        for chosen in combinations(real, size):
            rows = [lifted[i] for i in chosen]
            k = rank(rows)
            if k == rank([row[:-1] for row in rows]):
                closure = tuple(i for i in real if rank([*rows, lifted[i]]) == k)
                expected.setdefault(d - k, set()).add(closure)
    for k in range(d + 1):
        flats = arrangement.flats(k)
        assert len({flat.hyperplanes for flat in flats}) == len(flats)
        assert {flat.hyperplanes for flat in flats} == expected.get(k, set())
        for flat in flats:
            assert len(flat.directions) == k
            assert len(flat.equations) == flat.rank
            signs = arrangement.signs(flat.origin.reshape(1, -1))[0]
            assert not signs[list(flat.hyperplanes)].any()
            local = arrangement.localization(flat)
            assert local.rows == flat.hyperplanes
            assert local.arrangement.is_central
    vertices = arrangement.vertices
    through = {vertices.hyperplanes(i) for i in range(len(vertices))}
    assert through == (expected.get(0, set()))
    at = arrangement.signs(vertices.points_exact).unpacked()
    for i, row in enumerate(at):
        assert tuple(j for j in real if not row[j]) == vertices.hyperplanes(i)


@FEW
@given(small(most=5, largest=3))
def test_position(arrangement):
    """Simple and generic by looking at all subsets."""
    d = arrangement.ambient_dimension
    lifted = {}
    for row in arrangement.lifted.to_fractions().tolist():
        if any(row[:-1]):
            lead = next(x for x in row if x)
            lifted[tuple(x / lead for x in row)] = row
    simple = generic = True
    for size in range(len(lifted) + 1):
        for rows in combinations(lifted.values(), size):
            whole, flat = rank(list(rows)), rank([row[:-1] for row in rows])
            simple &= whole > flat or flat == size
            generic &= size > d or whole == flat
    assert bool(arrangement.is_simple) == simple
    assert bool(arrangement.is_generic) == (simple and generic)
    assert arrangement.is_central == (
        rank(list(lifted.values())) == rank([row[:-1] for row in lifted.values()])
    )


# -- adjacency -----------------------------------------------------------------------------------
@FEW
@given(small())
def test_adjacency(arrangement):
    """Neighbours are the pairs whose closures share a facet: as many as facets of polytopes."""
    adjacency = arrangement.adjacency
    count = len(arrangement.chambers)
    graph = nx.Graph(adjacency.pairs.tolist())
    graph.add_nodes_from(range(count))
    assert nx.is_connected(graph)
    assert nx.is_bipartite(graph)
    assert (adjacency.matrix.sum(axis=1) == adjacency.n_walls).all()
    for chamber in arrangement.chambers:
        facets = chamber.to_polytope().facets
        assert len(facets) == len(chamber.walls) == len(chamber.neighbours)
        normals = {tuple(abs(x) for x in row) for row in facets.exact_A.numerators.tolist()}
        for wall, other in zip(chamber.walls, chamber.neighbours, strict=True):
            line = arrangement.A_exact.numerators[wall].tolist()
            common = math.gcd(*line)
            assert any(tuple(abs(x) * k // common for x in line) in normals for k in range(1, 20))
            apart = np.flatnonzero(chamber.sign_vector != other.sign_vector)
            plane = arrangement.planes.member[1:]
            assert (plane[apart] == plane[wall]).all()
            assert wall in apart


# -- floats, scales, odd input -------------------------------------------------------------------
def test_near_parallels_and_scales():
    for gap in (1e-7, 1e-10, 2.0**-60):
        rows = [[1, 0], [1, gap], [0, 1], [1, 1]]
        lines = HyperplaneArrangement(rows, [0, 1, 0, 0.25])
        assert len(lines.chambers) == 11
        assert realised(lines)
        assert len(lines.bounded_chambers) == lines.n_bounded == 3
    lines = HyperplaneArrangement([[1, 0], [0, 1], [1, 1], [1, 0]], [0, 0, 1, 1])
    factors = np.array([2.0**900, 2.0**-900, 2.0**-500, 2.0**700])
    scaled = HyperplaneArrangement(lines.A * factors[:, None], lines.b * factors)
    assert set(map(tuple, scaled.sign_vectors)) == set(map(tuple, lines.sign_vectors))
    assert scaled.f_vector == lines.f_vector
    assert realised(scaled)
    assert len(scaled.bounded_chambers) == len(lines.bounded_chambers) == lines.n_bounded
    assert len(scaled.vertices) == len(lines.vertices)


def test_fractions_meet_exactly():
    third = Fraction(1, 3)
    exactly = HyperplaneArrangement([[1, 0], [0, 1], [1, 1]], [third, third, 2 * third])
    nearly = HyperplaneArrangement([[1, 0], [0, 1], [1, 1]], [0.1, 0.2, 0.3])
    assert (len(exactly.chambers), len(nearly.chambers)) == (6, 7)
    assert exactly.is_central
    assert not nearly.is_central
    assert exactly.vertices.points_exact.to_fractions().tolist() == [[third, third]]


@pytest.mark.parametrize(
    ("A", "b", "signs", "faces"),
    [
        (np.zeros((0, 2)), None, [[]], [0, 0, 1]),
        (np.zeros((0, 0)), None, [[]], [1]),
        (np.zeros((2, 0)), [1, 0], [[-1, 0]], [1]),
        ([[0, 0], [0, 0]], [-1, 0], [[1, 0]], [0, 0, 1]),
        ([[1], [1], [-2]], [0, 1, 0], [[-1, -1, 1], [1, -1, -1], [1, 1, -1]], [2, 3]),
        ([[0, 3], [0, 0]], None, [[-1, 0], [1, 0]], [0, 1, 2]),
    ],
)
def test_degenerate_by_definition(A, b, signs, faces):
    found = HyperplaneArrangement(A, b)
    assert sorted(found.sign_vectors.unpacked().tolist()) == signs
    assert found.f_vector == faces
    assert found.count() == len(signs)
    assert realised(found)
    assert found.locate(found.interior_points_exact).tolist() == list(range(len(signs)))
    assert len(found.cone().chambers) == 2 * len(signs)


def test_value():
    lines = HyperplaneArrangement([[1, 0], [0, 1]], [0, 1])
    same = HyperplaneArrangement([[Fraction(1), 0], [0, 1.0]], [0, 1])
    assert lines == same
    assert hash(lines) == hash(same)
    assert lines != HyperplaneArrangement([[1, 0], [0, 1]])
    lines.chambers.is_bounded  # noqa: B018
    assert pickle.loads(pickle.dumps(lines)) == lines
    assert pickle.loads(pickle.dumps(lines.chambers)).signs == lines.chambers.signs
    assert HyperplaneArrangement([[1, 2]]) == HyperplaneArrangement([[1, 2]], [0])
    assert "2 affine rows in dimension 2" in repr(lines)


def test_blocks_and_budgets():
    lines = HyperplaneArrangement([[1, 0], [0, 1], [1, 1]], [0, 0, 1])
    blocks = list(lines.iter_blocks(3))
    assert sum(len(block) for block in blocks) == 7
    assert len(blocks) > 1
    assert {tuple(v) for b in blocks for v in b} == set(map(tuple, lines.sign_vectors))
    fresh = HyperplaneArrangement([[1, 0], [0, 1], [1, 1]], [0, 0, 1])
    with pytest.raises(BudgetError, match="6"):
        fresh.list_chambers(max_chambers=6)
    assert len(fresh.list_chambers(max_chambers=7)) == 7
    with pytest.raises(BudgetError, match="max_flats"):
        fresh.flats(0, max_flats=2)


def test_refusals():
    lines = HyperplaneArrangement([[1, 0], [1, 0]], [0, 1])
    with pytest.raises(InputError, match="2 rows but b has 1"):
        HyperplaneArrangement([[1, 0], [0, 1]], [0])
    with pytest.raises(InputError, match="finite"):
        HyperplaneArrangement([[np.nan, 0]])
    with pytest.raises(InputError, match="no point in common"):
        lines.restriction_to_flat([0, 1])
    with pytest.raises(InputError, match="no row 2"):
        lines.deletion(2)
    with pytest.raises(InputError, match="between 0 and 2"):
        lines.faces(3)
    with pytest.raises(InputError, match="shape"):
        lines.locate([[1, 2, 3]])


def test_essential_maps():
    braid = differences(4, [0, 1])
    found = braid.essentialize()
    assert found.arrangement.is_essential
    assert found.arrangement.rank == braid.rank == 3
    unit = (found.projection @ found.section).to_float()
    assert (unit == np.eye(3)).all()
    points = np.array(list(product([-2, 0, 1, 3], repeat=4)))
    down = HyperplaneArrangement(found.arrangement.A_exact, found.arrangement.b_exact)
    image = points @ found.projection.to_float().T
    assert down.signs(image) == braid.signs(points)
    assert not (found.lineality @ braid.A_exact.T).to_float().any()


def test_closures_cover_a_box():
    lines = HyperplaneArrangement([[1, 0], [0, 1], [1, 1], [2, -1]], [0, 0, 1, 1])
    box = Polytope.box(-3, 3, dim=2)
    areas = [(chamber.to_polytope() & box) for chamber in lines.chambers]
    from polytropic import volume

    assert sum(volume(area) for area in areas) == pytest.approx(36)


def test_a_prism_is_simple_but_not_generic():
    prism = HyperplaneArrangement([[1, 0, 0], [0, 1, 0], [1, 1, 0]], [0, 0, 1])
    assert prism.is_simple
    assert not prism.is_generic
    assert sorted(prism.is_generic.rows) == [0, 1, 2]
    assert (len(prism.bounded_chambers), len(prism.relatively_bounded_chambers)) == (0, 1)


def test_chambers_too_thin_for_floats():
    thin = Fraction(1, 2**200)
    slabs = HyperplaneArrangement([[1, 0], [1, 0], [1, 1]], [1, 1 + thin, 2])
    assert len(slabs.chambers) == 6
    assert realised(slabs)
    assert slabs.locate([[1 + thin / 2, 0]])[0] >= 0
    for chamber in slabs.chambers:
        assert slabs.locate(chamber.interior_point_exact.reshape(1, -1))[0] == chamber.index
