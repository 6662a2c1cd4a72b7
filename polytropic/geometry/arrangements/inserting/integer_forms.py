"""Rows of integers in machine words where they fit, and what floats make of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from polytropic.arithmetic.bounded import integer_rounding
from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.geometry.arrangements.inserting.exact import Vector

__all__ = ["SMALL", "Forms"]

SMALL = 2**31
"""Entries below it have products two of which fit in a machine word."""


class Forms:
    """Primitive rows, in machine integers below 2^31 where all of them fit."""

    def __init__(self, small: IntArray | None, vectors: list[Vector] | None, width: int) -> None:
        self.small = small
        self._vectors = vectors
        self.width = width

    @staticmethod
    def of(rows: Sequence[Sequence[int]], width: int) -> Forms:
        """Forms of primitive rows."""
        vectors = [tuple(row) for row in rows]
        if max(abs(entry) for row in vectors for entry in row) < SMALL:
            return Forms(np.array(vectors, dtype=np.int64), None, width)
        return Forms(None, vectors, width)

    @property
    def vectors(self) -> list[Vector]:
        """The rows in Python integers."""
        if self._vectors is None:
            assert self.small is not None
            self._vectors = [tuple(row) for row in self.small.tolist()]
        return self._vectors

    @cached_property
    def columns(self) -> FloatArray:
        """The transposed rows: exactly, or scaled by powers of two to at most one and rounded."""
        if self.small is not None:
            floats = self.small.astype(np.float64)
        else:
            floats = integer_rounding(integer_rows(self.vectors, self.width)).value
        return np.ascontiguousarray(floats.T)

    @cached_property
    def bounds(self) -> FloatArray:
        """Errors of the dot products of `columns` with points at most one in size.

        That is (n + 2) 2^-53 times the 1-norm, for n products and sums and the rounded row, and
        what underflow may add; doubled and more.
        """
        return (self.width + 4) * 2.0**-52 * np.abs(self.columns).sum(axis=0) + 2.0**-900

    @property
    def key(self) -> Any:
        """Tells rows that are not the same apart."""
        if self.small is not None:
            return self.width, self.small.tobytes()
        return tuple(self.vectors)

    def take(self, places: IntArray) -> Forms:
        """Some of the rows."""
        if self.small is not None:
            return Forms(self.small[places], None, self.width)
        return Forms(None, [self.vectors[i] for i in places.tolist()], self.width)

    def __len__(self) -> int:
        return len(self.vectors) if self.small is None else len(self.small)
