"""Operators that slide windows: convolutions and poolings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from polytropic.errors import FormatError, UnsupportedOperatorError
from polytropic.networks.building import Value
from polytropic.networks.formats.operators.nodes import Node

__all__ = ["average_pool", "conv", "global_average_pool", "global_max_pool", "max_pool"]


def conv(node: Node) -> Value:
    """Convolution in one dimension or more, with groups and dilations."""
    x, kernel = _images(node), node.exact(1)
    bias = None if node.constant(2) is None else node.exact(2)
    if kernel.ndim != x.ndim:
        raise FormatError(f"a kernel of shape {kernel.shape} does not fit data of shape {x.shape}")
    size = kernel.shape[2:]
    stated = tuple(node.attribute("kernel_shape", size))
    if stated != size:
        raise FormatError(f"kernel_shape is {list(stated)}, but the kernel has shape {size}")
    strides, dilations, pads = _geometry(node, x, size)
    groups = node.attribute("group", 1)
    return _each(
        node,
        x,
        lambda image: node.builder.conv(image, kernel, bias, strides, pads, dilations, groups),
    )


def max_pool(node: Node) -> Value:
    """Maximum over windows; padding never wins."""
    x = _images(node)
    size = tuple(node.attribute("kernel_shape", ()))
    strides, dilations, pads = _geometry(node, x, size)
    ceil_mode = bool(node.attribute("ceil_mode", 0))
    return _each(
        node,
        x,
        lambda image: node.builder.max_pool(image, size, strides, pads, dilations, ceil_mode),
    )


def average_pool(node: Node) -> Value:
    """Mean over windows."""
    x = _images(node)
    size = tuple(node.attribute("kernel_shape", ()))
    strides, dilations, pads = _geometry(node, x, size)
    if any(step != 1 for step in dilations):
        raise UnsupportedOperatorError("an average over dilated windows is not read")
    padded = bool(node.attribute("count_include_pad", 0))
    ceil_mode = bool(node.attribute("ceil_mode", 0))
    return _each(
        node,
        x,
        lambda image: node.builder.average_pool(image, size, strides, pads, padded, ceil_mode),
    )


def global_average_pool(node: Node) -> Value:
    """Mean of every channel."""
    return _each(node, _images(node), node.builder.global_average_pool)


def global_max_pool(node: Node) -> Value:
    """Maximum of every channel."""
    return _each(node, _images(node), node.builder.global_max_pool)


def _images(node: Node) -> Value:
    x = node.data()
    if x.ndim < 3:
        raise FormatError(f"the data has shape {x.shape}, but images are (batch, C, *spatial)")
    return x


def _each(node: Node, x: Value, step: Callable[[Value], Value]) -> Value:
    """Do the same to every image of a batch."""
    return node.builder.stack([step(x[i]) for i in range(x.shape[0])])


def _geometry(
    node: Node, x: Value, size: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Strides, dilations and pads, the latter all beginnings and then all ends."""
    rank = x.ndim - 2
    strides = tuple(node.attribute("strides", (1,) * rank))
    dilations = tuple(node.attribute("dilations", (1,) * rank))
    for name, values in [("kernel_shape", size), ("strides", strides), ("dilations", dilations)]:
        if len(values) != rank or min(values) < 1:
            raise FormatError(f"{name} {list(values)} does not fit {rank} spatial axes")
    automatic = node.attribute("auto_pad", b"NOTSET")
    kind = automatic.decode() if isinstance(automatic, bytes) else str(automatic)
    if kind in ("NOTSET", ""):
        pads = tuple(node.attribute("pads", (0,) * (2 * rank)))
    elif kind == "VALID":
        pads = (0,) * (2 * rank)
    elif kind in ("SAME_UPPER", "SAME_LOWER"):
        pads = _same(x.shape[2:], size, strides, dilations, upper=kind == "SAME_UPPER")
    else:
        raise FormatError(f"auto_pad is {kind!r}, which is not known")
    if len(pads) != 2 * rank or min(pads) < 0:
        raise FormatError(f"pads {list(pads)} do not fit {rank} spatial axes")
    return strides, dilations, pads


def _same(
    grid: tuple[int, ...],
    size: tuple[int, ...],
    strides: tuple[int, ...],
    dilations: tuple[int, ...],
    *,
    upper: bool,
) -> tuple[int, ...]:
    """Pads that make ``ceil(grid / stride)`` windows."""
    steps, reach = np.array(strides), np.array(dilations) * (np.array(size) - 1) + 1
    counts = -(-np.array(grid) // steps)
    total = np.maximum((counts - 1) * steps + reach - np.array(grid), 0)
    small, large = total // 2, total - total // 2
    begin, end = (small, large) if upper else (large, small)
    return tuple(int(pad) for pad in (*begin, *end))
