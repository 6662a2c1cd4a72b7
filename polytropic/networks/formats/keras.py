"""Networks as Keras files: ``.h5`` of Keras 1 and 2, ``.keras`` of Keras 3."""

from __future__ import annotations

import os

from polytropic.errors import FormatError, InputError, UnsupportedOperatorError
from polytropic.networks.building import Builder, Value
from polytropic.networks.formats.files import existing_file
from polytropic.networks.formats.keras_calls import LayerCall
from polytropic.networks.formats.keras_files import KerasFile, open_keras
from polytropic.networks.formats.keras_graphs import Call, KerasGraph, Tensor, keras_graph
from polytropic.networks.formats.keras_layers import LAYERS, LAYERS_OF_KERAS_1, MERGING_LAYERS
from polytropic.networks.network import Network

__all__ = ["read_keras"]


def read_keras(path: str | os.PathLike[str], max_bytes: int, *, logits: bool = False) -> Network:
    """Read a network from a file of Keras: ``model.save("net.h5")`` or ``"net.keras"``.

    Parameters
    ----------
    path : str or os.PathLike
    max_bytes : int
        Largest size of the file, and of all its weights together, in bytes.
    logits : bool
        Leave out a softmax or sigmoid at the very end.

    Returns
    -------
    Network
        Its input is the input of the model without the batch axis, flattened in C order: an image
        with channels last has its channels last.

    Raises
    ------
    FormatError
        If the file is not a complete model.
    UnsupportedOperatorError
        If it has a layer that is not read, or several inputs or outputs.
    MissingDependencyError
        If the package h5py is not installed.
    """
    file = existing_file(path)
    try:
        with open_keras(file, max_bytes) as opened:
            return _network(opened, keras_graph(opened.model), logits)
    except FormatError as problem:
        raise type(problem)(f"{file}: {problem}") from problem


def _network(file: KerasFile, graph: KerasGraph, logits: bool) -> Network:
    try:
        b = Builder(graph.input_shape or 1)
    except InputError as problem:
        raise FormatError(str(problem)) from problem
    values: dict[Tensor, Value] = {graph.input: b.reshape(b.input, graph.input_shape)}
    for call in _needed(graph):
        last = call.gives == graph.output
        arguments = [values[tensor] for tensor in call.takes]
        values[call.gives] = _called(b, file, call, arguments, without_softmax=logits and last)
    if graph.output not in values:
        raise FormatError(f"no layer gives the output {graph.output[0]!r}")
    return b.network(values[graph.output])


def _needed(graph: KerasGraph) -> list[Call]:
    """Calls that the output needs: layers beside the way to it are not read."""
    wanted = {graph.output}
    calls = []
    for call in reversed(graph.calls):
        if call.gives in wanted:
            wanted.update(call.takes)
            calls.append(call)
    return calls[::-1]


def _called(
    b: Builder, file: KerasFile, call: Call, arguments: list[Value], *, without_softmax: bool
) -> Value:
    layer = call.layer
    label = f"layer {layer.name!r} ({layer.kind})"
    merging = layer.kind in MERGING_LAYERS
    operation = MERGING_LAYERS.get(layer.kind) or LAYERS.get(layer.kind)
    if operation is None:
        raise UnsupportedOperatorError(f"{label}: {_refusal(layer.kind)}")
    if file.version == 1 and layer.kind not in LAYERS_OF_KERAS_1:
        raise UnsupportedOperatorError(
            f"{label}: of files of Keras 1 these layers are read: "
            f"{', '.join(sorted(LAYERS_OF_KERAS_1))}; save the model again with Keras 2"
        )
    if not merging and len(arguments) != 1:
        raise FormatError(f"{label}: it takes {len(arguments)} values, but must take one")
    arrays = file.weights(layer.name)
    use = LayerCall(b, layer.config, arrays, file.version, file.backend, without_softmax)
    try:
        return operation(use, *arguments)
    except (FormatError, InputError) as problem:
        kind = type(problem) if isinstance(problem, FormatError) else FormatError
        raise kind(f"{label}: {problem}") from problem
    except (KeyError, TypeError) as problem:
        raise FormatError(f"{label}: its description is malformed: {problem!r}") from problem


def _refusal(kind: str) -> str:
    if kind == "Lambda":
        return "it holds code, which is never run; write it as layers"
    known = ", ".join(sorted([*LAYERS, *MERGING_LAYERS]))
    return f"this layer is not read; these are: {known}"
