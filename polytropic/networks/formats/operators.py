"""What each ONNX operator that is read does to a chain of layers.

All shapes are those for a batch of one: then the data is a single vector, in C order, whatever its
tensor shape, and moving it between shapes changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, exact, exact_scalar
from polytropic.errors import FormatError, UnsupportedOperatorError
from polytropic.networks.network import Layer

__all__ = ["OPERATORS", "Chain", "Constant", "Node"]

Shape = tuple[int, ...]

# A file of a few bytes may declare a huge input, and an identity matrix is the square of it.
_MAX_IDENTITY = 4096


class Constant(NamedTuple):
    """An array in the file and what the file calls it."""

    name: str
    array: NDArray[Any]


@dataclass(frozen=True)
class Chain:
    """The layers read so far and the shape of the tensor that they give, for a batch of one."""

    layers: tuple[Layer, ...]
    shape: Shape

    @property
    def size(self) -> int:
        """Number of values in the tensor."""
        return math.prod(self.shape)

    def mapped(self, weight: ExactArray, bias: ExactArray, shape: Shape) -> Chain:
        """Append an affine layer."""
        return Chain((*self.layers, Layer(weight, bias)), shape)

    def open_ended(self) -> Chain:
        """Return the same function with a last layer that has no activation yet."""
        if self.layers and self.layers[-1].is_linear:
            return self
        if self.size > _MAX_IDENTITY:
            raise UnsupportedOperatorError(
                f"an activation or a sum on {self.size} values without weights before it; "
                f"that is read for at most {_MAX_IDENTITY} values"
            )
        identity = ExactArray(np.eye(self.size, dtype=int).astype(object))
        return self.mapped(identity, ExactArray.zeros(self.size), self.shape)

    def with_last(self, layer: Layer) -> Chain:
        """Replace the last layer."""
        return replace(self, layers=(*self.layers[:-1], layer))


@dataclass(frozen=True)
class Node:
    """One ONNX node whose inputs are the data, at one position, and constants."""

    inputs: tuple[Constant | None, ...]
    data_at: int
    attributes: Mapping[str, Any]
    opset: int

    def constant(self, position: int) -> Constant | None:
        """Return an input that may be omitted."""
        return self.inputs[position] if position < len(self.inputs) else None

    def floats(self, position: int) -> Constant:
        """Return an input that holds real numbers."""
        return _floats(self.constant(position), position)

    def integers(self, position: int) -> list[int]:
        """Return an input that holds whole numbers, such as a shape."""
        found = self.constant(position)
        if found is None or found.array.dtype.kind != "i" or found.array.ndim != 1:
            raise FormatError(f"input {position + 1} must be a list of whole numbers")
        return [int(value) for value in found.array]

    def need_data_at(self, position: int) -> None:
        """Refuse a node that takes the data elsewhere than at `position`."""
        if self.data_at != position:
            raise UnsupportedOperatorError(
                f"the data is input {self.data_at + 1}; it is read only as input {position + 1}"
            )


def _floats(constant: Constant | None, position: int) -> Constant:
    if constant is None:
        raise FormatError(f"input {position + 1} is missing")
    if constant.array.dtype.kind != "f":
        raise FormatError(f"{constant.name!r} holds {constant.array.dtype}; weights are floats")
    if not constant.array.size:
        raise FormatError(f"{constant.name!r} is empty: its shape is {constant.array.shape}")
    bad = np.argwhere(~np.isfinite(constant.array))
    if len(bad):
        where = tuple(int(axis) for axis in bad[0])
        raise FormatError(
            f"{constant.name!r}{list(where)} is {constant.array[where]}; weights must be finite"
        )
    return constant


# -- affine maps ---------------------------------------------------------------------------------
def _gemm(chain: Chain, node: Node) -> Chain:
    node.need_data_at(0)
    if node.attributes.get("transA", 0):
        raise UnsupportedOperatorError("transA is not read, because it mixes the batch")
    if len(chain.shape) != 2:
        raise FormatError(f"the data must be a matrix, but its shape is {chain.shape}")
    name, array = node.floats(1)
    matrix = array if node.attributes.get("transB", 0) else array.T
    _check_width(chain, chain.shape[:-1], name, matrix)
    weight = _scaled(exact(matrix, repr(name)), node.attributes.get("alpha", 1.0), "alpha")
    bias = _gemm_bias(node, len(matrix))
    return chain.mapped(weight, bias, (1, len(matrix)))


def _gemm_bias(node: Node, width: int) -> ExactArray:
    found = node.constant(2)
    if found is None:
        return ExactArray.zeros(width)
    name, array = _floats(found, 2)
    try:
        row = np.broadcast_to(array, (1, width)).ravel()
    except ValueError as problem:
        raise FormatError(
            f"{name!r} has shape {array.shape}, but there are {width} outputs"
        ) from problem
    return _scaled(exact(row, repr(name)), node.attributes.get("beta", 1.0), "beta")


def _scaled(array: ExactArray, factor: float, name: str) -> ExactArray:
    return array if factor == 1 else array * exact_scalar(factor, name)


def _matmul(chain: Chain, node: Node) -> Chain:
    if not chain.shape:
        raise FormatError("the data is a scalar, which MatMul does not take")
    name, array = node.floats(1 - node.data_at)
    if array.ndim not in (1, 2):
        raise UnsupportedOperatorError(
            f"{name!r} has shape {array.shape}; only a matrix or a vector is read"
        )
    if node.data_at == 0:
        rest, matrix = chain.shape[:-1], array.T
        shape = rest + matrix.shape[:-1]
    else:
        rest, column = _column(chain.shape)
        matrix = array
        shape = rest + matrix.shape[:-1] + column
    matrix = matrix.reshape(-1, matrix.shape[-1])
    _check_width(chain, rest, name, matrix)
    return chain.mapped(exact(matrix, repr(name)), ExactArray.zeros(len(matrix)), shape)


def _column(shape: Shape) -> tuple[Shape, Shape]:
    """Split a vector or column into the axes before and after the one that is summed over."""
    if len(shape) == 1:
        return (), ()
    if shape[-1] != 1:
        raise UnsupportedOperatorError(
            f"constant @ data needs the data to be a vector or a column, but its shape is {shape}"
        )
    return shape[:-2], (1,)


def _check_width(chain: Chain, rest: Shape, name: str, matrix: NDArray[Any]) -> None:
    """Refuse a matrix that does not fit, or data of several rows."""
    if math.prod(rest) != 1:
        raise UnsupportedOperatorError(
            f"the data has shape {chain.shape}, that is several rows at once; "
            "export the network for a batch of one"
        )
    if matrix.ndim != 2 or matrix.shape[-1] != chain.size:
        raise FormatError(
            f"{name!r} has shape {matrix.shape} as (out, in), but there are {chain.size} inputs"
        )


def _add(chain: Chain, node: Node) -> Chain:
    return _shifted(chain.open_ended(), node.floats(1 - node.data_at), negative=False)


def _sub(chain: Chain, node: Node) -> Chain:
    chain = chain.open_ended()
    if node.data_at == 0:
        return _shifted(chain, node.floats(1), negative=True)
    last = chain.layers[-1]
    return _shifted(
        chain.with_last(Layer(-last.weight, -last.bias)), node.floats(0), negative=False
    )


def _shifted(chain: Chain, constant: Constant, *, negative: bool) -> Chain:
    shape = _broadcast(chain, constant)
    shift = exact(np.broadcast_to(constant.array, shape).ravel(), repr(constant.name))
    last = chain.layers[-1]
    bias = last.bias - shift if negative else last.bias + shift
    return replace(chain.with_last(Layer(last.weight, bias)), shape=shape)


def _broadcast(chain: Chain, constant: Constant) -> Shape:
    """Return the shape of data plus constant; the data itself must not be repeated in it."""
    try:
        shape = np.broadcast_shapes(chain.shape, constant.array.shape)
    except ValueError:
        shape = ()
    if math.prod(shape) != chain.size:
        raise FormatError(
            f"{constant.name!r} has shape {constant.array.shape}, which does not fit the data of "
            f"shape {chain.shape}"
        )
    return shape


# -- activations ---------------------------------------------------------------------------------
def _relu(chain: Chain, node: Node) -> Chain:
    chain = chain.open_ended()
    last = chain.layers[-1]
    return chain.with_last(Layer(last.weight, last.bias, ExactArray.zeros(last.n_outputs)))


def _identity(chain: Chain, node: Node) -> Chain:
    return chain


def _dropout(chain: Chain, node: Node) -> Chain:
    node.need_data_at(0)
    training = node.constant(2)
    if training is not None and training.array.any():
        raise UnsupportedOperatorError("training_mode is set; export the network for inference")
    return chain


# -- shapes --------------------------------------------------------------------------------------
def _flatten(chain: Chain, node: Node) -> Chain:
    axis = _axis(node.attributes.get("axis", 1), len(chain.shape), len(chain.shape) + 1)
    return replace(chain, shape=(math.prod(chain.shape[:axis]), math.prod(chain.shape[axis:])))


def _reshape(chain: Chain, node: Node) -> Chain:
    node.need_data_at(0)
    wanted = node.integers(1)
    if not node.attributes.get("allowzero", 0):
        if any(value == 0 for value in wanted[len(chain.shape) :]):
            raise FormatError(f"{wanted} copies an axis that shape {chain.shape} does not have")
        wanted = [value or chain.shape[axis] for axis, value in enumerate(wanted)]
    known = math.prod(value for value in wanted if value != -1)
    if wanted.count(-1) == 1 and known > 0:
        wanted[wanted.index(-1)] = chain.size // known
    if min(wanted, default=1) < 1 or math.prod(wanted) != chain.size:
        raise FormatError(f"data of shape {chain.shape} cannot take the shape {wanted}")
    return replace(chain, shape=tuple(wanted))


def _squeeze(chain: Chain, node: Node) -> Chain:
    rank = len(chain.shape)
    axes = _axes(node)
    if axes is None:
        return replace(chain, shape=tuple(size for size in chain.shape if size != 1))
    gone = {_axis(axis, rank, rank) for axis in axes}
    if any(chain.shape[axis] != 1 for axis in gone):
        raise FormatError(f"axes {axes} of shape {chain.shape} are not all of length 1")
    return replace(chain, shape=tuple(n for axis, n in enumerate(chain.shape) if axis not in gone))


def _unsqueeze(chain: Chain, node: Node) -> Chain:
    axes = _axes(node)
    if axes is None:
        raise FormatError("the axes are missing")
    rank = len(chain.shape) + len(axes)
    new = {_axis(axis, rank, rank) for axis in axes}
    if len(new) != len(axes):
        raise FormatError(f"axes {axes} name one axis twice")
    old = iter(chain.shape)
    return replace(chain, shape=tuple(1 if axis in new else next(old) for axis in range(rank)))


def _axes(node: Node) -> Sequence[int] | None:
    """Return the axes, which became an input with opset 13."""
    node.need_data_at(0)
    if node.opset < 13:
        axes: Sequence[int] | None = node.attributes.get("axes")
        return axes
    return None if node.constant(1) is None else node.integers(1)


def _axis(axis: int, rank: int, end: int) -> int:
    """Count a negative axis from `rank`, and refuse one that is not below `end`."""
    counted = axis + rank if axis < 0 else axis
    if not 0 <= counted < end:
        raise FormatError(f"axis {axis} is outside the {rank} axes of the data")
    return counted


def _transpose(chain: Chain, node: Node) -> Chain:
    rank = len(chain.shape)
    order = tuple(node.attributes.get("perm", range(rank)[::-1]))
    if sorted(order) != list(range(rank)):
        raise FormatError(f"{order} is no order of {rank} axes")
    moved = [axis for axis in order if chain.shape[axis] != 1]
    if moved != sorted(moved):
        raise UnsupportedOperatorError(
            f"the order {order} moves values of shape {chain.shape}; "
            "only axes of length 1 may change places"
        )
    return replace(chain, shape=tuple(chain.shape[axis] for axis in order))


OPERATORS: dict[str, Callable[[Chain, Node], Chain]] = {
    "Add": _add,
    "Dropout": _dropout,
    "Flatten": _flatten,
    "Gemm": _gemm,
    "Identity": _identity,
    "MatMul": _matmul,
    "Relu": _relu,
    "Reshape": _reshape,
    "Squeeze": _squeeze,
    "Sub": _sub,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
"""Every operator that is read on the data; Constant makes none of it and is read besides."""
