"""Whether two functions are the same: networks, tropical functions, max-min forms and maps."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.polytope import Polytope
from polytropic.networks.cancelling import has_opposite_units, sums_of_network
from polytropic.networks.converse import MaxMinForm, to_network
from polytropic.networks.naive import predicted_terms
from polytropic.networks.network import Network
from polytropic.networks.parallel import parallel_difference
from polytropic.networks.regions import RegionComplex, linear_regions
from polytropic.networks.tropicalize import seeing_network, tropicalize
from polytropic.tropical.maps import TropicalMap
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational, TropicalRationalMap
from polytropic.tropical.signed_sums import SignedSum

__all__ = ["difference_witness", "equals_function"]

AnyFunction: TypeAlias = (
    "Network | TropicalPolynomial | TropicalRational | TropicalMap | TropicalRationalMap "
    "| MaxMinForm"
)
_FEW_REGIONS = 20_000  # up to which two networks are compared on their common regions
_MANY_REGIONS = 500_000  # if more are predicted, this is not tried


def equals_function(
    first: AnyFunction, second: AnyFunction, *, max_terms: int | None = 1_000_000
) -> bool:
    """Decide exactly whether two functions are the same on all of R^d.

    Parameters
    ----------
    first, second : Network, TropicalPolynomial, TropicalRational, map or MaxMinForm
        With the same numbers of inputs and outputs; they may be of different kinds.
    max_terms : int, optional
        Refuse to make tropical polynomials with more monomials than this.

    Returns
    -------
    bool

    Raises
    ------
    InputError
        If the functions have different numbers of inputs or outputs, or are no such objects.
    BudgetError
        If polynomials become larger than `max_terms`.

    Notes
    -----
    See `difference_witness`.

    Examples
    --------
    >>> net = Network.from_layers([([[1], [1]], [0, -1]), ([[1, -2]], [0])])
    >>> equals_function(net, tropicalize(net)), equals_function(net, to_network(tropicalize(net)))
    (True, True)
    """
    return difference_witness(first, second, max_terms=max_terms) is None


def difference_witness(
    first: AnyFunction, second: AnyFunction, *, max_terms: int | None = 1_000_000
) -> ExactArray | None:
    """Find a point at which two functions differ, or prove that there is none.

    Parameters
    ----------
    first, second, max_terms
        As for `equals_function`.

    Returns
    -------
    ExactArray of shape (d,), or None if the functions are the same

    Raises
    ------
    InputError, BudgetError
        As for `equals_function`.

    Notes
    -----
    A few points are tried first.  Two networks whose difference has few activation regions are
    then compared on these, unless one of them passes values as ``max(z, 0) - max(-z, 0)``.
    Otherwise both become formal sums of tropical polynomials (`SignedSum`), in which what they
    share cancels; of the rest, the positive and the negative parts are the same function exactly
    when their simplified products are equal.

    Examples
    --------
    >>> x = TropicalPolynomial([[1]], [0])
    >>> difference_witness(x + 0, (x + 0) * (x + 1) / (x + 1)) is None
    True
    >>> point = difference_witness(x + 0, x + 0 + TropicalPolynomial([[2]], [-100]))
    >>> point.to_float() > 100
    array([ True])
    """
    pair = [_checked(f) for f in (first, second)]
    shapes = [_shape(f) for f in pair]
    if shapes[0] != shapes[1]:
        raise InputError(
            f"functions R^{shapes[0][0]} -> R^{shapes[0][1]} and R^{shapes[1][0]} -> "
            f"R^{shapes[1][1]} cannot be compared"
        )
    found = _among_points(pair[0], pair[1])
    if found is not None:
        return found
    networks = [f for f in pair if isinstance(f, Network)]
    if len(networks) == 2 and not any(map(has_opposite_units, networks)):
        difference = parallel_difference(networks[0], networks[1])
        if predicted_terms(difference).at_most(_MANY_REGIONS):
            try:
                return _on_regions(difference)
            except BudgetError:
                pass
    sums = [_sums(f, max_terms) for f in pair]
    for left, right in zip(*sums, strict=True):
        found = _nonzero_point(left - right, max_terms)
        if found is not None:
            return found
    return None


def _checked(function: Any) -> Any:
    if isinstance(function, MaxMinForm):
        return to_network(function)
    if isinstance(function, (TropicalPolynomial, TropicalRational)):
        function = (function,)
    if isinstance(function, Network):
        return function
    if isinstance(function, (tuple, list, TropicalMap, TropicalRationalMap)):
        parts = tuple(function)
        if parts and all(isinstance(f, (TropicalPolynomial, TropicalRational)) for f in parts):
            return TropicalRationalMap(tuple(map(TropicalRational.of, parts)))
    raise InputError(
        "equality is decided for networks, tropical polynomials, rational functions, maps of them "
        f"and max-min forms; got {function!r}"
    )


def _shape(function: Network | TropicalRationalMap) -> tuple[int, int]:
    return function.n_inputs, function.n_outputs


# -- points ----------------------------------------------------------------------------------------
def _among_points(
    first: Network | TropicalRationalMap, second: Network | TropicalRationalMap
) -> ExactArray | None:
    """A point among a few fixed ones at which the functions differ; mostly it is found here."""
    rng = np.random.default_rng(0)
    d = first.n_inputs
    batches = [rng.integers(-size, size + 1, (4, d)) for size in (3, 100, 10_000)]
    points = exact(np.concatenate([np.zeros((1, d), dtype=np.int64), *batches]))
    differ = (_values(first, points) != _values(second, points)).any(axis=1)
    return points[int(np.argmax(differ))] if differ.any() else None


def _values(function: Network | TropicalRationalMap, points: ExactArray) -> Any:
    if isinstance(function, Network):
        return function.evaluate_exact(points).to_fractions()
    return np.stack([f.evaluate_exact(points) for f in function], axis=1)


# -- regions ---------------------------------------------------------------------------------------
def _on_regions(difference: Network) -> ExactArray | None:
    """A point where a network is not zero, by its activation regions."""
    try:
        regions = linear_regions(difference, max_regions=_FEW_REGIONS)
    except InputError:
        regions = linear_regions(seeing_network(difference), max_regions=_FEW_REGIONS)
    _, first = np.unique(regions.affine_labels, return_index=True)
    for index in first.tolist():
        found = _on_region(difference, regions, index)
        if found is not None:
            return found
    return None


def _on_region(difference: Network, regions: RegionComplex, index: int) -> ExactArray | None:
    """A point of a region at which the map of the region is not zero.

    An affine map that is zero at an inner point, at all vertices, and at the ends of all rays and
    lines from the inner point is zero everywhere, since these points span the space.
    """
    region = regions[index]
    centre = region.interior_point.reshape(1, -1)
    lines = ExactArray(regions.lineality[:, 1:])
    away = ExactArray.concatenate([region.rays_exact, lines])
    ones = ExactArray(np.full((len(away), 1), 1, dtype=object))
    points = ExactArray.concatenate([centre, region.vertices_exact, ones @ centre + away])
    values = difference.evaluate_exact(points).numerators
    differ = (values != 0).any(axis=1)
    return points[int(np.argmax(differ))] if differ.any() else None


# -- signed sums -----------------------------------------------------------------------------------
def _sums(checked: Network | TropicalRationalMap, max_terms: int | None) -> list[SignedSum]:
    """Every output as a formal sum of tropical polynomials, in which equal parts cancel.

    A network with few activation regions is taken as the quotient that they give.
    """
    if isinstance(checked, TropicalRationalMap):
        return [SignedSum.of(f) for f in checked]
    if has_opposite_units(checked):
        return sums_of_network(checked, max_terms=max_terms)
    try:
        quotients = tropicalize(checked, max_terms=_FEW_REGIONS)
    except BudgetError:
        return sums_of_network(checked, max_terms=max_terms)
    return [SignedSum.of(f) for f in quotients]


def _nonzero_point(difference: SignedSum, max_terms: int | None) -> ExactArray | None:
    quotient = difference.split(max_terms=max_terms)
    top, bottom = quotient.numerator, quotient.denominator
    if top == bottom:
        return None
    return _where_larger(top, bottom)


def _where_larger(f: TropicalPolynomial, g: TropicalPolynomial) -> ExactArray:
    """A point where two different functions differ: inside a region of one term of their maximum.

    A monomial that both have cannot be larger than both elsewhere; if the functions differ, some
    region of the maximum belongs to a monomial that only one of them has.
    """
    larger = (f + g).simplify()
    terms, shared = larger.terms(), set(f.terms()) & set(g.terms())
    index = next(i for i, term in enumerate(terms) if term not in shared)
    slopes = larger.exponents_exact
    constants = larger.coefficients_exact
    others = np.delete(np.arange(len(terms)), index)
    if not len(others):
        return ExactArray.zeros(f.n_variables)
    same = np.full(len(others), index)
    region = Polytope.from_halfspaces(
        slopes[others] - slopes[same], constants[same] - constants[others]
    )
    return region.interior_point()
