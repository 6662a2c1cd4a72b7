"""One use of a layer of Keras: its settings, its weights and the order of its axes.

Values have no batch axis here, while the axes in a description count it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from polytropic.errors import FormatError, UnsupportedOperatorError
from polytropic.networks.building import Builder, Value
from polytropic.networks.formats.keras_activations import activated

__all__ = ["LayerCall"]


@dataclass(frozen=True)
class LayerCall:
    """One use of one layer.

    Attributes
    ----------
    b : Builder
    config : mapping
    arrays : list of ndarray
        Weights in the order in which Keras keeps them.
    version : int
    backend : str or None
    without_softmax : bool
        Whether a softmax or sigmoid at the end of this layer is to be left out.
    """

    b: Builder
    config: Mapping[str, Any]
    arrays: Sequence[NDArray[Any]]
    version: int
    backend: str | None
    without_softmax: bool

    def weights(self, *required: str, optional: str | None = None) -> list[NDArray[Any]]:
        """Return the arrays, as many as there must be."""
        most = len(required) + (optional is not None)
        if not len(required) <= len(self.arrays) <= most:
            raise FormatError(
                f"it has {len(self.arrays)} arrays of weights, but needs {', '.join(required)}"
                + (f" and at most {optional}" if optional else "")
            )
        return list(self.arrays)

    def integers(self, key: str, count: int) -> list[int]:
        """Return positive whole numbers, one for all axes or `count` of them."""
        value = self.config[key]
        listed = [value] * count if isinstance(value, int) else value
        if (
            not isinstance(listed, list)
            or len(listed) != count
            or not all(type(entry) is int and entry > 0 for entry in listed)
        ):
            raise FormatError(f"{key} is {value!r}, but must hold {count} positive whole numbers")
        return listed

    def number(self, key: str, default: float) -> float:
        """Return a number."""
        value = self.config.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise FormatError(f"{key} is {value!r}, but must be a number")
        return float(value)

    @property
    def channels_last(self) -> bool:
        """Whether the channels are the last axis."""
        order = self.config.get("data_format") or "channels_last"
        if order not in ("channels_last", "channels_first"):
            raise FormatError(f"data_format is {order!r}")
        return bool(order == "channels_last")

    def activated(self, x: Value) -> Value:
        """Apply the activation that belongs to the layer."""
        found = self.config.get("activation")
        return activated(self.b, x, found, without_softmax=self.without_softmax)

    # -- the order of axes -----------------------------------------------------------------------
    def channels_to_front(self, x: Value, rank: int | None = None) -> Value:
        """Return the value as (C, *spatial)."""
        if x.ndim < 2 or (rank is not None and x.ndim != rank + 1):
            raise FormatError(f"it does not take values of shape {x.shape}")
        if not self.channels_last:
            return x
        return self.b.transpose(x, [x.ndim - 1, *range(x.ndim - 1)])

    def channels_back(self, x: Value) -> Value:
        """Undo `channels_to_front`."""
        return self.b.transpose(x, [*range(1, x.ndim), 0]) if self.channels_last else x

    def axis(self, axis: Any, rank: int) -> int:
        """Axis of a value, from one that counts the batch axis."""
        if type(axis) is not int or not (1 <= axis <= rank or -rank <= axis < 0):
            raise FormatError(
                f"axis is {axis!r}, but the values have {rank} axes without the batch"
            )
        return axis - 1 if axis > 0 else axis + rank

    def pads(
        self, sizes: Sequence[int], reaches: Sequence[int], strides: Sequence[int]
    ) -> list[int]:
        """Zeros at the beginnings and at the ends that the padding of the layer means."""
        kind = self.config.get("padding", "valid")
        if kind == "valid":
            return [0] * (2 * len(sizes))
        if kind == "causal":
            return [reach - 1 for reach in reaches] + [0] * len(sizes)
        if kind != "same":
            raise UnsupportedOperatorError(f"padding {kind!r} is not read")
        totals = [
            max((-(-size // stride) - 1) * stride + reach - size, 0)
            for size, reach, stride in zip(sizes, reaches, strides, strict=True)
        ]
        return [total // 2 for total in totals] + [total - total // 2 for total in totals]
