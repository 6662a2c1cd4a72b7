"""Activation regions, linear regions and affine maps against exhaustive cutting in fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic.geometry.polytope import Polytope
from polytropic.geometry.subdividing import blocks
from polytropic.networks.network import Network
from polytropic.networks.regions import linear_regions
from tests import brute_force

pytestmark = pytest.mark.usefixtures("way_of_cutting")

EPSILON = [0.0, 1e-7, -1e-10, 2.0**-60, -(2.0**-52)]
KINDS = {
    "small integers": st.integers(-2, 2),
    "nearly equal": st.builds(lambda a, b: a + b, st.integers(-1, 1), st.sampled_from(EPSILON)),
    "scaled": st.builds(math.ldexp, st.sampled_from([0.0, 1.0, -1.0, 3.0]),
                        st.sampled_from([0, 0, -900, -300, -40, 60, 900])),
    "subnormal": st.builds(math.ldexp, st.sampled_from([0.0, 1.0, -3.0]),
                           st.sampled_from([0, 0, -1074, -1030])),
    "decades": st.builds(lambda a, b: a * b, st.sampled_from([0, 1, -1, 0.1, 2]),
                         st.sampled_from([1e-9, 1.0, 1e9])),
    "generic": st.integers(-(10**6), 10**6).map(lambda x: x / 7e5),
}  # fmt: skip


@st.composite
def networks(draw, d):
    entry = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    widths = draw(st.lists(st.integers(1, 4 if d < 3 else 3), min_size=1, max_size=4 - d))
    widths.append(draw(st.integers(1, 2)))
    layers, thresholds, size = [], [], d
    for width in widths:
        row = st.lists(entry, min_size=size, max_size=size)
        weight = draw(st.lists(row, min_size=width, max_size=width))
        bias = draw(st.lists(entry, min_size=width, max_size=width))
        if width > 1 and draw(st.booleans()):
            weight[1], bias[1] = weight[0], bias[0]  # a duplicate unit
        layers.append((weight, bias))
        thresholds.append(draw(st.sampled_from([0, 0, 0, None, 1, [-1, 0, 0.5, 1][:width]])))
        size = width
    if draw(st.booleans()):
        thresholds[-1] = None
    return layers, thresholds


@st.composite
def domains(draw, d):
    """Homogeneous inequalities and equations (b, -A): of any dimension, bounded or not."""
    kind = draw(st.sampled_from(["space", "box", "flat box", "point", "cone", "slice"]))
    inequalities, equations = [], []
    if kind in ("box", "flat box", "point"):
        flat = {"box": 0, "flat box": 1, "point": d}[kind]
        for axis in range(d):
            low = draw(st.integers(-2, 1))
            high = low + (0 if axis < flat else draw(st.integers(1, 2)))
            for bound, sign in [(-low, 1), (high, -1)]:
                inequalities.append((bound, *(sign * int(i == axis) for i in range(d))))
    form = st.tuples(*[st.integers(-1, 2)] * (d + 1))
    if kind in ("cone", "slice"):
        inequalities = draw(st.lists(form, min_size=1, max_size=2))
    if kind == "slice":
        equations = [draw(form)]
    return inequalities, equations


def polyhedron(d, inequalities, equations):
    def split(rows):
        normals = np.array([[-x for x in row[1:]] for row in rows], dtype=object)
        return normals.reshape(-1, d), np.array([row[0] for row in rows], dtype=object)

    if not inequalities and not equations:
        return None
    return Polytope.from_halfspaces(*split(inequalities), *(split(equations) if equations else []))


problems = st.sampled_from([1, 2, 2, 3]).flatmap(
    lambda d: st.tuples(st.just(d), networks(d), domains(d))
)


def assert_same_as_brute_force(d, layers, thresholds, inequalities, equations):
    domain = polyhedron(d, inequalities, equations)
    cones = brute_force.domain_cones(d, inequalities, equations)
    if not cones:
        assert domain.is_empty
        return
    network = Network.from_layers(layers, thresholds=thresholds)
    regions = linear_regions(network, domain)
    wanted = brute_force.NetworkCells(layers, cones, thresholds)

    patterns = [tuple(row) for row in regions.sign_vectors.tolist()]
    assert patterns == wanted.patterns
    assert regions.n_activation_regions == wanted.n_activation_regions
    assert regions.n_linear_regions == wanted.n_linear_regions
    assert regions.n_affine_maps == wanted.n_affine_maps
    pairs = {(patterns[i], patterns[j]) for i, j in regions.adjacency.tolist()}
    assert pairs == wanted.adjacency()
    assert len(pairs) == len(regions.adjacency)

    pieces: dict[tuple[int, ...], set] = {}
    for cone, pattern, _ in wanted.cells:
        pieces.setdefault(pattern, set()).update(cone.generators)
    maps = {pattern: outputs for _, pattern, outputs in wanted.cells}
    full = domain is None or domain.dimension == d
    for region, pattern, facets in zip(regions, patterns, regions.facets, strict=True):
        points = [[Fraction(x, g[0]) for x in g[1:]] for g in pieces[pattern] if g[0]]
        rays = [g[1:] for g in pieces[pattern] if not g[0]]
        hull = Polytope.from_points(np.array(points, dtype=object), rays or None)
        assert region.polytope == hull
        assert (len(region.vertices), len(region.rays)) == (hull.n_vertices, hull.n_rays)
        assert len(facets) == hull.n_facets
        if full:
            piece = region.affine_map
            assert piece.A_exact.to_fractions().tolist() == [row[1:] for row in maps[pattern]]
            assert piece.b_exact.to_fractions().tolist() == [row[0] for row in maps[pattern]]


@settings(max_examples=80)
@given(problems)
def test_regions_are_those_found_by_exhaustive_cutting(problem):
    d, (layers, thresholds), (inequalities, equations) = problem
    assert_same_as_brute_force(d, layers, thresholds, inequalities, equations)


NEAR = 2.0**-47  # a value so close to the error bound that the float filter cannot divide by it
HUGE = 2.0**900


@pytest.mark.parametrize(
    ("layers", "thresholds", "low", "high"),
    [
        # Values of a new vertex become unknown; a zero weight of a linear layer met them.
        (
            [([[1], [1], [0]], [NEAR - 1, 1, 1]), (np.eye(3).tolist(), [0, 0, 0]),
             ([[0, 1, 0]], [-1]), ([[1]], [0])],
            [0, None, 0, None], 0, 1,
        ),
        # The share of one end of an edge underflows while its values are huge.
        (
            [([[1], [2.0**360]], [0, 2.0**160]), ([[1, 1]], [0])],
            [0, None], -(2.0**-180), HUGE,
        ),
        # The sum of the sizes at both ends of an edge overflows.
        (
            [([[2.0**-1000], [1]], [2.0**30, 0]), ([[1, 0]], [-1]), ([[1]], [0])],
            [0, 0, None], -1.7e308, 1.7e308,
        ),
        # Weights whose products overflow, and biases that are subnormal in units of the weights.
        (
            [([[HUGE], [-HUGE]], [-HUGE, 5e-324]), ([[HUGE, HUGE], [1, -1]], [-1, 5e-324]),
             ([[1, 1]], [0])],
            [0, 0, None], -1, 3,
        ),
    ],
)  # fmt: skip
def test_values_at_the_limits_of_floats(layers, thresholds, low, high):
    rows = [(-Fraction(low), 1), (Fraction(high), -1)]
    inequalities = [brute_force.primitive(row) for row in rows]
    assert_same_as_brute_force(1, layers, thresholds, inequalities, [])


@pytest.mark.parametrize("d", [1, 2, 3])
def test_network_without_activation(d):
    layers = [([list(range(1, d + 1))], [3]), ([[2]], [1])]
    assert_same_as_brute_force(d, layers, [None, None], [], [])


@pytest.mark.parametrize("first", [[[1, 1], [2, 2], [-1, -1]], [[0, 0], [0, 0], [0, 0]]])
def test_rank_deficient_first_layers_leave_lineality(first):
    layers = [(first, [0, -1, 1]), ([[1, -1, 2], [0, 1, 1]], [0, -1]), ([[1, 1]], [0])]
    assert_same_as_brute_force(2, layers, [0, 0, None], [], [])
    half_plane = [(1, 1, -1)]
    assert_same_as_brute_force(2, layers, [0, 0, None], half_plane, [])


def test_maps_are_compared_on_the_span_of_the_domain():
    # relu(x + y) - relu(x - y) is 0 or 2y: two maps on the plane, one on the line y = 0.
    layers = [([[1, 1], [1, -1]], [0, 0]), ([[1, -1]], [0])]
    on_axis = polyhedron(2, [(1, 1, 0), (1, -1, 0)], [(0, 0, 1)])
    regions = linear_regions(Network.from_layers(layers), on_axis)
    assert regions.n_activation_regions == 2
    assert (regions.n_linear_regions, regions.n_affine_maps) == (1, 1)
    assert linear_regions(Network.from_layers(layers)).n_affine_maps == 4
    assert_same_as_brute_force(2, layers, [0, None], [(1, 1, 0), (1, -1, 0)], [(0, 0, 1)])
    assert_same_as_brute_force(2, layers, [0, None], [], [(0, 0, 1)])
    assert_same_as_brute_force(2, layers, [0, None], [], [(-1, 0, 1)])


def test_linear_first_layers_are_seen_through():
    layers = [([[1, 2], [0, 1], [1, 1]], [1, 0, 0]), ([[1, 0, -1], [0, 1, 1]], [0, -1]),
              ([[1, -2]], [0])]  # fmt: skip
    assert_same_as_brute_force(2, layers, [None, 0, None], [], [])


def test_generic_networks_need_hardly_any_exact_arithmetic(monkeypatch):
    rng = np.random.default_rng(0)
    layers, size = [], 2
    for width in (12, 12, 1):
        layers.append((rng.standard_normal((width, size)), rng.standard_normal(width)))
        size = width
    decided = []
    decide = blocks.Cutting._decide
    monkeypatch.setattr(
        blocks.Cutting,
        "_decide",
        lambda work, wanted: decided.extend(wanted) or decide(work, wanted),
    )
    regions = linear_regions(Network.from_layers(layers), Polytope.box(-1, 1, dim=2))
    assert regions.n_activation_regions > 50
    assert not decided
