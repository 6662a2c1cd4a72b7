"""Shapes, tensors and attributes of ONNX graphs as arrays and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polytropic.errors import FormatError
from polytropic.networks.formats.operators import Constant

if TYPE_CHECKING:
    import onnx

__all__ = ["attributes_of", "constant_of", "input_shape", "value_of"]


def input_shape(value: onnx.ValueInfoProto) -> tuple[int, ...]:
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


def constant_of(tensor: onnx.TensorProto) -> Constant:
    """Return a tensor with its name."""
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


def value_of(node: onnx.NodeProto) -> NDArray[Any]:
    """Return what a Constant node holds."""
    attributes = attributes_of(node)
    if len(attributes) == 1:
        ((name, value),) = attributes.items()
        if name == "value":
            return _array(value)
        if name in ("value_float", "value_floats"):
            return np.array(value, dtype=np.float32)
        if name in ("value_int", "value_ints"):
            return np.array(value, dtype=np.int64)
    raise FormatError(f"a Constant with the attributes {list(attributes)} is not read")


def attributes_of(node: onnx.NodeProto) -> dict[str, Any]:
    """Return the attributes of a node by name."""
    import onnx

    return {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}
