"""Convex degrees: least numbers of convex pieces, bounded from both sides; and compositions."""

from __future__ import annotations

from dataclasses import dataclass

from polytropic.errors import InputError
from polytropic.networks.bounds import montufar_bound
from polytropic.networks.network import Network
from polytropic.networks.pieces import affine_pieces
from polytropic.networks.regions import linear_regions
from polytropic.networks.shapes import read_shape
from polytropic.studies.tropical_geometry.checks import Hypothesis, TheoremCheck
from polytropic.tropical.rational import TropicalRational

__all__ = ["ConvexDegree", "composition_bound", "convex_degree"]


@dataclass(frozen=True)
class ConvexDegree:
    """Bounds of N_c, the least number of convex sets on each of which a function is affine.

    Attributes
    ----------
    lower : int
        The number of linear regions.
    upper : int
        Pieces of a partition into convex sets that exists.
    exact : bool
        Whether they are equal.
    """

    lower: int
    upper: int

    @property
    def exact(self) -> bool:
        """Whether the degree is known: both bounds are equal."""
        return self.lower == self.upper


def convex_degree(function: Network | TropicalRational) -> ConvexDegree:
    """Bound the convex degree ``N(f) <= N_c(f) <= N(F ⊙ G)``.

    Parameters
    ----------
    function : Network or TropicalRational

    Returns
    -------
    ConvexDegree
        Computing N_c itself is a minimum convex partition, which is hard.

    Examples
    --------
    The minimum of ``max(x, 0)`` and ``max(y, 0)`` has a linear region like an L:

    >>> from polytropic.tropical.polynomial import TropicalPolynomial
    >>> x, y = TropicalPolynomial([[1, 0]], [0]), TropicalPolynomial([[0, 1]], [0])
    >>> convex_degree((0 + x + y + x * y) / (0 + x + y))
    ConvexDegree(lower=3, upper=5)
    """
    if isinstance(function, TropicalRational):
        return ConvexDegree(function.n_regions, function.common_refinement().n_monomials)
    regions = linear_regions(function)
    one = function.n_outputs == 1
    upper = affine_pieces(regions).n_product(0) if one else len(regions)
    return ConvexDegree(regions.n_linear_regions, upper)


def composition_bound(outer: Network, inner: Network) -> TheoremCheck:
    """``N(G ∘ F) <= N_c(G | d) N_c(F)`` for F with domain R^d.

    Parameters
    ----------
    outer, inner : Network
        G and F; G takes what F gives.

    Returns
    -------
    TheoremCheck
        ``claim`` is a proven upper bound of the right side: G restricted to a flat of dimension d
        has at most `montufar_bound` convex pieces, and F at most as many as `convex_degree` finds.
        The witness is the pair of these two numbers.

    Raises
    ------
    InputError
        If the networks do not fit together.

    Notes
    -----
    In the appendix of the paper, on convex degrees; Theorem 6.3 follows from it layer by layer.

    Examples
    --------
    >>> from polytropic import tent_network
    >>> check = composition_bound(tent_network(1), tent_network(1))
    >>> check.value, check.claim, check.witness
    (6, 9, (3, 3))
    """
    if inner.n_outputs != outer.n_inputs:
        raise InputError(
            f"inner gives {inner.n_outputs} values but outer takes {outer.n_inputs} of them"
        )
    whole = Network((*inner.layers, *outer.layers))
    d = inner.n_inputs
    cutting = [layer for layer in read_shape(outer, None)[1] if layer.cutting]
    if any(layer.linear for layer in cutting):
        # Units that only pass values on keep dimensions that the widths below would lose.
        on_flat = montufar_bound(outer)
    else:
        shape = [min(d, outer.n_inputs), *(layer.cutting for layer in cutting)]
        on_flat = montufar_bound(shape)
    first = convex_degree(inner).upper
    value = linear_regions(whole).n_linear_regions
    hypotheses = (Hypothesis("the networks fit together", True),)
    return TheoremCheck(
        "linear regions of a composition", hypotheses, "<=", on_flat * first, value,
        (on_flat, first),
    )  # fmt: skip
