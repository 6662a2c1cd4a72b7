"""Functions of either kind put together from parts: polynomials as long as that is possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from typing import TypeAlias

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational
from polytropic.tropical.terms import combined, refuse_large

__all__ = ["Function", "Monomial", "polynomial_of", "power", "product", "quotient", "total"]

Function: TypeAlias = TropicalPolynomial | TropicalRational

Monomial: TypeAlias = tuple[Mapping[str, Fraction], Fraction | None]
"""Exponents by name, and the coefficient; None is minus infinity."""


def polynomial_of(monomials: Iterable[Monomial], names: tuple[str, ...]) -> TropicalPolynomial:
    """The polynomial with given terms.

    Examples
    --------
    >>> print(polynomial_of([({"y": Fraction(2)}, Fraction(1)), ({}, None)], ("x", "y")))
    1*y^2*x^0
    """
    place = {name: j for j, name in enumerate(names)}
    kept = [(powers, value) for powers, value in monomials if value is not None]
    exponents = np.full((len(kept), len(names)), 0, dtype=object)
    for row, (powers, _) in zip(exponents, kept, strict=True):
        for name, exponent in powers.items():
            row[place[name]] = exponent
    values = exact([value for _, value in kept], "coefficients")
    return TropicalPolynomial(exact(exponents), values)


def total(functions: Iterable[Function], max_terms: int) -> Function:
    """Tropical sum of one or more functions."""
    functions = list(functions)
    polynomials = [f for f in functions if isinstance(f, TropicalPolynomial)]
    quotients = [f for f in functions if isinstance(f, TropicalRational)]
    found: list[Function] = list(quotients)
    if polynomials:
        powers = ExactArray.concatenate([f.exponents_exact for f in polynomials])
        values = ExactArray.concatenate([f.coefficients_exact for f in polynomials])
        found.insert(0, TropicalPolynomial._of(*combined(powers, values)))
    return reduce(lambda f, g: _sum(f, g, max_terms), found)


def _sum(f: Function, g: Function, max_terms: int) -> TropicalRational:
    r, s = TropicalRational.of(f), TropicalRational.of(g)
    a, b = r.numerator.n_monomials, r.denominator.n_monomials
    c, d = s.numerator.n_monomials, s.denominator.n_monomials
    refuse_large(max(a * d + c * b, b * d), max_terms, "a sum of quotients")
    return r + s


def product(f: Function, g: Function, max_terms: int) -> Function:
    """Tropical product."""
    if isinstance(f, TropicalPolynomial) and isinstance(g, TropicalPolynomial):
        refuse_large(f.n_monomials * g.n_monomials, max_terms, "a product")
        return f * g
    r, s = TropicalRational.of(f), TropicalRational.of(g)
    for a, b in ((r.numerator, s.numerator), (r.denominator, s.denominator)):
        refuse_large(a.n_monomials * b.n_monomials, max_terms, "a product")
    return r * s


def quotient(f: Function, g: Function, max_terms: int) -> TropicalRational:
    """Tropical quotient."""
    if isinstance(f, TropicalPolynomial) and isinstance(g, TropicalPolynomial):
        return TropicalRational(f, g)
    return TropicalRational.of(product(f, TropicalRational.of(g) ** -1, max_terms))


def power(f: Function, exponent: Fraction) -> Function:
    """Tropical power with any exponent."""
    if isinstance(f, TropicalPolynomial) and exponent < 0 and f.n_monomials != 1:
        return TropicalRational.of(f) ** exponent
    return f**exponent
