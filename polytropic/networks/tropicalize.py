"""Networks as tropical rational maps, by the layer recursion of Zhang, Naitzat and Lim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import count
from typing import Literal

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.errors import BudgetError, InputError
from polytropic.networks.naive import predicted_terms
from polytropic.networks.network import Layer, Network
from polytropic.networks.pieces import affine_pieces
from polytropic.networks.regions import linear_regions
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational, TropicalRationalMap
from polytropic.tropical.refinements import CommonRefinement, common_refinement

__all__ = ["seeing_network", "tropicalize"]

_Pair = tuple[TropicalPolynomial, TropicalPolynomial]
Progress = Callable[[int, int], None]


def tropicalize(
    network: Network,
    *,
    method: Literal["auto", "products", "regions"] = "auto",
    max_terms: int | None = 4_000_000,
    progress: Progress | None = None,
) -> TropicalRationalMap:
    """Write a network as a tropical rational map, ``F_i / G_i`` for every output i.

    Parameters
    ----------
    network : Network
    method : {"auto", "products", "regions"}
        "products" multiplies tropical polynomials layer by layer; "regions" lists the activation
        regions on R^d and collects the affine pieces of all F_i and G_i on them.  Both give the
        same monomials.  "auto" is "regions", which is the faster.
    max_terms : int, optional
        Refuse in advance if more monomials are predicted (see `predicted_terms`), and stop where
        a polynomial, or the number of regions, becomes larger.  None is no limit.
    progress : callable, optional
        Called as ``progress(done, total)``: with units by products, with parts of R^d by regions.

    Returns
    -------
    TropicalRationalMap
        Numerators and denominators hold only vertices of their upper hulls.

    Raises
    ------
    BudgetError
        If more than `max_terms` monomials are predicted or found.

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

    By products, each layer takes one `common_refinement` of all F and G below it, of which every
    ``H`` and ``G'`` is read off, and one hull in dimension ``d + 1`` for every maximum.  A product
    has no more monomials than the layers below have activation regions.

    Examples
    --------
    >>> net = Network.from_layers([([[1], [1]], [0, -1]), ([[1, -2]], [0])])
    >>> hat = tropicalize(net)[0]
    >>> hat.numerator.upper_hull().tolist(), hat.denominator.upper_hull().tolist()
    ([[0.0, 0.0], [1.0, 0.0]], [[0.0, 0.0], [2.0, -2.0]])
    >>> tropicalize(net, method="products")[0] == hat
    True
    """
    if method not in ("auto", "products", "regions"):
        raise InputError(f'method must be "auto", "products" or "regions", got {method!r}')
    if max_terms is not None:
        _check_prediction(network, max_terms)
    if method == "products":
        return _by_products(network, max_terms, progress)
    return _by_regions(network, max_terms, progress)


def _check_prediction(network: Network, max_terms: int) -> None:
    predicted = predicted_terms(network)
    if predicted.log10 > np.log10(max(max_terms, 1)) and not predicted.at_most(max_terms):
        raise BudgetError(
            f"the tropical map of {network!r} is predicted to have {predicted}, more than "
            f"max_terms={max_terms}: keep it unexpanded with lazy_tropicalize, or raise the limit "
            "(None is none)"
        )


# -- by regions ------------------------------------------------------------------------------------
def _by_regions(
    network: Network, max_terms: int | None, progress: Progress | None
) -> TropicalRationalMap:
    report = None if progress is None else lambda done, total, regions: progress(done, total)
    try:
        regions = linear_regions(network, max_regions=max_terms, progress=report)
    except InputError:
        # Values that pass the first units along lines that these do not see: see every direction.
        regions = linear_regions(seeing_network(network), max_regions=max_terms, progress=report)
    return affine_pieces(regions).rational_map()


def seeing_network(network: Network) -> Network:
    """The same function and pieces, by a network whose first units see every coordinate.

    Units ``max(x_k, 0)`` are added that nothing uses; regions are cut along the coordinates, and
    can then be listed on all of R^d whatever passes the first layers.

    Parameters
    ----------
    network : Network

    Returns
    -------
    Network

    Examples
    --------
    >>> seeing_network(Network.from_layers([([[1, 2]], [3])]))
    Network(2-4-1)
    """
    d = network.n_inputs
    identity = np.eye(d, dtype=np.int64)
    first, *others = network.layers
    slopes = exact([1] * d + [0] * d)
    doubled = exact(np.concatenate([identity, identity]))
    eyes = Layer(doubled, ExactArray.zeros(2 * d), ExactArray.zeros(2 * d), slopes)
    unused = ExactArray.zeros(first.n_outputs, d)
    weight = ExactArray.concatenate([first.dense_weight, unused], axis=1)
    return Network((eyes, Layer(weight, first.bias, first.threshold, first.slope), *others))


# -- by products -----------------------------------------------------------------------------------
def _by_products(
    network: Network, max_terms: int | None, progress: Progress | None
) -> TropicalRationalMap:
    size = network.n_inputs
    zero = TropicalPolynomial.monomial([0] * size)
    axes = [[int(i == j) for j in range(size)] for i in range(size)]
    pairs: list[_Pair] = [(TropicalPolynomial.monomial(axis), zero) for axis in axes]
    done, total = count(1), sum(layer.n_outputs for layer in network.layers)
    for layer in network.layers:
        found: dict[int, _Pair] = {}
        for inputs, units in _groups(layer):
            below = [f for j in inputs for f in pairs[j]] or [zero]
            refinement = common_refinement(below, simplified=True, max_regions=max_terms)
            for unit in units:
                found[unit] = _unit(layer, unit, inputs, refinement)
                if progress is not None:
                    progress(next(done), total)
        pairs = [found[unit] for unit in range(layer.n_outputs)]
    return TropicalRationalMap(tuple(TropicalRational(f, g) for f, g in pairs))


def _groups(layer: Layer) -> Iterator[tuple[list[int], list[int]]]:
    """Sets of inputs that are largest among those that a unit uses, each with units within it."""
    used = [frozenset(np.flatnonzero(row != 0).tolist()) for row in layer.dense_weight.numerators]
    left = sorted(range(layer.n_outputs), key=lambda unit: -len(used[unit]))
    while left:
        inputs = used[left[0]]
        yield sorted(inputs), [unit for unit in left if used[unit] <= inputs]
        left = [unit for unit in left if not used[unit] <= inputs]


def _unit(layer: Layer, unit: int, inputs: list[int], refinement: CommonRefinement) -> _Pair:
    """One unit of one layer: numerator and denominator after its activation."""
    row = layer.dense_weight[unit]
    weights, scale = row.numerators[inputs], row.denominator
    bias = layer.bias.to_fractions()[unit]
    powers = np.full((2, max(2 * len(inputs), 1)), 0, dtype=object)
    if inputs:
        positive, negative = np.maximum(weights, 0), np.maximum(-weights, 0)
        powers[0, 0::2], powers[0, 1::2] = positive, negative
        powers[1, 0::2], powers[1, 1::2] = negative, positive

    def combined(of_h: int | Fraction, of_g: int | Fraction) -> TropicalPolynomial:
        """``of_h H + of_g G'``, simplified."""
        factors = exact(np.array([[of_h, of_g]], dtype=object))
        (product,) = refinement.products(factors @ ExactArray(powers, scale))
        return product * (of_h * bias)

    if layer.threshold is None:
        return combined(1, 0), combined(0, 1)
    t = layer.threshold.to_fractions()[unit]
    s = Fraction(0) if layer.slope is None else layer.slope.to_fractions()[unit]
    if s == 1:
        return combined(1, 0), combined(0, 1)
    if s <= 0:
        top = (combined(1, 0) + combined(0, 1) * t).simplify() ** (1 - s)
        return top, combined(-s, 1)
    above, below = combined(1, s), combined(s, 1)
    if s < 1:
        return (above + below * ((1 - s) * t)).simplify(), combined(0, 1 + s)
    return combined(1 + s, 0), (below + above * ((s - 1) * t)).simplify()
