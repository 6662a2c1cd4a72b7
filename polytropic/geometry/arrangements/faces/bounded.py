"""Which chambers of an affine arrangement are bounded: cut them far away."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows, primitive
from polytropic.arithmetic.numbers import ExactArray
from polytropic.geometry.arrangements.chambers import chambers_above
from polytropic.geometry.arrangements.faces.lookup import packed_table
from polytropic.geometry.arrangements.sign_vectors import SignVectors

__all__ = ["relatively_bounded"]


def relatively_bounded(
    lifted: ExactArray, columns: NDArray[np.intp], chambers: SignVectors
) -> NDArray[np.bool_]:
    """Whether each chamber goes to infinity only along the lineality space.

    Parameters
    ----------
    lifted : ExactArray, shape (m, d + 1)
        Rows ``(a_i, -b_i)`` of the cone.
    columns : int array, shape (r,)
        Coordinates that carry the rank of the normals; the other ones are set to zero.
    chambers : SignVectors, N vectors of width m

    Returns
    -------
    bool array, shape (N,)

    Notes
    -----
    Let all vertices lie in the open box ``|x_j| < T`` (Hadamard's inequality gives such a T).  A
    bounded chamber is the interior of the hull of its vertices and meets no hyperplane
    ``x_j = ±T``.  An unbounded one has a vertex, and a direction y of recession with some y_j not
    zero, so it meets one of these 2 r hyperplanes.  The chambers that a hyperplane meets are those
    of the arrangement restricted to it: 2 r lists in dimension r - 1, joined with the given one.
    """
    rank = len(columns)
    bounded = np.ones(len(chambers), dtype=bool)
    if not rank:
        return bounded
    rows = [primitive(row) for row in lifted[:, [*columns.tolist(), -1]].numerators.tolist()]
    far = _reach(rows, rank)
    table = packed_table(chambers.positive)
    form = ExactArray(integer_rows([[0] * (rank - 1) + [1]], rank))[0]
    for j in range(rank):
        for place in (far, -far):
            cut = [[*row[:j], *row[j + 1 : -1], row[-1] + place * row[j]] for row in rows]
            met = chambers_above(ExactArray(integer_rows(cut, rank)), form)
            found = table.find(met.positive)
            assert (found >= 0).all(), "a chamber far away is not in the list"
            bounded[found] = False
    return bounded


def _reach(rows: list[tuple[int, ...]], rank: int) -> int:
    """Integer above all coordinates of all vertices (Cramer's rule, Hadamard's inequality)."""
    squares = sorted(sum(x * x for x in row) for row in rows if any(row))
    return math.isqrt(math.prod(squares[-rank:])) + 1
