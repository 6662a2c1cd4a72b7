"""Tournaments of affine functions: layers of ReLU units that play maxima and minima in pairs.

``max(a, b) = relu(a - b) + relu(b) - relu(-b)`` and ``min(a, b) = relu(b) - relu(-b) -
relu(b - a)``, so one round takes one hidden layer, after which every value is a sum of units.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.arithmetic.sparse_arrays import SparseArray
from polytropic.networks.network import Layer, Network

__all__ = ["Match", "Tournament", "rounds_needed"]

Match: TypeAlias = "tuple[Literal['max', 'min'], int, int] | tuple[Literal['keep'], int]"
"""Two values of which one survives, or one that is kept."""

_Form: TypeAlias = "dict[int, Fraction]"
_MOST_DENSE = 1 << 16  # entries


def rounds_needed(count: int) -> int:
    """Rounds until one of so many is left: ``ceil(log2 count)``."""
    return max(count - 1, 0).bit_length()


class Tournament:
    """Values that are affine in the units of the last layer so far.

    Parameters
    ----------
    n_inputs : int
    values : list of (sequence, number)
        The affine functions ``<a, x> + c`` that take part.
    """

    def __init__(self, n_inputs: int, values: Sequence[tuple[Sequence[Fraction], Fraction]]):
        self.width = n_inputs
        self.layers: list[Layer] = []
        self.forms: list[_Form] = [
            {j: entry for j, entry in enumerate(row) if entry} for row, _ in values
        ]
        self.constants = [constant for _, constant in values]

    def play(self, matches: Sequence[Match]) -> None:
        """Play one round; value i afterwards is the result of match i."""
        units: dict[tuple[int, int | None], int] = {}
        forms = []
        for match in matches:
            forms.append(self._play_one(match, units))
        rows, biases = [], []
        for plus, minus in units:
            row, bias = self._difference(plus, minus)
            rows.append(row)
            biases.append(bias)
        self._append(rows, biases, activated=True)
        self.forms, self.constants = forms, [Fraction(0)] * len(forms)

    def _play_one(self, match: Match, units: dict[tuple[int, int | None], int]) -> _Form:
        """The result as a sum of units ``relu(value - value)``, which are added as needed."""

        def unit(plus: int, minus: int | None) -> int:
            return units.setdefault((plus, minus), len(units))

        form: _Form = {}
        kept = match[-1]
        form[unit(kept, None)] = Fraction(1)
        form[unit(-1 - kept, None)] = Fraction(-1)
        if match[0] == "max":
            form[unit(match[1], kept)] = Fraction(1)
        elif match[0] == "min":
            form[unit(kept, match[1])] = Fraction(-1)
        return form

    def _difference(self, plus: int, minus: int | None) -> tuple[_Form, Fraction]:
        """Row of the unit ``plus - minus``; ``-1 - i`` stands for the negative of value i."""
        if minus is None and plus < 0:
            form = self.forms[-1 - plus]
            return {j: -entry for j, entry in form.items()}, -self.constants[-1 - plus]
        row = dict(self.forms[plus])
        if minus is None:
            return row, self.constants[plus]
        for j, entry in self.forms[minus].items():
            row[j] = row.get(j, Fraction(0)) - entry
        return row, self.constants[plus] - self.constants[minus]

    def finish(self, outputs: Sequence[dict[int, int]]) -> Network:
        """Close with the linear layer whose outputs are sums of multiples of values."""
        rows, biases = [], []
        for output in outputs:
            row: _Form = {}
            for value, factor in output.items():
                for j, entry in self.forms[value].items():
                    row[j] = row.get(j, Fraction(0)) + factor * entry
            rows.append(row)
            biases.append(sum((factor * self.constants[v] for v, factor in output.items()),
                              Fraction(0)))  # fmt: skip
        self._append(rows, biases, activated=False)
        return Network(tuple(self.layers))

    def _append(self, rows: list[_Form], biases: list[Fraction], activated: bool) -> None:
        bias = exact(np.array(biases, dtype=object))
        threshold = ExactArray.zeros(len(rows)) if activated else None
        self.layers.append(Layer(_matrix(rows, self.width), bias, threshold))
        self.width = len(rows)


def _matrix(rows: list[_Form], width: int) -> ExactArray | SparseArray:
    entries = [(i, j, entry) for i, row in enumerate(rows) for j, entry in row.items() if entry]
    if len(rows) * width <= _MOST_DENSE or not entries:
        dense = np.full((len(rows), width), 0, dtype=object)
        for i, j, entry in entries:
            dense[i, j] = entry
        return exact(dense)
    places, columns, values = zip(*entries, strict=True)
    data = exact(np.array(values, dtype=object))
    return SparseArray.of_entries(places, columns, data, (len(rows), width))
