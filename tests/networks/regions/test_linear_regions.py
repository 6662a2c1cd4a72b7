"""The three counts, and which linear regions are convex."""

from fractions import Fraction

import numpy as np
import pytest
import shapely

from polytropic import Network, Polytope, folding_network, linear_regions, random_network
from polytropic.arithmetic.linalg import identity
from polytropic.networks.regions import maps, residues
from polytropic.networks.regions.residues import ResidueMaps
from tests.networks.regions.cases import CASES, NAMES, complex_of, integer_network


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_labels_are_those_of_exact_maps(case):
    regions = complex_of(case)
    if len(regions) > 150:
        regions = regions.subcomplex(range(150))
    homogeneous = regions._stages.homogeneous
    keys = {}
    expected = [
        keys.setdefault(homogeneous.exact_linear_map(p, regions._basis), len(keys))
        for p in regions.active_units
    ]
    assert regions.affine_labels.tolist() == expected


@pytest.mark.parametrize("slopes", [None, [Fraction(1, 3), -1, None]])
def test_residues_tell_maps_apart(slopes):
    """Also with small primes, so that many of them are needed."""
    rng = np.random.default_rng(4)
    layers = [
        (rng.integers(-1, 2, (4, 2)), [Fraction(1, 2), 0, 1, -1]),
        (rng.integers(-1, 2, (4, 4)), [1, -1, Fraction(1, 5), 0]),
    ]
    layers.append(([[1, Fraction(1, 7), 0, -1]], [Fraction(2, 3)]))
    net = Network.from_layers(layers, slopes=slopes)
    patterns = rng.random((200, 8)) < 0.5
    homogeneous = linear_regions(net, Polytope.box(0, 1, dim=2))._stages.homogeneous
    keys = {}
    expected = [
        keys.setdefault(homogeneous.exact_linear_map(p, identity(3)), len(keys)) for p in patterns
    ]
    assert 1 < len(keys) < 200
    for limit in (None, 30):
        compared = ResidueMaps(net, identity(3))
        if limit is not None:
            compared._largest = limit
        labels = compared.labels(patterns, np.zeros(200, dtype=np.int64))
        pairs = set(zip(labels.tolist(), expected, strict=True))
        assert len(pairs) == len(keys) == len(set(labels.tolist()))


def test_maps_that_agree_modulo_the_first_prime_are_told_apart():
    net = Network.from_layers([([[1]], [0]), ([[1]], [0])])
    prime = next(residues._primes_below(ResidueMaps(net, identity(2))._largest))
    compared = ResidueMaps(Network.from_layers([([[1]], [0]), ([[prime]], [0])]), identity(2))
    labels = compared.labels(np.array([[True], [False], [True]]), np.zeros(3, dtype=np.int64))
    assert labels[0] == labels[2] != labels[1]


def test_maps_that_different_units_make_with_their_biases_are_one():
    """(x + 1) / 2 through one unit, and x / 2 through another one that adds the half."""
    half = Fraction(1, 2)
    net = Network.from_layers(
        [([[half], [half]], [half, 0]), ([[1, 0], [0, 1]], [0, half]), ([[1, 1]], [0])]
    )
    patterns = np.array([[1, 1, 1, 0], [1, 1, 0, 1], [1, 1, 1, 1]], dtype=bool)
    labels = ResidueMaps(net, identity(2)).labels(patterns, np.zeros(3, dtype=np.int64))
    assert labels[0] == labels[1] != labels[2]


def test_maps_in_integers_of_many_digits(monkeypatch):
    regions = linear_regions(integer_network(2, [4, 3], 1))
    expected = regions.affine_labels.tolist()
    monkeypatch.setattr(maps, "_MANY_PRIMES", 0)
    again = linear_regions(integer_network(2, [4, 3], 1))
    assert again.n_affine_maps < len(again)
    assert again.affine_labels.tolist() == expected


def test_primes():
    assert list(residues._primes_below(20)) == [19, 17, 13, 11, 7, 5, 3, 2]


def test_intervals_are_parted_only_where_none_reaches_across():
    # The first reaches over the gap between the others: all three may be equal to it.
    value, error = np.array([5.0, 1.5, 5.5, 20.0]), np.array([5.0, 0.5, 0.5, 1.0])
    together = np.zeros(4, dtype=np.int64)
    parts = maps._split_intervals(together, value, error)
    assert parts[0] == parts[1] == parts[2] != parts[3]
    unknown = np.array([np.inf, 0.5, 0.5, np.nan])
    assert len(set(maps._split_intervals(together, value, unknown).tolist())) == 1
    # What was told apart before stays apart, and touching intervals stay together.
    groups = maps._split_intervals(np.array([0, 1, 0, 1]), np.ones(4), np.zeros(4))
    assert groups[0] == groups[2] != groups[1] == groups[3]


