"""Flats and faces against the definition, hulls and closed formulas."""

from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import Polytope
from polytropic.arithmetic.numbers import exact
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.arrangements.counting.flats import flats
from polytropic.geometry.arrangements.counting.whitney import (
    count_chambers,
    face_numbers,
    whitney_numbers,
)
from tests.brute_force import rank
from tests.geometry.arrangements.families import braid, resonance, type_b

matrices = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.lists(st.integers(-2, 2), min_size=n, max_size=n), min_size=1, max_size=7)
)


def flats_by_closure(rows):
    """Closures of all subsets of non-zero rows, by rank, with Möbius numbers by recursion."""
    indices = [i for i, row in enumerate(rows) if any(row)]
    height = {frozenset(): 0}
    for size in range(1, len(indices) + 1):
        for chosen in combinations(indices, size):
            own = [rows[i] for i in chosen]
            k = rank(own)
            closure = frozenset(i for i in indices if rank([*own, rows[i]]) == k)
            height[closure] = k
    moebius = {}
    for flat in sorted(height, key=lambda f: height[f]):
        moebius[flat] = 1 if not flat else -sum(v for f, v in moebius.items() if f < flat)
    return height, moebius


@settings(max_examples=30, deadline=None)
@given(matrices)
def test_flats_by_definition(rows):
    height, moebius = flats_by_closure(rows)
    found = flats(exact(rows))
    listed = [flat for level in found for flat in level.subsets()]
    assert len(listed) == len(set(listed))
    numbers = [value for level in found for value in level.moebius]
    assert dict(zip(listed, numbers, strict=True)) == moebius
    assert all(height[flat] == level.rank for level in found for flat in level.subsets())


@pytest.mark.parametrize("rows", [braid(6), type_b(4), resonance(5)])
def test_moebius_numbers_add_up(rows):
    sums = [abs(sum(level.moebius)) for level in flats(exact(rows))]
    assert sums == whitney_numbers(exact(rows))


def test_flats_of_the_braid_arrangement_are_partitions():
    assert [len(level) for level in flats(exact(braid(6)))] == [1, 15, 65, 90, 31, 1]


def test_limits_of_flats():
    assert len(flats(exact(resonance(4)), rank=2)) == 3
    with pytest.raises(InputError, match="rank is 5"):
        flats(exact(resonance(4)), rank=5)
    with pytest.raises(BudgetError, match="max_flats"):
        flats(exact(resonance(4)), max_flats=10)
    assert [len(level) for level in flats(exact(np.zeros((2, 3))))] == [1]
    wide = flats(exact([[1, k] for k in range(70)]))
    assert wide[-1].words.shape == (1, 2)
    assert wide[-1].subsets() == [frozenset(range(70))]


@settings(max_examples=25, deadline=None)
@given(matrices)
def test_faces_are_those_of_the_zonotope(rows):
    sums = [np.array(chosen) @ np.array(rows) for chosen in product((0, 1), repeat=len(rows))]
    hull = Polytope.from_points(np.array(sums))
    numbers = face_numbers(exact(rows))
    assert len(numbers) == len(rows[0]) + 1
    assert tuple(x for x in reversed(numbers) if x) == (*hull.f_vector[: hull.dimension], 1)


@pytest.mark.parametrize(("m", "d"), [(7, 2), (12, 3), (10, 4), (9, 5), (9, 6)])
def test_faces_of_generic_arrangements(m, d):
    """A face of codimension k lies in one of C(m, k) flats, generic again."""
    expected = [1]
    for k in reversed(range(d)):
        expected.append(comb(m, k) * 2 * sum(comb(m - k - 1, i) for i in range(d - k)))
    moments = exact([[t**j for j in range(d)] for t in range(1, m + 1)])
    assert face_numbers(moments) == expected
    floats = exact(np.random.default_rng(d).standard_normal((m, d)))
    assert face_numbers(floats) == expected


def test_faces_of_reflection_arrangements():
    # faces of the permutahedron of S5 (ordered set partitions) and of B3
    assert face_numbers(exact(braid(5))) == [0, 1, 30, 150, 240, 120]
    assert face_numbers(exact(type_b(3))) == [1, 26, 72, 48]
    numbers = face_numbers(exact(resonance(5)))
    assert numbers[-1] == count_chambers(exact(resonance(5)))
    assert sum((-1) ** k * f for k, f in enumerate(numbers)) == -1


def test_faces_of_many_primes_that_are_not_generic():
    rng = np.random.default_rng(1)
    rows = np.round(rng.standard_normal((8, 5)) * 2**40) / 2**40
    rows[7] = rows[0] + rows[1]
    scale = [[int(x * 2**40) % 7 - 3 for x in row] for row in rows.tolist()]
    for table in (rows, np.array(scale)):
        numbers = face_numbers(exact(table))
        assert numbers[-1] == count_chambers(exact(table))
        assert sum((-1) ** k * f for k, f in enumerate(numbers)) == -1
    assert face_numbers(exact(rows))[2] < comb(8, 3) * 8


def test_budgets_of_faces():
    with pytest.raises(BudgetError, match="max_flats"):
        face_numbers(exact(resonance(4)), max_flats=5)
    with pytest.raises(BudgetError, match="time_limit"):
        face_numbers(exact(resonance(4)), time_limit=0.0)
    assert face_numbers(exact(np.zeros((0, 2)))) == [0, 0, 1]
    assert face_numbers(exact([[0, 3]])) == [0, 1, 2]
