"""How many monomials the tropical map of a network would have if nothing were ever simplified."""

from __future__ import annotations

import math
from fractions import Fraction

from polytropic.networks.network import Layer, Network

__all__ = ["naive_monomials"]

_MOST_DIGITS = 100  # a longer number is given by its logarithm only


def naive_monomials(net: Network, output: int = 0) -> tuple[int | None, float]:
    """Count the monomials of one output if nothing were ever simplified.

    Parameters
    ----------
    net : Network
    output : int

    Returns
    -------
    number : int or None
        ``|F| + |G|`` with ``|H_i| = prod_{a_ij>0} |F_j| prod_{a_ij<0} |G_j|``,
        ``|G'_i| = prod_{a_ij>0} |G_j| prod_{a_ij<0} |F_j|`` and ``|F'_i| = |H_i| + |G'_i|`` (with
        slopes as the formulas of `tropicalize` say); like terms are not combined.  None if it has
        more than a hundred digits.
    log10 : float
        Its decimal logarithm.

    Examples
    --------
    >>> from polytropic import random_network, tent_network
    >>> naive_monomials(tent_network(3))
    (256, 2.40823996531...)
    >>> naive_monomials(random_network(2, [8] * 6, rng=0))[0] is None
    True
    """
    logs = [(0.0, 0.0)] * net.n_inputs
    for layer in net.layers:
        units = zip(_signs(layer), _slopes(layer), strict=True)
        logs = [_log_unit(row, logs, slope) for row, slope in units]
    size = _log_sum(*logs[output])
    if size > _MOST_DIGITS * math.log(10):
        return None, size / math.log(10)
    counts = [(1, 1)] * net.n_inputs
    for layer in net.layers:
        units = zip(_signs(layer), _slopes(layer), strict=True)
        counts = [_unit(row, counts, slope) for row, slope in units]
    number = sum(counts[output])
    return number, math.log10(number)


def _signs(layer: Layer) -> list[list[int]]:
    rows = layer.dense_weight.numerators.tolist()
    return [[(entry > 0) - (entry < 0) for entry in row] for row in rows]


def _slopes(layer: Layer) -> list[Fraction]:
    """Slope of every unit below its threshold: one where there is no activation."""
    if layer.threshold is None:
        return [Fraction(1)] * layer.n_outputs
    if layer.slope is None:
        return [Fraction(0)] * layer.n_outputs
    slopes: list[Fraction] = layer.slope.to_fractions().tolist()
    return slopes


def _log_unit(
    signs: list[int], below: list[tuple[float, float]], slope: Fraction
) -> tuple[float, float]:
    h = math.fsum(pair[sign < 0] for sign, pair in zip(signs, below, strict=True) if sign)
    g = math.fsum(pair[sign > 0] for sign, pair in zip(signs, below, strict=True) if sign)
    if slope in (0, 1):
        return (h if slope else _log_sum(h, g)), g
    if slope < 0:
        return _log_sum(h, g), h + g
    both = h + g + math.log(2)
    return (both, g) if slope < 1 else (h, both)


def _unit(signs: list[int], below: list[tuple[int, int]], slope: Fraction) -> tuple[int, int]:
    h = math.prod(pair[sign < 0] for sign, pair in zip(signs, below, strict=True) if sign)
    g = math.prod(pair[sign > 0] for sign, pair in zip(signs, below, strict=True) if sign)
    if slope in (0, 1):
        return (h if slope else h + g), g
    if slope < 0:
        return h + g, h * g
    return (2 * h * g, g) if slope < 1 else (h, 2 * h * g)


def _log_sum(a: float, b: float) -> float:
    return max(a, b) + math.log1p(math.exp(-abs(a - b)))
