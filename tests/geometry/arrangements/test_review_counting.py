"""Counting, insertion and covectors read sceptically: corners, against definitions."""

from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import HyperplaneArrangement
from polytropic.arithmetic.numbers import exact
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.arrangements.counting.flats import flats
from polytropic.geometry.arrangements.counting.genericity import is_generic
from polytropic.geometry.arrangements.counting.residues import residues, small_rows
from polytropic.geometry.arrangements.counting.whitney import (
    affine_whitney_numbers,
    count_chambers,
    face_numbers,
    whitney_numbers,
)
from polytropic.geometry.arrangements.hyperplanes import distinct_hyperplanes
from polytropic.geometry.arrangements.inserting.insertion import insert_hyperplanes
from tests import brute_force
from tests.geometry.arrangements.families import whitney_by_subsets

# The first two primes that rows with minors beyond 2^16 are seen through.
P, Q = 2**30 - 35, 2**30 - 41


def table(rows):
    return exact(np.array(rows, dtype=object))


# -- primes that divide minors -------------------------------------------------------------------
def hidden(p):
    """Rows 0, 1, 2 are dependent, but row 2 is row 0 modulo p: p sees no line through all three."""
    return [(1, 0, 0), (0, 1, 0), (1, p, 0), (0, 0, 1), (1, 1, 1)]


@pytest.mark.parametrize("p", [7, P, Q])
def test_a_prime_that_sees_two_points_in_one_place(p):
    rows = table(hidden(p))
    if p != 7:
        assert p in residues(small_rows(rows)).primes
    assert whitney_numbers(rows) == [1, 5, 9, 5]
    assert count_chambers(rows) == 20 == len(HyperplaneArrangement(rows).chambers)
    assert face_numbers(rows)[-1] == 20


@pytest.mark.parametrize("p", [7, P, Q])
def test_such_a_prime_above_a_flat_and_in_a_symmetric_or_affine_arrangement(p):
    deeper = [(0, *row) for row in hidden(p)] + [(1, 0, 0, 0), (1, 1, 2, 3), (1, 0, 0, 1)]
    assert whitney_numbers(table(deeper)) == whitney_by_subsets(deeper)
    mirrored = [*hidden(p), (1, 1, -1)]
    expected = whitney_by_subsets(mirrored)
    swap = [0, 1, 2, 3, 5, 4]
    assert whitney_numbers(table(mirrored), group=[swap]) == expected
    assert whitney_numbers(table(mirrored)) == expected
    rows = [(0, 1, 0), (1, 0, 0), (1, p, 0), (0, 1, 1), (1, 1, 1)]
    found = affine_whitney_numbers(table(rows), exact([0, 0, 1]))
    assert found == whitney_by_subsets(rows, (0, 0, 1))


divisible = st.sampled_from([0, 0, 1, 1, -1, P, Q, -P, P + 1, P * Q])


@st.composite
def matrices_that_primes_divide(draw):
    n = draw(st.integers(2, 4))
    rows = draw(st.lists(st.tuples(*[divisible] * n), min_size=3, max_size=6))
    for i in range(2, len(rows)):
        if draw(st.booleans()):
            a, b = draw(st.sampled_from([1, -1, P])), draw(st.sampled_from([1, Q, P]))
            rows[i] = tuple(a * x + b * y for x, y in zip(rows[i - 1], rows[i - 2], strict=True))
    return draw(st.permutations(rows))


@settings(max_examples=120, deadline=None)
@given(matrices_that_primes_divide())
def test_counts_do_not_depend_on_what_primes_divide(rows):
    expected = whitney_by_subsets(rows)
    assert whitney_numbers(table(rows)) == expected
    assert [sum(abs(v) for v in level.moebius) for level in flats(table(rows))] == expected
    assert face_numbers(table(rows))[-1] == sum(expected)
    size = min(len(rows), len(rows[0]))
    generic = all(brute_force.rank(chosen) == size for chosen in combinations(rows, size))
    assert bool(is_generic(table(rows))) == generic


# -- symmetries ----------------------------------------------------------------------------------
def test_exactly_the_permutations_that_linear_maps_induce_are_symmetries():
    # Any permutation of four lines in the plane keeps all flats; only those that keep their cross
    # ratio are linear.
    rows = [(1, 0), (0, 1), (1, 1), (1, 3)]
    accepted = set()
    for images in permutations(range(4)):
        try:
            assert whitney_numbers(table(rows), group=[list(images)]) == [1, 4, 3]
            accepted.add(images)
        except InputError:
            continue

    def ratio(order):
        a, b, c, d = (rows[i] for i in order)
        minor = [x[0] * y[1] - x[1] * y[0] for x, y in ((a, c), (b, d), (a, d), (b, c))]
        return Fraction(minor[0] * minor[1], minor[2] * minor[3])

    given_ratio = ratio(range(4))
    assert accepted == {p for p in permutations(range(4)) if ratio(p) == given_ratio}
    assert len(accepted) == 4


# -- insertion -----------------------------------------------------------------------------------
TOP = 2**31 - 1
edges = st.sampled_from([0, 0, 1, -1, TOP, -TOP, TOP - 1, 1 - TOP, TOP + 1, -TOP - 1, 2**30])


