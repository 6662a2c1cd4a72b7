"""Units with slopes as tropical rational functions."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import tropicalize
from polytropic.arithmetic.numbers import exact
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.networks.naive import naive_monomials
from polytropic.networks.network import Network
from polytropic.networks.pieces import affine_pieces
from polytropic.networks.zonotopes import first_layer_zonotope, lifted_zonotopes

NUMBERS = st.integers(-3, 3)
SLOPES = st.sampled_from([0, 1, -1, 2, Fraction(1, 2), Fraction(1, 3), Fraction(-3, 2), 3])


@st.composite
def networks(draw):
    below = d = draw(st.integers(1, 2))
    layers, thresholds, slopes = [], [], []
    for width in [*draw(st.lists(st.integers(1, 3), min_size=1, max_size=2)), 1]:
        rows = st.lists(NUMBERS, min_size=below, max_size=below)
        vector = st.lists(NUMBERS, min_size=width, max_size=width)
        weight = draw(st.lists(rows, min_size=width, max_size=width))
        layers.append((SparseArray.of_dense(exact(weight)), draw(vector)))
        thresholds.append(draw(vector))
        slopes.append(np.array(draw(st.lists(SLOPES, min_size=width, max_size=width)), object))
        below = width
    assert d == layers[0][0].shape[1]
    return Network.from_layers(layers, thresholds=thresholds, slopes=slopes)


def random_points(net, count, seed=0):
    rng = np.random.default_rng(seed)
    return exact(rng.integers(-200, 201, (count, net.n_inputs)) / 16)


@given(networks())
@settings(max_examples=60)
def test_the_tropical_map_is_the_network(net):
    points = random_points(net, 8)
    expected = net.evaluate_exact(points).to_fractions()
    for output, hat in enumerate(tropicalize(net)):
        assert hat.evaluate_exact(points).tolist() == expected[:, output].tolist()


def signs_at(net, points):
    """Signs of the units with an activation, by the definition."""
    rows, values = [], points
    for layer in net.layers:
        linear = net.__class__((layer.__class__(layer.weight, layer.bias),)).layers[0]
        z = linear.apply(values)
        if layer.threshold is not None:
            gaps = z.to_fractions() - layer.threshold.to_fractions()[None, :]
            rows.append(np.sign(gaps[:, layer.tested]).astype(int))
        values = layer.apply(values)
    return np.concatenate(rows, axis=1) if rows else np.zeros((len(points), 0), dtype=int)


@dataclass
class SampledRegions:
    """Activation regions that hold one of many points: what `affine_pieces` reads of regions."""

    network: Network
    points: np.ndarray
    sign_vectors: np.ndarray
    domain: None = None

    def __len__(self):
        return len(self.sign_vectors)

    @property
    def active_units(self):
        return self.sign_vectors > 0


def sampled(net):
    points = random_points(net, 150)
    signs, first = np.unique(signs_at(net, points), axis=0, return_index=True)
    return SampledRegions(net, points[first], signs)


@given(networks())
@settings(max_examples=60)
def test_pieces_are_those_of_the_tropical_map(net):
    regions = sampled(net)
    pieces = affine_pieces(regions)
    heights = np.concatenate(
        [regions.points.to_fractions(), np.full((len(regions), 1), Fraction(1))], axis=1
    )
    for output, hat in enumerate(tropicalize(net)):
        pairs = [(pieces.numerators, hat.numerator), (pieces.denominators, hat.denominator)]
        for rows, polynomial in pairs:
            found = (rows[:, output] * heights).sum(axis=1) / Fraction(pieces.scale)
            assert found.tolist() == polynomial.evaluate_exact(regions.points).tolist()


KNOWN = {
    # |x|: (1 + 1) max(x, 0) - x
    "absolute value": (-1, (2, 1)),
    # max(x, x / 2): max(x, x / 2) - 0
    "leaky": (Fraction(1, 2), (2, 1)),
    # min(x, 2 x): 3 x - max(2 x, x)
    "steep": (2, (1, 2)),
    "relu": (0, (2, 1)),
    "nothing": (1, (1, 1)),
}


@pytest.mark.parametrize("name", KNOWN)
def test_one_unit(name):
    slope, sizes = KNOWN[name]
    net = Network.from_layers([([[1]], [0])], thresholds=[0], slopes=[slope])
    hat = tropicalize(net)[0]
    assert (hat.numerator.n_monomials, hat.denominator.n_monomials) == sizes


@given(networks())
@settings(max_examples=40)
def test_naive_counts_bound_the_simplified_ones(net):
    number, log10 = naive_monomials(net)
    hat = tropicalize(net)[0]
    assert hat.numerator.n_monomials + hat.denominator.n_monomials <= number
    assert 10**log10 == pytest.approx(number)


def test_naive_counts_in_closed_form():
    """One unit on x over a hidden pair: F = 2, G = 1 for each unit of slope 0 or 1/2."""
    layers = [([[1], [1]], [0, 1]), ([[1, -1]], [0])]
    for slope, number in [(0, 2 + 2 + 2), (Fraction(1, 2), 2 * 2 * 2 + 2), (-1, 4 + 4), (2, 2 + 8)]:
        net = Network.from_layers(layers, thresholds=[0, 0], slopes=[0, slope])
        # H = F1 + G2 has 2 * 1 monomials, G' = G1 + F2 has 1 * 2.
        assert naive_monomials(net)[0] == number


def test_naive_counts_beyond_a_hundred_digits():
    f, g = 1, 1
    for _ in range(20):
        f, g = f + g, f * g
    net = Network.from_layers([([[1]], [0])] * 20, thresholds=[0] * 20, slopes=[-1] * 20)
    number, log10 = naive_monomials(net)
    assert number is None
    assert log10 == pytest.approx(math.log10(f + g))


def test_zonotope_of_the_first_layer_has_only_units_with_a_sign():
    layers = [([[1, 0], [0, 1], [1, 1]], [0, 0, 1]), ([[1, 1, 1]], [0])]
    net = Network.from_layers(layers, thresholds=[2, None], slopes=[[0.5, 1, -1], None])
    generators = first_layer_zonotope(net).generators_exact.to_fractions().tolist()
    assert sorted(generators) == sorted([[1, 0, -2], [1, 1, -1]])
    assert lifted_zonotopes(net) is None
    leaky = Network.from_layers(layers, slopes=[0.5, None])
    assert lifted_zonotopes(leaky) is None
