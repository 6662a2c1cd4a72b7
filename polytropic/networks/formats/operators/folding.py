"""Nodes that read constants only, as exporters write shapes and transposed weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.errors import FormatError, UnsupportedOperatorError
from polytropic.networks.building.wires import MAX_VALUES
from polytropic.networks.formats.operators.nodes import Node, counted_axis
from polytropic.networks.formats.operators.shapes import (
    shape,
    slices,
    squeezed_shape,
    target_shape,
    unsqueezed_shape,
)

__all__ = ["fold"]


def fold(node: Node) -> NDArray[Any] | None:
    """Compute a node that sees no data, if it moves numbers about or computes whole numbers.

    None if it computes with real numbers: that is done exactly, as it is with data.
    """
    folder = _FOLDERS.get(node.kind)
    if folder is None or (node.kind in _ARITHMETIC and _first(node).dtype.kind != "i"):
        return None
    try:
        return np.asarray(folder(node))
    except (ValueError, IndexError, TypeError) as problem:
        if isinstance(problem, FormatError):
            raise
        raise FormatError(f"{problem}") from problem


def _first(node: Node) -> NDArray[Any]:
    return _at(node, 0)


def _at(node: Node, position: int) -> NDArray[Any]:
    found = node.constant(position)
    if found is None:
        raise FormatError(f"input {position + 1} is missing")
    return found.array


def _gather(node: Node) -> NDArray[Any]:
    array, chosen = _first(node), _at(node, 1)
    axis = counted_axis(node.attribute("axis", 0), array.ndim)
    _check(array.size // max(array.shape[axis], 1) * chosen.size)
    return array.take(chosen, axis=axis)


def _concat(node: Node) -> NDArray[Any]:
    arrays = [_at(node, position) for position in range(len(node.inputs))]
    if len({array.dtype for array in arrays}) > 1:
        raise FormatError("constants of different types are joined")
    _check(sum(array.size for array in arrays))
    return np.concatenate(arrays, counted_axis(node.attribute("axis", 0), arrays[0].ndim))


def _cast(node: Node) -> NDArray[Any]:
    import onnx

    kinds = onnx.TensorProto
    wanted: dict[int, type] = {
        kinds.FLOAT: np.float32,
        kinds.DOUBLE: np.float64,
        kinds.INT64: np.int64,
        kinds.INT32: np.int32,
    }
    to = node.attribute("to", 0)
    if to not in wanted:
        raise UnsupportedOperatorError(f"a cast to {kinds.DataType.Name(to)} is not read")
    with np.errstate(all="ignore"):
        return _first(node).astype(wanted[to])


def _whole(operation: Callable[[Any, Any], Any]) -> Callable[[Node], NDArray[Any]]:
    def compute(node: Node) -> NDArray[Any]:
        left, right = _first(node), _at(node, 1)
        if right.dtype.kind != "i":
            raise FormatError(f"{left.dtype} and {right.dtype} do not go together")
        _check(math.prod(np.broadcast_shapes(left.shape, right.shape)))
        return np.asarray(operation(left, right))

    return compute


def _quotient(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    if (right == 0).any():
        raise FormatError("a whole number is divided by zero")
    # ONNX rounds towards zero, NumPy down.
    return np.asarray(np.sign(left) * np.sign(right) * (np.abs(left) // np.abs(right)))


def _check(size: int) -> None:
    if size > MAX_VALUES:
        raise FormatError(f"a constant of {size} values is made; at most {MAX_VALUES} are read")


_ARITHMETIC = ("Add", "Div", "Mul", "Sub")

_FOLDERS: dict[str, Callable[[Node], NDArray[Any]]] = {
    "Add": _whole(np.add),
    "Cast": _cast,
    "Concat": _concat,
    "Div": _whole(_quotient),
    "Gather": _gather,
    "Identity": _first,
    "Mul": _whole(np.multiply),
    "Reshape": lambda node: _first(node).reshape(target_shape(node, _first(node).shape)),
    "Shape": lambda node: shape(node).array,
    "Slice": lambda node: _first(node)[slices(node, _first(node).shape)],
    "Squeeze": lambda node: _first(node).reshape(squeezed_shape(node, _first(node).shape)),
    "Sub": _whole(np.subtract),
    "Transpose": lambda node: _first(node).transpose(node.attribute("perm", None)),
    "Unsqueeze": lambda node: _first(node).reshape(unsqueezed_shape(node, _first(node).shape)),
}
