"""Compiled loops for the edges and facets of one cell in hand.

Importing this file imports numba; it is imported where it is used.

The cells in hand are rows of words: a generator, its tight set (T words), and the functions that
may be positive there (W words) and negative (W words).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from polytropic.engines.bit_trees import popcount

__all__ = ["edges", "edges_of_simple", "facets", "is_simple", "rename"]

_ONE = np.uint64(1)
_NONE = np.uint64(0)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _weight(table: Any, i: int, first: int, wide: int) -> int:
    """Number of bits in a set of T words."""
    count = 0
    for w in range(first, first + wide):
        count += popcount(table[i, w])
    return count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def is_simple(hand: Any, first: int, last: int, wide: int, least: int) -> bool:
    """Whether every generator of a cell lies in as few facets as can be."""
    simple = True
    for i in range(first, last):
        simple = simple and _weight(hand, i, 1, wide) == least + 1
    return simple


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _only_two(hand: Any, first: int, last: int, wide: int, common: Any, row: int) -> bool:
    """Whether only two generators of a cell have all the tight inequalities `common[row]`."""
    count = 0
    for i in range(first, last):
        inside = True
        for w in range(wide):
            inside = inside and common[row, w] & hand[i, 1 + w] == common[row, w]
        if inside:
            count += 1
            if count > 2:
                return False
    return True


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def edges(
    hand: Any, first: int, last: int, wide: int, up: Any, n_up: int, down: Any, n_down: int,
    least: int, near: Any, up_end: Any, down_end: Any,
) -> int:  # fmt: skip
    """Pairs of generators on both sides that span an edge of the cell.

    Returns minus one more than their number if they do not fit; `near` is room for tight sets.
    """
    room, count = len(up_end), 0
    for k in range(n_down):
        for w in range(wide):
            near[k, w] = hand[down[k], 1 + w]
    for i in range(n_up):
        p = up[i]
        simple = _weight(hand, p, 1, wide) == least + 1
        for k in range(n_down):
            shared = 0
            for w in range(wide):
                shared += popcount(hand[p, 1 + w] & near[k, w])
            if shared < least:
                continue
            if not simple and _weight(near, k, 0, wide) != least + 1:
                for w in range(wide):
                    near[n_down, w] = hand[p, 1 + w] & near[k, w]
                if not _only_two(hand, first, last, wide, near, n_down):
                    continue
            if count < room:
                up_end[count], down_end[count] = p, down[k]
            count += 1
    return count if count <= room else -1 - count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def edges_of_simple(
    hand: Any, up: Any, n_up: int, down: Any, n_down: int, near: Any, up_end: Any, down_end: Any
) -> int:
    """The same for simple cells with tight sets of one word: ends of edges differ in two bits."""
    room, count = len(up_end), 0
    for k in range(n_down):
        near[k] = hand[down[k], 1]
    for i in range(n_up):
        p = up[i]
        own = hand[p, 1]
        for base in range(0, n_down, 64):
            found = _NONE
            for k in range(min(64, n_down - base)):
                once = own ^ near[base + k]
                twice = once & (once - _ONE)
                found |= np.uint64(twice & (twice - _ONE) == _NONE) << np.uint64(k)
            while found:
                low = found & (~found + _ONE)
                found ^= low
                if count < room:
                    up_end[count], down_end[count] = p, down[base + popcount(low - _ONE)]
                count += 1
    return count if count <= room else -1 - count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def facets(
    hand: Any, first: int, last: int, wide: int, n_bits: int, simple: bool, kept: Any, met: Any
) -> int:
    """Which inequalities of a cell are its facets: `kept[b]` is their new number, or -1.

    A facet is a set of generators where one inequality is tight and that is contained in no other
    such set; of equal sets the first counts.  In a simple cell all that are tight anywhere are.
    """
    count = 0
    if simple and wide == 1:
        used = _NONE
        for i in range(first, last):
            used |= hand[i, 1]
        for b in range(n_bits):
            kept[b] = -1
            if used >> np.uint64(b) & _ONE:
                kept[b] = count
                count += 1
        return count
    for b in range(n_bits):
        kept[b] = -1
        for w in range(wide):
            met[b, w] = ~_NONE
    for i in range(first, last):
        for w in range(wide):
            rest = hand[i, 1 + w]
            while rest:
                low = rest & (~rest + _ONE)
                rest ^= low
                b = 64 * w + popcount(low - _ONE)
                kept[b] = 0
                for k in range(wide):
                    met[b, k] &= hand[i, 1 + k]
    for b in range(n_bits):
        if kept[b] == -1:
            continue
        facet = True
        own = _ONE << np.uint64(b & 63)
        for w in range(wide):
            rest = met[b, w]
            if w == b >> 6:
                rest ^= own
            while rest:
                low = rest & (~rest + _ONE)
                rest ^= low
                c = 64 * w + popcount(low - _ONE)
                if c < b or not met[c, b >> 6] & own:
                    facet = False
        kept[b] = count if facet else -1
        count += facet
    return count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def rename(tight: Any, first: int, last: int, at: int, wide: int, n_bits: int, kept: Any) -> None:
    """Give the inequalities of tight sets, in columns from `at` on, their new numbers."""
    if wide == 1:
        # Close the gaps from the highest on, each in all sets at once.
        for b in range(n_bits - 1, -1, -1):
            if kept[b] >= 0:
                continue
            below = (_ONE << np.uint64(b)) - _ONE
            for i in range(first, last):
                word = tight[i, at]
                tight[i, at] = (word & below) | (word >> _ONE & ~below)
        return
    for i in range(first, last):
        moved = np.zeros(wide, np.uint64)
        for w in range(wide):
            rest = tight[i, at + w]
            while rest:
                low = rest & (~rest + _ONE)
                rest ^= low
                b = kept[64 * w + popcount(low - _ONE)]
                if b >= 0:
                    moved[b >> 6] |= _ONE << np.uint64(b & 63)
        for w in range(wide):
            tight[i, at + w] = moved[w]
