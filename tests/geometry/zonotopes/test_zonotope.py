"""Zonotopes against known counts, Whitney's theorem and the hull of all sums of generators."""

import math
import pickle
from fractions import Fraction
from itertools import combinations, product
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.arithmetic.numbers import exact
from polytropic.errors import InputError
from polytropic.geometry.arrangements.sweeping.sweep import Sweep
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.zonotopes.layers import layer_zonotopes
from polytropic.geometry.zonotopes.zonotope import Zonotope
from tests import brute_force


def all_sums(generators, base):
    """Every vertex of the cube, mapped: the zonotope is the hull of these."""
    size = len(base)
    chosen = [[Fraction(x) for x in row] for row in generators]
    corner = [Fraction(x) for x in base]
    return [
        [corner[i] + sum((row[i] for row in part), Fraction(0)) for i in range(size)]
        for k in range(len(chosen) + 1)
        for part in combinations(chosen, k)
    ]


def in_order(points):
    """Points in lexicographic order."""
    rows = points.to_fractions().tolist()
    return exact(np.array(sorted(rows), dtype=object).reshape(points.shape))


# -- known counts --------------------------------------------------------------------------------
@pytest.mark.parametrize(("m", "d"), [(1, 1), (3, 2), (9, 2), (5, 3), (10, 3), (8, 4), (4, 5)])
@pytest.mark.parametrize("kind", ["floats", "integers"])
def test_generic_zonotopes(m, d, kind):
    rng = np.random.default_rng(m + d)
    generators = rng.standard_normal((m, d))
    if kind == "integers":
        generators = np.round(1000 * generators).astype(int)
    zonotope = Zonotope(generators)
    assert zonotope.n_vertices == 2 * sum(comb(m - 1, i) for i in range(d))
    assert zonotope.n_upper_vertices == sum(comb(m, j) for j in range(d))


def roots(n, signs):
    axes = np.eye(n, dtype=int)
    return [axes[i] + s * axes[j] for i, j in combinations(range(n), 2) for s in signs]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_permutahedra(n):
    generators = np.array(roots(n, [-1])).reshape(-1, n)
    zonotope = Zonotope(generators)
    assert zonotope.n_vertices == factorial(n)
    polytope = zonotope.to_polytope()
    assert polytope.dimension == n - 1
    assert polytope.n_facets == (2**n - 2 if n > 1 else 0)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_coxeter_types(n):
    axes = list(np.eye(n, dtype=int))
    assert Zonotope(roots(n, [1, -1]) + axes).n_vertices == 2**n * factorial(n)
    assert Zonotope(roots(n, [1, -1])).n_vertices == 2 ** (n - 1) * factorial(n)


@pytest.mark.parametrize(("n", "count"), [(1, 2), (2, 6), (3, 32), (4, 370)])
def test_resonance_arrangements(n, count):
    assert Zonotope([v for v in product([0, 1], repeat=n) if any(v)]).n_vertices == count


@pytest.mark.parametrize(("n", "count"), [(0, 2), (1, 4), (2, 14), (3, 104)])
def test_threshold_arrangements(n, count):
    assert Zonotope([[1, *v] for v in product([0, 1], repeat=n)]).n_vertices == count


# -- degenerate generators -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("generators", "n_vertices", "n_upper"),
    [
        (np.zeros((0, 2)), 1, 1),
        (np.zeros((3, 2)), 1, 1),
        ([[0]], 1, 1),
        ([[1], [-2], [0]], 2, 1),
        ([[1, 0]], 2, 2),
        ([[0, 1]], 2, 1),
        ([[1, 0], [2, 0], [-3, 0]], 2, 2),
        ([[0, 1], [0, -2], [0, 0]], 2, 1),
        ([[1, 1], [1, 1], [-1, -1]], 2, 2),
        ([[1, 0, 0], [0, 1, 0], [1, 1, 0]], 6, 6),
        ([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1]], 12, 6),
        # Normals of different bit lengths beside parallel ones: exact and float rows meet here.
        ([[0, -1], [-1, 3], [3, 0], [-1, 0]], 6, 3),
        ([[0, -1], [-(2.0**900), 3 * 2.0**900], [3 * 2.0**900, 0], [-(2.0**900), 0]], 6, 3),
        ([[2e9, 1], [0, 1e-10], [1e8, 0], [-1, 0.1], [-1e-9, 0], [-1, 2e9]], 10, 5),
    ],
)
def test_degenerate_generators(generators, n_vertices, n_upper):
    zonotope = Zonotope(generators)
    assert (zonotope.n_vertices, zonotope.n_upper_vertices) == (n_vertices, n_upper)
    size = zonotope.ambient_dimension
    sums = all_sums(np.asarray(generators).tolist(), [0] * size)
    hull = Polytope.from_points(np.array(sums, dtype=object))
    assert hull.vertices_exact == in_order(zonotope.vertices_exact)
    assert zonotope.to_polytope() == hull


