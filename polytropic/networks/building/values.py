"""Values: tensors of wires, which a `Builder` reads and makes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, Numbers, exact
from polytropic.errors import InputError
from polytropic.networks.building.wires import MAX_VALUES, WireArray, Wires

__all__ = ["BuilderBase", "Value"]


class Value:
    """A tensor inside a network that is being built: its numbers are known when it runs.

    Made by a `Builder`.  Indexing with integers, slices or arrays, as in NumPy, picks numbers out
    of it and costs nothing.

    Attributes
    ----------
    shape : tuple of int
        Without a batch axis.
    size : int
    """

    __slots__ = ("_wires", "builder")

    def __init__(self, builder: BuilderBase, wires: WireArray) -> None:
        self.builder = builder
        self._wires = wires

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes."""
        return self._wires.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._wires.ndim

    @property
    def size(self) -> int:
        """Number of numbers."""
        return self._wires.size

    def __getitem__(self, key: Any) -> Value:
        try:
            return Value(self.builder, np.asarray(self._wires[key]))
        except IndexError as problem:
            raise InputError(f"a value of shape {self.shape} has no [{key}]: {problem}") from None

    def __repr__(self) -> str:
        return f"Value(shape {self.shape})"


class BuilderBase:
    """What all parts of a `Builder` share: the wires, and how arguments are read."""

    def __init__(self, input_shape: int | Sequence[int]) -> None:
        shape = tuple(np.atleast_1d(np.asarray(input_shape, dtype=object)).tolist())
        if not all(isinstance(size, int) and size > 0 for size in shape):
            raise InputError(f"input_shape must hold positive whole numbers, got {input_shape}")
        self._check_size("the input", shape)
        self._graph = Wires(math.prod(shape))
        self._input = Value(self, np.arange(math.prod(shape)).reshape(shape))

    @property
    def input(self) -> Value:
        """The input of the network."""
        return self._input

    def constant(self, values: Numbers) -> Value:
        """A tensor of fixed numbers, to be joined with others.

        Examples
        --------
        >>> from polytropic.networks.building import Builder
        >>> b = Builder(2)
        >>> b.network(b.concat([b.input, b.constant([7])]))([1.0, 2.0])
        array([1., 2., 7.])
        """
        array = exact(values, "the constant")
        self._check_size("constant", array.shape)
        return self._constant(array)

    def constant_values(self, x: Value) -> ExactArray:
        """Exact numbers of a value that does not depend on the input.

        Raises
        ------
        InputError
            If it does.
        """
        wires = self._wires("constant_values", x).ravel()
        if not self._graph.are_constant(wires).all():
            raise InputError("constant_values: the value depends on the input of the network")
        values = self._graph.constant_values(wires)
        return values.reshape(*x.shape) if x.ndim else values[0]

    # -- arguments -----------------------------------------------------------------------------
    def _wires(self, op: str, value: Value) -> WireArray:
        if not isinstance(value, Value):
            raise InputError(f"{op}: expected a Value of this builder, got {type(value).__name__}")
        if value.builder is not self:
            raise InputError(f"{op}: the value belongs to another Builder")
        return value._wires

    def _many(self, op: str, values: Sequence[Value]) -> list[WireArray]:
        found = [self._wires(op, value) for value in values]
        if not found:
            raise InputError(f"{op}: at least one value is needed")
        return found

    def _constant(self, array: ExactArray) -> Value:
        wires = self._graph.constants(array.reshape(math.prod(array.shape)))
        return Value(self, wires.reshape(array.shape))

    @staticmethod
    def _check_size(op: str, shape: Sequence[int]) -> None:
        if math.prod(shape) > MAX_VALUES:
            raise InputError(
                f"{op}: a tensor of shape {tuple(shape)} has {math.prod(shape)} values; at most "
                f"{MAX_VALUES} are read"
            )

    def _broadcast(self, op: str, *shapes: tuple[int, ...]) -> tuple[int, ...]:
        # By hand: NumPy would refuse shapes of huge products with an error of its own.
        rank = max(map(len, shapes))
        padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
        result = []
        for sizes in zip(*padded, strict=True):
            long = {size for size in sizes if size != 1}
            if len(long) > 1:
                listed = ", ".join(str(tuple(shape)) for shape in shapes)
                raise InputError(f"{op}: shapes {listed} do not fit together")
            result.append(long.pop() if long else 1)
        self._check_size(op, result)
        return tuple(result)

    def _spread(self, op: str, array: ExactArray, shape: tuple[int, ...]) -> ExactArray:
        """Array repeated to a shape, flattened."""
        if self._broadcast(op, array.shape, shape) != shape:
            raise InputError(f"{op}: constants of shape {array.shape} do not fit values {shape}")
        flat = math.prod(array.shape)
        places = np.broadcast_to(np.arange(flat).reshape(array.shape), shape).ravel()
        return array.reshape(flat)[places]

    @staticmethod
    def _axis(op: str, axis: int, rank: int) -> int:
        if not -rank <= axis < rank:
            raise InputError(f"{op}: there is no axis {axis} among {rank} axes")
        return axis % rank

    def _per_channel(
        self, op: str, array: ExactArray, shape: tuple[int, ...], axis: int
    ) -> ExactArray:
        """Array of shape (C,) as one that is constant on all axes but one."""
        axis = self._axis(op, axis, len(shape))
        if array.shape != (shape[axis],):
            raise InputError(
                f"{op}: {array.shape} constants for the {shape[axis]} channels on axis {axis}"
            )
        wide = [1] * len(shape)
        wide[axis] = shape[axis]
        return self._spread(op, array.reshape(*wide), shape)
