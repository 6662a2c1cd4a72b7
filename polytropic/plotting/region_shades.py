"""Colours of the regions of a network, in any of three ways."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from matplotlib import colormaps
from matplotlib.colors import Normalize

from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.networks.regions import RegionComplex
from polytropic.plotting.colours import neighbourly, palette

__all__ = ["COLOURINGS", "COLOURMAP", "Shades", "value_limits"]

COLOURINGS: Final = ("affine map", "pattern", "value")
COLOURMAP: Final = "cividis"


@dataclass(frozen=True, eq=False)
class Shades:
    """Colours of the cells of a complex, in any of three ways."""

    regions: RegionComplex
    colour_by: str

    def of_cells(self, centres: FloatArray) -> FloatArray:
        """Colour of every cell, given a point of each, shape (n, 3)."""
        if self.colour_by == "value":
            values = self.values(centres)
            scaled: FloatArray = colormaps[COLOURMAP](Normalize(*value_limits(values))(values))
            return scaled[:, :3]
        return palette(self.labels)

    def values(self, centres: FloatArray) -> FloatArray:
        """First output at the given points, in floats."""
        return self.regions.network(centres)[:, 0]

    @cached_property
    def labels(self) -> IntArray:
        """Colours as numbers: different for neighbours with different maps (or patterns).

        Regions with one affine map have one colour, wherever they are.
        """
        pairs = self.regions.adjacency
        if self.colour_by == "pattern":
            return neighbourly(len(self.regions), pairs)
        maps = self.regions.affine_labels
        return neighbourly(self.regions.n_affine_maps, maps[pairs])[maps]


def value_limits(values: FloatArray) -> tuple[float, float]:
    """Ends of the scale of colours; never the same, even for a constant."""
    low, high = float(values.min()), float(values.max())
    return (low, high) if low < high else (low - 0.5, high + 0.5)
