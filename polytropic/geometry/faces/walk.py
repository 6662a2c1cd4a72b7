"""Enumerate the faces of a polyhedron from the incidences of its facets and generators.

A non-empty face is known by the facets it lies on, or by the generators on it, and a coatom of the
lattice below an element is a maximal proper cut of that element with a coatom of the whole lattice.
The walk goes down from the facets (as sets of generators) or, in the lattice turned upside down, up
from the vertices (as sets of facets), whichever are fewer.  A cut inside a coatom that was visited
before is left out, so every face is met exactly once and none needs to be remembered:

    J. Kliem and C. Stump, A new face algorithm using combinatorial topology and its application
    to polyhedra (Discrete & Computational Geometry, 2022).

Faces that contain no point (faces at infinity) are no faces.  Everything is modulo lineality: ranks
are dimensions minus the dimension of the lineality space, so that minimal faces have rank 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import IntArray
from polytropic.errors import BudgetError
from polytropic.geometry.faces.bitsets import Bits, distinct_rows, pack, pack_lists, pack_rows
from polytropic.geometry.polytope import Polytope

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "Incidences",
    "LevelSets",
    "faces_by_rank",
    "faces_up_to_rank",
    "lexicographic",
    "walk_reference",
]

_LOW = 8  # up to this rank all 2^rank subsets of a vertex's facets, or a facet's vertices, are few
_SMALL = 4000  # incidences up to which integers in Python are faster than loading numba


@dataclass(frozen=True, eq=False)
class Incidences:
    """What the faces of a polyhedron depend on.

    Attributes
    ----------
    table : csr_array of bool, shape (n_facets, n_generators)
        Which vertices, then rays, lie on which facets.
    n_points : int
        Number of vertices (with lines: of minimal faces).
    rank : int
        Dimension minus that of the lineality space; -1 for the empty polyhedron.
    lineality : int
        Dimension of the lineality space.
    """

    table: csr_array
    n_points: int
    rank: int
    lineality: int

    @staticmethod
    def of(polytope: Polytope) -> Incidences:
        """Read them off a polyhedron."""
        lineality = len(polytope.description.lineality)
        rank = -1 if polytope.is_empty else polytope.dimension - lineality
        return Incidences(polytope.facet_members, polytope.n_vertices, rank, lineality)

    @property
    def n_facets(self) -> int:
        """Number of facets."""
        return int(self.table.shape[0])

    @property
    def n_generators(self) -> int:
        """Number of vertices and rays."""
        return int(self.table.shape[1])

    @property
    def is_small(self) -> bool:
        """Whether plain Python is fast enough."""
        return self.n_facets * self.n_generators <= _SMALL

    @cached_property
    def by_generator(self) -> csr_array:
        """The transposed table."""
        table = self.table.T.tocsr()
        table.sort_indices()
        return table

    @cached_property
    def facets(self) -> Bits:
        """Facets as sets of generators."""
        return pack_rows(self.table)

    @cached_property
    def generators(self) -> Bits:
        """Generators as sets of facets."""
        return pack_rows(self.by_generator)

    @cached_property
    def all_generators(self) -> Bits:
        """One set with all generators."""
        return pack(np.ones((1, self.n_generators), dtype=bool))

    @cached_property
    def all_facets(self) -> Bits:
        """One set with all facets."""
        return pack(np.ones((1, self.n_facets), dtype=bool))

    def generators_on(self, facets: Bits) -> Bits:
        """Generators that lie on all facets of each set."""
        return _closures(facets, self.facets, self.all_generators[0])

    def facets_through(self, generators: Bits) -> Bits:
        """Facets that contain all generators of each set."""
        return _closures(generators, self.generators, self.all_facets[0])

    def sets_of_generators(self, level: LevelSets) -> Bits:
        """Generators on each of some faces."""
        if level.generators is not None:
            return level.generators
        assert level.facets is not None
        return self.generators_on(level.facets)

    @property
    def is_simple(self) -> bool:
        """Whether every vertex lies on exactly `rank` facets."""
        degrees = np.diff(self.by_generator.indptr)[: self.n_points]
        return self.rank >= 0 and bool((degrees == self.rank).all())

    @property
    def is_simplicial(self) -> bool:
        """Whether every facet has exactly `rank` generators."""
        return self.rank >= 0 and bool((np.diff(self.table.indptr) == self.rank).all())


@dataclass(frozen=True, eq=False)
class LevelSets:
    """Faces of one rank, each by its facets or by its generators (the other is None)."""

    facets: Bits | None
    generators: Bits | None

    def __len__(self) -> int:
        sets = self.facets if self.facets is not None else self.generators
        assert sets is not None
        return len(sets)


def faces_by_rank(
    incidences: Incidences, lowest: int, max_faces: int | None, *, keep: bool = True
) -> tuple[IntArray, list[LevelSets]]:
    """Count, and perhaps keep, the faces of rank `lowest` (or 0) up to `rank` - 1.

    Parameters
    ----------
    incidences : Incidences
        Of rank at least 1.
    lowest : int
        Lower faces are neither visited nor counted (if the walk goes down; else all are).
    max_faces : int or None
        Bound on the number of proper faces that are visited.
    keep : bool
        Whether to return the faces, in no particular order.

    Returns
    -------
    counts : int array, shape (rank,)
    levels : list of LevelSets, one per rank

    Raises
    ------
    BudgetError
        If there are more than `max_faces`.
    """
    if keep and not incidences.is_small and incidences.rank <= _LOW:
        bounded = incidences.n_generators == incidences.n_points
        if bounded and (incidences.is_simplicial or incidences.is_simple):
            return _subsets_by_rank(incidences, lowest, max_faces)
    down = lowest > 0 or incidences.n_facets <= incidences.n_generators
    n_levels = incidences.rank - lowest
    counts, above, levels = _walk(incidences, down, n_levels, max_faces, keep)
    return _by_rank(incidences.rank, down, counts, above, levels)


def _subsets_by_rank(
    incidences: Incidences, lowest: int, max_faces: int | None
) -> tuple[IntArray, list[LevelSets]]:
    """Faces of simplicial polytopes are the subsets of facets; simple ones are their polars."""
    rank, simplicial = incidences.rank, incidences.is_simplicial
    table = incidences.table if simplicial else incidences.by_generator
    lists = table.indices.astype(np.int64).reshape(table.shape[0], rank)
    counts = np.zeros(rank, dtype=np.int64)
    levels = []
    for k in range(rank):
        size = k + 1 if simplicial else rank - k
        columns = (
            [list(chosen) for chosen in combinations(range(rank), size)] if k >= lowest else []
        )
        subsets = [distinct_rows(lists[:, chosen], table.shape[1]) for chosen in columns]
        found = (
            distinct_rows(np.concatenate(subsets), table.shape[1])
            if subsets
            else np.zeros((0, size), dtype=np.int64)
        )
        counts[k] = len(found)
        _check_budget(int(counts.sum()), max_faces)
        sets = pack_lists(found, table.shape[1])
        levels.append(LevelSets(None, sets) if simplicial else LevelSets(sets, None))
    return counts, levels


def faces_up_to_rank(
    incidences: Incidences, highest: int, max_faces: int | None
) -> tuple[IntArray, list[LevelSets]]:
    """Faces of rank 0 to `highest`, by a walk that goes up from the vertices."""
    counts, above, levels = _walk(incidences, False, highest + 1, max_faces, True)
    return _by_rank(incidences.rank, False, counts, above, levels)


def _by_rank(
    rank: int, down: bool, counts: IntArray, above: Bits, levels: IntArray
) -> tuple[IntArray, list[LevelSets]]:
    totals = np.zeros(rank, dtype=np.int64)
    sets = []
    for k in range(rank):
        level = rank - 1 - k if down else k
        totals[k] = counts[level] if level < len(counts) else 0
        chosen = above[levels == level]
        sets.append(LevelSets(chosen, None) if down else LevelSets(None, chosen))
    return totals, sets


def _walk(
    incidences: Incidences, down: bool, n_levels: int, max_faces: int | None, keep: bool
) -> tuple[IntArray, Bits, IntArray]:
    bound = np.iinfo(np.int64).max if max_faces is None else max_faces
    if down:
        points = np.arange(incidences.n_generators) < incidences.n_points
        sets, required, branches = incidences.facets, pack(points[None])[0], incidences.n_facets
    else:
        sets, required = incidences.generators, incidences.all_facets[0]
        branches = incidences.n_points
    if incidences.is_small:
        counts, above, levels = walk_reference(sets, required, branches, n_levels, bound)
    else:
        from polytropic.geometry.faces.kernels import walk

        counts, above, levels = walk(sets, required, branches, n_levels, bound, keep)
    _check_budget(int(counts.sum()), max_faces)
    return counts, above, levels


def _check_budget(found: int, max_faces: int | None) -> None:
    if max_faces is not None and found > max_faces:
        raise BudgetError(
            f"there are more than max_faces={max_faces} faces; raise max_faces, or ask for "
            "faces_of_dimension or the f-vector alone"
        )


def walk_reference(
    sets: Bits, required: Bits, n_branches: int, n_levels: int, max_faces: int
) -> tuple[IntArray, Bits, IntArray]:
    """Compute level by level what the kernel `walk` computes branch by branch.

    Parameters
    ----------
    sets : uint64 array, shape (n, words)
        The coatoms of a lattice in which every interval of length two is a diamond.
    required : uint64 array, shape (words,)
        Elements that do not meet this set are left out.
    n_branches : int
        Only elements below one of the first so many coatoms are wanted.
    n_levels : int
        How many levels, beginning with the coatoms, to visit.
    max_faces : int

    Returns
    -------
    counts, above, levels
        Elements by level; the coatoms above each; the level of each.
    """
    coatoms = [_integer(row) for row in sets]
    must_meet = _integer(required)
    counts = np.zeros(n_levels, dtype=np.int64)
    found: list[int] = []
    current = set(coatoms[:n_branches])
    for level in range(n_levels):
        counts[level] = len(current)
        if counts.sum() > max_faces:
            break
        found += current
        current = {cut for face in current for cut in _maximal_cuts(face, coatoms, must_meet)}
    above = np.array([[face & ~s == 0 for s in coatoms] for face in found], dtype=bool)
    return (
        counts,
        pack(above.reshape(len(found), len(coatoms))),
        np.repeat(np.arange(n_levels), counts),
    )


def _maximal_cuts(face: int, coatoms: list[int], must_meet: int) -> list[int]:
    cuts = {face & coatom for coatom in coatoms}
    proper = [cut for cut in cuts if cut != face and cut & must_meet]
    return [cut for cut in proper if not any(cut & other == cut != other for other in proper)]


def _integer(words: NDArray[np.uint64]) -> int:
    return int.from_bytes(words.astype("<u8").tobytes(), "little")


def _closures(chosen: Bits, sets: Bits, everything: Bits) -> Bits:
    if len(chosen) * len(sets) * sets.shape[1] > 1 << 16:
        from polytropic.geometry.faces.kernels import closures

        result: Bits = closures(chosen, sets, everything)
        return result
    result = np.repeat(everything[None], len(chosen), axis=0)
    for k, members in enumerate(sets):
        has = (chosen[:, k >> 6] >> np.uint64(k & 63)) & np.uint64(1) != 0
        result[has] &= members
    return result


def lexicographic(sets: Bits) -> NDArray[np.intp]:
    """Order of sets, none inside another, by their sorted lists of elements."""
    # The first element in which two sets differ belongs to the smaller list.
    octets = np.unpackbits(
        np.ascontiguousarray(sets).astype("<u8", copy=False).view(np.uint8),
        axis=1, bitorder="little",
    )  # fmt: skip
    mirrored = np.packbits(octets, axis=1).view(">u8").astype(np.uint64)
    return np.lexsort(~mirrored.T[::-1])
