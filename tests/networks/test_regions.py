"""Region complexes as objects: domains, budgets, progress, pickling, and what is refused."""

import pickle
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from polytropic import (
    Network,
    Polytope,
    decision_boundary,
    linear_regions,
    random_network,
    tent_network,
)
from polytropic.errors import BudgetError, EmptyPolytopeError, InputError

pytestmark = pytest.mark.usefixtures("way_of_cutting")

NET = random_network(2, [6, 6], rng=4)


def test_pickling_keeps_everything_exact():
    regions = linear_regions(NET, Polytope.box(-1, 1, dim=2))
    again = pickle.loads(pickle.dumps(regions))
    assert again.generators.tolist() == regions.generators.tolist()
    assert again.sign_vectors.tolist() == regions.sign_vectors.tolist()
    assert again.n_linear_regions == regions.n_linear_regions


def test_budget():
    n = len(linear_regions(NET))
    assert len(linear_regions(NET, max_regions=n)) == n
    with pytest.raises(BudgetError, match=f"more than {n - 1} cells"):
        linear_regions(NET, max_regions=n - 1)


def test_progress_is_told_part_by_part():
    calls = []
    n = len(linear_regions(NET, progress=lambda *state: calls.append(state)))
    n_parts = calls[0][1]
    assert [c[:2] for c in calls] == [(i, n_parts) for i in range(n_parts + 1)]
    assert calls[0][2] == 0
    assert calls[-1][2] == n


@pytest.mark.parametrize(
    ("domain", "error", "message"),
    [
        (Polytope.box(0, 1, dim=3), InputError, "2 inputs but the domain lies in dimension 3"),
        ((-1, 1), InputError, "Polytope.box"),
        (Polytope.empty(2), EmptyPolytopeError, "empty"),
    ],
)
def test_bad_domains(domain, error, message):
    with pytest.raises(error, match=message):
        linear_regions(NET, domain)


def test_restriction_to_a_segment_is_the_network_along_it():
    """Regions on a flat domain are those of the one-dimensional network along it."""
    start, end = np.array([-3.0, 1.0]), np.array([2.0, -1.0])
    first = NET.layers[0]
    weight, bias = first.weight.to_float(), first.bias.to_float()
    along = Network.from_layers(
        [((weight @ (end - start))[:, None], weight @ start + bias)]
        + [(layer.weight, layer.bias) for layer in NET.layers[1:]]
    )
    flat = linear_regions(NET, Polytope.from_points([start, end]))
    line = linear_regions(along, Polytope.box(0, 1, dim=1))
    assert len(flat) == len(line)
    assert flat.n_linear_regions == line.n_linear_regions
    assert flat.n_affine_maps == line.n_affine_maps


def test_unbounded_domains():
    cone = Polytope.from_points([[0, 0]], rays=[[1, 0], [1, 1]])
    halfplane = Polytope.from_halfspaces([[0, -1]], [0])
    parts = [Polytope.from_halfspaces([[0, s]], [0]) for s in (1, -1)]
    inside = linear_regions(NET, cone)
    assert 1 < len(inside) < len(linear_regions(NET, halfplane)) < len(linear_regions(NET))
    # The regions cut by a line are counted once more than without it.
    cut = linear_regions(
        Network.from_layers(
            [
                (np.vstack([NET.layers[0].weight.to_float(), [0, 1]]),
                 np.append(NET.layers[0].bias.to_float(), 0)),
                (np.column_stack([NET.layers[1].weight.to_float(), np.zeros(6)]),
                 NET.layers[1].bias),
                (NET.layers[2].weight, NET.layers[2].bias),
            ]
        )
    )  # fmt: skip
    assert sum(len(linear_regions(NET, part)) for part in parts) == len(cut)


def test_a_point_is_one_region():
    regions = linear_regions(NET, Polytope.from_points([[0.25, 0.5]]))
    assert len(regions) == 1
    assert regions[0].vertices.tolist() == [[0.25, 0.5]]


def test_regions_of_a_tent_in_order():
    regions = linear_regions(tent_network(1), Polytope.box(0, 1, dim=1))
    intervals = sorted(sorted(r.vertices.ravel().tolist()) for r in regions)
    assert intervals == [[0, 0.5], [0.5, 1]]
    assert regions.adjacency.tolist() == [[0, 1]]
    assert sorted(r.affine_map.A[0, 0] for r in regions) == [-2, 2]


