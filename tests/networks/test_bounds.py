"""Bounds of numbers of regions: brute-force sums, exact counts, and networks that attain them."""

from itertools import product
from math import comb, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import (
    Network,
    Polytope,
    folding_network,
    linear_regions,
    random_integer_network,
    random_network,
    region_bound,
    tent_network,
)
from polytropic.errors import InputError
from polytropic.networks.bounds import (
    arora_bound,
    arora_lower_bound,
    bounds,
    montufar_bound,
    montufar_lower_bound,
    serra_bound,
)

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4)


# -- formulas ------------------------------------------------------------------------------------
def serra_by_listing(d, *widths):
    total = 0
    for choice in product(*(range(n + 1) for n in widths)):
        limits = [min([d, n, *(m - j for m, j in zip(widths[:i], choice[:i], strict=True))])
                  for i, n in enumerate(widths)]  # fmt: skip
        if all(j <= limit for j, limit in zip(choice, limits, strict=True)):
            total += prod(comb(n, j) for n, j in zip(widths, choice, strict=True))
    return total


def montufar_by_listing(d, *widths):
    return prod(
        sum(comb(n, j) for j in range(min((d, *widths[: i + 1])) + 1)) for i, n in enumerate(widths)
    )


@settings(max_examples=200)
@given(shapes)
def test_sums_over_all_dimensions(shape):
    assert serra_bound(shape) == serra_by_listing(*shape)
    assert montufar_bound(shape) == montufar_by_listing(*shape)
    assert serra_bound(shape) <= montufar_bound(shape)
    if shape[0] == 1:
        assert montufar_bound(shape) == prod(n + 1 for n in shape[1:]) <= arora_bound(shape)
    found = bounds(shape)
    assert (found.montufar, found.serra) == (montufar_bound(shape), serra_bound(shape))
    assert found.arora == (arora_bound(shape) if shape[0] == 1 else None)
    assert found.lower <= found.upper <= found.serra


def test_theorem_6_3_for_wide_layers():
    net = random_network(3, [5, 4, 6], rng=0)
    product_of_sums = prod(sum(comb(n, i) for i in range(4)) for n in (5, 4, 6))
    assert region_bound(net) == montufar_bound(net) == montufar_bound([3, 5, 4, 6])
    assert region_bound(net) == product_of_sums


def test_large_shapes_are_quick():
    found = bounds([784, *[1000] * 20])
    assert found.serra < found.montufar
    assert found.lower > 10**500


def test_values_by_hand():
    assert arora_bound([1, 2, 3, 2]) == (2 + 1) * (2 * 3) * (2 * 2)
    # Two units cut; the linear one keeps a dimension: 1 * 11 + 2 * 11 + 1 * 5.
    assert serra_bound([2, 3, 4], stable=[(0, 1), (0, 0)]) == 38
    # Two units cut and none is linear: 1 * 11 + 2 * 5 + 1 * 1.
    assert serra_bound([2, 3, 4], stable=[(1, 0), (0, 0)]) == 22


def test_a_narrow_layer_lets_one_dimension_through():
    # All units of the narrow layer off: one point is left.
    assert serra_bound([2, 1, 3]) == 4 + 1
    assert montufar_bound([2, 1, 3]) == 2 * 4


def test_linear_layers_and_units_cut_nothing():
    rows = np.eye(3, dtype=int)
    net = Network.from_layers(
        [(rows[:, :2], [0, 0, 0]), ([[1, 1, 1]], [0]), ([[1], [2]], [0, 1]), ([[1, 1]], [0])],
        thresholds=[0, None, 0, None],
    )
    assert montufar_bound(net) == 7 * 3
    assert bounds(net).widths == (3, 2)
    # One unit of slope one keeps its dimension alive when both others are off.
    passing = Network.from_layers(
        [(rows[:, :2], [0, 0, 0]), ([[1, 1, 1], [1, 2, 3]], [0, 0]), ([[1, 1]], [0])],
        thresholds=[0, 0, None],
        slopes=[[0, 0, 1], None, None],
    )
    # Two units cut: 1 part with dim 2, 2 with dim 2 (one is off), 1 with dim 1.
    assert serra_bound(passing) == (1 + 2) * 4 + 1 * 3
    leaky = Network.from_layers(
        [(layer.weight, layer.bias) for layer in passing.layers],
        thresholds=[0, 0, None],
        slopes=[[0, 0.5, 1], None, None],
    )
    assert serra_bound(leaky) == montufar_bound(leaky) == 4 * 4


# -- exact counts ----------------------------------------------------------------------------------
@settings(max_examples=40)
@given(st.integers(1, 3), st.lists(st.integers(1, 4), min_size=1, max_size=3), st.integers(0, 99))
def test_exact_counts_stay_below(d, widths, seed):
    for net in (random_network(d, widths, rng=seed), random_integer_network(d, widths, rng=seed)):
        regions = linear_regions(net)
        found = bounds(net)
        assert regions.n_linear_regions <= len(regions) <= found.upper
        assert (found.montufar, found.serra) == (region_bound(net), serra_bound([d, *widths]))


def stable_units(net, regions):
    signs, first, pairs = np.asarray(regions.sign_vectors), 0, []
    for width in net.hidden_widths:
        here = signs[:, first : first + width]
        off = (here <= 0).all(axis=0)
        pairs.append((int(off.sum()), int(((here >= 0).all(axis=0) & ~off).sum())))
        first += width
    return pairs


