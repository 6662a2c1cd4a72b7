"""Colours that tell neighbours apart, for readers with any sort of sight."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray, IntArray

__all__ = ["PALETTE", "darker", "lighter", "neighbourly", "palette"]

PALETTE: Final = (
    "#56b4e9",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#f0e442",
    "#0072b2",
    "#d55e00",
    "#999999",
)
"""The colours of Okabe and Ito, with grey in the place of black."""

_TINT = 0.42


def lighter(colour: str, part: float = _TINT) -> tuple[float, float, float]:
    """Mix a colour with white.

    Examples
    --------
    >>> lighter("#000000", 0.5)
    (0.5, 0.5, 0.5)
    """
    r, g, b = to_rgb(colour)
    return r + (1 - r) * part, g + (1 - g) * part, b + (1 - b) * part


def darker(colour: str, part: float = 0.3) -> tuple[float, float, float]:
    """Mix a colour with black.

    Examples
    --------
    >>> darker("#ffffff", 0.5)
    (0.5, 0.5, 0.5)
    """
    r, g, b = to_rgb(colour)
    return r * (1 - part), g * (1 - part), b * (1 - part)


def palette(labels: Sequence[int] | IntArray) -> FloatArray:
    """Colours of areas, one for each label; labels beyond the palette get paler tints of it.

    Parameters
    ----------
    labels : sequence of int, shape (n,)

    Returns
    -------
    float array, shape (n, 3)
        Red, green and blue.

    Examples
    --------
    >>> palette([0, 1, 0]).shape
    (3, 3)
    """
    indices = np.asarray(labels, dtype=np.int64)
    largest = int(indices.max(initial=0))
    table = [
        lighter(PALETTE[k % len(PALETTE)], 1 - (1 - _TINT) * 0.6 ** (k // len(PALETTE)))
        for k in range(largest + 1)
    ]
    return np.array(table)[indices]


def neighbourly(n: int, pairs: NDArray[np.int64]) -> IntArray:
    """Label things such that neighbours differ and every label is used about equally often.

    Parameters
    ----------
    n : int
        Number of things.
    pairs : int array, shape (m, 2)
        Neighbours; a pair may come twice, and ``(i, i)`` is ignored.

    Returns
    -------
    int array, shape (n,)
        Fewer than ``len(PALETTE)`` labels whenever the neighbourhood is that of a map in the plane.

    Notes
    -----
    Greedy in the smallest-last order (Matula and Beck, 1983), which needs at most six labels for
    planar graphs: there is always a vertex with at most five neighbours left.

    Examples
    --------
    >>> neighbourly(3, np.array([[0, 1], [1, 2]])).tolist()
    [2, 1, 0]
    """
    neighbours = _neighbours(n, pairs)
    labels = [-1] * n
    uses = [0] * len(PALETTE)
    for i in reversed(_smallest_first(neighbours)):
        taken = {labels[j] for j in neighbours[i]}
        free = [k for k in range(len(uses)) if k not in taken]
        if not free:
            free = [len(uses)]
            uses.append(0)
        labels[i] = min(free, key=uses.__getitem__)
        uses[labels[i]] += 1
    return np.array(labels, dtype=np.int64)


def _neighbours(n: int, pairs: NDArray[np.int64]) -> list[list[int]]:
    """Sorted neighbours of everything, without repetitions."""
    both = np.concatenate([pairs, pairs[:, ::-1]]).reshape(-1, 2)
    keys = np.unique(both[both[:, 0] != both[:, 1]] @ np.array([n, 1]))
    starts = np.searchsorted(keys // n, np.arange(n + 1)) if n else np.zeros(1, dtype=np.int64)
    others = (keys % n).tolist() if n else []
    ends = starts.tolist()
    return [others[a:b] for a, b in pairwise(ends)]


def _smallest_first(neighbours: list[list[int]]) -> list[int]:
    """Take away a vertex of smallest remaining degree, again and again."""
    degree = [len(row) for row in neighbours]
    heap = [(d, i) for i, d in enumerate(degree)]
    heapq.heapify(heap)
    order = []
    while heap:
        d, i = heapq.heappop(heap)
        if d != degree[i]:
            continue  # outdated: it has lost neighbours, or is gone (degree -1)
        order.append(i)
        degree[i] = -1
        for j in neighbours[i]:
            if degree[j] >= 0:
                degree[j] -= 1
                heapq.heappush(heap, (degree[j], j))
    return order