EPSILON = [0, 1e-7, -1e-10, 2.0**-60, 2.0**-40]
entries = {
    "small integers": st.integers(-2, 2),
    "nearly equal": st.builds(lambda a, b: a + b, st.integers(-1, 1), st.sampled_from(EPSILON)),
    "scaled": st.builds(math.ldexp, st.sampled_from([0.0, 1.0, -1.0, 3.0]),
                        st.sampled_from([0, 0, -900, -300, 60, 900])),
    "subnormal": st.builds(math.ldexp, st.sampled_from([0.0, 1.0, -3.0]),
                           st.sampled_from([0, -1074, -1060])),
    "decades": st.builds(lambda a, b: a * b, st.sampled_from([0, 1, -1, 0.1, 2]),
                         st.sampled_from([1e-9, 1.0, 1e9])),
}  # fmt: skip


@st.composite
def zonotopes(draw):
    d = draw(st.sampled_from([1, 2, 2, 3]))
    row = st.lists(entries[draw(st.sampled_from(sorted(entries)))], min_size=d, max_size=d)
    generators = draw(st.lists(row, max_size=6))
    if generators and draw(st.booleans()):
        generators.append([-2 * x for x in generators[0]])
    return generators, draw(row)


@given(zonotopes())
def test_vertices_are_those_of_the_hull_of_all_sums(problem):
    generators, base = problem
    zonotope = Zonotope(np.array(generators, dtype=object).reshape(-1, len(base)), base)
    assert zonotope.n_vertices == brute_force.central_chambers(generators)
    sums = np.array(all_sums(generators, base), dtype=object)
    hull = Polytope.from_points(sums)
    assert in_order(zonotope.vertices_exact) == hull.vertices_exact
    assert zonotope.to_polytope() == hull
    if len(base) > 1:
        normals, offsets = [g[:-1] for g in generators], [g[-1] for g in generators]
        assert zonotope.n_upper_vertices == brute_force.affine_regions(normals, offsets)
        upper = {tuple(v) for v in zonotope.upper_vertices_exact.to_fractions().tolist()}
        assert upper <= {tuple(v) for v in hull.vertices_exact.to_fractions().tolist()}


@pytest.mark.parametrize("m", [7, 8, 9])
def test_many_small_integer_generators(m):
    rng = np.random.default_rng(m)
    generators = rng.integers(-1, 2, (m, 3))
    base = [Fraction(1, 3), 0, 2]
    zonotope = Zonotope(generators, base)
    hull = Polytope.from_points(np.array(all_sums(generators.tolist(), base), dtype=object))
    assert in_order(zonotope.vertices_exact) == hull.vertices_exact


@given(zonotopes())
def test_sign_vectors_select_the_generators_of_each_vertex(problem):
    generators, base = problem
    zonotope = Zonotope(np.array(generators, dtype=object).reshape(-1, len(base)), base)
    rows = zonotope.vertices_exact.to_fractions().tolist()
    assert len({tuple(row) for row in rows}) == len(rows)
    for signs, vertex in zip(np.asarray(zonotope.sign_vectors).tolist(), rows, strict=True):
        chosen = [g for g, s in zip(generators, signs, strict=True) if s > 0]
        for i, entry in enumerate(vertex):
            assert entry == Fraction(base[i]) + sum((Fraction(g[i]) for g in chosen), Fraction(0))
        assert all((s == 0) == (not any(g)) for g, s in zip(generators, signs, strict=True))


