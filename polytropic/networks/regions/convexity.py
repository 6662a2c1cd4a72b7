"""Which linear regions are convex, exactly.

A linear region U is a union of cells that are connected through facets.  It is convex if and only
if it is locally convex at its faces of codimension two (ridges).  For let it be, and let x be a
point inside a cell, in general position, and p a path from x to another cell's inside, through the
insides of facets.  The triangles with the corner x over the pieces of p are of dimension two, so
they miss all faces of codimension three; so U is locally convex at every point of U that they
contain, and the set of points z of p that x sees within U is open and closed in p (the argument of
Tietze and Nakajima).  So almost all pairs of points of U see each other, and U is closed.

Around a ridge the cells of U must therefore make all that there is of the domain, or one sector
whose angle is at most pi: its last facet lies on the inner side of its first one.
"""

from __future__ import annotations

from collections.abc import Callable

import flint
import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import pivot_columns
from polytropic.arithmetic.numbers import IntArray, ObjectArray
from polytropic.geometry.subdividing.cells import Cells
from polytropic.networks.regions.faces import Faces, Incidences
from polytropic.networks.regions.facets import FacetTable

__all__ = ["convex_labels"]


def convex_labels(
    labels: IntArray,
    table: FacetTable,
    ridges: Faces,
    incidences: Incidences,
    cells: Cells,
    exact_rows: Callable[[IntArray], ObjectArray],
) -> NDArray[np.bool_]:
    """Whether the union of the cells with each label is convex, shape (n_labels,).

    Parameters
    ----------
    labels : int array, shape (n_regions,)
        Cells with one label are connected through facets.
    table : FacetTable
    ridges : Faces
        Faces of codimension two.
    incidences : Incidences
        Which ridges bound which facets.
    cells : Cells
    exact_rows : callable
        Gives homogeneous integer rows of generators.

    Notes
    -----
    Counting settles all ridges but those at which two cells or more make one open sector between
    two facets inside the domain; there the sign of one determinant decides, in integers.
    """
    n_labels = int(labels.max(initial=-1)) + 1
    convex = np.ones(n_labels, dtype=bool)
    many = np.bincount(labels, minlength=n_labels) > 1
    sectors = _sectors(labels, many, table, incidences)
    convex[sectors.labels[sectors.arcs > 1]] = False
    names = table.facet_names
    for k in np.flatnonzero((sectors.arcs == 1) & (sectors.n_cells > 1)).tolist():
        label = int(sectors.labels[k])
        # What bounds the domain bounds everything in it.
        first, second = sectors.ends[k].tolist()
        if not convex[label] or names[first] < 0 or names[second] < 0:
            continue
        cell = next(c for c in table.regions[first].tolist() if c >= 0 and labels[c] == label)
        ridge = set(ridges_members(ridges, cells, int(sectors.ridges[k])))
        over = next(g for g in table.members_of(second).tolist() if g not in ridge)
        convex[label] = _on_inner_side(table.members_of(first), cell, over, cells, exact_rows)
    return convex


def ridges_members(ridges: Faces, cells: Cells, ridge: int) -> list[int]:
    """Generators of one ridge."""
    members: list[int] = cells.members[
        ridges.entries[ridges.start[ridge] : ridges.start[ridge + 1]]
    ].tolist()
    return members


class _Sectors:
    """Pairs of a ridge and a label that has cells around it.

    Attributes
    ----------
    ridges, labels, n_cells : int arrays, shape (k,)
    arcs : int array, shape (k,)
        Number of sectors that these cells make; 0 if they close up.
    ends : int array, shape (k, 2)
        The facets that bound the cells, where there are two.
    """

    def __init__(
        self, ridges: IntArray, labels: IntArray, n_cells: IntArray, arcs: IntArray, ends: IntArray
    ) -> None:
        self.ridges, self.labels, self.n_cells = ridges, labels, n_cells
        self.arcs, self.ends = arcs, ends


def _sectors(
    labels: IntArray, many: NDArray[np.bool_], table: FacetTable, incidences: Incidences
) -> _Sectors:
    # One row for every ridge of a facet and every side of that facet.
    facets = np.repeat(incidences.above, 2)
    ridges = np.repeat(incidences.below.astype(np.int64), 2)
    owners = table.regions[incidences.above].ravel()
    other = table.regions[incidences.above][:, ::-1].ravel()
    used = owners >= 0
    used[used] = many[labels[owners[used]]]
    facets, ridges, owners, other = (a[used] for a in (facets, ridges, owners, other))
    own = labels[owners]
    inner = (other >= 0) & (labels[other] == own)
    order = np.lexsort((inner, own, ridges))
    facets, ridges, own, inner = (a[order] for a in (facets, ridges, own, inner))
    starts = np.flatnonzero((np.diff(ridges, prepend=-1) != 0) | (np.diff(own, prepend=-1) != 0))
    if not len(starts):
        nothing = np.zeros(0, dtype=np.int64)
        return _Sectors(nothing, nothing, nothing, nothing, np.zeros((0, 2), dtype=np.int64))
    # Every cell has two facets at the ridge; facets between two cells of U come twice.
    sides = np.diff(np.append(starts, len(own)))
    boundary = np.add.reduceat((~inner).astype(np.int64), starts)
    n_cells = sides // 2
    second = np.minimum(starts + 1, len(facets) - 1)
    ends = np.stack([facets[starts], facets[second]], axis=1)
    return _Sectors(ridges[starts], own[starts], n_cells, boundary // 2, ends)


def _on_inner_side(
    facet: NDArray[np.int32],
    cell: int,
    over: int,
    cells: Cells,
    exact_rows: Callable[[IntArray], ObjectArray],
) -> bool:
    """Whether a generator lies on the side of a facet on which the cell lies, or on its plane."""
    own = cells.members[cells.start[cell] : cells.start[cell + 1]]
    apart = next(g for g in own.tolist() if g not in set(facet.tolist()))
    rows = exact_rows(np.array([*facet.tolist(), apart, over]))
    spanning = pivot_columns(rows[:-2].T)
    # Flat domains: in coordinates in which the span of the cell is seen whole.
    columns = pivot_columns(rows[:-1])
    plane = rows[spanning][:, columns].tolist()
    sides = []
    for row in rows[-2:, columns].tolist():
        determinant = int(flint.fmpz_mat([*plane, row]).det())
        sides.append((determinant > 0) - (determinant < 0))
    return sides[1] in (0, sides[0])
