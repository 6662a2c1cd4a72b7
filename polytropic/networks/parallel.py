"""Two networks side by side, and the difference of what they give."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.errors import InputError
from polytropic.networks.network import Layer, Network

__all__ = ["parallel_difference"]


def parallel_difference(first: Network, second: Network) -> Network:
    """The network that runs two networks side by side and gives the difference of their outputs.

    Parameters
    ----------
    first, second : Network
        With the same numbers of inputs and outputs.

    Returns
    -------
    Network

    Raises
    ------
    InputError
        If the numbers of inputs or outputs differ.

    Notes
    -----
    A network with fewer layers passes its outputs on, by units of slope 1.

    Examples
    --------
    >>> net = Network.from_layers([([[1], [1]], [0, -1]), ([[1, -2]], [0])])
    >>> parallel_difference(net, net), parallel_difference(net, net)([[7]])
    (Network(1-4-2-1), array([[0.]]))
    """
    shapes = [(net.n_inputs, net.n_outputs) for net in (first, second)]
    if shapes[0] != shapes[1]:
        raise InputError(f"networks of the shapes {shapes[0]} and {shapes[1]} have no difference")
    passing = Layer(exact(np.eye(first.n_outputs, dtype=np.int64)),
                    ExactArray.zeros(first.n_outputs))  # fmt: skip
    layers = [
        _side_by_side(a or passing, b or passing, shared=number == 0)
        for number, (a, b) in enumerate(zip_longest(first.layers, second.layers))
    ]
    one = np.eye(first.n_outputs, dtype=np.int64)
    subtract = exact(np.concatenate([one, -one], axis=1))
    return Network((*layers, Layer(subtract, ExactArray.zeros(first.n_outputs))))


def _side_by_side(a: Layer, b: Layer, *, shared: bool) -> Layer:
    """Two layers as one, on the same inputs or each on its own."""
    left, right = a.dense_weight, b.dense_weight
    if not shared:
        upper = [left, ExactArray.zeros(len(left), right.shape[1])]
        lower = [ExactArray.zeros(len(right), left.shape[1]), right]
        left, right = (ExactArray.concatenate(part, axis=1) for part in (upper, lower))
    weight = ExactArray.concatenate([left, right])
    bias = ExactArray.concatenate([a.bias, b.bias])
    if a.is_linear and b.is_linear:
        return Layer(weight, bias)
    thresholds = ExactArray.concatenate([_threshold(a), _threshold(b)])
    return Layer(weight, bias, thresholds, ExactArray.concatenate([_slope(a), _slope(b)]))


def _threshold(layer: Layer) -> ExactArray:
    return ExactArray.zeros(layer.n_outputs) if layer.threshold is None else layer.threshold


def _slope(layer: Layer) -> ExactArray:
    if layer.threshold is None:
        return exact([1] * layer.n_outputs)
    return ExactArray.zeros(layer.n_outputs) if layer.slope is None else layer.slope
