"""Which rays of a cone span an edge across a hyperplane: compiled kernels on sets of bits.

A ray is known by its *zero set*: the rows of the cone's description that vanish on it, one bit
each.  Two extreme rays are adjacent when they span a face of dimension two.  In a cone of rows of
rank D, with zero sets Z:

* the rows that vanish on an extreme ray have rank D - 1, those that vanish on two adjacent ones
  rank D - 2, so adjacent rays share at least D - 2 zeros;
* rays p and n are adjacent exactly when no third extreme ray vanishes wherever both do;
* a ray with exactly D - 1 zeros is *simple*: those rows are independent, so what it shares with
  another ray is independent too, and D - 2 common zeros already make an edge.

Hence edges between simple rays are equal (D - 2)-subsets and can be hashed; a simple ray needs no
third ray; and no simple ray ever stands between two others (it would share D - 2 independent rows
with both, whose face of dimension two has no room for three rays).

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types

from polytropic.arithmetic.numbers import IntArray
from polytropic.engines.bit_trees import Bits, bit_tree, has_bit, popcount, resized, search

__all__ = ["crossing_edges", "edges_by_definition"]


_BITS = types.Array(types.uint64, 2, "C", readonly=True)
_INTEGERS = types.Array(types.int64, 1, "C", readonly=True)
_PAIRS = types.Array(types.int64, 2, "C")


def edges_by_definition(bits: Bits, values: IntArray, rank: int) -> list[tuple[int, int]]:
    """What `crossing_edges` finds, sorted, as one would say it (O(P N n)); for tests."""
    zeros = [int.from_bytes(row.astype("<u8").tobytes(), "little") for row in bits]
    found = []
    for p in np.flatnonzero(values > 0).tolist():
        for n in np.flatnonzero(values < 0).tolist():
            common = zeros[p] & zeros[n]
            holders = sum(common & ~other == 0 for other in zeros)
            if common.bit_count() >= rank - 2 and holders == 2:
                found.append((p, n))
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _append(pairs: IntArray, filled: int, side: int, one: int, other: int) -> IntArray:
    if filled == len(pairs):
        pairs = resized(pairs, 2 * filled, 2)
    pairs[filled, side] = one
    pairs[filled, 1 - side] = other
    return pairs


# -- simple rays ---------------------------------------------------------------------------------
@njit(cache=True)  # type: ignore[untyped-decorator]
def _scramble(key: int) -> np.uint64:
    """Give a bit its random word (the finaliser of splitmix64)."""
    x = np.uint64(key + 1) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _ridge_hashes(zeros: Bits, keys: Bits, found: Bits, left_out: IntArray) -> None:
    """Hashes of the set with each of its elements left out, and these elements."""
    total = np.uint64(0)
    n = 0
    for w in range(len(zeros)):
        word = zeros[w]
        while word:
            low = word & (~word + np.uint64(1))
            left_out[n] = 64 * w + popcount(low - np.uint64(1))
            key = keys[left_out[n]]
            found[n] = key
            total ^= key
            n += 1
            word ^= low
    for k in range(n):
        found[k] ^= total


@njit(cache=True)  # type: ignore[untyped-decorator]
def _between_simple(
    bits: Bits, positive: IntArray, negative: IntArray, rank: int, pairs: IntArray, filled: int
) -> tuple[IntArray, int]:
    words = bits.shape[1]
    keys = np.empty(64 * words, np.uint64)
    for b in range(64 * words):
        keys[b] = _scramble(b)
    side = 0 if len(positive) <= len(negative) else 1
    few, many = (positive, negative) if side == 0 else (negative, positive)
    n_slots = 16
    while n_slots < 2 * len(few) * (rank - 1):
        n_slots *= 2
    mask = np.uint64(n_slots - 1)
    slots = np.full(n_slots, -1, np.int64)
    hashes = np.empty(n_slots, np.uint64)
    ridges = np.empty(rank, np.uint64)
    left_out = np.empty(rank, np.int64)
    for i in few:
        _ridge_hashes(bits[i], keys, ridges, left_out)
        for k in range(rank - 1):
            at = ridges[k] & mask
            while slots[at] >= 0:
                at = (at + np.uint64(1)) & mask
            slots[at] = i
            hashes[at] = ridges[k]
    for j in many:
        _ridge_hashes(bits[j], keys, ridges, left_out)
        for k in range(rank - 1):
            at = ridges[k] & mask
            while slots[at] >= 0:
                # Equal hashes only propose; the sets themselves decide.
                i = slots[at]
                if hashes[at] == ridges[k] and not has_bit(bits[i], left_out[k]):
                    common = 0
                    for w in range(words):
                        common += popcount(bits[i, w] & bits[j, w])
                    if common == rank - 2:
                        pairs = _append(pairs, filled, side, i, j)
                        filled += 1
                        break
                at = (at + np.uint64(1)) & mask
    return pairs, filled


@njit(cache=True)  # type: ignore[untyped-decorator]
def _from_simple(
    bits: Bits, rays: IntArray, tree: Any, rank: int, side: int, pairs: IntArray, filled: int
) -> tuple[IntArray, int]:
    found = np.empty(len(tree.order), np.int64)
    for i in rays:
        for k in range(search(tree, bits, bits[i], rank - 2, found)):
            pairs = _append(pairs, filled, side, i, found[k])
            filled += 1
    return pairs, filled


# -- the other rays ------------------------------------------------------------------------------
@njit(cache=True)  # type: ignore[untyped-decorator]
def _between_others(
    bits: Bits,
    sizes: IntArray,
    trees: Any,
    rank: int,
    side: int,
    pairs: IntArray,
    filled: int,
) -> tuple[IntArray, int]:
    """Edges from the second tree to the first; the trees hold all rays that are not simple."""
    words = bits.shape[1]
    opposite, same, zero = trees
    ids = np.empty(len(opposite.order) + len(same.order) + len(zero.order), np.int64)
    common = np.empty((64, words), np.uint64)
    common_sizes = np.empty(64, np.int64)
    for i in same.order:
        n_opposite = search(opposite, bits, bits[i], rank - 2, ids)
        if not n_opposite:
            continue
        n = n_opposite
        n += search(same, bits, bits[i], rank - 2, ids[n:])
        n += search(zero, bits, bits[i], rank - 2, ids[n:])
        if n > len(common_sizes):
            common = np.empty((2 * n, words), np.uint64)
            common_sizes = np.empty(2 * n, np.int64)
        for k in range(n):
            size = 0
            for w in range(words):
                both = bits[ids[k], w] & bits[i, w]
                common[k, w] = both
                size += popcount(both)
            # What shares all zeros with the ray is the ray itself, and no neighbour.
            common_sizes[k] = size if size < sizes[i] else -1
        for k in _maximal(common[:n], common_sizes[:n], rank - 2, sizes[i]):
            if k < n_opposite:
                pairs = _append(pairs, filled, side, i, ids[k])
                filled += 1
    return pairs, filled


@njit(cache=True)  # type: ignore[untyped-decorator]
def _maximal(sets: Bits, sizes: IntArray, least: int, most: int) -> IntArray:
    """Sets that no other set contains; of equal sets none is maximal unless nothing else is.

    Sets are taken by falling size, so that only the maximal ones found so far can contain the next.
    (Equal sets of adjacent rays do not occur: a larger one lies between them.)  Sets of negative
    size are left out.
    """
    n, words = sets.shape
    starts = np.zeros(most - least + 2, np.int64)
    for k in range(n):
        if sizes[k] >= 0:
            starts[most - sizes[k] + 1] += 1
    for size in range(most - least + 1):
        starts[size + 1] += starts[size]
    order = np.empty(starts[-1], np.int64)
    for k in range(n):
        if sizes[k] >= 0:
            order[starts[most - sizes[k]]] = k
            starts[most - sizes[k]] += 1
    maximal = np.empty(n, np.int64)
    found = 0
    for k in order:
        blocked = False
        for m in range(found):
            at = maximal[m]
            inside = True
            for w in range(words):
                if sets[k, w] & ~sets[at, w]:
                    inside = False
                    break
            if inside:
                maximal[m], maximal[0] = maximal[0], at  # it is likely to contain the next one too
                blocked = True
                break
        if not blocked:
            maximal[found] = k
            found += 1
    return maximal[:found]


# -- both -----------------------------------------------------------------------------------------
@njit(_PAIRS(_BITS, _INTEGERS, types.int64), cache=True)  # type: ignore[untyped-decorator]
def crossing_edges(bits: Bits, values: IntArray, rank: int) -> IntArray:
    """Pairs of adjacent rays on opposite sides of a hyperplane.

    Parameters
    ----------
    bits : uint64 array, shape (n, words)
        Zero sets of all extreme rays of a pointed cone.
    values : int64 array, shape (n,)
        Only the signs matter.
    rank : int
        Rank D of the rows.

    Returns
    -------
    int64 array, shape (k, 2)
        Indices of a positive and a negative ray, in no particular order.

    Notes
    -----
    Expected O((P + N) D) between simple rays.  Otherwise every ray of the smaller side is held
    against a tree of the others, and what shares D - 2 zeros with it against its neighbours.
    """
    n = len(bits)
    sizes = np.empty(n, np.int64)
    simple = np.empty((2, n), np.int64)  # rows: positive, negative
    other = np.empty((3, n), np.int64)  # rows: positive, negative, zero
    n_simple = np.zeros(2, np.int64)
    n_other = np.zeros(3, np.int64)
    for i in range(n):
        size = 0
        for w in range(bits.shape[1]):
            size += popcount(bits[i, w])
        sizes[i] = size
        side = 0 if values[i] > 0 else (1 if values[i] < 0 else 2)
        if size > rank - 1:
            other[side, n_other[side]] = i
            n_other[side] += 1
        elif side < 2:
            simple[side, n_simple[side]] = i
            n_simple[side] += 1
    pairs = np.empty((max(64, n), 2), np.int64)
    filled = 0
    if n_simple[0] and n_simple[1]:
        pairs, filled = _between_simple(
            bits, simple[0, : n_simple[0]], simple[1, : n_simple[1]], rank, pairs, filled
        )
    few = 0 if n_other[0] <= n_other[1] else 1  # the side whose other rays look for neighbours
    crossing = n_other[few] > 0
    searches = (n_simple[1] + crossing * n_other[few], n_simple[0] + crossing * n_other[few])
    trees = (
        bit_tree(bits, other[0, : n_other[0]], searches[0]),
        bit_tree(bits, other[1, : n_other[1]], searches[1]),
        bit_tree(bits, other[2, : n_other[2]], crossing * n_other[few]),
    )
    for side in range(2):
        if n_simple[side] and n_other[1 - side]:
            pairs, filled = _from_simple(
                bits,
                simple[side, : n_simple[side]],
                trees[1] if side == 0 else trees[0],
                rank,
                side,
                pairs,
                filled,
            )
    if crossing:
        opposite, same = (trees[1], trees[0]) if few == 0 else (trees[0], trees[1])
        pairs, filled = _between_others(
            bits, sizes, (opposite, same, trees[2]), rank, few, pairs, filled
        )
    return pairs[:filled].copy()
