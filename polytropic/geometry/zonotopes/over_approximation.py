"""Zonotopes around zonotopes, with fewer generators and a proof of containment."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import flint
import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, FloatArray, ObjectArray, exact
from polytropic.errors import InputError
from polytropic.geometry.zonotopes.zonotope import Zonotope

__all__ = ["ContainmentProof", "Method", "OverApproximation", "reduce_order"]

Method = Literal["girard", "combastel", "pca"]

_BASIS_BITS = 20  # of the entries of a principal basis


@dataclass(frozen=True)
class ContainmentProof:
    """Why a zonotope contains another: all but some generators are kept, those are boxed.

    Attributes
    ----------
    kept, boxed : tuple of int
        Generators of the zonotope inside; together all of them, each once.
    basis : ExactArray, shape (d, d)
        Rows: the edge directions of the parallelotope around the boxed generators.
    coefficients : ExactArray, shape (len(boxed), d)
        ``coefficients @ basis`` are the boxed generators.
    lower, upper : ExactArray, shape (d,)
        Sums of the negative, and of the positive, coefficients: the parallelotope is
        ``{c @ basis : lower <= c <= upper}``.
    """

    kept: tuple[int, ...]
    boxed: tuple[int, ...]
    basis: ExactArray
    coefficients: ExactArray
    lower: ExactArray
    upper: ExactArray

    def holds(self, inner: Zonotope, outer: Zonotope) -> bool:
        """Check every step in exact arithmetic."""
        rows = inner.generators_exact
        if sorted(self.kept + self.boxed) != list(range(len(rows))):
            return False
        if self.boxed and self.coefficients @ self.basis != rows[list(self.boxed)]:
            return False
        table = self.coefficients
        below = np.minimum(table.numerators, 0).sum(axis=0, initial=0)
        above = np.maximum(table.numerators, 0).sum(axis=0, initial=0)
        inside = [
            low <= Fraction(int(b), table.denominator) and Fraction(int(a), table.denominator) <= up
            for low, up, b, a in zip(
                self.lower.to_fractions(), self.upper.to_fractions(), below, above, strict=True
            )
        ]
        around = _around(inner, self.kept, self.basis, self.lower, self.upper)
        return all(inside) and around == outer


@dataclass(frozen=True)
class OverApproximation:
    """A zonotope that contains another one.

    Attributes
    ----------
    zonotope : Zonotope
        The larger one, of lower order.
    original : Zonotope
    method : {"girard", "combastel", "pca"}
    """

    zonotope: Zonotope
    original: Zonotope
    method: Method
    _merged: Zonotope
    _proof: ContainmentProof

    def proof(self) -> ContainmentProof:
        """Exact proof that `zonotope` contains `original`, parallel generators of it merged."""
        return self._proof

    def holds(self) -> bool:
        """Check the proof again, in exact arithmetic."""
        same = self.original.reduced().zonotope == self._merged
        return same and self._proof.holds(self._merged, self.zonotope)

    @property
    def is_exact(self) -> bool:
        """Whether nothing had to be approximated, so that both are equal."""
        return not self._proof.boxed

    @property
    def volume_ratio(self) -> Fraction:
        """Exact volume over that of the original, which must not be flat."""
        size = self.original.volume
        if not size:
            raise InputError("the original zonotope is flat: there is no ratio of volumes")
        return self.zonotope.volume / size

    @property
    def width_ratios(self) -> FloatArray:
        """Widths along the axes over those of the original, shape (d,); 1 where both are zero."""
        pairs = zip(_widths(self.zonotope), _widths(self.original), strict=True)
        ratios = [float(a / b) if b else (math.inf if a else 1.0) for a, b in pairs]
        return np.array(ratios, dtype=np.float64)

    def __repr__(self) -> str:
        before, after = self.original.generators_exact, self.zonotope.generators_exact
        return (
            f"OverApproximation({len(before)} to {len(after)} generators in dimension "
            f"{before.shape[1]}, {self.method})"
        )


def reduce_order(
    zonotope: Zonotope, order: float, *, method: Method = "girard"
) -> OverApproximation:
    """Enclose a zonotope in one with at most ``order * d`` generators.

    Parameters
    ----------
    zonotope : Zonotope
    order : float
        At least 1.
    method : {"girard", "combastel", "pca"}
        Which generators are kept, and what encloses the others: "girard" keeps those with the
        largest 1-norm minus maximum norm and "combastel" the longest ones, both with an
        axis-parallel box; "pca" keeps those of "girard" and takes a parallelotope along the
        principal directions of the others.

    Returns
    -------
    OverApproximation

    Raises
    ------
    InputError
        If the order is below 1 or the method unknown.

    Notes
    -----
    Floats only choose generators and directions; the box around them is exact.  Girard,
    "Reachability of uncertain linear systems using zonotopes" (2005); Combastel, "A state bounding
    observer based on zonotopes" (2003); Kopetzki, Schürmann and Althoff, "Methods for order
    reduction of zonotopes" (2017).

    Examples
    --------
    >>> found = reduce_order(Zonotope([[4, 1], [1, 3], [1, 0], [0, 1]]), 1.5)
    >>> found.zonotope.generators.tolist(), found.holds(), found.volume_ratio
    ([[4.0, 1.0], [2.0, 0.0], [0.0, 4.0]], True, Fraction(26, 21))
    """
    if method not in ("girard", "combastel", "pca"):
        raise InputError(f"method must be 'girard', 'combastel' or 'pca', got {method!r}")
    if not order >= 1:
        raise InputError(f"order must be at least 1, got {order!r}")
    merged = zonotope.reduced().zonotope
    size, width = merged.generators_exact.shape
    most = size if math.isinf(order) else math.floor(order * width)
    n_kept = size if size <= most else most - width
    worth = _LENGTHS[method](_scaled(merged.generators))
    ranked = np.argsort(-worth, kind="stable")
    kept, boxed = np.sort(ranked[:n_kept]), np.sort(ranked[n_kept:])
    basis = np.eye(width)
    if method == "pca" and len(boxed):
        basis = _principal(_scaled(merged.generators[boxed]))
    proof = _boxed(merged, kept, boxed, exact(basis))
    outer = _around(merged, proof.kept, proof.basis, proof.lower, proof.upper)
    return OverApproximation(outer, zonotope, method, merged, proof)


# -- which generators ------------------------------------------------------------------------------
def _scaled(rows: FloatArray) -> FloatArray:
    size = np.abs(rows[np.isfinite(rows)]).max(initial=0)
    return np.nan_to_num(np.ldexp(rows, -np.frexp(size)[1]), posinf=1.0, neginf=-1.0)


def _girard(rows: FloatArray) -> FloatArray:
    entries = np.abs(rows)
    worth: FloatArray = entries.sum(axis=1) - entries.max(axis=1, initial=0)
    return worth


def _lengths(rows: FloatArray) -> FloatArray:
    lengths: FloatArray = np.sqrt((rows * rows).sum(axis=1))
    return lengths


_LENGTHS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "girard": _girard,
    "combastel": _lengths,
    "pca": _girard,
}


def _principal(rows: FloatArray) -> FloatArray:
    """Principal directions of vectors and their negatives, rounded to short dyadic numbers."""
    _, _, directions = np.linalg.svd(np.concatenate([rows, np.eye(rows.shape[1]) * 2.0**-60]))
    rounded: FloatArray = np.rint(np.ldexp(directions, _BASIS_BITS)) / 2.0**_BASIS_BITS
    whole = flint.fmpz_mat(np.ldexp(rounded, _BASIS_BITS).astype(np.int64).tolist())
    return rounded if whole.det() != 0 else np.eye(rows.shape[1])


# -- what encloses them ----------------------------------------------------------------------------
def _boxed(
    zonotope: Zonotope, kept: NDArray[np.intp], boxed: NDArray[np.intp], basis: ExactArray
) -> ContainmentProof:
    coefficients = _solved(zonotope.generators_exact[boxed], basis)
    table = coefficients.numerators
    below = np.minimum(table, 0).sum(axis=0, initial=0).astype(object)
    above = np.maximum(table, 0).sum(axis=0, initial=0).astype(object)
    return ContainmentProof(
        tuple(kept.tolist()),
        tuple(boxed.tolist()),
        basis,
        coefficients,
        ExactArray(below, coefficients.denominator),
        ExactArray(above, coefficients.denominator),
    )


def _solved(rows: ExactArray, basis: ExactArray) -> ExactArray:
    """Coefficients with ``coefficients @ basis = rows``."""
    if not len(rows):
        return ExactArray(np.full(rows.shape, 0, dtype=object))
    if _is_identity(basis):
        return rows
    inverse = flint.fmpq_mat(flint.fmpz_mat(basis.numerators.tolist())).inv()
    numerator, denominator = inverse.numer_denom()
    entries: ObjectArray = np.empty(basis.shape, dtype=object)
    entries[:] = [[int(x) for x in row] for row in numerator.tolist()]
    scaled = ExactArray(entries * basis.denominator, int(denominator))
    return rows @ scaled


def _is_identity(basis: ExactArray) -> bool:
    return basis.floats is not None and bool((basis.floats == np.eye(len(basis))).all())


def _around(
    inner: Zonotope, kept: tuple[int, ...], basis: ExactArray, lower: ExactArray, upper: ExactArray
) -> Zonotope:
    """Sum of the kept generators and a parallelotope, zero edges left out."""
    edges = (upper - lower).reshape(-1, 1) * basis
    used = np.flatnonzero((edges.numerators != 0).any(axis=1))
    rows = ExactArray.concatenate([inner.generators_exact[list(kept)], edges[used]])
    return Zonotope(rows, inner.base_exact + lower @ basis)


def _widths(zonotope: Zonotope) -> list[Any]:
    rows = zonotope.generators_exact
    totals = np.abs(rows.numerators).sum(axis=0, initial=0).tolist()
    return [Fraction(int(total), rows.denominator) for total in totals]
