"""What a Keras model computes, in order: which layer takes which values.

The descriptions of Keras 1, 2 and 3 differ in how they write this down; here they become one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from polytropic.errors import FormatError, UnsupportedOperatorError

__all__ = ["Call", "KerasGraph", "LayerDescription", "Tensor", "keras_graph"]

Tensor: TypeAlias = tuple[str, int]
"""A value: the name of the layer that gives it, and at which of its calls."""


@dataclass(frozen=True)
class LayerDescription:
    """A layer as the file describes it."""

    name: str
    kind: str
    config: Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """One use of a layer."""

    layer: LayerDescription
    takes: tuple[Tensor, ...]
    gives: Tensor


@dataclass(frozen=True)
class KerasGraph:
    """Calls, each after those that it needs, from one input to one output."""

    input: Tensor
    input_shape: tuple[int, ...]
    calls: tuple[Call, ...]
    output: Tensor


def keras_graph(model: Mapping[str, Any]) -> KerasGraph:
    """Put a description of a model in order.

    Parameters
    ----------
    model : mapping
        ``{"class_name": "Sequential" or "Functional" or "Model", "config": ...}``.

    Raises
    ------
    FormatError
        If it is malformed, or does not state the shape of the input.
    UnsupportedOperatorError
        If there are several inputs or outputs.
    """
    try:
        if model["class_name"] == "Sequential":
            return _sequential(model["config"])
        return _functional(model["config"])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as problem:
        raise FormatError(f"the description of the model is malformed: {problem!r}") from problem


# -- Sequential ----------------------------------------------------------------------------------
def _sequential(config: Any) -> KerasGraph:
    # Keras 1 and early versions of 2 give a bare list.
    entries = config if isinstance(config, list) else config["layers"]
    layers = [_layer(entry) for entry in entries]
    if not layers:
        raise FormatError("the model has no layers")
    described = layers[0].config
    if isinstance(config, dict) and "build_input_shape" in config:
        described = {"batch_shape": config["build_input_shape"], **described}
    shape = _input_shape(described)
    if layers[0].kind == "InputLayer":
        layers = layers[1:]
    calls = []
    last = start = ("the input", 0)
    for place, layer in enumerate(layers):
        gives = (layer.name, place)
        calls.append(Call(layer, (last,), gives))
        last = gives
    return KerasGraph(start, shape, tuple(calls), last)


def _layer(entry: Mapping[str, Any]) -> LayerDescription:
    config = entry["config"]
    if not isinstance(config, dict):
        raise UnsupportedOperatorError(
            f"a whole {entry['class_name']} model is used as a layer; models inside models are "
            "not read"
        )
    return LayerDescription(
        str(entry.get("name", config["name"])), str(entry["class_name"]), config
    )


def _input_shape(config: Mapping[str, Any]) -> tuple[int, ...]:
    """Shape of the input without the batch axis."""
    for key in ("batch_shape", "batch_input_shape"):
        if config.get(key) is not None:
            shape = config[key]
            break
    else:
        raise FormatError(
            "the model does not state the shape of its input; give it one (keras.Input, or call "
            "model.build) and save it again"
        )
    sizes = list(shape)[1:]
    if not all(type(size) is int and size > 0 for size in sizes):
        raise FormatError(
            f"the shape of the input is {shape}, but all its axes except the first must be known; "
            "build the model for one size and save it again"
        )
    return tuple(sizes)


# -- Functional ----------------------------------------------------------------------------------
def _functional(config: Mapping[str, Any]) -> KerasGraph:
    start = _only(config["input_layers"], "inputs")
    output = _only(config["output_layers"], "outputs")
    entries = {str(entry["name"]): entry for entry in config["layers"]}
    shape = _input_shape(entries[start[0]]["config"])
    waiting = [
        Call(_layer(entry), _takes(node), (name, place))
        for name, entry in entries.items()
        for place, node in enumerate(entry["inbound_nodes"])
    ]
    return KerasGraph(start, shape, _ordered(waiting, start), output)


def _only(ends: Any, what: str) -> Tensor:
    # Keras 3 writes a single end without the list around it.
    listed = [ends] if len(ends) == 3 and isinstance(ends[0], str) else list(ends)
    if len(listed) != 1:
        raise UnsupportedOperatorError(
            f"the model has {len(listed)} {what}; models with one input and one output are read"
        )
    return _tensor(listed[0])


def _tensor(history: Any) -> Tensor:
    name, call, place = history[:3]
    if place != 0:
        raise UnsupportedOperatorError(f"layer {name!r} gives several values, which is not read")
    return str(name), int(call)


def _takes(node: Any) -> tuple[Tensor, ...]:
    if isinstance(node, dict):
        if extra := {key: value for key, value in node.get("kwargs", {}).items() if value}:
            raise UnsupportedOperatorError(f"a layer is called with {sorted(extra)}")
        return tuple(_keras3_tensors(node["args"]))
    for entry in node:
        if len(entry) > 3 and any(value for value in entry[3].values()):
            raise UnsupportedOperatorError(f"a layer is called with {sorted(entry[3])}")
    return tuple(_tensor(entry) for entry in node)


def _keras3_tensors(arguments: list[Any]) -> list[Tensor]:
    found: list[Tensor] = []
    for argument in arguments:
        for entry in argument if isinstance(argument, list) else [argument]:
            if not isinstance(entry, dict) or entry.get("class_name") != "__keras_tensor__":
                raise UnsupportedOperatorError("a layer is called with a constant")
            found.append(_tensor(entry["config"]["keras_history"]))
    return found


def _ordered(waiting: list[Call], start: Tensor) -> tuple[Call, ...]:
    """Sort the calls so that each comes after those that it needs."""
    known = {start}
    calls: list[Call] = []
    while waiting:
        later = []
        for call in waiting:
            if known.issuperset(call.takes):
                calls.append(call)
                known.add(call.gives)
            else:
                later.append(call)
        if len(later) == len(waiting):
            raise FormatError(f"layer {later[0].layer.name!r} takes values that nothing gives")
        waiting = later
    return tuple(calls)
