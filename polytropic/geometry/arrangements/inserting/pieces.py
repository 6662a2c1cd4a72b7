"""Chambers of degenerate arrangements, one piece of the space after the other."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import pivot_columns
from polytropic.arithmetic.numbers import ExactArray
from polytropic.errors import BudgetError
from polytropic.geometry.arrangements.counting.whitney import count_chambers
from polytropic.geometry.arrangements.inserting.insertion import insert_hyperplanes
from polytropic.geometry.arrangements.sign_vectors import SignVectors, Words, gather_bits
from polytropic.geometry.arrangements.sweeping.points import InteriorPoints

__all__ = ["piecewise"]

_MOST_CONES = 10**5
_MAX_FLATS = 5_000_000  # for counting the chambers before they are listed


def piecewise(rows: ExactArray, size: int) -> Iterator[tuple[Words, InteriorPoints]]:
    """List the chambers on the positive side of the first row, about `size` at a time.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
        Distinct hyperplanes of rank n.
    size : int

    Yields
    ------
    bits : uint64 array, shape (N, W)
    points : InteriorPoints

    Notes
    -----
    A few hyperplanes, n independent ones first, cut the space into cones, so many that each holds
    about `size` chambers on average; the others are inserted in one cone after the other.  The time
    is a few times that of listing all at once; memory is that of the fullest cone.
    """
    total = _count_one_side(rows)
    order = _independent_first(rows)
    cones = _cones(rows[order], total / size)
    waiting: list[tuple[Words, InteriorPoints]] = []
    n_waiting = 0
    for signs in cones:
        piece = _inside(rows, order, signs)
        waiting.append(piece)
        n_waiting += len(piece[0])
        if n_waiting >= size:
            yield _joined(waiting)
            waiting, n_waiting = [], 0
    if n_waiting:
        yield _joined(waiting)


def _count_one_side(rows: ExactArray) -> float:
    try:
        return count_chambers(rows, max_flats=_MAX_FLATS) / 2
    except BudgetError:
        return math.inf


def _independent_first(rows: ExactArray) -> NDArray[np.intp]:
    first = pivot_columns(rows.numerators.T)
    others = [i for i in range(len(rows)) if i not in set(first)]
    return np.array([*first, *others], dtype=np.intp)


def _cones(rows: ExactArray, wanted: float) -> SignVectors:
    """Chambers of the first few rows, as many as wanted, within reason."""
    m, n = rows.shape
    used = n
    while True:
        found = insert_hyperplanes(rows[:used])
        if used == m or len(found.bits) >= min(wanted, _MOST_CONES):
            support = np.array([[(1 << 64) - 1] * found.bits.shape[1]], dtype=np.uint64)
            return SignVectors(found.bits, support, used)
        used = min(m, used + max(1, used // 4))


def _inside(
    rows: ExactArray, order: NDArray[np.intp], signs: NDArray[np.int8]
) -> tuple[Words, InteriorPoints]:
    """Chambers in the cone where the first rows of an order have given signs."""
    used = len(signs)
    first = [rows[order[k : k + 1]] for k in range(used)]
    walls = [row if sign > 0 else -row for row, sign in zip(first, signs, strict=True)]
    turned = ExactArray.concatenate([*walls, rows[order[used:]]])
    flips = np.zeros(len(order), dtype=bool)
    flips[order[:used]] = signs < 0
    found = insert_hyperplanes(turned, walls=used)
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    bits = gather_bits(found.bits, place, flips)
    return bits, InteriorPoints(found.points, found.exact_points)


def _joined(pieces: list[tuple[Words, InteriorPoints]]) -> tuple[Words, InteriorPoints]:
    bits = np.concatenate([piece for piece, _ in pieces])
    floats = np.concatenate([points.floats for _, points in pieces])
    integers: dict[int, tuple[int, ...]] = {}
    at = 0
    for piece, points in pieces:
        integers |= {at + k: ray for k, ray in points.integers.items()}
        at += len(piece)
    return bits, InteriorPoints(floats, integers)
