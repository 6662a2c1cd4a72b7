"""Networks whose weights are whole numbers, equal to a given one up to a factor."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.networks.network import Layer, Network

__all__ = ["ClearedNetwork", "clear_denominators", "maximum_form"]


@dataclass(frozen=True)
class ClearedNetwork:
    """A network with integer weights, and how it comes from the given one.

    Attributes
    ----------
    network : Network
        ``factor`` times the given network, with integer weights and slopes 0 and 1 only.
    factor : int
        ``C_L``, the product of the layers' factors.
    layer_factors : tuple of int
        ``D_1, ..., D_L``.
    """

    network: Network
    factor: int
    layer_factors: tuple[int, ...]

    def __repr__(self) -> str:
        return f"ClearedNetwork({self.factor} times {self.network!r})"


def clear_denominators(network: Network, *, biases: bool = False) -> ClearedNetwork:
    """Multiply a network by a whole number so that all its weights become whole.

    Parameters
    ----------
    network : Network
        Units with slopes are split in two first: see `maximum_form`.
    biases : bool
        Make biases and thresholds whole numbers too.

    Returns
    -------
    ClearedNetwork
        Assumptions (a) to (c) of Zhang, Naitzat and Lim hold for its network.  Its regions are
        those of the given network, and its decision boundary at ``factor * c`` is that at c.

    Notes
    -----
    With D_l clearing the weights of layer l and ``C_l = D_1 ... D_l``, weights become ``D_l A``,
    biases ``C_l b`` and thresholds ``C_l t``: then layer l gives C_l times what it gave.  One pass
    over the weights.

    Zhang, Naitzat and Lim, section 4, on why integer weights are no loss.

    Examples
    --------
    >>> net = Network.from_layers([([[0.5], [0.25]], [1, -1]), ([[1, 0.125]], [0.5])])
    >>> cleared = clear_denominators(net)
    >>> cleared.factor, cleared.network([[6]]), net([[6]])
    (32, array([[146.]]), array([[4.5625]]))
    """
    factor = 1
    layers, factors = [], []
    for layer in maximum_form(network).layers:
        denominators = [_entries(layer.weight).denominator]
        if biases:
            others = [layer.bias] if layer.threshold is None else [layer.bias, layer.threshold]
            denominators += [(array * factor).denominator for array in others]
        own = math.lcm(*denominators)
        factor *= own
        threshold = None if layer.threshold is None else layer.threshold * factor
        weight = _times(layer.weight, own)
        layers.append(Layer(weight, layer.bias * factor, threshold, layer.slope))
        factors.append(own)
    return ClearedNetwork(Network(tuple(layers)), factor, tuple(factors))


def maximum_form(network: Network) -> Network:
    """Write every activation as a maximum: the same function with slopes 0 and 1 only.

    A unit ``z`` of slope s below its threshold t is ``s z + (1 - s) max(z, t)``, two units, and
    the next layer adds them.  Slope 1 is the threshold ``-inf`` of Zhang, Naitzat and Lim.

    Parameters
    ----------
    network : Network

    Returns
    -------
    Network
        The same object if there is nothing to rewrite.

    Examples
    --------
    >>> bent = Network.from_layers([([[1]], [0])], thresholds=[0], slopes=[-1])
    >>> maximum_form(bent), maximum_form(bent)([[-3]])
    (Network(1-2-1), array([[3.]]))
    """
    layers: list[Layer] = []
    changed = False
    gather: ExactArray | None = None
    for layer in network.layers:
        weight = layer.weight if gather is None else layer.dense_weight @ gather
        split = _split_units(layer)
        gather = None
        if not split:
            layers.append(Layer(weight, layer.bias, layer.threshold, layer.slope))
            continue
        changed = True
        assert layer.threshold is not None
        assert layer.slope is not None
        width = layer.n_outputs
        rows = np.array([*range(width), *split])
        slopes: list[int | Fraction] = layer.slope.to_fractions().tolist()
        ones = [1 if slope == 1 else 0 for slope in slopes] + [1] * len(split)
        layers.append(Layer(weight[rows], layer.bias[rows], layer.threshold[rows], exact(ones)))
        factors = np.full((width, len(rows)), 0, dtype=object)
        factors[range(width), range(width)] = [1 if s in (0, 1) else 1 - s for s in slopes]
        factors[split, range(width, len(rows))] = [slopes[unit] for unit in split]
        gather = exact(factors)
    if gather is not None:
        layers.append(Layer(gather, ExactArray.zeros(len(gather))))
    return Network(tuple(layers)) if changed else network


def _entries(weight: ExactArray | SparseArray) -> ExactArray:
    return weight.data if isinstance(weight, SparseArray) else weight


def _times(weight: ExactArray | SparseArray, factor: int) -> ExactArray | SparseArray:
    if isinstance(weight, SparseArray):
        return SparseArray(weight.indptr, weight.indices, weight.data * factor, weight.shape)
    return weight * factor


def _split_units(layer: Layer) -> list[int]:
    """Units whose slope is neither 0 nor 1."""
    if layer.slope is None:
        return []
    slopes = layer.slope.to_fractions().tolist()
    return [unit for unit, slope in enumerate(slopes) if slope not in (0, 1)]
