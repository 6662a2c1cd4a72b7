"""Affine pieces over regions against the layer recursion by tropical products."""

from fractions import Fraction

import pytest

from polytropic import (
    Network,
    Polytope,
    linear_regions,
    random_integer_network,
    random_network,
    tropicalize,
)
from polytropic.errors import InputError
from polytropic.networks.pieces import affine_pieces
from polytropic.networks.regions import RegionComplex


def pieces_of(net):
    return affine_pieces(linear_regions(net))


NETWORKS = {
    "random": random_network(2, [3, 3], 2, rng=0),
    "integer": random_integer_network(2, [4, 3], 2, rng=1),
    "in space": random_network(3, [3, 2], 2, rng=2),
    "narrow": random_network(3, [1, 2], 1, rng=3),
    "one layer": random_network(2, [3], 1, rng=4),
    "affine": random_network(2, [], 2, rng=5),
    "zero units": Network.from_layers([([[0, 0], [1, 0]], [0, -1]), ([[1, 1]], [0])]),
    "fractions": Network.from_layers(
        [([[Fraction(1, 3), 2], [1, Fraction(-5, 7)]], [Fraction(1, 2), 0]), ([[1, -1]], [0])]
    ),
    "thresholds": Network.from_layers(
        [([[1, 2], [0.5, -1]], [0.1, 1]), ([[1, -1], [2, 3]], [0, 0])],
        thresholds=[[1, -0.5], [0.25, 0]],
    ),
    "linear in between": Network.from_layers(
        [([[1], [-1]], [0, 1]), ([[1, 2], [3, -1]], [1, 0]), ([[1, 1]], [-1])],
        thresholds=[0, None, 0],
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_as_tropicalize(name):
    net = NETWORKS[name]
    pieces, hats = pieces_of(net), tropicalize(net)
    assert pieces.rational_map() == hats
    for output, hat in enumerate(hats):
        f, g = hat.numerator, hat.denominator
        assert pieces.n_numerator(output) == f.n_regions
        assert pieces.n_denominator(output) == g.n_regions
        assert pieces.n_product(output) == (f * g).n_regions
        assert pieces.n_sum(output) == (f + g).n_regions


@pytest.mark.parametrize("seed", range(8))
def test_n_sum_of_networks_that_vanish_on_open_sets(seed):
    """One output only through a ReLU: on its inactive regions F and G are the same monomial."""
    inner = random_integer_network(2, [3], 1, rng=seed)
    net = Network((*inner.layers[:-1], *Network.from_layers([([[1, 1, -1]], [0])]).layers))
    net = Network.from_layers(
        [(layer.weight, layer.bias) for layer in net.layers], thresholds=[0, 0]
    )
    pieces, (hat,) = pieces_of(net), tropicalize(net)
    assert pieces.n_sum() == (hat.numerator + hat.denominator).n_regions


@pytest.mark.parametrize("bias", [-1, 0, 1])
def test_n_sum_of_an_affine_network(bias):
    """No unit bends anywhere, so both sides are seen only along the lineality."""
    assert pieces_of(Network.from_layers([([[1, -2]], [bias])])).n_sum() == 2
    assert pieces_of(Network.from_layers([([[0, 0]], [bias])])).n_sum() == 1


@pytest.mark.parametrize("seed", range(4))
def test_difference_of_two_outputs(seed):
    net = random_integer_network(2, [4], 3, rng=seed)
    pieces, hats = pieces_of(net), tropicalize(net)
    for i, j in [(0, 1), (2, 0)]:
        quotient = pieces.difference(i, j)
        assert quotient.equals_function(hats[i] / hats[j])
        assert quotient.numerator == (hats[i].numerator * hats[j].denominator).simplify()
        assert quotient.denominator == (hats[j].numerator * hats[i].denominator).simplify()


def test_a_domain_is_refused():
    regions = linear_regions(NETWORKS["random"], Polytope.box(-1, 1, dim=2))
    with pytest.raises(InputError, match="without a domain"):
        affine_pieces(regions)
    assert isinstance(regions, RegionComplex)
