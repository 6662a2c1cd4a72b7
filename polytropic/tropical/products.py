"""Tropical products, simplified without listing all pairs of monomials.

A pair (i, j) gives a vertex of the upper hull of ``P(f) + P(g)`` exactly when the regions of
monomial i of f and of monomial j of g have common interior points.  Extents of the regions along a
few directions, rounded outwards, prove for most pairs that they have none; only the rest is listed.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows, product
from polytropic.arithmetic.numbers import FloatArray, ObjectArray
from polytropic.tropical.envelope import Envelope
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = ["overlapping_pairs", "simplified_product"]

_FEW_PAIRS = 64


def simplified_product(f: TropicalPolynomial, g: TropicalPolynomial) -> TropicalPolynomial:
    """Return ``(f * g).simplify()``.

    Examples
    --------
    >>> f = TropicalPolynomial([[0], [1], [2]], [0, 0, -1])
    >>> simplified_product(f, f) == (f * f).simplify()
    True
    """
    f, g = f.simplify(), g.simplify()
    return f.product_of_pairs(g, *overlapping_pairs(f, g)).simplify()


def overlapping_pairs(
    f: TropicalPolynomial, g: TropicalPolynomial
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of monomials whose regions may have common interior points (others certainly do not).

    Parameters
    ----------
    f, g : TropicalPolynomial
        Simplified.

    Returns
    -------
    i, j : int arrays, shape (n_pairs,)
    """
    if f.n_monomials * g.n_monomials <= _FEW_PAIRS:
        meeting = np.ones((f.n_monomials, g.n_monomials), dtype=bool)
    else:
        directions = _directions(f.n_variables)
        low_f, high_f = _extents(f._envelope, directions)
        low_g, high_g = _extents(g._envelope, directions)
        meeting = np.ones((f.n_monomials, g.n_monomials), dtype=bool)
        for k in range(len(directions)):
            meeting &= low_f[k][:, None] < high_g[k][None, :]
            meeting &= low_g[k][None, :] < high_f[k][:, None]
    i, j = np.nonzero(meeting)
    return i, j


def _directions(dimension: int) -> ObjectArray:
    """Coordinate directions and sums and differences of two, a few more in the plane."""
    rows = [[int(a == k) for a in range(dimension)] for k in range(dimension)]
    for a, b in combinations(range(dimension), 2):
        for p, q in [(1, 1), (1, -1)] + ([(1, 2), (2, 1), (1, -2), (2, -1)] * (dimension == 2)):
            rows.append([p if k == a else q if k == b else 0 for k in range(dimension)])
    return integer_rows(rows, dimension)


def _extents(envelope: Envelope, directions: ObjectArray) -> tuple[FloatArray, FloatArray]:
    """Outward rounded least and greatest values on every region, two arrays (k, n)."""
    heights = envelope.generators[:, 0].tolist()
    values = product(envelope.generators[:, 1:], directions)
    endless = product(envelope.lineality[:, 1:], directions)
    lows, highs = [], []
    for k in range(len(directions)):
        low, high = _bounds(values[:, k].tolist(), heights)
        if any(endless[:, k].tolist()):
            low, high = np.full_like(low, -np.inf), np.full_like(high, np.inf)
        lows.append(np.where(envelope.incidence, low[:, None], np.inf).min(axis=0))
        highs.append(np.where(envelope.incidence, high[:, None], -np.inf).max(axis=0))
    return np.array(lows), np.array(highs)


def _bounds(values: list[int], heights: list[int]) -> tuple[FloatArray, FloatArray]:
    """Outward rounded ``value / height``; a direction reaches to infinity on one side."""
    rounded = np.empty(len(values))
    for index, (value, height) in enumerate(zip(values, heights, strict=True)):
        try:
            rounded[index] = value / height if height else 0.0
        except OverflowError:
            rounded[index] = np.inf if value > 0 else -np.inf
    low, high = np.nextafter(rounded, -np.inf), np.nextafter(rounded, np.inf)
    direction = np.array([height == 0 for height in heights])
    down = np.array([value < 0 for value in values])
    up = np.array([value > 0 for value in values])
    # A direction alone bounds nothing: it only opens the extent of the regions that contain it.
    low = np.where(direction, np.where(down, -np.inf, np.inf), low)
    high = np.where(direction, np.where(up, np.inf, -np.inf), high)
    return low, high
