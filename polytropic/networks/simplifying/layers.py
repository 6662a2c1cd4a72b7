"""Layers under work: mutable here, and nowhere else."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, ObjectArray, exact
from polytropic.networks.layer import Layer

__all__ = ["ADDED", "LINEAR", "WorkingLayer", "stored", "vector"]

ADDED = -1
"""The name of units that the original layer did not have."""

LINEAR = Fraction(1)
"""The slope of units without activation."""

Line = tuple[int, ...]


class WorkingLayer:
    """A layer under work: its rows, and per unit a bias, a threshold, a slope and a name."""

    def __init__(self, layer: Layer, number: int, notes: dict[str, list[Any]]) -> None:
        size = layer.n_outputs
        self.number = number
        self.names = list(range(size))
        self.weight = layer.dense_weight
        self.bias: list[Fraction] = layer.bias.to_fractions().tolist()
        zero = ExactArray.zeros(size)
        if layer.threshold is None:
            self.threshold, self.slope = [Fraction(0)] * size, [LINEAR] * size
        else:
            self.threshold = layer.threshold.to_fractions().tolist()
            self.slope = (zero if layer.slope is None else layer.slope).to_fractions().tolist()
        self._original: Layer | None = layer
        self._notes = notes

    def note(self, kind: str, item: Any) -> None:
        """Remember what happened to a unit of the original layer."""
        if item != ADDED:
            self._notes.setdefault(kind, []).append(item)

    def touch(self) -> None:
        """Forget the original layer, which this one no longer equals."""
        self._original = None

    def frozen(self) -> Layer:
        """The layer as a value; what was not changed is the original object."""
        if self._original is None:
            self._original = Layer(
                stored(self.weight),
                vector(self.bias),
                *map(vector, (self.threshold, self.slope)),
            )
        return self._original

    def activate(self, unit: int, z: Fraction) -> Fraction:
        """Value of a unit where its affine form is z."""
        t, s = self.threshold[unit], self.slope[unit]
        return z if s == LINEAR or z >= t else t + s * (z - t)

    def zero_rows(self) -> list[int]:
        """Units whose affine form is constant."""
        rows = self.weight.floats
        nonzero = (self.weight.numerators if rows is None else rows) != 0
        return np.flatnonzero(~nonzero.any(axis=1)).tolist()

    def keep(self, units: Sequence[int]) -> None:
        """Keep some units only, in the order given."""
        self.touch()
        self.weight = self.weight[list(units)]
        for name in ("names", "bias", "threshold", "slope"):
            entries = getattr(self, name)
            setattr(self, name, [entries[unit] for unit in units])

    def make_linear(self, units: Sequence[int], *, below: bool) -> None:
        """Take activations away from units that are nowhere above (below) their thresholds."""
        if not units:
            return
        if below:
            slopes = [self.slope[unit] for unit in units]
            self.scale(units, slopes)
            for unit, s in zip(units, slopes, strict=True):
                self.bias[unit] += (1 - s) * self.threshold[unit]
        self.touch()
        for unit in units:
            self.threshold[unit], self.slope[unit] = Fraction(0), LINEAR

    def scale(self, units: Sequence[int], factors: Sequence[Fraction]) -> None:
        """Multiply the affine forms of some units."""
        self.touch()
        for unit, factor in zip(units, factors, strict=True):
            self.bias[unit] *= factor
        rows = [self.weight[unit : unit + 1] * f for unit, f in zip(units, factors, strict=True)]
        scaled = stored(ExactArray.concatenate(rows))
        order = np.arange(len(self.names))
        order[list(units)] = len(order) + np.arange(len(units))
        self.weight = ExactArray.concatenate([self.weight, scaled])[order]

    def add_to_bias(self, amounts: Iterable[Fraction]) -> None:
        """Add a constant to every affine form."""
        self.touch()
        self.bias = [b + a for b, a in zip(self.bias, amounts, strict=True)]

    def lines(self) -> dict[tuple[bool, Line], list[tuple[int, Fraction]]]:
        """Units that are multiples of each other: ``(unit, factor)`` by their primitive row.

        Units with an activation are compared by their distance from the threshold, so that those
        of one key vanish on one hyperplane; those without by their linear part alone.
        """
        found = defaultdict(list)
        for unit, row in enumerate(self.weight.numerators.tolist()):
            linear = self.slope[unit] == LINEAR
            offset = Fraction(0) if linear else self.bias[unit] - self.threshold[unit]
            line, factor = _primitive(row, self.weight.denominator, offset)
            found[linear, line].append((unit, factor))
        return found


def _primitive(row: list[int], denominator: int, offset: Fraction) -> tuple[Line, Fraction]:
    """The integer row without common divisor, its first entry positive, and the factor to it."""
    common = math.lcm(denominator, offset.denominator)
    integers = [entry * (common // denominator) for entry in row]
    integers.append(offset.numerator * (common // offset.denominator))
    divisor = math.gcd(*integers) or 1
    if next((entry for entry in integers if entry), 1) < 0:
        divisor = -divisor
    return tuple([entry // divisor for entry in integers]), Fraction(divisor, common)


def vector(numbers: list[Fraction]) -> ExactArray:
    """An array of fractions, shape (n,)."""
    array: ObjectArray = np.empty(len(numbers), dtype=object)
    array[:] = numbers
    return stored(exact(array))


def stored(array: ExactArray) -> ExactArray:
    """The same numbers, stored in float64 if that holds them."""
    if array.floats is None:
        floats = array.to_float()
        if np.isfinite(floats).all() and (short := ExactArray.of_floats(floats)) == array:
            return short
    return array
