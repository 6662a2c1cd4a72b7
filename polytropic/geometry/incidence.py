"""Incidences of facets and generators as bit masks, and what follows from them alone."""

from __future__ import annotations

from functools import reduce
from operator import and_

import numpy as np
from numpy.typing import NDArray

__all__ = ["bits_of", "irredundant", "mask_of"]


def irredundant(incidence: NDArray[np.bool_]) -> list[int]:
    """Rows of an incidence matrix whose sets are maximal; of equal sets the first.

    Row i is a facet (or, transposed, an extreme generator) exactly when nothing else is incident
    with everything that it is incident with.  A row without incidences is kept only when it is
    alone.
    """
    n_rows = len(incidence)
    if n_rows == 1:
        return [0]
    columns = [mask_of(column) for column in incidence.T]
    everything = (1 << n_rows) - 1
    kept = []
    for index in range(n_rows):
        shared = reduce(and_, (columns[j] for j in np.flatnonzero(incidence[index])), everything)
        others = shared & ~(1 << index)
        same = [j for j in bits_of(others) if np.array_equal(incidence[j], incidence[index])]
        if not others or (len(same) == others.bit_count() and index < min(same)):
            kept.append(index)
    return kept


def mask_of(flags: NDArray[np.bool_]) -> int:
    """Pack a row of flags in an integer; bit i is entry i."""
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")


def bits_of(mask: int) -> list[int]:
    """Positions of the bits that are set, ascending."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found
