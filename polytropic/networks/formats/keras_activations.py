"""The activations of Keras, and the layers that are nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from polytropic.errors import FormatError, UnsupportedOperatorError
from polytropic.networks.building import Builder, Value

if TYPE_CHECKING:
    from polytropic.networks.formats.keras_calls import LayerCall

__all__ = [
    "activated",
    "activation_layer",
    "leaky_relu_layer",
    "prelu_layer",
    "relu_layer",
    "softmax_layer",
]

_SIX = 6

# Slope of the activation "leaky_relu" in Keras 3; a layer LeakyReLU has its own.
_LEAK_OF_NAME = 0.2

_ACTIVATIONS: dict[str, Callable[[Builder, Value], Value]] = {
    "linear": lambda b, x: x,
    "relu": lambda b, x: b.relu(x),
    "relu6": lambda b, x: b.clip(x, 0, _SIX),
    "leaky_relu": lambda b, x: b.leaky_relu(x, _LEAK_OF_NAME),
    "hard_tanh": lambda b, x: b.hard_tanh(x),
}

# What turns logits into probabilities.
_PROBABILITIES = ("softmax", "log_softmax", "sigmoid")


def activated(b: Builder, x: Value, activation: Any, *, without_softmax: bool) -> Value:
    """Apply an activation that a description names.

    Parameters
    ----------
    b : Builder
    x : Value
    activation : str or None
    without_softmax : bool
        Whether a softmax or sigmoid here is to be left out.

    Raises
    ------
    UnsupportedOperatorError
        If the activation is not piecewise linear, or not known.
    """
    if activation is None:
        return x
    if not isinstance(activation, str):
        name = activation.get("class_name") if isinstance(activation, dict) else activation
        raise UnsupportedOperatorError(
            f"its activation is an object, {name!r}, which is not read; make it a layer of its own"
        )
    if activation in _ACTIVATIONS:
        return _ACTIVATIONS[activation](b, x)
    if activation in _PROBABILITIES:
        if without_softmax:
            return x
        raise UnsupportedOperatorError(
            f"activation {activation} is not piecewise linear; if it is the last thing that the "
            "network does, load_network(path, logits=True) reads the network without it"
        )
    known = ", ".join(sorted(_ACTIVATIONS))
    raise UnsupportedOperatorError(f"activation {activation} is not read; these are: {known}")


def activation_layer(call: LayerCall, x: Value) -> Value:
    """Layer ``Activation``."""
    return call.activated(x)


def softmax_layer(call: LayerCall, x: Value) -> Value:
    """Layer ``Softmax``."""
    return activated(call.b, x, "softmax", without_softmax=call.without_softmax)


def relu_layer(call: LayerCall, x: Value) -> Value:
    """Layer ``ReLU``, with a slope below zero and a largest value."""
    if call.number("threshold", 0):
        raise UnsupportedOperatorError("a ReLU with a threshold jumps there, which is not read")
    slope = call.number("negative_slope", 0)
    top = None
    if call.config.get("max_value") is not None:
        top = call.number("max_value", 0)
        if top < 0:
            raise FormatError(f"max_value is {top}, but must not be negative")
    if slope == 0:
        return call.b.relu(x) if top is None else call.b.clip(x, 0, top)
    return call.b.clip(call.b.leaky_relu(x, slope), upper=top)


def leaky_relu_layer(call: LayerCall, x: Value) -> Value:
    """Layer ``LeakyReLU``."""
    key = "negative_slope" if "negative_slope" in call.config else "alpha"
    value = call.config.get(key)
    if isinstance(value, dict) and "value" in value:
        # Keras 2 before 2.3 wrote the slope as an array.
        value = value["value"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FormatError(f"{key} is {value!r}, but must be a number")
    return call.b.leaky_relu(x, value)


def prelu_layer(call: LayerCall, x: Value) -> Value:
    """Layer ``PReLU``, whose slopes have the shape of the value or length one on some axes."""
    (slopes,) = call.weights("alpha")
    if slopes.ndim != x.ndim:
        raise FormatError(f"its slopes have shape {slopes.shape}, the values {x.shape}")
    return call.b.prelu(x, slopes, axis=-1)
