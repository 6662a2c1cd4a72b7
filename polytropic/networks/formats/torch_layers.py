"""What the layers of PyTorch do, in terms of a `Builder`.

Values have the batch axis of PyTorch, of length one; the arguments are named as in
``torch.nn.functional``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from polytropic.errors import InputError, UnsupportedOperatorError
from polytropic.networks.building import Builder, Value

__all__ = [
    "adaptive_avg_pool",
    "avg_pool",
    "batch_norm",
    "conv",
    "flatten",
    "max_pool",
    "threshold",
    "unflatten",
]


def conv(
    b: Builder,
    x: Value,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int | None = None,
) -> Value:
    """Convolution; the weight tells the number of groups if it is not given."""
    sample = _sample(x, np.ndim(weight) - 2)
    size = np.shape(weight)[2:]
    if groups is None:
        groups = max(sample.shape[0] // max(np.shape(weight)[1], 1), 1)
    if isinstance(padding, str):
        padding = _named_padding(padding, size, _each(dilation, len(size)))
    return b.stack([b.conv(sample, weight, bias, stride, padding, dilation, groups)])


def _named_padding(name: str, size: Sequence[int], dilation: Sequence[int]) -> list[int]:
    if name not in ("same", "valid"):
        raise UnsupportedOperatorError(f"padding {name!r} is not read")
    totals = [
        gap * (width - 1) if name == "same" else 0
        for width, gap in zip(size, dilation, strict=True)
    ]
    return [total // 2 for total in totals] + [total - total // 2 for total in totals]


def max_pool(
    b: Builder,
    x: Value,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
    *,
    rank: int,
) -> Value:
    """Pooling of maxima."""
    if return_indices:
        raise UnsupportedOperatorError("return_indices is not read")
    sample = _sample(x, rank)
    steps = stride or kernel_size
    return b.stack([b.max_pool(sample, kernel_size, steps, padding, dilation, ceil_mode)])


def avg_pool(
    b: Builder,
    x: Value,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
    *,
    rank: int,
) -> Value:
    """Pooling of means."""
    if divisor_override is not None:
        raise UnsupportedOperatorError("divisor_override is not read")
    sample = _sample(x, rank)
    steps = stride or kernel_size
    pooled = b.average_pool(sample, kernel_size, steps, padding, count_include_pad, ceil_mode)
    return b.stack([pooled])


def adaptive_avg_pool(b: Builder, x: Value, output_size: Any, *, rank: int) -> Value:
    """Pooling of means to a given size, which must divide the size that is there."""
    sample = _sample(x, rank)
    wanted = [
        there if size is None else size
        for size, there in zip(_each(output_size, rank), sample.shape[1:], strict=True)
    ]
    if any(size < 1 or there % size for size, there in zip(wanted, sample.shape[1:], strict=True)):
        raise UnsupportedOperatorError(
            f"pooling from {sample.shape[1:]} to {tuple(wanted)} has windows of unequal sizes, "
            "which is not read"
        )
    windows = [there // size for size, there in zip(wanted, sample.shape[1:], strict=True)]
    return b.stack([b.average_pool(sample, windows)])


def batch_norm(
    b: Builder, x: Value, mean: Any, var: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-5
) -> Value:
    """Normalise the channels by fixed statistics."""
    shape = np.shape(mean)
    gamma = np.ones(shape) if weight is None else weight
    beta = np.zeros(shape) if bias is None else bias
    return b.batch_norm(x, gamma, beta, mean, var, eps, axis=1)


def threshold(b: Builder, x: Value, threshold: float, value: float) -> Value:
    """``x`` where it is above the threshold, and a value elsewhere."""
    if threshold != value:
        raise UnsupportedOperatorError(
            f"a threshold of {threshold} with the value {value} below jumps, which is not read"
        )
    return b.threshold(x, threshold)


def flatten(b: Builder, x: Value, start_dim: int = 0, end_dim: int = -1) -> Value:
    """Make one axis of several that follow each other."""
    if not x.ndim:
        return b.reshape(x, 1)
    first, last = (_axis(axis, x.ndim) for axis in (start_dim, end_dim))
    if first > last:
        raise InputError(f"flatten: axis {start_dim} comes after {end_dim}")
    middle = math.prod(x.shape[first : last + 1])
    return b.reshape(x, [*x.shape[:first], middle, *x.shape[last + 1 :]])


def unflatten(b: Builder, x: Value, dim: Any, sizes: Any) -> Value:
    """Make several axes of one."""
    if not isinstance(dim, int):
        raise UnsupportedOperatorError(f"axes with names, such as {dim!r}, are not read")
    axis = _axis(dim, x.ndim)
    inner = [int(size) for size in sizes]
    known = math.prod(size for size in inner if size != -1)
    if inner.count(-1) == 1 and known > 0:
        inner[inner.index(-1)] = x.shape[axis] // known
    return b.reshape(x, [*x.shape[:axis], *inner, *x.shape[axis + 1 :]])


def _axis(axis: int, rank: int) -> int:
    if not -rank <= axis < rank:
        raise InputError(f"there is no axis {axis} among {rank} axes")
    return axis % rank


def _each(value: Any, rank: int) -> list[Any]:
    listed = [value] * rank if isinstance(value, int | None) else list(value)
    if len(listed) == 1:
        listed = listed * rank
    if len(listed) != rank:
        raise InputError(f"{value!r} is not one number for each of {rank} axes")
    return listed


def _sample(x: Value, rank: int) -> Value:
    """Return the one sample, of shape (C, *spatial)."""
    if x.ndim != rank + 2 or x.shape[0] != 1:
        raise InputError(
            f"values of shape {x.shape} are not (1, C, ...) with {rank} axes of a grid; is the "
            "input_shape the right one?"
        )
    return x[0]
