"""How counts grow with depth: groups of networks, and rates with confidence intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import Any

import numpy as np

from polytropic.arithmetic.numbers import FloatArray
from polytropic.studies.depth.cases import FAMILIES
from polytropic.studies.depth.rows import DepthRow

__all__ = ["DepthGroup", "Growth", "Interval", "group_rows", "growth", "series_of"]

FEWEST_DEPTHS = 4
"""With fewer depths nothing is said about growth."""

_CONFIDENCE = 0.95


@dataclass(frozen=True)
class DepthGroup:
    """Rows of the same family and shape, one per seed."""

    rows: tuple[DepthRow, ...]

    @property
    def family(self) -> str:
        """Family of all rows."""
        return self.rows[0].family

    @property
    def d(self) -> int:
        """Input dimension of all rows."""
        return self.rows[0].d

    @property
    def widths(self) -> tuple[int, ...]:
        """Hidden widths of all rows."""
        return self.rows[0].widths

    @property
    def depth(self) -> int:
        """Number of hidden layers of all rows."""
        return self.rows[0].depth

    @property
    def n_refused(self) -> int:
        """How many networks a budget left without some of their counts."""
        return sum(row.refusal is not None for row in self.rows)

    def values(self, column: str) -> list[Any] | None:
        """All values of a column, sorted, or None if one is missing.

        The largest networks are the ones that a budget refuses, so a median of the others would be
        too small.
        """
        found = [getattr(row, column) for row in self.rows]
        return None if any(value is None for value in found) else sorted(found)

    def median(self, column: str) -> float | None:
        """Median of a column over the seeds, or None if a value is missing."""
        found = self.values(column)
        return None if found is None else median(found)


def group_rows(rows: Iterable[DepthRow]) -> list[DepthGroup]:
    """Collect rows that differ only by their seed, by family, dimension, width and depth."""
    ordered = sorted(rows, key=_place)
    return [DepthGroup(tuple(members)) for _, members in groupby(ordered, key=_place)]


def _place(row: DepthRow) -> tuple[int, str, int, tuple[int, ...], int]:
    known = FAMILIES.index(row.family) if row.family in FAMILIES else len(FAMILIES)
    return known, row.family, row.d, row.widths[:1], row.depth


def series_of(rows: Iterable[DepthRow]) -> list[tuple[DepthGroup, ...]]:
    """Collect groups that differ only by their depth."""
    by_shape = groupby(group_rows(rows), key=lambda g: (g.family, g.d, g.widths[:1]))
    return [tuple(members) for _, members in by_shape]


# -- rates -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Interval:
    """An estimate and the ends of its 95% confidence interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Growth:
    """How a count grows with the depth L, by two fits to its logarithm.

    Attributes
    ----------
    depths : tuple of int
        The depths at which the count is known for every seed.
    medians : tuple of float
        The count there.
    factor : Interval or None
        What every further layer multiplies the count by: least squares of ``log N = a + b L``.
    power : Interval or None
        The k of ``N ~ L^k``: least squares of ``log N = a + k log L``.
    kind : str or None
        ``"exponential"`` or ``"polynomial"``, whichever fits better (with less squared error);
        ``"undecided"`` if that is not the same when any one seed is left out; ``"none"`` if the
        interval of the factor reaches down to 1.  None, like the fits, with fewer than four depths.
    """

    depths: tuple[int, ...]
    medians: tuple[float, ...]
    factor: Interval | None
    power: Interval | None
    kind: str | None


def growth(series: Iterable[DepthGroup], column: str = "linear_regions") -> Growth:
    """Fit the growth of a column over groups that differ only by their depth.

    Parameters
    ----------
    series : iterable of DepthGroup
    column : str
        One of `COUNTS`.

    Returns
    -------
    Growth

    Notes
    -----
    With several seeds the fit is made for each of them, since networks of one seed are not
    independent over the depths, and the interval is Student's for the mean of the slopes.  With
    one network at each depth it is Student's for a slope of least squares: its residuals are not
    noise there but show how straight the line is.

    Examples
    --------
    >>> from polytropic.studies.depth import run
    >>> found = growth(group_rows(run(["tent"], [1], [2], range(1, 7), [0])))
    >>> found.kind, round(found.factor.estimate, 2)
    ('exponential', 1.84)
    """
    known = [(g, middle) for g in series if (middle := g.median(column)) is not None]
    depths = tuple(group.depth for group, _ in known)
    medians = tuple(middle for _, middle in known)
    logs = _logarithms([group for group, _ in known], column)
    if len(depths) < FEWEST_DEPTHS or not len(logs):
        return Growth(depths, medians, None, None, None)
    layers = np.array(depths, dtype=float)
    rate, power = _slope(layers, logs), _slope(np.log(layers), logs)
    factor = Interval(*np.exp([rate.estimate, rate.low, rate.high]).tolist())
    kind = "none" if factor.low <= 1 else _kind(layers, logs)
    return Growth(depths, medians, factor, power, kind)


def _logarithms(known: list[DepthGroup], column: str) -> FloatArray:
    """Logarithms of a column: a row for every seed that is there at all depths."""
    tables = [{row.seed: float(getattr(row, column)) for row in group.rows} for group in known]
    seeds = [seed for seed in tables[0] if all(seed in table for table in tables)] if tables else []
    return np.log([[table[seed] for table in tables] for seed in seeds])


def _slope(x: FloatArray, logs: FloatArray) -> Interval:
    from scipy.special import stdtrit

    centred = x - x.mean()
    slopes = logs @ centred / (centred @ centred)
    middle = float(slopes.mean())
    if len(slopes) > 1:
        free, error = len(slopes) - 1, slopes.std(ddof=1) / np.sqrt(len(slopes))
    else:
        free = len(x) - 2
        error = np.sqrt(_misfit(x, logs[0]) / free / (centred @ centred))
    reach = float(error * stdtrit(free, (1 + _CONFIDENCE) / 2))
    return Interval(middle, middle - reach, middle + reach)


def _kind(layers: FloatArray, logs: FloatArray) -> str:
    curves = [logs.mean(axis=0)]
    if len(logs) > 1:
        curves += [np.delete(logs, seed, axis=0).mean(axis=0) for seed in range(len(logs))]
    votes = {_misfit(layers, curve) < _misfit(np.log(layers), curve) for curve in curves}
    if len(votes) > 1:
        return "undecided"
    return "exponential" if votes.pop() else "polynomial"


def _misfit(x: FloatArray, y: FloatArray) -> float:
    """Sum of the squared residuals of a straight line."""
    x, y = x - x.mean(), y - y.mean()
    residuals = y - x * (x @ y) / (x @ x)
    return float(residuals @ residuals)
