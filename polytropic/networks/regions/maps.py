"""Telling the affine maps of regions apart, exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded, affine
from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, ObjectArray
from polytropic.networks.homogeneous import HomogeneousNetwork
from polytropic.networks.network import Network
from polytropic.networks.regions.residues import ResidueMaps

__all__ = ["labels_of_maps"]

_MANY_PRIMES = 200


def labels_of_maps(
    network: Network,
    homogeneous: HomogeneousNetwork,
    patterns: NDArray[np.bool_],
    basis: ObjectArray,
) -> IntArray:
    """Label patterns by the map they select, in order of the first pattern of each map.

    Maps that floats with bounds cannot tell apart are compared in whole numbers, modulo primes
    enough to prove that they are equal.
    """
    if not len(patterns):
        return np.zeros(0, dtype=np.int64)
    groups = _indistinct(homogeneous.bounded_linear_maps(patterns, basis))
    shared = np.flatnonzero(np.bincount(groups)[groups] > 1)
    labels = groups
    if len(shared):
        residues = ResidueMaps(network, basis)
        if residues.n_primes <= _MANY_PRIMES:
            parts = residues.labels(patterns[shared], groups[shared])
        else:
            parts = _labels_one_by_one(homogeneous, patterns[shared], basis)
        labels[shared] = parts + groups.max() + 1
    _, first, which = np.unique(labels, return_index=True, return_inverse=True)
    numbers = np.empty(len(first), dtype=np.int64)
    numbers[np.argsort(first)] = np.arange(len(first))
    return numbers[which]


def _labels_one_by_one(
    homogeneous: HomogeneousNetwork, patterns: NDArray[np.bool_], basis: ObjectArray
) -> IntArray:
    """Label patterns by their maps in integers: the way for integers of very many digits."""
    known: dict[ExactArray, int] = {}
    labels = [
        known.setdefault(homogeneous.exact_linear_map(pattern, basis), len(known))
        for pattern in patterns
    ]
    return np.array(labels, dtype=np.int64)


def _indistinct(maps: Bounded) -> IntArray:
    """Number groups of rows: rows of different groups certainly differ.

    Rows are compared by two fixed combinations of their entries, which generic rows tell apart.
    """
    size = maps.value.shape[1]
    weights = np.cos(np.arange(1, 2 * size + 1)).reshape(2, size)
    exact_weights = Bounded(weights, np.zeros_like(weights))
    no_bias = Bounded(np.zeros(2), np.zeros(2))
    shadows = affine(maps, np.zeros(len(maps.value)), exact_weights, no_bias)
    groups = np.zeros(len(maps.value), dtype=np.int64)
    for value, error in zip(shadows.value.T, shadows.error.T, strict=True):
        groups = _split_intervals(groups, value, error)
    return groups


def _split_intervals(groups: IntArray, value: FloatArray, error: FloatArray) -> IntArray:
    """Split groups into runs of intervals that overlap, in one pass over all of them."""
    with np.errstate(all="ignore"):
        low, high = value - error, value + error
    unknown = ~(np.isfinite(low) & np.isfinite(high))
    low, high = np.where(unknown, -np.inf, low), np.where(unknown, np.inf, high)
    lows = np.sort(low)
    # Ranks instead of floats: then groups can be told apart by an offset.
    rank, reach = np.searchsorted(lows, low), np.searchsorted(lows, high, side="right")
    offset = groups * (len(lows) + 1)
    order = np.lexsort((rank, groups))
    begins = (rank + offset)[order]
    ends = np.maximum.accumulate((reach + offset)[order])
    cut = np.ones(len(order), dtype=bool)
    cut[1:] = (begins[1:] >= ends[:-1]) | (groups[order][1:] != groups[order][:-1])
    parts = np.empty(len(order), dtype=np.int64)
    parts[order] = np.cumsum(cut) - 1
    return parts
