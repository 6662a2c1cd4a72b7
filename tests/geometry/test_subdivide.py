"""Cutting complexes: names, tight sets, exact rebuilding and face-to-face-ness."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from polytropic.arithmetic.bounded import Bounded, affine, integer_rounding
from polytropic.arithmetic.linalg import integer_rows, product, rank
from polytropic.errors import BudgetError
from polytropic.geometry import subdivide
from polytropic.geometry.subdivide import ExactValues, Subdivision, pointed_fan
from tests import brute_force

pytestmark = pytest.mark.usefixtures("way_of_cutting")


def identity(size):
    return integer_rows([[int(i == j) for j in range(size)] for i in range(size)], size)


def forms_of(normals):
    def forms(rows):
        values = product(rows, normals)
        return ExactValues(values, [1] * len(values))

    return forms


def cut_in_rounds(fan, rounds, blind=False):
    """Cut by integer forms, one round after another; blind: floats say nothing."""
    subdivision = Subdivision(fan)
    for normals in rounds:
        rows = subdivision.exact_generators()
        values, heights = float_values(rows, normals), np.zeros(len(rows))
        if blind:
            values = Bounded(values.value, np.full(values.error.shape, np.inf))
        subdivision.cut(values, heights, forms_of(normals))
    return subdivision


def float_values(rows, normals):
    weights = Bounded(normals.astype(float), np.zeros(normals.shape))
    nothing = Bounded(np.zeros(len(normals)), np.zeros(len(normals)))
    return affine(integer_rounding(rows), np.zeros(len(rows)), weights, nothing)


def orthants(size):
    """R^size as 2^size cones, in coordinates without a height."""
    units = identity(size).tolist()
    for pattern in range(1 << size):
        axes = [tuple(-x if pattern >> i & 1 else x for x in unit) for i, unit in enumerate(units)]
        yield brute_force.Cone(axes, axes, [])


def sign_patterns(cones, forms):
    """Signs of forms on the interiors of cones."""
    return {
        tuple(
            (any(brute_force.dot(f, g) > 0 for g in cone.generators))
            - (any(brute_force.dot(f, g) < 0 for g in cone.generators))
            for f in forms
        )
        for cone in cones
    }


@st.composite
def problems(draw):
    size = draw(st.sampled_from([2, 3, 3, 4]))
    entry = st.integers(-2, 2)
    row = st.lists(entry, min_size=size, max_size=size)
    n_rows = 4 if size < 4 else 3
    rounds = [draw(st.lists(row, min_size=1, max_size=n_rows)) for _ in range(2)]
    return size, [integer_rows(rows, size) for rows in rounds]


@given(problems(), st.booleans())
def test_cells_are_those_of_the_arrangement(problem, blind):
    size, rounds = problem
    forms = np.concatenate(rounds)
    assume(forms.any())
    fan = pointed_fan(integer_rows([], size), [], 0, identity(size), forms)
    subdivision = cut_in_rounds(fan, rounds, blind)
    signs = [tuple(row) for row in subdivision.signs.tolist()]
    assert len(set(signs)) == len(signs) == subdivision.n_cells
    cones = list(orthants(size))
    for form in forms.tolist():
        cones = [part for cone in cones for part, _ in cone.sides(form)]
    assert set(signs) == sign_patterns(cones, forms.tolist())
    assert_is_a_complex(subdivision, size - len(fan.lineality))


def assert_is_a_complex(subdivision, dimension):
    """Generators are extreme, different names are different rays, facets are shared by two."""
    rows = subdivision.exact_generators()
    assert len({tuple(row) for row in rows.tolist()}) == len(rows)
    assert subdivision.dimension == dimension
    shared: dict[frozenset[int], int] = {}
    for members, facets in zip(subdivision.cells, subdivision.facets(), strict=True):
        assert rank(rows[members]) == dimension
        assert len(set(facets)) == len(facets)
        for facet in facets:
            assert rank(rows[sorted(facet)]) == dimension - 1
            shared[facet] = shared.get(facet, 0) + 1
        # A generator is extreme: the facets through it determine it.
        for g in members:
            others = [f for f in facets if g in f]
            common = set(members).intersection(*others) if others else set(members)
            assert common == {g} or dimension == 1
    # The whole space has no boundary.
    assert dimension == 0 or set(shared.values()) <= {2}


@given(st.integers(1, 4), st.data())
def test_pointed_fans_cover_the_space(size, data):
    row = st.lists(st.integers(-3, 3), min_size=size, max_size=size)
    forms = integer_rows(data.draw(st.lists(row, max_size=4)), size)
    lines = integer_rows(data.draw(st.lists(row, max_size=2)), size)
    fan = pointed_fan(integer_rows([], size), [], 0, lines if len(lines) else identity(size), forms)
    space = lines if len(lines) else identity(size)
    on_space = product(forms, space)
    assert len(fan.cells) == 2 ** rank(on_space)
    assert not product(forms, fan.lineality).any()
    assert rank(fan.lineality) == len(fan.lineality) or len(lines)
    # Each cell is a simplicial cone, and the signs of the pivots tell the cells apart.
    for cell, tight in zip(fan.cells, fan.tight, strict=True):
        assert len(cell) == fan.dimension == rank(fan.generators[cell])
        assert sorted(mask.bit_count() for mask in tight) == [fan.dimension - 1] * len(cell)


def test_lineality_that_no_form_sees_remains():
    forms = integer_rows([[1, 0, 0, 0], [2, 0, 0, 0]], 4)
    fan = pointed_fan(integer_rows([[0, 0, 0, 1]], 4), [0], 1, identity(4)[:3], forms)
    assert (fan.dimension, len(fan.cells), len(fan.lineality)) == (2, 2, 2)
    assert not product(forms, fan.lineality).any()


def test_generators_move_to_where_the_pivots_vanish():
    # The point (0, 0, 1) of the affine plane goes to the intersection of two lines.
    forms = integer_rows([[2, 0, -1], [1, 3, -2], [1, 1, 0]], 3)
    fan = pointed_fan(integer_rows([[0, 0, 1]], 3), [0], 1, identity(3)[:2], forms)
    apex = fan.generators[0]
    assert apex.tolist() == [1, 1, 2]
    assert not product(apex[None, :], forms[:2]).any()


def test_rebuilding_needs_only_ancestors(monkeypatch):
    size = 3
    forms = integer_rows([[1, 2, 3], [3, -1, 1], [1, 1, -2], [2, -3, 1], [5, 1, 1]], size)
    fan = pointed_fan(integer_rows([], size), [], 0, identity(size), forms)
    rounds = [forms[:2], forms[2:]]
    whole = cut_in_rounds(fan, rounds).exact_generators()
    again = Subdivision(fan)
    values = float_values(fan.generators, forms)
    again.cut(values, np.zeros(len(fan.generators)), forms_of(forms))
    last = again.n_generators - 1
    built = []
    rebuild = Subdivision._rebuild
    monkeypatch.setattr(
        Subdivision, "_rebuild", lambda s, n, *rest: built.extend(n) or rebuild(s, n, *rest)
    )
    row = again.exact_generators([last])
    assert last in built
    assert len(built) == len(set(built)) < again.n_generators
    assert tuple(row[0]) in {tuple(r) for r in whole.tolist()}


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_the_number_of_cells_is_limited_from_the_start(limit):
    # The starting fan alone has eight cells, and no cut follows that could notice.
    fan = pointed_fan(integer_rows([], 3), [], 0, identity(3), identity(3))
    with pytest.raises(BudgetError, match=f"more than {limit} cells"):
        Subdivision(fan, limit)
    assert Subdivision(fan, 8).n_cells == 8


def test_a_fan_that_is_too_large_is_refused_before_it_is_made():
    size = 300
    with pytest.raises(BudgetError, match="more than 1000 cells"):
        pointed_fan(integer_rows([], size), [], 0, identity(size), identity(size), 1000)


def test_edges_are_pairs_that_no_third_generator_shares():
    # A square pyramid over 0..3 with apex 4: the diagonals of the base are no edges.
    facets = [{0, 1, 4}, {1, 2, 4}, {2, 3, 4}, {0, 3, 4}, {0, 1, 2, 3}]
    tight = [sum(1 << k for k, facet in enumerate(facets) if g in facet) for g in range(5)]
    everyone = list(range(5))
    found = {
        (p, q) for p, q in combinations(everyone, 2) if subdivide._edges_between([p], [q], tight, 2)
    }
    assert found == {(0, 1), (1, 2), (2, 3), (0, 3), (0, 4), (1, 4), (2, 4), (3, 4)}
