"""Coordinates adapted to a sweep: a distinguished form, and a generic flag of others."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from math import lcm

import numpy as np

from polytropic.arithmetic.bounded import Bounded, integer_rounding
from polytropic.arithmetic.linalg import integer_rows, product
from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, ObjectArray

__all__ = ["Flag", "rounded_rows"]

_UNIT = 2.0**-53
_COVER = 1.0 + 2.0**-48
_TINY = 2.0**-1000
_MIX_BITS = 45


class Flag:
    """Coordinates z of R^n whose last is the distinguished form and the others a generic flag.

    The rows of floats are known up to bounds, those of integers up to positive factors.
    """

    def __init__(self, rows: ExactArray, seed: int) -> None:
        n = rows.shape[1]
        self._rows = rows
        values = rounded_rows(rows)
        self._shifts = _balanced(values)
        scaled = Bounded(*(np.ldexp(part, self._shifts) for part in values))
        self._pivot = int(np.abs(scaled.value[0]).argmax())
        draw = np.random.default_rng(seed).integers(2 ** (_MIX_BITS - 1), 2**_MIX_BITS, (n, n))
        flip = 2 * np.random.default_rng(seed + 1).integers(0, 2, (n, n)) - 1
        self._mix = np.tril(draw * flip, -1)
        self._first = scaled.value[0]
        self.forms = self._in_flag(scaled)
        self._exact: dict[int, ObjectArray] = {}

    def level(self, level: int) -> Bounded:
        """The forms at infinity, ``level`` times: on fewer coordinates, the last one reversed."""
        n = self.forms.value.shape[1] - level
        value, error = self.forms.value[1:, :n].copy(), self.forms.error[1:, :n].copy()
        if level:
            value[:, -1] *= -1
        return Bounded(value, error)

    def exact_level(self, level: int) -> ObjectArray:
        """Forms of a level in integers, rows and columns up to positive factors."""
        if level + 1 not in self._exact:
            array = self.exact_forms()[1:, : self._rows.shape[1] - level].copy()
            if level:
                array[:, -1] *= -1
            self._exact[level + 1] = array
        return self._exact[level + 1]

    def exact_forms(self) -> ObjectArray:
        """All forms in integers, the distinguished one first, rows and columns scaled alike."""
        if not self._exact:
            self._exact[0] = self._transform()
        return self._exact[0]

    def from_flag(self, points: FloatArray) -> FloatArray:
        """Points given in the coordinates of the flag in those of the rows, with roundings."""
        n, p = self._rows.shape[1], self._pivot
        mix = np.eye(n - 1) + np.ldexp(self._mix[: n - 1, : n - 1].astype(float), -_MIX_BITS)
        found = np.empty_like(points)
        others = np.delete(np.arange(n), p)
        found[:, others] = points[:, : n - 1] @ mix.T
        lead = self._first[p]
        found[:, p] = np.sign(lead) * points[:, n - 1] - found[:, others] @ (
            self._first[others] / lead
        )
        return np.ldexp(found, self._shifts)

    def exactly_from_flag(self, point: list[Fraction]) -> list[int]:
        """One point in the coordinates of the rows, up to a positive factor."""
        n, p = self._rows.shape[1], self._pivot
        mix = self._mixing()
        others = [k for k in range(n) if k != p]
        first = self._scaled[0].tolist()
        found = [Fraction(0)] * n
        for k, column in enumerate(others):
            found[column] = (
                sum((Fraction(int(mix[k, q])) * point[q] for q in range(n - 1)), Fraction(0))
                / 2**_MIX_BITS
            )
        rest = sum((first[k] * found[k] for k in others), Fraction(0))
        found[p] = (abs(first[p]) * point[n - 1] - rest) / first[p]
        least = int(min(self._shifts.min(), 0))
        moved = [x * 2 ** int(s - least) for x, s in zip(found, self._shifts, strict=True)]
        common = lcm(*(x.denominator for x in moved))
        return [int(x * common) for x in moved]

    def _in_flag(self, rows: Bounded) -> Bounded:
        """Make the first row the last coordinate, then mix the others."""
        n, p = rows.value.shape[1], self._pivot
        lead, slack = rows.value[0, p], rows.error[0, p]
        others = np.delete(np.arange(n), p)
        if np.count_nonzero(rows.value[0]) > 1 or rows.error[0].any():
            sure = abs(lead) - slack
            quotient = rows.value[0, others] / lead
            doubt = (rows.error[0, others] + np.abs(quotient) * slack) / sure
            doubt = (doubt + _UNIT * np.abs(quotient)) * _COVER + _TINY
            if not sure > 0:
                doubt[:] = np.inf
            own = rows.value[:, [p]]
            part = own * quotient
            value = rows.value[:, others] - part
            error = rows.error[:, others] + np.abs(own) * doubt
            error += rows.error[:, [p]] * (np.abs(quotient) + doubt)
            error += _UNIT * (np.abs(part) + np.abs(value))
            error = error * _COVER + _TINY
        else:
            value, error = rows.value[:, others], rows.error[:, others]
        mix = np.eye(n - 1) + np.ldexp(self._mix[: n - 1, : n - 1].astype(float), -_MIX_BITS)
        mixed = value @ mix
        size = np.abs(value) @ np.abs(mix)
        doubt = error @ np.abs(mix) + n * _UNIT * size
        sign = 1.0 if lead > 0 else -1.0
        return Bounded(
            np.column_stack([mixed, sign * rows.value[:, p]]),
            np.column_stack([doubt * _COVER * (1 + 2 * n * _UNIT) + _TINY, rows.error[:, p]]),
        )

    @cached_property
    def _scaled(self) -> ObjectArray:
        """Integer rows with balanced columns."""
        least = int(min(self._shifts.min(), 0))
        powers = np.array([1 << int(shift - least) for shift in self._shifts], dtype=object)
        scaled: ObjectArray = self._rows.numerators * powers
        return scaled

    def _mixing(self) -> ObjectArray:
        size = self._rows.shape[1] - 1
        mix = integer_rows(self._mix[:size, :size].tolist(), size)
        mix[np.diag_indices(size)] = 1 << _MIX_BITS
        return mix

    def _transform(self) -> ObjectArray:
        """Exact rows in the coordinates of the flag; e / |e_p| replaces x_p, rows times |e_p|."""
        n, p = self._rows.shape[1], self._pivot
        scaled = self._scaled
        others = [k for k in range(n) if k != p]
        lead = int(scaled[0, p])
        sign = 1 if lead > 0 else -1
        value = scaled[:, others] * abs(lead) - scaled[:, [p]] * (sign * scaled[0, others])
        table = np.empty((len(scaled), n), dtype=object)
        table[:, : n - 1] = product(value, self._mixing().T)
        table[:, n - 1] = scaled[:, p] * (sign * abs(lead) << _MIX_BITS)
        return table


def rounded_rows(rows: ExactArray) -> Bounded:
    """Rows as floats, each scaled by a power of two to size about one."""
    if rows.floats is None:
        return integer_rounding(rows.numerators)
    _, exponents = np.frexp(np.abs(rows.floats).max(axis=1))
    value = np.ldexp(rows.floats, -exponents[:, None])
    # Scaling is exact but for entries that become subnormal, here or when columns are balanced.
    small = (np.abs(value) < _TINY) & (rows.floats != 0)
    return Bounded(value, np.where(small, _TINY, 0.0))


def _balanced(values: Bounded) -> IntArray:
    """Exponents by which to scale the columns: their largest entries become about one."""
    largest = np.abs(values.value).max(axis=0)
    exponents = -np.frexp(largest)[1].astype(np.int64)
    return np.clip(exponents, -60, 60)
