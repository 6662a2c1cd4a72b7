"""Piecewise linear functions as formal sums of tropical polynomials, so that what is equal cancels.

``<a, x> + c + sum_k w_k p_k(x)`` with rational factors w_k of either sign.  The polynomials p_k
are *normal*: simplified, with smallest exponent and its coefficient zero, and primitive; every
polynomial is a monomial plus a positive multiple of one normal polynomial.  So ``max(b, 0) -
max(-b, 0)`` is b without any computation, and a polynomial that comes back through a long detour
is recognised.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational
from polytropic.tropical.refinements import common_refinement

__all__ = ["SignedSum"]

_Row = tuple[Fraction, ...]


@dataclass(frozen=True)
class SignedSum:
    """``<a, x> + c + sum_k w_k p_k(x)``.

    Attributes
    ----------
    affine : tuple of d + 1 Fraction
        ``(a, c)``.
    parts : dict of normal TropicalPolynomial to Fraction
        No factor is zero.
    """

    affine: _Row
    parts: Mapping[TropicalPolynomial, Fraction] = field(default_factory=dict)

    # -- making --------------------------------------------------------------------------------
    @staticmethod
    def of(function: TropicalPolynomial | TropicalRational) -> SignedSum:
        """A polynomial or a quotient of two.

        Examples
        --------
        >>> x = TropicalPolynomial([[1]], [0])
        >>> hinge = SignedSum.of(x + 0)
        >>> (hinge - SignedSum.of((0 + x**2) * x**3)).affine
        (Fraction(-3, 1), Fraction(0, 1))
        """
        if isinstance(function, TropicalRational):
            return SignedSum.of(function.numerator) - SignedSum.of(function.denominator)
        return _normalised(function.simplify())

    def __hash__(self) -> int:
        return hash((self.affine, frozenset(self.parts.items())))

    # -- sums ----------------------------------------------------------------------------------
    def __add__(self, other: SignedSum) -> SignedSum:
        parts = dict(self.parts)
        for part, factor in other.parts.items():
            total = parts.pop(part, Fraction(0)) + factor
            if total:
                parts[part] = total
        affine = tuple(a + b for a, b in zip(self.affine, other.affine, strict=True))
        return SignedSum(affine, parts)

    def __sub__(self, other: SignedSum) -> SignedSum:
        return self + other.times(-1)

    def times(self, factor: int | Fraction) -> SignedSum:
        """An ordinary multiple, by a number of either sign."""
        if not factor:
            return SignedSum((Fraction(0),) * len(self.affine))
        parts = {part: factor * old for part, old in self.parts.items()}
        return SignedSum(tuple(factor * entry for entry in self.affine), parts)

    def plus(self, constant: int | Fraction) -> SignedSum:
        """The sum with a constant."""
        return SignedSum((*self.affine[:-1], self.affine[-1] + constant), self.parts)

    # -- what needs geometry ---------------------------------------------------------------------
    def split(self, *, max_terms: int | None = None) -> TropicalRational:
        """The sum as a quotient: numerator of all positive parts, denominator of all negative ones.

        Both are simplified.  A `BudgetError` says if they have more than `max_terms` monomials.
        """
        size = len(self.affine) - 1
        one = TropicalPolynomial.monomial([0] * size)
        sides = []
        for sign in (1, -1):
            side = {part: sign * w for part, w in self.parts.items() if sign * w > 0}
            if len(side) > 1:
                powers = exact(np.array([list(side.values())], dtype=object))
                refinement = common_refinement(list(side), simplified=True, max_regions=max_terms)
                sides.append(refinement.products(powers)[0])
            else:
                sides.append(next((part**w for part, w in side.items()), one))
        monomial = TropicalPolynomial.monomial(list(self.affine[:-1]), self.affine[-1])
        return TropicalRational(sides[0] * monomial, sides[1])

    def positive_part(self, *, max_terms: int | None = None) -> SignedSum:
        """``max(f, 0)``: ``max(numerator, denominator) - denominator``."""
        quotient = self.split(max_terms=max_terms)
        top, bottom = quotient.numerator, quotient.denominator
        larger = (top + bottom).simplify()
        if larger == top:
            return self
        if larger == bottom:
            return self.times(0)
        negative = {part: w for part, w in self.parts.items() if w < 0}
        return _normalised(larger) + SignedSum((Fraction(0),) * len(self.affine), negative)


def _normalised(f: TropicalPolynomial) -> SignedSum:
    """A simplified polynomial as a monomial and a multiple of a normal one."""
    (power, value), *others = f.terms()
    affine = (*power, value)
    if not others:
        return SignedSum(affine)
    table = ExactArray.concatenate([f.exponents_exact, f.coefficients_exact.reshape(-1, 1)], axis=1)
    rows = table.numerators - table.numerators[0]
    content = math.gcd(*rows.reshape(-1).tolist())
    normal = TropicalPolynomial(
        ExactArray(rows[:, :-1] // content), ExactArray(rows[:, -1] // content)
    )
    return SignedSum(affine, {normal: Fraction(content, table.denominator)})
