"""Homogeneous vectors that matter up to positive factors, kept as floats while that is exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded, integer_rounding
from polytropic.arithmetic.linalg import integer_rows, primitive
from polytropic.arithmetic.numbers import (
    ExactArray,
    FloatArray,
    ObjectArray,
    frozen,
    nearest,
)

__all__ = ["Lazy", "Rows"]

_MANTISSA_BITS = 53
_MACHINE_BITS = 62


class Lazy(Protocol):
    """How rows are computed on demand."""

    def integers(self, index: NDArray[np.intp]) -> ObjectArray:
        """Some rows, primitive and exact."""
        ...

    def ratios(self) -> tuple[FloatArray, NDArray[np.bool_]]:
        """All rows divided by their first entries and rounded, and which are certainly right."""
        ...


class Rows:
    """Rows of a matrix, each known exactly up to a positive factor of its own.

    Rows that came as float64 stay floats; the primitive integer rows that they stand for are made
    only for the rows that somebody asks for.

    Examples
    --------
    >>> rows = Rows(np.array([[1.0, 0.5], [1.0, 3.0]]))
    >>> rows.integers().tolist()
    [[2, 1], [1, 3]]
    """

    __slots__ = ("_floats", "_integers", "_lazy", "_shape")

    _floats: FloatArray | None
    _integers: ObjectArray | None
    _lazy: Lazy | None
    _shape: tuple[int, int]

    def __init__(self, floats: FloatArray | None, integers: ObjectArray | None = None) -> None:
        self._keep(floats, integers)

    def _keep(self, floats: FloatArray | None, integers: ObjectArray | None) -> None:
        self._floats = None if floats is None else frozen(floats)
        self._integers = None if integers is None else frozen(integers)
        self._lazy = None
        stored = self._integers if self._floats is None else self._floats
        assert stored is not None
        self._shape = (stored.shape[0], stored.shape[1])

    @staticmethod
    def later(shape: tuple[int, int], lazy: Lazy) -> Rows:
        """Rows that are solutions of equations, which are solved when somebody asks."""
        rows = object.__new__(Rows)
        rows._floats, rows._integers, rows._lazy, rows._shape = None, None, lazy, shape
        return rows

    @staticmethod
    def of(matrix: ExactArray) -> Rows:
        """Rows of an exact matrix; the common denominator is a positive factor and falls away."""
        if matrix.floats is not None:
            return Rows(matrix.floats)
        rows = [primitive(row) for row in matrix.numerators.tolist()]
        return Rows(None, integer_rows(rows, matrix.shape[1]))

    @staticmethod
    def concatenate(parts: Sequence[Rows]) -> Rows:
        """Join lists of rows."""
        parts = [part for part in parts if len(part)] or list(parts[:1])
        floats = [part._floats for part in parts if part._floats is not None]
        if len(floats) == len(parts):
            return Rows(np.concatenate(floats))
        return Rows(None, np.concatenate([part.integers() for part in parts]))

    @property
    def floats(self) -> FloatArray | None:
        """The rows themselves, where floats hold them exactly; None otherwise."""
        return self._floats

    @property
    def width(self) -> int:
        """Number of columns."""
        return self._shape[1]

    def __len__(self) -> int:
        return self._shape[0]

    def __getstate__(self) -> tuple[FloatArray | None, ObjectArray | None]:
        return self._floats, None if self._floats is not None else self.integers()

    def __setstate__(self, state: tuple[FloatArray | None, ObjectArray | None]) -> None:
        self._keep(*state)

    def take(self, index: NDArray[np.intp] | Sequence[int]) -> Rows:
        """Some of the rows."""
        index = np.asarray(index, dtype=np.intp)
        floats = None if self._floats is None else self._floats[index]
        integers = None if self._integers is None else self._integers[index]
        if floats is None and integers is None:
            integers = self.integers(index)
        return Rows(floats, integers)

    def integers(self, index: NDArray[np.intp] | None = None) -> ObjectArray:
        """Primitive integer rows, all or some."""
        if self._integers is None:
            if index is not None and 4 * len(index) < len(self):
                return self._some_integers(index)
            self._integers = frozen(self._some_integers(np.arange(len(self))))
        return self._integers if index is None else self._integers[index]

    def _some_integers(self, index: NDArray[np.intp]) -> ObjectArray:
        if self._floats is not None:
            return _primitive_of_floats(self._floats[index])
        assert self._lazy is not None
        return self._lazy.integers(index)

    def points(self) -> FloatArray:
        """Correctly rounded points ``row[1:] / row[0]``, shape (n, width - 1).

        Rows whose first entry is zero get nonsense.
        """
        if self._floats is not None:
            heights = self._floats[:, :1]
            with np.errstate(all="ignore"):
                return self._floats[:, 1:] / heights
        points = np.full((len(self), self.width - 1), np.nan)
        left = np.arange(len(self))
        if self._integers is None and self._lazy is not None:
            points, sure = self._lazy.ratios()
            left = np.flatnonzero(~sure)
        if len(left):
            rows = self.integers(left).tolist()
            exact = [[nearest(entry, row[0] or 1) for entry in row[1:]] for row in rows]
            points[left] = np.array(exact, dtype=np.float64).reshape(len(left), self.width - 1)
        return points

    def bounded(self) -> Bounded:
        """Floats with proven errors, every row up to a positive factor."""
        if self._floats is not None:
            return Bounded(self._floats, np.zeros(self._floats.shape))
        assert self._integers is not None
        return integer_rounding(self._integers)

    def first_signs(self) -> NDArray[np.int8]:
        """Sign of the first entry of every row."""
        if self._floats is not None:
            return np.sign(self._floats[:, 0]).astype(np.int8)
        assert self._integers is not None
        return np.array([(x > 0) - (x < 0) for x in self._integers[:, 0].tolist()], dtype=np.int8)


def _primitive_of_floats(floats: FloatArray) -> ObjectArray:
    mantissas, exponents = np.frexp(floats)
    integers = np.ldexp(mantissas, _MANTISSA_BITS).astype(np.int64)
    nonzero = integers != 0
    low_bits = np.where(nonzero, integers & -integers, 1)
    trailing = np.round(np.log2(low_bits.astype(np.float64))).astype(np.int64)
    integers = integers >> trailing
    shifts = exponents.astype(np.int64) - _MANTISSA_BITS + trailing
    lowest = np.where(nonzero, shifts, np.iinfo(np.int64).max).min(axis=1, initial=2**62)
    shifts = np.where(nonzero, shifts - lowest[:, None], 0)
    bits = np.ceil(np.log2(np.abs(integers).astype(np.float64) + 1)) + shifts
    if (bits <= _MACHINE_BITS).all():
        small = integers << shifts
        common = np.gcd.reduce(small, axis=1, initial=0) if small.size else np.ones(len(small), int)
        return (small // np.maximum(common, 1)[:, None]).astype(object)
    rows = [
        primitive([m << s for m, s in zip(row, shift, strict=True)])
        for row, shift in zip(integers.tolist(), shifts.tolist(), strict=True)
    ]
    return integer_rows(rows, floats.shape[1])