@settings(max_examples=80, deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda n: st.lists(st.tuples(*[edges] * n), min_size=1, max_size=10 - n)
    )
)
def test_insertion_at_the_limits_of_machine_integers(rows):
    planes = distinct_hyperplanes(table(rows)).rows
    if not len(planes):
        return
    found = insert_hyperplanes(planes)
    assert 2 * len(found.bits) == sum(whitney_by_subsets(rows))
    assert len({row.tobytes() for row in found.bits}) == len(found.bits)
    for i, word in enumerate(found.bits[:, 0].tolist()):
        point = found.exact_points.get(i) or [Fraction(x) for x in found.points[i].tolist()]
        for r, row in enumerate(planes.numerators.tolist()):
            value = brute_force.dot(row, point)
            assert value
            assert (value > 0) == bool(word >> r & 1)


# -- faces by composition ------------------------------------------------------------------------
def covectors(rows):
    """Sign vectors of all faces of a central arrangement: compositions of those of its rays."""
    height = brute_force.rank(rows)
    # One point of every translate of the lineality space: a basis of the row space sees it all.
    basis = brute_force.reduced(rows)
    short = [[brute_force.dot(row, line) for line in basis] for row in rows]
    rays = set()
    for chosen in combinations(short, height - 1):
        ray = brute_force.null_vector(chosen, height) if height > 1 else (1,)
        if ray is not None:
            signs = tuple(int(np.sign(brute_force.dot(row, ray))) for row in short)
            rays |= {signs, tuple(-s for s in signs)}
    found = front = {(0,) * len(rows)}
    while front:
        front = {tuple(a or b for a, b in zip(x, y, strict=True)) for x in front for y in rays}
        front -= found
        found = found | front
    return found


small = st.integers(-2, 2)


@st.composite
def affine_rows(draw):
    """Rows (a, c) of hyperplanes a x + c = 0: zero, repeated and parallel ones among them."""
    d = draw(st.integers(1, 3))
    rows = draw(st.lists(st.tuples(*[small] * (d + 1)), max_size=6))
    for i in range(1, len(rows)):
        kind = draw(st.integers(0, 5))
        if kind == 0:
            rows[i] = tuple(-2 * x for x in rows[i - 1])
        elif kind == 1:
            rows[i] = (*rows[i - 1][:-1], rows[i][-1])
        elif kind == 2:
            rows[i] = (0,) * d + rows[i][-1:]
    scales = draw(st.lists(st.sampled_from([0, 0, 900, -900]), min_size=6, max_size=6))
    floats = [[x * 2.0**e for x in row] for row, e in zip(rows, scales, strict=False)]
    return d, np.array(floats).reshape(len(rows), d + 1)


@settings(max_examples=100, deadline=None)
@given(affine_rows())
def test_chambers_faces_walls_and_bounds_by_composition(given_rows):
    d, rows = given_rows
    arrangement = HyperplaneArrangement(rows[:, :-1], -rows[:, -1])
    exactly = [[Fraction(x) for x in row] for row in rows.tolist()]
    cone = covectors([*exactly, [Fraction(0)] * d + [Fraction(1)]])
    near = {signs[:-1] for signs in cone if signs[-1] > 0}
    far = {signs for signs in cone if signs[-1] == 0 and any(signs)}

    def dimension(signs):
        tight = [row[:-1] for row, s in zip(exactly, signs, strict=True) if s == 0]
        return d - (brute_force.rank(tight) if tight else 0)

    for k in range(d + 1):
        listed = [tuple(signs.tolist()) for signs in arrangement.faces(k)]
        assert len(set(listed)) == len(listed) == arrangement.f_vector[k]
        assert set(listed) == {signs for signs in near if dimension(signs) == k}
    chambers = arrangement.chambers
    assert arrangement.count() == len(chambers)
    unbounded = [
        any(all(f in (0, s) for f, s in zip(end, (*signs.tolist(), 1), strict=True)) for end in far)
        for signs in chambers.signs
    ]
    assert (~chambers.is_relatively_bounded).tolist() == unbounded
    assert arrangement.n_relatively_bounded == unbounded.count(False)
    assert len(arrangement.adjacency) == arrangement.f_vector[d - 1]
    for i, j in arrangement.adjacency.pairs:
        wall = chambers.signs[int(i)] * (chambers.signs[int(i)] == chambers.signs[int(j)])
        assert tuple(wall.tolist()) in near
        assert dimension(wall) == d - 1
    assert arrangement.locate(chambers.points_exact).tolist() == list(range(len(chambers)))


# -- lists with repetitions ----------------------------------------------------------------------
def test_a_chamber_may_be_asked_for_twice():
    lines = HyperplaneArrangement([[1, 0], [0, 1], [1, 1]], [0, 0, 1])
    places = lines.locate([[3, 1], [5, 2], [-1, -1], [3, 1]])
    assert places[0] == places[1] == places[3]
    points = lines.chambers[places].points_exact
    assert lines.locate(points).tolist() == places.tolist()


def test_sign_vectors_of_another_width_are_not_found():
    short, long = HyperplaneArrangement([[1]] * 64), HyperplaneArrangement([[1]] * 128)
    with pytest.raises(InputError, match="128 entries"):
        short.chambers.find(long.sign_vectors)


def test_no_hyperplanes_still_have_one_chamber_too_many():
    space = HyperplaneArrangement(np.zeros((0, 2)))
    with pytest.raises(BudgetError):
        space.list_chambers(max_chambers=0)
    assert len(space.list_chambers(max_chambers=1)) == 1
