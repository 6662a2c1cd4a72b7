"""Tropical polynomials (max-plus): maxima of finitely many affine functions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from numbers import Rational
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polytropic.arithmetic.numbers import (
    ExactArray,
    FloatArray,
    Numbers,
    ObjectArray,
    exact,
    exact_scalar,
)
from polytropic.errors import InputError
from polytropic.geometry.polytope import Polytope
from polytropic.tropical.envelope import Envelope

if TYPE_CHECKING:
    from polytropic.tropical.hypersurface import TropicalHypersurface
    from polytropic.tropical.rational import TropicalRational
    from polytropic.tropical.subdivision import DualSubdivision

__all__ = ["TropicalPolynomial"]


@dataclass(frozen=True, init=False, repr=False)
class TropicalPolynomial:
    """``f(x) = max_i (c_i + <a_i, x>)``, the tropical sum of the monomials ``c_i x^{a_i}``.

    Exponents may be any rational numbers (floats mean the dyadic rationals they encode), so this
    is also the signomial of Zhang, Naitzat and Lim (section 5).  Like terms are combined on
    construction; terms with coefficient ``-inf`` are dropped.

    ``f + g`` is the tropical sum (maximum), ``f * g`` the tropical product (ordinary sum), and
    ``f ** k`` the tropical power (ordinary multiple, k >= 0).  A number stands for the constant
    monomial.  ``f == g`` compares terms; `equals_function` compares functions.

    Parameters
    ----------
    exponents : array_like, shape (n, d)
        Integers, fractions or floats, one row per monomial.
    coefficients : array_like, shape (n,)
        Real coefficients; ``-inf`` is the tropical zero.

    Raises
    ------
    InputError
        If shapes do not match, or an entry is NaN or ``+inf``.

    Examples
    --------
    >>> f = TropicalPolynomial([[2, 0], [0, 2], [1, 1], [1, 0], [0, 1], [0, 0]], [1, 1, 2, 2, 2, 2])
    >>> f([[0, 0], [3, 1]])
    array([2., 7.])
    >>> f.n_regions, len(f.dual_subdivision().maximal_cells)
    (6, 3)
    """

    exponents_exact: ExactArray
    coefficients_exact: ExactArray

    def __init__(self, exponents: Numbers, coefficients: Numbers):
        powers = exact(exponents, "exponents", ndim=2)
        if powers.shape[1] == 0:
            raise InputError("exponents has no columns: the number of variables must be positive")
        kept, values = _finite(coefficients)
        if len(kept) != len(powers):
            raise InputError(
                f"{len(powers)} exponents but {len(kept)} coefficients: give one for each monomial"
            )
        self._set(*_combine(powers[np.flatnonzero(kept)], values))

    def _set(self, exponents: ExactArray, coefficients: ExactArray) -> None:
        object.__setattr__(self, "exponents_exact", exponents)
        object.__setattr__(self, "coefficients_exact", coefficients)

    @staticmethod
    def _of(exponents: ExactArray, coefficients: ExactArray) -> TropicalPolynomial:
        """Wrap terms that are already distinct and sorted."""
        f = object.__new__(TropicalPolynomial)
        f._set(exponents, coefficients)
        return f

    @staticmethod
    def monomial(exponent: Numbers, coefficient: Any = 0) -> TropicalPolynomial:
        """Return the monomial ``c x^a``, that is, the affine function ``c + <a, x>``.

        Examples
        --------
        >>> TropicalPolynomial.monomial([1, 0], 3)([2, 5])
        5.0
        """
        power = exact(exponent, "exponent", ndim=1)
        return TropicalPolynomial(power.reshape(1, -1), [exact_scalar(coefficient, "coefficient")])

    # -- terms ---------------------------------------------------------------------------------
    @property
    def exponents(self) -> FloatArray:
        """Exponents as float64, shape (n, d), in lexicographic order."""
        return self.exponents_exact.to_float()

    @property
    def coefficients(self) -> FloatArray:
        """Coefficients as float64, shape (n,)."""
        return self.coefficients_exact.to_float()

    @property
    def n_variables(self) -> int:
        """Number of variables d."""
        return self.exponents_exact.shape[1]

    @property
    def n_monomials(self) -> int:
        """Number of terms."""
        return len(self.exponents_exact)

    def terms(self) -> list[tuple[tuple[Fraction, ...], Fraction]]:
        """Terms as ``((a_1, ..., a_d), c)`` in fractions, sorted by exponent."""
        powers = self.exponents_exact.to_fractions().tolist()
        values = self.coefficients_exact.to_fractions().tolist()
        return [(tuple(power), value) for power, value in zip(powers, values, strict=True)]

    # -- algebra -------------------------------------------------------------------------------
    def __add__(self, other: Any) -> TropicalPolynomial:
        g = self._coerce(other)
        if g is None:
            return NotImplemented
        powers = ExactArray.concatenate([self.exponents_exact, g.exponents_exact])
        values = ExactArray.concatenate([self.coefficients_exact, g.coefficients_exact])
        return TropicalPolynomial._of(*_combine(powers, values))

    __radd__ = __add__

    def __mul__(self, other: Any) -> TropicalPolynomial:
        g = self._coerce(other)
        if g is None:
            return NotImplemented
        i = np.repeat(np.arange(self.n_monomials), g.n_monomials)
        j = np.tile(np.arange(g.n_monomials), self.n_monomials)
        return self.product_of_pairs(g, i, j)

    __rmul__ = __mul__

    def product_of_pairs(
        self, other: TropicalPolynomial, i: NDArray[np.intp], j: NDArray[np.intp]
    ) -> TropicalPolynomial:
        """Part of the product that comes from the given pairs of monomials."""
        powers = self.exponents_exact[i] + other.exponents_exact[j]
        values = self.coefficients_exact[i] + other.coefficients_exact[j]
        return TropicalPolynomial._of(*_combine(powers, values))

    def __pow__(self, power: Any) -> TropicalPolynomial:
        k = exact_scalar(power, "power")
        if k < 0:
            raise InputError(
                f"power {power} is negative: that is no polynomial (use a TropicalRational)"
            )
        if k == 0:
            return TropicalPolynomial.monomial([0] * self.n_variables)
        # Scaling gives the same function as the repeated product, without its redundant terms.
        return TropicalPolynomial._of(self.exponents_exact * k, self.coefficients_exact * k)

    def __truediv__(self, other: Any) -> TropicalRational:
        from polytropic.tropical.rational import TropicalRational

        g = self._coerce(other)
        return NotImplemented if g is None else TropicalRational(self, g)

    def _coerce(self, other: Any) -> TropicalPolynomial | None:
        if isinstance(other, (Rational, float, np.number)):
            return TropicalPolynomial.monomial([0] * self.n_variables, other)
        if not isinstance(other, TropicalPolynomial):
            return None
        if other.n_variables != self.n_variables:
            raise InputError(
                f"polynomials in {self.n_variables} and {other.n_variables} variables do not mix"
            )
        return other

    def simplify(self) -> TropicalPolynomial:
        """Keep only the monomials whose region has interior; the function stays the same.

        Complexity: one convex hull of the lifted points in dimension d + 1.
        """
        if self.n_monomials <= 1 or self.n_regions == self.n_monomials:
            return self
        kept = np.array(sorted(self._envelope.vertices))
        small = TropicalPolynomial._of(self.exponents_exact[kept], self.coefficients_exact[kept])
        # The upper hull is the same: hand it on instead of computing it again.
        small.__dict__["_envelope"] = self._envelope.restricted(
            small.exponents_exact, small.coefficients_exact, kept
        )
        return small

    def equals_function(self, other: TropicalPolynomial) -> bool:
        """Decide exactly whether both are the same function.

        Examples
        --------
        >>> f = TropicalPolynomial([[1, 1], [2, 0], [0, 2]], [0, 0, 0])
        >>> g = TropicalPolynomial([[2, 0], [0, 2]], [0, 0])
        >>> f == g, f.equals_function(g)
        (False, True)
        """
        return self.simplify() == other.simplify()

    # -- evaluation ----------------------------------------------------------------------------
    def __call__(self, x: ArrayLike) -> Any:
        """Evaluate in float64 at one point, shape (d,), or at a batch, shape (n, d)."""
        points = np.asarray(x, dtype=np.float64)
        if points.ndim not in (1, 2) or points.shape[-1] != self.n_variables:
            raise InputError(
                f"x must have shape ({self.n_variables},) or (n, {self.n_variables}), "
                f"got {points.shape}"
            )
        values = points @ self.exponents.T + self.coefficients
        best = values.max(axis=-1, initial=-np.inf)
        return float(best) if points.ndim == 1 else best

    def evaluate_exact(self, x: Any) -> ObjectArray:
        """Evaluate in exact rationals at a batch, shape (n, d) to an array of Fractions (n,)."""
        points = exact(x, "x", ndim=2)
        if not self.n_monomials:
            raise InputError("the tropical zero is minus infinity everywhere")
        slopes = points @ self.exponents_exact.T
        ones = ExactArray(np.full((len(points), 1), 1, dtype=object))
        values = slopes + ones @ self.coefficients_exact.reshape(1, -1)
        best = values.numerators.max(axis=1)
        return ExactArray(best, values.denominator).to_fractions()

    # -- geometry ------------------------------------------------------------------------------
    @cached_property
    def _envelope(self) -> Envelope:
        if not self.n_monomials:
            raise InputError("the tropical zero (no monomial) has no polytope")
        return Envelope(self.exponents_exact, self.coefficients_exact)

    @property
    def n_regions(self) -> int:
        """Number of linear regions: of vertices of the upper hull of the lifted polytope.

        Zhang, Naitzat and Lim, section 3.
        """
        return len(self._envelope.vertices)

    def newton_polytope(self) -> Polytope:
        """Hull of the exponents in R^d (Definition 3.2)."""
        return Polytope.from_points(self._nonzero().exponents_exact)

    def lifted_polytope(self) -> Polytope:
        """Hull of the points ``(a_i, c_i)`` in R^{d+1}."""
        f = self._nonzero()
        columns = [f.exponents_exact, f.coefficients_exact.reshape(-1, 1)]
        return Polytope.from_points(ExactArray.concatenate(columns, axis=1))

    def upper_hull(self) -> FloatArray:
        """Vertices ``(a_i, c_i)`` of the upper hull, shape (N, d + 1), sorted by exponent."""
        return self.upper_hull_exact().to_float()

    def upper_hull_exact(self) -> ExactArray:
        """Vertices of the upper hull as exact rationals."""
        f = self._nonzero().simplify()
        columns = [f.exponents_exact, f.coefficients_exact.reshape(-1, 1)]
        return ExactArray.concatenate(columns, axis=1)

    def dual_subdivision(self) -> DualSubdivision:
        """Regular subdivision of the Newton polytope that the coefficients induce."""
        from polytropic.tropical.subdivision import DualSubdivision

        return DualSubdivision(self._nonzero())

    def hypersurface(self) -> TropicalHypersurface:
        """Where the maximum is attained at least twice (Definition 3.1)."""
        from polytropic.tropical.hypersurface import TropicalHypersurface

        return TropicalHypersurface(self._nonzero())

    def _nonzero(self) -> TropicalPolynomial:
        if not self.n_monomials:
            raise InputError("the tropical zero (no monomial) has no polytope")
        return self

    def __repr__(self) -> str:
        return f"TropicalPolynomial({self.n_monomials} monomials in {self.n_variables} variables)"


def _finite(coefficients: Any) -> tuple[np.ndarray[Any, Any], ExactArray]:
    """Flags of the coefficients that are not minus infinity, and their exact values."""
    if isinstance(coefficients, ExactArray):
        return np.ones(len(coefficients), dtype=bool), coefficients
    array = np.asarray(coefficients)
    if array.ndim != 1:
        raise InputError(f"coefficients must have shape (n,), got {array.shape}")
    flat = array.tolist()
    kept = np.array([not (isinstance(c, float) and c == -np.inf) for c in flat], dtype=bool)
    return kept, exact([c for c, k in zip(flat, kept.tolist(), strict=True) if k], "coefficients")


def _combine(exponents: ExactArray, coefficients: ExactArray) -> tuple[ExactArray, ExactArray]:
    """Combine like terms by the maximum, and sort by exponent."""
    best: dict[tuple[int, ...], int] = {}
    for power, value in zip(
        map(tuple, exponents.numerators.tolist()), coefficients.numerators.tolist(), strict=True
    ):
        known = best.get(power)
        if known is None or value > known:
            best[power] = value
    powers = sorted(best)
    rows = np.empty((len(powers), exponents.shape[1]), dtype=object)
    values = np.empty(len(powers), dtype=object)
    if powers:
        rows[:, :] = powers
        values[:] = [best[power] for power in powers]
    return ExactArray(rows, exponents.denominator), ExactArray(values, coefficients.denominator)
