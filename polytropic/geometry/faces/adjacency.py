"""Which vertices span an edge, and which facets share a ridge, from incidences alone."""

from __future__ import annotations

from functools import reduce
from itertools import combinations
from operator import and_
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import IntArray
from polytropic.errors import InputError
from polytropic.geometry.faces.bitsets import column_keys
from polytropic.geometry.faces.walk import Incidences
from polytropic.geometry.incidence import bits_of
from polytropic.geometry.polytope import Polytope

if TYPE_CHECKING:
    import networkx as nx
    from scipy.sparse import csr_array

__all__ = ["adjacent_facets", "adjacent_generators", "facet_adjacency", "graph", "vertex_adjacency"]

_FEW = 4000  # entries of a table up to which plain Python is faster than loading numba


def vertex_adjacency(polytope: Polytope) -> csr_array:
    """Symmetric matrix of the edges of a polyhedron.

    Parameters
    ----------
    polytope : Polytope
        It may be unbounded, and may contain lines.

    Returns
    -------
    csr_array of bool, shape (n_vertices + n_rays, n_vertices + n_rays)
        Entry (i, j) between vertices stands for a bounded edge; between vertex i and the ray that
        is numbered j (rays come after the vertices) for the unbounded edge from that vertex in the
        direction of that ray.  Two rays are never adjacent.  With lines: minimal faces that lie on
        a common face of one dimension more.

    Notes
    -----
    Two vertices span an edge exactly when no third generator lies on all facets through both.
    Simple vertices have one edge for each set of d - 1 of their facets, and in a simplicial
    polytope (d >= 2) all vertices of a facet are adjacent: O(n d) after sorting in both cases.
    Otherwise O(sum of the squares of the numbers of generators on the facets), plus the
    comparisons of the sets that share at least d - 1 facets with a vertex.

    Examples
    --------
    >>> vertex_adjacency(Polytope.box(0, 1, dim=2)).toarray().astype(int)
    array([[0, 1, 1, 0],
           [1, 0, 0, 1],
           [1, 0, 0, 1],
           [0, 1, 1, 0]])
    >>> ray = Polytope.from_points([[0]], rays=[[1]])
    >>> vertex_adjacency(ray).toarray().astype(int).tolist()
    [[0, 1], [1, 0]]
    """
    incidences = Incidences.of(polytope)
    return _symmetric(adjacent_generators(incidences), incidences.n_generators)


def facet_adjacency(polytope: Polytope) -> csr_array:
    """Symmetric matrix of the pairs of facets that meet in a ridge, a face of codimension two.

    Parameters
    ----------
    polytope : Polytope
        It may be unbounded, and may contain lines; a ridge contains a point.

    Returns
    -------
    csr_array of bool, shape (n_facets, n_facets)
        The two facets of a segment are adjacent: their ridge is the empty face.

    Notes
    -----
    The same as `vertex_adjacency` in the lattice turned upside down.

    Examples
    --------
    >>> facet_adjacency(Polytope.box(0, 1, dim=3)).sum(axis=0).tolist()
    [4, 4, 4, 4, 4, 4]
    """
    incidences = Incidences.of(polytope)
    return _symmetric(adjacent_facets(incidences), incidences.n_facets)


def graph(polytope: Polytope) -> nx.Graph:
    """Graph of the vertices and bounded edges, as a networkx graph.

    Raises
    ------
    InputError
        If the polyhedron contains a line.

    Examples
    --------
    >>> sorted(dict(graph(Polytope.box(0, 1, dim=3)).degree()).values())
    [3, 3, 3, 3, 3, 3, 3, 3]
    """
    import networkx as nx

    incidences = Incidences.of(polytope)
    if incidences.lineality:
        raise InputError("the polyhedron contains a line, so it has no vertex")
    pairs = adjacent_generators(incidences)
    result = nx.Graph()
    result.add_nodes_from(range(incidences.n_points))
    result.add_edges_from(pairs[pairs[:, 1] < incidences.n_points].tolist())
    return result


def adjacent_generators(incidences: Incidences) -> IntArray:
    """Pairs (i, j) of adjacent generators, i < j, i a vertex, sorted; shape (k, 2)."""
    if incidences.rank < 1:
        return np.zeros((0, 2), dtype=np.int64)
    if incidences.rank == 1:  # a segment or a half-line
        return np.array([[0, 1]], dtype=np.int64)
    n_points = incidences.n_points
    if incidences.is_simple and incidences.n_generators == n_points:
        return _sharing_ridges(_lists(incidences.by_generator))
    if incidences.is_simplicial:
        pairs = _within(_lists(incidences.table), incidences.n_generators)
        return pairs[pairs[:, 0] < n_points]
    weighty = np.ones(incidences.n_facets, dtype=bool)
    return _neighbours(
        incidences.by_generator, incidences.table, weighty, n_points, incidences.rank - 1
    )


