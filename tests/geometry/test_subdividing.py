"""Cutting complexes: names, tight sets, facets, exact rebuilding and face-to-face-ness."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from polytropic.arithmetic.bounded import Bounded, affine, integer_rounding
from polytropic.arithmetic.linalg import integer_rows, product, rank
from polytropic.errors import BudgetError
from polytropic.geometry.subdividing import reference
from polytropic.geometry.subdividing.blocks import cut_block
from polytropic.geometry.subdividing.exploring import Limits, explore, first_block, harvests
from polytropic.geometry.subdividing.fans import pointed_fan
from polytropic.geometry.subdividing.lineage import Lineage
from polytropic.geometry.subdividing.loops import compiled_loops, plain_loops
from polytropic.geometry.subdividing.stages import ExactValues
from tests import brute_force

LOOPS = {"kernels": compiled_loops(), "reference": plain_loops()}
UNLIMITED = 1 << 62


def identity(size):
    return integer_rows([[int(i == j) for j in range(size)] for i in range(size)], size)


class Rounds:
    """Integer forms, one round after another; blind: floats say nothing."""

    def __init__(self, rounds, blind=False, wide=False):
        self.rounds, self.blind, self.wide = rounds, blind, wide
        self.widest = max((len(forms) for forms in rounds), default=1)

    def __len__(self):
        return len(self.rounds)

    def n_functions(self, stage):
        return len(self.rounds[stage])

    def first_function(self, stage):
        return sum(map(len, self.rounds[:stage]))

    def start(self, generators):
        return integer_rounding(generators), np.zeros(len(generators))

    def values(self, stage, known, heights):
        forms = self._with_coordinates(stage)
        weights = Bounded(forms.astype(float), np.zeros(forms.shape))
        nothing = Bounded(np.zeros(len(forms)), np.zeros(len(forms)))
        values = affine(known, heights, weights, nothing)
        if self.blind:
            values = Bounded(values.value, np.full(values.error.shape, np.inf))
        return values

    def left(self, stage, values):
        return Bounded(*(part[:, len(self.rounds[stage]) :] for part in values))

    def exact_values(self, stage, generators, columns=None):
        forms = self._with_coordinates(stage)
        values = product(generators, forms if columns is None else forms[columns])
        return ExactValues(values, [1] * len(values))

    def _with_coordinates(self, stage):
        forms = self.rounds[stage]
        return np.concatenate([forms, identity(forms.shape[1])])


def cut_in_rounds(fan, rounds, blind=False, loops="kernels"):
    """All cells at the end: the block of them, cut breadth first."""
    stages = Rounds(rounds, blind)
    block = first_block(fan, stages)
    for _ in rounds:
        block, _, _ = cut_block(block, stages, fan.dimension - 2, LOOPS[loops], True, UNLIMITED)
    return block


def signs_of(block, rounds):
    """Sign vectors, from the packed signs of the rounds."""
    columns, first = [], 0
    for forms in rounds:
        plus, minus = block.signs[:, first], block.signs[:, first + 1]
        for i in range(len(forms)):
            bit = np.uint64(1 << i)
            columns.append((plus & bit != 0).astype(int) - (minus & bit != 0))
        first += 2
    return [tuple(row) for row in np.array(columns).T.tolist()]


def rows_of(block, rounds):
    return block.lineage.exact_rows(block.names.tolist(), Rounds(rounds).exact_values)


def facets_of(cells):
    """Sets of generators, facet by facet, of every cell."""
    for i in range(cells.n_cells):
        own = slice(cells.start[i], cells.start[i + 1])
        members = cells.members[own].tolist()
        count = cells.name_start[i + 1] - cells.name_start[i]
        tight = [sum(int(w) << 64 * k for k, w in enumerate(row)) for row in cells.tight[own]]
        yield (
            members,
            [
                frozenset(g for g, t in zip(members, tight, strict=True) if t >> b & 1)
                for b in range(count)
            ],
            cells.names[cells.name_start[i] : cells.name_start[i + 1]].tolist(),
        )


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


@pytest.mark.parametrize("loops", LOOPS)
@given(problems(), st.booleans())
def test_cells_are_those_of_the_arrangement(loops, problem, blind):
    size, rounds = problem
    forms = np.concatenate(rounds)
    assume(forms.any())
    fan = pointed_fan(integer_rows([], size), [], [], identity(size), rounds[0])
    assume(not len(fan.lineality))
    block = cut_in_rounds(fan, rounds, blind, loops)
    signs = signs_of(block, rounds)
    assert len(set(signs)) == len(signs) == len(block)
    cones = list(orthants(size))
    for form in forms.tolist():
        cones = [part for cone in cones for part, _ in cone.sides(form)]
    assert set(signs) == sign_patterns(cones, forms.tolist())
    assert_is_a_complex(block, rounds, size)


def assert_is_a_complex(block, rounds, dimension):
    """Generators are extreme, different names are different rays, facets are shared by two."""
    rows, forms = rows_of(block, rounds), np.concatenate(rounds)
    assert len({tuple(row) for row in rows.tolist()}) == len(rows)
    shared: dict[frozenset[int], int] = {}
    for members, facets, names in facets_of(block.cells):
        assert rank(rows[members]) == dimension
        assert len(set(facets)) == len(facets)
        for facet, name in zip(facets, names, strict=True):
            assert rank(rows[sorted(facet)]) == dimension - 1
            assert not product(rows[sorted(facet)], forms[name : name + 1]).any()
            assert not any(facet < other for other in facets)
            shared[facet] = shared.get(facet, 0) + 1
        # A generator is extreme: the facets through it determine it.
        for g in members:
            others = [f for f in facets if g in f]
            common = set(members).intersection(*others) if others else set(members)
            assert common == {g} or dimension == 1
    # The whole space has no boundary.
    assert dimension == 0 or set(shared.values()) <= {2}


@given(problems(), st.booleans())
def test_compiled_loops_do_what_the_reference_does(problem, blind):
    size, rounds = problem
    fan = pointed_fan(integer_rows([], size), [], [], identity(size), rounds[0])
    assume(fan.dimension > 0)
    ours, plain = (cut_in_rounds(fan, rounds, blind, loops) for loops in LOOPS)
    for mine, other in zip(ours.cells, plain.cells, strict=True):
        assert mine.tolist() == other.tolist()
    assert ours.signs.tolist() == plain.signs.tolist()
    assert ours.heights.tolist() == plain.heights.tolist()
    assert ours.lineage.parents.tolist() == plain.lineage.parents.tolist()
    assert ours.lineage.columns.tolist() == plain.lineage.columns.tolist()


def test_more_inequalities_than_a_word_has_bits():
    # All tangents of a parabola at 100 integers: the cell above has them all as sides.
    n = 100
    forms = integer_rows([[k * k, -2 * k, 1] for k in range(n)], 3)
    fan = pointed_fan(integer_rows([[1, 0, 0]], 3), [0], [-1], identity(3)[1:], forms)
    block = cut_in_rounds(fan, [forms])
    assert len(block) == 1 + n + n * (n - 1) // 2
    # One facet of that cone is at infinity.
    most = max(len(facets) for _, facets, _ in facets_of(block.cells))
    assert most == n + 1


@given(st.integers(1, 4), st.data())
def test_pointed_fans_cover_the_space(size, data):
    row = st.lists(st.integers(-3, 3), min_size=size, max_size=size)
    forms = integer_rows(data.draw(st.lists(row, max_size=4)), size)
    lines = integer_rows(data.draw(st.lists(row, max_size=2)), size)
    fan = pointed_fan(
        integer_rows([], size), [], [], lines if len(lines) else identity(size), forms
    )
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
    fan = pointed_fan(integer_rows([[0, 0, 0, 1]], 4), [0], [-1], identity(4)[:3], forms)
    assert (fan.dimension, len(fan.cells), len(fan.lineality)) == (2, 2, 2)
    assert not product(forms, fan.lineality).any()


def test_generators_move_to_where_the_pivots_vanish():
    # The point (0, 0, 1) of the affine plane goes to the intersection of two lines.
    forms = integer_rows([[2, 0, -1], [1, 3, -2], [1, 1, 0]], 3)
    fan = pointed_fan(integer_rows([[0, 0, 1]], 3), [0], [-1], identity(3)[:2], forms)
    apex = fan.generators[0]
    assert apex.tolist() == [1, 1, 2]
    assert not product(apex[None, :], forms[:2]).any()


def test_rebuilding_needs_only_ancestors(monkeypatch):
    forms = integer_rows([[1, 2, 3], [3, -1, 1], [1, 1, -2], [2, -3, 1], [5, 1, 1]], 3)
    fan = pointed_fan(integer_rows([], 3), [], [], identity(3), forms)
    block = cut_in_rounds(fan, [forms])
    whole = rows_of(block, [forms])
    built = []
    rebuild = Lineage._rebuild
    monkeypatch.setattr(Lineage, "_rebuild", lambda s, n, *r: built.extend(n) or rebuild(s, n, *r))
    again = cut_in_rounds(fan, [forms]).lineage
    last = len(again) - 1
    row = again.exact_rows([last], Rounds([forms]).exact_values)
    assert last in built
    assert len(built) == len(set(built)) < len(again)
    assert tuple(row[0]) in {tuple(r) for r in whole.tolist()}
    short, names = again.restricted(np.array([last]))
    assert len(short) < len(again)
    found = short.exact_rows(names.tolist(), Rounds([forms]).exact_values)
    assert found.tolist() == row.tolist()


def test_a_fan_that_is_too_large_is_refused_before_it_is_made():
    size = 300
    with pytest.raises(BudgetError, match="more than 1000 cells"):
        pointed_fan(integer_rows([], size), [], [], identity(size), identity(size), 1000)


def test_edges_are_pairs_that_no_third_generator_shares():
    # A square pyramid over 0..3 with apex 4: the diagonals of the base are no edges.
    facets = [{0, 1, 4}, {1, 2, 4}, {2, 3, 4}, {0, 3, 4}, {0, 1, 2, 3}]
    tight = [sum(1 << k for k, facet in enumerate(facets) if g in facet) for g in range(5)]
    found = {(p, q) for p, q in combinations(range(5), 2) if reference._is_edge(p, q, tight, 2)}
    assert found == {(0, 1), (1, 2), (2, 3), (0, 3), (0, 4), (1, 4), (2, 4), (3, 4)}


@pytest.mark.parametrize("loops", LOOPS)
def test_parts_that_are_explored_apart_fit_together(loops, monkeypatch):
    """Divided into tiny parts and blocks, the complex is the same as cut at once."""
    from polytropic.geometry.subdividing import exploring

    rng = np.random.default_rng(3)
    rounds = [integer_rows(rng.integers(-9, 10, (5, 4)).tolist(), 4) for _ in range(3)]
    fan = pointed_fan(integer_rows([], 4), [], [], identity(4), rounds[0])
    whole = cut_in_rounds(fan, rounds, loops=loops)
    monkeypatch.setattr(exploring, "_ENOUGH_CELLS", 4)
    monkeypatch.setattr(exploring, "_LEAST_CELLS", 3)
    monkeypatch.setattr(exploring, "_MOST_PARTS", 1000)
    monkeypatch.setattr(exploring, "_LARGEST_BLOCK", 2)
    stages = Rounds(rounds)
    exploration = explore(
        fan, stages, keep=True, limits=Limits(UNLIMITED, None), loops=LOOPS[loops]
    )
    assert len(exploration.parts) > 5
    limits, registry = Limits(UNLIMITED, None), exploration.registry
    cells, signs = [], []
    for _, known, harvest in harvests(exploration, True, limits, None, lambda number: None):
        names = registry.add(known, harvest.new)
        signs += harvest.signs.tolist()
        for _, facets, _ in facets_of(harvest.cells):
            cells.append(frozenset(frozenset(int(names[g]) for g in facet) for facet in facets))
    assert signs == whole.signs.tolist()
    new = registry.generators()
    lineage = Lineage(fan.generators, new.parents, new.stages, new.columns)
    assert len(lineage) == len(whole.lineage)
    rows = [tuple(r) for r in lineage.exact_rows(range(len(lineage)), stages.exact_values).tolist()]
    assert len(set(rows)) == len(rows)
    truth = [tuple(r) for r in rows_of(whole, rounds).tolist()]
    for cell, (_, facets, _) in zip(cells, facets_of(whole.cells), strict=True):
        ours = {frozenset(rows[g] for g in facet) for facet in cell}
        assert ours == {frozenset(truth[g] for g in facet) for facet in facets}
