"""Finding packed rows among many: keys that are linear over GF(2), sorted; words decide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polytropic.geometry.arrangements.sign_vectors import Words

__all__ = ["PackedTable", "linear_keys", "packed_table"]


def linear_keys(words: Words, bit_keys: Words) -> Words:
    """Exclusive or of the keys of the bits that are set.

    Parameters
    ----------
    words : uint64 array, shape (N, W)
    bit_keys : uint64 array, shape (64 W,)

    Returns
    -------
    uint64 array, shape (N,)
        Flipping some bits flips the key by theirs.

    Examples
    --------
    >>> words = np.array([[5], [4]], dtype=np.uint64)
    >>> linear_keys(words, np.arange(64, dtype=np.uint64)).tolist()
    [2, 2]
    """
    octets = np.ascontiguousarray(words.astype("<u8", copy=False)).view(np.uint8)
    keys = np.zeros(len(words), dtype=np.uint64)
    for place in range(octets.shape[1]):
        eight = bit_keys[8 * place : 8 * place + 8]
        if eight.any():
            table = np.zeros(256, dtype=np.uint64)
            for bit in range(8):
                table[1 << bit : 2 << bit] = table[: 1 << bit] ^ eight[bit]
            keys ^= table[octets[:, place]]
    return keys


@dataclass(frozen=True, eq=False)
class PackedTable:
    """Different packed rows with different keys.

    Attributes
    ----------
    words : uint64 array, shape (N, W)
    bit_keys : uint64 array, shape (64 W,)
    keys : uint64 array, shape (N,)
    order : int array, shape (N,)
        Sorts the keys.
    sorted_keys : uint64 array, shape (N,)
    """

    words: Words
    bit_keys: Words
    keys: Words
    order: NDArray[np.intp]
    sorted_keys: Words

    def find(self, words: Words, keys: Words | None = None) -> NDArray[np.intp]:
        """Index of each row in the table, -1 for those that are not in it."""
        wanted = linear_keys(words, self.bit_keys) if keys is None else keys
        if not len(self.keys):
            return np.full(len(words), -1, dtype=np.intp)
        place = np.minimum(np.searchsorted(self.sorted_keys, wanted), len(self.keys) - 1)
        found = self.order[place]
        same = self.keys[found] == wanted
        same[same] = (self.words[found[same]] == words[same]).all(axis=1)
        return np.where(same, found, -1)


def packed_table(words: Words) -> PackedTable:
    """Prepare packed rows, all different, for being found.

    Examples
    --------
    >>> table = packed_table(np.array([[6], [3]], dtype=np.uint64))
    >>> table.find(np.array([[3], [4]], dtype=np.uint64)).tolist()
    [1, -1]
    """
    width = 64 * words.shape[1]
    seed = 0
    while True:
        if width == 64:
            bit_keys = np.uint64(1) << np.arange(64, dtype=np.uint64)
        else:
            random = np.random.default_rng(seed)
            bit_keys = random.integers(0, 2**64, width, dtype=np.uint64)
        keys = linear_keys(words, bit_keys)
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        if not (ordered[1:] == ordered[:-1]).any():
            return PackedTable(words, bit_keys, keys, order, ordered)
        if width == 64:
            raise AssertionError("the rows of a packed table are not all different")
        seed += 1
        if seed > 8 and len(np.unique(words, axis=0)) < len(words):
            raise AssertionError("the rows of a packed table are not all different")
