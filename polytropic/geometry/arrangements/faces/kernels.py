"""Compiled loops of `covectors`: look every flipped sign vector up in a hash table."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["find_crossings"]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _shift(size: int) -> np.uint64:
    """Shift that leaves indices of a table with at least `size` places."""
    bits = 6
    while (1 << bits) < size:
        bits += 1
    return np.uint64(64 - bits)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def find_crossings(
    positive: NDArray[np.uint64],
    flat: NDArray[np.intp],
    keys: NDArray[np.uint64],
    starts: NDArray[np.intp],
    rows: NDArray[np.uint64],
    row_keys: NDArray[np.uint64],
    first: NDArray[np.intp],
) -> NDArray[np.intp]:
    """Triples (face above, face below, cut), in the order of the faces above.

    A bit set, sixteen places for every face, turns most look-ups away before the table is touched.
    """
    n, words = positive.shape
    one, low = np.uint64(1), np.uint64(63)
    shift, bit_shift = _shift(2 * n), _shift(16 * n)
    table = np.full(np.int64(one << (np.uint64(64) - shift)), -1, dtype=np.int64)
    bits = np.zeros(np.int64(one << (np.uint64(58) - bit_shift)), dtype=np.uint64)
    last = np.uint64(len(table) - 1)
    for i in range(n):
        mixed = keys[i] * _MULTIPLIER
        place = mixed >> bit_shift
        bits[place >> np.uint64(6)] |= one << (place & low)
        slot = mixed >> shift
        while table[slot] >= 0:
            slot = (slot + one) & last
        table[slot] = i
    word = first >> 6
    bit = (first & 63).astype(np.uint64)
    likely = np.empty(len(first) + 1, dtype=np.int64)
    places = np.empty(len(first) + 1, dtype=np.uint64)
    found = np.empty((2 * n + 16, 3), dtype=np.int64)
    count = 0
    for i in range(n):
        # Loops without branches first: they let the machine wait for many places at once.
        k = 0
        for c in range(starts[flat[i]], starts[flat[i] + 1]):
            likely[k] = c
            places[k] = ((keys[i] ^ row_keys[c]) * _MULTIPLIER) >> bit_shift
            k += int((positive[i, word[c]] >> bit[c]) & one)
        kept = 0
        for q in range(k):
            likely[kept] = likely[q]
            place = places[q]
            kept += int((bits[place >> np.uint64(6)] >> (place & low)) & one)
        for q in range(kept):
            c = likely[q]
            key = keys[i] ^ row_keys[c]
            slot = (key * _MULTIPLIER) >> shift
            while table[slot] >= 0:
                j = table[slot]
                if keys[j] == key and flat[j] == flat[i]:
                    same = True
                    for w in range(words):
                        same &= positive[j, w] == positive[i, w] ^ rows[c, w]
                    if same:
                        if count == len(found):
                            larger = np.empty((2 * count, 3), dtype=np.int64)
                            larger[:count] = found
                            found = larger
                        found[count, 0], found[count, 1], found[count, 2] = i, j, c
                        count += 1
                        break
                slot = (slot + one) & last
    return found[:count]
