"""Operators of sums, products with constants, and matrices."""

from __future__ import annotations

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.errors import FormatError, UnsupportedOperatorError
from polytropic.networks.building import Value
from polytropic.networks.formats.operators.nodes import Constant, Node, counted_axis, scaled

__all__ = [
    "add",
    "batch_normalization",
    "divide",
    "gemm",
    "matmul",
    "multiply",
    "negate",
    "reduce_mean",
    "reduce_sum",
    "subtract",
    "total",
]

_LARGE = 1 << 16  # entries of a weight that is stored sparse if most of them are zero
_MOSTLY_ZERO = 0.1


def _weight(array: ExactArray) -> ExactArray | SparseArray:
    floats = array.floats
    if floats is None or floats.size <= _LARGE:
        return array
    if np.count_nonzero(floats) >= _MOSTLY_ZERO * floats.size:
        return array
    return SparseArray.of_dense(array)


# -- matrices ------------------------------------------------------------------------------------
def gemm(node: Node) -> Value:
    """``alpha A B + beta C`` with one of A and B constant."""
    if isinstance(node.operand(0), Constant) and isinstance(node.operand(1), Value):
        a, b = node.exact(0), node.data(1)
        turned = a.T if node.attribute("transA", 0) else a
        x = b if node.attribute("transB", 0) else _turned(node, b)
        result = _turned(node, _product(node, x, turned, node.inputs[0]))
    else:
        x, weight = node.data(0), node.exact(1)
        matrix = weight if node.attribute("transB", 0) else weight.T
        x = _turned(node, x) if node.attribute("transA", 0) else x
        result = _product(node, x, matrix, node.inputs[1])
    return _with_bias(node, result)


def _product(node: Node, x: Value, matrix: ExactArray, named: object) -> Value:
    """Rows of data times a matrix of shape (out, in)."""
    if x.ndim != 2:
        raise FormatError(f"the data must be a matrix, but its shape is {x.shape}")
    weight = scaled(matrix, node.attribute("alpha", 1.0), "alpha")
    return _dense(node, x, weight, named)


def _dense(node: Node, x: Value, matrix: ExactArray, named: object) -> Value:
    if matrix.ndim != 2 or x.shape[-1] != matrix.shape[1]:
        name = named.name if isinstance(named, Constant) else ""
        raise FormatError(
            f"{name!r} has shape {matrix.shape} as (out, in), but there are {x.shape[-1]} inputs"
        )
    return node.builder.dense(x, _weight(matrix))


def _turned(node: Node, x: Value) -> Value:
    if x.ndim < 2:
        raise FormatError(f"the data must be a matrix, but its shape is {x.shape}")
    axes = list(range(x.ndim))
    return node.builder.transpose(x, [*axes[:-2], axes[-1], axes[-2]])


def _with_bias(node: Node, x: Value) -> Value:
    found = node.operand(2)
    if found is None:
        return x
    if isinstance(found, Value):
        return node.builder.add(x, node.builder.scale(found, node.attribute("beta", 1.0)))
    bias = node.exact(2)
    try:
        fits = np.broadcast_shapes(x.shape, bias.shape) == x.shape
    except ValueError:
        fits = False
    if not fits:
        raise FormatError(
            f"{found.name!r} has shape {bias.shape}, but there are {x.shape[-1]} outputs"
        )
    return node.builder.shift(x, scaled(bias, node.attribute("beta", 1.0), "beta"))


def matmul(node: Node) -> Value:
    """Product of the data with a constant matrix or vector, from either side."""
    left, right = node.operand(0), node.operand(1)
    if isinstance(left, Value) and isinstance(right, Value):
        raise UnsupportedOperatorError(
            "both factors depend on the input of the graph: that is not piecewise linear"
        )
    from_left = isinstance(left, Constant)
    x, matrix, named = node.data(int(from_left)), node.exact(int(not from_left)), node.inputs
    constant = named[int(not from_left)]
    assert isinstance(constant, Constant)
    if not x.ndim:
        raise FormatError("the data is a scalar, which MatMul does not take")
    if matrix.ndim not in (1, 2):
        raise UnsupportedOperatorError(
            f"{constant.name!r} has shape {matrix.shape}; only a matrix or a vector is read"
        )
    is_vector = matrix.ndim == 1
    if is_vector:
        matrix = matrix.reshape(1, len(matrix))
    elif not from_left:
        matrix = matrix.T
    if not from_left or x.ndim == 1:
        result = _dense(node, x, matrix, constant)
        return result[..., 0] if is_vector else result
    result = _turned(node, _dense(node, _turned(node, x), matrix, constant))
    return result[..., 0, :] if is_vector else result


