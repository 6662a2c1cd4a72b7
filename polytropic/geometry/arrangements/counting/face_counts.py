"""Faces of a connected arrangement, by codimension, without listing them."""

from __future__ import annotations

from math import comb

import numpy as np

from polytropic.arithmetic.numbers import ExactArray
from polytropic.geometry.arrangements.counting.genericity import surely_generic
from polytropic.geometry.arrangements.counting.theorems import generic_vertex_count
from polytropic.geometry.arrangements.counting.walk import (
    Budget,
    Lattice,
    Level,
    chambers_above,
    count_top,
    levels,
    whitney_above,
)

__all__ = ["connected_faces"]


def connected_faces(rows: ExactArray, budget: Budget) -> list[int]:
    """Numbers of faces of codimension 0, ..., r.

    Parameters
    ----------
    rows : ExactArray, shape (m, r)
        Distinct hyperplanes of rank r >= 1.
    budget : Budget

    Notes
    -----
    A face of codimension k is a chamber of the restriction to a flat of rank k.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> connected_faces(exact([[1, 0], [0, 1], [1, 1]]), Budget())
    [6, 6, 1]
    """
    m, r = rows.shape
    lattice = Lattice(rows)
    if r == 1:
        return [2, 1]
    if len(lattice.residues.primes) > 1 and surely_generic(rows):
        # The restriction to each of the C(m, k) flats is generic again.
        return [*(comb(m, k) * generic_vertex_count(m - k, r - k) for k in range(r)), 1]
    found: list[int] = lattice.persist(lambda: _walked_faces(lattice, budget))
    return found


def _walked_faces(lattice: Lattice, budget: Budget) -> list[int]:
    numbers: list[int] = []
    for rank, level in enumerate(levels(lattice, lattice.rank - 2, budget)):
        if rank < lattice.rank - 3:
            numbers.append(sum(_chambers(lattice, level, i, budget) for i in range(len(level))))
        elif rank == lattice.rank - 3:
            numbers.append(chambers_above(lattice, level))
        else:
            pairs, lines = count_top(lattice, level)
            numbers += [2 * pairs, 2 * lines, 1]
    return numbers


def _chambers(lattice: Lattice, level: Level, flat: int, budget: Budget) -> int:
    """Chambers of the restriction to one flat."""
    one = slice(flat, flat + 1)
    start = Level(level.keys[one], np.ones(1, dtype=np.int64), level.bases[one])
    return sum(whitney_above(lattice, start, budget))
