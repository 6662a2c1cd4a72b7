"""Facets of a degenerate cone, proven from the other side.

Where many points lie on each facet, Qhull merges its simplices into facets, and the simplices are
no longer a triangulation that could be proven.  Its hyperplanes are still good proposals.  Those
that have all rows on one side, exactly, are facets (each passes through independent rows); the cone
that they bound contains the cone over the rows.  Its extreme rays are found by the same engine,
where degenerate becomes simplicial; if all of them are rows, both cones are equal and no facet is
missing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import IntArray, ObjectArray
from polytropic.arithmetic.rows import Rows
from polytropic.arithmetic.signs import product_signs
from polytropic.engines.qhull import Boundary, Proposal, certified_boundary
from polytropic.engines.slices import Slice, take_slice

__all__ = ["Dual", "facets_by_duality"]


class Dual(NamedTuple):
    """Proven facets, the rows on them, and which rows are extreme."""

    normals: ObjectArray
    incidence: NDArray[np.bool_]
    extreme: IntArray


def facets_by_duality(points: Slice, proposal: Proposal) -> Dual | None:
    """Prove the hyperplanes of a proposal, or return None.

    Parameters
    ----------
    points : Slice
        Of the cone over ``points.rows``.
    proposal : Proposal
        Of any quality.

    Returns
    -------
    Dual or None
    """
    rows = points.rows.integers()
    normals = _distinct(points.hyperplanes(_largest(points, proposal), _inside(points, proposal)))
    signs = product_signs(normals, rows)
    valid = (signs >= 0).all(axis=1)
    normals, incidence = normals[valid], signs[valid] == 0
    if len(normals) <= points.dimension:
        return None
    dual = _boundary_of(normals, rows)
    if dual is None:
        return None
    extreme = _rows_at(dual, incidence)
    return None if extreme is None else Dual(normals, incidence, extreme)


def _largest(points: Slice, proposal: Proposal) -> IntArray:
    """Of the simplices of each hyperplane the one whose corners are furthest from dependent."""
    corners = points.points[proposal.simplices]
    edges = corners[:, 1:] - corners[:, :1]
    products = edges @ edges.transpose(0, 2, 1)
    size = np.linalg.det(products)
    _, group = np.unique(proposal.planes, axis=0, return_inverse=True)
    order = np.lexsort((-size, group.ravel()))
    first = np.unique(group.ravel()[order], return_index=True)[1]
    return proposal.simplices[order[first]]


def _inside(points: Slice, proposal: Proposal) -> NDArray[np.float64]:
    corners = points.points[np.unique(proposal.simplices)]
    middle: NDArray[np.float64] = corners.mean(axis=0)
    return middle


def _distinct(rows: ObjectArray) -> ObjectArray:
    unique = dict.fromkeys(tuple(row) for row in rows.tolist() if any(row))
    return integer_rows(list(unique), rows.shape[1])


def _boundary_of(normals: ObjectArray, rows: ObjectArray) -> Boundary | None:
    """Facets of the cone over the normals: the extreme rays of what they bound."""
    floats = Rows(None, rows).bounded().value
    scale = np.abs(floats).max(axis=1)
    # A positive combination of the rows is positive on all normals.
    points = take_slice(Rows(None, normals), (floats / scale[:, None]).mean(axis=0))
    return None if points is None else certified_boundary(points)


def _rows_at(dual: Boundary, incidence: NDArray[np.bool_]) -> IntArray | None:
    """The row that each facet of the dual stands for, or None if one of them is no row.

    Both vanish on the same normals, which leave one direction only.
    """
    place: dict[bytes, int] = {}
    for index, key in reversed(list(enumerate(_keys(incidence.T)))):
        place[key] = index
    found = [place.get(key) for key in _keys(dual.members.toarray())]
    if any(index is None for index in found):
        return None
    return np.unique(np.array(found, dtype=np.int64))


def _keys(flags: NDArray[np.bool_]) -> list[bytes]:
    return [row.tobytes() for row in np.packbits(flags, axis=1)]
