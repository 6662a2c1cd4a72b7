"""State dicts of PyTorch: weights by name, to which the user adds what is done with them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from numpy.typing import NDArray

from polytropic.errors import FormatError, InputError, UnsupportedOperatorError
from polytropic.networks.building import Builder, Value
from polytropic.networks.formats import torch_layers as layers
from polytropic.networks.formats.files import MAX_BYTES, existing_file
from polytropic.networks.formats.torch_files import as_arrays, read_tensors
from polytropic.networks.network import Network

__all__ = ["Step", "read_torch_state_dict"]

Step: TypeAlias = "str | tuple[Any, ...]"
"""A name, or a name and what belongs to it."""

_State: TypeAlias = "dict[str, NDArray[Any]]"


def read_torch_state_dict(
    source: str | os.PathLike[str] | Mapping[str, Any],
    architecture: Sequence[Step] | None = None,
    *,
    input_shape: int | Sequence[int] | None = None,
    max_bytes: int = MAX_BYTES,
) -> Network:
    """Make a network from a state dict of PyTorch; PyTorch itself is not needed.

    Parameters
    ----------
    source : str, os.PathLike or mapping
        A file that ``torch.save(module.state_dict(), path)`` wrote, or the state dict: names and
        tensors or arrays.  Pickles in a file are taken apart, and never run.
    architecture : sequence, optional
        What is done, in order.  The beginning of names in the state dict, such as ``"fc1"`` for
        ``fc1.weight`` and ``fc1.bias``, stands for a layer with these weights: linear, a
        convolution, a batch normalisation or a PReLU, whichever has weights of such shapes; the
        options of a convolution follow as in ``("conv1", {"stride": 2, "padding": 1})``, those of
        a normalisation as in ``("bn1", {"eps": 1e-3})``.  Between them stand ``"relu"``,
        ``("leaky_relu", slope)``, ``"relu6"``, ``("hardtanh", lower, upper)``, ``"abs"``,
        ``("maxpool", size)``, ``("avgpool", size)`` (with options ``stride``, ``padding``,
        ``ceil_mode``), ``"global_avgpool"``, ``"flatten"``, ``("reshape", shape)``, ``"dropout"``
        and ``"identity"``.

        By default the state dict must hold linear layers and nothing else; they are taken in its
        order, with a ReLU between each two.  **That is a guess**, because a state dict does not
        say which activation there is.
    input_shape : int or sequence of int, optional
        Without the batch axis; needed unless the first layer is linear.
    max_bytes : int, optional
        Largest size of the file, and of all its tensors together as float64, in bytes.

    Returns
    -------
    Network
        In evaluation mode; its input is flattened in C order, an image with channels first.

    Raises
    ------
    FormatError
        If the file is damaged, holds no state dict, or not one of linear layers only.
    UnsupportedOperatorError
        If the file holds anything but plain data and tensors; the message names it.
    InputError
        If the architecture does not fit the weights, or leaves some of them out.

    Examples
    --------
    >>> state = {"0.weight": [[1.0], [1.0]], "0.bias": [0.0, -1.0], "2.weight": [[1.0, -2.0]]}
    >>> net = read_torch_state_dict(state)
    >>> net, net([0.75])
    (Network(1-2-1), array([0.75]))
    >>> kinked = ["0", ("leaky_relu", 0.5), "2"]
    >>> read_torch_state_dict(state, kinked)([0.75])
    array([1.])
    """
    if isinstance(source, Mapping):
        return _network(as_arrays(source), architecture, input_shape)
    file = existing_file(source)
    try:
        return _network(read_tensors(file, max_bytes), architecture, input_shape)
    except (FormatError, InputError) as problem:
        # Without an architecture, nothing but the file can be wrong.
        guilty = FormatError if architecture is None and input_shape is None else InputError
        kind = guilty if isinstance(problem, InputError) else type(problem)
        raise kind(f"{file}: {problem}") from problem


def _network(
    state: _State,
    architecture: Sequence[Step] | None,
    input_shape: int | Sequence[int] | None,
) -> Network:
    steps = _linear_stack(state) if architecture is None else list(architecture)
    if not steps:
        raise InputError("the architecture is empty: name the layers in order")
    parsed = [_parsed(step) for step in steps]
    if input_shape is None:
        input_shape = _first_width(state, parsed[0][0])
    b = Builder(input_shape)
    x = b.stack([b.input])
    used: set[str] = set()
    for number, (name, arguments, options) in enumerate(parsed, 1):
        try:
            x = _step(b, x, state, used, name, arguments, options)
        except (InputError, UnsupportedOperatorError, TypeError) as problem:
            kind = type(problem) if not isinstance(problem, TypeError) else InputError
            raise kind(f"step {number} of the architecture, {name!r}: {problem}") from problem
    _refuse_unused(state, used)
    return b.network(x)


def _parsed(step: Step) -> tuple[str, list[Any], dict[str, Any]]:
    whole: list[Any] = [step] if isinstance(step, str) else list(step)
    if not whole or not isinstance(whole[0], str):
        raise InputError(f"a step of the architecture must begin with a name, got {step!r}")
    options = whole.pop() if len(whole) > 1 and isinstance(whole[-1], dict) else {}
    return whole[0], whole[1:], options


def _linear_stack(state: _State) -> list[Step]:
    """Guess the architecture of linear layers only."""
    names: list[str] = []
    for key, array in state.items():
        name, _, part = key.rpartition(".")
        fits = array.ndim == 2 if part == "weight" else part == "bias" and array.ndim == 1
        if not fits:
            raise FormatError(
                f"{key!r} has shape {array.shape}, so that these are not linear layers only; a "
                "state dict does not say what is done with it: give the architecture to "
                "read_torch_state_dict"
            )
        if part == "weight":
            names.append(name)
    if not names:
        raise FormatError("there are no weights in the state dict")
    steps: list[Step] = []
    for name in names:
        steps += ["relu", name]
    return steps[1:]


def _first_width(state: _State, name: str) -> int:
    weight = state.get(_key(name, "weight"))
    if weight is None or weight.ndim != 2:
        raise InputError("the first layer is not linear, so that input_shape= is needed")
    return int(weight.shape[1])


def _key(prefix: str, part: str) -> str:
    return f"{prefix}.{part}" if prefix else part


def _refuse_unused(state: _State, used: set[str]) -> None:
    left = [key for key in state if key not in used and not key.endswith("num_batches_tracked")]
    if left:
        raise InputError(
            f"the architecture leaves out {', '.join(map(repr, left[:5]))}"
            f"{' and more' if len(left) > 5 else ''}: name every layer that has weights"
        )


# -- steps ---------------------------------------------------------------------------------------
def _step(
    b: Builder,
    x: Value,
    state: _State,
    used: set[str],
    name: str,
    arguments: list[Any],
    options: dict[str, Any],
) -> Value:
    if _key(name, "weight") in state or _key(name, "running_mean") in state:
        return _weighted(b, x, state, used, name, *arguments, **options)
    operation = _OPERATIONS.get(name)
    if operation is None:
        known = ", ".join(sorted(_OPERATIONS))
        raise InputError(
            f"neither are there weights of that name nor is it one of these operations: {known}"
        )
    return operation(b, x, *arguments, **options)


def _weighted(
    b: Builder, x: Value, state: _State, used: set[str], name: str, **options: Any
) -> Value:
    found = {}
    for part in ("weight", "bias", "running_mean", "running_var"):
        if _key(name, part) in state:
            found[part] = state[_key(name, part)]
            used.add(_key(name, part))
    weight, bias = found.get("weight"), found.get("bias")
    if "running_mean" in found and "running_var" in found:
        statistics = (found["running_mean"], found["running_var"])
        return layers.batch_norm(b, x, *statistics, weight, bias, **options)
    if weight is None:
        raise InputError("it has statistics of a normalisation, but not all of them")
    if weight.ndim > 2:
        return layers.conv(b, x, weight, bias, **options)
    if options:
        raise InputError(f"a layer with weights of shape {weight.shape} takes no options")
    if weight.ndim == 2:
        return b.dense(x, weight, bias)
    if bias is not None:
        raise InputError(
            f"it has weights of shape {weight.shape} and a bias, but no running statistics: "
            "normalisation by the values themselves is not piecewise linear"
        )
    return b.prelu(x, weight, axis=1)


def _pooled(pool: Callable[..., Value]) -> Callable[..., Value]:
    def operation(b: Builder, x: Value, size: Any, **options: Any) -> Value:
        return pool(b, x, size, **options, rank=x.ndim - 2)

    return operation


def _global_average(b: Builder, x: Value) -> Value:
    return layers.adaptive_avg_pool(b, x, 1, rank=x.ndim - 2)


def _reshaped(b: Builder, x: Value, shape: Any) -> Value:
    return b.stack([b.reshape(x[0], shape)])


def _unchanged(b: Builder, x: Value, *ignored: Any) -> Value:
    return x


_OPERATIONS: dict[str, Callable[..., Value]] = {
    "abs": lambda b, x: b.absolute(x),
    "avgpool": _pooled(layers.avg_pool),
    "dropout": _unchanged,
    "flatten": lambda b, x: layers.flatten(b, x, 1),
    "global_avgpool": _global_average,
    "hardtanh": lambda b, x, lower=-1, upper=1: b.clip(x, lower, upper),
    "identity": _unchanged,
    "leaky_relu": lambda b, x, slope=0.01: b.leaky_relu(x, slope),
    "maxpool": _pooled(layers.max_pool),
    "relu": lambda b, x: b.relu(x),
    "relu6": lambda b, x: b.clip(x, 0, 6),
    "reshape": _reshaped,
}
