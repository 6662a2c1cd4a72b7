"""Networks as tropical rational maps, by the layer recursion of Zhang, Naitzat and Lim."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import count

from polytropic.errors import BudgetError
from polytropic.networks.network import Layer, Network
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.products import simplified_product
from polytropic.tropical.rational import TropicalRational, TropicalRationalMap

__all__ = ["tropicalize"]

_Pair = tuple[TropicalPolynomial, TropicalPolynomial]


def tropicalize(
    network: Network,
    *,
    max_terms: int = 4_000_000,
    progress: Callable[[int, int], None] | None = None,
) -> TropicalRationalMap:
    """Write a network as a tropical rational map, ``F_i / G_i`` for every output i.

    Parameters
    ----------
    network : Network
    max_terms : int
        Refuse a tropical product that would have more terms than this before simplification.
    progress : callable, optional
        Called as ``progress(units_done, n_units)``.

    Returns
    -------
    TropicalRationalMap
        Numerators and denominators hold only vertices of their upper hulls.

    Raises
    ------
    BudgetError
        If a product is predicted to exceed `max_terms`.

    Notes
    -----
    Proposition 5.1 and Theorem 5.2.  If a layer outputs ``F - G``, the next one, with weights A, b
    and thresholds t, has ``H = A+ F + A- G + b`` and ``G' = A- F + A+ G``, and outputs
    ``max(H, G' + t) - G'``; ``A+`` and ``A-`` are the positive and negative parts of A.  With
    slopes s below the thresholds the outputs are

    * ``max(H + s G', s H + G' + (1 - s) t) - (1 + s) G'`` for ``0 <= s < 1``,
    * ``(1 - s) max(H, G' + t) - (G' - s H)`` for ``s < 0``,
    * ``(1 + s) H - max(s H + G', H + s G' + (s - 1) t)`` for ``s > 1``,

    and ``H - G'`` where s = 1 (a unit without activation).

    Every product is simplified at once, which is exact and keeps the number of terms at that of the
    linear regions (they are at most the activation regions of the layers below).

    Examples
    --------
    >>> net = Network.from_layers([([[1], [1]], [0, -1]), ([[1, -2]], [0])])
    >>> hat = tropicalize(net)[0]
    >>> hat.numerator.upper_hull().tolist(), hat.denominator.upper_hull().tolist()
    ([[0.0, 0.0], [1.0, 0.0]], [[0.0, 0.0], [2.0, -2.0]])
    """
    size = network.n_inputs
    zero = TropicalPolynomial.monomial([0] * size)
    axes = [[int(i == j) for j in range(size)] for i in range(size)]
    pairs: list[_Pair] = [(TropicalPolynomial.monomial(axis), zero) for axis in axes]
    done, total = count(1), sum(layer.n_outputs for layer in network.layers)
    for layer in network.layers:
        new_pairs = []
        for unit in range(layer.n_outputs):
            new_pairs.append(_unit(layer, unit, pairs, _Products(zero, max_terms)))
            if progress is not None:
                progress(next(done), total)
        pairs = new_pairs
    return TropicalRationalMap(tuple(TropicalRational(f, g) for f, g in pairs))


def _unit(layer: Layer, unit: int, pairs: list[_Pair], products: _Products) -> _Pair:
    """One unit of one layer: numerator and denominator after its activation."""
    weights = layer.dense_weight[unit].to_fractions().tolist()
    bias = layer.bias.to_fractions()[unit]
    upper, lower = [], []
    for weight, (f, g) in zip(weights, pairs, strict=True):
        if weight:
            same, other = (f, g) if weight > 0 else (g, f)
            upper.append((same, abs(weight)))
            lower.append((other, abs(weight)))
    h = products.combine(upper) * bias
    g = products.combine(lower)
    if layer.threshold is None:
        return h, g
    threshold = layer.threshold.to_fractions()[unit]
    slope = Fraction(0) if layer.slope is None else layer.slope.to_fractions()[unit]
    return _activated(h, g, threshold, slope, products)


def _activated(
    h: TropicalPolynomial, g: TropicalPolynomial, t: Fraction, s: Fraction, products: _Products
) -> _Pair:
    """Numerator and denominator of ``t + s (z - t)`` below t and ``z`` above, where z = h - g."""
    if s == 0:
        return (h + g * t).simplify(), g
    if s == 1:
        return h, g
    if s < 0:
        return (h + g * t).simplify() ** (1 - s), products.combine([(h, -s), (g, Fraction(1))])
    above = products.combine([(h, Fraction(1)), (g, s)])
    below = products.combine([(h, s), (g, Fraction(1))])
    if s < 1:
        return (above + below * ((1 - s) * t)).simplify(), g ** (1 + s)
    return h ** (1 + s), (below + above * ((s - 1) * t)).simplify()


@dataclass(frozen=True)
class _Products:
    """Tropical products of powers, simplified at every step."""

    one: TropicalPolynomial
    max_terms: int

    def combine(self, factors: Iterable[tuple[TropicalPolynomial, Fraction]]) -> TropicalPolynomial:
        """Product of ``f ** k``: always the two smallest factors first."""
        order = count()
        heap = [(f.n_monomials, next(order), f**k) for f, k in factors]
        heapq.heapify(heap)
        if not heap:
            return self.one
        while len(heap) > 1:
            (m, _, f), (n, _, g) = heapq.heappop(heap), heapq.heappop(heap)
            if m * n > self.max_terms:
                raise BudgetError(
                    f"a tropical product of {m} by {n} monomials would have {m * n} terms, more "
                    f"than max_terms={self.max_terms}; count regions with linear_regions instead, "
                    "or raise the limit"
                )
            product = simplified_product(f, g) if m > 1 and n > 1 else f * g
            heapq.heappush(heap, (product.n_monomials, next(order), product))
        return heap[0][2]
