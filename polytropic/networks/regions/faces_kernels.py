"""Compiled loop of `faces`, where plain Python says what it does.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import IntArray

__all__ = ["faces_below"]

_ONE = np.uint64(1)
_NONE = np.uint64(0)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _longer(array: Any, length: int) -> Any:
    copy = np.zeros(length, array.dtype)
    copy[: len(array)] = array
    return copy


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _hash(generators: Any, size: int) -> np.uint64:
    mixed = np.uint64(size)
    for k in range(size):
        mixed ^= np.uint64(generators[k])
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    return mixed ^ (mixed >> np.uint64(32))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _is_facet(bit: int, common: Any, shared: Any, counts: IntArray) -> bool:
    """Whether no inequality is tight on more, nor an earlier one on the same."""
    for word in range(len(shared)):
        others = shared[word] & ~common[word]
        other = 64 * word
        while others:
            larger = counts[other] > counts[bit] or other < bit
            if others & _ONE and other != bit and larger:
                return False
            others >>= _ONE
            other += 1
    return True


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def faces_below(
    start: IntArray,
    entries: NDArray[np.int32],
    members: NDArray[np.int32],
    tight: NDArray[np.uint64],
    is_point: NDArray[np.bool_],
) -> Any:
    """See `faces.below_in_python`."""
    words, n = tight.shape[1], len(start) - 1
    counts = np.zeros(64 * words, np.int64)
    points = np.zeros(64 * words, np.int64)
    common, used = np.zeros(words, np.uint64), np.zeros(words, np.uint64)
    shared = np.zeros(words, np.uint64)
    chosen, generators = np.zeros(16, np.int32), np.zeros(16, np.int32)
    child_start, hashes = np.zeros(1024, np.int64), np.zeros(1024, np.uint64)
    child_entries = np.zeros(4096, np.int32)
    room = 2048
    while room < 4 * n:
        room *= 2
    slots = np.full(room, -1, np.int64)
    below_start = np.zeros(n + 1, np.int64)
    below, bits = np.zeros(4096, np.int32), np.zeros(4096, np.int32)
    n_children, n_below, most = 0, 0, 0
    for face in range(n):
        first, last = start[face], start[face + 1]
        if last - first > len(chosen):
            chosen = np.zeros(2 * (last - first), np.int32)
            generators = np.zeros(2 * (last - first), np.int32)
        for word in range(words):
            all_of, any_of = ~_NONE, _NONE
            for k in range(first, last):
                all_of &= tight[entries[k], word]
                any_of |= tight[entries[k], word]
            common[word], used[word] = all_of, any_of & ~all_of
        counts[:most], points[:most] = 0, 0
        most = 0
        for k in range(first, last):
            entry = entries[k]
            point = is_point[members[entry]]
            for word in range(words):
                row, bit = tight[entry, word] & used[word], 64 * word
                while row:
                    if row & _ONE:
                        counts[bit] += 1
                        points[bit] += point
                    row >>= _ONE
                    bit += 1
                    most = max(most, bit)
        for bit in range(most):
            if points[bit] == 0:
                continue
            size, word, shift = 0, bit >> 6, np.uint64(bit & 63)
            shared[:] = ~_NONE
            for k in range(first, last):
                entry = entries[k]
                if tight[entry, word] >> shift & _ONE:
                    chosen[size], generators[size] = entry, members[entry]
                    size += 1
                    for w in range(words):
                        shared[w] &= tight[entry, w]
            if not _is_facet(bit, common, shared, counts):
                continue
            mixed = _hash(generators, size)
            at = np.int64(mixed & np.uint64(len(slots) - 1))
            child = slots[at]
            while child >= 0:
                begin = child_start[child]
                if hashes[child] == mixed and child_start[child + 1] - begin == size:
                    same = 0
                    while same < size and members[child_entries[begin + same]] == generators[same]:
                        same += 1
                    if same == size:
                        break
                at = (at + 1) & (len(slots) - 1)
                child = slots[at]
            if child < 0:
                child = n_children
                slots[at], hashes[child] = child, mixed
                begin = child_start[child]
                if begin + size > len(child_entries):
                    child_entries = _longer(child_entries, 2 * (begin + size))
                child_entries[begin : begin + size] = chosen[:size]
                n_children += 1
                if n_children + 1 >= len(child_start):
                    child_start = _longer(child_start, 2 * len(child_start))
                    hashes = _longer(hashes, 2 * len(hashes))
                child_start[n_children] = begin + size
                if 2 * n_children > len(slots):
                    slots = np.full(2 * len(slots), -1, np.int64)
                    for old in range(n_children):
                        at = np.int64(hashes[old] & np.uint64(len(slots) - 1))
                        while slots[at] >= 0:
                            at = (at + 1) & (len(slots) - 1)
                        slots[at] = old
            if n_below == len(below):
                below, bits = _longer(below, 2 * n_below), _longer(bits, 2 * n_below)
            below[n_below], bits[n_below] = child, bit
            n_below += 1
        below_start[face + 1] = n_below
    return (
        child_start[: n_children + 1].copy(),
        child_entries[: child_start[n_children]].copy(),
        below_start,
        below[:n_below].copy(),
        bits[:n_below].copy(),
    )
