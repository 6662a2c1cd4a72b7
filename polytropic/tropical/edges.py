"""Edges of an upper hull, from the vertices on its facets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import IntArray, frozen
from polytropic.arithmetic.sparse import csr_of_pairs

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["EdgeTable", "edge_table"]

_COUNTING = (
    3  # up to this dimension the number of facets through a pair tells whether it is an edge
)


class EdgeTable(NamedTuple):
    """Edges of the upper hull.

    Attributes
    ----------
    edges : int array, shape (e, 2)
        Pairs of vertices, i < j, sorted.
    facets : csr_array of bool, shape (e, k + m)
        Upper, then vertical facets through each.
    """

    edges: IntArray
    facets: csr_array


def edge_table(corners: csr_array, walls: csr_array, dimension: int) -> EdgeTable:
    """Edges of the polyhedron whose upper facets have the given vertices.

    Parameters
    ----------
    corners : csr_array of bool, shape (k, n)
        Vertices of the upper hull on each upper facet.
    walls : csr_array of bool, shape (m, n)
        Points on each vertical facet.
    dimension : int
        Dimension d' of the facets.

    Notes
    -----
    Edges join two vertices of one cell.  In a simplex all pairs are edges.  Through an edge of a
    polyhedron of dimension d' + 1 pass at least d' facets; for d' <= 3 that many facets meet in no
    larger face, as those of codimension one and two lie on exactly one and two.  Beyond, a pair is
    an edge if no third vertex lies on all facets through it.
    """
    pairs, cells, simplicial = _pairs(corners, dimension)
    n = corners.shape[1]
    keys, place = np.unique(pairs[:, 0] * n + pairs[:, 1], return_inverse=True)
    edges = np.column_stack([keys // n, keys % n])
    on_wall, wall = _on_walls(edges, walls)
    rows, columns = (
        np.concatenate([place, on_wall]),
        np.concatenate([cells, corners.shape[0] + wall]),
    )
    is_edge = np.bincount(rows, minlength=len(edges)) >= dimension
    facets = csr_of_pairs(rows, columns, (len(edges), corners.shape[0] + walls.shape[0]))
    if dimension > _COUNTING:
        certain = np.zeros(len(edges), dtype=bool)
        certain[place[simplicial]] = True
        is_edge[is_edge & ~certain] = _alone(edges, facets, is_edge & ~certain, corners, walls)
    return EdgeTable(frozen(edges[is_edge]), facets[np.flatnonzero(is_edge)])


def _pairs(corners: csr_array, dimension: int) -> tuple[IntArray, IntArray, NDArray[np.bool_]]:
    """Pairs of vertices of one cell, the cell, and whether that is a simplex."""
    sizes = np.diff(corners.indptr)
    pairs, cells, simplicial = [np.zeros((0, 2), dtype=np.int64)], [], []
    for size in np.unique(sizes).tolist():
        chosen = np.flatnonzero(sizes == size)
        lists = corners.indices[corners.indptr[chosen][:, None] + np.arange(size)].astype(np.int64)
        first, second = np.triu_indices(size, 1)
        pairs.append(np.stack([lists[:, first], lists[:, second]], axis=2).reshape(-1, 2))
        cells.append(np.repeat(chosen, len(first)))
        simplicial.append(np.full(len(cells[-1]), size == dimension + 1))
    return np.concatenate(pairs), np.concatenate(cells), np.concatenate(simplicial)


def _on_walls(edges: IntArray, walls: csr_array) -> tuple[IntArray, IntArray]:
    """Which pairs have both ends on which walls."""
    turned = walls.T.tocsr()
    touched = np.diff(turned.indptr) > 0
    near = np.flatnonzero(touched[edges].all(axis=1))
    both = turned[edges[near, 0]].multiply(turned[edges[near, 1]]).tocoo()
    return near[both.row], both.col.astype(np.int64)


def _alone(
    edges: IntArray, facets: csr_array, chosen: NDArray[np.bool_], corners: csr_array,
    walls: csr_array,
) -> NDArray[np.bool_]:  # fmt: skip
    """Whether no third vertex lies on all facets through a pair, for the chosen pairs."""
    extreme = set(corners.indices.tolist())
    members = [
        extreme.intersection(part.tolist())
        for table in (corners, walls)
        for part in np.split(table.indices, table.indptr[1:-1])[: table.shape[0]]
    ]
    found = []
    for pair in np.flatnonzero(chosen).tolist():
        through = facets.indices[facets.indptr[pair] : facets.indptr[pair + 1]].tolist()
        through.sort(key=lambda facet: len(members[facet]))
        found.append(len(set.intersection(*(members[facet] for facet in through))) == 2)
    return np.array(found, dtype=bool)
