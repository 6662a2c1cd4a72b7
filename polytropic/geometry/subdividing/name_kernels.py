"""Compiled loops that find generators by the edges they lie on, and number them.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from polytropic.arithmetic.numbers import IntArray

__all__ = ["place_of", "register", "rehashed", "renumber"]

_EMPTY = np.int64(-1)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def place_of(key: int, mask: int) -> int:
    """Where to look first for a key among ``mask + 1`` slots, a power of two."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    return int(np.int64(mixed >> np.uint64(24)) & mask)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def rehashed(old: IntArray, length: int) -> IntArray:
    """The same entries in more slots."""
    slots = np.full((length, 2), _EMPTY)
    for i in range(len(old)):
        if old[i, 1] == _EMPTY:
            continue
        at = place_of(old[i, 0], length - 1)
        while slots[at, 1] != _EMPTY:
            at = (at + 1) & (length - 1)
        slots[at, 0], slots[at, 1] = old[i, 0], old[i, 1]
    return slots


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def renumber(members: Any, n_generators: int) -> Any:
    """Number the generators in use anew, in order of appearance: members, old names."""
    new = np.full(n_generators, -1, np.int32)
    old = np.zeros(min(n_generators, len(members)), np.int64)
    moved = np.zeros(len(members), np.int32)
    count = 0
    for i in range(len(members)):
        v = members[i]
        if new[v] < 0:
            new[v] = count
            old[count] = v
            count += 1
        moved[i] = new[v]
    return moved, old[:count].copy()


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def register(slots: IntArray, size: int, first_new: int, known: IntArray, parents: IntArray) -> Any:
    """Name generators by their edges: those of a part of a complex among those of the whole.

    Parameters
    ----------
    slots : int array
        As in `cut_cells`; it may be made longer.
    size : int
        Number of names given so far; those from `first_new` on were made on edges.
    known : int array
        Names of the first generators of the part.
    parents : int array, shape (k, 2)
        Ends of the edges of its other generators, in its own numbers, ends before what lies
        between.

    Returns
    -------
    slots, size
    names : int array
        Of all generators of the part.
    fresh : int array
        Which of the k generators are new to the whole.
    """
    n = len(known)
    names = np.zeros(n + len(parents), np.int64)
    names[:n] = known
    fresh = np.zeros(len(parents), np.int64)
    n_fresh = 0
    while 2 * (size + len(parents) - first_new) > len(slots):
        slots = rehashed(slots, 2 * len(slots))
    mask = len(slots) - 1
    for i in range(len(parents)):
        u, v = names[parents[i, 0]], names[parents[i, 1]]
        if u > v:
            u, v = v, u
        key = (u << 32) | v
        place = place_of(key, mask)
        while slots[place, 1] != _EMPTY and slots[place, 0] != key:
            place = (place + 1) & mask
        if slots[place, 1] == _EMPTY:
            slots[place, 0], slots[place, 1] = key, size
            size += 1
            fresh[n_fresh] = i
            n_fresh += 1
        names[n + i] = slots[place, 1]
    return slots, size, names, fresh[:n_fresh].copy()
