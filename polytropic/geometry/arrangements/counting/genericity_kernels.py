"""Compiled search for dependent rows.

Importing this file imports numba; it is imported where it is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from polytropic.geometry.arrangements.counting.kernels import (
    classes,
    contract,
    normalise,
)

__all__ = ["dependent_rows"]


@njit(cache=True)  # type: ignore[untyped-decorator]
def dependent_rows(matrix: Any, constants: Any, table: Any) -> Any:
    """Find at most r dependent rows among m > r of rank r, none zero and no two parallel.

    Parameters
    ----------
    matrix, constants, table : arrays
        As in `Residues`.

    Returns
    -------
    chosen, size, bad
        The first `size` entries of `chosen` are dependent; none if size is 0.  The last is -1, or
        the place of a prime that must be replaced.

    Notes
    -----
    Sets of r - 2 rows in lexicographic order; each contracts the rows after its last one.
    """
    m, r = matrix.shape[1], matrix.shape[2]
    size = max(0, r - 2)
    chosen = np.arange(r)
    # levels[i] holds the rows modulo the first i chosen ones
    levels = np.empty((size + 1, len(matrix), m, r), np.int64)
    levels[0] = matrix
    work = np.empty((len(matrix), m, r), np.int64)
    bottom = np.empty((r, r), np.int64)
    zero, label, first = np.empty(m, np.bool_), np.empty(m, np.int64), np.empty(m, np.int64)
    leads, partial = np.empty(m, np.int64), np.empty(m, np.int64)
    small = np.empty(4 * m + 8, np.int64)
    pivot = np.zeros(1, np.int64)
    depth, row = 0, 0
    while True:
        if depth == size:
            start = chosen[size - 1] + 1 if size else 0
            for s in range(len(matrix)):
                work[s, : m - start, :2] = levels[size, s, start:, :2]
            bad = normalise(work, m - start, 2, constants, table, zero, leads, partial)
            if bad >= 0:
                return chosen, 0, bad
            n = classes(work, m - start, 2, zero, m, small, label, first)
            if n < m - start:
                for h in range(m - start):
                    if label[h] < 0:
                        chosen[size] = start + h
                        return chosen, size + 1, -1
                    if first[label[h]] != h:
                        chosen[size] = start + first[label[h]]
                        chosen[size + 1] = start + h
                        return chosen, size + 2, -1
            if size == 0:
                return chosen, 0, -1
            depth -= 1
            row = chosen[depth] + 1
        elif row < m:
            # The row joins the chosen ones, if it is not in their span.
            width = r - depth
            dependent = True
            for s in range(len(matrix)):
                for j in range(width):
                    if levels[depth, s, row, j]:
                        dependent = False
            chosen[depth] = row
            if dependent:
                return chosen, depth + 1, -1
            rest = levels[depth, :, row:, :width]
            bad = contract(rest, constants, table, pivot, m - row, work, bottom)
            if bad >= 0:
                return chosen, 0, bad
            levels[depth + 1, :, row:, : width - 1] = work[:, : m - row, : width - 1]
            depth += 1
            row += 1
        elif depth == 0:
            return chosen, 0, -1
        else:
            depth -= 1
            row = chosen[depth] + 1
