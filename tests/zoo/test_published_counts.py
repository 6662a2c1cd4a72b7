"""Counts that others can check: the random networks of the design document, both ways to P(F)."""

import numpy as np
import pytest

from polytropic import (
    Network,
    Polytope,
    folding_network,
    linear_regions,
    random_integer_network,
    random_network,
    region_bound,
    tropicalize,
)
from polytropic.arithmetic.numbers import ExactArray


def hidden_only(d, widths, seed=0) -> Network:
    """Random network whose layers all have an activation, by the recipe of the table."""
    rng = np.random.default_rng(seed)
    layers, below = [], d
    for width in widths:
        weight = rng.standard_normal((width, below)) / np.sqrt(below)
        layers.append((weight, 0.5 * rng.standard_normal(width)))
        below = width
    return Network.from_layers(layers, thresholds=[0] * len(layers))


@pytest.mark.parametrize(
    ("d", "widths", "count"),
    [
        (2, (16, 16), 157),
        (2, (32, 32, 32), 987),
        (2, (64, 64, 64), 4117),
        (3, (16, 16), 806),
        (3, (32, 32), 11825),
        (4, (16, 16), 3080),
    ],
)
def test_regions_in_the_box(d, widths, count):
    assert len(linear_regions(hidden_only(d, widths), Polytope.box(-1, 1, dim=d))) == count


@pytest.mark.slow
@pytest.mark.parametrize(
    ("d", "widths", "count"),
    [
        (2, (128,) * 4, 26555),
        (3, (64, 64), 48593),
        (4, (32, 32), 54174),
        (2, (256,) * 3, 90051),
        (3, (64, 64, 64), 105862),
    ],
)
def test_many_regions_in_the_box(d, widths, count):
    assert len(linear_regions(hidden_only(d, widths), Polytope.box(-1, 1, dim=d))) == count


@pytest.mark.parametrize(
    ("d", "widths", "seed", "count"),
    [
        (2, (16, 16), 0, 478),
        (2, (16, 16), 1, 488),
        (2, (16, 16), 2, 451),
        (3, (16, 16), 0, 4279),
    ],
)
def test_regions_of_the_whole_space(d, widths, seed, count):
    assert len(linear_regions(hidden_only(d, widths, seed))) == count


@pytest.mark.slow
@pytest.mark.parametrize(("d", "widths", "count"), [(3, (32, 32), 46818), (4, (16, 16), 34463)])
def test_many_regions_of_the_whole_space(d, widths, count):
    assert len(linear_regions(hidden_only(d, widths))) == count


def test_regions_do_not_depend_on_how_many_outputs_follow():
    net = random_network(2, [16, 16], 3, rng=0)
    assert len(linear_regions(net)) == 478


# -- both ways to the upper hulls ----------------------------------------------------------------
def pieces_over_regions(net: Network) -> tuple[set, set, set]:
    """Affine pieces of F, G and (F, G) over the activation regions, by the layer recursion.

    On a region every unit is on or off, so the recursion of Proposition 5.1 is linear there.
    """
    d = net.n_inputs
    numerators, denominators, both = set(), set(), set()
    for signs in linear_regions(net).sign_vectors:
        f = ExactArray(np.vstack([np.zeros(d, int), np.eye(d, dtype=int)]).T.astype(object))
        g = ExactArray.zeros(d, d + 1)
        first = 0
        for layer in net.layers:
            plus = ExactArray(np.maximum(layer.weight.numerators, 0), layer.weight.denominator)
            minus = plus - layer.weight
            constant = np.full((1, d + 1), 0, dtype=object)
            constant[0, 0] = 1
            bias = layer.bias.reshape(-1, 1) @ ExactArray(constant)
            h = plus @ f + minus @ g + bias
            g = minus @ f + plus @ g
            f = h
            if not layer.is_linear:
                on = (signs[first : first + layer.n_outputs] > 0).astype(int)[:, None]
                on = ExactArray(on.astype(object))
                f = h * on + g * (ExactArray(np.full((1, 1), 1, dtype=object)) - on)
                first += layer.n_outputs
        one, two = (tuple(x.to_fractions()[0].tolist()) for x in (f, g))
        numerators.add(one)
        denominators.add(two)
        both.add(tuple(a + b for a, b in zip(one, two, strict=True)))
    return numerators, denominators, both


def upper_hull(polynomial) -> set:
    return {(value, *power) for power, value in polynomial.simplify().terms()}


AGREEMENT = [
    random_network(1, [5, 4], rng=1),
    random_network(2, [6, 6], rng=0),
    random_network(2, [4, 4, 4], rng=2),
    random_network(3, [4, 4], rng=0),
    random_integer_network(2, [4, 4], rng=3),
    random_integer_network(2, [5, 3, 3], rng=4),
    random_integer_network(3, [4, 3], largest=1, rng=5),
    folding_network(2, 2, 2),
]


def check_agreement(net: Network) -> None:
    nu = tropicalize(net)[0]
    numerators, denominators, both = pieces_over_regions(net)
    assert upper_hull(nu.numerator) == numerators
    assert upper_hull(nu.denominator) == denominators
    assert upper_hull(nu.common_refinement()) == both
    regions = linear_regions(net)
    assert nu.n_regions == regions.n_linear_regions
    sizes = (nu.numerator.n_regions, nu.denominator.n_regions)
    assert max(sizes) <= len(both) <= len(regions) <= region_bound(net)


@pytest.mark.parametrize("net", AGREEMENT, ids=[f"{i}-{n!r}" for i, n in enumerate(AGREEMENT)])
def test_two_ways_to_the_upper_hulls_agree(net):
    check_agreement(net)


@pytest.mark.slow
def test_two_ways_agree_on_a_network_with_hundreds_of_regions():
    net = random_network(2, [16, 16], rng=0)
    check_agreement(net)
    assert tropicalize(net)[0].n_regions == 478


@pytest.mark.parametrize("net", AGREEMENT, ids=[f"{i}-{n!r}" for i, n in enumerate(AGREEMENT)])
def test_the_tropical_map_is_the_network(net):
    rng = np.random.default_rng(0)
    x = rng.integers(-99, 100, (50, net.n_inputs)) / 16
    expected = net.evaluate_exact(x).to_fractions()[:, 0].tolist()
    assert tropicalize(net)[0].evaluate_exact(x).tolist() == expected
