"""All faces of a dual subdivision, dimension by dimension, with what contains what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from polytropic.arithmetic.numbers import IntArray
from polytropic.arithmetic.sparse import csr_of_flags, csr_of_lists, csr_of_pairs, sorted_lists
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.faces.bitsets import distinct_rows, lists_of
from polytropic.geometry.faces.walk import Incidences, faces_by_rank
from polytropic.tropical.envelope import Envelope

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["MAX_FACES", "UpperFaces"]

MAX_FACES = 1_000_000


@dataclass(frozen=True, eq=False)
class UpperFaces:
    """Bounded faces of ``P(f) + cone(-e)``: the cells of the dual subdivision.

    Attributes
    ----------
    envelope : Envelope
    max_faces : int
        How many faces may be listed.
    """

    envelope: Envelope
    max_faces: int = MAX_FACES

    def __post_init__(self) -> None:
        object.__setattr__(self, "_vertices", {})
        object.__setattr__(self, "_through", {})

    # -- lists ---------------------------------------------------------------------------------
    def vertices(self, k: int) -> csr_array:
        """Vertices on every face of dimension k, one face per row, rows sorted.

        Raises
        ------
        InputError
            If k is negative.
        BudgetError
            If there are more than `max_faces` of them.
        """
        if k < 0:
            raise InputError(f"faces have dimension at least 0, got {k}")
        known: dict[int, csr_array] = self.__dict__["_vertices"]
        if k not in known:
            known[k] = self._listed(k)
        return known[k]

    def _listed(self, k: int) -> csr_array:
        envelope = self.envelope
        n, top = len(envelope.coefficients), envelope.dimension
        if k > top:
            return csr_of_flags(np.zeros((0, n), dtype=bool))
        if k == 0:
            return _rows(envelope.vertex_array[:, None], n)
        if k == 1:
            return _rows(envelope.edge_table.edges, n)
        if k == top:
            return envelope.corners
        if self.is_simplicial:
            return self._subsets(k)
        return self._walked[k]

    @cached_property
    def is_simplicial(self) -> bool:
        """Whether all maximal cells are simplices."""
        corners = np.diff(self.envelope.corners.indptr)
        return bool((corners == self.envelope.dimension + 1).all())

    def _subsets(self, k: int) -> csr_array:
        """Faces of simplices are all subsets of their vertices."""
        corners = self.envelope.corners
        lists = corners.indices.reshape(corners.shape[0], -1).astype(np.int64)
        chosen = [list(columns) for columns in combinations(range(lists.shape[1]), k + 1)]
        subsets = np.concatenate([lists[:, columns] for columns in chosen])
        found = distinct_rows(subsets, corners.shape[1])
        self._check(len(found))
        return _rows(found, corners.shape[1])

    @cached_property
    def _walked(self) -> dict[int, csr_array]:
        """Faces of every dimension, by a walk down from the facets."""
        n_cells, extreme = self.envelope.n_upper, self.envelope.vertex_array
        table = self.envelope.corner_table.tocoo()
        place = np.full(table.shape[1], -1)
        place[extreme] = np.arange(len(extreme))
        # The downward ray lies on all vertical facets.
        n_walls = table.shape[0] - n_cells
        rows = np.concatenate([table.row, np.arange(n_cells, n_cells + n_walls)])
        columns = np.concatenate([place[table.col], np.full(n_walls, len(extreme))])
        incidences = Incidences(
            csr_of_pairs(rows, columns, (table.shape[0], len(extreme) + 1)),
            len(extreme),
            self.envelope.dimension + 1,
            0,
        )
        _, levels = faces_by_rank(incidences, 0, self.max_faces)
        found = {}
        for k, level in enumerate(levels):
            members, starts = lists_of(incidences.sets_of_generators(level))
            face = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
            unbounded = np.zeros(len(starts) - 1, dtype=bool)
            unbounded[face[members == len(extreme)]] = True
            number = np.cumsum(~unbounded) - 1
            kept = ~unbounded[face]
            shape = (int((~unbounded).sum()), table.shape[1])
            lists = csr_of_pairs(number[face[kept]], extreme[members[kept]], shape)
            found[k] = lists[sorted_lists(lists)]
        return found

    def _check(self, found: int) -> None:
        if found > self.max_faces:
            raise BudgetError(
                f"there are {found} faces, more than max_faces={self.max_faces}; raise max_faces"
            )

    # -- relations -----------------------------------------------------------------------------
    def through(self, k: int) -> csr_array:
        """Upper, then vertical facets through every face of dimension k."""
        known: dict[int, csr_array] = self.__dict__["_through"]
        if k not in known:
            if k == 1:
                known[k] = self.envelope.edge_table.facets
            else:
                known[k] = _contained(self.vertices(k), self.envelope.corner_table)
        return known[k]

    def members(self, k: int) -> csr_array:
        """All monomials on every face of dimension k, vertices or not."""
        if k == self.envelope.dimension > 1:
            return self.envelope.upper.cells
        facets = self.through(k)
        return _contained(facets, self.envelope.table.T.tocsr())

    def covers(self, k: int) -> IntArray:
        """Pairs of a face of dimension k and one of dimension k + 1 that contains it, sorted."""
        pairs = _contained(self.vertices(k), self.vertices(k + 1)).tocoo()
        found = np.column_stack([pairs.row, pairs.col]).astype(np.int64)
        return found[np.lexsort(found.T[::-1])]


def _rows(lists: IntArray, n: int) -> csr_array:
    count, size = lists.shape
    return csr_of_lists(lists.ravel(), np.arange(0, count * size + 1, max(size, 1)), n)


def _contained(small: csr_array, large: csr_array) -> csr_array:
    """Which sets of the second table contain which of the first one (none of them empty)."""
    common = (small.astype(np.int32) @ large.T.astype(np.int32)).tocoo()
    sizes = np.diff(small.indptr)
    kept = common.data == sizes[common.row]
    return csr_of_pairs(common.row[kept], common.col[kept], (small.shape[0], large.shape[0]))
