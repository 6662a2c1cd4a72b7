"""Composition of tropical functions with affine maps and with each other, exactly.

Substituting g_j for the variables of a monomial gives a product of powers; powers are scalings.
If a g_j with several terms gets a negative exponent, or is a quotient ``n_j / d_j``, all monomials
are brought over the common denominator ``prod_j d_j^{p_j} n_j^{q_j}``, where p_j is the greatest
exponent of x_j and -q_j the least (at least 0 each).  The numerators are then polynomials, as in
Proposition 5.1 of Zhang, Naitzat and Lim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from polytropic.arithmetic.numbers import ExactArray, Numbers, exact
from polytropic.errors import InputError
from polytropic.tropical.maps import affine_map, map_of
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.rational import TropicalRational
from polytropic.tropical.terms import combined, is_number, refuse_large
from polytropic.tropical.tuples import ComponentMap

__all__ = ["compose", "is_inner", "restrict", "substitute"]

MAX_TERMS = 1_000_000


def compose(outer: Any, inner: Any, *, max_terms: int = MAX_TERMS) -> Any:
    """Substitute tropical functions for the variables: ``x -> outer(inner(x))``.

    Parameters
    ----------
    outer : TropicalPolynomial, TropicalRational, TropicalMap or TropicalRationalMap
        In p variables.
    inner : TropicalMap, TropicalRationalMap, or sequence of p functions and numbers
        For p = 1 also one function.  `affine_map` makes a map of a matrix.
    max_terms : int
        Refuse results that would have more terms.

    Returns
    -------
    TropicalPolynomial or TropicalRational, or a map of these
        A polynomial if `outer` is one, all of `inner` are, and those of `inner` with several terms
        get no negative exponent; otherwise a rational function.

    Raises
    ------
    InputError
        If the number of functions is not that of the variables, or if the tropical zero gets a
        negative exponent.
    BudgetError
        Before the work, if there would be more than `max_terms` terms.

    Notes
    -----
    The result is not simplified: a monomial ``c x^a`` gives as many terms as the product of the
    numbers of terms of those g_j with ``a_j != 0``.

    Examples
    --------
    >>> x, y = TropicalPolynomial.variables(2)
    >>> f = x**2 + 1 * y
    >>> print(compose(f, [x + y, x * y]))
    x^2 + 1*x*y + y^2
    >>> compose(f, [x / y, x + y])([3, 1])
    4.0
    """
    functions = _functions(inner, outer.n_variables)
    if isinstance(outer, ComponentMap):
        return map_of([_composed(f, functions, max_terms) for f in outer])
    if not isinstance(outer, (TropicalPolynomial, TropicalRational)):
        raise InputError(f"a {type(outer).__name__} cannot be composed")
    return _composed(outer, functions, max_terms)


def substitute(outer: Any, matrix: Numbers, offset: Numbers | None = None) -> Any:
    """Compose with the affine map ``x -> A x + b``.

    Parameters
    ----------
    outer : TropicalPolynomial, TropicalRational, TropicalMap or TropicalRationalMap
        In p variables.
    matrix : array_like, shape (p, d)
    offset : array_like, shape (p,), optional

    Returns
    -------
    The same kind as `outer`, in d variables.

    Notes
    -----
    O(n p d): the exponents are multiplied by the matrix.

    Examples
    --------
    >>> f = TropicalPolynomial([[1, 0], [0, 1]], [0, 0])
    >>> print(substitute(f, [[2], [-1]], [0, 5]))
    x^2 + 5*x^(-1)
    """
    return compose(outer, affine_map(matrix, offset))


def restrict(outer: Any, point: Numbers, directions: Numbers) -> Any:
    """Restrict to the affine subspace through a point along some directions.

    Parameters
    ----------
    outer : TropicalPolynomial, TropicalRational, TropicalMap or TropicalRationalMap
        In p variables.
    point : array_like, shape (p,)
    directions : array_like, shape (k, p)
        At least one; rows that are dependent are allowed.

    Returns
    -------
    The same kind as `outer`, in k variables
        ``t -> outer(point + t_1 v_1 + ... + t_k v_k)``.

    Examples
    --------
    The diagonal of a tropical line:

    >>> f = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0])
    >>> print(restrict(f, [0, 0], [[1, 1]]))
    x + 0
    """
    return substitute(outer, exact(directions, "directions", ndim=2).T, exact(point, "point"))


def is_inner(value: Any) -> bool:
    """Whether a value is something to compose with, and not points."""
    kinds = (TropicalPolynomial, TropicalRational, ComponentMap)
    if isinstance(value, kinds):
        return True
    return isinstance(value, (list, tuple)) and any(isinstance(g, kinds) for g in value)


def _functions(inner: Any, count: int) -> list[TropicalPolynomial | TropicalRational]:
    given = [inner] if isinstance(inner, (TropicalPolynomial, TropicalRational)) else list(inner)
    if len(given) != count:
        raise InputError(
            f"{len(given)} functions for {count} variables: give one function for each variable"
        )
    dimensions = {g.n_variables for g in given if not is_number(g)}
    if len(dimensions) != 1:
        raise InputError(f"the inner functions must have the same variables, got {dimensions}")
    d = dimensions.pop()
    return [TropicalPolynomial.constant(g, d) if is_number(g) else g for g in given]


def _composed(
    outer: TropicalPolynomial | TropicalRational,
    functions: Sequence[TropicalPolynomial | TropicalRational],
    max_terms: int,
) -> TropicalPolynomial | TropicalRational:
    """Compose one function."""
    if isinstance(outer, TropicalRational):
        # Both parts have the same denominator, which cancels.
        common = _CommonDenominator.of([outer.numerator, outer.denominator], functions)
        top = common.numerator(outer.numerator, max_terms)
        return TropicalRational(top, common.numerator(outer.denominator, max_terms))
    common = _CommonDenominator.of([outer], functions)
    top = common.numerator(outer, max_terms)
    return top if common.is_one else TropicalRational(top, common.denominator(max_terms))


@dataclass(frozen=True)
class _CommonDenominator:
    """Numerators and denominators of the inner functions, and their powers in the denominator."""

    tops: list[TropicalPolynomial]
    bottoms: list[TropicalPolynomial | None]
    above: list[Fraction]
    below: list[Fraction]

    @staticmethod
    def of(
        parts: Sequence[TropicalPolynomial],
        functions: Sequence[TropicalPolynomial | TropicalRational],
    ) -> _CommonDenominator:
        rows = ExactArray.concatenate([part.exponents_exact for part in parts]).to_fractions()
        above = [max([*column, Fraction(0)]) for column in rows.T.tolist()]
        below = [max([*(-a for a in column), Fraction(0)]) for column in rows.T.tolist()]
        tops: list[TropicalPolynomial] = []
        bottoms: list[TropicalPolynomial | None] = []
        for j, g in enumerate(functions):
            tops.append(g.numerator if isinstance(g, TropicalRational) else g)
            bottoms.append(g.denominator if isinstance(g, TropicalRational) else None)
            if tops[j].is_zero and below[j]:
                raise InputError(
                    f"variable {j} has a negative exponent, and the tropical zero, which is to "
                    "take its place, has no inverse"
                )
            if bottoms[j] is None:
                above[j] = Fraction(0)  # one in the denominator has no effect
                if tops[j].n_monomials <= 1:
                    below[j] = Fraction(0)  # a monomial has an inverse among the polynomials
        return _CommonDenominator(tops, bottoms, above, below)

    @property
    def is_one(self) -> bool:
        """Whether nothing but polynomials comes out."""
        return not any(self.below) and self._has_no_quotient

    @property
    def _has_no_quotient(self) -> bool:
        return all(bottom is None for bottom in self.bottoms)

    def denominator(self, max_terms: int) -> TropicalPolynomial:
        """The product of all powers in the denominator."""
        factors = [(top, q) for top, q in zip(self.tops, self.below, strict=True) if q]
        for bottom, p in zip(self.bottoms, self.above, strict=True):
            if bottom is not None and p:
                factors.append((bottom, p))
        return self._product(factors, Fraction(0), max_terms)

    def numerator(self, part: TropicalPolynomial, max_terms: int) -> TropicalPolynomial:
        """A polynomial in the inner functions, times the denominator."""
        if self._has_no_quotient and all(top.n_monomials == 1 for top in self.tops):
            return self._affine(part)
        products = [self._factors(exponent) for exponent, _ in part.terms()]
        total = sum(_n_terms(factors) for factors in products)
        refuse_large(total, max_terms, "the composition")
        if not products:
            return TropicalPolynomial.constant(-float("inf"), self.tops[0].n_variables)
        found = [
            self._product(factors, value, max_terms)
            for factors, (_, value) in zip(products, part.terms(), strict=True)
        ]
        powers = ExactArray.concatenate([f.exponents_exact for f in found])
        values = ExactArray.concatenate([f.coefficients_exact for f in found])
        return TropicalPolynomial._of(*combined(powers, values))

    def _affine(self, part: TropicalPolynomial) -> TropicalPolynomial:
        matrix = ExactArray.concatenate([top.exponents_exact for top in self.tops])
        offset = ExactArray.concatenate([top.coefficients_exact for top in self.tops])
        powers = part.exponents_exact
        return TropicalPolynomial._of(
            *combined(powers @ matrix, powers @ offset + part.coefficients_exact)
        )

    def _factors(self, exponent: Sequence[Fraction]) -> list[tuple[TropicalPolynomial, Fraction]]:
        """Powers whose product is a monomial in the inner functions, times the denominator."""
        factors = []
        for j, a in enumerate(exponent):
            bottom = self.bottoms[j]
            if a + self.below[j]:
                factors.append((self.tops[j], a + self.below[j]))
            if bottom is not None and self.above[j] - a:
                factors.append((bottom, self.above[j] - a))
        return factors

    def _product(
        self,
        factors: Sequence[tuple[TropicalPolynomial, Fraction]],
        value: Fraction,
        max_terms: int,
    ) -> TropicalPolynomial:
        refuse_large(_n_terms(factors), max_terms, "the composition")
        result = TropicalPolynomial.constant(value, self.tops[0].n_variables)
        for factor, power in factors:
            result = result * factor**power
        return result


def _n_terms(factors: Sequence[tuple[TropicalPolynomial, Fraction]]) -> int:
    total = 1
    for factor, _ in factors:
        total *= factor.n_monomials
    return total
