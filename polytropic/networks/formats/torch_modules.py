"""Networks as modules of PyTorch in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from polytropic.errors import FormatError, InputError, UnsupportedOperatorError
from polytropic.networks.building import Builder, Value
from polytropic.networks.formats import torch_layers as layers
from polytropic.networks.formats.torch_files import as_array
from polytropic.networks.network import Network

__all__ = ["from_torch", "run_module"]


def from_torch(module: Any, input_shape: int | Sequence[int] | None = None) -> Network:
    """Make a network from a module of PyTorch, with exactly its weights.

    Parameters
    ----------
    module : torch.nn.Module
        Made of layers that are piecewise linear (Linear, Conv, pooling, BatchNorm, ReLU and its
        relatives, Flatten, ...), in Sequential or in a ``forward`` of its own.  Such a ``forward``
        is followed by ``torch.fx``, for a batch of one, and may use what PyTorch offers for adding,
        joining, reshaping and comparing; it must not decide anything by the values themselves.
    input_shape : int or sequence of int, optional
        Without the batch axis.  Needed unless the first layer is Linear.

    Returns
    -------
    Network
        In evaluation mode; its input is flattened in C order, an image with channels first.

    Raises
    ------
    UnsupportedOperatorError
        If something in the module is not read; the message names it.
    InputError
        If it is no module, if it is in training mode and has layers that then act in another way,
        or if the shapes do not fit.

    Examples
    --------
    With PyTorch installed::

        from torch import nn

        module = nn.Sequential(
            nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 3)
        )
        net = from_torch(module, input_shape=(1, 6, 6))
        assert (net.n_inputs, net.n_outputs) == (36, 3)

    A state dict alone is read without PyTorch, see `read_torch_state_dict`.
    """
    if not hasattr(module, "named_modules") or not callable(getattr(module, "forward", None)):
        raise InputError(f"expected a torch.nn.Module, got {type(module).__name__}")
    _refuse_training(module)
    b = Builder(_first_width(module) if input_shape is None else input_shape)
    result = run_module(b, module, b.stack([b.input]), "the module")
    return b.network(result)


def run_module(b: Builder, module: Any, x: Value, name: str) -> Value:
    """Apply a module to a value with a batch axis of length one.

    Parameters
    ----------
    b : Builder
    module : torch.nn.Module
    x : Value
    name : str
        For messages.
    """
    kind = type(module).__name__
    label = f"{name} ({kind})"
    if module._forward_hooks or module._forward_pre_hooks:
        raise UnsupportedOperatorError(f"{label} has hooks, which are not read; remove them")
    if not type(module).__module__.startswith("torch.nn."):
        from polytropic.networks.formats.torch_graphs import run_traced

        return run_traced(b, module, x, label)
    if kind == "Sequential":
        for child_name, child in module.named_children():
            x = run_module(
                b, child, x, child_name if name == "the module" else f"{name}.{child_name}"
            )
        return x
    operation = _MODULES.get(kind)
    if operation is None:
        known = ", ".join(sorted([*_MODULES, "Sequential"]))
        raise UnsupportedOperatorError(f"{label}: this module is not read; these are: {known}")
    try:
        return operation(b, module, x)
    except (InputError, FormatError) as problem:
        raise type(problem)(f"{label}: {problem}") from problem


def _refuse_training(module: Any) -> None:
    for name, part in module.named_modules():
        kind = type(part).__name__
        acts = "BatchNorm" in kind or ("Dropout" in kind and part.p > 0)
        if part.training and acts:
            raise InputError(
                f"{name or 'the module'} ({kind}) is in training mode, in which it acts in another "
                "way; call module.eval() first"
            )


def _first_width(module: Any) -> int:
    """Width of the input, if the first layer is Linear."""
    first = module
    while type(first).__name__ == "Sequential" and len(first):
        first = first[0]
    if type(first).__name__ == "Linear" and type(first).__module__.startswith("torch.nn."):
        return int(first.in_features)
    raise InputError(
        f"input_shape= is needed, because the module begins with {type(first).__name__}"
    )


# -- modules -------------------------------------------------------------------------------------
def _weights(module: Any) -> tuple[Any, Any]:
    bias = None if module.bias is None else as_array(module.bias)
    return None if module.weight is None else as_array(module.weight), bias


def _linear(b: Builder, module: Any, x: Value) -> Value:
    return b.dense(x, *_weights(module))


def _conv(b: Builder, module: Any, x: Value) -> Value:
    if module.padding_mode != "zeros":
        raise UnsupportedOperatorError(f"padding_mode {module.padding_mode!r} is not read")
    weight, bias = _weights(module)
    return layers.conv(
        b, x, weight, bias, module.stride, module.padding, module.dilation, module.groups
    )


def _batch_norm(b: Builder, module: Any, x: Value) -> Value:
    if module.running_mean is None:
        raise UnsupportedOperatorError(
            "it keeps no statistics and normalises by the values themselves, which is not "
            "piecewise linear"
        )
    mean, var = as_array(module.running_mean), as_array(module.running_var)
    weight, bias = _weights(module)
    return layers.batch_norm(b, x, mean, var, weight, bias, module.eps)


def _max_pool(b: Builder, module: Any, x: Value) -> Value:
    return layers.max_pool(
        b,
        x,
        module.kernel_size,
        module.stride,
        module.padding,
        module.dilation,
        module.ceil_mode,
        module.return_indices,
        rank=_rank(module),
    )


def _avg_pool(b: Builder, module: Any, x: Value) -> Value:
    return layers.avg_pool(
        b,
        x,
        module.kernel_size,
        module.stride,
        module.padding,
        module.ceil_mode,
        module.count_include_pad,
        getattr(module, "divisor_override", None),
        rank=_rank(module),
    )


def _adaptive_avg_pool(b: Builder, module: Any, x: Value) -> Value:
    return layers.adaptive_avg_pool(b, x, module.output_size, rank=_rank(module))


def _rank(module: Any) -> int:
    """Number of axes of the grid, from names like ``MaxPool2d``."""
    return int(type(module).__name__[-2])


def _padded(b: Builder, module: Any, x: Value) -> Value:
    # Beginning and end of the last axis come first.
    widths = list(module.padding)
    rest = [0] * (x.ndim - len(widths) // 2)
    return b.pad(x, rest + widths[-2::-2] + rest + widths[::-2], getattr(module, "value", 0.0))


def _prelu(b: Builder, module: Any, x: Value) -> Value:
    return b.prelu(x, as_array(module.weight), axis=1)


def _unchanged(b: Builder, module: Any, x: Value) -> Value:
    return x


_RANKS = (1, 2, 3)

_MODULES: dict[str, Callable[[Builder, Any, Value], Value]] = {
    "Linear": _linear,
    **{f"Conv{n}d": _conv for n in _RANKS},
    **{f"BatchNorm{n}d": _batch_norm for n in _RANKS},
    **{f"MaxPool{n}d": _max_pool for n in _RANKS},
    **{f"AvgPool{n}d": _avg_pool for n in _RANKS},
    **{f"AdaptiveAvgPool{n}d": _adaptive_avg_pool for n in _RANKS},
    **{f"ConstantPad{n}d": _padded for n in _RANKS},
    **{f"ZeroPad{n}d": _padded for n in _RANKS},
    **{f"Dropout{n}d": _unchanged for n in _RANKS},
    "AlphaDropout": _unchanged,
    "Dropout": _unchanged,
    "FeatureAlphaDropout": _unchanged,
    "Flatten": lambda b, m, x: layers.flatten(b, x, m.start_dim, m.end_dim),
    "Hardtanh": lambda b, m, x: b.clip(x, m.min_val, m.max_val),
    "Identity": _unchanged,
    "LeakyReLU": lambda b, m, x: b.leaky_relu(x, m.negative_slope),
    "PReLU": _prelu,
    "ReLU": lambda b, m, x: b.relu(x),
    "ReLU6": lambda b, m, x: b.clip(x, 0, 6),
    "Threshold": lambda b, m, x: layers.threshold(b, x, m.threshold, m.value),
    "Unflatten": lambda b, m, x: layers.unflatten(b, x, m.dim, m.unflattened_size),
}
