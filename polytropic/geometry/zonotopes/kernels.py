"""Compiled loops for zonotopes."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

__all__ = ["add_octets"]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def add_octets(octets: Any, tables: Any, base: Any) -> Any:
    """Sums of table rows: ``base + sum_b tables[b, octets[i, b]]``, shape (N, c).

    The plain version is a product of bits: see `SubsetSums`.
    """
    count, n_octets = octets.shape
    channels = len(base)
    sums = np.empty((count, channels))
    for i in range(count):
        for c in range(channels):
            sums[i, c] = base[c]
    # One table at a time: it fits in the fastest cache, all of them do not.
    for b in range(n_octets):
        table = tables[b]
        for i in range(count):
            row = octets[i, b]
            for c in range(channels):
                sums[i, c] += table[row, c]
    return sums
