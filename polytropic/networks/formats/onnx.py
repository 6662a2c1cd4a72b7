"""Networks as ONNX graphs of piecewise linear operators, read exactly.

The graph is followed from its inputs to its outputs, for a batch of one where the file leaves the
length of the batch open, with the weights as the rationals that their bits encode.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from polytropic.errors import (
    FormatError,
    InputError,
    MissingDependencyError,
    UnsupportedOperatorError,
)
from polytropic.networks.building import Builder, Value
from polytropic.networks.formats.files import existing_file, read_bytes, read_gzip
from polytropic.networks.formats.onnx_tensors import (
    attributes_of,
    constant_of,
    input_shape,
    value_of,
)
from polytropic.networks.formats.operators import (
    OPERATORS,
    SMOOTH,
    Constant,
    Node,
    Operand,
    fold,
)
from polytropic.networks.network import Network

if TYPE_CHECKING:
    import onnx

__all__ = ["read_onnx"]

_STANDARD = ("", "ai.onnx")

# Before opset 7, Add and Gemm broadcast by attributes of their own and Dropout could train.
_OLDEST_OPSET = 7

_MOST_BITS = 1 << 14


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
        Its input is the graph's input flattened in C order (several inputs one after another),
        without the batch axis if its length is open; outputs likewise.

    Raises
    ------
    FormatError
        If the file is truncated or malformed, or keeps its weights in another file.
    UnsupportedOperatorError
        If the graph uses an operator that is not read.
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
        if node.op_type in SMOOTH and node.domain in _STANDARD:
            raise UnsupportedOperatorError(
                f"{_label(number, node)}: operator {name} is not read: it is not piecewise linear"
                f"{_advice(node, model)}; these are: {readable}"
            )
        raise UnsupportedOperatorError(
            f"{_label(number, node)}: operator {name} is not read; these are: {readable}"
        )


def _advice(node: onnx.NodeProto, model: onnx.ModelProto) -> str:
    """Say what to do about a last Softmax or Sigmoid."""
    results = {value.name for value in model.graph.output}
    if node.op_type in ("LogSoftmax", "Sigmoid", "Softmax") and results & {*node.output}:
        return (
            " (it is the last one: export the network without it; its inputs, the logits, "
            "decide for the same class)"
        )
    return ""


def _label(number: int, node: onnx.NodeProto) -> str:
    # Protobuf hands out names that are not UTF-8 as bytes.
    name = node.name or ", ".join(str(output) for output in node.output)
    return f"node {number} {name!r} ({node.op_type})"


# -- the graph -----------------------------------------------------------------------------------
def _network(model: onnx.ModelProto) -> Network:
    walk = _Walk(model)
    for number, node in enumerate(model.graph.node, 1):
        try:
            walk.step(node)
        except (FormatError, InputError) as problem:
            kind = type(problem) if isinstance(problem, FormatError) else FormatError
            raise kind(f"{_label(number, node)}: {problem}") from problem
    return walk.finish()


class _Walk:
    """The way through one graph: all values and constants that are known so far."""

    def __init__(self, model: onnx.ModelProto) -> None:
        graph = model.graph
        self._opset = _opset(model)
        self._known: dict[str, Operand] = {
            tensor.name: constant_of(tensor) for tensor in graph.initializer
        }
        inputs = [value for value in graph.input if value.name not in self._known]
        if not inputs:
            raise FormatError("the graph has no input")
        shapes = [input_shape(value) for value in inputs]
        sizes = [math.prod(shape) for shape in shapes]
        try:
            self._builder = Builder(sum(sizes))
        except InputError as problem:
            raise FormatError(f"the graph has inputs of shapes {shapes}: {problem}") from problem
        start = 0
        for value, shape, size in zip(inputs, shapes, sizes, strict=True):
            part = self._builder.input[start : start + size]
            self._known[value.name] = self._builder.reshape(part, shape)
            start += size
        self._outputs = [value.name for value in graph.output]

    def step(self, node: onnx.NodeProto) -> None:
        """Follow the graph through one node."""
        missing = [name for name in node.input if name and name not in self._known]
        if missing:
            # The checker has seen that some node makes it: as an output that is not computed.
            raise UnsupportedOperatorError(
                f"this node takes {missing[0]!r}, a second output that is not read, such as the "
                "mask of a dropout"
            )
        made = self._made(node)
        for name, value in zip(node.output, made, strict=False):
            if name:
                self._known[name] = value

    def _made(self, node: onnx.NodeProto) -> list[Operand]:
        name = node.output[0]
        if node.op_type == "Constant":
            return [Constant(name, value_of(node))]
        operands = tuple(self._known[name] if name else None for name in node.input)
        read = Node(
            kind=node.op_type,
            inputs=operands,
            attributes=attributes_of(node),
            opset=self._opset,
            builder=self._builder,
            n_outputs=len(node.output),
        )
        is_constant = not any(isinstance(operand, Value) for operand in operands)
        if is_constant:
            folded = fold(read)
            if folded is not None:
                return [Constant(name, folded)]
            read = replace(read, inputs=(read.data(0), *operands[1:]))
        made = OPERATORS[node.op_type](read)
        if isinstance(made, Constant):
            return [Constant(name, made.array)]
        values = [made] if isinstance(made, Value) else list(made)
        return list(map(self._fixed, node.output, values)) if is_constant else list(values)

    def _fixed(self, name: str, value: Value) -> Constant:
        values = self._builder.constant_values(value)
        largest = max((abs(x) for x in values.numerators.ravel().tolist()), default=0)
        # A few nodes that multiply constants by themselves could fill any memory.
        if max(largest, values.denominator).bit_length() > _MOST_BITS:
            raise FormatError(f"{name!r} would be a fraction of more than {_MOST_BITS} bits")
        return Constant(name, values.to_fractions())

    def finish(self) -> Network:
        """Return the network, after the last node."""
        outputs = []
        for name in self._outputs:
            found = self._known.get(name)
            if not isinstance(found, Value):
                raise FormatError(f"the output {name!r} does not depend on the input of the graph")
            outputs.append(found)
        return self._builder.network(outputs)


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
