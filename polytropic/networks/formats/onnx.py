"""Networks as ONNX graphs: chains of dense layers and ReLUs, read exactly.

The graph is followed from its one input to its one output for a batch of one, with the weights as
the rationals that their bits encode.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polytropic.errors import (
    FormatError,
    InputError,
    MissingDependencyError,
    UnsupportedOperatorError,
)
from polytropic.networks.formats.files import existing_file, read_bytes, read_gzip
from polytropic.networks.formats.operators import OPERATORS, Chain, Constant, Node
from polytropic.networks.network import Network

if TYPE_CHECKING:
    import onnx

__all__ = ["read_onnx"]

_STANDARD = ("", "ai.onnx")

# Before opset 7, Add and Gemm broadcast by attributes of their own and Dropout could train.
_OLDEST_OPSET = 7


def read_onnx(path: str | os.PathLike[str], max_bytes: int) -> Network:
    """Read a network from an ONNX file, gzipped if its name ends with ``.gz``.

    Parameters
    ----------
    path : str or os.PathLike
    max_bytes : int
        Largest size of the decompressed file, in bytes.

    Returns
    -------
    Network
        Its input is the graph's input without the batch axis, flattened in C order.

    Raises
    ------
    FormatError
        If the file is truncated or malformed, or keeps its weights in another file.
    UnsupportedOperatorError
        If the graph uses an operator that is not read, or is not a chain.
    MissingDependencyError
        If the package onnx is not installed.
    """
    file = existing_file(path)
    _require_onnx()
    reader = read_gzip if file.name.lower().endswith(".gz") else read_bytes
    content = reader(file, max_bytes)
    try:
        return _network(_model(content))
    except FormatError as problem:
        raise type(problem)(f"{file}: {problem}") from problem


def _require_onnx() -> None:
    try:
        import onnx  # noqa: F401
    except ImportError as problem:
        raise MissingDependencyError(
            "reading .onnx files needs the package onnx: pip install 'polytropic[onnx]'"
        ) from problem


# -- the model -----------------------------------------------------------------------------------
def _model(content: bytes) -> onnx.ModelProto:
    """Parse a model and refuse what is incomplete, elsewhere or unknown."""
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped, unused-ignore]

    try:
        model = onnx.load_model_from_string(content)
    except (DecodeError, ValueError, RuntimeError) as problem:
        raise FormatError(f"not a complete ONNX model: {problem}") from problem
    if not model.HasField("graph") or not model.graph.node:
        raise FormatError("not a complete ONNX model: there is no graph in it")
    # In this order: the checker would look for external files, and stops at unknown operators.
    _refuse_external(model)
    _refuse_operators(model)
    for value in model.graph.output:
        # The checker wants a shape here, which exporters may omit; nothing is read from it.
        value.type.tensor_type.shape.SetInParent()
    try:
        onnx.checker.check_model(model)
    except (onnx.checker.ValidationError, ValueError, RuntimeError) as problem:
        raise FormatError(f"not a valid ONNX model: {problem}") from problem
    return model


def _refuse_external(model: onnx.ModelProto) -> None:
    import onnx

    for tensor in _tensors(model.graph):
        if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
            raise FormatError(
                f"the values of {tensor.name!r} are in another file, which is not read; save the "
                "model as one file (onnx.save with save_as_external_data=False)"
            )
    if model.graph.sparse_initializer:
        raise FormatError("sparse initialisers are not read; save the weights as dense tensors")


def _tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            yield from [attribute.t, *attribute.tensors]


def _refuse_operators(model: onnx.ModelProto) -> None:
    redefined = {function.name for function in model.functions if function.domain in _STANDARD}
    for number, node in enumerate(model.graph.node, 1):
        known = node.op_type in OPERATORS or node.op_type == "Constant"
        if known and node.domain in _STANDARD and node.op_type not in redefined:
            continue
        name = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
        readable = ", ".join(sorted([*OPERATORS, "Constant"]))
        raise UnsupportedOperatorError(
            f"{_label(number, node)}: operator {name} is not read; these are: {readable}"
        )


def _label(number: int, node: onnx.NodeProto) -> str:
    # Protobuf hands out names that are not UTF-8 as bytes.
    name = node.name or ", ".join(str(output) for output in node.output)
    return f"node {number} {name!r} ({node.op_type})"


# -- the chain -----------------------------------------------------------------------------------
def _network(model: onnx.ModelProto) -> Network:
    walk = _Walk(model)
    for number, node in enumerate(model.graph.node, 1):
        try:
            walk.step(node)
        except (FormatError, InputError) as problem:
            kind = type(problem) if isinstance(problem, FormatError) else FormatError
            raise kind(f"{_label(number, node)}: {problem}") from problem
    return Network(walk.finish().layers)


class _Walk:
    """The way along one graph: where it has got to and which constants are known."""

    def __init__(self, model: onnx.ModelProto) -> None:
        graph = model.graph
        self._opset = _opset(model)
        self._constants = {tensor.name: _constant(tensor) for tensor in graph.initializer}
        inputs = [value for value in graph.input if value.name not in self._constants]
        if len(inputs) != 1 or len(graph.output) != 1:
            raise UnsupportedOperatorError(
                f"the graph has {len(inputs)} inputs and {len(graph.output)} outputs; "
                "only a chain from one input to one output is read"
            )
        self._chain = Chain((), _input_shape(inputs[0]))
        self._current = inputs[0].name
        self._output = graph.output[0].name

    def step(self, node: onnx.NodeProto) -> None:
        """Follow the chain through one node."""
        positions = [
            position
            for position, name in enumerate(node.input)
            if name and name not in self._constants
        ]
        if not positions:
            self._constants[node.output[0]] = self._folded(node)
            return
        if len(positions) > 1 or node.input[positions[0]] != self._current:
            names = ", ".join(repr(node.input[position]) for position in positions)
            raise UnsupportedOperatorError(
                f"the graph branches: this node takes {names}, but the chain has got to "
                f"{self._current!r}; residual and other branching networks are not read"
            )
        self._chain = OPERATORS[node.op_type](self._chain, self._node(node, positions[0]))
        self._current = node.output[0]

    def finish(self) -> Chain:
        """Return the whole chain, after the last node."""
        if self._current != self._output:
            raise UnsupportedOperatorError(
                f"the graph branches: its output is {self._output!r}, but the chain of its nodes "
                f"ends at {self._current!r}"
            )
        return self._chain if self._chain.layers else self._chain.open_ended()

    def _node(self, node: onnx.NodeProto, data_at: int) -> Node:
        return Node(
            inputs=tuple(self._constants.get(name) for name in node.input),
            data_at=data_at,
            attributes=_attributes(node),
            opset=self._opset,
        )

    def _folded(self, node: onnx.NodeProto) -> Constant:
        """Compute a node that sees no data: exporters write and transpose weights so."""
        name = node.output[0]
        if node.op_type == "Constant":
            return Constant(name, _value(node))
        array = self._constants[node.input[0]].array
        if node.op_type == "Identity":
            return Constant(name, array)
        if node.op_type == "Transpose":
            try:
                return Constant(name, array.transpose(_attributes(node).get("perm")))
            except ValueError as problem:
                raise FormatError(f"{problem}") from problem
        raise UnsupportedOperatorError(
            "this node computes with constants only; let the exporter fold constants"
        )


def _opset(model: onnx.ModelProto) -> int:
    import onnx

    versions = [entry.version for entry in model.opset_import if entry.domain in _STANDARD]
    newest = onnx.defs.onnx_opset_version()
    if len(versions) != 1 or not _OLDEST_OPSET <= versions[0] <= newest:
        stated = ", ".join(str(version) for version in versions) or "nothing"
        raise FormatError(
            f"the model states opset {stated}; one between {_OLDEST_OPSET} and {newest} is read"
        )
    return int(versions[0])


def _input_shape(value: onnx.ValueInfoProto) -> tuple[int, ...]:
    """Return the declared shape for a batch of one."""
    import onnx

    kinds = onnx.TensorProto
    tensor = value.type.tensor_type
    if tensor.elem_type not in (kinds.FLOAT, kinds.DOUBLE, kinds.FLOAT16):
        raise FormatError(f"the input {value.name!r} is not a tensor of floats")
    if not tensor.HasField("shape"):
        raise FormatError(f"the input {value.name!r} declares no shape")
    shape = [d.dim_value if d.HasField("dim_value") else 0 for d in tensor.shape.dim]
    if len(shape) > 1 and shape[0] < 1:
        shape[0] = 1
    for axis, size in enumerate(shape):
        if size < 1:
            raise FormatError(
                f"axis {axis} of the input {value.name!r} has no fixed length; only the first of "
                "several axes, the batch, may be open"
            )
    return tuple(shape)


# -- constants -----------------------------------------------------------------------------------
def _constant(tensor: onnx.TensorProto) -> Constant:
    return Constant(tensor.name, _array(tensor))


def _array(tensor: onnx.TensorProto) -> NDArray[Any]:
    """Return the values of a tensor as an array of floats, whole numbers or truth values."""
    import onnx

    kinds = onnx.TensorProto
    read = {kinds.FLOAT, kinds.DOUBLE, kinds.FLOAT16, kinds.INT64, kinds.INT32, kinds.BOOL}
    if tensor.data_type not in read:
        names = dict(zip(kinds.DataType.values(), kinds.DataType.keys(), strict=True))
        kind = names.get(tensor.data_type, tensor.data_type)
        raise FormatError(f"the values of {tensor.name!r} are of type {kind}, which is not read")
    try:
        array = onnx.numpy_helper.to_array(tensor)
    except (TypeError, ValueError) as problem:
        raise FormatError(f"the values of {tensor.name!r} are not complete: {problem}") from problem
    # A negative length would have been filled in from the number of values.
    if array.shape != tuple(tensor.dims):
        raise FormatError(f"{tensor.name!r} has the impossible shape {tuple(tensor.dims)}")
    return array


def _value(node: onnx.NodeProto) -> NDArray[Any]:
    """Return what a Constant node holds."""
    attributes = _attributes(node)
    if len(attributes) == 1:
        ((name, value),) = attributes.items()
        if name == "value":
            return _array(value)
        if name in ("value_float", "value_floats"):
            return np.array(value, dtype=np.float32)
        if name in ("value_int", "value_ints"):
            return np.array(value, dtype=np.int64)
    raise FormatError(f"a Constant with the attributes {list(attributes)} is not read")


def _attributes(node: onnx.NodeProto) -> dict[str, Any]:
    import onnx

    return {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}
