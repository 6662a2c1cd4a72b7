"""What the layers of Keras do, in terms of a `Builder`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from polytropic.errors import FormatError, UnsupportedOperatorError
from polytropic.networks.building import Value
from polytropic.networks.formats.keras_activations import (
    activation_layer,
    leaky_relu_layer,
    prelu_layer,
    relu_layer,
    softmax_layer,
)
from polytropic.networks.formats.keras_calls import LayerCall

__all__ = ["LAYERS", "LAYERS_OF_KERAS_1", "MERGING_LAYERS"]

_Layer: TypeAlias = Callable[..., Value]


# -- dense layers and convolutions ---------------------------------------------------------------
def _dense(call: LayerCall, x: Value) -> Value:
    kernel, *bias = call.weights("kernel", optional="bias")
    if kernel.ndim != 2:
        raise FormatError(f"its kernel has shape {kernel.shape}, but must be a matrix (in, out)")
    return call.activated(call.b.dense(x, kernel.T, *bias))


def _conv(call: LayerCall, x: Value, rank: int, depthwise: bool = False) -> Value:
    kernel, *bias = call.weights("kernel", optional="bias")
    if kernel.ndim != rank + 2:
        raise FormatError(f"its kernel has shape {kernel.shape}, but must have {rank + 2} axes")
    front = call.channels_to_front(x, rank)
    return call.activated(_convolved(call, front, kernel, bias, depthwise))


def _separable(call: LayerCall, x: Value, rank: int) -> Value:
    depth, point, *bias = call.weights("depthwise kernel", "pointwise kernel", optional="bias")
    if depth.ndim != rank + 2 or point.ndim != rank + 2:
        raise FormatError(f"its kernels have shapes {depth.shape} and {point.shape}")
    front = call.channels_to_front(x, rank)
    middle = _convolved(call, front, depth, [], depthwise=True, keep_front=True)
    filters = np.moveaxis(point, [-1, -2], [0, 1])
    result = call.b.conv(middle, filters, bias[0] if bias else None)
    return call.activated(call.channels_back(result))


def _convolved(
    call: LayerCall,
    front: Value,
    kernel: NDArray[Any],
    bias: Sequence[NDArray[Any]],
    depthwise: bool,
    keep_front: bool = False,
) -> Value:
    """Slide a kernel (*size, in, out) over (C, *spatial)."""
    if call.backend not in (None, "tensorflow", "jax", "torch", "numpy", "cntk", "openvino"):
        # Theano turns kernels around, and its files are too rare to test.
        raise UnsupportedOperatorError(
            f"the file was written with the backend {call.backend!r}, whose convolutions are not "
            "read; load and save it with another backend"
        )
    rank = front.ndim - 1
    size = kernel.shape[:rank]
    strides = call.integers("strides", rank)
    dilations = (
        call.integers("dilation_rate", rank) if "dilation_rate" in call.config else [1] * rank
    )
    reaches = [(width - 1) * gap + 1 for width, gap in zip(size, dilations, strict=True)]
    pads = call.pads(front.shape[1:], reaches, strides)
    if depthwise:
        # (*size, C, multiplier): filter number c * multiplier + m belongs to channel c.
        groups = kernel.shape[-2]
        kernel = kernel.reshape(*size, 1, -1)
    else:
        groups = call.config.get("groups", 1)
    if type(groups) is not int or groups < 1:
        raise FormatError(f"groups is {groups!r}")
    filters = np.moveaxis(kernel, [-1, -2], [0, 1])
    shift = bias[0] if bias else None
    result = call.b.conv(front, filters, shift, strides, pads, dilations, groups)
    return result if keep_front else call.channels_back(result)


# -- pooling -------------------------------------------------------------------------------------
def _pooled(call: LayerCall, x: Value, rank: int, kind: str) -> Value:
    front = call.channels_to_front(x, rank)
    size = call.integers("pool_size", rank)
    strides = call.integers("strides", rank) if call.config.get("strides") is not None else size
    pads = call.pads(front.shape[1:], size, strides)
    if kind == "mean" and any(pads) and call.backend == "torch":
        # There, Keras repeats the values at the border instead of leaving the padding out.
        raise UnsupportedOperatorError(
            "average pooling with padding 'same' depends on the backend, and torch is not read; "
            "load and save the model with another backend"
        )
    pool = call.b.max_pool if kind == "max" else call.b.average_pool
    return call.channels_back(pool(front, size, strides, pads))


def _pooled_globally(call: LayerCall, x: Value, rank: int, kind: str) -> Value:
    front = call.channels_to_front(x, rank)
    pool = call.b.global_max_pool if kind == "max" else call.b.global_average_pool
    result = pool(front)
    if call.config.get("keepdims"):
        return call.channels_back(result)
    return call.b.flatten(result)


# -- normalisation -------------------------------------------------------------------------------
def _batch_norm(call: LayerCall, x: Value) -> Value:
    scaled, centred = call.config.get("scale", True), call.config.get("center", True)
    names = ["gamma"] * bool(scaled) + ["beta"] * bool(centred) + ["moving mean", "moving variance"]
    arrays = call.weights(*names)
    mean, variance = arrays[-2:]
    gamma = arrays[0] if scaled else np.ones(mean.shape)
    beta = arrays[len(arrays) - 3] if centred else np.zeros(mean.shape)
    axis = call.config.get("axis", -1)
    if isinstance(axis, list) and len(axis) == 1:
        axis = axis[0]
    epsilon = call.number("epsilon", 1e-3)
    place = call.axis(axis, x.ndim)
    return call.b.batch_norm(x, gamma, beta, mean, variance, epsilon, axis=place)


def _rescaling(call: LayerCall, x: Value) -> Value:
    scaled = call.b.multiply(x, call.config["scale"])
    return call.b.shift(scaled, call.config.get("offset", 0))


# -- shapes --------------------------------------------------------------------------------------
def _flatten(call: LayerCall, x: Value) -> Value:
    # Channels first are flattened as if they were last.
    if "data_format" in call.config and not call.channels_last and x.ndim > 1:
        x = call.b.transpose(x, [*range(1, x.ndim), 0])
    return call.b.flatten(x)


def _reshape(call: LayerCall, x: Value) -> Value:
    shape = call.config["target_shape"]
    if not isinstance(shape, list) or not all(type(size) is int for size in shape):
        raise FormatError(f"target_shape is {shape!r}")
    return call.b.reshape(x, shape)


def _permute(call: LayerCall, x: Value) -> Value:
    order = call.config["dims"]
    if not isinstance(order, list) or sorted(order) != list(range(1, x.ndim + 1)):
        raise FormatError(f"dims is {order!r}, which is no order of the axes 1 to {x.ndim}")
    return call.b.transpose(x, [axis - 1 for axis in order])


def _repeated(call: LayerCall, x: Value) -> Value:
    (times,) = call.integers("n", 1)
    return call.b.stack([x] * times)


def _padded(call: LayerCall, x: Value, rank: int, sign: int) -> Value:
    """Pad with zeros, or cut off, around the spatial axes."""
    front = call.channels_to_front(x, rank)
    widths = call.config["padding" if sign > 0 else "cropping"]
    if isinstance(widths, int):
        widths = [widths] * (1 if rank > 1 else 2)
        widths = widths * rank if rank > 1 else widths
    # One axis is written as [before, after]; several as [[before, after], ...].
    pairs = [widths] if rank == 1 else [[w, w] if isinstance(w, int) else w for w in widths]
    flat = [width for pair in pairs for width in pair]
    if len(flat) != 2 * rank or not all(type(width) is int and width >= 0 for width in flat):
        raise FormatError(f"the widths around {rank} axes are {widths!r}")
    before, after = flat[0::2], flat[1::2]
    pads = [sign * width for width in [0, *before, 0, *after]]
    return call.channels_back(call.b.pad(front, pads))


def _upsampled(call: LayerCall, x: Value, rank: int) -> Value:
    if call.config.get("interpolation", "nearest") != "nearest":
        raise UnsupportedOperatorError(
            f"interpolation {call.config['interpolation']!r} is not read"
        )
    front = call.channels_to_front(x, rank)
    for axis, times in enumerate(call.integers("size", rank), 1):
        front = call.b.take(front, np.repeat(np.arange(front.shape[axis]), times), axis)
    return call.channels_back(front)


def _unchanged(call: LayerCall, x: Value) -> Value:
    return x


# -- several values ------------------------------------------------------------------------------
def _concatenated(call: LayerCall, *values: Value) -> Value:
    return call.b.concat(values, call.axis(call.config.get("axis", -1), values[0].ndim))


def _added(call: LayerCall, *values: Value) -> Value:
    return call.b.total(_alike(values))


def _averaged(call: LayerCall, *values: Value) -> Value:
    return call.b.multiply(call.b.total(_alike(values)), Fraction(1, len(values)))


def _subtracted(call: LayerCall, *values: Value) -> Value:
    if len(values) != 2:
        raise FormatError(f"it takes {len(values)} values, but must take two")
    first, second = _alike(values)
    return call.b.subtract(first, second)


def _maximum(call: LayerCall, *values: Value) -> Value:
    return call.b.maximum(_alike(values))


def _minimum(call: LayerCall, *values: Value) -> Value:
    return call.b.minimum(_alike(values))


def _alike(values: Sequence[Value]) -> Sequence[Value]:
    if len({value.shape for value in values}) != 1:
        raise UnsupportedOperatorError(
            f"it takes shapes {[value.shape for value in values]}; only equal ones are read"
        )
    return values


# -- all of them ---------------------------------------------------------------------------------
_DENSE: dict[str, _Layer] = {
    "Dense": _dense,
    "Activation": activation_layer,
    "LeakyReLU": leaky_relu_layer,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    "RepeatVector": _repeated,
    "Dropout": _unchanged,
    "InputLayer": _unchanged,
}

LAYERS_OF_KERAS_1 = frozenset(_DENSE)
"""Layers that meant the same in Keras 1; others were described and stored in other ways."""

_RANKS = (1, 2, 3)

LAYERS: dict[str, _Layer] = {
    **_DENSE,
    **{f"Conv{n}D": partial(_conv, rank=n) for n in _RANKS},
    **{f"DepthwiseConv{n}D": partial(_conv, rank=n, depthwise=True) for n in (1, 2)},
    **{f"SeparableConv{n}D": partial(_separable, rank=n) for n in (1, 2)},
    **{f"MaxPooling{n}D": partial(_pooled, rank=n, kind="max") for n in _RANKS},
    **{f"AveragePooling{n}D": partial(_pooled, rank=n, kind="mean") for n in _RANKS},
    **{f"GlobalMaxPooling{n}D": partial(_pooled_globally, rank=n, kind="max") for n in _RANKS},
    **{f"GlobalAveragePooling{n}D": partial(_pooled_globally, rank=n, kind="mean") for n in _RANKS},
    **{f"ZeroPadding{n}D": partial(_padded, rank=n, sign=1) for n in _RANKS},
    **{f"Cropping{n}D": partial(_padded, rank=n, sign=-1) for n in _RANKS},
    **{f"UpSampling{n}D": partial(_upsampled, rank=n) for n in (1, 2)},
    **{f"SpatialDropout{n}D": _unchanged for n in _RANKS},
    "BatchNormalization": _batch_norm,
    "BatchNormalizationV1": _batch_norm,
    "Rescaling": _rescaling,
    "ReLU": relu_layer,
    "PReLU": prelu_layer,
    "Softmax": softmax_layer,
    "ActivityRegularization": _unchanged,
    "AlphaDropout": _unchanged,
    "GaussianDropout": _unchanged,
    "GaussianNoise": _unchanged,
    "Identity": _unchanged,
}
"""Layers that take one value; what only acts in training does nothing here."""

MERGING_LAYERS: dict[str, _Layer] = {
    "Add": _added,
    "Average": _averaged,
    "Concatenate": _concatenated,
    "Maximum": _maximum,
    "Minimum": _minimum,
    "Subtract": _subtracted,
}
"""Layers that take several values."""
