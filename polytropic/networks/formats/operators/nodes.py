"""One node of an ONNX graph, with what it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, exact, exact_scalar
from polytropic.errors import FormatError, UnsupportedOperatorError
from polytropic.networks.building import Builder, Value

__all__ = ["Constant", "Node", "Operand", "Shape", "counted_axis", "scaled"]

Shape: TypeAlias = tuple[int, ...]


class Constant(NamedTuple):
    """An array in the file and what the file calls it.

    What is computed from floats in the file is kept as fractions.
    """

    name: str
    array: NDArray[Any]


Operand: TypeAlias = Value | Constant


@dataclass(frozen=True)
class Node:
    """One ONNX node.

    Attributes
    ----------
    kind : str
        The operator.
    inputs : tuple of Value, Constant or None
        Values depend on the input of the graph; None is an input that is left out.
    attributes : mapping
    opset : int
    builder : Builder
    n_outputs : int
    """

    kind: str
    inputs: tuple[Operand | None, ...]
    attributes: Mapping[str, Any]
    opset: int
    builder: Builder
    n_outputs: int = 1

    def operand(self, position: int) -> Operand | None:
        """Return an input that may be omitted."""
        return self.inputs[position] if position < len(self.inputs) else None

    def data(self, position: int = 0) -> Value:
        """Return an input that depends on the input of the graph."""
        found = self.operand(position)
        if found is None:
            raise FormatError(f"input {position + 1} is missing")
        if isinstance(found, Constant):
            return self.builder.constant(self._finite(found, position))
        return found

    def constant(self, position: int) -> Constant | None:
        """Return an input that must not depend on the input of the graph, and may be omitted."""
        found = self.operand(position)
        if isinstance(found, Value):
            raise UnsupportedOperatorError(
                f"input {position + 1} depends on the input of the graph; it is read only if it "
                "is a constant"
            )
        return found

    def floats(self, position: int) -> Constant:
        """Return a constant that holds real numbers."""
        found = self.constant(position)
        if found is None:
            raise FormatError(f"input {position + 1} is missing")
        self._finite(found, position)
        return found

    def exact(self, position: int) -> ExactArray:
        """Return a constant that holds real numbers, exactly."""
        found = self.floats(position)
        return exact(found.array, repr(found.name))

    @staticmethod
    def _finite(constant: Constant, position: int) -> NDArray[Any]:
        name, array = constant
        if array.dtype.kind == "O":
            return array
        # Formats of eight bits and fewer are of this kind too, but NumPy does not know them.
        if array.dtype.kind != "f" or array.dtype.num > 25:
            raise FormatError(f"{name!r} holds {array.dtype}; weights are floats")
        if not array.size:
            raise FormatError(f"{name!r} is empty: its shape is {array.shape}")
        bad = np.argwhere(~np.isfinite(array))
        if len(bad):
            where = [int(axis) for axis in bad[0]]
            raise FormatError(f"{name!r}{where} is {array[tuple(where)]}; weights must be finite")
        return array

    def integers(self, position: int) -> list[int]:
        """Return a constant that holds whole numbers, such as a shape."""
        found = self.constant(position)
        if found is None or found.array.dtype.kind != "i" or found.array.ndim != 1:
            raise FormatError(f"input {position + 1} must be a list of whole numbers")
        return [int(value) for value in found.array]

    def integers_if_any(self, name: str, position: int, *, since: int) -> list[int] | None:
        """Return whole numbers that were an attribute before an opset and are an input now."""
        if self.opset < since:
            listed: Sequence[int] | None = self.attributes.get(name)
            return None if listed is None else [int(value) for value in listed]
        return None if self.operand(position) is None else self.integers(position)

    def attribute(self, name: str, default: Any) -> Any:
        """Return an attribute, or what it is when it is left out."""
        return self.attributes.get(name, default)


def counted_axis(axis: int, rank: int, end: int | None = None) -> int:
    """Count a negative axis from `rank`, and refuse one that is not below `end`."""
    counted = axis + rank if axis < 0 else axis
    if not 0 <= counted < (rank if end is None else end):
        raise FormatError(f"axis {axis} is outside the {rank} axes of the data")
    return counted


def scaled(array: ExactArray, factor: float, name: str) -> ExactArray:
    """Array times a factor of the node."""
    return array if factor == 1 else array * exact_scalar(factor, name)