def adjacent_facets(incidences: Incidences) -> IntArray:
    """Pairs (i, j) of facets that share a ridge, i < j, sorted; shape (k, 2)."""
    if incidences.rank < 1:
        return np.zeros((0, 2), dtype=np.int64)
    if incidences.rank == 1:
        both = [[0, 1]] if incidences.n_facets == 2 else []
        return np.array(both, dtype=np.int64).reshape(-1, 2)
    n_points = incidences.n_points
    if incidences.is_simplicial and incidences.n_generators == n_points:
        return _sharing_ridges(_lists(incidences.table))
    if incidences.is_simple:
        return _within(_lists(incidences.by_generator[:n_points]), incidences.n_facets)
    weighty = np.arange(incidences.n_generators) < n_points
    return _neighbours(
        incidences.table, incidences.by_generator, weighty, incidences.n_facets, incidences.rank - 1
    )


def _lists(table: csr_array) -> IntArray:
    """Columns of each row of a table whose rows are equally long."""
    rows = table.shape[0]
    return table.indices.astype(np.int64).reshape(rows, -1)


def _sharing_ridges(lists: IntArray) -> IntArray:
    """Pairs of rows that differ in one element; at most two rows share all but one of theirs."""
    rows, size = lists.shape
    ridges = np.concatenate([np.delete(lists, k, axis=1) for k in range(size)])
    owners = np.tile(np.arange(rows), size)
    keys = column_keys(ridges, int(lists.max(initial=0)) + 1)
    order = np.lexsort(keys)
    same = np.ones(max(0, len(order) - 1), dtype=bool)
    for key in keys:
        same &= key[order[1:]] == key[order[:-1]]
    first = np.flatnonzero(same)
    return _sorted_pairs(owners[order[first]], owners[order[first + 1]], rows)


def _within(lists: IntArray, n_items: int) -> IntArray:
    """Pairs of items that stand together in a row."""
    codes = np.zeros(0, dtype=np.int64)
    for i, j in combinations(range(lists.shape[1]), 2):
        codes = np.concatenate([codes, lists[:, i] * n_items + lists[:, j]])
        if len(codes) > 1 << 24:
            codes = np.unique(codes)
    codes = np.unique(codes)
    return np.column_stack(np.divmod(codes, max(1, n_items)))


def _sorted_pairs(first: IntArray, second: IntArray, n_items: int) -> IntArray:
    codes = np.minimum(first, second) * n_items + np.maximum(first, second)
    codes.sort()
    return np.column_stack(np.divmod(codes, max(1, n_items)))


def _neighbours(
    members: csr_array, items: csr_array, weighty: NDArray[np.bool_], n_first: int, least: int
) -> IntArray:
    """Pairs of items that share members, a weighty one among them, which no third item has all."""
    if members.shape[0] * members.shape[1] <= _FEW:
        return _neighbours_reference(members, weighty, n_first)
    from polytropic.geometry.faces.kernels import neighbours

    found = neighbours(
        members.indptr.astype(np.int64),
        members.indices.astype(np.int64),
        items.indptr.astype(np.int64),
        items.indices.astype(np.int64),
        weighty,
        n_first,
        least,
    )
    return _sorted_pairs(found[:, 0], found[:, 1], members.shape[0])


def _neighbours_reference(members: csr_array, weighty: NDArray[np.bool_], n_first: int) -> IntArray:
    rows = [_mask(row) for row in np.split(members.indices, members.indptr[1:-1])]
    having = [0] * members.shape[1]
    for i, row in enumerate(rows):
        for member in bits_of(row):
            having[member] |= 1 << i
    important = _mask(np.flatnonzero(weighty))
    everything = (1 << len(rows)) - 1
    pairs = []
    for i, one in enumerate(rows[:n_first]):
        for j, other in enumerate(rows[i + 1 :], i + 1):
            common = one & other
            if common & important:
                holders = reduce(and_, (having[m] for m in bits_of(common)), everything)
                if holders.bit_count() == 2:
                    pairs.append((i, j))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _mask(indices: NDArray[np.integer]) -> int:
    return sum(1 << int(i) for i in indices)


def _symmetric(pairs: IntArray, size: int) -> csr_array:
    from scipy.sparse import coo_array

    both = np.concatenate([pairs, pairs[:, ::-1]])
    flags = np.ones(len(both), dtype=bool)
    return coo_array((flags, (both[:, 0], both[:, 1])), shape=(size, size)).tocsr()
