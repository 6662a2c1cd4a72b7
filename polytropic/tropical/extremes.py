"""Extreme points among many, from the facets of their hull."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from polytropic.arithmetic.linalg import pivot_columns
from polytropic.arithmetic.numbers import IntArray
from polytropic.arithmetic.rows import Rows
from polytropic.arithmetic.sparse import csr_of_lists
from polytropic.engines.hulls import attempt, cone_facets

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["extreme_among", "extreme_points"]

_FEW = 12  # points up to which exact double description answers at once
_LARGE = 100  # points on a facet beyond which the facet is looked at by itself


def extreme_points(rows: Rows) -> IntArray:
    """Vertices of the hull of distinct points ``(1, x)``, sorted, in a hull of any dimension.

    Examples
    --------
    >>> extreme_points(Rows(np.array([[1.0, 0, 0], [1, 2, 2], [1, 1, 1]]))).tolist()
    [0, 1]
    """
    if len(rows) == 1:
        return np.zeros(1, dtype=np.int64)
    tried = attempt(rows, "qhull") if len(rows) > _FEW else None
    if tried is not None and tried.found is not None:
        found = tried.found
    else:
        rows = _of_full_rank(rows)
        found = cone_facets(rows)
    return found.corners if found.corners is not None else extreme_among(rows, found.members)


def extreme_among(rows: Rows, members: csr_array) -> IntArray:
    """Vertices of the hull of distinct points, from the lists of points on its facets.

    Parameters
    ----------
    rows : Rows, length n, width D
        Of rank D.
    members : csr_array of bool, shape (k, n)
        All points on each facet.

    Notes
    -----
    A point is extreme exactly when no other one lies on all facets through it.  Facets that hold
    D - 1 points are simplices: their points are extreme.  Facets with many points are replaced by
    their own vertices first.
    """
    sizes = np.diff(members.indptr)
    if (sizes > _LARGE).any():
        members = _with_own_vertices(rows, members, np.flatnonzero(sizes > _LARGE))
        sizes = np.diff(members.indptr)
    n = members.shape[1]
    known = np.zeros(n, dtype=bool)
    known[members.indices[np.repeat(sizes == rows.width - 1, sizes)]] = True
    degrees = np.bincount(members.indices, minlength=n)
    open_ones = np.flatnonzero(~known & (degrees > 0))
    if len(open_ones):
        counts = members.astype(np.int32)
        common = (counts[:, open_ones].T @ counts).tocsr()
        owner = np.repeat(np.arange(len(open_ones)), np.diff(common.indptr))
        full = common.data == degrees[open_ones][owner]
        known[open_ones] = np.bincount(owner[full], minlength=len(open_ones)) == 1
    return np.flatnonzero(known).astype(np.int64)


def _with_own_vertices(rows: Rows, members: csr_array, large: IntArray) -> csr_array:
    lists = np.split(members.indices, members.indptr[1:-1])
    for facet in large.tolist():
        lists[facet] = lists[facet][extreme_points(_of_full_rank(rows.take(lists[facet])))]
    starts = np.concatenate([[0], np.cumsum([len(points) for points in lists])])
    return csr_of_lists(np.concatenate(lists), starts, members.shape[1])


def _of_full_rank(rows: Rows) -> Rows:
    """The same points by coordinates that determine them, the first (the height) among these."""
    # Few points usually span what all of them do: look at these first.
    sample = np.unique(np.linspace(0, len(rows) - 1, 4 * rows.width).astype(np.int64))
    if len(pivot_columns(rows.integers(sample))) == rows.width:
        return rows
    columns = pivot_columns(rows.integers())
    if rows.floats is not None:
        return Rows(np.ascontiguousarray(rows.floats[:, columns]))
    return Rows(None, rows.integers()[:, columns])
