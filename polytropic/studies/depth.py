"""Depth against vertices: how numbers of vertices and regions grow with the depth of a network.

For every network of a family the study counts, over all of R^d, what tropical geometry says about
it (the columns of `DepthRow`) and sets it beside the bound of Zhang, Naitzat and Lim, "Tropical
geometry of deep neural networks", Theorem 6.3.

All counts are exact.  Numerators and denominators are found from their affine pieces on the
activation regions, which avoids the tropical products that make them expensive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from itertools import groupby
from statistics import median
from time import perf_counter
from typing import Any

from polytropic.errors import BudgetError, InputError
from polytropic.geometry.polytope import Polytope
from polytropic.networks.bounds import region_bound
from polytropic.networks.construct import (
    folding_network,
    random_integer_network,
    random_network,
    tent_network,
)
from polytropic.networks.naive import naive_monomials
from polytropic.networks.network import Network
from polytropic.networks.pieces import affine_pieces
from polytropic.networks.regions import linear_regions

__all__ = [
    "COUNTS",
    "FAMILIES",
    "DepthCase",
    "DepthGroup",
    "DepthRow",
    "cases",
    "group_rows",
    "measure",
    "measure_case",
    "naive_monomials",
    "reading",
    "run",
]

FAMILIES = ("tent", "folding", "random", "integer")
"""Families of networks that `run` knows; the first two are constructed, the others random."""

COUNTS = (
    "raw_monomials",
    "n_numerator",
    "n_denominator",
    "n_sum",
    "n_product",
    "activation_regions",
    "linear_regions",
    "affine_maps",
    "bound",
)
"""The columns of `DepthRow` that are counts."""

MAX_REGIONS = 20_000
"""Networks with more activation regions than this are left out by default."""

_FEWEST_DEPTHS = 4  # with fewer nothing is said about growth
_CLEARLY = 1.15


@dataclass(frozen=True)
class DepthCase:
    """Which network to measure: a family, its shape and a seed (None where nothing is random)."""

    family: str
    d: int
    widths: tuple[int, ...]
    seed: int | None

    @property
    def depth(self) -> int:
        """Number of hidden layers."""
        return len(self.widths)

    def network(self) -> Network:
        """Make the network, with one linear output."""
        if self.family == "tent":
            return tent_network(self.depth)
        if self.family == "folding":
            return folding_network(self.d, self.widths[0] // self.d, self.depth)
        make = random_network if self.family == "random" else random_integer_network
        return make(self.d, self.widths, rng=self.seed)


@dataclass(frozen=True)
class DepthRow:
    """What was counted for one network; None where the work was refused by a budget.

    Attributes
    ----------
    family : str
    d : int
        Input dimension.
    widths : tuple of int
        Widths of the hidden layers.
    depth : int
        Number of hidden layers.
    seed : int or None
    raw_monomials : int or None
        Monomials of numerator and denominator together if no product were simplified
        (`naive_monomials`); None beyond a hundred digits.
    log10_raw_monomials : float
        The logarithm of the same number.
    n_numerator, n_denominator : int or None
        N(F), N(G): upper vertices of the lifted Newton polytopes.
    n_sum : int or None
        N(F⊕G), of the maximum of both: the polynomial of the decision boundary at 0.
    n_product : int or None
        N(F⊙G), of the common refinement.
    activation_regions, linear_regions, affine_maps : int or None
        The three counts of `linear_regions`.
    bound : int
        Theorem 6.3.
    seconds_regions, seconds_tropical : float
        For the regions, and for N(F), N(G), N(F⊕G), N(F⊙G) from them.
    refusal : str or None
        Why there are no counts.
    """

    family: str
    d: int
    widths: tuple[int, ...]
    depth: int
    seed: int | None
    raw_monomials: int | None
    log10_raw_monomials: float
    n_numerator: int | None
    n_denominator: int | None
    n_sum: int | None
    n_product: int | None
    activation_regions: int | None
    linear_regions: int | None
    affine_maps: int | None
    bound: int
    seconds_regions: float
    seconds_tropical: float
    refusal: str | None = None

    @property
    def seconds(self) -> float:
        """Seconds of all parts."""
        return round(self.seconds_regions + self.seconds_tropical, 4)

    @property
    def case(self) -> DepthCase:
        """The network that was measured."""
        return DepthCase(self.family, self.d, self.widths, self.seed)

    def to_json(self) -> dict[str, Any]:
        """The row as an object for JSON; integers stay integers."""
        return {**asdict(self), "widths": list(self.widths)}

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> DepthRow:
        """Read what `to_json` wrote; further keys are ignored.

        Raises
        ------
        InputError
            If a column is missing or is not what it should be.
        """
        try:
            chosen = {field.name: values[field.name] for field in fields(DepthRow)}
            chosen["widths"] = tuple(int(width) for width in chosen["widths"])
        except (KeyError, TypeError, ValueError) as problem:
            raise InputError(f"this is no row of the depth study: {problem!r}") from problem
        return DepthRow(**chosen)


def measure(
    net: Network,
    *,
    family: str = "network",
    seed: int | None = None,
    output: int = 0,
    domain: Polytope | None = None,
    max_regions: int | None = MAX_REGIONS,
) -> DepthRow:
    """Count everything for one network.

    Parameters
    ----------
    net : Network
    family, seed :
        How to name it in the row.
    output : int
        The output whose numerator and denominator are counted.
    domain : Polytope, optional
        Where to count regions; numerators and denominators always live on all of R^d.
    max_regions : int, optional
        With more activation regions than this, every count that needs them is None.

    Returns
    -------
    DepthRow

    Raises
    ------
    InputError
        If there is no such output, or the domain does not fit.

    Examples
    --------
    >>> row = measure(tent_network(5), family="tent")
    >>> row.n_numerator, row.n_denominator, row.linear_regions, row.affine_maps, row.bound
    (18, 32, 34, 33, 243)
    """
    if not 0 <= output < net.n_outputs:
        raise InputError(f"output {output} of a network with outputs 0 to {net.n_outputs - 1}")
    counts: dict[str, int | None] = dict.fromkeys(COUNTS[1:-1])
    refusal, clock = None, _Clock()
    try:
        counts |= _count_regions(net, domain, max_regions, output, clock)
    except BudgetError as problem:
        refusal = str(problem)
    size = naive_monomials(net, output)
    return DepthRow(
        family=family,
        d=net.n_inputs,
        widths=net.hidden_widths,
        depth=len(net.hidden_widths),
        seed=seed,
        raw_monomials=size[0],
        log10_raw_monomials=size[1],
        bound=region_bound(net),
        seconds_regions=clock.seconds["regions"],
        seconds_tropical=clock.seconds["tropical"],
        refusal=refusal,
        **counts,
    )


class _Clock:
    """Seconds by part."""

    def __init__(self) -> None:
        self.seconds = {"regions": 0.0, "tropical": 0.0}
        self._last = perf_counter()

    def stop(self, part: str) -> None:
        now = perf_counter()
        self.seconds[part] += round(now - self._last, 4)
        self._last = now


def _count_regions(
    net: Network, domain: Polytope | None, max_regions: int | None, output: int, clock: _Clock
) -> dict[str, int]:
    regions = linear_regions(net, max_regions=max_regions)
    inside = regions if domain is None else linear_regions(net, domain, max_regions=max_regions)
    counts = {
        "activation_regions": inside.n_activation_regions,
        "linear_regions": inside.n_linear_regions,
        "affine_maps": inside.n_affine_maps,
    }
    clock.stop("regions")
    pieces = affine_pieces(regions)
    counts |= {
        "n_numerator": pieces.n_numerator(output),
        "n_denominator": pieces.n_denominator(output),
        "n_sum": pieces.n_sum(output),
        "n_product": pieces.n_product(output),
    }
    clock.stop("tropical")
    return counts


# -- many networks -------------------------------------------------------------------------------
def cases(
    families: Sequence[str],
    dims: Iterable[int],
    widths: Iterable[int],
    depths: Iterable[int],
    seeds: Iterable[int],
) -> list[DepthCase]:
    """List the networks of a study.

    Parameters
    ----------
    families : sequence of str
        Out of `FAMILIES`.
    dims, widths, depths, seeds : iterable of int
        Random families take every combination.  The tent has one input and width 2, so only its
        depth varies; folding has ``p = width / d`` folds, so only multiples ``p >= 2`` of the
        dimension count; neither depends on the seed.

    Returns
    -------
    list of DepthCase

    Raises
    ------
    InputError
        If a family is unknown or a number is not positive.

    Examples
    --------
    >>> [case.widths for case in cases(["tent", "folding"], [2], [2, 4], [1, 2], [0])]
    [(2,), (2, 2), (4,), (4, 4)]
    """
    dims, widths, depths, seeds = sorted(set(dims)), sorted(set(widths)), list(depths), list(seeds)
    for name, values in [("dimension", dims), ("width", widths), ("depth", depths)]:
        if any(value < 1 for value in values):
            raise InputError(f"every {name} must be at least 1, got {min(values)}")
    found: dict[DepthCase, None] = {}
    for family in families:
        if family not in FAMILIES:
            raise InputError(f"unknown family {family!r}; known are {', '.join(FAMILIES)}")
        for d, width in _shapes(family, dims, widths):
            for depth in depths:
                for seed in [None] if family in FAMILIES[:2] else seeds:
                    found[DepthCase(family, d, (width,) * depth, seed)] = None
    return list(found)


def _shapes(family: str, dims: list[int], widths: list[int]) -> list[tuple[int, int]]:
    if family == "tent":
        return [(1, 2)]
    shapes = [(d, width) for d in dims for width in widths]
    if family == "folding":
        return [(d, width) for d, width in shapes if width % d == 0 and width >= 2 * d]
    return shapes


def measure_case(case: DepthCase, *, max_regions: int | None = MAX_REGIONS) -> DepthRow:
    """Make the network of a case and `measure` it."""
    return measure(case.network(), family=case.family, seed=case.seed, max_regions=max_regions)


def run(
    families: Sequence[str],
    dims: Iterable[int],
    widths: Iterable[int],
    depths: Iterable[int],
    seeds: Iterable[int],
    *,
    done: Collection[DepthCase] = (),
    max_regions: int | None = MAX_REGIONS,
) -> Iterator[DepthRow]:
    """Measure the networks of a study one after the other, each as it is asked for.

    Parameters
    ----------
    families, dims, widths, depths, seeds :
        As for `cases`.
    done : collection of DepthCase
        Networks to leave out.
    max_regions : int, optional
        As for `measure`.

    Yields
    ------
    DepthRow

    Examples
    --------
    >>> [row.linear_regions for row in run(["tent"], [1], [2], range(1, 7), [0])]
    [3, 6, 10, 18, 34, 66]
    """
    for case in cases(families, dims, widths, depths, seeds):
        if case not in done:
            yield measure_case(case, max_regions=max_regions)


# -- reading the result --------------------------------------------------------------------------
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


def reading(rows: Iterable[DepthRow]) -> list[str]:
    """Say in words how linear regions grow with depth: a summary, then every family and shape.

    Random networks have about ``(number of units)^d / d!`` regions, a polynomial in the depth.
    Growth is called exponential when the factor per layer, over the last three of at least four
    depths, is clearly larger than that of this polynomial.

    Examples
    --------
    >>> for sentence in reading(run(["tent"], [1], [2], range(1, 7), [0])):
    ...     print(sentence)
    Linear regions grow exponentially with depth for tent.
    tent, d = 1, width 2: 3, 6, 10, 18, 34, 66 linear regions at depths 1 to 6; at last each layer
    multiplies them by 1.9, where (number of units)^1 would give 1.2: exponential. At depth 6 this
    is 66 of the 729 that Theorem 6.3 allows (9.1%).
    """
    groups = group_rows(rows)
    by_shape = groupby(groups, key=lambda group: (group.family, group.d, group.widths[:1]))
    series = [_Series(tuple(members)) for _, members in by_shape]
    return [*_summary(series), *(each.sentence() for each in series)]


def _summary(series: list[_Series]) -> list[str]:
    growth: dict[str, list[_Series]] = {}
    for each in series:
        if each.is_exponential is not None:
            growth.setdefault(each.groups[0].family, []).append(each)
    sentences = []
    steady = [name for name, part in growth.items() if all(s.is_exponential for s in part)]
    if steady:
        sentences.append(f"Linear regions grow exponentially with depth for {_and(steady)}.")
    slow = [name for name, part in growth.items() if not any(s.is_exponential for s in part)]
    if slow:
        most = _percent(max(part.share for name in slow for part in growth[name]))
        sentences.append(
            f"For {_and(slow)} they do not, and the deepest networks of every shape have at most "
            f"{most} of the regions that Theorem 6.3 allows."
        )
    return sentences


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


@dataclass(frozen=True)
class _Series:
    """Groups that differ only by their depth."""

    groups: tuple[DepthGroup, ...]

    @cached_property
    def known(self) -> list[DepthGroup]:
        return [group for group in self.groups if group.values("linear_regions") is not None]

    @cached_property
    def medians(self) -> list[float]:
        return [group.median("linear_regions") or 0 for group in self.known]

    @cached_property
    def factor(self) -> float:
        """Growth per layer over the last three depths."""
        first, last = self.known[-3].depth, self.known[-1].depth
        return float((self.medians[-1] / self.medians[-3]) ** (1 / (last - first)))

    @cached_property
    def polynomial_factor(self) -> float:
        """The same for the d-th power of the depth."""
        first, last = self.known[-3].depth, self.known[-1].depth
        return float((last / first) ** (self.groups[0].d / (last - first)))

    @property
    def is_exponential(self) -> bool | None:
        """None when there are too few depths to tell."""
        if len(self.known) < _FEWEST_DEPTHS:
            return None
        return self.factor >= _CLEARLY * self.polynomial_factor

    @property
    def share(self) -> float:
        """Part of the bound that is reached at the last depth."""
        return self.medians[-1] / self.known[-1].rows[0].bound

    def sentence(self) -> str:
        first = self.groups[0]
        width = f", width {first.widths[0]}" if first.widths else ""
        name = f"{first.family}, d = {first.d}{width}"
        if not self.known:
            return f"{name}: more regions than the budget at every depth."
        seeds = len(self.known[0].rows)
        what = "linear regions" if seeds == 1 else f"linear regions (medians of {seeds} seeds)"
        numbers = ", ".join(map(_number, self.medians))
        left_out = "" if len(self.known) == len(self.groups) else "; the others over the budget"
        last, reached = self.known[-1], _number(self.medians[-1])
        return (
            f"{name}: {numbers} {what} at depth{_depths(self.known)}{left_out}{self._growth()}. "
            f"At depth {last.depth} this is {reached} of the {last.rows[0].bound:,} "
            f"that Theorem 6.3 allows ({_percent(self.share)})."
        )

    def _growth(self) -> str:
        if self.is_exponential is None:
            return ""
        verdict = "exponential" if self.is_exponential else "not exponential"
        return (
            f"; at last each layer multiplies them by {self.factor:.1f}, where (number of "
            f"units)^{self.groups[0].d} would give {self.polynomial_factor:.1f}: {verdict}"
        )


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