@pytest.mark.parametrize("seed", range(8))
def test_stable_units_sharpen_the_bound(seed):
    net = random_network(2, [6, 5, 4], rng=seed)
    regions = linear_regions(net, Polytope.box(-0.5, 0.5, dim=2))
    pairs = stable_units(net, regions)
    assert sum(map(sum, pairs)) > 0
    refined = serra_bound(net, stable=pairs)
    assert len(regions) <= refined < serra_bound(net)
    assert bounds(net, stable=pairs).serra == refined
    assert len(regions) <= bounds(net, stable=pairs).montufar < montufar_bound(net)


def test_one_generic_layer_attains_the_bound():
    net = random_network(2, [7], rng=1)
    assert len(linear_regions(net)) == serra_bound(net) == montufar_bound(net) == 29


# -- networks that have as many regions as the lower bounds say ---------------------------------
@pytest.mark.parametrize(
    ("d", "p", "depth"), [(1, 2, 3), (1, 3, 2), (1, 2, 5), (2, 2, 2), (2, 3, 2), (3, 2, 2)]
)
def test_folding_attains_the_bound_of_montufar(d, p, depth):
    """Folds, and in place of the last ones planes in general position inside the cube."""
    folds = folding_network(d, p, depth).layers[:-2]
    rng, width, cube = np.random.default_rng(d), d * p, Polytope.box(0, 1, dim=d)
    normals = np.round(rng.standard_normal((width, d)), 3)
    offsets = -(normals * np.round(rng.uniform(0.48, 0.52, (width, d)), 3)).sum(axis=1)
    sums = [([[1] * width], [0])]
    planes = linear_regions(Network.from_layers([(normals, offsets), *sums]), cube)
    assert len(planes) == sum(comb(width, j) for j in range(d + 1))
    # Direct them such that some unit is on in every part.
    patterns = set(map(tuple, np.asarray(planes.sign_vectors).tolist()))
    missing = next(s for s in product((-1, 1), repeat=width) if s not in patterns)
    normals, offsets = -normals * np.array(missing)[:, None], -offsets * np.array(missing)
    gather = np.kron(np.eye(d), [[p] + [2 * p * (-1) ** k for k in range(1, p)]])
    net = Network.from_layers(
        [*((layer.weight, layer.bias) for layer in folds), (normals @ gather, offsets),
         (rng.integers(1, 10**6, (1, width)), [0])]
    )  # fmt: skip
    regions = linear_regions(net, cube)
    bound = montufar_lower_bound([d, *[width] * depth])
    assert regions.n_linear_regions == len(regions) == bound <= bounds(net).upper


def test_folding_and_tents_lie_between():
    for net, count in [(folding_network(2, 2, 2), 16), (folding_network(2, 4, 2), 256)]:
        cube = linear_regions(net, Polytope.box(0, 1, dim=2))
        assert cube.n_linear_regions == count <= bounds(net).lower
    for k in range(2, 9):
        found = bounds(tent_network(k))
        # Folding by two, and three pieces in the last layer; the tents themselves have 2^k + 2.
        assert found.montufar_lower == 2 ** (k - 1) * 3 >= 2**k + 2 * (k > 1)
        assert found.arora_lower == 2**k


@pytest.mark.parametrize(
    ("d", "m", "widths"), [(2, 2, [2]), (2, 3, [3]), (2, 4, [2, 3]), (3, 3, [2])]
)
def test_zonotopes_attain_the_bound_of_arora(d, m, widths):
    rng = np.random.default_rng(0)
    generators = rng.integers(-9, 10, (m, d))
    rows = np.vstack([generators, -generators])
    layers, gather = [(rows, [0] * (2 * m))], np.ones((1, 2 * m), dtype=int)
    for p in widths:
        shift = -np.arange(p) / p if p != 3 else np.array([0, -0.25, -0.75])
        # Slopes that go up and down between 0 and 1 on [0, 1].
        ends = np.append(-shift, 1)
        slopes = [(-1) ** k / (ends[k + 1] - ends[k]) for k in range(p)]
        layers.append((np.repeat(gather, p, axis=0), shift))
        gather = np.diff([0, *slopes]).reshape(1, -1)
    layers.append((gather, [0]))
    net = Network.from_layers(layers)
    bound = arora_lower_bound([d, *net.hidden_widths])
    cones = 2 * sum(comb(m - 1, i) for i in range(d))
    assert bound == cones * prod(widths)
    regions = linear_regions(net)
    assert bound <= regions.n_linear_regions <= bounds(net).upper


# -- what is refused -------------------------------------------------------------------------------
@pytest.mark.parametrize("shape", [[], [2, 0], [0, 3], [2, 1.5], [-1], [True, 3]])
def test_bad_shapes(shape):
    with pytest.raises(InputError, match="a shape is"):
        serra_bound(shape)


def test_bad_lists_of_stable_units():
    with pytest.raises(InputError, match="1 pairs for 2 layers"):
        serra_bound([2, 3, 3], stable=[(0, 0)])
    with pytest.raises(InputError, match=r"2 \+ 2 units are stable in a layer of 3"):
        serra_bound([2, 3], stable=[(2, 2)])
    with pytest.raises(InputError, match="one input, not of 2"):
        arora_bound([2, 3])


def test_networks_without_units():
    net = Network.from_layers([([[1, 2]], [0])])
    found = bounds(net)
    assert (found.upper, found.lower, found.widths) == (1, 1, ())
    assert bounds([1]).arora == 1
    assert repr(bounds([1, 2])) == "RegionBounds(1-2: at most 3 regions, 3 are possible)"
