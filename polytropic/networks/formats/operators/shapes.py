"""Operators that only move numbers about."""

from __future__ import annotations

import math

import numpy as np

from polytropic.errors import FormatError, UnsupportedOperatorError
from polytropic.networks.building import Value
from polytropic.networks.formats.operators.nodes import Constant, Node, counted_axis

__all__ = [
    "cast",
    "concat",
    "flatten",
    "gather",
    "pad",
    "reshape",
    "shape",
    "slice_of",
    "slices",
    "split",
    "split_sizes",
    "squeeze",
    "squeezed_shape",
    "target_shape",
    "transpose",
    "unsqueeze",
    "unsqueezed_shape",
]


def flatten(node: Node) -> Value:
    """Make a matrix of all numbers."""
    x = node.data()
    axis = counted_axis(node.attribute("axis", 1), x.ndim, x.ndim + 1)
    return node.builder.reshape(x, (math.prod(x.shape[:axis]), math.prod(x.shape[axis:])))


def reshape(node: Node) -> Value:
    """Give another shape."""
    x = node.data()
    return node.builder.reshape(x, target_shape(node, x.shape))


def target_shape(node: Node, old: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that a Reshape asks for."""
    wanted = node.integers(1)
    size = math.prod(old)
    if not node.attribute("allowzero", 0):
        if any(value == 0 for value in wanted[len(old) :]):
            raise FormatError(f"{wanted} copies an axis that shape {old} does not have")
        wanted = [value or old[axis] for axis, value in enumerate(wanted)]
    known = math.prod(value for value in wanted if value != -1)
    if wanted.count(-1) == 1 and known > 0:
        wanted[wanted.index(-1)] = size // known
    if min(wanted, default=1) < 1 or math.prod(wanted) != size:
        raise FormatError(f"data of shape {old} cannot take the shape {wanted}")
    return tuple(wanted)


def squeeze(node: Node) -> Value:
    """Drop axes of length one."""
    x = node.data()
    return node.builder.reshape(x, squeezed_shape(node, x.shape))


def squeezed_shape(node: Node, old: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that a Squeeze leaves."""
    axes = node.integers_if_any("axes", 1, since=13)
    if axes is None:
        return tuple(size for size in old if size != 1)
    gone = {counted_axis(axis, len(old)) for axis in axes}
    if any(old[axis] != 1 for axis in gone):
        raise FormatError(f"axes {axes} of shape {old} are not all of length 1")
    return tuple(n for axis, n in enumerate(old) if axis not in gone)


def unsqueeze(node: Node) -> Value:
    """Put in axes of length one."""
    x = node.data()
    return node.builder.reshape(x, unsqueezed_shape(node, x.shape))


def unsqueezed_shape(node: Node, old: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that an Unsqueeze makes."""
    axes = node.integers_if_any("axes", 1, since=13)
    if axes is None:
        raise FormatError("the axes are missing")
    rank = len(old) + len(axes)
    new = {counted_axis(axis, rank) for axis in axes}
    if len(new) != len(axes):
        raise FormatError(f"axes {axes} name one axis twice")
    rest = iter(old)
    return tuple(1 if axis in new else next(rest) for axis in range(rank))


def transpose(node: Node) -> Value:
    """Reorder the axes."""
    x = node.data()
    order = tuple(node.attribute("perm", range(x.ndim)[::-1]))
    if sorted(order) != list(range(x.ndim)):
        raise FormatError(f"{order} is no order of {x.ndim} axes")
    return node.builder.transpose(x, order)


def concat(node: Node) -> Value:
    """Join along an axis."""
    values = [node.data(position) for position in range(len(node.inputs))]
    axis = counted_axis(node.attribute("axis", 0), values[0].ndim)
    return node.builder.concat(values, axis)


def gather(node: Node) -> Value:
    """Pick positions along an axis."""
    x, chosen = node.data(0), node.constant(1)
    if chosen is None or chosen.array.dtype.kind != "i":
        raise FormatError("input 2 must hold whole numbers")
    axis = counted_axis(node.attribute("axis", 0), x.ndim)
    return node.builder.take(x, chosen.array, axis)


def slice_of(node: Node) -> Value:
    """Pick runs along axes."""
    x = node.data()
    return x[slices(node, x.shape)]


def slices(node: Node, old: tuple[int, ...]) -> tuple[slice, ...]:
    """What a Slice keeps of every axis."""
    starts = node.integers_if_any("starts", 1, since=10)
    stops = node.integers_if_any("ends", 2, since=10)
    if starts is None or stops is None:
        raise FormatError("starts and ends are missing")
    axes = node.integers_if_any("axes", 3, since=10)
    steps = node.integers_if_any("steps", 4, since=10) or [1] * len(starts)
    axes = list(range(len(starts))) if axes is None else axes
    if not len(starts) == len(stops) == len(axes) == len(steps) or 0 in steps:
        raise FormatError("starts, ends, axes and steps do not fit together")
    kept = [slice(None)] * len(old)
    for start, stop, axis, step in zip(starts, stops, axes, steps, strict=True):
        place = counted_axis(axis, len(old))
        kept[place] = slice(start, stop, step)
        if not len(range(old[place])[kept[place]]):
            raise FormatError(f"nothing is left of axis {place} of shape {old}")
    return tuple(kept)


def split(node: Node) -> list[Value]:
    """Cut an axis into parts."""
    x = node.data()
    axis = counted_axis(node.attribute("axis", 0), x.ndim)
    ends = np.cumsum(split_sizes(node, x.shape[axis])).tolist()
    parts = []
    for start, stop in zip([0, *ends[:-1]], ends, strict=True):
        parts.append(node.builder.take(x, range(start, stop), axis))
    return parts


def split_sizes(node: Node, size: int) -> list[int]:
    """Lengths of the parts of an axis."""
    sizes = node.integers_if_any("split", 1, since=13)
    if sizes is None:
        count = node.n_outputs
        longest = -(-size // count)
        sizes = [longest] * (count - 1) + [size - longest * (count - 1)]
    if min(sizes) < 1 or sum(sizes) != size or len(sizes) != node.n_outputs:
        raise FormatError(f"an axis of {size} cannot be split into {sizes}")
    return sizes


def pad(node: Node) -> Value:
    """Put constants around the data."""
    x = node.data()
    mode = node.attribute("mode", b"constant")
    mode = mode.decode() if isinstance(mode, bytes) else mode
    if mode != "constant":
        raise UnsupportedOperatorError(f"padding of mode {mode!r} is not read, only 'constant'")
    pads = node.integers_if_any("pads", 1, since=11)
    if pads is None:
        raise FormatError("the pads are missing")
    if node.opset < 11:
        value = np.asarray(node.attribute("value", 0.0))
    else:
        found = node.constant(2)
        value = np.asarray(0.0 if found is None else node.floats(2).array)
    if value.size != 1:
        raise FormatError(f"the value of a Pad must be one number, not of shape {value.shape}")
    axes = node.integers_if_any("axes", 3, since=11) if node.opset >= 18 else None
    rank = x.ndim
    places = list(range(rank)) if axes is None else [counted_axis(axis, rank) for axis in axes]
    if len(pads) != 2 * len(places):
        raise FormatError(f"pads {pads} do not fit {len(places)} axes")
    full = [0] * (2 * rank)
    for number, place in enumerate(places):
        full[place], full[rank + place] = pads[number], pads[len(places) + number]
    return node.builder.pad(x, full, value.reshape(()))


def cast(node: Node) -> Value:
    """Change the type, from floats to floats that are not shorter."""
    import onnx

    to = node.attribute("to", 0)
    if to not in (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE):
        raise UnsupportedOperatorError(
            f"a cast of the data to {onnx.TensorProto.DataType.Name(to)} is not piecewise linear; "
            "only FLOAT and DOUBLE are read"
        )
    return node.data()


def shape(node: Node) -> Constant:
    """The shape of the data, which does not depend on the input."""
    found = node.operand(0)
    sizes = found.array.shape if isinstance(found, Constant) else node.data().shape
    chosen = sizes[node.attribute("start", 0) : node.attributes.get("end")]
    return Constant("", np.array(chosen, dtype=np.int64))
