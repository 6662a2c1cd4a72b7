"""Qhull proposes the boundary of a hull, `certificates` proves it.

Qhull works in floats and may be wrong in any way.  Of its answer only the simplices and their
neighbours are used, and only after `certificates.certify` has proven them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray, IntArray, ObjectArray
from polytropic.arithmetic.sparse import csr_of_lists, csr_of_pairs
from polytropic.engines.certificates import Certificate, certify
from polytropic.engines.slices import Slice

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Boundary", "Proposal", "certified_boundary", "propose", "proven_boundary"]


class Proposal(NamedTuple):
    """What Qhull says: F simplices, their neighbours, and the hyperplanes it merged them to."""

    simplices: IntArray  # (F, d)
    neighbours: IntArray  # (F, d), neighbour i shares all corners but corner i
    planes: FloatArray  # (F, d + 1)


@dataclass(frozen=True, eq=False)
class Boundary:
    """Proven facets of the hull of the points of a slice.

    Attributes
    ----------
    points : Slice
    certificate : Certificate
    labels : int array, shape (F,), or None
        The facet of each simplex, where simplices had to be joined.
    corners : int array, shape (k, d)
        Affinely independent points of each facet.
    """

    points: Slice
    certificate: Certificate
    labels: IntArray | None
    corners: IntArray

    @property
    def is_simplicial(self) -> bool:
        """Whether each facet holds exactly d points: no two simplices joined, no further point."""
        return self.labels is None

    @cached_property
    def members(self) -> csr_array:
        """All points on each facet, shape (k, n)."""
        simplices, touching = self.certificate.simplices, self.certificate.touching
        count, d = simplices.shape
        n = len(self.points.points)
        if self.labels is None:
            ordered = np.sort(simplices, axis=1).ravel()
            return csr_of_lists(ordered, np.arange(0, d * count + 1, d), n)
        facet = np.concatenate([np.repeat(self.labels, d), self.labels[touching[:, 0]]])
        point = np.concatenate([simplices.ravel(), touching[:, 1]])
        return csr_of_pairs(facet, point, (len(self.corners), n))

    def integers(self, index: NDArray[np.intp]) -> ObjectArray:
        """Exact primitive functionals of some facets, non-negative on all rows."""
        return self.points.hyperplanes(self.corners[index], self.certificate.inside)

    def ratios(self) -> tuple[FloatArray, NDArray[np.bool_]]:
        """All functionals divided by their first entries (and left out), and which are certain."""
        values, sure = self.points.rounded_hyperplanes(self.corners, 0)
        return values[:, 1:], sure

    def unit_rows(self) -> tuple[FloatArray, NDArray[np.bool_]]:
        """All functionals divided by the largest entry but the first, and which are certain."""
        values, sure = self.points.rounded_hyperplanes(self.corners, -1)
        floats = self.points.rows.floats
        if floats is None or not sure.any():
            return values, sure
        inside = floats[np.unique(self.corners)].mean(axis=0)
        heights = (values * inside).sum(axis=1)
        sure &= np.abs(heights) > 2.0**-30 * (np.abs(values) * np.abs(inside)).sum(axis=1)
        return values * np.sign(heights)[:, None], sure


def certified_boundary(points: Slice) -> Boundary | None:
    """Facets of the hull of the points of a slice of dimension >= 2, or None if unproven."""
    proposal = propose(points.points)
    return None if proposal is None else proven_boundary(points, proposal)


def proven_boundary(
    points: Slice, proposal: Proposal, max_open: int | None = None
) -> Boundary | None:
    """The boundary that a proposal describes, or None if it cannot be proven (see `certify`)."""
    certificate = certify(proposal.simplices, proposal.neighbours, points, max_open)
    return None if certificate is None else _joined(points, certificate)


def propose(points: FloatArray) -> Proposal | None:
    """Simplices, neighbours and hyperplanes according to Qhull, or None if it fails."""
    # Imported here because it takes most of the time that `import polytropic` would take.
    from scipy.spatial import ConvexHull, QhullError

    if len(points) <= points.shape[1]:
        return None
    try:
        hull = ConvexHull(points)
    except (QhullError, ValueError):
        return None
    return Proposal(
        hull.simplices.astype(np.int64), hull.neighbors.astype(np.int64), hull.equations
    )


def _joined(points: Slice, certificate: Certificate) -> Boundary:
    """Join the simplices of each facet."""
    simplices = certificate.simplices
    if not len(certificate.flat) and not len(certificate.touching):
        return Boundary(points, certificate, None, simplices)
    labels = _components(len(simplices), certificate.flat)
    first = np.unique(labels, return_index=True)[1]
    return Boundary(points, certificate, labels, simplices[first])


def _components(count: int, pairs: IntArray) -> IntArray:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    flags = np.ones(len(pairs), dtype=bool)
    graph = coo_array((flags, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return connected_components(graph, directed=False)[1].astype(np.int64)