def test_generic_signs_need_no_exact_arithmetic(monkeypatch):
    lines = []
    settle = Sweep._settle_line
    monkeypatch.setattr(
        Sweep, "_settle_line", lambda self, *rest: lines.append(rest) or settle(self, *rest)
    )
    generators = np.random.default_rng(3).standard_normal((14, 3))
    assert len(Zonotope(generators).sign_vectors) == 2 * (1 + 13 + 78)
    assert not lines


@given(zonotopes(), st.integers(1, 7))
@settings(max_examples=30)
def test_vertices_in_blocks(problem, size):
    generators, base = problem
    zonotope = Zonotope(np.array(generators, dtype=object).reshape(-1, len(base)), base)
    listed = []
    for signs, points in zonotope.vertex_blocks(size):
        assert len(signs) == len(points)
        assert zonotope.vertex_at(signs).to_float().tolist() == points.tolist()
        listed += [tuple(row) for row in signs]
    assert len(listed) == zonotope.n_vertices
    assert set(listed) == {tuple(row) for row in zonotope.sign_vectors}


# -- the interface -------------------------------------------------------------------------------
def test_lifted_zonotopes_of_a_layer():
    # All output weights positive: nothing is left for the denominator but a point.
    top, bottom = layer_zonotopes([[1, 0], [0, 1]], [0, 0], [1, 1])
    assert (top.n_upper_vertices, bottom.n_upper_vertices) == (4, 1)
    assert bottom.vertices.tolist() == [[0, 0, 0]]
    top, bottom = layer_zonotopes([[1], [2]], [0.5, 1], [[-1, 0]])
    assert len(top.generators) == 0
    assert bottom.generators.tolist() == [[1, 0.5]]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Zonotope([]), "generators must have 2 axes"),
        (lambda: Zonotope([[]]), "generators has no columns"),
        (lambda: Zonotope([[1, 2], [3]]), "generators is ragged"),
        (lambda: Zonotope([[1, math.nan]]), r"generators\[0, 1\] is nan"),
        (lambda: Zonotope([["1", "2"]]), "generators holds"),
        (lambda: Zonotope([[1, 2]], base=[1]), r"base must have shape \(2,\)"),
        (lambda: Zonotope([[1, 2]], base=[1, math.inf]), r"base\[1\] is inf"),
        (lambda: Zonotope([[1, 2]]).support([1, 2]), "directions must have 2 axes"),
        (lambda: Zonotope([[1, 2]]).support([[1]]), r"directions must have shape \(n, 2\)"),
        (lambda: Zonotope([[1, 2]]).support([[1, math.nan]]), r"directions\[0, 1\] is nan"),
        (lambda: layer_zonotopes([[1]], [1, 2], [1]), "W1 has 1 rows"),
        (lambda: layer_zonotopes([[1]], [1], [[1], [2]]), "W1 has 1 rows"),
    ],
)
def test_bad_input_is_refused_by_name(make, words):
    with pytest.raises(InputError, match=words):
        make()


def test_support_is_attained_at_a_vertex():
    rng = np.random.default_rng(5)
    zonotope = Zonotope(rng.integers(-3, 4, (6, 3)), base=[1, 2, 3])
    directions = rng.integers(-5, 6, (20, 3))
    assert (zonotope.support(directions) == (directions @ zonotope.vertices.T).max(axis=1)).all()


def test_zonotopes_are_values():
    one, two = Zonotope([[1, 2], [0.5, 0]]), Zonotope([[1, 2], [Fraction(1, 2), 0]], [0, 0])
    assert one == two
    assert hash(one) == hash(two)
    assert pickle.loads(pickle.dumps(one)) == one
    assert one != Zonotope([[1, 2], [0.5, 0]], [1, 0])
    assert repr(one) == "Zonotope(2 generators in dimension 2)"
    with pytest.raises(ValueError, match="read-only"):
        one.sign_vectors.positive[0, 0] = 0
