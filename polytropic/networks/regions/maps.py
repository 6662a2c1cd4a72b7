"""Telling the affine maps of regions apart, exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded, affine
from polytropic.arithmetic.numbers import ExactArray, IntArray, ObjectArray
from polytropic.networks.homogeneous import HomogeneousNetwork

__all__ = ["labels_of_maps"]


def labels_of_maps(
    homogeneous: HomogeneousNetwork, patterns: NDArray[np.bool_], basis: ObjectArray
) -> IntArray:
    """Label patterns by the map they select; only maps that floats cannot tell apart are exact."""
    maps = homogeneous.bounded_linear_maps(patterns, basis)
    labels = np.arange(len(patterns), dtype=np.int64)
    for group in _indistinct(maps):
        first: dict[ExactArray, int] = {}
        for index in sorted(group):
            key = homogeneous.exact_linear_map(patterns[index], basis)
            labels[index] = first.setdefault(key, index)
    # Each label is now the first region with that map: number them in this order.
    numbered: IntArray = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    return numbered


def _indistinct(maps: Bounded) -> list[list[int]]:
    """Groups of at least two rows; rows that share no group certainly differ.

    Rows are compared by two fixed combinations of their entries, which generic rows tell apart.
    """
    size = maps.value.shape[1]
    weights = np.cos(np.arange(1, 2 * size + 1)).reshape(2, size)
    exact_weights = Bounded(weights, np.zeros_like(weights))
    no_bias = Bounded(np.zeros(2), np.zeros(2))
    shadows = affine(maps, np.zeros(len(maps.value)), exact_weights, no_bias)
    groups = [list(range(len(maps.value)))]
    for column in range(2):
        parts = [part for group in groups for part in _split_intervals(shadows, column, group)]
        groups = [part for part in parts if len(part) > 1]
    return groups


def _split_intervals(maps: Bounded, column: int, group: list[int]) -> list[list[int]]:
    value, error = maps.value[group, column], maps.error[group, column]
    with np.errstate(all="ignore"):
        low, high = value - error, value + error
    if not (np.isfinite(low) & np.isfinite(high)).all():
        return [group]
    order = np.argsort(low)
    reach = np.maximum.accumulate(high[order])
    cuts = np.flatnonzero(low[order][1:] > reach[:-1]) + 1
    members = np.array(group)[order]
    return [part.tolist() for part in np.split(members, cuts)]
