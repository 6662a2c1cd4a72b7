"""Colours of the regions of a network, by what the network does on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Normalize

from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.errors import InputError
from polytropic.networks.network import Network
from polytropic.networks.regions import RegionComplex
from polytropic.plotting.colours import neighbourly, palette

__all__ = ["COLOURINGS", "COLOURMAP", "Shades", "gradients", "value_limits"]

COLOURINGS: Final = ("affine map", "pattern", "value", "gradient")
COLOURMAP: Final = "cividis"

_NAMES: Final = {"value": "value of the network", "gradient": "norm of the gradient"}
_BLOCK: Final = 4096


@dataclass(frozen=True, eq=False)
class Shades:
    """Colours of the cells of a complex.

    Parameters
    ----------
    regions : RegionComplex
    colour_by : str or array_like, shape (n,)
        One of `COLOURINGS`; or one integer (a label) or one float (a value) for every region.
    output : int
        Which output has the value and the gradient.
    """

    regions: RegionComplex
    colour_by: Any
    output: int = 0

    def __post_init__(self) -> None:
        n_outputs = self.regions.network.n_outputs
        if not 0 <= self.output < n_outputs:
            raise InputError(f"output {self.output}: the outputs are numbered 0 to {n_outputs - 1}")
        if isinstance(self.colour_by, str):
            if self.colour_by not in COLOURINGS:
                names = " or ".join(map(repr, COLOURINGS))
                raise InputError(f"colour_by={self.colour_by!r}: choose {names}")
        elif self._given.shape != (len(self.regions),) or self._given.dtype.kind not in "biuf":
            raise InputError(
                f"colour_by must be one of {COLOURINGS}, or {len(self.regions)} numbers, one for "
                "every region"
            )

    @cached_property
    def _given(self) -> Any:
        try:
            return np.asarray(self.colour_by)
        except ValueError as problem:
            raise InputError(f"colour_by must be a name or numbers: {problem}") from problem

    @property
    def is_scale(self) -> bool:
        """Whether colours are those of numbers on a scale."""
        if isinstance(self.colour_by, str):
            return self.colour_by in _NAMES
        return bool(self._given.dtype.kind == "f")

    @property
    def name(self) -> str:
        """What the scale measures."""
        return _NAMES[self.colour_by] if isinstance(self.colour_by, str) else ""

    def of_cells(self, centres: FloatArray) -> FloatArray:
        """Colour of every cell, given a point of each, shape (n, 3)."""
        if not self.is_scale:
            return palette(self.labels)
        values = self.values(centres)
        scaled: FloatArray = colormaps[COLOURMAP](Normalize(*value_limits(values))(values))
        return scaled[:, :3]

    def values(self, centres: FloatArray, shown: Any = slice(None)) -> FloatArray:
        """Numbers on the scale for some cells, given a point of each of them, in floats."""
        if not isinstance(self.colour_by, str):
            return np.asarray(self._given[shown], dtype=np.float64)
        if self.colour_by == "value":
            return self.regions.network(centres)[:, self.output]
        return np.linalg.norm(gradients(self.regions, self.output)[shown], axis=1)

    @cached_property
    def labels(self) -> IntArray:
        """Colours as numbers: different for neighbours with different maps (or patterns).

        Regions with one affine map have one colour, wherever they are.
        """
        if not isinstance(self.colour_by, str):
            labels = np.unique(self._given, return_inverse=True)[1]
            return np.asarray(labels, dtype=np.int64).reshape(-1)
        pairs = self.regions.adjacency
        if self.colour_by == "pattern":
            return neighbourly(len(self.regions), pairs)
        maps = self.regions.affine_labels
        return neighbourly(self.regions.n_affine_maps, maps[pairs])[maps]


def gradients(regions: RegionComplex, output: int = 0) -> FloatArray:
    """Gradients of one output on all regions, in floats, shape (n, d).

    Examples
    --------
    >>> from polytropic import Polytope, linear_regions
    >>> net = Network.from_layers([([[1, 0], [0, 1]], [0, 0]), ([[3, 4]], [0])])
    >>> regions = linear_regions(net, Polytope.box(-1, 1, dim=2))
    >>> sorted(gradients(regions).tolist())
    [[0.0, 0.0], [0.0, 4.0], [3.0, 0.0], [3.0, 4.0]]
    """
    active = regions.active_units
    blocks = [
        _backwards(regions.network, active[start : start + _BLOCK], output)
        for start in range(0, len(active), _BLOCK)
    ]
    return np.concatenate([np.empty((0, regions.network.n_inputs)), *blocks])


def _backwards(network: Network, active: Any, output: int) -> FloatArray:
    """Multiply the weights from the last layer to the first, units as they are active."""
    rows = np.zeros((len(active), network.n_outputs))
    rows[:, output] = 1.0
    end = active.shape[1]
    for layer in reversed(network.layers):
        tested = layer.tested
        states = active[:, end - len(tested) : end]
        end -= len(tested)
        rows[:, tested] *= np.where(states, 1.0, layer.float_slope[tested])
        rows = rows @ layer.dense_weight.to_float()
    return rows


def value_limits(values: FloatArray) -> tuple[float, float]:
    """Ends of the scale of colours; never the same, even for a constant."""
    low, high = float(values.min()), float(values.max())
    return (low, high) if low < high else (low - 0.5, high + 0.5)
