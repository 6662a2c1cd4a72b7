"""Winning regions: every point of a region has the same winner."""

import numpy as np
import pytest

from polytropic import Network, Polytope, linear_regions, random_integer_network, random_network
from polytropic.networks.winners import winning_regions


def inner_points(region):
    """Some points in the interior of a bounded region, exactly rational."""
    vertices = region.vertices_exact.to_fractions()
    centre = vertices.sum(axis=0) / len(vertices)
    return [centre, *((3 * vertex + centre) / 4 for vertex in vertices)]


@pytest.mark.parametrize("make", [random_network, random_integer_network])
@pytest.mark.parametrize(
    ("d", "widths", "outputs"), [(1, [4], 3), (2, [4, 3], 3), (2, [5], 2), (3, [3], 4)]
)
@pytest.mark.parametrize("seed", range(3))
def test_winners_win_all_over_their_regions(make, d, widths, outputs, seed):
    net = make(d, widths, outputs, rng=seed)
    regions, winners = winning_regions(net, Polytope.box(-3, 3, dim=d))
    for region, winner in zip(regions, winners.tolist(), strict=True):
        values = net.evaluate_exact(np.array(inner_points(region))).to_fractions()
        for row in values.tolist():
            assert row[winner] == max(row)
        middle = values[0].tolist()
        assert winner == middle.index(max(middle))


@pytest.mark.parametrize("seed", range(5))
def test_a_single_output_is_compared_with_zero(seed):
    net = random_integer_network(2, [4], 1, rng=seed)
    regions, winners = winning_regions(net, Polytope.box(-3, 3, dim=2))
    for region, winner in zip(regions, winners.tolist(), strict=True):
        values = net.evaluate_exact(np.array(inner_points(region))).to_fractions().ravel()
        assert all((value > 0) == bool(winner) for value in values)


def test_equal_outputs_go_to_the_first():
    net = Network.from_layers([([[1]], [0]), ([[1], [1], [0]], [0, 0, 0])])
    regions, winners = winning_regions(net)
    assert len(regions) == 2
    assert winners.tolist() == [0, 0]


def test_regions_refine_those_of_the_network():
    net = random_network(2, [4], 3, rng=0)
    box = Polytope.box(-2, 2, dim=2)
    regions, _ = winning_regions(net, box)
    units = net.n_units
    assert {tuple(row[:units]) for row in regions.sign_vectors.tolist()} == {
        tuple(row) for row in linear_regions(net, box).sign_vectors.tolist()
    }
