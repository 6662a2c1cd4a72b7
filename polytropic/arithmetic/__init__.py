"""Exact numbers and filtered signs."""

from polytropic.arithmetic.numbers import ExactArray, exact, exact_scalar

__all__ = ["ExactArray", "exact", "exact_scalar"]
