"""Sections 5 and 6: networks as tropical maps, their polytopes and their regions."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np

from polytropic.arithmetic.numbers import ExactArray
from polytropic.errors import InputError
from polytropic.geometry.minkowski import minkowski_sum
from polytropic.geometry.operations import convex_hull, dilate, translate
from polytropic.geometry.polytope import Polytope
from polytropic.networks.bounds import montufar_bound
from polytropic.networks.converse import to_network
from polytropic.networks.converse.tournaments import rounds_needed
from polytropic.networks.equality import difference_witness
from polytropic.networks.network import Layer, Network
from polytropic.networks.newton import newton_polytopes
from polytropic.networks.regions import linear_regions
from polytropic.networks.tropicalize import tropicalize
from polytropic.studies.tropical_geometry.checks import Hypothesis, TheoremCheck
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational

__all__ = [
    "assumptions",
    "lemma_6_2",
    "one_hidden_layer",
    "proposition_5_1",
    "theorem_5_4",
    "theorem_6_3",
    "uniform_width_bound",
]


def assumptions(network: Network) -> tuple[Hypothesis, ...]:
    """Assumptions (a) to (c) of section 4 of the paper.

    Parameters
    ----------
    network : Network

    Returns
    -------
    tuple of Hypothesis

    Examples
    --------
    >>> net = Network.from_layers([([[0.5]], [0]), ([[1]], [0])])
    >>> [h.holds for h in assumptions(net)]
    [False, True, True]
    """
    layers = network.layers
    integers = all(layer.dense_weight.denominator == 1 for layer in layers)
    slopes = [layer.slope.to_fractions().tolist() for layer in layers if layer.slope is not None]
    maxima = all(slope in (0, 1) for row in slopes for slope in row)
    return (
        Hypothesis("(a) weights are integers", integers),
        Hypothesis("(b) biases are real", True),
        Hypothesis("(c) activations are max(x, t) with t real or -inf", maxima),
    )


def proposition_5_1(network: Network) -> TheoremCheck:
    """The recursion for F, G and H gives the network.

    Parameters
    ----------
    network : Network

    Returns
    -------
    TheoremCheck
        ``value`` is a point where the map of the recursion (by tropical products) and the network
        differ, which is claimed to be None; the witness is the map.

    Notes
    -----
    For weights that are no integers this is Proposition 5.6 on signomials.

    Examples
    --------
    >>> proposition_5_1(Network.from_layers([([[1], [2]], [0, 1]), ([[1, -1]], [0])])).holds
    True
    """
    found = tropicalize(network, method="products")
    point = difference_witness(network, found)
    statement = "a network is its tropical map: a point where they differ"
    return TheoremCheck(statement, assumptions(network), "==", None, point, found)


def theorem_5_4(
    f: TropicalPolynomial | TropicalRational, *, simplify: bool = False
) -> TheoremCheck:
    """A tropical quotient is a network of at most ``ceil(log2 max(r_f, r_g)) + 2`` layers.

    Parameters
    ----------
    f : TropicalPolynomial or TropicalRational
    simplify : bool
        Count only monomials that are needed.

    Returns
    -------
    TheoremCheck
        The witness is the network, which was compared with f exactly: the hypothesis "the network
        is the function" says the result.

    Examples
    --------
    >>> f = TropicalPolynomial([[0], [1], [2], [3], [4]], [0, 0, -1, -3, -6])
    >>> check = theorem_5_4(f)
    >>> check.value, check.claim, check.witness
    (4, 5, Network(1-10-7-5-1))
    """
    quotient = TropicalRational.of(f)
    given = quotient.simplify() if simplify else quotient
    sizes = [given.numerator.n_monomials, given.denominator.n_monomials]
    net = to_network(given, simplify=False)
    powers = [part.exponents_exact.denominator for part in (given.numerator, given.denominator)]
    hypotheses = (
        Hypothesis("exponents are integers", powers == [1, 1]),
        Hypothesis("the network is the function", difference_witness(net, given) is None),
    )
    claim = rounds_needed(max(sizes)) + 2
    return TheoremCheck("layers of a network", hypotheses, "<=", claim, len(net.layers), net)


def lemma_6_2(network: Network, output: int = 0) -> tuple[TheoremCheck, ...]:
    """Polytopes of a layer from those of the layer below, by sums, multiples and hulls.

    Parameters
    ----------
    network : Network
    output : int
        The unit of the last layer.

    Returns
    -------
    (TheoremCheck, TheoremCheck)
        For P(G) and P(F), with everything below them (since like terms are combined).  The witness
        is a vertex of one only, or None.

    Examples
    --------
    >>> net = Network.from_layers([([[1], [2]], [0, 1]), ([[1, -1]], [0])])
    >>> [check.holds for check in lemma_6_2(net)]
    [True, True]
    """
    layer = network.layers[-1]
    one = _single_output(network, output)
    (value,) = tropicalize(one)
    d = network.n_inputs
    row = layer.dense_weight[output].to_fractions().tolist()
    below = _below_last(network)
    f = [_below(part.numerator) for part in below]
    g = [_below(part.denominator) for part in below]
    origin = _below(TropicalPolynomial.monomial([0] * d))
    upper, lower = [origin], [origin]
    for weight, p, q in zip(row, f, g, strict=True):
        if weight:
            same, other = (p, q) if weight > 0 else (q, p)
            upper.append(dilate(same, abs(weight)))
            lower.append(dilate(other, abs(weight)))
    up = [0] * d
    h = translate(minkowski_sum(*upper), [*up, layer.bias.to_fractions()[output]])
    claims = [minkowski_sum(*lower), h]
    if layer.threshold is not None and output in layer.tested.tolist():
        raised = translate(claims[0], [*up, layer.threshold.to_fractions()[output]])
        claims[1] = convex_hull(h, raised)
    checks = []
    names = ["P(G) from the layer below", "P(F) from the layer below"]
    for name, claim, f_or_g in zip(
        names, claims, (value.denominator, value.numerator), strict=True
    ):
        found = _below(f_or_g)
        sets = [set(map(tuple, p.vertices_exact.to_fractions().tolist())) for p in (found, claim)]
        witness = min(sets[0] ^ sets[1], default=None)
        checks.append(TheoremCheck(name, assumptions(network)[2:], "==", claim, found, witness))
    return tuple(checks)


def theorem_6_3(network: Network, output: int = 0) -> TheoremCheck:
    """A network has at most ``prod_l sum_{i<=d} C(n_l, i)`` linear regions.

    Parameters
    ----------
    network : Network
    output : int

    Returns
    -------
    TheoremCheck
        ``value`` is the number of linear regions on R^d.  The witness is the chain of exact
        numbers ``max(N(F), N(G)) <= N(F ⊙ G) <= activation regions <= claim``, as a dict.

    Notes
    -----
    For layers narrower than d the bound uses their width as the dimension (see `montufar_bound`).

    Examples
    --------
    >>> net = Network.from_layers([([[1, 0], [0, 1], [1, 1]], [0, 0, 1]), ([[1, -1, 2]], [0])])
    >>> check = theorem_6_3(net)
    >>> check.value, check.claim, check.tight
    (7, 7, True)
    >>> check.witness
    {'N(F)': 4, 'N(G)': 2, 'N(F⊙G)': 7, 'activation regions': 7}
    """
    one = _single_output(network, output)
    regions = linear_regions(one)
    polytopes = newton_polytopes(one, 0, regions=regions)
    chain = {
        "N(F)": len(polytopes.numerator),
        "N(G)": len(polytopes.denominator),
        "N(F⊙G)": len(polytopes.product),
        "activation regions": len(regions),
    }
    widths = [len(layer.tested) for layer in one.layers if not layer.is_linear]
    hypotheses = (
        *assumptions(one),
        Hypothesis("the output has no activation", one.layers[-1].is_linear),
        Hypothesis("no hidden layer is narrower than d", min(widths, default=0) >= one.n_inputs),
    )
    claim, value = montufar_bound(one), regions.n_linear_regions
    return TheoremCheck("linear regions of a network", hypotheses, "<=", claim, value, chain)


def uniform_width_bound(network: Network, output: int = 0) -> TheoremCheck:
    """With all widths at most n there are at most ``(sum_{i<=d} C(n, i))^(L-1)`` linear regions.

    The corollary of Theorem 6.3 that is written ``O(n^(d (L-1)))``.

    Parameters
    ----------
    network : Network
    output : int

    Returns
    -------
    TheoremCheck
        The witness is ``(n, d, L - 1)``.

    Examples
    --------
    >>> net = Network.from_layers([([[1], [1]], [0, -1]), ([[1, 1]], [0]), ([[1]], [0])])
    >>> uniform_width_bound(net).claim
    9
    """
    finer = theorem_6_3(network, output)
    one = _single_output(network, output)
    widths = [len(layer.tested) for layer in one.layers if not layer.is_linear]
    n, d = max(widths, default=0), one.n_inputs
    claim = sum(comb(n, i) for i in range(d + 1)) ** len(widths)
    statement = "linear regions of a network of width at most n"
    return TheoremCheck(statement, finer.hypotheses, "<=", claim, finer.value, (n, d, len(widths)))


def one_hidden_layer(network: Network, output: int = 0) -> TheoremCheck:
    """With one hidden layer in general position there are ``sum_{i<=d} C(n, i)`` linear regions.

    Parameters
    ----------
    network : Network
        With one layer of units with activations, and a linear output.
    output : int

    Returns
    -------
    TheoremCheck
        The relation is ``<=``; with the hypotheses for equality it is tight.

    Raises
    ------
    InputError
        If the network has not one hidden layer.

    Examples
    --------
    >>> net = Network.from_layers([([[1, 0], [0, 1], [1, 1]], [0, 0, 1]), ([[1, 0, 2]], [0])])
    >>> check = one_hidden_layer(net)
    >>> check.value, check.claim, check.failing
    (4, 7, ('no output weight is zero',))
    """
    one = _single_output(network, output)
    if len(one.layers) != 2 or one.layers[0].is_linear or not one.layers[1].is_linear:
        raise InputError(f"expected one hidden layer and a linear output, got {network!r}")
    n = len(one.layers[0].tested)
    claim = sum(comb(n, i) for i in range(one.n_inputs + 1))
    regions = linear_regions(one)
    weights = one.layers[1].dense_weight.numerators[0][one.layers[0].tested]
    hypotheses = (
        Hypothesis("hyperplanes are in general position", len(regions) == claim, "equality"),
        Hypothesis("no output weight is zero", bool(np.all(weights != 0)), "equality"),
    )
    statement = "linear regions of a network with one hidden layer"
    return TheoremCheck(statement, hypotheses, "<=", claim, regions.n_linear_regions, regions)


# -- parts -----------------------------------------------------------------------------------------
def _single_output(network: Network, output: int) -> Network:
    if not 0 <= output < network.n_outputs:
        raise InputError(f"output must be one of 0..{network.n_outputs - 1}, got {output}")
    layer = network.layers[-1]
    rows = np.array([output])
    threshold = None if layer.threshold is None else layer.threshold[rows]
    slope = None if layer.slope is None else layer.slope[rows]
    last = Layer(layer.dense_weight[rows], layer.bias[rows], threshold, slope)
    return Network((*network.layers[:-1], last))


def _below_last(network: Network) -> Any:
    if len(network.layers) > 1:
        return tropicalize(Network(network.layers[:-1]))
    d = network.n_inputs
    eye = np.eye(d, dtype=np.int64)
    zero = TropicalPolynomial.monomial([0] * d)
    return [TropicalRational(TropicalPolynomial.monomial(axis), zero) for axis in eye]


def _below(f: TropicalPolynomial) -> Polytope:
    """The lifted polytope with everything below it."""
    points = ExactArray.concatenate(
        [f.exponents_exact, f.coefficients_exact.reshape(-1, 1)], axis=1
    )
    return Polytope.from_points(points, rays=[[0] * f.n_variables + [-1]])
