"""How many monomials the tropical map of a network would have if nothing were ever simplified."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from polytropic.networks.bounds import montufar_bound
from polytropic.networks.network import Layer, Network
from polytropic.networks.shapes import binomials

__all__ = ["TermPrediction", "naive_monomials", "predicted_terms"]

_MOST_DIGITS = 100  # a longer number is given by its logarithm only


@dataclass(frozen=True)
class TermPrediction:
    """How many monomials the tropical map of a network may have after simplification.

    Attributes
    ----------
    naive_log10 : float
        No numerator and denominator together have more than ``10 ** naive_log10``.
    bound : int
        No numerator, denominator or product of both has more (Theorem 6.3).
    general : int
        The regions of as many hyperplanes as there are units, in general position: what a network
        with one hidden layer has at most, and networks with random weights about.
    """

    naive_log10: float
    bound: int
    general: int

    @property
    def log10(self) -> float:
        """Decimal logarithm of the least of the three."""
        return min(self.naive_log10, _log10(self.bound), _log10(self.general))

    def at_most(self, number: int) -> bool:
        """Whether one of the three is no more than a number."""
        return (
            self.bound <= number or self.general <= number or self.naive_log10 <= math.log10(number)
        )

    def __str__(self) -> str:
        least = min(self.bound, self.general)
        if _log10(least) <= self.naive_log10 and _log10(least) < 15:
            about = str(least)
        else:
            about = f"10^{self.log10:.1f}"
        return (
            f"about {about} monomials (at most 10^{min(self.naive_log10, _log10(self.bound)):.1f})"
        )


def predicted_terms(net: Network) -> TermPrediction:
    """Predict the number of monomials of a tropical map, without computing any.

    Parameters
    ----------
    net : Network

    Returns
    -------
    TermPrediction

    Notes
    -----
    One pass over the weights.

    Zhang, Naitzat and Lim, Theorem 6.3, for `TermPrediction.bound`.

    Examples
    --------
    >>> from polytropic import random_network
    >>> predicted_terms(random_network(2, [16, 16], rng=0))
    TermPrediction(naive_log10=47.4..., bound=18769, general=529)
    """
    widest = max(_log_sum(*pair) for pair in _log_counts(net))
    general = sum(binomials(net.n_units, net.n_inputs))
    return TermPrediction(widest / math.log(10), montufar_bound(net), general)


def _log10(number: int) -> float:
    return math.log10(number) if number else -math.inf


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
    size = _log_sum(*_log_counts(net)[output])
    if size > _MOST_DIGITS * math.log(10):
        return None, size / math.log(10)
    counts = [(1, 1)] * net.n_inputs
    for layer in net.layers:
        units = zip(_signs(layer), _slopes(layer), strict=True)
        counts = [_unit(row, counts, slope) for row, slope in units]
    number = sum(counts[output])
    return number, math.log10(number)


def _log_counts(net: Network) -> list[tuple[float, float]]:
    """Natural logarithms of ``|F|`` and ``|G|`` for every output."""
    logs = [(0.0, 0.0)] * net.n_inputs
    for layer in net.layers:
        units = zip(_signs(layer), _slopes(layer), strict=True)
        logs = [_log_unit(row, logs, slope) for row, slope in units]
    return logs


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
