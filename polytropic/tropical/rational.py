"""Tropical rational functions: differences of tropical polynomials, kept as pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from polytropic.arithmetic.numbers import ObjectArray
from polytropic.errors import InputError
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = ["TropicalRational"]


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
        return (self.numerator.simplify() * self.denominator.simplify()).simplify()

    def __repr__(self) -> str:
        return (
            f"TropicalRational({self.numerator.n_monomials} / {self.denominator.n_monomials} "
            f"monomials in {self.n_variables} variables)"
        )
