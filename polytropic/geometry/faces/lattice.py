"""The lattice of all faces of a polyhedron: which face lies on which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from polytropic.arithmetic.numbers import IntArray, frozen
from polytropic.errors import InputError
from polytropic.geometry.faces.bitsets import Bits, elements, lists_of, pack
from polytropic.geometry.faces.walk import Incidences, faces_by_rank, lexicographic
from polytropic.geometry.polytope import Polytope

if TYPE_CHECKING:
    import networkx as nx
    from scipy.sparse import csr_array

__all__ = ["FaceLattice", "face_lattice"]

_WORK = 1 << 29  # beyond so many steps down from the faces, going up may be better


@dataclass(frozen=True, eq=False, repr=False)
class FaceLattice:
    """All faces of a polyhedron, from the empty one to itself, ordered by inclusion.

    Faces are numbered: 0 is the empty face, then come the others by dimension, those of one
    dimension sorted by their lists of generators; the last one is the whole polyhedron.  (The
    empty polyhedron has one face.)  Make one with `face_lattice`.

    Attributes
    ----------
    dimensions : int array, shape (n,)
        Dimension of every face, -1 for the empty one.
    generator_sets : uint64 array, shape (n, words)
        Vertices, then rays, on every face, as `bitsets`.
    incidences : Incidences
        What the lattice was made from.

    Examples
    --------
    >>> square = face_lattice(Polytope.box(0, 1, dim=2))
    >>> len(square), square.f_vector
    (10, (4, 4, 1))
    >>> square.join(1, 2), square.vertices(square.join(1, 2))
    (5, (0, 1))
    >>> square.meet(5, 6), square.dimensions[square.join(5, 6)]
    (1, np.int64(2))
    """

    dimensions: IntArray
    generator_sets: Bits
    incidences: Incidences

    def __len__(self) -> int:
        return len(self.dimensions)

    def __repr__(self) -> str:
        return f"FaceLattice(f_vector={self.f_vector})"

    # -- faces ---------------------------------------------------------------------------------
    @property
    def dimension(self) -> int:
        """Dimension of the polyhedron."""
        return int(self.dimensions[-1])

    @property
    def lineality(self) -> int:
        """Dimension of the lineality space, hence of the minimal non-empty faces."""
        return self.incidences.lineality

    @cached_property
    def facet_sets(self) -> Bits:
        """Facets through every face, as `bitsets`; all of them through the empty one."""
        return frozen(self.incidences.facets_through(self.generator_sets))

    @cached_property
    def f_vector(self) -> tuple[int, ...]:
        """Numbers of faces of dimension 0, 1, ..., up to that of the polyhedron."""
        return tuple(np.bincount(self.dimensions + 1, minlength=self.dimension + 2)[1:].tolist())

    def faces(self, dimension: int) -> range:
        """Numbers of the faces of one dimension; no faces of that dimension, no numbers."""
        start, stop = np.searchsorted(self.dimensions, [dimension, dimension + 1])
        return range(int(start), int(stop))

    def vertices(self, face: int) -> tuple[int, ...]:
        """Vertices on a face."""
        return tuple(i for i in self.generators(face) if i < self.incidences.n_points)

    def generators(self, face: int) -> tuple[int, ...]:
        """Vertices, then rays, on a face."""
        index = self._checked(face)
        sets = self.generator_sets[index : index + 1]
        return elements(sets)[0]

    def facets(self, face: int) -> tuple[int, ...]:
        """Facets of the polyhedron that contain a face."""
        index = self._checked(face)
        through = self.incidences.facets_through(self.generator_sets[index : index + 1])
        return elements(through)[0]

    def face_of(self, generators: Sequence[int]) -> int:
        """Smallest face that contains some vertices and rays, given by their numbers.

        Raises
        ------
        InputError
            If a number is out of range, or only rays are given (they are not in one least face).
        """
        chosen = np.asarray(generators, dtype=np.int64).reshape(-1)
        size = self.incidences.n_generators
        if ((chosen < 0) | (chosen >= size)).any():
            raise InputError(f"generators must lie between 0 and {size - 1}")
        if len(chosen) and (chosen >= self.incidences.n_points).all():
            raise InputError("give at least one vertex: rays alone span no face")
        flags = np.zeros((1, size), dtype=bool)
        flags[0, chosen] = True
        return self._smallest(pack(flags))

    # -- order ---------------------------------------------------------------------------------
    def is_below(self, lower: int, upper: int) -> bool:
        """Whether one face is contained in another (or equal to it)."""
        one, other = self._checked(lower), self._checked(upper)
        return not np.any(self.generator_sets[one] & ~self.generator_sets[other])

    def meet(self, first: int, second: int) -> int:
        """Intersection of two faces."""
        one, other = self._checked(first), self._checked(second)
        return self._index.get((self.generator_sets[one] & self.generator_sets[other]).tobytes(), 0)

    def join(self, first: int, second: int) -> int:
        """Smallest face that contains two faces."""
        one, other = self._checked(first), self._checked(second)
        return self._smallest((self.generator_sets[one] | self.generator_sets[other])[None])

    def interval(self, lower: int, upper: int) -> IntArray:
        """Numbers of all faces between two faces, both included."""
        one, other = self._checked(lower), self._checked(upper)
        sets = self.generator_sets
        between = ~np.any(sets[one] & ~sets, axis=1) & ~np.any(sets & ~sets[other], axis=1)
        return np.flatnonzero(between)

    @cached_property
    def covers(self) -> IntArray:
        """Hasse diagram: pairs of a face and one that covers it, sorted, shape (k, 2)."""
        if self.dimension < 0:
            return np.zeros((0, 2), dtype=np.int64)
        levels = [self.faces(k) for k in range(self.lineality, self.dimension + 1)]
        pairs = [np.array([[0, face] for face in levels[0]], dtype=np.int64)]
        pairs += [self._covers_between(low, high) for low, high in pairwise(levels[:-1])]
        if len(levels) > 1:
            pairs.append(np.array([[face, len(self) - 1] for face in levels[-2]], dtype=np.int64))
        found = np.concatenate(pairs)
        return frozen(found[np.lexsort(found.T[::-1])])

    def to_networkx(self) -> nx.DiGraph:
        """Hasse diagram as a networkx graph: an arc from every face to each one that covers it.

        Nodes carry ``dimension`` and ``generators``.
        """
        import networkx as nx

        diagram = nx.DiGraph()
        names = elements(self.generator_sets)
        for face, (size, generators) in enumerate(zip(self.dimensions, names, strict=True)):
            diagram.add_node(face, dimension=int(size), generators=generators)
        diagram.add_edges_from(self.covers.tolist())
        return diagram

    # -- numbers -------------------------------------------------------------------------------
    @property
    def euler_characteristic(self) -> int:
        """Alternating sum of the f-vector, the polyhedron included.

        Notes
        -----
        One for every non-empty polytope (Euler and Poincaré); ``(-1)^l`` for the sum of a polytope
        and an l-dimensional linear space; zero for every other polyhedron.
        """
        return sum((-1) ** k * number for k, number in enumerate(self.f_vector))

    def flag_number(self, dimensions: Sequence[int]) -> int:
        """Number of chains of faces of the given dimensions, one entry of the flag f-vector.

        Parameters
        ----------
        dimensions : sequence of int
            Increasing, from 0 to the dimension of the polyhedron.

        Examples
        --------
        >>> face_lattice(Polytope.box(0, 1, dim=3)).flag_number([0, 1, 2])
        48
        """
        wanted = list(dimensions)
        if any(a >= b for a, b in pairwise(wanted)) or not all(
            0 <= k <= self.dimension for k in wanted
        ):
            raise InputError(
                f"dimensions must increase from at least 0 to at most {self.dimension}"
            )
        if not wanted:
            return 1
        # Chains up to each face of the present dimension, in Python integers: they may be many.
        chains = np.full(len(self.faces(wanted[0])), 1, dtype=object)
        for low, high in pairwise(wanted):
            table = self._containments(low, high)
            pairs = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
            sums = np.full(table.shape[0], 0, dtype=object)
            np.add.at(sums, pairs, chains[table.indices])
            chains = sums
        return int(sum(chains.tolist()))

    # -- within --------------------------------------------------------------------------------
    def _checked(self, face: int) -> int:
        if not 0 <= face < len(self):
            raise InputError(f"face must lie between 0 and {len(self) - 1}, got {face}")
        return int(face)

    @cached_property
    def _index(self) -> dict[bytes, int]:
        return {row.tobytes(): face for face, row in enumerate(self.generator_sets)}

    def _smallest(self, generators: Bits) -> int:
        """Smallest face that contains a set of generators, given as one row."""
        if not generators.any():
            return 0
        through = self.incidences.facets_through(generators)
        return self._index[self.incidences.generators_on(through)[0].tobytes()]

    def _covers_between(self, low: range, high: range) -> IntArray:
        """Covers between two neighbouring ranks of proper faces."""
        one, other = slice(low.start, low.stop), slice(high.start, high.stop)
        offsets = [low.start, high.start]
        if self.incidences.is_small:
            facets = self.incidences.facets
            return _cuts(self.generator_sets[other], facets, self.generator_sets[one]) + offsets
        rank = int(self.dimensions[low.start]) - self.lineality
        if self._work_downwards <= _WORK:
            table, sets = self.incidences.by_generator, self.generator_sets
            found = _steps(sets[other], table, sets[one], rank + 1)[:, ::-1]
        else:
            table, sets = self.incidences.table, self.facet_sets
            found = _steps(sets[one], table, sets[other], self.incidences.rank - rank - 1)
        return found + offsets

    @cached_property
    def _work_downwards(self) -> int:
        """Number of pairs of a generator on a face and a facet through that generator."""
        degrees = np.diff(self.incidences.by_generator.indptr)
        members, _ = lists_of(self.generator_sets)
        return int(degrees[members].sum())

    def _containments(self, low: int, high: int) -> csr_array:
        """Which faces of one dimension (columns) lie on which of a higher one (rows)."""
        from scipy.sparse import coo_array, eye_array

        table = eye_array(len(self.faces(low)), dtype=np.int32, format="csr")
        for k in range(low, high):
            below, above = self.faces(k), self.faces(k + 1)
            first = np.searchsorted(self.covers[:, 0], [below.start, below.stop])
            pairs = self.covers[first[0] : first[1]] - [below.start, above.start]
            ones = np.ones(len(pairs), dtype=np.int32)
            step = coo_array((ones, (pairs[:, 1], pairs[:, 0])), shape=(len(above), len(below)))
            table = (step.tocsr() @ table).tocsr()
            table.data[:] = 1
        return table


def face_lattice(polytope: Polytope, *, max_faces: int | None = None) -> FaceLattice:
    """All faces of a polyhedron with their order.

    Parameters
    ----------
    polytope : Polytope
        Of any kind: empty, a point, flat, unbounded, with lines.
    max_faces : int, optional
        Stop beyond this number of proper faces.

    Returns
    -------
    FaceLattice

    Raises
    ------
    BudgetError
        If there are more than `max_faces` proper non-empty faces.

    Notes
    -----
    Faces as in `faces`.  The order is computed when it is asked for: cuts of a face are found
    through the lists of facets of its generators, and looked up by hash among the faces below.

    Examples
    --------
    >>> len(face_lattice(Polytope.empty(2))), len(face_lattice(Polytope.box(0, 0, dim=2)))
    (1, 2)
    """
    incidences = Incidences.of(polytope)
    generators = [np.zeros_like(incidences.all_generators)]
    dimensions = [-1]
    if incidences.rank > 0:
        _, levels = faces_by_rank(incidences, 0, max_faces)
        for rank, level in enumerate(levels):
            sets = incidences.sets_of_generators(level)
            generators.append(sets[lexicographic(sets)])
            dimensions += [rank + incidences.lineality] * len(sets)
    if incidences.rank >= 0:
        generators.append(incidences.all_generators)
        dimensions.append(polytope.dimension)
    numbers = np.array(dimensions, dtype=np.int64)
    return FaceLattice(frozen(numbers), frozen(np.concatenate(generators)), incidences)


def _cuts(upper: Bits, facets: Bits, lower: Bits) -> IntArray:
    """Pairs (i, j) such that a facet cuts ``lower[i]`` out of ``upper[j]``."""
    index = {row.tobytes(): i for i, row in enumerate(lower)}
    pairs = [
        (index[cut], j)
        for j, face in enumerate(upper)
        for cut in {row.tobytes() for row in face & facets}
        if cut in index
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _steps(sets: Bits, table: csr_array, next_sets: Bits, least: int) -> IntArray:
    """Pairs (i, j) such that ``next_sets[j]`` lies in ``sets[i]``, for neighbouring ranks.

    Parameters
    ----------
    sets, next_sets : uint64 arrays
        Not empty.
    table : csr_array
        Row m lists the items that have member m: a set is what some items have in common.
    least : int
        A next set has at least so many members.
    """
    from polytropic.geometry.faces.kernels import steps

    words = np.random.default_rng(0).integers(0, 1 << 64, size=table.shape[0], dtype=np.uint64)
    members, starts = lists_of(sets)
    next_members, next_starts = lists_of(next_sets)
    hashes = np.add.reduceat(words[next_members], next_starts[:-1])
    order = np.argsort(hashes, kind="stable")
    found: IntArray = steps(
        starts,
        members,
        table.indptr.astype(np.int64),
        table.indices.astype(np.int64),
        table.shape[1],
        words,
        sets,
        next_sets,
        hashes[order],
        order,
        least,
    )
    return found
