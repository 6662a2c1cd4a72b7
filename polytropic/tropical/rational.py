"""Tropical rational functions: differences of tropical polynomials, kept as pairs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from polytropic.arithmetic.numbers import ObjectArray
from polytropic.errors import InputError
from polytropic.geometry.graphs import component_labels
from polytropic.tropical import evaluation
from polytropic.tropical.gradients import Gradients, difference_gradients, gradients
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.products import overlapping_pairs, simplified_product
from polytropic.tropical.terms import is_number, power_of
from polytropic.tropical.tuples import ComponentMap

__all__ = ["TropicalRational", "TropicalRationalMap"]

_Term = tuple[tuple[Fraction, ...], Fraction]


@dataclass(frozen=True, repr=False)
class TropicalRational:
    """The function ``numerator - denominator`` (the tropical quotient), kept as a pair.

    ``r + s``, ``r * s``, ``r / s`` and ``r ** k`` (any rational k) are the operations of the
    semifield; polynomials and numbers may stand on either side.  ``r(x)`` evaluates, ``r(g)``
    composes.  The pair is not unique: ``==`` compares the pairs, `equals_function` the functions.

    Parameters
    ----------
    numerator, denominator : TropicalPolynomial
        In the same number of variables; the denominator with at least one monomial.

    Examples
    --------
    >>> x = TropicalPolynomial([[1]], [0])
    >>> hat = (x + 0) * (x + 2) / (x + 1) ** 2
    >>> hat([[-5], [1], [7]])
    array([0., 1., 0.])
    >>> (hat**-0.5 * 3)([1])
    2.5
    """

    numerator: TropicalPolynomial
    denominator: TropicalPolynomial

    __array_ufunc__: ClassVar[None] = None  # numbers of NumPy leave operators to this class

    def __post_init__(self) -> None:
        if self.numerator.n_variables != self.denominator.n_variables:
            raise InputError(
                f"numerator has {self.numerator.n_variables} variables, denominator has "
                f"{self.denominator.n_variables}"
            )
        if self.denominator.is_zero:
            raise InputError("the denominator is the tropical zero: the quotient is undefined")

    @staticmethod
    def of(function: TropicalPolynomial | TropicalRational) -> TropicalRational:
        """A polynomial as the quotient by the tropical one; a rational function as it is."""
        if isinstance(function, TropicalRational):
            return function
        return TropicalRational(function, TropicalPolynomial.constant(0, function.n_variables))

    @staticmethod
    def parse(text: str, variables: Any = None) -> TropicalRational:
        """Read a quotient in the field's notation: see `polytropic.tropical.parsing.parse`.

        Examples
        --------
        >>> TropicalRational.parse("(x + 0) * (x + 2) / (x + 1)^2")([1])
        1.0
        """
        from polytropic.tropical.parsing import parse

        return TropicalRational.of(parse(text, variables))

    @property
    def n_variables(self) -> int:
        """Number of variables d."""
        return self.numerator.n_variables

    @property
    def is_zero(self) -> bool:
        """Whether this is the tropical zero, the function ``-inf``."""
        return self.numerator.is_zero

    # -- evaluation ----------------------------------------------------------------------------
    def __call__(self, x: Any) -> Any:
        """Evaluate at one point (d,) or a batch (n, d), or compose with tropical functions.

        Values are exact and correctly rounded to float64: see `evaluation.evaluate`.
        """
        from polytropic.tropical.composition import compose, is_inner

        return compose(self, x) if is_inner(x) else evaluation.evaluate(self, x)

    def evaluate_exact(self, x: Any) -> ObjectArray:
        """Evaluate in exact rationals at a batch, shape (n, d)."""
        return evaluation.evaluate_exact(self, x)

    def gradients(self, x: Any) -> Gradients:
        """Gradients where they exist, at common kinks too: see `gradients.gradients`."""
        return gradients(self, x)

    def compose(self, inner: Any) -> Any:
        """``r(g_1, ..., g_d)``: see `polytropic.tropical.composition.compose`."""
        from polytropic.tropical.composition import compose

        return compose(self, inner)

    def _leaders(self, n_points: int) -> evaluation.Leaders:
        return evaluation.difference_leaders(self.numerator, self.denominator, n_points)

    def _gradients(self, points: evaluation.Points) -> Gradients:
        return difference_gradients(self.numerator, self.denominator, points)

    # -- algebra -------------------------------------------------------------------------------
    def _coerce(self, other: Any) -> TropicalRational | None:
        if is_number(other):
            other = TropicalPolynomial.constant(other, self.n_variables)
        if not isinstance(other, (TropicalPolynomial, TropicalRational)):
            return None
        if other.n_variables != self.n_variables:
            raise InputError(
                f"functions in {self.n_variables} and {other.n_variables} variables do not mix"
            )
        return TropicalRational.of(other)

    def __add__(self, other: Any) -> TropicalRational:
        r = self._coerce(other)
        if r is None:
            return NotImplemented
        if r.denominator == self.denominator:
            return TropicalRational(self.numerator + r.numerator, self.denominator)
        top = self.numerator * r.denominator + r.numerator * self.denominator
        return TropicalRational(top, self.denominator * r.denominator)

    def __mul__(self, other: Any) -> TropicalRational:
        r = self._coerce(other)
        if r is None:
            return NotImplemented
        return TropicalRational(self.numerator * r.numerator, self.denominator * r.denominator)

    def __truediv__(self, other: Any) -> TropicalRational:
        r = self._coerce(other)
        return NotImplemented if r is None else self * r**-1

    def __rtruediv__(self, other: Any) -> TropicalRational:
        r = self._coerce(other)
        return NotImplemented if r is None else r * self**-1

    __radd__ = __add__
    __rmul__ = __mul__

    def __pow__(self, power: Any) -> TropicalRational:
        k = power_of(power)
        if k >= 0:
            return TropicalRational(self.numerator**k, self.denominator**k)
        if self.is_zero:
            raise InputError(f"power {power} is negative: the tropical zero has no inverse")
        return TropicalRational(self.denominator**-k, self.numerator**-k)

    # -- functions -----------------------------------------------------------------------------
    def simplify(self) -> TropicalRational:
        """Simplify numerator and denominator; a denominator of one monomial becomes the one.

        Other common factors are not cancelled.
        """
        top, bottom = self.numerator.simplify(), self.denominator.simplify()
        if bottom.n_monomials == 1:
            top, bottom = top * bottom**-1, bottom**0
        return TropicalRational(top, bottom)

    def equals_function(self, other: Any) -> bool:
        """Decide exactly whether both are the same function.

        Parameters
        ----------
        other : TropicalRational, TropicalPolynomial or number

        Examples
        --------
        >>> x, y = TropicalPolynomial.variables(2)
        >>> (x * y / (x + y)).equals_function(0 / (0 / x + 0 / y))
        True
        """
        r = self._coerce(other)
        if r is None:
            raise InputError(f"a TropicalRational cannot be compared with a {type(other).__name__}")
        if self.denominator == r.denominator:
            return self.numerator.equals_function(r.numerator)
        left = simplified_product(self.numerator, r.denominator)
        return left == simplified_product(r.numerator, self.denominator)

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
        if f.is_zero:
            return 1
        i, j = overlapping_pairs(f, g)
        product = f.product_of_pairs(g, i, j)
        quotient_of = _quotients(f, g, i.tolist(), j.tolist())
        label = dict(enumerate(quotient_of[power] for power, _ in product.terms()))
        place = {monomial: index for index, monomial in enumerate(product._envelope.vertices)}
        joined = [(place[a], place[b]) for a, b in product._envelope.edges if label[a] == label[b]]
        return int(component_labels(len(place), joined).max()) + 1

    # -- notation ------------------------------------------------------------------------------
    def __repr__(self) -> str:
        return (
            f"TropicalRational({self.numerator.n_monomials} / {self.denominator.n_monomials} "
            f"monomials in {self.n_variables} variables)"
        )

    def __str__(self) -> str:
        from polytropic.tropical.printing import to_text

        return to_text(self)

    def _repr_latex_(self) -> str:
        from polytropic.tropical.printing import to_latex

        return f"${to_latex(self)}$"


class TropicalRationalMap(ComponentMap[TropicalRational]):
    """A tuple of tropical rational functions in the same variables: a map R^d -> R^p.

    Operators work component by component, as for `TropicalMap`.

    Parameters
    ----------
    components : sequence of TropicalRational

    Examples
    --------
    >>> x, y = TropicalPolynomial.variables(2)
    >>> F = TropicalRationalMap((x / y, y / (x + 0)))
    >>> F([3, 4]), F.shape
    (array([-1., 1.]), (2, 2))
    """

    @classmethod
    def _kind(cls) -> type[TropicalRational]:
        return TropicalRational

    @property
    def numerators(self) -> tuple[TropicalPolynomial, ...]:
        """Numerators of the components."""
        return tuple(r.numerator for r in self.components)

    @property
    def denominators(self) -> tuple[TropicalPolynomial, ...]:
        """Denominators of the components."""
        return tuple(r.denominator for r in self.components)


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
