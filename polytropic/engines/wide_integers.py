"""Rows of integers, in machine words where they fit, and sets of bits.

What fits is decided from exact sizes; everything here is exact, or says where it is not proven.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows, primitive, product
from polytropic.arithmetic.numbers import FloatArray, IntArray, ObjectArray

__all__ = [
    "MACHINE",
    "combined_exactly",
    "exact_product",
    "magnitude",
    "narrow",
    "packed",
    "primitive_rows",
    "reduced",
    "rough_signs",
    "rounded",
    "signs_of",
    "unpacked",
]

MACHINE = 2**62
"""Absolute values below this are kept in int64."""

_FLOAT = 2**1000


def narrow(array: NDArray[Any]) -> NDArray[Any]:
    """The same array in int64, if it fits."""
    if array.dtype != object or magnitude(array) >= MACHINE:
        return array
    return array.astype(np.int64)


def reduced(rows: NDArray[Any]) -> NDArray[Any]:
    """Positive multiples of rows that are small, in machine words if they fit."""
    if rows.dtype == object:
        rows = narrow(rows)
    elif rows.dtype.kind not in "iu" or (rows.size and magnitude(rows) >= MACHINE):
        rows = rows.astype(object)
    return narrow(primitive_rows(rows))


def magnitude(array: NDArray[Any]) -> int:
    """Largest absolute value."""
    return max(int(array.max()), -int(array.min())) if array.size else 0


def primitive_rows(rows: NDArray[Any]) -> NDArray[Any]:
    """Rows divided by the greatest common divisors of their entries."""
    if rows.dtype == object:
        return integer_rows([primitive(row) for row in rows.tolist()], rows.shape[1])
    rows = np.ascontiguousarray(rows, dtype=np.int64)  # what the kernels take
    common = np.gcd.reduce(rows, axis=1)
    return rows if (common <= 1).all() else rows // np.maximum(common, 1)[:, None]


def exact_product(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Return ``left @ right.T``."""
    sizes = magnitude(left), magnitude(right)
    # Either may be zero and the other still be too large for a machine word.
    if max(*sizes, sizes[0] * sizes[1] * left.shape[1]) < MACHINE:
        return left.astype(np.int64) @ right.astype(np.int64).T
    return product(left.astype(object), right.astype(object))


def signs_of(values: ObjectArray) -> IntArray:
    """Signs of Python integers."""
    return (values > 0).astype(np.int64) - (values < 0).astype(np.int64)


def rounded(rows: NDArray[Any]) -> FloatArray:
    """Nearest floats; NaN, about which nothing is known, for rows too large."""
    try:
        return rows.astype(np.float64)
    except OverflowError:
        large = [max(map(abs, row)) >= _FLOAT for row in rows.tolist()]
        rounded = np.where(np.array(large)[:, None], 0, rows).astype(np.float64)
        rounded[large] = np.nan
        return rounded


def rough_signs(rays: FloatArray, row: FloatArray) -> tuple[IntArray, NDArray[np.bool_]]:
    """Signs of the products of rounded rays and a rounded row, and where they are not proven.

    Entries err by a factor of 1 + u with u = 2^-53, products by another, and the sum of D of them
    by at most D u times the sum of absolute values: (D + 4) 2 u is more than all that.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        values = rays @ row
        bounds = (len(row) + 4) * 2.0**-52 * (np.abs(rays) @ np.abs(row))
        signs = (values > bounds).astype(np.int64) - (values < -bounds)
    return signs, signs == 0


def combined_exactly(rays: NDArray[Any], values: NDArray[Any], pairs: IntArray) -> ObjectArray:
    """Primitive rays where edges cross a hyperplane (as `machine_rays.combined`, of any size)."""
    above, below = values[pairs[:, 0]].astype(object), -values[pairs[:, 1]].astype(object)
    one, two = rays[pairs[:, 0]].astype(object), rays[pairs[:, 1]].astype(object)
    sums = below[:, None] * one + above[:, None] * two
    return integer_rows([primitive(row) for row in sums.tolist()], rays.shape[1])


def packed(flags: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Sets of bits, one per row of flags: bit j is bit ``j % 64`` of word ``j // 64``."""
    n, width = flags.shape
    words = np.zeros((n, 8 * -(-width // 64)), dtype=np.uint8)
    words[:, : -(-width // 8)] = np.packbits(flags, axis=1, bitorder="little")
    return words.view("<u8").astype(np.uint64)


def unpacked(bits: NDArray[np.uint64], width: int) -> NDArray[np.bool_]:
    """Flags of sets of bits, the first so many of each."""
    octets = np.ascontiguousarray(bits).astype("<u8").view(np.uint8)
    return np.unpackbits(octets, axis=1, count=width, bitorder="little").view(bool)
