"""Faces of a bounded polytope, one below the other, and its triangulation by pulling.

A face is the sorted tuple of its vertices.  Pulling the vertices in order triangulates a face as
the cone from its first vertex over the triangulated facets of the face that miss this vertex.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from polytropic.arithmetic.numbers import IntArray
from polytropic.errors import BudgetError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Face", "FaceTree"]

Face = tuple[int, ...]


class FaceTree:
    """Facets of faces, from incidences alone.

    Parameters
    ----------
    members : csr_array of bool, shape (n_facets, n_vertices)
        Which vertices lie on which facets of a bounded polytope.
    dimension : int
        Dimension of the polytope.
    order : sequence of int, optional
        Vertices in the order in which they are pulled; faces are tuples of positions in it.

    Attributes
    ----------
    facets : list of tuple
        Vertices of every facet of the polytope.
    is_simple, is_simplicial : bool
    """

    def __init__(
        self, members: csr_array, dimension: int, order: Sequence[int] | None = None
    ) -> None:
        n_facets, n_vertices = members.shape
        if order is not None:
            members = members[:, list(order)]
        table = members.tocsr()
        table.sort_indices()
        self.dimension = dimension
        self.everything: Face = tuple(range(n_vertices))
        self.facets: list[Face] = [
            tuple(table.indices[table.indptr[i] : table.indptr[i + 1]].tolist())
            for i in range(n_facets)
        ]
        self._through: list[list[int]] = [[] for _ in range(n_vertices)]
        for index, facet in enumerate(self.facets):
            for vertex in facet:
                self._through[vertex].append(index)
        self.is_simple = all(len(through) == dimension for through in self._through)
        self.is_simplicial = all(len(facet) == dimension for facet in self.facets)

    def through(self, vertex: int) -> list[int]:
        """Facets of the polytope through a vertex."""
        return self._through[vertex]

    def below(self, face: Face, dimension: int) -> list[tuple[int, Face]]:
        """Facets of a face that miss its first vertex, each with a facet that cuts it out.

        Notes
        -----
        In a simple polytope every intersection of a face with another facet is a facet of it;
        otherwise the maximal ones are.
        """
        if dimension == self.dimension:
            return [(i, facet) for i, facet in enumerate(self.facets) if facet[0] != face[0]]
        cuts: dict[int, list[int]] = {}
        for vertex in face:
            for facet in self._through[vertex]:
                cuts.setdefault(facet, []).append(vertex)
        if self.is_simple:
            return [
                (facet, tuple(cut))
                for facet, cut in cuts.items()
                if len(cut) < len(face) and cut[0] != face[0]
            ]
        distinct = {
            tuple(cut): facet for facet, cut in cuts.items() if dimension <= len(cut) < len(face)
        }
        return [(distinct[cut], cut) for cut in _maximal(distinct, face) if cut[0] != face[0]]

    # -- simplices -----------------------------------------------------------------------------
    def simplices(self, faces: Sequence[Face], dimension: int, max_simplices: int) -> IntArray:
        """Pull some faces of one dimension k, to simplices of shape (n, k + 1).

        Raises
        ------
        BudgetError
            In advance, if there would be more than `max_simplices`.
        """
        counts: dict[Face, int] = {}
        total = sum(self._count(face, dimension, counts) for face in faces)
        if total > max_simplices:
            raise BudgetError(
                f"pulling gives {total} simplices, more than max_simplices={max_simplices}"
            )
        parts: dict[Face, IntArray] = {}
        found = [self._pulled(face, dimension, parts) for face in faces]
        return np.concatenate(found) if found else np.empty((0, dimension + 1), dtype=np.int64)

    def _count(self, face: Face, dimension: int, known: dict[Face, int]) -> int:
        if len(face) == dimension + 1:
            return 1
        if face not in known:
            known[face] = sum(
                self._count(cut, dimension - 1, known) for _, cut in self.below(face, dimension)
            )
        return known[face]

    def _pulled(self, face: Face, dimension: int, known: dict[Face, IntArray]) -> IntArray:
        if len(face) == dimension + 1:
            return np.array([face], dtype=np.int64)
        if face not in known:
            below = [
                self._pulled(cut, dimension - 1, known) for _, cut in self.below(face, dimension)
            ]
            bases = np.concatenate(below)
            apex = np.full((len(bases), 1), face[0], dtype=np.int64)
            known[face] = np.hstack([apex, bases])
        return known[face]


def _maximal(cuts: dict[Face, int], face: Face) -> list[Face]:
    """Sets of vertices that lie in no other of the sets."""
    position = {vertex: 1 << i for i, vertex in enumerate(face)}
    kept: list[tuple[Face, int]] = []
    for cut in sorted(cuts, key=len, reverse=True):
        mask = sum(position[vertex] for vertex in cut)
        if all(mask & ~other for _, other in kept):
            kept.append((cut, mask))
    return [cut for cut, _ in kept]