def test_neighbours_meet_in_facets_and_agree_there():
    regions = linear_regions(NET)
    assert len(regions.adjacency) > len(regions)
    for i, j in regions.adjacency.tolist():
        common = set(regions.facets[i]) & set(regions.facets[j])
        assert len(common) == 1
        one, two = regions.affine_map(i), regions.affine_map(j)
        for g in common.pop():
            t, *x = regions.generators[g].tolist()
            values = [
                sum(a * c for a, c in zip(m.A_exact.to_fractions()[0], x, strict=True))
                + m.b_exact.to_fractions()[0] * t
                for m in (one, two)
            ]
            assert values[0] == values[1]


def test_a_domain_with_more_sides_than_a_word_has_bits():
    """Lines in a polygon with 100 sides: regions = 1 + lines that meet it + crossings inside."""
    angles = 2 * np.pi * np.arange(100) / 100
    polygon = Polytope.from_points(np.column_stack([np.cos(angles), np.sin(angles)]))
    assert polygon.n_facets == 100
    rng = np.random.default_rng(0)
    W, b = rng.standard_normal((12, 2)), 0.4 * rng.standard_normal(12)
    heights = polygon.vertices @ W.T + b
    meeting = np.flatnonzero((heights.min(axis=0) < 0) & (heights.max(axis=0) > 0))
    pairs = list(combinations(range(12), 2))
    crossings = np.array([np.linalg.solve(W[list(pair)], -b[list(pair)]) for pair in pairs])
    net = Network.from_layers([(W, b), (np.ones((1, 12)), [0])])
    expected = 1 + len(meeting) + int(polygon.contains(crossings).sum())
    assert len(linear_regions(net, polygon)) == expected


@pytest.mark.parametrize("seed", range(6))
def test_coordinates_are_as_good_as_their_bounds_say(seed):
    """Also where a direction was decided exactly, beside others that were not."""
    rng = np.random.default_rng(seed)
    layers = [
        (rng.integers(-10, 11, (4, 2)) / 10, rng.integers(-10, 11, 4) / 10),
        (rng.integers(-10, 11, (3, 4)) / 10, rng.integers(-10, 11, 3) / 10),
        ([[1, 1, 1]], [0]),
    ]
    layers[0][0][1] = -layers[0][0][0]
    regions = linear_regions(Network.from_layers(layers))
    rows = regions.generators.tolist()
    for row, point, value, error in zip(rows, regions.is_point, *regions.places, strict=True):
        if point:
            for exact_value, v, e in zip(row[1:], value, error, strict=True):
                assert abs(Fraction(exact_value, row[0]) - Fraction(v)) <= Fraction(e)


def test_sums_that_overflow_decide_nothing():
    most = 1.5 * 2.0**1023
    layers = [([[0.75, 0.75, -0.875, -0.875]] * 3, [0] * 3), ([[1, 1, 1]], [0])]
    net = Network.from_layers(layers)
    regions = linear_regions(net, Polytope.box([0.99 * most] * 4, [most] * 4))
    assert regions.sign_vectors.tolist() == [[-1, -1, -1]]


def test_slopes_that_underflow_do_not_vanish():
    small = 2.0**-600
    net = Network.from_layers(
        [([[1]], [0]), ([[1]], [0]), ([[1]], [0])], thresholds=[0, 0, None],
        slopes=[[small], [0], None],
    )  # fmt: skip
    regions = linear_regions(net, Polytope.box(-small, small, dim=1))
    assert regions.sign_vectors.tolist() == [[-1, -1], [1, 1]]


def test_questions_about_networks_of_any_width():
    """Locating, bent hyperplanes and boundaries go through the stages too."""
    net = random_network(2, [6, 5], rng=2)
    box = Polytope.box(-2, 2, dim=2)
    regions = linear_regions(net, box)
    middles = np.array([region.vertices.mean(axis=0) for region in regions])
    assert regions.locate(middles).tolist() == list(range(len(regions)))
    bent = regions.bent_hyperplane(7)
    assert len(bent) > 0
    value = float(net(middles[:1])[0, 0])
    boundary = decision_boundary(net, value, domain=box)
    assert boundary.n_positive_regions + boundary.n_negative_regions >= 2
