"""Bent hyperplanes: all faces on which a unit vanishes, against exact values at vertices."""

from fractions import Fraction

import pytest

from polytropic import Network, Polytope, linear_regions
from polytropic.errors import InputError
from tests.networks.regions.cases import CASES, NAMES, complex_of


def values_of(regions, unit):
    """Exact values of a unit at all generators."""
    stages = regions._stages
    stage = max(k for k in range(len(stages)) if stages.first_function(k) <= unit)
    rows = stages.exact_values(stage, regions.generators).numerators
    return rows[:, unit - stages.first_function(stage)]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_pieces_are_the_largest_faces_of_zeros(case):
    regions = complex_of(case)
    for unit in range(regions.signs.width):
        if len(regions) > 200 and unit % 3:
            continue
        zero = values_of(regions, unit) == 0
        faces = {frozenset(g for g in cell if zero[g]) for cell in regions.cells}
        faces = {f for f in faces if any(regions.is_point[list(f)])}
        largest = {f for f in faces if not any(f < other for other in faces)}
        bent = regions.bent_hyperplane(unit)
        assert set(map(frozenset, bent.pieces)) == largest
        assert len(bent) == len(largest)
        assert bent.is_empty == (not largest)
        for k in range(0, len(bent), max(1, len(bent) // 5)):
            assert bent.polytope(k).dimension == bent.dimensions[k]


def test_a_duplicate_unit_vanishes_where_the_first_one_does():
    net = Network.from_layers([([[1, 0], [0, 1], [2, 0]], [0, 0, 0]), ([[1, 1, 1]], [0])])
    regions = linear_regions(net, Polytope.box(-1, 1, dim=2))
    first, second = regions.bent_hyperplane(0), regions.bent_hyperplane(2)
    assert first.pieces == second.pieces
    assert first.dimensions.tolist() == [1, 1]
    assert first.n_components == 1


def test_two_components_one_point_and_a_whole_region():
    # |x| - 1 vanishes at two points, |x| at one, relu(x) on a half-line.
    net = Network.from_layers(
        [([[1], [-1]], [0, 0]), ([[1, 1], [1, 1], [1, 0]], [-1, 0, 0]), ([[1, 1, 1]], [0])]
    )
    regions = linear_regions(net)
    apart, point, half = (regions.bent_hyperplane(unit) for unit in (2, 3, 4))
    assert (len(apart), apart.n_components, apart.dimension) == (2, 2, 0)
    assert (len(point), point.n_components, point.dimension) == (1, 1, 0)
    assert half.dimension == 1
    assert half.n_components == 1
    assert repr(apart) == "BentHyperplane(unit 2: 2 pieces of dimension up to 0 in 2 components)"


def test_what_floats_cannot_tell_from_zero():
    layers = [([[3], [3]], [-1, Fraction(1, 2**60) - 1]), ([[1, 1]], [0])]
    regions = linear_regions(Network.from_layers(layers), Polytope.box(0, 1, dim=1))
    pieces = [regions.bent_hyperplane(unit).pieces for unit in (0, 1)]
    assert len(regions) == 3
    assert len(pieces[0]) == len(pieces[1]) == 1
    assert pieces[0] != pieces[1]


def test_no_such_unit():
    regions = linear_regions(Network.from_layers([([[1]], [0]), ([[1]], [0])]))
    with pytest.raises(InputError, match="no unit 1"):
        regions.bent_hyperplane(1)
    assert regions.bent_hyperplane(0).dimensions.tolist() == [0]
