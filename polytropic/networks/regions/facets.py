"""Facets of regions: which two regions share one, and what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import IntArray, frozen
from polytropic.geometry.subdividing.cells import Cells
from polytropic.networks.regions.faces import Faces, Incidences

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["FacetTable", "adjacency_matrix", "adjacent_pairs", "facet_table", "region_graph"]


class FacetTable(NamedTuple):
    """The facets of all regions, each once.

    Attributes
    ----------
    start : int array, shape (n_regions + 1,)
        Where the facets of each region begin.
    facets : int32 array, shape (k,)
        Facets, one region after the other.
    names : int32 array, shape (k,)
        What each is: the number of the (first) unit that vanishes there, or ``-2 - i`` for
        inequality i of the domain.
    regions : int array, shape (n_facets, 2)
        The one or two regions of each facet; -1 where there is no second one.
    member_start : int array, shape (n_facets + 1,)
        Where the generators of each facet begin.
    members : int32 array
        Vertices and rays, one facet after the other, increasing in each.
    """

    start: IntArray
    facets: NDArray[np.int32]
    names: NDArray[np.int32]
    regions: IntArray
    member_start: IntArray
    members: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.regions)

    @property
    def facet_names(self) -> NDArray[np.int32]:
        """The name of each facet, as the first of its regions knows it, shape (n_facets,)."""
        names = np.zeros(len(self), dtype=np.int32)
        names[self.facets[::-1]] = self.names[::-1]
        return names

    def members_of(self, facet: int) -> NDArray[np.int32]:
        """Vertices and rays of one facet."""
        return self.members[self.member_start[facet] : self.member_start[facet + 1]]


def facet_table(cells: Cells, faces: Faces, incidences: Incidences) -> FacetTable:
    """Put the facets of all regions into one table."""
    owners, below = incidences.above, incidences.below
    regions = np.full((len(faces), 2), -1, dtype=np.int64)
    # Written backwards, the first region of each facet is what remains.
    regions[below[::-1], 0] = owners[::-1]
    second = owners != regions[below, 0]
    regions[below[second], 1] = owners[second]
    names = cells.names[cells.name_start[owners] + incidences.bits]
    members = faces.generators(cells)
    arrays = (incidences.start, below, names, regions, faces.start, members)
    return FacetTable(*map(frozen, arrays))


def adjacent_pairs(table: FacetTable) -> IntArray:
    """Pairs of regions that share a facet, shape (n_pairs, 2), i < j, sorted."""
    pairs = table.regions[table.regions[:, 1] >= 0]
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    return frozen(pairs[order])


def adjacency_matrix(n: int, pairs: IntArray) -> csr_array:
    """Symmetric matrix with ones where two regions share a facet, shape (n, n)."""
    from scipy.sparse import coo_array

    rows = np.concatenate([pairs[:, 0], pairs[:, 1]])
    columns = np.concatenate([pairs[:, 1], pairs[:, 0]])
    ones = np.ones(len(rows), dtype=np.int8)
    matrix: csr_array = coo_array((ones, (rows, columns)), shape=(n, n)).tocsr()
    return matrix


def region_graph(n: int, table: FacetTable) -> Any:
    """Graph of the regions; the attribute ``unit`` of an edge is the unit that vanishes there."""
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from(range(n))
    names, inner = table.facet_names, np.flatnonzero(table.regions[:, 1] >= 0)
    for facet, (i, j) in zip(inner.tolist(), table.regions[inner].tolist(), strict=True):
        graph.add_edge(i, j, unit=int(names[facet]))
    return graph
