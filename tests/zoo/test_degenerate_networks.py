"""Networks on which float programs miscount, against closed formulas and rational brute force."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import Network, Polytope, linear_regions
from tests.zoo.rational_plane import area, box, count_components, network_cells

pytestmark = pytest.mark.usefixtures("way_of_cutting")

RNG = np.random.default_rng(7)
LINES, OFFSETS = RNG.standard_normal((8, 2)), RNG.standard_normal(8)


def one_layer(weights, biases) -> Network:
    n = len(weights)
    return Network.from_layers([(weights, biases), ([[3**j for j in range(n)]], [0])])


def with_duplicates():
    extra = [LINES[0], -LINES[3], 4 * LINES[5]]
    return np.vstack([LINES, extra]), np.append(OFFSETS, [OFFSETS[0], -OFFSETS[3], 4 * OFFSETS[5]])


def test_eight_lines_with_three_duplicates():
    assert len(linear_regions(one_layer(*with_duplicates()))) == 1 + 8 + 28


@pytest.mark.parametrize("bias", [-1, 0, 1])
def test_zero_weight_neurons_change_nothing(bias):
    weights, biases = with_duplicates()
    net = one_layer(np.vstack([weights, np.zeros((2, 2))]), np.append(biases, [bias, bias]))
    regions = linear_regions(net)
    assert len(regions) == 37
    assert set(regions.sign_vectors[:, -1].tolist()) == {bias}


def test_integer_grid():
    weights = [[1, 0]] * 5 + [[0, 1]] * 5
    assert len(linear_regions(one_layer(weights, [0, 1, 2, 3, 4] * 2))) == 36


def test_three_lines_through_a_point():
    third = 1 / 3  # not the third of anything: the lines still meet in the origin
    net = one_layer([[1, third], [third, 1], [1 + third, 1 + third]], [0, 0, 0])
    assert len(linear_regions(net)) == 6


def test_braid_arrangement():
    rows = [
        [int(k == i) - int(k == j) for k in range(4)] for i in range(4) for j in range(i + 1, 4)
    ]
    regions = linear_regions(one_layer(rows, [0] * 6))
    assert len(regions) == 24
    # Every chamber is a simplicial cone, up to the common line through (1, 1, 1, 1).
    assert [len(facets) for facets in regions.facets] == [3] * 24
    assert regions.lineality[:, 1:].tolist() == [[1, 1, 1, 1]]


@pytest.mark.parametrize("factor", [1e-9, 1e9, 2.0**-900, 2.0**900])
def test_scaled_weights(factor):
    weights, biases = with_duplicates()
    assert len(linear_regions(one_layer(weights * factor, biases * factor))) == 37


@pytest.mark.parametrize("factor", [1e-9, 1e9, 2.0**-200, 2.0**200])
def test_scaled_layers_of_a_deep_network(factor):
    """Scaling by a power of two is exact; by a power of ten the roundings stay harmless here."""
    rng = np.random.default_rng(3)
    first = rng.standard_normal((8, 2)), rng.standard_normal(8)
    second = rng.standard_normal((8, 8)), rng.standard_normal(8)
    last = ([[1] * 8], [0])
    plain = Network.from_layers([first, second, last])
    scaled = Network.from_layers(
        [
            (first[0] * factor, first[1] * factor),
            (second[0] * factor, second[1] * factor**2),
            last,
        ]
    )
    assert len(linear_regions(scaled)) == len(linear_regions(plain))


@pytest.mark.parametrize("gap", [1e-10, 2.0**-50, 2.0**-300])
def test_nearly_equal_parallel_lines_are_two(gap):
    assert len(linear_regions(one_layer([[1, 0], [1, 0], [0, 1]], [0, gap, 0]))) == 6


@pytest.mark.parametrize("tilt", [1e-7, 1e-10, 2.0**-50])
def test_nearly_parallel_lines_meet_far_away(tilt):
    net = one_layer([[1, 0], [1, tilt], [0, 1]], [0, 1, 0])
    assert len(linear_regions(net)) == 7
    assert len(linear_regions(net, Polytope.box(-0.5, 0.5, dim=2))) == 4


def test_a_unit_that_vanishes_on_a_region_is_neither_active_nor_inactive():
    # The second layer sees relu(x) - relu(x) on x > 0 and on x < 0 alike.
    net = Network.from_layers([([[1], [1]], [0, 0]), ([[1, -1]], [0]), ([[1]], [0])])
    assert linear_regions(net).sign_vectors.tolist() == [[-1, -1, 0], [1, 1, 0]]


def test_constant_network():
    regions = linear_regions(Network.from_layers([([[0, 0]], [1]), ([[2]], [3])]))
    assert len(regions) == regions.n_linear_regions == regions.n_affine_maps == 1
    assert regions[0].affine_map.A.tolist() == [[0, 0]]
    assert regions[0].affine_map.b.tolist() == [5]
    assert len(regions.lineality) == 2


small = st.integers(-2, 2)


@st.composite
def small_networks(draw):
    """Integer networks R^2 -> R with many coincidences."""
    widths = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    layers, below = [], 2
    for width in [*widths, 1]:
        weights = draw(
            st.lists(
                st.lists(small, min_size=below, max_size=below), min_size=width, max_size=width
            )
        )
        layers.append((weights, draw(st.lists(small, min_size=width, max_size=width))))
        below = width
    return layers


@settings(max_examples=150)
@given(small_networks())
def test_against_rational_brute_force(layers):
    cells = network_cells(layers, box(-3, 3))
    regions = linear_regions(Network.from_layers(layers), Polytope.box(-3, 3, dim=2))
    assert len(regions) == len(cells)
    maps = [tuple(forms) for _, forms in cells]
    assert regions.n_affine_maps == len(set(maps))
    assert regions.n_linear_regions == count_components(list(zip([c for c, _ in cells], maps,
                                                                 strict=True)))  # fmt: skip
    ours = sorted(polygon_area(region) for region in regions)
    assert ours == sorted(area(polygon) for polygon, _ in cells)
    assert sum(ours) == 36


def polygon_area(region) -> Fraction:
    """Exact area of a convex polygon from its vertices in any order."""
    points = sorted(tuple(p) for p in region.vertices_exact.to_fractions().tolist())
    middle = tuple(sum(c) / len(points) for c in zip(*points, strict=True))
    first, last = points[0], points[-1]

    def is_above(p):
        run, rise = last[0] - first[0], last[1] - first[1]
        return run * (p[1] - first[1]) - rise * (p[0] - first[0]) > 0

    assert not is_above(middle) or any(is_above(p) for p in points)
    above = [p for p in points if is_above(p)]
    return area([p for p in points if not is_above(p)] + above[::-1])


@settings(max_examples=60)
@given(small_networks(), st.randoms(use_true_random=False))
def test_duplicates_permutations_and_dead_units_change_nothing(layers, random):
    plain = linear_regions(Network.from_layers(layers))
    changed = [(list(map(list, w)), list(b)) for w, b in layers]
    weights, biases = changed[0]
    order = list(range(len(weights)))
    random.shuffle(order)
    copy = random.randrange(len(weights))
    below = len(weights[0])
    changed[0] = (
        [weights[i] for i in order] + [[4 * w for w in weights[copy]], [0] * below, [0] * below],
        [biases[i] for i in order] + [4 * biases[copy], -1, 0],
    )
    nxt, offsets = changed[1]
    # The copy takes over an eighth part of the original's influence... exactly: 4 * 2 = 8 parts.
    changed[1] = (
        [
            [8 * row[i] if i != copy else 4 * row[i] for i in order] + [row[copy], 5, 7]
            for row in nxt
        ],
        [8 * b for b in offsets],
    )
    for k in range(2, len(changed)):
        w, b = changed[k]
        changed[k] = (w, [8 * value for value in b])
    other = linear_regions(Network.from_layers(changed))
    counts = [(len(r), r.n_linear_regions, r.n_affine_maps) for r in (plain, other)]
    assert counts[0] == counts[1]
