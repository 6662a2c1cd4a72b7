"""Where a classifier decides for which class, as an exact subdivision of its domain."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from polytropic.arithmetic.numbers import IntArray, frozen
from polytropic.geometry.polytope import Polytope
from polytropic.networks.boundaries.argmax import cut_by_winners
from polytropic.networks.boundaries.comparing import with_difference
from polytropic.networks.network import Network
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

    Notes
    -----
    See `argmax_boundary` for the ties themselves.

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
    if network.n_outputs == 1:
        regions = linear_regions(
            with_difference(network, Fraction(0), None), domain, max_regions=max_regions
        )
        return regions, frozen((regions.sign_vectors[:, -1] > 0).astype(np.int64))
    regions, winners = cut_by_winners(network, domain, max_regions=max_regions)
    return regions, frozen(np.argmax(winners, axis=1))
