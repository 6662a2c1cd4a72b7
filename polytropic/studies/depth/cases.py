"""Which networks the depth study measures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from polytropic.errors import InputError
from polytropic.networks.construct import (
    folding_network,
    random_integer_network,
    random_network,
    tent_network,
)
from polytropic.networks.network import Network
from polytropic.studies.depth.training import trained_network

__all__ = ["CONSTRUCTED", "FAMILIES", "DepthCase", "cases"]

CONSTRUCTED = ("tent", "folding")
"""Families that depend on nothing but their shape."""

_DRAWN: dict[str, Callable[..., Network]] = {
    "random": random_network,
    "integer": random_integer_network,
    "trained": trained_network,
}

FAMILIES = (*CONSTRUCTED, *_DRAWN)
"""Families of networks that the study knows; those that are not constructed take a seed."""


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
        return _DRAWN[self.family](self.d, self.widths, rng=self.seed)


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
        Families with seeds take every combination.  The tent has one input and width 2, so only
        its depth varies; folding has ``p = width / d`` folds, so only multiples ``p >= 2`` of the
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
                for seed in [None] if family in CONSTRUCTED else seeds:
                    found[DepthCase(family, d, (width,) * depth, seed)] = None
    return list(found)


def _shapes(family: str, dims: list[int], widths: list[int]) -> list[tuple[int, int]]:
    if family == "tent":
        return [(1, 2)]
    shapes = [(d, width) for d in dims for width in widths]
    if family == "folding":
        return [(d, width) for d, width in shapes if width % d == 0 and width >= 2 * d]
    return shapes
