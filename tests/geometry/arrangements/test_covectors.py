"""Faces against sums of covectors, Euler's relation, and the counting of restrictions."""

import math
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytropic import HyperplaneArrangement
from polytropic.geometry.arrangements.faces.covectors import Level, crossings, cuts
from polytropic.geometry.arrangements.faces.lookup import packed_table
from polytropic.geometry.arrangements.sign_vectors import mask_words
from tests.brute_force import affine_regions

FEW = settings(max_examples=25, deadline=None)
ENTRY = st.integers(-2, 2)


@st.composite
def arrangements(draw):
    d = draw(st.integers(1, 3))
    m = draw(st.integers(1, 6))
    A = draw(st.lists(st.lists(ENTRY, min_size=d, max_size=d), min_size=m, max_size=m))
    return HyperplaneArrangement(A, draw(st.lists(ENTRY, min_size=m, max_size=m)))


def braid(n):
    return HyperplaneArrangement(
        [[(k == i) - (k == j) for k in range(n)] for i, j in combinations(range(n), 2)]
    )


@FEW
@given(arrangements())
def test_faces_are_chambers_of_flats(arrangement):
    """Each flat holds as many faces as its restriction has chambers, counted by subsets."""
    d = arrangement.ambient_dimension
    for k in range(d + 1):
        faces = arrangement.faces(k)
        table = faces.unpacked().tolist()
        assert len({tuple(row) for row in table}) == len(table)
        held = {}
        real = arrangement.planes.member[1:] > 0
        for row in np.array(table, dtype=int).reshape(len(table), arrangement.n_rows):
            flat = tuple(np.flatnonzero((row == 0) & real).tolist())
            held[flat] = held.get(flat, 0) + 1
        assert set(held) == {flat.hyperplanes for flat in arrangement.flats(k)}
        for flat, count in held.items():
            inside = arrangement.restriction_to_flat(flat).arrangement
            assert inside.ambient_dimension == k
            A, b = inside.A_exact.to_fractions(), inside.b_exact.to_fractions()
            assert count == affine_regions(A.tolist(), b.tolist())
            signs = {tuple(row) for row in inside.sign_vectors.unpacked().tolist()}
            assert signs <= set(map(tuple, table))


@FEW
@given(arrangements())
def test_composition_and_euler(arrangement):
    """Covectors are closed under composition; the faces of R^d alternate to (-1)^d."""
    d = arrangement.ambient_dimension
    levels = [arrangement.faces(k).unpacked() for k in range(d + 1)]
    assert sum((-1) ** k * len(level) for k, level in enumerate(levels)) == (-1) ** d
    everything = {tuple(row) for level in levels for row in level.tolist()}
    assert len(everything) == sum(map(len, levels)) == sum(arrangement.f_vector)
    for x, y in product(list(everything)[:12], repeat=2):
        assert tuple(a or b for a, b in zip(x, y, strict=True)) in everything


@FEW
@given(arrangements(), st.lists(st.lists(ENTRY, min_size=3, max_size=3), max_size=20))
def test_every_point_lies_in_a_face(arrangement, points):
    d = arrangement.ambient_dimension
    everything = {tuple(row) for k in range(d + 1) for row in arrangement.faces(k)}
    for point in points:
        assert tuple(arrangement.signs([point[:d]])[0]) in everything


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_braid(n):
    """Faces of the braid arrangement are ordered set partitions."""
    stirling = [[1]]
    for size in range(1, n + 1):
        last = [*stirling[-1], 0]
        stirling.append([0] + [k * last[k] + last[k - 1] for k in range(1, size + 1)])
    expected = [math.factorial(k) * stirling[n][k] for k in range(n + 1)]
    assert [len(braid(n).faces(k)) for k in range(n + 1)] == expected == braid(n).f_vector


@pytest.mark.parametrize("n", [2, 3, 4])
def test_type_b(n):
    """B_n: each chamber is a simplicial cone."""
    rows = [np.eye(n, dtype=int)[i] for i in range(n)]
    for i, j in combinations(range(n), 2):
        for sign in (1, -1):
            rows.append(np.eye(n, dtype=int)[i] + sign * np.eye(n, dtype=int)[j])
    found = HyperplaneArrangement(np.array(rows))
    assert len(found.chambers) == 2**n * math.factorial(n)
    assert (found.adjacency.n_walls == n).all()
    assert len(found.adjacency) == n * 2**n * math.factorial(n) // 2


@pytest.mark.parametrize("m", [30, 70])
def test_compiled_loops_agree(m):
    """One word and two, on all levels."""
    rng = np.random.default_rng(m)
    found = HyperplaneArrangement(rng.integers(-2, 3, (m, 3)), rng.integers(-2, 3, m))
    level = Level.of_chambers(found.sign_vectors)
    across = found._walls[0]
    for codimension in range(3):
        plain = crossings(level, across, compiled=False)
        fast = crossings(level, across, compiled=True)
        assert len(plain.cut)
        assert (plain.pairs == fast.pairs).all()
        assert (plain.cut == fast.cut).all()
        level = found._level(codimension + 1)
        across = cuts(level)


def test_tables():
    rng = np.random.default_rng(0)
    for width in (7, 64, 65, 200):
        flags = np.unique(rng.integers(0, 2, (300, width)), axis=0)
        words = mask_words(flags)
        table = packed_table(words)
        assert (table.find(words) == np.arange(len(words))).all()
        other = words.copy()
        other[:, 0] ^= np.uint64(1)
        expected = [
            next((j for j, row in enumerate(words.tolist()) if row == wanted), -1)
            for wanted in other.tolist()
        ]
        assert table.find(other).tolist() == expected
    with pytest.raises(AssertionError):
        packed_table(words[[0, 0]])
    with pytest.raises(AssertionError):
        packed_table(words[[0, 0], :1])


def test_tables_survive_equal_keys():
    """Some 65 keys of 64 bits depend on each other: two rows that differ there have one key."""
    zero = np.zeros((1, 2), dtype=np.uint64)
    basis = {}
    for bit, key in enumerate(packed_table(zero).bit_keys.tolist()):
        subset = 1 << bit
        while key and key.bit_length() in basis:
            other, mask = basis[key.bit_length()]
            key, subset = key ^ other, subset ^ mask
        if not key:
            break
        basis[key.bit_length()] = key, subset
    alike = np.array([[subset & (2**64 - 1), subset >> 64]], dtype=np.uint64)
    assert packed_table(zero).find(alike).tolist() == [-1]
    both = packed_table(np.concatenate([zero, alike]))
    assert both.find(np.concatenate([alike, zero])).tolist() == [1, 0]
