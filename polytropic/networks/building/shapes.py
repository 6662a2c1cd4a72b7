"""The part of `Builder` that moves numbers about and computes nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, IntArray, Numbers, exact
from polytropic.errors import InputError
from polytropic.networks.building.values import BuilderBase, Value

__all__ = ["ShapeOperations", "pairs_of_pads"]


class ShapeOperations(BuilderBase):
    """Reshaping, reordering, picking, joining and padding; none of it makes a layer."""

    def reshape(self, x: Value, shape: int | Sequence[int]) -> Value:
        """Give other lengths to the axes, C order; one of them may be -1."""
        wires = self._wires("reshape", x)
        wanted = [int(size) for size in np.atleast_1d(np.asarray(shape, dtype=object)).tolist()]
        known = math.prod(size for size in wanted if size != -1)
        if wanted.count(-1) == 1 and known > 0:
            wanted[wanted.index(-1)] = x.size // known
        if min(wanted, default=1) < 0 or math.prod(wanted) != x.size:
            raise InputError(f"reshape: values of shape {x.shape} cannot take the shape {shape}")
        return Value(self, wires.reshape(wanted))

    def flatten(self, x: Value) -> Value:
        """Make one axis of all, C order."""
        return Value(self, self._wires("flatten", x).reshape(-1))

    def transpose(self, x: Value, order: Sequence[int] | None = None) -> Value:
        """Reorder the axes; by default reverse them."""
        wires = self._wires("transpose", x)
        axes = list(range(x.ndim))[::-1] if order is None else [int(axis) for axis in order]
        if sorted(axis % max(x.ndim, 1) for axis in axes) != list(range(x.ndim)):
            raise InputError(f"transpose: {tuple(axes)} is no order of {x.ndim} axes")
        return Value(self, wires.transpose(axes))

    def take(self, x: Value, indices: int | Sequence[int] | IntArray, axis: int = 0) -> Value:
        """Pick positions along an axis; a single integer drops the axis, as in NumPy."""
        wires = self._wires("take", x)
        axis = self._axis("take", axis, x.ndim)
        chosen = np.asarray(indices)
        if chosen.dtype.kind not in "iu":
            raise InputError("take: indices must be whole numbers")
        size = x.shape[axis]
        if chosen.size and not (-size <= chosen.min() and chosen.max() < size):
            raise InputError(f"take: an index lies outside the {size} positions of axis {axis}")
        self._check_size("take", (wires.size // max(size, 1), chosen.size))
        return Value(self, np.asarray(wires.take(chosen % size, axis=axis)))

    def concat(self, values: Sequence[Value], axis: int = 0) -> Value:
        """Join values along an axis."""
        parts = self._many("concat", values)
        axis = self._axis("concat", axis, parts[0].ndim)
        shapes = [part.shape[:axis] + part.shape[axis + 1 :] for part in parts]
        if any(part.ndim != parts[0].ndim for part in parts) or len(set(shapes)) > 1:
            listed = ", ".join(str(part.shape) for part in parts)
            raise InputError(f"concat: shapes {listed} do not fit along axis {axis}")
        self._check_size("concat", (sum(part.size for part in parts),))
        return Value(self, np.concatenate(parts, axis))

    def stack(self, values: Sequence[Value], axis: int = 0) -> Value:
        """Join values of one shape along a new axis."""
        parts = self._many("stack", values)
        if len({part.shape for part in parts}) > 1:
            raise InputError(f"stack: shapes {[part.shape for part in parts]} differ")
        axis = self._axis("stack", axis, parts[0].ndim + 1)
        self._check_size("stack", (len(parts), *parts[0].shape))
        return Value(self, np.stack(parts, axis))

    def pad(self, x: Value, pads: int | Sequence[int], value: Numbers = 0) -> Value:
        """Put constants around a value.

        Parameters
        ----------
        x : Value
        pads : int or sequence of int
            On all axes, per axis, or all beginnings and then all ends; negative pads cut off.
        value : number
        """
        wires = self._wires("pad", x)
        before, after = pairs_of_pads("pad", pads, x.ndim)
        shape = [n + a + b for n, a, b in zip(x.shape, before, after, strict=True)]
        if min(shape, default=1) < 0:
            raise InputError(f"pad: pads {pads} cut off more than the shape {x.shape} has")
        self._check_size("pad", shape)
        cuts = zip(x.shape, before, after, strict=True)
        wires = wires[tuple(slice(max(-a, 0), n - max(-b, 0)) for n, a, b in cuts)]
        fill = self._graph.constants(exact(value, "the value of pad", ndim=0).reshape(1))
        around = [(max(a, 0), max(b, 0)) for a, b in zip(before, after, strict=True)]
        return Value(self, np.pad(wires, around, constant_values=int(fill[0])))

    def _zeros(self, count: int) -> ExactArray:
        return ExactArray.of_floats(np.zeros(count))


def pairs_of_pads(
    op: str, pads: int | Sequence[int], rank: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Pads at the beginning and at the end of every axis."""
    given = [int(pad) for pad in np.atleast_1d(np.asarray(pads, dtype=object)).tolist()]
    if len(given) == 1 and (rank == 1 or np.ndim(pads) == 0):
        given = given * rank
    if len(given) == rank:
        given = given * 2
    if len(given) != 2 * rank:
        raise InputError(
            f"{op}: pads {pads} fit no {rank} axes; give one number, one per axis, or all "
            "beginnings and then all ends"
        )
    return tuple(given[:rank]), tuple(given[rank:])
