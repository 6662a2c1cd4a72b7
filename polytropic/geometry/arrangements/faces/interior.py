"""A point inside every chamber of an arrangement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import primitive
from polytropic.arithmetic.numbers import ExactArray, ObjectArray
from polytropic.arithmetic.rows import Rows
from polytropic.geometry.arrangements.chambers import chamber_blocks
from polytropic.geometry.arrangements.faces.lookup import packed_table
from polytropic.geometry.arrangements.sign_vectors import SignVectors
from polytropic.geometry.arrangements.sweeping.points import InteriorPoints

__all__ = ["interior_rays", "points_of_rays"]

_BLOCK = 1 << 16


def interior_rays(rows: ExactArray, chambers: SignVectors, form: ExactArray | None) -> ObjectArray:
    """Primitive integer vectors inside some chambers of a central arrangement.

    Parameters
    ----------
    rows : ExactArray, shape (m, n)
    chambers : SignVectors, N vectors of width m
    form : ExactArray, shape (n,), optional
        The chambers meet its positive side, and the vectors lie there.

    Returns
    -------
    object array, shape (N, n)

    Notes
    -----
    All chambers of the arrangement are listed again, with points, and joined with the given ones.
    """
    table = packed_table(chambers.positive)
    result = np.full((len(chambers), rows.shape[1]), 0, dtype=object)
    left = np.ones(len(chambers), dtype=bool)
    for signs, points in chamber_blocks(rows, form, _BLOCK, with_points=True):
        assert points is not None
        index = table.find(signs.positive)
        known: NDArray[np.intp] = np.flatnonzero(index >= 0)
        rays = Rows(points.floats[known]).integers().copy()
        place = {int(i): j for j, i in enumerate(known)} if points.integers else {}
        for i, ray in points.integers.items():
            if i in place:
                rays[place[i]] = primitive(ray)
        result[index[known]] = rays
        left[index[known]] = False
    assert not left.any(), "a chamber has been left without a point"
    return result


def points_of_rays(rays: InteriorPoints) -> ExactArray:
    """Points ``x / t`` of homogeneous rays ``(x, t)`` with t > 0, shape (N, n) to (N, n - 1)."""
    rows = Rows(rays.floats).integers().copy()
    for index, ray in rays.integers.items():
        rows[index] = primitive(ray)
    return ExactArray.of_rows(rows[:, :-1].copy(), rows[:, -1].tolist())
