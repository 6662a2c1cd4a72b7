"""Ehrhart theory: how many lattice points the dilations of a polytope contain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import index
from typing import Any

import flint

from polytropic.errors import BudgetError, EmptyPolytopeError, InputError
from polytropic.geometry.lattice.fibration import MAX_POINTS, Fibration
from polytropic.geometry.polytope import Polytope

__all__ = [
    "EhrhartPolynomial",
    "EhrhartQuasiPolynomial",
    "ehrhart_polynomial",
    "ehrhart_quasi_polynomial",
    "h_star_vector",
]


@dataclass(frozen=True)
class EhrhartPolynomial:
    """Polynomial whose value at t >= 0 is the number of lattice points in t P.

    Attributes
    ----------
    coefficients : tuple of Fraction
        From the constant one up; the last is the volume of P, relative to the lattice of its affine
        hull.

    Examples
    --------
    >>> EhrhartPolynomial((Fraction(1), Fraction(2), Fraction(1)))(3)
    16
    """

    coefficients: tuple[Fraction, ...]

    @property
    def degree(self) -> int:
        """Dimension of the polytope."""
        return len(self.coefficients) - 1

    def __call__(self, t: int) -> int:
        """Number of lattice points in ``t P``; for t < 0, up to sign, of the inner ones."""
        return int(_evaluate(self.coefficients, _integer(t)))

    @property
    def h_star(self) -> tuple[int, ...]:
        """Numerator of ``sum_t L(t) x^t = h*(x) / (1 - x)^(d + 1)``, from the constant up.

        Notes
        -----
        The entries are non-negative (Stanley 1980) and sum to the normalised volume d! vol.
        """
        d = self.degree
        return tuple(
            sum((-1) ** i * math.comb(d + 1, i) * self(j - i) for i in range(j + 1))
            for j in range(d + 1)
        )


@dataclass(frozen=True)
class EhrhartQuasiPolynomial:
    """Counts of a rational polytope: one polynomial for every residue of t.

    Attributes
    ----------
    constituents : tuple of tuples of Fraction
        Constituent i holds for t congruent to i modulo their number, which is the least common
        denominator of the vertices (the least period may be a proper divisor of it).
    """

    constituents: tuple[tuple[Fraction, ...], ...]

    @property
    def period(self) -> int:
        """Number of constituents."""
        return len(self.constituents)

    def __call__(self, t: int) -> int:
        """Number of lattice points in ``t P``."""
        t = _integer(t)
        return int(_evaluate(self.constituents[t % self.period], t))


def ehrhart_polynomial(polytope: Polytope, *, max_slices: int = MAX_POINTS) -> EhrhartPolynomial:
    """Ehrhart polynomial of a lattice polytope.

    Parameters
    ----------
    polytope : Polytope
        Bounded, not empty, with integer vertices; flat ones are welcome.
    max_slices : int
        Budget of every count, see `n_lattice_points`.

    Returns
    -------
    EhrhartPolynomial
        Of the degree of the polytope's dimension, with exact coefficients.

    Raises
    ------
    EmptyPolytopeError, InputError
        If the polyhedron is empty, unbounded, or has a vertex that is not integer.
    BudgetError
        If a count is too big.

    Notes
    -----
    Interpolation from exact counts of the dilations by 1, ..., (dim + 1) // 2, closed and inner
    ones: Ehrhart-Macdonald reciprocity, L(-t) = (-1)^dim times the number of inner points of t P,
    halves the largest dilation.  See Beck and Robins, Computing the Continuous Discretely,
    theorems 3.8 and 4.1.

    Examples
    --------
    >>> square = ehrhart_polynomial(Polytope.box(0, 1, dim=2))
    >>> [int(c) for c in square.coefficients], square(10), square.h_star
    ([1, 2, 1], 121, (1, 1, 0))
    """
    fibration = _fibration(polytope)
    if _denominator(fibration) != 1:
        raise InputError(
            "a vertex of the polytope is not integer: ask ehrhart_quasi_polynomial, "
            "or dilate the polytope until its vertices are integers"
        )
    return EhrhartPolynomial(_constituent(fibration, 0, 1, max_slices))


def ehrhart_quasi_polynomial(
    polytope: Polytope, *, max_slices: int = MAX_POINTS, max_period: int = 1000
) -> EhrhartQuasiPolynomial:
    """Ehrhart quasi-polynomial of a polytope with rational vertices.

    Parameters
    ----------
    polytope : Polytope
        Bounded and not empty.
    max_slices : int
        Budget of every count, see `n_lattice_points`.
    max_period : int
        Largest common denominator of the vertices.

    Returns
    -------
    EhrhartQuasiPolynomial

    Raises
    ------
    EmptyPolytopeError, InputError
        If the polyhedron is empty or unbounded.
    BudgetError
        If the period or a count is too big.

    Notes
    -----
    Interpolation as for `ehrhart_polynomial`, once for every residue modulo the period q, from
    dilations by at most about q (dim + 1) / 2.

    Examples
    --------
    >>> half = ehrhart_quasi_polynomial(Polytope.box(0, 0.5, dim=1))
    >>> half.period, [half(t) for t in range(6)]
    (2, [1, 1, 2, 2, 3, 3])
    """
    fibration = _fibration(polytope)
    period = _denominator(fibration)
    if period > max_period:
        raise BudgetError(
            f"the vertices have the common denominator {period:,}, beyond max_period={max_period:,}"
        )
    constituents = [_constituent(fibration, r, period, max_slices) for r in range(period)]
    return EhrhartQuasiPolynomial(tuple(constituents))


def h_star_vector(polytope: Polytope, *, max_slices: int = MAX_POINTS) -> tuple[int, ...]:
    """h*-vector of a lattice polytope, see `EhrhartPolynomial.h_star`.

    Examples
    --------
    >>> h_star_vector(Polytope.box(0, 1, dim=3))
    (1, 4, 1, 0)
    """
    return ehrhart_polynomial(polytope, max_slices=max_slices).h_star


def _fibration(polytope: Polytope) -> Fibration:
    fibration = Fibration.of(polytope)
    if fibration is None:
        raise EmptyPolytopeError("the empty polytope has no Ehrhart polynomial")
    return fibration


def _denominator(fibration: Fibration) -> int:
    """Common denominator of the vertices."""
    corner = [int(x.denominator) for x in fibration.corner]
    if not len(fibration.basis):
        return math.lcm(1, *corner)
    sides = fibration.corners.to_fractions() @ fibration.basis
    whole = [
        (x + c).denominator
        for row in sides.tolist()
        for x, c in zip(row, fibration.corner, strict=True)
    ]
    return math.lcm(1, *whole)


def _constituent(
    fibration: Fibration, residue: int, period: int, max_slices: int
) -> tuple[Fraction, ...]:
    """Polynomial of the dilations congruent to a residue."""
    dimension = len(fibration.basis)
    # The dilations nearest to zero; the negative ones count inner points.
    nearest = sorted(
        (residue + period * k for k in range(-dimension - 1, dimension + 2)),
        key=lambda t: (abs(t), -t),
    )
    places = nearest[: dimension + 1]
    counts = [_count(fibration, t, dimension, max_slices) for t in places]
    return _interpolated(places, counts)


def _count(fibration: Fibration, t: int, dimension: int, max_slices: int) -> int:
    if t == 0:
        return 1
    sign = 1 if t > 0 or dimension % 2 == 0 else -1
    return sign * fibration.count(abs(t), t < 0, max_slices)


def _interpolated(places: Sequence[int], values: Sequence[int]) -> tuple[Fraction, ...]:
    """Coefficients of the polynomial of degree < n through n points."""
    size = len(places)
    powers = flint.fmpz_mat([[t**j for j in range(size)] for t in places])
    found = powers.solve(flint.fmpz_mat(size, 1, list(values))).entries()
    return tuple(Fraction(int(x.p), int(x.q)) for x in found)


def _evaluate(coefficients: Sequence[Fraction], t: int) -> Fraction:
    total = Fraction(0)
    for coefficient in reversed(coefficients):
        total = total * t + coefficient
    return total


def _integer(t: Any) -> int:
    try:
        return index(t)
    except TypeError as problem:
        raise InputError(f"dilate by an integer, not by {t!r}") from problem
