"""Estimates against exact counts: unbiasedness by exact expectation and by fixed samples."""

import math
from fractions import Fraction

import numpy as np
import pytest

from polytropic import Network, Polytope, linear_regions, random_integer_network, random_network
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.networks.around import activation_region
from polytropic.networks.estimates import EstimatedRegions, expected_regions

BOX = Polytope.box(-1, 1, dim=2)


@pytest.mark.parametrize("seed", range(5))
def test_the_estimate_is_within_a_few_errors(seed):
    net = random_network(2, [5, 3], rng=seed)
    n = len(linear_regions(net, BOX))
    found = expected_regions(net, BOX, samples=800, rng=seed)
    assert isinstance(found, EstimatedRegions)
    assert found.n_seen <= n
    assert abs(found.estimate - n) < 4 * found.standard_error
    assert "estimate" in repr(found)


def test_many_small_samples_are_unbiased_together():
    """The mean of independent estimates is the number of regions; their spread is the error."""
    net = random_network(2, [4, 2], rng=1)
    regions = linear_regions(net, BOX)
    volumes = [region.polytope.volume for region in regions]
    # The exact variance of one term is sum V / v - N^2.
    variance = float(sum(4 / v for v in volumes)) - len(regions) ** 2
    rng = np.random.default_rng(0)
    estimates = [expected_regions(net, BOX, samples=30, rng=rng) for _ in range(40)]
    error = math.sqrt(variance / (30 * 40))
    assert abs(np.mean([e.estimate for e in estimates]) - len(regions)) < 3 * error
    spread = np.std([e.estimate for e in estimates])
    assert 0.6 < spread / math.sqrt(variance / 30) < 1.4
    assert 0.3 < np.mean([e.standard_error for e in estimates]) / math.sqrt(variance / 30) < 1.4


def test_equal_regions_are_estimated_without_error():
    # Four quadrants: every term is exactly four.
    net = Network.from_layers([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [0])])
    found = expected_regions(net, BOX, samples=20, rng=0)
    assert (found.estimate, found.standard_error, found.n_seen) == (4, 0, 4)
    one = expected_regions(net, BOX, samples=1, rng=0)
    assert one.estimate == 4
    assert math.isnan(one.standard_error)


def test_domains_that_are_no_box():
    triangle = Polytope.from_points([[-1, -1], [2, 0], [0, 1]])
    net = random_network(2, [4], rng=0)
    n = len(linear_regions(net, triangle))
    found = expected_regions(net, triangle, samples=600, rng=0)
    assert abs(found.estimate - n) < 4 * found.standard_error + 1e-12


@pytest.mark.parametrize("d", [1, 3])
def test_other_dimensions(d):
    net, box = random_network(d, [5, 2], rng=2), Polytope.box(-1, 1, dim=d)
    found = expected_regions(net, box, samples=500, rng=3)
    assert abs(found.estimate - len(linear_regions(net, box))) < 4 * found.standard_error


def test_units_that_vanish_on_regions_are_no_walls():
    # Two equal units cancel: the second layer vanishes everywhere.
    net = Network.from_layers([([[1, 0], [1, 0]], [0, 0]), ([[1, -1]], [0]), ([[1]], [0])])
    found = expected_regions(net, BOX, samples=50, rng=0)
    assert found.estimate == 2


def test_species_are_a_lower_bound_on_average():
    net = random_network(2, [6, 4], rng=0)
    n = len(linear_regions(net, BOX))
    rng = np.random.default_rng(0)
    found = [expected_regions(net, BOX, samples=40, method="species", rng=rng) for _ in range(20)]
    assert np.mean([f.estimate for f in found]) <= n
    assert all(f.n_seen <= f.estimate for f in found)
    many = expected_regions(net, BOX, samples=4000, method="species", rng=0)
    assert many.n_seen <= n
    assert abs(many.estimate - n) < 4 * many.standard_error + 3
    assert "species" in repr(many)


def test_the_same_seed_gives_the_same_estimate():
    net = random_network(2, [5], rng=0)
    assert expected_regions(net, BOX, samples=30, rng=7) == expected_regions(
        net, BOX, samples=30, rng=np.random.default_rng(7)
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_region_around_a_point(seed, d):
    net = random_integer_network(d, [4, 3], rng=seed)
    box = Polytope.box(-3, 3, dim=d)
    for domain in (None, box):
        regions = linear_regions(net, domain)
        for index in range(0, len(regions), len(regions) // 12 + 1):
            region = regions[index]
            inside = region.polytope.interior_point()
            assert activation_region(net, inside, domain) == region.polytope


def test_a_point_on_a_wall():
    net = Network.from_layers([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [0])])
    ray = activation_region(net, [0, Fraction(1, 3)])
    assert ray == Polytope.from_points([[0, 0]], rays=[[0, 1]])
    assert activation_region(net, [0, 0]) == Polytope.from_points([[0, 0]])


def test_regions_of_other_activations():
    net = Network.from_layers(
        [([[1, 0], [0, 1], [1, 1]], [0, 0, 1]), ([[1, 1, 1]], [1]), ([[1]], [0])],
        thresholds=[[0, 1, 0], 2, None],
        slopes=[[-1, 0.5, 1], None, None],
    )
    # For x < 0 and y < 1 the second layer is -x + (1 + y) / 2 + (x + y + 1) + 1, at least 2 where
    # y >= -1/3.
    below, above = Fraction(-1, 3), Polytope.from_halfspaces([[1, 0], [0, 1], [0, -3]], [0, 1, 1])
    assert activation_region(net, [-0.5, -1]) == Polytope.from_halfspaces(np.eye(2), [0, below])
    assert activation_region(net, [-0.5, 0]) == above


@pytest.mark.parametrize(
    ("domain", "error", "message"),
    [
        (Polytope.from_halfspaces([[1, 0]], [1]), InputError, "unbounded"),
        (Polytope.empty(2), EmptyPolytopeError, "empty"),
        (Polytope.from_points([[0, 0], [1, 1]]), InputError, "flat"),
        (Polytope.box(0, 1, dim=3), InputError, "2 inputs"),
        ([0, 1], InputError, "Polytope.box"),
    ],
)
def test_bad_domains(domain, error, message):
    with pytest.raises(error, match=message):
        expected_regions(random_network(2, [3], rng=0), domain)


def test_bad_arguments():
    net = random_network(2, [3], rng=0)
    with pytest.raises(InputError, match="samples must be at least 1"):
        expected_regions(net, BOX, samples=0)
    with pytest.raises(InputError, match="method must be"):
        expected_regions(net, BOX, method="guess")
    with pytest.raises(InputError, match="shape"):
        activation_region(net, [1, 2, 3])
