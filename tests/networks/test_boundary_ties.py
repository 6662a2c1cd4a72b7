"""Ties of classifiers against the outputs themselves, and against pairs of networks."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import Network, Polytope, Slice, random_integer_network, random_network
from polytropic.errors import InputError
from polytropic.networks.boundaries import argmax_boundary, boundary_complex
from polytropic.networks.boundaries.comparing import Tournament
from tests.networks.boundary_examples import E3, middle_of

BOX = Polytope.box(-2, 2, dim=2)


def best(network, points):
    """For each point the outputs that are largest there."""
    table = network.evaluate_exact(np.array(points, dtype=object)).to_fractions().tolist()
    return [tuple(k for k, v in enumerate(row) if v == max(row)) for row in table]


NETWORKS = [
    *(random_integer_network(2, [4], 3, rng=s) for s in range(3)),
    random_integer_network(1, [4, 3], 5, rng=0),
    random_integer_network(2, [3, 3], 4, rng=1),
    random_integer_network(3, [3], 3, rng=2),
    random_network(2, [5, 4], 5, rng=0),
    Network.from_layers([([[1, 0], [0, 1], [-1, -1], [0, 0]], [0, 0, 0, 0])]),
    Network.from_layers([([[1]], [0]), ([[1], [1], [0], [-1]], [0, 0, 0, 0])]),
]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("everywhere", [True, False])
def test_cells_and_outputs(network, everywhere):
    d = network.n_inputs
    domain = None if everywhere else Polytope.box(-3, 3, dim=d)
    boundary = argmax_boundary(network, domain)
    cells = [cell.polytope for cell in boundary.cells]
    # Inside each cell exactly its winners are best.
    middles = [middle_of(cell) for cell in boundary.cells]
    assert list(boundary.winners_of_cells) == (best(network, middles) if middles else [])
    # A point of the grid is in a cell if and only if outputs tie there.
    grid = np.random.default_rng(0).integers(-6, 7, (40, d)) * Fraction(1, 2)
    for x, winners in zip(grid.tolist(), best(network, grid), strict=True):
        assert any(cell.contains([x])[0] for cell in cells) == (len(winners) > 1)
    # Sets of winners and dimensions, from interior points of all faces.
    for winners, dimension in boundary.tie_sets.items():
        part = boundary.between(*winners)
        assert part.dimension >= dimension
        assert len(part) > 0
    for k in range(network.n_outputs):
        for cell in boundary.won_by(k).cells:
            assert k in best(network, [middle_of(cell)])[0]


def test_all_outputs_tie_at_one_point():
    """Outputs x, y, -x - y, 0: the last one is largest at the origin only."""
    boundary = argmax_boundary(NETWORKS[-2])
    assert boundary.tie_sets == {(0, 1): 1, (0, 1, 2, 3): 0, (0, 2): 1, (1, 2): 1}
    assert boundary.ties(3).cells.vertices.tolist() == [[0.0, 0.0]]
    assert boundary.ties(4).cells.vertices.tolist() == [[0.0, 0.0]]
    assert boundary.between(2, 3).dimension == 0
    assert boundary.won_by(3).dimension == 0
    assert boundary.betti_numbers == (1, 0)
    assert [boundary.n_regions_of(k) for k in range(4)] == [1, 1, 1, 0]


def test_equal_outputs():
    """Two equal outputs tie on open sets, and where x < 0 all four do."""
    boundary = argmax_boundary(NETWORKS[-1])
    assert boundary.has_interior
    assert sorted(boundary.winners_of_cells) == [(0, 1), (0, 1, 2, 3)]
    assert [boundary.n_regions_of(k) for k in range(4)] == [0] * 4
    assert boundary.winners.tolist() == [0, 0]


@pytest.mark.parametrize("seed", range(3))
def test_regions_of_a_class(seed):
    """Components where one output exceeds the others, from the network of its margin."""
    network = random_integer_network(2, [4], 3, rng=seed)
    boundary = argmax_boundary(network, BOX)
    for k in range(3):
        i, j = (c for c in range(3) if c != k)
        # y_k - max(y_i, y_j) = (y_k - y_j) - relu(y_i - y_j), the first as a difference of relus.
        rows = np.zeros((3, 3), dtype=int)
        rows[0, [k, j]], rows[1, [k, j]], rows[2, [i, j]] = (1, -1), (-1, 1), (1, -1)
        weight = network.layers[-1].weight.numerators
        bias = network.layers[-1].bias.numerators
        first = network.layers[0]
        margin = Network.from_layers(
            [(first.weight, first.bias), (rows @ weight, rows @ bias), ([[1, -1, -1]], [0])]
        )
        expected = boundary_complex(margin, 0, domain=BOX).n_positive_regions
        assert boundary.n_regions_of(k) == expected


def test_two_outputs_are_a_decision_boundary():
    ties, other = argmax_boundary(E3, BOX), boundary_complex(E3, domain=BOX)
    assert ties.area == pytest.approx(other.area, rel=1e-12)
    assert ties.betti_numbers == other.betti_numbers
    assert ties.nearest([1, 1]).squared_distance == other.nearest([1, 1]).squared_distance


def test_winners_on_a_grid_of_floats():
    network = random_network(2, [12, 12], 10, rng=0)
    boundary = argmax_boundary(network, BOX)
    points = np.random.default_rng(1).uniform(-2, 2, (4000, 2))
    places = boundary.regions.locate(points)
    assert (boundary.winners[places] == network(points).argmax(axis=1)).all()
    # In general position three outputs tie in points only, four nowhere.
    assert boundary.dimension == 1
    assert boundary.ties(3).dimension in (-1, 0)
    assert boundary.ties(4).is_empty
    assert all(len(w) == 2 for w in boundary.winners_of_cells)
    # Every triple point ends three cells or more.
    vertices = [tuple(v) for v in boundary.ties(3).cells.vertices.tolist()]
    for vertex in vertices:
        ends = [c for c in boundary.cells if vertex in set(map(tuple, c.vertices.tolist()))]
        assert len(ends) >= 3


@settings(max_examples=30)
@given(st.integers(2, 7), st.data())
def test_tournaments_find_the_largest(k, data):
    row = data.draw(st.lists(st.integers(-2, 2), min_size=k, max_size=k))
    tournament = Tournament(Network.from_layers([(np.eye(k, dtype=int), [0] * k)]))
    assert tournament.network.evaluate_exact([row]).to_fractions() == [[max(row)]]
    assert tournament.network.n_units == k - 1


def test_slices_and_wrong_questions():
    network = random_integer_network(3, [4], 3, rng=0)
    plane = Slice.through([[0, 0, 0], [1, 0, 0], [0, 1, 0]], within=BOX)
    boundary = argmax_boundary(network, plane)
    for cell, winners in zip(boundary.cells, boundary.winners_of_cells, strict=True):
        assert best(network, plane.embed_exact([middle_of(cell)]).to_fractions()) == [winners]
    for pair in combinations(range(3), 2):
        assert len(boundary.between(*pair)) <= len(boundary.ties(2)) + len(boundary.ties(3))
    with pytest.raises(InputError, match="one output"):
        argmax_boundary(random_network(2, [3], rng=0))
    with pytest.raises(InputError, match="outputs"):
        boundary.won_by(3)
    with pytest.raises(InputError, match="tie"):
        boundary.ties(4)
    with pytest.raises(InputError, match="different"):
        boundary.between(1, 1)
