"""Combinatorial isomorphisms of polyhedra, and containment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from polytropic.arithmetic.numbers import IntArray
from polytropic.arithmetic.signs import product_signs
from polytropic.errors import BudgetError, InputError
from polytropic.geometry.faces.adjacency import adjacent_generators
from polytropic.geometry.faces.bitsets import Bits
from polytropic.geometry.faces.walk import Incidences
from polytropic.geometry.polytope import Polytope

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "contains_polytope",
    "is_self_dual",
    "isomorphic",
    "isomorphism",
    "n_combinatorial_symmetries",
]


def isomorphic(first: Polytope, second: Polytope, *, max_steps: int = 100_000) -> bool:
    """Whether two polyhedra have isomorphic face lattices.

    See `isomorphism`.

    Examples
    --------
    >>> trapezium = Polytope.from_points([[0, 0], [3, 0], [0, 1], [1, 1]])
    >>> isomorphic(Polytope.box(0, 1, dim=2), trapezium)
    True
    """
    return isomorphism(first, second, max_steps=max_steps) is not None


def isomorphism(
    first: Polytope, second: Polytope, *, max_steps: int = 100_000
) -> tuple[IntArray, IntArray] | None:
    """Bijections of vertices and facets that preserve all faces, if there are any.

    Parameters
    ----------
    first, second : Polytope
        Of any kind.  Faces at infinity do not count: a half-strip has the same face lattice as a
        quadrant with its corner cut off.  Lineality does not count either.
    max_steps : int
        Bound on the number of refinements during the search.

    Returns
    -------
    vertices : int array
        Vertex ``vertices[i]`` of the second polyhedron (with lines: its minimal face) belongs to
        vertex i of the first.
    facets : int array
        Likewise for facets.  None instead of both if the lattices are not isomorphic.

    Raises
    ------
    BudgetError
        If the search takes more than `max_steps` steps.

    Notes
    -----
    Face lattices are isomorphic exactly when the tables of facets by vertices and unbounded edges
    are (the elements that are no joins, and those that are no meets, determine a lattice).  These
    tables are compared by colour refinement, and by trying the members of a class where that does
    not tell them apart; the answer is checked entry by entry.  Refinement is almost always enough,
    but the search is exponential in the worst case.

    Examples
    --------
    >>> square = Polytope.box(0, 1, dim=2)
    >>> vertices, facets = isomorphism(
    ...     square, Polytope.from_points([[0, 0], [3, 0], [0, 1], [1, 1]])
    ... )
    >>> sorted(vertices.tolist()), sorted(facets.tolist())
    ([0, 1, 2, 3], [0, 1, 2, 3])
    """
    tables = [_Table.of(Incidences.of(polytope)) for polytope in (first, second)]
    return _isomorphism(tables[0], tables[1], max_steps)


def is_self_dual(polytope: Polytope, *, max_steps: int = 100_000) -> bool:
    """Whether the face lattice of a polytope is isomorphic to itself turned upside down.

    Raises
    ------
    InputError
        If the polyhedron is unbounded: its lattice upside down is no face lattice.
    BudgetError
        As for `isomorphism`.

    Examples
    --------
    >>> is_self_dual(Polytope.box(0, 1, dim=2)), is_self_dual(Polytope.box(0, 1, dim=3))
    (True, False)
    """
    if not polytope.is_bounded:
        raise InputError("only a bounded polytope has a dual one")
    table = _Table.of(Incidences.of(polytope))
    if table.rank < 1:
        return True  # one or two faces
    upside_down = _Table(table.by_generator, table.rank, np.zeros(table.n_facets, dtype=np.int64))
    return _isomorphism(table, upside_down, max_steps) is not None


def n_combinatorial_symmetries(polytope: Polytope, *, max_steps: int = 100_000) -> int:
    """Number of automorphisms of the face lattice.

    Parameters
    ----------
    polytope : Polytope
    max_steps : int
        As for `isomorphism`.

    Notes
    -----
    Vertices are fixed one after the other until no symmetry is left; the order of the group is the
    product of the numbers of places to which each of them can still go (orbits and stabilisers).

    Examples
    --------
    >>> n_combinatorial_symmetries(Polytope.box(0, 1, dim=4))
    384
    """
    table = _Table.of(Incidences.of(polytope))
    search = _Search(table, table, max_steps)
    order, start = 1, search.refined(search.first_colours())
    while True:
        cell = _smallest_cell(start[0])
        if cell is None:
            return order
        node = int(cell[0])
        images = [
            image
            for image in np.flatnonzero(start[1] == start[0][node]).tolist()
            if next(search.maps(search.fixed(start, node, image)), None) is not None
        ]
        order *= len(images)
        start = search.fixed(start, node, node)


def contains_polytope(outer: Polytope, inner: Polytope) -> bool:
    """Whether one polyhedron contains another, unbounded ones included.

    Parameters
    ----------
    outer, inner : Polytope
        In the same space.

    Raises
    ------
    InputError
        If their spaces differ.

    Examples
    --------
    >>> quadrant = Polytope.from_halfspaces([[-1, 0], [0, -1]], [0, 0])
    >>> contains_polytope(quadrant, Polytope.box(0, 1, dim=2))
    True
    >>> contains_polytope(Polytope.box(0, 1, dim=2), quadrant)
    False
    """
    if outer.ambient_dimension != inner.ambient_dimension:
        raise InputError(
            f"the polyhedra lie in spaces of dimensions {outer.ambient_dimension} and "
            f"{inner.ambient_dimension}"
        )
    if inner.is_empty or outer.is_empty:
        return inner.is_empty
    ours, theirs = inner.description, outer.description
    return (
        bool((product_signs(ours.generators, theirs.facets) >= 0).all())
        and not product_signs(ours.generators, theirs.equations).any()
        and not product_signs(ours.lineality, theirs.facets).any()
        and not product_signs(ours.lineality, theirs.equations).any()
    )


# -- tables ----------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class _Table:
    """Facets by the irreducible faces below them: vertices, and unbounded edges of kind one."""

    table: csr_array
    rank: int
    kinds: IntArray

    @staticmethod
    def of(incidences: Incidences) -> _Table:
        n_points, table = incidences.n_points, incidences.table
        kinds = np.zeros(n_points, dtype=np.int64)
        if incidences.n_generators == n_points:
            return _Table(table, incidences.rank, kinds)
        from scipy.sparse import hstack

        pairs = adjacent_generators(incidences)
        pairs = pairs[pairs[:, 1] >= n_points]
        both = table[:, pairs[:, 0]].multiply(table[:, pairs[:, 1]])
        joined = hstack([table[:, :n_points], both]).astype(bool).tocsr()
        joined.eliminate_zeros()
        joined.sort_indices()
        return _Table(joined, incidences.rank, np.append(kinds, np.ones(len(pairs), np.int64)))

    @property
    def n_facets(self) -> int:
        return int(self.table.shape[0])

    @property
    def by_generator(self) -> csr_array:
        return self.table.T.tocsr()


def _isomorphism(first: _Table, second: _Table, max_steps: int) -> tuple[IntArray, IntArray] | None:
    same = first.rank == second.rank and first.table.shape == second.table.shape
    if not same or first.table.nnz != second.table.nnz:
        return None
    search = _Search(first, second, max_steps)
    nodes = next(search.maps(search.first_colours()), None)
    if nodes is None:
        return None
    n_facets = first.n_facets
    n_vertices = int((first.kinds == 0).sum())
    return nodes[n_facets : n_facets + n_vertices] - n_facets, nodes[:n_facets]


# -- search ----------------------------------------------------------------------------------------
@dataclass(eq=False)
class _Search:
    """Colour-preserving isomorphisms of two tables; nodes are the facets, then the columns."""

    first: _Table
    second: _Table
    max_steps: int
    steps: int = field(default=0, init=False)

    def first_colours(self) -> IntArray:
        """Facets, vertices and unbounded edges, shape (2, n); equal colours may be mapped."""
        rows = [
            np.append(np.full(table.n_facets, 2, dtype=np.int64), table.kinds)
            for table in (self.first, self.second)
        ]
        return np.array(rows)

    def maps(self, colours: IntArray) -> Iterator[IntArray]:
        """All isomorphisms that preserve colours, one after the other."""
        colours = self.refined(colours)
        if not np.array_equal(np.sort(colours[0]), np.sort(colours[1])):
            return
        cell = _smallest_cell(colours[0])
        if cell is None:
            nodes = np.argsort(colours[1])[np.argsort(np.argsort(colours[0]))]
            if self._preserves(nodes):
                yield nodes
            return
        node = int(cell[0])
        for image in np.flatnonzero(colours[1] == colours[0][node]).tolist():
            yield from self.maps(self.fixed(colours, node, image))

    def fixed(self, colours: IntArray, node: int, image: int) -> IntArray:
        """Give a node and its image a colour of their own, and refine."""
        coloured = colours.copy()
        coloured[0, node] = coloured[1, image] = colours.max(initial=0) + 1
        return self.refined(coloured)

    def refined(self, colours: IntArray) -> IntArray:
        """Split colours by the colours of the neighbours until nothing changes.

        Neighbours are summed up by sums of random words, one per colour.  Two sums may agree by
        chance; then classes stay together that could be told apart, which costs time alone.
        """
        self.steps += 1
        if self.steps > self.max_steps:
            raise BudgetError(
                f"the search for an isomorphism took more than max_steps={self.max_steps} steps; "
                "raise max_steps"
            )
        n_colours = len(np.unique(colours))
        while True:
            words = _words(int(colours.max(initial=0)) + 1)
            sums = [_spread(self.first, words[colours[0]]), _spread(self.second, words[colours[1]])]
            mixed = np.array(sums)
            combined = mixed * np.uint64(0x9E3779B97F4A7C15) + words[colours]
            refined = np.unique(combined, return_inverse=True)[1].reshape(colours.shape)
            found = int(refined.max(initial=-1)) + 1
            if found <= n_colours:
                return refined if found == n_colours else colours
            if len(np.unique(refined[0])) != found:
                return refined  # a colour that only one side has: there is no map
            colours, n_colours = refined, found

    def _preserves(self, nodes: IntArray) -> bool:
        n_facets = self.first.n_facets
        rows, columns = nodes[:n_facets], nodes[n_facets:] - n_facets
        moved = self.second.table[rows][:, columns]
        return int(moved.multiply(self.first.table).nnz) == moved.nnz == self.first.table.nnz


def _words(count: int) -> Bits:
    return np.random.default_rng(0).integers(0, 1 << 64, size=count, dtype=np.uint64)


def _spread(table: _Table, words: Bits) -> Bits:
    """Sum of the words of all neighbours of each node."""
    flags = table.table.astype(np.uint64)
    n_facets = table.n_facets
    return np.concatenate([flags @ words[n_facets:], flags.T @ words[:n_facets]])


def _smallest_cell(colours: IntArray) -> IntArray | None:
    """Nodes of a smallest class with more than one member, None if there is none."""
    counts = np.bincount(colours) if len(colours) else np.zeros(0, dtype=np.int64)
    shared = np.flatnonzero(counts > 1)
    if not len(shared):
        return None
    return np.flatnonzero(colours == shared[np.argmin(counts[shared])])
