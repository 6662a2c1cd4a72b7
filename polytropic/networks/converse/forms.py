"""Piecewise linear functions in max-min form: maxima of minima of affine functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, FloatArray, Numbers, ObjectArray, exact
from polytropic.errors import InputError

__all__ = ["MaxMinForm"]


@dataclass(frozen=True, init=False, repr=False)
class MaxMinForm:
    """``f(x) = max_j min_{i in s_j} (<a_i, x> + c_i)``, the form of two-level-lattice networks.

    Every continuous piecewise linear function on R^d has such a form.

    Parameters
    ----------
    slopes : array_like, shape (n, d)
    constants : array_like, shape (n,)
    sets : sequence of sequences of int
        Indices of affine functions; no set may be empty.

    Raises
    ------
    InputError
        If shapes do not match, there is no set, or one is empty or has a wrong index.

    Examples
    --------
    >>> f = MaxMinForm([[1], [-1], [0]], [0, 2, 0], [[0, 1], [2]])
    >>> f.evaluate_exact([[-1], [1], [4]]).tolist()
    [Fraction(0, 1), Fraction(1, 1), Fraction(0, 1)]
    """

    slopes_exact: ExactArray
    constants_exact: ExactArray
    sets: tuple[tuple[int, ...], ...]

    def __init__(self, slopes: Numbers, constants: Numbers, sets: Iterable[Iterable[int]]) -> None:
        a, c = exact(slopes, "slopes", ndim=2), exact(constants, "constants", ndim=1)
        chosen = tuple(tuple(sorted({int(i) for i in members})) for members in sets)
        if len(a) != len(c) or a.shape[1] == 0:
            raise InputError(
                f"slopes must have shape (n, d) and constants (n,) with positive d, got {a.shape} "
                f"and {c.shape}"
            )
        if not chosen or not all(chosen):
            raise InputError("a max-min form needs at least one set, and no empty one")
        if any(members[0] < 0 or members[-1] >= len(a) for members in chosen):
            raise InputError(f"sets may only name the affine functions 0..{len(a) - 1}")
        object.__setattr__(self, "slopes_exact", a)
        object.__setattr__(self, "constants_exact", c)
        object.__setattr__(self, "sets", tuple(dict.fromkeys(chosen)))

    @property
    def n_variables(self) -> int:
        """Number of variables d."""
        return self.slopes_exact.shape[1]

    def evaluate_exact(self, x: Any) -> ObjectArray:
        """Evaluate in exact rationals at a batch, shape (n, d) to an array of Fractions (n,)."""
        points = exact(x, "x", ndim=2)
        ones = ExactArray(np.full((len(points), 1), 1, dtype=object))
        values = points @ self.slopes_exact.T + ones @ self.constants_exact.reshape(1, -1)
        lows = [values.numerators[:, list(members)].min(axis=1) for members in self.sets]
        return ExactArray(np.max(lows, axis=0), values.denominator).to_fractions()

    def __call__(self, x: Any) -> FloatArray:
        """Evaluate at a batch, shape (n, d): exact values, rounded once."""
        return self.evaluate_exact(x).astype(np.float64)

    def pieces(self) -> list[tuple[Sequence[Any], Any]]:
        """The affine functions as pairs ``(a, c)`` of fractions."""
        constants = self.constants_exact.to_fractions().tolist()
        return list(zip(self.slopes_exact.to_fractions().tolist(), constants, strict=True))

    def __repr__(self) -> str:
        return (
            f"MaxMinForm({len(self.sets)} minima of {len(self.slopes_exact)} affine functions in "
            f"{self.n_variables} variables)"
        )
