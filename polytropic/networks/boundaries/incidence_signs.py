"""Signs of functions at the vertices and rays of regions on which they are linear, exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import UNDECIDED, Bounded, SignArray
from polytropic.arithmetic.numbers import IntArray
from polytropic.networks.network import Network
from polytropic.networks.regions.complex import RegionComplex
from polytropic.networks.regions.stages import NetworkStages

__all__ = ["incident", "signs_at"]

_BLOCK = 1 << 14  # generators at a time


def incident(regions: RegionComplex, flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether some region with a flag has each generator, shape (n_regions, k) to (n, k)."""
    found = np.zeros((regions.n_generators, flags.shape[1]), dtype=bool)
    members, owners = regions.arrays.members, regions.owners
    for column in range(flags.shape[1]):
        found[members[flags[owners, column]], column] = True
    return found


def signs_at(
    probe: Network, regions: RegionComplex, names: IntArray, wanted: NDArray[np.bool_] | None = None
) -> SignArray:
    """Signs of the last units of a network at some vertices and rays of a complex.

    Parameters
    ----------
    probe : Network
        Its last layer with an activation has the m units that are asked for; at a ray their sign is
        that of their slope along it.
    regions : RegionComplex
        All units of the probe are linear on each of its regions.
    names : int array, shape (n,)
    wanted : bool array, shape (n, m), optional
        Which signs are asked for; the others are given as 0.

    Returns
    -------
    int8 array, shape (n, m)

    Notes
    -----
    Floats with proven bounds; generators at which they leave a sign open are evaluated in integers.
    """
    stages = NetworkStages(probe)
    last = len(stages) - 1
    signs = np.zeros((len(names), stages.n_functions(last)), dtype=np.int8)
    for first in range(0, len(names), _BLOCK):
        block = names[first : first + _BLOCK]
        heights, y = regions.is_point[block].astype(np.float64), regions.places.rows(block)
        values = stages.values_from_start(last, y, heights)
        count = signs.shape[1]
        found = Bounded(values.value[:, :count], values.error[:, :count]).signs()
        if wanted is not None:
            found[~wanted[first : first + _BLOCK]] = 0
        unclear = np.flatnonzero((found == UNDECIDED).any(axis=1))
        if len(unclear):
            rows = regions.exact_generators(block[unclear])
            exact_values = stages.exact_values(last, rows).numerators[:, :count]
            signs_there = (exact_values > 0).astype(np.int8) - (exact_values < 0).astype(np.int8)
            found[unclear] = np.where(found[unclear] == UNDECIDED, signs_there, found[unclear])
        signs[first : first + _BLOCK] = found
    return signs
