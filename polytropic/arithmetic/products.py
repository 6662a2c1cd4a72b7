"""Products of big matrices in blocks, with one proven error bound for every row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded, integer_rounding
from polytropic.arithmetic.dots import floats_exactly
from polytropic.arithmetic.numbers import ExactArray, FloatArray

__all__ = ["Product", "common_rounding"]

_UNIT = 2.0**-53
_TINY = 2.0**-1000  # far above what underflow can commit
_MODERATE = 2.0**400
_BLOCK = 1 << 18  # entries of one block of the product: what stays in a cache
_GRID_BITS = 25
_SAMPLE = 1 << 12  # rows that are looked at together


class Product:
    """Blocks of a product with one error bound for every row."""

    def __init__(self, left: Bounded, right: Bounded) -> None:
        self.left, self.right = _normal_rows(left), _normal_whole(right)
        reach = np.abs(self.right.value).max(axis=0, initial=0)
        blur = self.right.error.max(axis=0, initial=0)
        size = np.abs(self.left.value) @ reach
        self.is_exact = self._on_grid(float(size.max(initial=0)))
        if self.is_exact:
            self.error: FloatArray = np.zeros(len(size))
            return
        d = len(reach)
        error = (2 * d + 8) * _UNIT * size + _TINY
        if blur.any():
            error += 2 * (np.abs(self.left.value) @ blur)
        if self.left.error.any():
            error += 2 * (self.left.error @ (reach + blur))
        self.error = error

    def _on_grid(self, size: float) -> bool:
        """Whether all products and sums are integers that floats hold."""
        if self.left.error.any() or self.right.error.any():
            return False
        grids = [_grid(self.left.value), _grid(self.right.value)]
        return None not in grids and size * 2.0 ** sum(g for g in grids if g) < 2.0**52

    def blocks(self) -> Iterator[tuple[int, FloatArray, FloatArray]]:
        """First row, product (to be overwritten at will), and errors of each block."""
        right = np.ascontiguousarray(self.right.value.T)
        step = max(1, _BLOCK // max(1, right.shape[1]))
        step = min(step, max(1, len(self.error)))
        buffer = np.empty((step, right.shape[1]))
        for start in range(0, len(self.error), step):
            rows = self.left.value[start : start + step]
            with np.errstate(all="ignore"):
                values = np.matmul(rows, right, out=buffer[: len(rows)])
            yield start, values, self.error[start : start + step]


def _grid(table: FloatArray) -> int | None:
    """Least tried exponent that makes integers of all entries."""
    largest = float(np.abs(table).max(initial=0))
    if not largest:
        return 0
    for shift in (0, _GRID_BITS - int(np.frexp(largest)[1])):
        if all(_is_whole(part, shift) for part in _parts(table)):
            return shift
    return None


def _is_whole(table: FloatArray, shift: int) -> bool:
    scaled = np.ldexp(table, shift)
    # What underflows to zero is not whole.
    return bool(((scaled == np.rint(scaled)) & ((scaled != 0) | (table == 0))).all())


def _parts(table: FloatArray) -> Iterator[FloatArray]:
    # Few rows at first: most tables without a grid show it at once.
    for start in range(0, len(table), _SAMPLE):
        yield table[start : start + _SAMPLE]


def _normal_rows(table: Bounded) -> Bounded:
    """Every row times a power of two, unless all sizes are moderate already."""
    entries = np.abs(table.value)
    if entries.max(initial=1) < _MODERATE and entries.min(initial=1) > 1 / _MODERATE:
        return table
    size = entries.max(axis=1, initial=0)
    if ((size < _MODERATE) & ((size > 1 / _MODERATE) | (size == 0))).all():
        return table
    shift = -np.frexp(size)[1][:, None]
    return Bounded(np.ldexp(table.value, shift), _shifted_error(table.error, shift))


def _normal_whole(table: Bounded) -> Bounded:
    size = float(np.abs(table.value).max(initial=0))
    if not size or 1 / _MODERATE < size < _MODERATE:
        return table
    shift = np.array(-np.frexp(size)[1])
    return Bounded(np.ldexp(table.value, shift), _shifted_error(table.error, shift))


def _shifted_error(error: FloatArray, shift: NDArray[np.int32]) -> FloatArray:
    # Scaling down may lose digits to underflow: less than the least positive float.
    scaled: FloatArray = np.ldexp(error, shift) + _TINY
    return scaled


def common_rounding(array: ExactArray) -> Bounded:
    """Floats of an array up to one positive factor."""
    found = floats_exactly(array)
    if found is not None:
        return Bounded(found[0], np.zeros(array.shape))
    value = array.to_float()
    size = np.abs(value)
    if (((size < _MODERATE) & (size > 1 / _MODERATE)) | (size == 0)).all():
        # Nearest floats; only a number near zero could have become zero.
        if (size > 0).all():
            return Bounded(value, 2 * _UNIT * size)
        zero = np.array([[not x for x in row] for row in array.to_fractions().tolist()])
        if (zero.reshape(array.shape) == (size == 0)).all():
            return Bounded(value, 2 * _UNIT * size)
    whole = integer_rounding(array.numerators.reshape(1, -1))
    return Bounded(whole.value.reshape(array.shape), whole.error.reshape(array.shape))
