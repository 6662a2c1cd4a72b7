"""Zonotopes of networks."""

from math import comb

import pytest

from polytropic import Network, Zonotope, linear_regions, random_network, tropicalize
from polytropic.errors import InputError
from polytropic.networks.zonotopes import first_layer_zonotope, lifted_zonotopes, most_vertices


@pytest.mark.parametrize(("m", "d"), [(4, 1), (6, 2), (5, 3)])
def test_first_layer_of_generic_networks(m, d):
    net = random_network(d, [m], rng=0)
    zonotope = first_layer_zonotope(net)
    assert (
        zonotope.n_vertices
        == most_vertices(zonotope)
        == 2 * sum(comb(m - 1, i) for i in range(d + 1))
    )
    assert zonotope.n_upper_vertices == len(linear_regions(net))


def test_thresholds_move_the_hyperplanes():
    net = Network.from_layers([([[1], [1]], [0, 0]), ([[1, 1]], [0])], thresholds=[[0, 1], None])
    # max(x, 0) and max(x, 1) bend at two points.
    assert first_layer_zonotope(net).n_upper_vertices == 3
    assert lifted_zonotopes(net) is None


def test_a_linear_first_layer_is_refused():
    with pytest.raises(InputError, match="no activation"):
        first_layer_zonotope(Network.from_layers([([[1, 2]], [0])]))


@pytest.mark.parametrize("seed", range(4))
def test_lifted_zonotopes_have_the_upper_vertices_of_the_polynomials(seed):
    net = random_network(2, [5], rng=seed)
    pair = lifted_zonotopes(net)
    assert pair is not None
    hat = tropicalize(net)[0]
    assert pair[0].n_upper_vertices == hat.numerator.n_regions
    assert pair[1].n_upper_vertices == hat.denominator.n_regions


@pytest.mark.parametrize("shape", [([3, 3], 1), ([3], 2)])
def test_other_shapes_have_none(shape):
    assert lifted_zonotopes(random_network(2, *shape, rng=0)) is None


def test_most_vertices_without_generators():
    assert most_vertices(Zonotope([[0, 0]])) == 2  # a bound: the point has one
