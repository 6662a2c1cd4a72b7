"""Tropical rational functions: differences of tropical polynomials, kept as pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from polytropic.arithmetic.numbers import FloatArray, ObjectArray
from polytropic.errors import InputError
from polytropic.geometry.graphs import component_labels
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.products import overlapping_pairs, simplified_product

__all__ = ["TropicalRational", "TropicalRationalMap"]

_Term = tuple[tuple[Fraction, ...], Fraction]


@dataclass(frozen=True, repr=False)
class TropicalRational:
    """The function ``numerator - denominator`` (the tropical quotient), kept as a pair.

    The pair is not unique: ``==`` compares the pairs, `equals_function` the functions.

    Parameters
    ----------
    numerator, denominator : TropicalPolynomial
        In the same number of variables, both with at least one monomial.

    Examples
    --------
    >>> x = TropicalPolynomial([[1]], [0])
    >>> hat = (x + 0) * (x + 2) / (x + 1) ** 2
    >>> hat([[-5], [1], [7]])
    array([0., 1., 0.])
    """

    numerator: TropicalPolynomial
    denominator: TropicalPolynomial

    def __post_init__(self) -> None:
        if self.numerator.n_variables != self.denominator.n_variables:
            raise InputError(
                f"numerator has {self.numerator.n_variables} variables, denominator has "
                f"{self.denominator.n_variables}"
            )
        if not self.denominator.n_monomials:
            raise InputError("the denominator is the tropical zero: the quotient is undefined")

    @property
    def n_variables(self) -> int:
        """Number of variables d."""
        return self.numerator.n_variables

    def __call__(self, x: ArrayLike) -> Any:
        """Evaluate in float64 at one point, shape (d,), or at a batch, shape (n, d)."""
        return self.numerator(x) - self.denominator(x)

    def evaluate_exact(self, x: Any) -> ObjectArray:
        """Evaluate in exact rationals at a batch, shape (n, d)."""
        values: ObjectArray = self.numerator.evaluate_exact(x) - self.denominator.evaluate_exact(x)
        return values

    def __add__(self, other: TropicalRational) -> TropicalRational:
        top = self.numerator * other.denominator + other.numerator * self.denominator
        return TropicalRational(top, self.denominator * other.denominator)

    def __mul__(self, other: TropicalRational) -> TropicalRational:
        return TropicalRational(
            self.numerator * other.numerator, self.denominator * other.denominator
        )

    def __truediv__(self, other: TropicalRational) -> TropicalRational:
        return TropicalRational(
            self.numerator * other.denominator, self.denominator * other.numerator
        )

    def simplify(self) -> TropicalRational:
        """Simplify numerator and denominator (common factors are not cancelled)."""
        return TropicalRational(self.numerator.simplify(), self.denominator.simplify())

    def equals_function(self, other: TropicalRational) -> bool:
        """Decide exactly whether both are the same function."""
        left = self.numerator * other.denominator
        return left.equals_function(other.numerator * self.denominator)

    def common_refinement(self) -> TropicalPolynomial:
        """``numerator * denominator``, simplified: its regions refine those of both."""
        return simplified_product(self.numerator, self.denominator)

    @cached_property
    def n_regions(self) -> int:
        """Number of linear regions: facet-connected sets on which the function is affine.

        The regions of ``f * g`` refine those of ``f - g``; neighbours on which f and g change by
        the same amount belong together.  Different regions may carry the same affine map.

        Examples
        --------
        The hat function has four regions, two of them with the zero map:

        >>> x = TropicalPolynomial([[1]], [0])
        >>> ((x + 0) * (x + 2) / (x + 1) ** 2).n_regions
        4
        """
        f, g = self.numerator.simplify(), self.denominator.simplify()
        i, j = overlapping_pairs(f, g)
        product = f.product_of_pairs(g, i, j)
        quotient_of = _quotients(f, g, i.tolist(), j.tolist())
        label = dict(enumerate(quotient_of[power] for power, _ in product.terms()))
        place = {monomial: index for index, monomial in enumerate(product._envelope.vertices)}
        joined = [(place[a], place[b]) for a, b in product._envelope.edges if label[a] == label[b]]
        return int(component_labels(len(place), joined).max()) + 1

    def __repr__(self) -> str:
        return (
            f"TropicalRational({self.numerator.n_monomials} / {self.denominator.n_monomials} "
            f"monomials in {self.n_variables} variables)"
        )


@dataclass(frozen=True, repr=False)
class TropicalRationalMap:
    """A tuple of tropical rational functions in the same variables: a map R^d -> R^p."""

    components: tuple[TropicalRational, ...]

    def __getitem__(self, index: int) -> TropicalRational:
        return self.components[index]

    def __len__(self) -> int:
        return len(self.components)

    def __iter__(self) -> Iterator[TropicalRational]:
        return iter(self.components)

    def __call__(self, x: ArrayLike) -> FloatArray:
        """Evaluate in float64 at one point, shape (d,), or at a batch, shape (n, d)."""
        return np.stack([component(x) for component in self.components], axis=-1)

    def __repr__(self) -> str:
        d, p = self.components[0].n_variables, len(self)
        return f"TropicalRationalMap(R^{d} -> R^{p})"


def _quotients(
    f: TropicalPolynomial, g: TropicalPolynomial, i: list[int], j: list[int]
) -> dict[tuple[Fraction, ...], _Term]:
    """For every exponent of ``f * g``, the monomial of ``f / g`` that belongs to its best pair."""
    first, second = f.terms(), g.terms()
    best: dict[tuple[Fraction, ...], tuple[Fraction, _Term]] = {}
    for a, b in zip(i, j, strict=True):
        (power, value), (other, weight) = first[a], second[b]
        total = tuple(x + y for x, y in zip(power, other, strict=True))
        if total not in best or value + weight > best[total][0]:
            quotient = tuple(x - y for x, y in zip(power, other, strict=True))
            best[total] = (value + weight, (quotient, value - weight))
    return {power: term for power, (_, term) in best.items()}
