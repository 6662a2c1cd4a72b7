"""Windows that slide over a grid: which places they read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polytropic.arithmetic.numbers import IntArray
from polytropic.errors import InputError
from polytropic.networks.building.shapes import pairs_of_pads
from polytropic.networks.building.wires import MAX_ENTRIES

__all__ = ["Windows", "per_axis", "windows"]


@dataclass(frozen=True)
class Windows:
    """Places that windows read on a grid.

    Attributes
    ----------
    shape : tuple of int
        Number of windows along each axis.
    places : int array, shape (n_windows, n_places)
        Places of the grid in C order; -1 in the padding, -2 beyond it.
    """

    shape: tuple[int, ...]
    places: IntArray


def per_axis(op: str, name: str, value: int | Sequence[int], rank: int) -> tuple[int, ...]:
    """One positive whole number per axis, from one for all or a list."""
    given = [int(v) for v in np.atleast_1d(np.asarray(value, dtype=object)).tolist()]
    if len(given) == 1:
        given = given * rank
    if len(given) != rank or min(given, default=1) < 1:
        raise InputError(f"{op}: {name} must be positive, one or {rank} numbers, got {value}")
    return tuple(given)


def windows(
    op: str,
    grid: tuple[int, ...],
    size: Sequence[int],
    strides: int | Sequence[int],
    pads: int | Sequence[int],
    dilations: int | Sequence[int],
    *,
    ceil_mode: bool = False,
) -> Windows:
    """Find the places of all windows of a size that slide over a grid.

    Notes
    -----
    With `ceil_mode` a last window that reaches beyond the padding is kept, if it begins inside the
    grid or the padding before it.
    """
    rank = len(grid)
    steps = per_axis(op, "strides", strides, rank)
    gaps = per_axis(op, "dilations", dilations, rank)
    before, after = pairs_of_pads(op, pads, rank)
    if min((*before, *after), default=0) < 0:
        raise InputError(f"{op}: pads must not be negative, got {pads}")
    counts = []
    for axis in range(rank):
        reach = gaps[axis] * (size[axis] - 1) + 1
        room = grid[axis] + before[axis] + after[axis] - reach
        if room < 0:
            raise InputError(
                f"{op}: a window of {size[axis]} (dilated {reach}) does not fit axis {axis} of the "
                f"grid {grid} with pads {pads}"
            )
        count = room // steps[axis] + 1
        if ceil_mode and room % steps[axis] and count * steps[axis] < grid[axis] + before[axis]:
            count += 1
        counts.append(count)
    total = math.prod(counts) * math.prod(size)
    if total > MAX_ENTRIES:
        raise InputError(f"{op}: the windows read {total} places; at most {MAX_ENTRIES} are made")
    places = np.zeros((1,) * (2 * rank), dtype=np.int64)
    padding, beyond = np.zeros_like(places, dtype=bool), np.zeros_like(places, dtype=bool)
    for axis in range(rank):
        start = np.arange(counts[axis])[:, None] * steps[axis] - before[axis]
        at = start + np.arange(size[axis]) * gaps[axis]
        wide = [1] * (2 * rank)
        wide[axis], wide[rank + axis] = at.shape
        at = at.reshape(wide)
        places = places * grid[axis] + at
        padding = padding | (at < 0) | (at >= grid[axis])
        beyond = beyond | (at >= grid[axis] + after[axis])
    places = np.where(beyond, -2, np.where(padding, -1, places))
    return Windows(tuple(counts), places.reshape(math.prod(counts), math.prod(size)))
