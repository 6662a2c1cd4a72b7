"""What functions of PyTorch, methods of its tensors and operators of Python do to a `Value`.

Arguments are named and ordered as in PyTorch; what is not read is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from polytropic.arithmetic.numbers import exact
from polytropic.errors import InputError, UnsupportedOperatorError
from polytropic.networks.building import Builder, Value
from polytropic.networks.formats import torch_layers as layers

__all__ = ["METHODS", "functions"]

# Attributes of tensors that shapes are computed from.
_SHAPES: dict[str, Callable[[Value], Any]] = {"shape": lambda x: x.shape, "ndim": lambda x: x.ndim}


# -- arithmetic ----------------------------------------------------------------------------------
def _add(b: Builder, x: Any, y: Any) -> Any:
    if isinstance(x, Value) and isinstance(y, Value):
        return b.add(x, y)
    if not isinstance(x, Value):
        x, y = y, x
    return b.shift(x, y) if isinstance(x, Value) else _number(x) + _number(y)


def _sub(b: Builder, x: Any, y: Any) -> Any:
    if isinstance(x, Value) and isinstance(y, Value):
        return b.subtract(x, y)
    return _add(b, x, _neg(b, y))


def _neg(b: Builder, x: Any) -> Any:
    return b.negate(x) if isinstance(x, Value) else -x


def _mul(b: Builder, x: Any, y: Any) -> Any:
    if isinstance(x, Value) and isinstance(y, Value):
        raise UnsupportedOperatorError("a product of two tensors is not piecewise linear")
    if not isinstance(x, Value):
        x, y = y, x
    return b.multiply(x, y) if isinstance(x, Value) else _number(x) * _number(y)


def _div(b: Builder, x: Any, y: Any) -> Value:
    if not isinstance(x, Value) or isinstance(y, Value):
        raise UnsupportedOperatorError("a quotient by a tensor is not piecewise linear")
    numbers = exact(y, "the divisor")
    if not all(numbers.numerators.ravel()):
        raise InputError("the divisor holds a zero")
    if not numbers.shape:
        return b.multiply(x, 1 / numbers.to_fractions().item())
    inverse = [1 / number for number in numbers.to_fractions().ravel().tolist()]
    return b.multiply(x, exact(inverse).reshape(*numbers.shape))


def _floordiv(b: Builder, x: Any, y: Any) -> Any:
    return _number(x) // _number(y)


def _number(value: Any) -> int:
    """A number about shapes, and nothing that depends on the input."""
    if not isinstance(value, int):
        raise UnsupportedOperatorError(
            "it computes with constants; register the result as a buffer"
        )
    return value


# -- piecewise linear functions ------------------------------------------------------------------
def _relu(b: Builder, x: Value, inplace: bool = False) -> Value:
    return b.relu(x)


def _leaky_relu(b: Builder, x: Value, negative_slope: float = 0.01, inplace: bool = False) -> Value:
    return b.leaky_relu(x, negative_slope)


def _relu6(b: Builder, x: Value, inplace: bool = False) -> Value:
    return b.clip(x, 0, 6)


def _prelu(b: Builder, x: Value, weight: Any) -> Value:
    return b.prelu(x, weight, axis=1)


def _hardtanh(
    b: Builder, x: Value, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Value:
    return b.clip(x, min_val, max_val)


def _clamp(b: Builder, x: Value, min: Any = None, max: Any = None) -> Value:
    if isinstance(min, Value):
        return _clamp(b, b.maximum([x, min]), None, max)
    if isinstance(max, Value):
        return b.minimum([b.clip(x, min), max])
    return b.clip(x, min, max)


def _maximum(b: Builder, x: Value, y: Any = None) -> Value:
    return b.maximum([x, _tensor(b, y)])


def _minimum(b: Builder, x: Value, y: Any = None) -> Value:
    return b.minimum([x, _tensor(b, y)])


def _tensor(b: Builder, y: Any) -> Value:
    if isinstance(y, Value):
        return y
    if not isinstance(y, np.ndarray):
        raise UnsupportedOperatorError("a maximum or minimum along an axis is not read")
    return b.constant(y)


def _abs(b: Builder, x: Value) -> Value:
    return b.absolute(x)


# -- layers as functions -------------------------------------------------------------------------
def _linear(b: Builder, x: Value, weight: Any, bias: Any = None) -> Value:
    return b.dense(x, weight, bias)


def _conv(b: Builder, x: Value, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0,
          dilation: Any = 1, groups: int = 1) -> Value:  # fmt: skip
    return layers.conv(b, x, weight, bias, stride, padding, dilation, groups)


def _dropout(b: Builder, x: Value, p: float = 0.5, training: bool = True, inplace: bool = False
             ) -> Value:  # fmt: skip
    if training and p:
        raise InputError("dropout acts in training mode; call it with training=self.training")
    return x


def _batch_norm(b: Builder, x: Value, running_mean: Any, running_var: Any, weight: Any = None,
                bias: Any = None, training: bool = False, momentum: float = 0.1, eps: float = 1e-5
                ) -> Value:  # fmt: skip
    if training:
        raise InputError("batch_norm is in training mode")
    return layers.batch_norm(b, x, running_mean, running_var, weight, bias, eps)


# -- shapes --------------------------------------------------------------------------------------
def _listed(first: Any, rest: tuple[Any, ...]) -> list[int]:
    """Sizes or axes, given one by one or as a list."""
    return [first, *rest] if isinstance(first, int) else list(first)


def _reshape(b: Builder, x: Value, shape: Any, *rest: int) -> Value:
    return b.reshape(x, _listed(shape, rest))


def _permute(b: Builder, x: Value, dims: Any, *rest: int) -> Value:
    return b.transpose(x, _listed(dims, rest))


def _transpose(b: Builder, x: Value, dim0: int, dim1: int) -> Value:
    order = list(range(x.ndim))
    order[dim0], order[dim1] = order[dim1], order[dim0]
    return b.transpose(x, order)


def _squeeze(b: Builder, x: Value, dim: int | None = None) -> Value:
    axes = range(x.ndim) if dim is None else [range(x.ndim)[dim]]
    return b.reshape(x, [n for a, n in enumerate(x.shape) if a not in axes or n != 1] or [1])


def _unsqueeze(b: Builder, x: Value, dim: int) -> Value:
    return b.stack([x], dim)


def _concat(b: Builder, tensors: Sequence[Any], dim: int = 0) -> Value:
    return b.concat([_tensor(b, tensor) for tensor in tensors], dim)


def _stack(b: Builder, tensors: Sequence[Any], dim: int = 0) -> Value:
    return b.stack([_tensor(b, tensor) for tensor in tensors], dim)


def _chunk(b: Builder, x: Value, chunks: int, dim: int = 0) -> tuple[Value, ...]:
    return _split(b, x, -(-x.shape[dim] // chunks), dim)


def _split(b: Builder, x: Value, split_size: Any, dim: int = 0) -> tuple[Value, ...]:
    total = x.shape[dim]
    sizes = split_size
    if isinstance(split_size, int):
        sizes = [min(split_size, total - at) for at in range(0, total, split_size)]
    ends = np.cumsum([0, *sizes]).tolist()
    return tuple(b.take(x, np.arange(at, end), dim) for at, end in pairwise(ends))


def _reduced(b: Builder, x: Value, dim: Any = None, keepdim: bool = False, *, mean: bool) -> Value:
    axes = None if dim is None else _listed(dim, ())
    return (b.mean if mean else b.sum)(x, axes, keep=keepdim)


def _getitem(b: Builder, x: Any, key: Any) -> Any:
    return x[key]


def _getattr(b: Builder, x: Any, name: str) -> Any:
    if not isinstance(x, Value) or name not in _SHAPES:
        raise UnsupportedOperatorError(f"the attribute {name} of tensors is not read")
    return _SHAPES[name](x)


def _size(b: Builder, x: Value, dim: int | None = None) -> Any:
    return x.shape if dim is None else x.shape[dim]


def _unchanged(b: Builder, x: Value) -> Value:
    return x


METHODS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("add", "add_"), _add),
    **dict.fromkeys(("sub", "sub_"), _sub),
    **dict.fromkeys(("mul", "mul_"), _mul),
    **dict.fromkeys(("div", "div_"), _div),
    **dict.fromkeys(("relu", "relu_"), _relu),
    **dict.fromkeys(("clamp", "clip", "clamp_"), _clamp),
    **dict.fromkeys(("contiguous", "detach", "clone"), _unchanged),
    "abs": _abs,
    "chunk": _chunk,
    "dim": lambda b, x: x.ndim,
    "flatten": layers.flatten,
    "maximum": _maximum,
    "mean": partial(_reduced, mean=True),
    "minimum": _minimum,
    "neg": _neg,
    "numel": lambda b, x: x.size,
    "permute": _permute,
    "reshape": _reshape,
    "size": _size,
    "split": _split,
    "squeeze": _squeeze,
    "sum": partial(_reduced, mean=False),
    "transpose": _transpose,
    "unflatten": layers.unflatten,
    "unsqueeze": _unsqueeze,
    "view": _reshape,
}


def functions() -> dict[Any, Callable[..., Any]]:
    """What the functions of PyTorch and the operators of Python do."""
    import operator

    import torch
    import torch.nn.functional as f

    alike: list[tuple[Callable[..., Any], list[Any]]] = [
        (_add, [operator.add, operator.iadd, torch.add]),
        (_sub, [operator.sub, operator.isub, torch.sub, torch.subtract]),
        (_mul, [operator.mul, operator.imul, torch.mul, torch.multiply]),
        (_div, [operator.truediv, operator.itruediv, torch.div, torch.true_divide]),
        (_floordiv, [operator.floordiv]),
        (_neg, [operator.neg, torch.neg]),
        (_abs, [operator.abs, abs, torch.abs]),
        (_relu, [torch.relu, torch.relu_, f.relu, f.relu_]),
        (_leaky_relu, [f.leaky_relu]),
        (_relu6, [f.relu6]),
        (_prelu, [f.prelu, torch.prelu]),
        (_hardtanh, [f.hardtanh]),
        (_clamp, [torch.clamp, torch.clip]),
        (_maximum, [torch.maximum, torch.max]),
        (_minimum, [torch.minimum, torch.min]),
        (_linear, [f.linear]),
        (_conv, [f.conv1d, f.conv2d, f.conv3d]),
        (_dropout, [f.dropout]),
        (_batch_norm, [f.batch_norm]),
        (layers.flatten, [torch.flatten]),
        (layers.unflatten, [torch.unflatten]),
        (layers.threshold, [f.threshold]),
        (_reshape, [torch.reshape]),
        (_permute, [torch.permute]),
        (_transpose, [torch.transpose]),
        (_squeeze, [torch.squeeze]),
        (_unsqueeze, [torch.unsqueeze]),
        (_concat, [torch.cat, torch.concat, torch.concatenate]),
        (_stack, [torch.stack]),
        (_chunk, [torch.chunk]),
        (_split, [torch.split]),
        (partial(_reduced, mean=True), [torch.mean]),
        (partial(_reduced, mean=False), [torch.sum]),
        (_getitem, [operator.getitem]),
        (_getattr, [getattr]),
    ]
    pools: list[tuple[Callable[..., Any], str]] = [
        (layers.max_pool, "max_pool"),
        (layers.avg_pool, "avg_pool"),
        (layers.adaptive_avg_pool, "adaptive_avg_pool"),
    ]
    for ours, name in pools:
        for rank in (1, 2, 3):
            full = f"{name}{rank}d"
            found = [getattr(home, full) for home in (f, torch) if hasattr(home, full)]
            alike.append((partial(ours, rank=rank), found))
    return {theirs: ours for ours, names in alike for theirs in names}
