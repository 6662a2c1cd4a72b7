"""Locating points against inequalities of every region, and signs against exact evaluation."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import Polytope, linear_regions, random_network
from polytropic.arithmetic.numbers import exact
from polytropic.errors import InputError
from polytropic.geometry.arrangements.sign_vectors import SignVectors
from polytropic.networks.regions import locating
from tests.networks.regions.cases import CASES, NAMES, complex_of


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_all_regions_at_a_point_are_those_whose_inequalities_hold(case):
    regions = complex_of(case)
    d = regions.network.n_inputs
    if len(regions) > 80:
        regions = regions.subcomplex(range(0, len(regions), 1 + len(regions) // 80))
    grid = np.stack(np.meshgrid(*[[-1, 0, 1]] * d), axis=-1).reshape(-1, d)[:12]
    # Vertices lie in many regions at once.
    names = np.flatnonzero(regions._used & regions.is_point)[:6]
    vertices = [[Fraction(x, t) for x in row] for t, *row in regions.exact_generators(names)]
    points = exact(np.array([*grid.tolist(), *vertices], dtype=object), ndim=2)
    polytopes = [region.polytope for region in regions]
    inside = np.array([p.contains(points) for p in polytopes])
    start, found = regions.locate_all(points)
    first = regions.locate(points)
    for k in range(len(points)):
        expected = np.flatnonzero(inside[:, k]).tolist()
        assert found[start[k] : start[k + 1]].tolist() == expected
        assert first[k] == (expected[0] if expected else -1)


def test_random_points_lie_in_exactly_one_region():
    regions = linear_regions(random_network(3, [8, 8], rng=0), Polytope.box(-1, 1, dim=3))
    points = np.random.default_rng(0).uniform(-1, 1, (2000, 3))
    start, found = regions.locate_all(points)
    assert (np.diff(start) == 1).all()
    signs = regions.sign_vectors[found]
    assert (signs[:, :8] == np.sign(points @ regions.network.layers[0].weight.to_float().T
                                    + regions.network.layers[0].bias.to_float())).all()  # fmt: skip
    assert regions.locate(points + 4).tolist() == [-1] * 2000


@settings(max_examples=60)
@given(st.data())
def test_matching_signs_is_comparing_all(data):
    width, n = data.draw(st.integers(0, 9)), data.draw(st.integers(0, 12))
    row = st.lists(st.sampled_from([-1, 0, 1]), min_size=width, max_size=width)
    rows = np.array(data.draw(st.lists(row, min_size=n, max_size=n)), dtype=np.int8)
    rows = rows.reshape(n, width)
    asked = np.array(data.draw(st.lists(row, max_size=5)), dtype=np.int8)
    asked = asked.reshape(len(asked), width)
    found = locating.SignSearch(SignVectors.from_signs(rows)).matching(asked)
    agree = ((asked[:, None] == rows[None]) | (asked[:, None] == 0)).all(axis=2)
    assert [f.tolist() for f in found] == [i.tolist() for i in np.nonzero(agree)]


def test_points_that_floats_cannot_place():
    """On, and one part in 10^30 beside, the line where two regions meet."""
    regions = linear_regions(random_network(2, [4], rng=1), Polytope.box(-1, 1, dim=2))
    i, j = regions.adjacency[0].tolist()
    facet = set(regions.facets[i]) & set(regions.facets[j])
    rows = regions.exact_generators(np.array(sorted(facet.pop())))
    middle = np.array([sum(Fraction(r[c], 2 * r[0]) for r in rows) for c in (1, 2)])
    inner = regions[i].interior_point.to_fractions()
    near = middle + Fraction(1, 10**30) * (inner - middle)
    start, found = regions.locate_all(np.array([middle, near]))
    assert found.tolist() == [i, j, i]
    assert start.tolist() == [0, 2, 3]


def test_wrong_points():
    regions = linear_regions(random_network(2, [3], rng=0))
    with pytest.raises(InputError, match=r"\(n, 2\)"):
        regions.locate([[1, 2, 3]])
    with pytest.raises(InputError):
        regions.locate([[1, np.nan]])
    assert regions.locate(np.zeros((0, 2))).tolist() == []
