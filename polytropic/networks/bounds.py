"""Upper bounds on numbers of linear regions."""

from __future__ import annotations

from math import comb, prod

from polytropic.networks.network import Network

__all__ = ["region_bound"]


def region_bound(network: Network) -> int:
    """Bound the number of linear regions by the product over layers (Theorem 6.3).

    ``prod_l sum_{i <= d} C(n_l, i)`` over the layers with an activation; a layer of width n_l cuts
    the image of a region, of dimension at most ``min(d, n_1, ..., n_l)``, into at most
    ``sum_{i <= dim} C(n_l, i)`` parts, so that number is used for widths below d.

    Zhang, Naitzat and Lim, Theorem 6.3.

    Examples
    --------
    >>> region_bound(Network.from_layers([([[1], [1]], [0, -1]), ([[1, -2]], [0])]))
    3
    """
    dimension = network.n_inputs
    factors = []
    for layer in network.layers:
        if not layer.is_linear:
            factors.append(sum(comb(layer.n_outputs, i) for i in range(dimension + 1)))
        dimension = min(dimension, layer.n_outputs)
    return prod(factors)
