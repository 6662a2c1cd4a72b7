"""What the table of the depth study says, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from polytropic.studies.depth.cases import CONSTRUCTED
from polytropic.studies.depth.growth import DepthGroup, Growth, Interval, growth, series_of
from polytropic.studies.depth.rows import DepthRow

__all__ = ["reading"]

_SUMMARIES = {
    "exponential": "Linear regions grow exponentially with depth for {}.",
    "polynomial": "Linear regions grow like a power of the depth, not exponentially, for {}.",
    "undecided": "Whether they grow exponentially, these depths and seeds do not tell for {}.",
    "none": "These seeds are too few or too far apart to establish any growth for {}.",
}


def reading(rows: Iterable[DepthRow]) -> list[str]:
    """Say in words how linear regions grow with depth: a summary, then every family and shape.

    Growth is fitted by `growth`; a sentence of the summary names families and, where shapes of a
    family differ, the shapes.  The last sentence of the summary compares with Theorem 6.3.

    Examples
    --------
    >>> from polytropic.studies.depth import run
    >>> for sentence in reading(run(["tent"], [1], [2], range(1, 7), [0])):
    ...     print(sentence)
    Linear regions grow exponentially with depth for tent.
    The deepest networks have 9.1% (tent) of the linear regions that Theorem 6.3 allows.
    tent, d = 1, width 2: 3, 6, 10, 18, 34, 66 linear regions at depths 1 to 6; each layer
    multiplies them by 1.84 (95% interval 1.78 to 1.90): exponential. At depth 6 this is 66 of the
    729 that Theorem 6.3 allows (9.1%).
    """
    series = [_Series(groups) for groups in series_of(rows)]
    return [*_summary(series), *(each.sentence() for each in series)]


@dataclass(frozen=True)
class _Series:
    """Groups that differ only by their depth."""

    groups: tuple[DepthGroup, ...]

    @cached_property
    def growth(self) -> Growth:
        return growth(self.groups)

    @property
    def family(self) -> str:
        return self.groups[0].family

    @property
    def shape(self) -> str:
        first = self.groups[0]
        return f"d = {first.d}" + (f", width {first.widths[0]}" if first.widths else "")

    @property
    def share(self) -> float | None:
        """Part of the bound that is reached at the last depth."""
        if not self.growth.medians:
            return None
        last = next(g for g in self.groups if g.depth == self.growth.depths[-1])
        return self.growth.medians[-1] / last.rows[0].bound

    def sentence(self) -> str:
        name, found = f"{self.family}, {self.shape}", self.growth
        if not found.depths:
            return f"{name}: over the budget at every depth."
        seeds = len(self.groups[0].rows)
        what = "linear regions" if seeds == 1 else f"linear regions (medians of {seeds} seeds)"
        numbers = ", ".join(map(_number, found.medians))
        left_out = [g for g in self.groups if g.depth not in found.depths]
        rest = f"; over the budget at depth{_depths(left_out)}" if left_out else ""
        last = next(g for g in self.groups if g.depth == found.depths[-1])
        kept = [g for g in self.groups if g.depth in found.depths]
        return (
            f"{name}: {numbers} {what} at depth{_depths(kept)}{rest}{_rates(found)}. "
            f"At depth {last.depth} this is {_number(found.medians[-1])} of the "
            f"{last.rows[0].bound:,} that Theorem 6.3 allows ({_percent(self.share or 0)})."
        )


def _rates(found: Growth) -> str:
    if found.factor is None or found.power is None:
        return ""
    factor = f"each layer multiplies them by {_interval(found.factor)}"
    power = f"they grow like depth^k with k = {_interval(found.power)}"
    return {
        "exponential": f"; {factor}: exponential",
        "polynomial": f"; {power}: not exponential",
        "none": f"; {factor}: growth not established",
        "undecided": f"; {factor}, or {power}: these depths do not tell which",
    }[found.kind or "undecided"]


def _interval(value: Interval) -> str:
    return f"{value.estimate:.2f} (95% interval {value.low:.2f} to {value.high:.2f})"


def _summary(series: list[_Series]) -> list[str]:
    decided = [each for each in series if each.growth.kind is not None]
    if not decided:
        return []
    sentences = []
    for kind, words in _SUMMARIES.items():
        if names := _names(decided, kind):
            sentences.append(words.format(_and(names)))
    return [*sentences, _shares(decided)]


def _names(series: list[_Series], kind: str) -> list[str]:
    """Families all of whose shapes grow in this way; of the others, the shapes that do."""
    names = []
    for family in dict.fromkeys(each.family for each in series):
        members = [each for each in series if each.family == family]
        here = [each.shape for each in members if each.growth.kind == kind]
        if len(here) == len(members):
            names.append(family)
        elif here:
            names.append(f"{family} ({'; '.join(here)})")
    return names


def _shares(series: list[_Series]) -> str:
    """What part of the bound the deepest networks of each family reach."""
    parts = []
    for family in dict.fromkeys(each.family for each in series):
        shares = [each.share or 0 for each in series if each.family == family]
        low, high = _percent(min(shares)), _percent(max(shares))
        parts.append(f"{low} ({family})" if low == high else f"{low} to {high} ({family})")
    text = f"The deepest networks have {_and(parts)} of the linear regions that Theorem 6.3 allows"
    drawn = [e.share or 0 for e in series if e.family not in CONSTRUCTED]
    if drawn and max(drawn) < 0.01:
        text += "; those that are drawn or trained stay far below it"
    return text + "."


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _depths(groups: list[DepthGroup]) -> str:
    depths = [group.depth for group in groups]
    if len(depths) == 1:
        return f" {depths[0]}"
    if depths == list(range(depths[0], depths[-1] + 1)):
        return f"s {depths[0]} to {depths[-1]}"
    return "s " + ", ".join(map(str, depths))


def _number(value: float) -> str:
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.1f}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%" if share >= 0.001 else f"{100 * share:.1g}%"
