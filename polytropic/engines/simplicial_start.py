"""What a double description begins with: an order of the rows, and a simplicial cone."""

from __future__ import annotations

from typing import Any, cast

import flint
import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows, pivot_columns
from polytropic.arithmetic.numbers import IntArray, ObjectArray
from polytropic.errors import InputError

__all__ = ["independent_rows", "positive_inverse", "row_sequence"]

_PRIME = 2**31 - 1


def row_sequence(rows: NDArray[Any], order: str) -> IntArray:
    """Order in which to insert rows; see `double_description.ORDERS`."""
    if order == "given":
        return np.arange(len(rows))
    keys = rows.T[::-1]
    if order == "short":
        keys = np.concatenate([keys, np.abs(rows).sum(axis=1)[None]])
    if rows.dtype != object:
        return np.lexsort(keys)
    return np.array(
        sorted(range(len(rows)), key=[tuple(key[::-1]) for key in keys.T.tolist()].__getitem__),
        dtype=np.int64,
    )


def independent_rows(rows: NDArray[Any]) -> IntArray:
    """First rows that carry the rank; it must be as large as the rows are wide."""
    width = rows.shape[1]
    # Rows that are independent modulo a prime are independent.
    residues = (rows % _PRIME).astype(np.int64)
    found: list[int] = []
    start = 0
    while len(found) < width:
        nonzero = residues[start:].any(axis=1)
        if not nonzero.any():
            break
        pivot = start + int(nonzero.argmax())
        found.append(pivot)
        start = pivot + 1
        column = int((residues[pivot] != 0).argmax())
        scale = residues[start:, column] * pow(int(residues[pivot, column]), -1, _PRIME) % _PRIME
        residues[start:] = (residues[start:] - scale[:, None] * residues[pivot] % _PRIME) % _PRIME
    if len(found) < width:
        found = pivot_columns(rows.T)
    if len(found) < width:
        raise InputError(
            f"the rows have rank {len(found)}, less than their width {width}: "
            "the cone contains lines; divide by them first"
        )
    return np.array(found, dtype=np.int64)


def positive_inverse(square: NDArray[Any]) -> ObjectArray:
    """A positive multiple of the inverse of a square matrix."""
    inverse = cast(flint.fmpq_mat, flint.fmpz_mat(square.tolist()).inv())
    numerators, denominator = inverse.numer_denom()
    sign = 1 if denominator > 0 else -1
    return integer_rows(
        [[sign * int(entry) for entry in row] for row in numerators.tolist()], len(square)
    )
