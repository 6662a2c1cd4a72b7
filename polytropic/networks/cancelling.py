"""Networks as formal sums of tropical polynomials, layer by layer, with cancellation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from polytropic.networks.network import Layer, Network
from polytropic.tropical.signed_sums import SignedSum

__all__ = ["has_opposite_units", "sums_of_network"]


def sums_of_network(network: Network, *, max_terms: int | None = None) -> list[SignedSum]:
    """Write every output of a network as a formal sum of tropical polynomials.

    Parameters
    ----------
    network : Network
    max_terms : int, optional
        Refuse to make a polynomial with more monomials.

    Returns
    -------
    list of SignedSum

    Raises
    ------
    BudgetError
        If a polynomial would have more than `max_terms` monomials.

    Notes
    -----
    The recursion of `tropicalize`, except that what a numerator and a denominator share cancels
    after every layer: a network that plays a tournament among monomials comes out as the one
    polynomial that it computes.  With slope s, a unit is ``s z + (1 - s) (t + max(z - t, 0))``.

    Examples
    --------
    >>> net = Network.from_layers([([[1], [-1]], [-2, 2]), ([[1, -1]], [2])])
    >>> sums_of_network(net)
    [SignedSum(affine=(Fraction(1, 1), Fraction(0, 1)), parts={})]
    >>> from polytropic.networks.converse import to_network
    >>> from polytropic.tropical.polynomial import TropicalPolynomial
    >>> f = TropicalPolynomial([[0], [1], [3]], [1, 0, -4])
    >>> sums_of_network(to_network(f)) == [SignedSum.of(f)]
    True
    """
    d = network.n_inputs
    nothing = (Fraction(0),) * (d + 1)
    values = [SignedSum(tuple(Fraction(int(i == j)) for j in range(d + 1))) for i in range(d)]
    for layer in network.layers:
        weights = layer.dense_weight.to_fractions().tolist()
        biases = layer.bias.to_fractions().tolist()
        sums = []
        for row, bias in zip(weights, biases, strict=True):
            total = SignedSum(nothing).plus(bias)
            for weight, value in zip(row, values, strict=True):
                if weight:
                    total = total + value.times(weight)
            sums.append(total)
        values = _activated(layer, sums, max_terms)
    return values


def has_opposite_units(network: Network) -> bool:
    """Whether in every layer with activations half of the units have opposite arguments.

    That is how values pass a layer of ReLU units (as ``max(z, 0) - max(-z, 0)``), and cancel.
    """
    for layer in network.layers:
        if layer.is_linear:
            continue
        columns = [layer.dense_weight.numerators, layer.bias.numerators[:, None]]
        rows = list(map(tuple, np.concatenate(columns, axis=1).tolist()))
        known = set(rows)
        if 2 * sum(tuple(-entry for entry in row) in known for row in rows) < len(rows):
            return False
    return network.n_units > 0


def _activated(layer: Layer, sums: list[SignedSum], max_terms: int | None) -> list[SignedSum]:
    """``s z + (1 - s) max(z, t)``."""
    if layer.threshold is None:
        return sums
    thresholds = layer.threshold.to_fractions().tolist()
    slopes = [Fraction(0)] * len(sums)
    if layer.slope is not None:
        slopes = layer.slope.to_fractions().tolist()
    known: dict[SignedSum, SignedSum] = {}
    found = []
    for z, t, s in zip(sums, thresholds, slopes, strict=True):
        if s == 1:
            found.append(z)
            continue
        above = z.plus(-t)
        opposite = above.times(-1)
        if opposite in known:
            larger = known[opposite] + above
        elif above in known:
            larger = known[above]
        else:
            larger = known[above] = above.positive_part(max_terms=max_terms)
        found.append(z.times(s) + larger.plus(t).times(1 - s))
    return found
