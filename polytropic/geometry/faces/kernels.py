"""Compiled kernels for faces and adjacencies; importing this file imports numba.

`walk` is compared with `face_walk.walk_reference`, `neighbours` with brute force, in the tests.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from polytropic.arithmetic.numbers import IntArray
from polytropic.geometry.faces.bitsets import Bits

__all__ = ["closures", "neighbours", "steps", "walk"]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _inside(small: Bits, large: Bits) -> bool:
    for w in range(len(small)):  # noqa: SIM110 (numba compiles loops, not generators)
        if small[w] & ~large[w]:
            return False
    return True


@njit(cache=True)  # type: ignore[untyped-decorator]
def _meets(one: Bits, other: Bits) -> bool:
    for w in range(len(one)):  # noqa: SIM110
        if one[w] & other[w]:
            return True
    return False


@njit(cache=True)  # type: ignore[untyped-decorator]
def walk(
    sets: Bits, required: Bits, n_branches: int, n_levels: int, max_faces: int, keep: bool
) -> tuple[IntArray, Bits, IntArray]:
    """Visit every element of a lattice below its coatoms once; see `face_walk`.

    Returns
    -------
    counts : int64 array, shape (n_levels,)
        Elements by level; their sum exceeds `max_faces` if the walk was broken off.
    above : uint64 array, shape (k, words)
        If `keep`: which coatoms lie above each element.
    levels : int64 array, shape (k,)
        If `keep`: the level of each element; coatoms have level 0.
    """
    n, words = sets.shape
    n_words_above = max(1, (n + 63) // 64)
    counts = np.zeros(n_levels, np.int64)
    above = np.zeros((1024 if keep else 0, n_words_above), np.uint64)
    levels = np.zeros(len(above), np.int64)
    # cuts[k]: coatoms of the current element of level k - 1 that are not visited, as sets;
    # names[k]: for each a coatom of the lattice that cuts it out.
    sizes = np.zeros(n_levels + 1, np.int64)
    cuts = np.empty((n_levels, n, words), np.uint64)
    names = np.empty((n_levels, n), np.int64)
    # visited[: n_visited[k]]: names of what lies beside the elements on the way to level k.
    visited = np.empty(n * (n_levels + 1), np.int64)
    n_visited = np.zeros(n_levels + 1, np.int64)
    previous = np.full(n_levels + 1, -1, np.int64)
    # Coatoms of the first level beyond the branches are never visited but cut all the same.
    for i in range(n):
        cuts[0, i] = sets[n - 1 - i]
        names[0, i] = n - 1 - i
    sizes[0] = n
    total = 0
    level = 0 if n_levels > 0 else -1
    while level >= 0:
        if sizes[level] == 0 or (level == 0 and sizes[0] <= n - n_branches):
            level -= 1
            continue
        top = sizes[level] - 1
        current = cuts[level, top]
        if previous[level] >= 0:
            visited[n_visited[level]] = previous[level]
            n_visited[level] += 1
        previous[level] = names[level, top]
        sizes[level] = top
        counts[level] += 1
        total += 1
        if total > max_faces:
            break
        if keep:
            if total > len(above):
                more_above = np.zeros((2 * len(above), n_words_above), np.uint64)
                more_above[: len(above)] = above
                more_levels = np.zeros(2 * len(levels), np.int64)
                more_levels[: len(levels)] = levels
                above, levels = more_above, more_levels
            for g in range(n):
                if _inside(current, sets[g]):
                    above[total - 1, g >> 6] |= np.uint64(1) << np.uint64(g & 63)
            levels[total - 1] = level
        if level + 1 < n_levels:
            below = cuts[level + 1]
            found = 0
            for s in range(top):
                found = _add_cut(
                    current, cuts[level, s], names[level, s], sets, required,
                    visited[: n_visited[level]], below, names[level + 1], found,
                )  # fmt: skip
            sizes[level + 1] = found
            n_visited[level + 1] = n_visited[level]
            previous[level + 1] = -1
            level += 1
    return counts, above[:total] if keep else above, levels[:total] if keep else levels


@njit(cache=True)  # type: ignore[untyped-decorator]
def _add_cut(
    current: Bits,
    other: Bits,
    name: int,
    sets: Bits,
    required: Bits,
    visited: IntArray,
    below: Bits,
    below_names: IntArray,
    found: int,
) -> int:
    """Put a cut among the maximal ones found so far, unless it is not new."""
    words = len(current)
    cut = below[found]
    for w in range(words):
        cut[w] = current[w] & other[w]
    if not _meets(cut, required):
        return found
    for v in visited:
        if _inside(cut, sets[v]):
            return found
    kept = 0
    for k in range(found):
        if _inside(cut, below[k]):
            return found  # nothing was dropped: what lies in the cut lies in that one too
        if not _inside(below[k], cut):
            if kept < k:
                below[kept] = below[k]
                below_names[kept] = below_names[k]
            kept += 1
    if kept < found:
        below[kept] = cut
    below_names[kept] = name
    return kept + 1


@njit(cache=True)  # type: ignore[untyped-decorator]
def closures(chosen: Bits, sets: Bits, everything: Bits) -> Bits:
    """Intersections of the sets whose indices are given by sets of bits."""
    n, words = len(chosen), sets.shape[1]
    result = np.empty((n, words), np.uint64)
    for i in range(n):
        result[i] = everything
        for k in range(len(sets)):
            if (chosen[i, k >> 6] >> np.uint64(k & 63)) & np.uint64(1):
                for w in range(words):
                    result[i, w] &= sets[k, w]
    return result


@njit(cache=True)  # type: ignore[untyped-decorator]
def _first(ascending: Bits, value: int) -> int:
    low, high = 0, len(ascending)
    while low < high:
        middle = (low + high) >> 1
        if ascending[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True)  # type: ignore[untyped-decorator]
def steps(
    starts: IntArray,
    members: IntArray,
    member_starts: IntArray,
    items: IntArray,
    n_items: int,
    words: Bits,
    sets: Bits,
    next_sets: Bits,
    hashes: Bits,
    order: IntArray,
    least: int,
) -> IntArray:
    """Pairs (i, j) such that set i includes next set j, a set of the neighbouring level.

    Parameters
    ----------
    starts, members : int64 arrays
        The elements of `sets`, in compressed rows.
    member_starts, items : int64 arrays
        Which of the `n_items` items have each member.
    words : uint64 array
        Random word of each member; a set is hashed by the sum of its members' words.
    sets, next_sets : uint64 arrays, shape (..., words)
        A next set in set i is what set i has in common with some item.
    hashes : uint64 array
        Those of the next sets, sorted.
    order : int64 array
        ``hashes[k]`` belongs to ``next_sets[order[k]]``.
    least : int
        A next set has at least so many members.
    """
    stamps = np.full(len(next_sets), -1, np.int64)
    sums = np.zeros(n_items, np.uint64)
    counts = np.zeros(n_items, np.int64)
    touched = np.empty(n_items, np.int64)
    pairs = np.empty((max(64, 4 * len(sets)), 2), np.int64)
    filled = 0
    for i in range(len(sets)):
        n_touched = 0
        for at in range(starts[i], starts[i + 1]):
            member = members[at]
            for position in range(member_starts[member], member_starts[member + 1]):
                item = items[position]
                if counts[item] == 0:
                    touched[n_touched] = item
                    n_touched += 1
                counts[item] += 1
                sums[item] += words[member]
        for t in range(n_touched):
            item = touched[t]
            if least <= counts[item] < starts[i + 1] - starts[i]:
                at = _first(hashes, sums[item])
                while at < len(hashes) and hashes[at] == sums[item]:
                    # Hashes only propose; inclusion decides.
                    j = order[at]
                    if stamps[j] != i and _inside(next_sets[j], sets[i]):
                        stamps[j] = i
                        if filled == len(pairs):
                            longer = np.empty((2 * filled, 2), np.int64)
                            longer[:filled] = pairs
                            pairs = longer
                        pairs[filled, 0], pairs[filled, 1] = i, j
                        filled += 1
                    at += 1
            counts[item] = 0
            sums[item] = np.uint64(0)
    return pairs[:filled].copy()


@njit(cache=True)  # type: ignore[untyped-decorator]
def neighbours(
    starts: IntArray,
    members: IntArray,
    item_starts: IntArray,
    items: IntArray,
    weighty: Bits,
    n_first: int,
    least: int,
) -> IntArray:
    """Pairs (i, j), i < n_first, i < j, of items whose common members no third item has all.

    Parameters
    ----------
    starts, members : int64 arrays
        Members of every item, in compressed rows.
    item_starts, items : int64 arrays
        Items of every member: the transposed table.
    weighty : bool array, one per member
        The common members must include one of these.
    n_first : int
    least : int
        Number of common members that neighbours have at least.

    Notes
    -----
    For each item the items that share a member with it are counted through the members; what two
    items share is kept as a set of positions in the list of the first one.
    """
    n = len(starts) - 1
    longest = 0
    for i in range(n_first):
        longest = max(longest, starts[i + 1] - starts[i])
    words = max(1, (longest + 63) // 64)
    shared = np.zeros((n, words), np.uint64)
    counts = np.zeros(n, np.int64)
    touched = np.empty(n, np.int64)
    candidates = np.empty(n, np.int64)
    order = np.empty(n, np.int64)
    heavy = np.zeros(words, np.uint64)
    pairs = np.empty((max(64, n), 2), np.int64)
    filled = 0
    for i in range(n_first):
        degree = starts[i + 1] - starts[i]
        n_touched = 0
        heavy[:] = np.uint64(0)
        for position in range(degree):
            member = members[starts[i] + position]
            word, bit = position >> 6, np.uint64(1) << np.uint64(position & 63)
            if weighty[member]:
                heavy[word] |= bit
            for at in range(item_starts[member], item_starts[member + 1]):
                j = items[at]
                if counts[j] == 0:
                    touched[n_touched] = j
                    n_touched += 1
                counts[j] += 1
                shared[j, word] |= bit
        n_candidates = 0
        for t in range(n_touched):
            j = touched[t]
            if j != i and counts[j] >= least and _meets(shared[j], heavy):
                candidates[n_candidates] = j
                n_candidates += 1
        _by_falling_count(candidates[:n_candidates], counts, least, degree, order)
        n_maximal = 0  # the maximal ones come to stand in `candidates`, whose order is in `order`
        for c in range(n_candidates):
            j = order[c]
            blocked = False
            for m in range(n_maximal):
                if _inside(shared[j], shared[candidates[m]]):
                    candidates[m], candidates[0] = candidates[0], candidates[m]
                    blocked = True
                    break
            if blocked:
                continue
            candidates[n_maximal] = j
            n_maximal += 1
            if j > i and not _has_equal(j, c, order[:n_candidates], shared, counts):
                if filled == len(pairs):
                    longer = np.empty((2 * filled, 2), np.int64)
                    longer[:filled] = pairs
                    pairs = longer
                pairs[filled, 0], pairs[filled, 1] = i, j
                filled += 1
        for t in range(n_touched):
            counts[touched[t]] = 0
            shared[touched[t]] = np.uint64(0)
    return pairs[:filled].copy()


@njit(cache=True)  # type: ignore[untyped-decorator]
def _has_equal(j: int, at: int, order: IntArray, shared: Bits, counts: IntArray) -> bool:
    """Whether an item later in the order shares the same members."""
    for c in range(at + 1, len(order)):
        k = order[c]
        if counts[k] < counts[j]:
            return False
        if _inside(shared[j], shared[k]):
            return True
    return False


@njit(cache=True)  # type: ignore[untyped-decorator]
def _by_falling_count(
    candidates: IntArray, counts: IntArray, least: int, most: int, order: IntArray
) -> None:
    places = np.zeros(most - least + 2, np.int64)
    for j in candidates:
        places[most - counts[j] + 1] += 1
    for k in range(1, len(places)):
        places[k] += places[k - 1]
    for j in candidates:
        order[places[most - counts[j]]] = j
        places[most - counts[j]] += 1
