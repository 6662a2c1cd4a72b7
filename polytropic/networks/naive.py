"""How many monomials the tropical map of a network would have if nothing were ever simplified."""

from __future__ import annotations

import math

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
        ``|G'_i| = prod_{a_ij>0} |G_j| prod_{a_ij<0} |F_j|`` and ``|F'_i| = |H_i| + |G'_i|``; like
        terms are not combined.  None if it has more than a hundred digits.
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
        signs = _signs(layer)
        logs = [_log_unit(row, logs, layer.is_linear) for row in signs]
    size = _log_sum(*logs[output])
    if size > _MOST_DIGITS * math.log(10):
        return None, size / math.log(10)
    counts = [(1, 1)] * net.n_inputs
    for layer in net.layers:
        counts = [_unit(row, counts, layer.is_linear) for row in _signs(layer)]
    number = sum(counts[output])
    return number, math.log10(number)


def _signs(layer: Layer) -> list[list[int]]:
    rows = layer.weight.numerators.tolist()
    return [[(entry > 0) - (entry < 0) for entry in row] for row in rows]


def _log_unit(
    signs: list[int], below: list[tuple[float, float]], is_linear: bool
) -> tuple[float, float]:
    h = math.fsum(pair[sign < 0] for sign, pair in zip(signs, below, strict=True) if sign)
    g = math.fsum(pair[sign > 0] for sign, pair in zip(signs, below, strict=True) if sign)
    return (h if is_linear else _log_sum(h, g)), g


def _unit(signs: list[int], below: list[tuple[int, int]], is_linear: bool) -> tuple[int, int]:
    h = math.prod(pair[sign < 0] for sign, pair in zip(signs, below, strict=True) if sign)
    g = math.prod(pair[sign > 0] for sign, pair in zip(signs, below, strict=True) if sign)
    return (h if is_linear else h + g), g


def _log_sum(a: float, b: float) -> float:
    return max(a, b) + math.log1p(math.exp(-abs(a - b)))
