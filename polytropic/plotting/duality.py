"""Colours that a tropical curve shares with its dual subdivision."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from polytropic.arithmetic.numbers import FloatArray
from polytropic.errors import InputError
from polytropic.plotting.colours import neighbourly, palette
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = ["cell_colours", "check_colour_by", "region_colours"]


def check_colour_by(value: Any, choices: tuple[str, ...]) -> None:
    """Refuse a way of colouring that does not exist."""
    if value not in choices:
        names = " or ".join(map(repr, choices))
        raise InputError(f"colour_by={value!r}: choose {names}")


def region_colours(f: TropicalPolynomial) -> FloatArray:
    """Colours of the regions of the curve, and of the vertices of the subdivision, in their order.

    Parameters
    ----------
    f : TropicalPolynomial

    Returns
    -------
    float array, shape (N, 3)
        Regions that share an edge differ.

    Examples
    --------
    >>> len(region_colours(TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0])))
    3
    """
    subdivision = f.dual_subdivision()
    place = {monomial: k for k, monomial in enumerate(subdivision.vertices)}
    pairs = [(place[i], place[j]) for i, j in subdivision.edges]
    return palette(neighbourly(len(place), np.array(pairs, dtype=np.int64).reshape(-1, 2)))


def cell_colours(f: TropicalPolynomial) -> FloatArray:
    """Colours of the maximal cells of the subdivision, and of the points of the curve dual to them.

    Parameters
    ----------
    f : TropicalPolynomial

    Returns
    -------
    float array, shape (n_cells, 3)
        Cells that share an edge differ.

    Examples
    --------
    >>> len(cell_colours(TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0])))
    1
    """
    subdivision = f.dual_subdivision()
    edges = set(subdivision.edges)
    first: dict[tuple[int, int], int] = {}
    pairs = []
    for index, cell in enumerate(subdivision.maximal_cells):
        for edge in combinations(sorted(cell.corners), 2):
            if edge in edges:
                pairs.append((first.setdefault(edge, index), index))
    return palette(neighbourly(len(subdivision), np.array(pairs, dtype=np.int64).reshape(-1, 2)))
