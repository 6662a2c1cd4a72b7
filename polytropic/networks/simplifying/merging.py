"""Units of one layer that are functions of each other, merged."""

from __future__ import annotations

from fractions import Fraction

from polytropic.arithmetic.numbers import ExactArray
from polytropic.networks.simplifying.layers import ADDED, LINEAR, WorkingLayer, stored

__all__ = ["Merger"]


class Merger:
    """Merges units of a layer, and collects what that changes in the layer above."""

    def __init__(self, here: WorkingLayer, above: WorkingLayer) -> None:
        self.here, self.above = here, above
        self.gone: set[int] = set()
        self.columns: dict[int, ExactArray] = {}

    def column(self, unit: int) -> ExactArray:
        """Outgoing weights of a unit, as they are by now."""
        return self.columns.get(unit, self.above.weight[:, unit])

    def run(self, passing: bool) -> bool:
        """Merge whatever can be merged; whether there was anything."""
        changed = False
        for (linear, _), members in self.here.lines().items():
            if len(members) == 1:
                continue
            if linear:
                kept, scale = members[0]
                for unit, factor in members[1:]:
                    ratio = factor / scale
                    shift = self.here.bias[unit] - ratio * self.here.bias[kept]
                    self._absorb(kept, unit, ratio, shift)
                changed = True
                continue
            left = self._merge_equal_kinds(members)
            changed |= len(left) < len(members)
            if passing and len(left) > 1:
                self._merge_hyperplane(left)
                changed = True
        if changed:
            self._write()
        return changed

    def _absorb(self, kept: int, unit: int, ratio: Fraction, shift: Fraction) -> None:
        """``unit = ratio * kept + shift``: the outgoing weights of kept grow."""
        column = self.column(unit)
        self.columns[kept] = self.column(kept) + column * ratio
        self._shift(column * shift)
        self._remove(kept, unit)

    def _shift(self, amounts: ExactArray) -> None:
        self.above.add_to_bias(amounts.to_fractions().tolist())

    def _remove(self, kept: int, unit: int) -> None:
        self.gone.add(unit)
        names = self.here.names
        if ADDED not in (names[kept], names[unit]):
            self.here.note("merged", (names[kept], names[unit]))

    def _merge_equal_kinds(self, members: list[tuple[int, Fraction]]) -> list[tuple[int, Fraction]]:
        """Merge positive multiples of equal slope; absolute values also with negative ones."""
        kinds: dict[tuple[bool, Fraction], tuple[int, Fraction]] = {}
        t = self.here.threshold
        for unit, factor in members:
            slope = self.here.slope[unit]
            kind = (factor > 0 or slope == -1, slope)
            kept, scale = kinds.setdefault(kind, (unit, factor))
            if kept != unit:
                ratio = abs(factor / scale)
                self._absorb(kept, unit, ratio, t[unit] - ratio * t[kept])
        return list(kinds.values())

    def _merge_hyperplane(self, members: list[tuple[int, Fraction]]) -> None:
        """Replace units by at most one with an activation and one without.

        In terms of ``u``, the form of the first unit minus its threshold, all of them together
        add ``above * u`` to the layer above where u > 0, and ``below * u`` where u < 0.
        """
        here, (first, scale) = self.here, members[0]
        above = below = ExactArray.zeros(len(self.above.names))
        for unit, factor in members:
            k, s, column = factor / scale, here.slope[unit], self.column(unit)
            above = above + column * (k if k > 0 else k * s)
            below = below + column * (k * s if k > 0 else k)
            self._shift(column * here.threshold[unit])
        for unit, _ in members[2:]:
            self._remove(first, unit)
        second = members[1][0]
        here.bias[first] -= here.threshold[first]
        here.threshold[first] = Fraction(0)
        slope, flip = _as_one_unit(above, below)
        if slope is not None:
            self._remove(first, second)
            here.slope[first] = slope
            self.columns[first] = -below if flip else above
            if flip:
                here.scale([first], [Fraction(-1)])
            return
        # Two dimensions of functions are needed: max(u, 0) and u.
        here.slope[first] = Fraction(0)
        self.columns[first] = above - below
        here.scale([second], [scale / members[1][1]])
        here.bias[second], here.threshold[second] = here.bias[first], Fraction(0)
        here.slope[second] = LINEAR
        self.columns[second] = below

    def _write(self) -> None:
        units = [unit for unit in range(len(self.here.names)) if unit not in self.gone]
        columns = [self.column(unit).reshape(-1, 1) for unit in units]
        self.here.keep(units)
        self.above.touch()
        self.above.weight = stored(ExactArray.concatenate(columns, axis=1))


def _as_one_unit(above: ExactArray, below: ExactArray) -> tuple[Fraction | None, bool]:
    """Slope of a unit that does both sides at once, and whether its form is negated; or None."""
    a, b = above.to_fractions().tolist(), below.to_fractions().tolist()
    place = next((i for i, pair in enumerate(zip(a, b, strict=True)) if any(pair)), None)
    if place is None:
        return LINEAR, False
    if any(x * b[place] != y * a[place] for x, y in zip(a, b, strict=True)):
        return None, False
    if abs(b[place]) <= abs(a[place]):
        return b[place] / a[place], False
    return a[place] / b[place], True