def test_a_folding_network_has_few_maps():
    regions = linear_regions(folding_network(2, 4, 3), Polytope.box(0, 1, dim=2))
    assert regions.n_activation_regions == regions.n_linear_regions == 4096
    exact = {
        (tuple(m.A_exact.to_fractions().ravel()), tuple(m.b_exact.to_fractions()))
        for m in (regions.affine_map(i) for i in range(0, 4096, 16))
    }
    assert len(exact) <= regions.n_affine_maps


# -- convexity -----------------------------------------------------------------------------------
def planar_verdicts(regions):
    """Convexity of linear regions in the plane by areas of unions (shapely)."""
    polygons = [shapely.MultiPoint(region.vertices).convex_hull for region in regions]
    verdicts = []
    for label in range(regions.n_linear_regions):
        union = shapely.union_all([polygons[i] for i in regions.linear_region(label).regions])
        verdicts.append(union.convex_hull.area < union.area * (1 + 1e-9))
    return verdicts


@pytest.mark.parametrize("seed", range(12))
def test_convexity_in_the_plane_is_that_of_shapely(seed):
    regions = linear_regions(integer_network(2, [4, 3], seed), Polytope.box(-3, 3, dim=2))
    assert regions.convex_linear_regions.tolist() == planar_verdicts(regions)


def test_the_seeds_above_show_both_verdicts():
    several = [
        linear_regions(integer_network(2, [4, 3], seed), Polytope.box(-3, 3, dim=2))
        for seed in range(12)
    ]
    large = [
        verdict
        for regions in several
        for label, verdict in enumerate(regions.convex_linear_regions)
        if len(regions.linear_region(label)) > 1
    ]
    assert min(large.count(True), large.count(False)) >= 3


@pytest.mark.parametrize("d", [2, 3, 4])
def test_where_all_coordinates_are_positive_is_convex_and_elsewhere_is_not(d):
    """max(0, min(x)) is zero on the complement of an orthant, which is connected, not convex."""
    net = _positive_minimum(d)
    regions = linear_regions(net, Polytope.box(-2, 1, dim=d))
    zero = [i for i in range(len(regions)) if not regions.affine_map(i).A.any()]
    labels = set(regions.linear_labels[zero].tolist())
    assert len(labels) == 1
    assert not regions.linear_region(labels.pop()).is_convex
    others = np.delete(np.arange(regions.n_linear_regions), regions.linear_labels[zero[0]])
    assert regions.convex_linear_regions[others].all()
    assert len(others) == d


def _positive_minimum(d):
    """max(0, min(x)) as d layers: the running minimum and the coordinates to come."""
    layers, slopes, thresholds = [], [], []
    # State: (m, x_k, ..., x_d).  Next: (relu(x_k - m), x_k, x_{k+1}, ...), then m = x_k - that.
    mix = np.eye(d, dtype=int)
    for left in range(d - 1, 0, -1):
        step = np.zeros((left + 1, left + 1), dtype=int)
        step[0, :2] = -1, 1
        step[1:, 1:] = np.eye(left, dtype=int)
        layers.append((step @ mix, [0] * (left + 1)))
        slopes.append([0] + [1] * left)
        thresholds.append(0)
        mix = np.zeros((left, left + 1), dtype=int)
        mix[0, :2] = -1, 1
        mix[1:, 2:] = np.eye(left - 1, dtype=int)
    layers += [(mix, [0]), ([[1]], [0])]
    return Network.from_layers(
        layers, slopes=[*slopes, None, None], thresholds=[*thresholds, 0, None]
    )


def test_one_linear_region_of_many_cells_is_convex():
    regions = linear_regions(integer_network(3, [3], 0), Polytope.box(-1, 1, dim=3))
    net = regions.network
    zero = Network.from_layers([(net.layers[0].weight, net.layers[0].bias), ([[0, 0, 0]], [1])])
    regions = linear_regions(zero, Polytope.box(-1, 1, dim=3))
    assert len(regions) > 3
    assert regions.n_linear_regions == 1
    assert regions.linear_region(0).is_convex
    assert len(regions.linear_region(0)) == len(regions)
    assert regions.linear_region(0).affine_map.b.tolist() == [1]
    assert regions[0].linear_region == 0


def test_convexity_of_random_networks_on_the_line_and_with_lines():
    assert linear_regions(random_network(1, [5, 5], rng=0)).convex_linear_regions.all()
    net = Network.from_layers([([[1, 1, 0], [1, 1, 0]], [0, -1]), ([[1, -1]], [0])])
    assert linear_regions(net).convex_linear_regions.all()
