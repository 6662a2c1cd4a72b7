"""The zonotopes of a network: of its first layer, and of a net with one hidden layer."""

from __future__ import annotations

from polytropic.arithmetic.numbers import ExactArray
from polytropic.errors import InputError
from polytropic.geometry.arrangements.counting.theorems import generic_vertex_count
from polytropic.geometry.zonotopes.layers import layer_zonotopes
from polytropic.geometry.zonotopes.zonotope import Zonotope
from polytropic.networks.network import Network

__all__ = ["first_layer_zonotope", "lifted_zonotopes", "most_vertices"]


def first_layer_zonotope(network: Network) -> Zonotope:
    """Sum of the segments of the first layer, in R^{d+1}.

    Its generators are the rows of ``[W1 | b1]`` (for thresholds t of ``[W1 | b1 - t]``) of all
    units with an activation, the normals of the hyperplanes of the layer; its upper vertices are
    the regions they cut R^d into.

    Parameters
    ----------
    network : Network
        Its first layer has an activation.

    Returns
    -------
    Zonotope

    Raises
    ------
    InputError
        If the first layer has no activation.

    Examples
    --------
    >>> net = Network.from_layers([([[1, 0], [0, 1], [1, 1]], [0, 0, 1]), ([[1, 1, 1]], [0])])
    >>> first_layer_zonotope(net).n_upper_vertices
    7
    """
    layer = network.layers[0]
    if layer.threshold is None:
        raise InputError("the first layer has no activation, so it makes no zonotope")
    height = (layer.bias - layer.threshold).reshape(-1, 1)
    rows = ExactArray.concatenate([layer.dense_weight, height], axis=1)
    return Zonotope(rows[layer.tested])


def lifted_zonotopes(network: Network) -> tuple[Zonotope, Zonotope] | None:
    """Numerator and denominator of a ReLU network with one hidden layer and one output.

    Returns
    -------
    pair of Zonotope, or None
        As `layer_zonotopes` gives them; None for a network of any other shape or activation.

    Examples
    --------
    >>> net = Network.from_layers([([[1, 0], [0, 1], [1, 1]], [0, 0, 1]), ([[1, 1, -1]], [0])])
    >>> [zonotope.n_upper_vertices for zonotope in lifted_zonotopes(net)]
    [4, 2]
    """
    if len(network.layers) != 2 or network.n_outputs != 1 or not network.layers[1].is_linear:
        return None
    hidden, output = network.layers
    if hidden.threshold is None or any(hidden.threshold.numerators.tolist()):
        return None
    if hidden.slope is not None:
        return None
    return layer_zonotopes(hidden.dense_weight, hidden.bias, output.dense_weight)


def most_vertices(zonotope: Zonotope) -> int:
    """Bound the number of vertices by that of generic generators, ``2 sum_{i<d} C(m-1, i)``.

    Examples
    --------
    >>> most_vertices(Zonotope([[1, 0], [0, 1], [1, 1]]))
    6
    """
    m, d = zonotope.generators_exact.shape
    return generic_vertex_count(m, d) if m else 1
