"""Compiled walk through one orbit of flats.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from polytropic.geometry.arrangements.counting.kernels import find, grown_slots

__all__ = ["mark_orbit"]


@njit(cache=True)  # type: ignore[untyped-decorator]
def mark_orbit(
    keys: Any, slots: Any, tables: Any, flat: int, name: int, label: Any, limit: int
) -> int:
    """Label all listed flats in the orbit of one of them.

    Parameters
    ----------
    keys, slots : arrays
        The listed flats, and their hash table.
    tables : uint64 array, shape (g, bytes, 256, words)
        What every generator does to every byte of a set of bits.
    flat, name : int
        Where the orbit starts, and what to call it.
    label : int array
        Gets `name` for every listed flat that is met.
    limit : int
        Stop with minus the size when the orbit is larger; -1 for no limit.

    Returns
    -------
    int
        Size of the orbit.
    """
    words = keys.shape[1]
    room = 256
    seen = np.empty((room, words), np.uint64)
    seen[0] = keys[flat]
    own = grown_slots(seen, 1, 2 * room)
    image = np.empty(words, np.uint64)
    label[flat] = name
    count, done = 1, 0
    while done < count:
        for g in range(len(tables)):
            image[:] = np.uint64(0)
            for b in range(tables.shape[1]):
                byte = (seen[done, b >> 3] >> np.uint64(8 * (b & 7))) & np.uint64(255)
                for w in range(words):
                    image[w] |= tables[g, b, byte, w]
            place = find(seen, own, image)
            if own[place] >= 0:
                continue
            if limit >= 0 and count == limit:
                return -count - 1
            if count == room:
                longer = np.empty((2 * room, words), np.uint64)
                longer[:room] = seen
                seen, room = longer, 2 * room
                own = grown_slots(seen, count, 2 * room)
                place = find(seen, own, image)
            seen[count] = image
            own[place] = count
            count += 1
            listed = slots[find(keys, slots, image)]
            if listed >= 0:
                label[listed] = name
        done += 1
    return count
