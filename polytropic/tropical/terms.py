"""Tables of terms: reading their coefficients, combining like terms."""

from __future__ import annotations

from numbers import Rational
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.dots import floats_exactly
from polytropic.arithmetic.numbers import ExactArray, FloatArray, exact, exact_scalar
from polytropic.errors import BudgetError, InputError

__all__ = ["combined", "finite", "in_floats", "is_number", "joined", "power_of", "refuse_large"]

_NUMBERS = (Rational, float, np.integer, np.floating, flint.fmpz, flint.fmpq)


def is_number(value: Any) -> bool:
    """Whether a value is a number, which stands for a constant function."""
    return isinstance(value, _NUMBERS)


def power_of(value: Any) -> Any:
    """Read the exponent of a tropical power."""
    return exact_scalar(value, "power")


def refuse_large(n_terms: int, max_terms: int, what: str) -> None:
    """Raise a BudgetError for a result that would have more terms than allowed."""
    if n_terms > max_terms:
        raise BudgetError(
            f"{what} would have {n_terms} terms before like terms are combined, more than "
            f"max_terms={max_terms}; simplify its parts first, or raise the limit"
        )


def finite(coefficients: Any) -> tuple[NDArray[np.bool_], ExactArray]:
    """Flags of the coefficients that are not minus infinity, and the exact values of these."""
    if isinstance(coefficients, ExactArray):
        return np.ones(len(coefficients), dtype=bool), coefficients
    array = np.asarray(coefficients)
    if array.dtype.kind == "f" and not hasattr(coefficients, "dtype"):
        # NumPy makes floats of large integers that stand beside infinities: ask again.
        array = np.asarray(coefficients, dtype=object)
    if array.ndim != 1:
        raise InputError(f"coefficients must have shape (n,), got {array.shape}")
    if array.dtype.kind == "f":
        kept = array != -np.inf
        return kept, exact(array[kept], "coefficients")
    flat = array.tolist()
    kept = np.array([not _is_minus_infinity(c) for c in flat], dtype=bool)
    return kept, exact([c for c, k in zip(flat, kept.tolist(), strict=True) if k], "coefficients")


def _is_minus_infinity(value: Any) -> bool:
    return isinstance(value, (float, np.floating)) and bool(value == -np.inf)


def joined(exponents: ExactArray, coefficients: ExactArray) -> ExactArray:
    """Rows ``(a_i, c_i)``."""
    return in_floats(ExactArray.concatenate([exponents, coefficients.reshape(-1, 1)], axis=1))


def in_floats(table: ExactArray) -> ExactArray:
    """Keep a matrix in floats if they hold it exactly: its products are the fastest."""
    found = floats_exactly(table)
    if found is None or found[1] & (found[1] - 1):
        return table
    return ExactArray.of_floats(found[0] / found[1])


def combined(exponents: ExactArray, coefficients: ExactArray) -> tuple[ExactArray, ExactArray]:
    """Combine like terms by the maximum, and sort by exponent."""
    if exponents.floats is not None and coefficients.floats is not None:
        return _combined_floats(exponents.floats, coefficients.floats)
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


def _combined_floats(powers: FloatArray, values: FloatArray) -> tuple[ExactArray, ExactArray]:
    order = np.lexsort(powers.T[::-1])
    powers, values = powers[order], values[order]
    new = np.ones(len(powers), dtype=bool)
    new[1:] = (powers[1:] != powers[:-1]).any(axis=1)
    starts = np.flatnonzero(new)
    best = np.maximum.reduceat(values, starts) if len(starts) else values
    return ExactArray.of_floats(powers[starts]), ExactArray.of_floats(best)
