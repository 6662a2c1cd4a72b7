"""Where a classifier decides for which class, as an exact subdivision of its domain."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, IntArray, exact, frozen
from polytropic.geometry.polytope import Polytope
from polytropic.networks.network import Layer, Network
from polytropic.networks.regions import RegionComplex, linear_regions

__all__ = ["winning_regions"]


def winning_regions(
    network: Network, domain: Polytope | None = None, *, max_regions: int | None = None
) -> tuple[RegionComplex, IntArray]:
    """Cut the activation regions of a classifier where two of its outputs tie.

    Parameters
    ----------
    network : Network
        Decides for its largest output; with a single output, for class 1 where that is positive.
    domain : Polytope, optional
        By default all of R^d.
    max_regions : int, optional
        As for `linear_regions`.

    Returns
    -------
    regions : RegionComplex
        Of a network that compares the outputs; it refines the regions of `network`.
    winners : int array, shape (n,)
        Class of each region: the first of those that are largest all over it.

    Raises
    ------
    BudgetError
        If there are more than `max_regions` regions.

    Examples
    --------
    >>> net = Network.from_layers([([[1], [-1]], [0, 0]), ([[1, 0], [0, 1], [0, 0]], [0, 0, 1])])
    >>> regions, winners = winning_regions(net, Polytope.box(-3, 3, dim=1))
    >>> for region, winner in zip(regions, winners.tolist()):
    ...     print(sorted(region.vertices.ravel().tolist()), winner)
    [-1.0, 0.0] 2
    [-3.0, -1.0] 1
    [0.0, 1.0] 2
    [1.0, 3.0] 0
    """
    pairs = list(combinations(range(network.n_outputs), 2))
    regions = linear_regions(_comparing(network, pairs), domain, max_regions=max_regions)
    n_compared = len(pairs) or 1
    signs = regions.sign_vectors[:, -n_compared:]
    if not pairs:
        return regions, frozen((signs[:, 0] > 0).astype(np.int64))
    beaten = np.zeros((len(regions), network.n_outputs), dtype=bool)
    for column, (i, j) in enumerate(pairs):
        beaten[:, i] |= signs[:, column] < 0
        beaten[:, j] |= signs[:, column] > 0
    return regions, frozen(np.argmin(beaten, axis=1))


def _comparing(network: Network, pairs: list[tuple[int, int]]) -> Network:
    """Add a layer with one unit per pair of outputs, positive where the first one is larger."""
    size = network.n_outputs
    rows = [[(k == i) - (k == j) for k in range(size)] for i, j in pairs] or [[1]]
    compare = Layer(exact(rows), ExactArray.zeros(len(rows)), ExactArray.zeros(len(rows)))
    total = Layer(exact([[1] * len(rows)]), ExactArray.zeros(1))
    return Network((*network.layers, compare, total))
