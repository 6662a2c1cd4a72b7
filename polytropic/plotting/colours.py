"""Colours that tell neighbours apart, for readers with any sort of sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

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
    "#555555",
)
"""The colours of Okabe and Ito, with a dark grey in the place of black.

A paler grey would look like pink and green to readers without green cones.
"""

_TINT = 0.42
_FEW = 5  # there is always a vertex of a planar graph with so many neighbours or fewer


def lighter(colour: Any, part: float = _TINT) -> tuple[float, float, float]:
    """Mix a colour with white.

    Examples
    --------
    >>> lighter("#000000", 0.5)
    (0.5, 0.5, 0.5)
    """
    r, g, b = to_rgb(colour)
    return r + (1 - r) * part, g + (1 - g) * part, b + (1 - b) * part


def darker(colour: Any, part: float = 0.3) -> tuple[float, float, float]:
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
    A planar graph always has vertices with at most five neighbours, and many of them (at least a
    fixed part of all).  They are taken away all at once, again and again, and coloured in the
    reverse order: then each has at most five coloured neighbours, whose colours it avoids.  Things
    that were taken away together and are neighbours take turns.  O(m log n) in whole arrays.

    Examples
    --------
    >>> len(set(neighbourly(3, np.array([[0, 1], [1, 2], [0, 2]])).tolist()))
    3
    """
    sources, targets = _both_ways(n, pairs)
    turn = _taken_away(n, sources, targets)
    # Whoever went last comes first; of two that went together the one with the larger number.
    labels = np.full(n, -1, dtype=np.int64)
    waiting = turn[targets] >= turn[sources]
    sources, targets = sources[waiting], targets[waiting]
    starts = np.searchsorted(sources, np.arange(n + 1))
    for level in range(int(turn.max(initial=-1)), -1, -1):
        open_ones = np.flatnonzero(turn == level)
        while len(open_ones):
            edges = _runs(starts, open_ones)
            own, other = sources[edges], targets[edges]
            blocked = np.zeros(n, dtype=bool)
            blocked[own[(labels[other] < 0) & (other > own)]] = True
            chosen = open_ones[~blocked[open_ones]]
            labels[chosen] = _free_labels(chosen, own, labels[other], labels)
            open_ones = open_ones[blocked[open_ones]]
    return labels


def _free_labels(chosen: IntArray, own: IntArray, taken: IntArray, labels: IntArray) -> IntArray:
    """For everything chosen a label that no neighbour has, from all over the palette."""
    size = len(PALETTE)
    width = max(size, int(labels.max(initial=0)) + 1) + 1
    table = np.zeros((len(chosen), width), dtype=bool)
    place = np.searchsorted(chosen, own).clip(max=len(chosen) - 1)
    known = (taken >= 0) & (chosen[place] == own)
    table[place[known], taken[known]] = True
    # The next one tries the palette from the next colour on, and what lies beyond it in order.
    first = (np.arange(len(chosen)) + int((labels >= 0).sum())) % size
    order = (first[:, None] + np.arange(size)) % size
    within = np.take_along_axis(table[:, :size], order, axis=1)
    best = np.take_along_axis(order, np.argmin(within, axis=1)[:, None], axis=1)[:, 0]
    beyond = size + np.argmin(table[:, size:], axis=1)
    found: IntArray = np.where(within.all(axis=1), beyond, best)
    return found


def _both_ways(n: int, pairs: NDArray[np.int64]) -> tuple[IntArray, IntArray]:
    """Every pair of neighbours in both directions, once, sorted by the first."""
    both = np.concatenate([pairs, pairs[:, ::-1]]).reshape(-1, 2).astype(np.int64)
    keys = np.unique(both[both[:, 0] != both[:, 1]] @ np.array([n, 1]))
    return keys // max(n, 1), keys % max(n, 1)


def _taken_away(n: int, sources: IntArray, targets: IntArray) -> IntArray:
    """In which round each vertex has few neighbours left."""
    turn = np.full(n, -1, dtype=np.int64)
    level = 0
    while len(left := np.flatnonzero(turn < 0)):
        degree = np.bincount(sources, minlength=n)[left]
        few = left[degree <= max(_FEW, int(degree.min()))]
        turn[few] = level
        stays = (turn[sources] < 0) & (turn[targets] < 0)
        sources, targets = sources[stays], targets[stays]
        level += 1
    return turn


def _runs(starts: IntArray, chosen: IntArray) -> IntArray:
    """Indices from ``starts[i]`` up to ``starts[i + 1]``, for all chosen i, one after the other."""
    sizes = starts[chosen + 1] - starts[chosen]
    before = np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.arange(int(sizes.sum())) - before + np.repeat(starts[chosen], sizes)
