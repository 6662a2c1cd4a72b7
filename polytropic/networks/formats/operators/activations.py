"""Operators that make units: activations, clipping, maxima and minima."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.errors import FormatError, UnsupportedOperatorError
from polytropic.networks.building import Value
from polytropic.networks.formats.operators.nodes import Node

__all__ = [
    "absolute",
    "clip",
    "dropout",
    "hard_sigmoid",
    "identity",
    "leaky_relu",
    "maximum",
    "minimum",
    "prelu",
    "relu",
]


def relu(node: Node) -> Value:
    """``max(a, 0)``."""
    return node.builder.relu(node.data())


def leaky_relu(node: Node) -> Value:
    """``a``, or ``alpha a`` where it is negative."""
    alpha = node.attribute("alpha", float(np.float32(0.01)))
    return node.builder.leaky_relu(node.data(), exact(alpha, "alpha"))


def prelu(node: Node) -> Value:
    """``a``, or ``slope a`` where it is negative; slopes broadcast from the right."""
    x, slopes = node.data(0), node.exact(1)
    try:
        fits = np.broadcast_shapes(x.shape, slopes.shape) == x.shape
    except ValueError:
        fits = False
    if not fits:
        raise FormatError(f"slopes of shape {slopes.shape} do not fit the data of shape {x.shape}")
    if slopes.ndim == 1 and x.ndim > 1:
        slopes = slopes.reshape(*(1,) * (x.ndim - 1), len(slopes))
    return node.builder.prelu(x, slopes)


def absolute(node: Node) -> Value:
    """``|a|``."""
    return node.builder.absolute(node.data())


def clip(node: Node) -> Value:
    """``min(max(a, lower), upper)``."""
    return node.builder.clip(node.data(), _bound(node, 1, "min"), _bound(node, 2, "max"))


def _bound(node: Node, position: int, name: str) -> ExactArray | None:
    """A bound; the largest floats, which were the defaults once, bound nothing."""
    if node.opset < 11:
        value = np.asarray(node.attribute(name, np.inf))
    else:
        found = node.constant(position)
        if found is None:
            return None
        value = found.array
        if value.size != 1 or value.dtype.kind not in "fO":
            raise FormatError(f"input {position + 1} must be one real number")
        value = value.reshape(())
    if np.isnan(float(value)):
        raise FormatError(f"the bound {name} is nan")
    if np.isinf(float(value)):
        if position == 1 and value > 0 and node.opset >= 11:
            raise FormatError(f"the bound {name} is {value}")
        return None
    return exact(value, name)


def hard_sigmoid(node: Node) -> Value:
    """``min(max(alpha a + beta, 0), 1)``."""
    alpha = node.attribute("alpha", float(np.float32(0.2)))
    beta = node.attribute("beta", 0.5)
    x = node.builder.shift(node.builder.scale(node.data(), alpha), beta)
    return node.builder.clip(x, 0, 1)


def maximum(node: Node) -> Value:
    """Largest operand, number by number."""
    return _extreme(node, node.builder.maximum, node.builder.threshold)


def minimum(node: Node) -> Value:
    """Smallest operand, number by number."""
    return _extreme(node, node.builder.minimum, None)


def _extreme(
    node: Node,
    join: Callable[[Sequence[Value]], Value],
    with_constant: Callable[[Value, ExactArray], Value] | None,
) -> Value:
    operands = [node.operand(i) for i in range(len(node.inputs))]
    if with_constant is not None and len(operands) == 2:
        for position in (0, 1):
            other = operands[1 - position]
            x = operands[position]
            if isinstance(x, Value) and not isinstance(other, Value):
                array = node.exact(1 - position)
                if array.ndim <= x.ndim and _fits(array.shape, x.shape):
                    return with_constant(x, array)
    return join([node.data(i) for i in range(len(operands))])


def _fits(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    return all(a in (1, b) for a, b in zip(small[::-1], large[::-1], strict=False))


def identity(node: Node) -> Value:
    """The data as it is."""
    return node.data()


def dropout(node: Node) -> Value:
    """The data as it is: networks are read for inference."""
    training = node.constant(2)
    if training is not None and training.array.any():
        raise UnsupportedOperatorError("training_mode is set; export the network for inference")
    return node.data()