# -- number by number ----------------------------------------------------------------------------
def add(node: Node) -> Value:
    """``a + b``."""
    return total(node)


def total(node: Node) -> Value:
    """Sum of any number of operands."""
    values = [node.data(i) for i, found in enumerate(node.inputs) if isinstance(found, Value)]
    result = values[0] if len(values) == 1 else node.builder.total(values)
    for position, found in enumerate(node.inputs):
        if isinstance(found, Constant):
            result = _shifted(node, result, node.exact(position), found)
    return result


def subtract(node: Node) -> Value:
    """``a - b``."""
    left, right = node.operand(0), node.operand(1)
    if isinstance(right, Constant):
        return _shifted(node, node.data(0), -node.exact(1), right)
    if isinstance(left, Constant):
        return _shifted(node, node.builder.negate(node.data(1)), node.exact(0), left)
    return node.builder.subtract(node.data(0), node.data(1))


def _shifted(node: Node, x: Value, shift: ExactArray, constant: Constant) -> Value:
    _check_fit(x, constant)
    return node.builder.shift(x, shift)


def _check_fit(x: Value, constant: Constant) -> None:
    try:
        np.broadcast_shapes(x.shape, constant.array.shape)
    except ValueError as problem:
        raise FormatError(
            f"{constant.name!r} has shape {constant.array.shape}, which does not fit the data of "
            f"shape {x.shape}"
        ) from problem


def multiply(node: Node) -> Value:
    """``a * b`` with one of them constant."""
    positions = [i for i, found in enumerate(node.inputs) if isinstance(found, Constant)]
    if len(positions) != 1:
        raise UnsupportedOperatorError(
            "both factors depend on the input of the graph: that is not piecewise linear"
        )
    constant = node.floats(positions[0])
    x = node.data(1 - positions[0])
    _check_fit(x, constant)
    return node.builder.multiply(x, exact(constant.array, repr(constant.name)))


def divide(node: Node) -> Value:
    """``a / b`` with constant b: the product with the rationals ``1 / b``."""
    constant = node.floats(1)
    x = node.data(0)
    _check_fit(x, constant)
    divisors = exact(constant.array, repr(constant.name))
    if (divisors.numerators == 0).any():
        raise FormatError(f"{constant.name!r} divides by zero")
    fractions = divisors.to_fractions()
    inverse = np.empty(fractions.size, dtype=object)
    inverse[:] = [1 / value for value in fractions.ravel().tolist()]
    return node.builder.multiply(x, inverse.reshape(divisors.shape))


def negate(node: Node) -> Value:
    """``-a``."""
    return node.builder.negate(node.data())


def batch_normalization(node: Node) -> Value:
    """Normalisation of every channel by fixed statistics."""
    if node.attribute("training_mode", 0):
        raise UnsupportedOperatorError("training_mode is set; export the network for inference")
    if not node.attribute("spatial", 1):
        raise UnsupportedOperatorError("spatial=0 is not read: statistics are per channel")
    x = node.data()
    if x.ndim < 2:
        raise FormatError(f"the data has shape {x.shape}, but its second axis holds the channels")
    gamma, beta, mean, variance = (node.exact(position) for position in range(1, 5))
    epsilon = node.attribute("epsilon", float(np.float32(1e-5)))
    return node.builder.batch_norm(x, gamma, beta, mean, variance, epsilon, axis=1)


# -- along axes ----------------------------------------------------------------------------------
def reduce_sum(node: Node) -> Value:
    """Sum along axes."""
    axes = _axes(node, since=13)
    x = node.data()
    if axes == []:
        return x
    return node.builder.sum(x, axes, keep=bool(node.attribute("keepdims", 1)))


def reduce_mean(node: Node) -> Value:
    """Mean along axes."""
    axes = _axes(node, since=18)
    x = node.data()
    if axes == []:
        return x
    return node.builder.mean(x, axes, keep=bool(node.attribute("keepdims", 1)))


def _axes(node: Node, *, since: int) -> list[int] | None:
    """Axes that are counted; None is all of them."""
    found = node.integers_if_any("axes", 1, since=since)
    if not found:
        return [] if node.attribute("noop_with_empty_axes", 0) else None
    rank = node.data().ndim
    return [counted_axis(axis, rank) for axis in found]
