"""Tropical polynomials (max-plus): maxima of finitely many affine functions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, FloatArray, Numbers, ObjectArray, exact
from polytropic.errors import InputError
from polytropic.geometry.polytope import Polytope
from polytropic.tropical import evaluation
from polytropic.tropical.envelope import Envelope
from polytropic.tropical.gradients import Gradients, gradients, polynomial_gradients
from polytropic.tropical.terms import combined, finite, is_number, joined, power_of

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from polytropic.tropical.hypersurface import TropicalHypersurface
    from polytropic.tropical.rational import TropicalRational
    from polytropic.tropical.subdivision import DualSubdivision

__all__ = ["TropicalPolynomial", "TropicalSignomial"]


@dataclass(frozen=True, init=False, repr=False)
class TropicalPolynomial:
    """``f(x) = max_i (c_i + <a_i, x>)``, the tropical sum of the monomials ``c_i x^{a_i}``.

    Exponents may be any rational numbers (floats mean the dyadic rationals they encode), so this
    is also the signomial of Zhang, Naitzat and Lim (section 5): `TropicalSignomial` is another
    name of the same class; `is_polynomial` and `is_laurent` say which exponents there are.  Like
    terms are combined on construction; terms with coefficient ``-inf`` are dropped, and without
    terms this is the tropical zero, the function ``-inf``.

    ``f + g`` is the tropical sum (maximum), ``f * g`` the tropical product (ordinary sum), ``f /
    g`` the quotient (difference), ``f ** k`` the tropical power (ordinary multiple, k >= 0, for a
    monomial any k).  A number stands for the constant monomial.  ``f == g`` compares terms;
    `equals_function` compares functions.  ``f(x)`` evaluates at points, and ``f(g)`` composes
    (see `polytropic.tropical.composition`); ``str(f)`` is read by
    `polytropic.tropical.parsing.parse`.

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

    __array_ufunc__: ClassVar[None] = None  # numbers of NumPy leave operators to this class

    def __init__(self, exponents: Numbers, coefficients: Numbers):
        powers = exact(exponents, "exponents", ndim=2)
        if powers.shape[1] == 0:
            raise InputError("exponents has no columns: the number of variables must be positive")
        kept, values = finite(coefficients)
        if len(kept) != len(powers):
            raise InputError(
                f"{len(powers)} exponents but {len(kept)} coefficients: give one for each monomial"
            )
        self._set(*combined(powers[np.flatnonzero(kept)], values))

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
        return TropicalPolynomial(power.reshape(1, -1), [coefficient])

    @staticmethod
    def constant(value: Any, n_variables: int) -> TropicalPolynomial:
        """Return a constant; ``-inf`` gives the tropical zero, 0 the tropical one."""
        return TropicalPolynomial.monomial([0] * n_variables, value)

    @staticmethod
    def variables(n_variables: int) -> tuple[TropicalPolynomial, ...]:
        """Return the coordinates ``x_1, ..., x_d``.

        Examples
        --------
        >>> x, y = TropicalPolynomial.variables(2)
        >>> print(1 * x**2 + 2 * x * y + 2)
        1*x^2 + 2*x*y + 2
        """
        return tuple(map(TropicalPolynomial.monomial, np.eye(n_variables, dtype=int)))

    @staticmethod
    def parse(text: str, variables: Any = None) -> TropicalPolynomial:
        """Read a polynomial in the field's notation: see `polytropic.tropical.parsing.parse`.

        Examples
        --------
        >>> TropicalPolynomial.parse("1*x^2 + 1*y^2 + 2*x*y + 2*x + 2*y + 2").n_regions
        6
        """
        from polytropic.tropical.parsing import parse_polynomial

        return parse_polynomial(text, variables)

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

    @property
    def is_zero(self) -> bool:
        """Whether this is the tropical zero: no monomial, the function ``-inf``."""
        return not self.n_monomials

    @property
    def is_laurent(self) -> bool:
        """Whether all exponents are integers."""
        return self.exponents_exact.denominator == 1

    @property
    def is_polynomial(self) -> bool:
        """Whether all exponents are non-negative integers."""
        return self.is_laurent and bool((self.exponents_exact.numerators >= 0).all())

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
        return TropicalPolynomial._of(*combined(powers, values))

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
        return TropicalPolynomial._of(*combined(powers, values))

    def __pow__(self, power: Any) -> TropicalPolynomial:
        k = power_of(power)
        if k == 0:
            return TropicalPolynomial.constant(0, self.n_variables)
        if k < 0 and self.n_monomials != 1:
            raise InputError(
                f"power {power} is negative: only monomials have such powers among polynomials; "
                f"write 0 / f ** {-k}, which is a TropicalRational"
                if self.n_monomials
                else f"power {power} is negative: the tropical zero has no such power"
            )
        # Scaling gives the same function as the repeated product, without its redundant terms.
        return TropicalPolynomial._of(self.exponents_exact * k, self.coefficients_exact * k)

    def __truediv__(self, other: Any) -> TropicalRational:
        from polytropic.tropical.rational import TropicalRational

        g = self._coerce(other)
        return NotImplemented if g is None else TropicalRational(self, g)

    def __rtruediv__(self, other: Any) -> TropicalRational:
        g = self._coerce(other)
        return NotImplemented if g is None else g / self

    def _coerce(self, other: Any) -> TropicalPolynomial | None:
        if is_number(other):
            return TropicalPolynomial.constant(other, self.n_variables)
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

    def equals_function(self, other: Any) -> bool:
        """Decide exactly whether both are the same function.

        Parameters
        ----------
        other : TropicalPolynomial, TropicalRational or number

        Examples
        --------
        >>> f = TropicalPolynomial([[1, 1], [2, 0], [0, 2]], [0, 0, 0])
        >>> g = TropicalPolynomial([[2, 0], [0, 2]], [0, 0])
        >>> f == g, f.equals_function(g)
        (False, True)
        """
        from polytropic.tropical.rational import TropicalRational

        if isinstance(other, TropicalRational):
            return other.equals_function(self)
        g = self._coerce(other)
        if g is None:
            raise InputError(f"a polynomial cannot be compared with a {type(other).__name__}")
        return self.simplify() == g.simplify()

    # -- evaluation ----------------------------------------------------------------------------
    def __call__(self, x: Any) -> Any:
        """Evaluate at one point (d,) or a batch (n, d), or compose with tropical functions.

        Values are exact and correctly rounded to float64: see `evaluation.evaluate`.
        """
        from polytropic.tropical.composition import compose, is_inner

        return compose(self, x) if is_inner(x) else evaluation.evaluate(self, x)

    def evaluate_exact(self, x: Any) -> ObjectArray:
        """Evaluate in exact rationals at a batch, shape (n, d) to an array of Fractions (n,).

        The tropical zero gives the float ``-inf``.
        """
        return evaluation.evaluate_exact(self, x)

    def active(self, x: Any) -> csr_array:
        """Which monomials attain the maximum at each point: see `evaluation.active`."""
        return evaluation.active(self, x)

    def gradients(self, x: Any) -> Gradients:
        """Gradients where they exist: see `gradients.gradients`."""
        return gradients(self, x)

    def compose(self, inner: Any) -> Any:
        """``f(g_1, ..., g_d)``: see `polytropic.tropical.composition.compose`."""
        from polytropic.tropical.composition import compose

        return compose(self, inner)

    @cached_property
    def _table(self) -> ExactArray:
        """Rows ``(a_i, c_i)``."""
        return joined(self.exponents_exact, self.coefficients_exact)

    def _leaders(self, n_points: int) -> evaluation.Leaders:
        return evaluation.leaders(self, n_points)

    def _gradients(self, points: evaluation.Points) -> Gradients:
        return polynomial_gradients(self, points)

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

    # -- notation ------------------------------------------------------------------------------
    def __repr__(self) -> str:
        return f"TropicalPolynomial({self.n_monomials} monomials in {self.n_variables} variables)"

    def __str__(self) -> str:
        from polytropic.tropical.printing import to_text

        return to_text(self)

    def _repr_latex_(self) -> str:
        from polytropic.tropical.printing import to_latex

        return f"${to_latex(self)}$"


TropicalSignomial = TropicalPolynomial
"""The same class: exponents may be any rational numbers (or the reals that floats encode)."""
