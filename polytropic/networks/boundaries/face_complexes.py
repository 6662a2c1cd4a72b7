"""Closed unions of faces of the regions of a network, as polyhedral complexes of their own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import FloatArray, IntArray, frozen
from polytropic.geometry.complexes import PolyhedralComplex
from polytropic.geometry.graphs import component_labels
from polytropic.geometry.subdividing.cells import bits_of
from polytropic.networks.boundaries.homology import betti_numbers_mod_two
from polytropic.networks.boundaries.nearest import NearestPoint, Norm, nearest_point
from polytropic.networks.boundaries.sizes import exact_squared_size, facet_sizes
from polytropic.networks.regions.complex import RegionComplex

__all__ = ["FaceComplex", "Held", "held_faces"]

Held = tuple[NDArray[np.bool_], ...]
"""Which faces of a complex are meant: one array for each dimension, regions first."""


def held_faces(
    regions: RegionComplex, holds: Callable[[IntArray, IntArray], NDArray[np.bool_]]
) -> Held:
    """Choose faces of every dimension by their vertices and rays.

    Parameters
    ----------
    regions : RegionComplex
    holds : callable
        Gets where the generators of each face begin, and the generators; tells which faces are
        meant.  With a face it must choose the faces of that face.
    """
    flags = []
    for level in range(regions.dimension - len(regions.lineality) + 1):
        faces = regions.faces(regions.dimension - level)
        none = np.zeros(0, dtype=bool)
        members = faces.generators(regions.arrays).astype(np.int64)
        flags.append(frozen(holds(faces.start, members) if len(faces) else none))
    return tuple(flags)


@dataclass(frozen=True, eq=False, repr=False)
class FaceComplex:
    """A closed union B of faces of the activation regions of a network.

    Attributes
    ----------
    regions : RegionComplex
        Regions that have these faces; others may be missing.
    held : tuple of bool arrays
        Which faces belong to B: of the regions, of their facets, and so on.
    """

    regions: RegionComplex
    held: Held

    # -- cells ---------------------------------------------------------------------------------
    @cached_property
    def _maximal(self) -> tuple[IntArray, ...]:
        """For every dimension, largest first, the faces that are not part of a larger one."""
        chosen = []
        inner = np.zeros(len(self.held[0]), dtype=bool)
        for level, held in enumerate(self.held):
            chosen.append(np.flatnonzero(held & ~inner))
            if level + 1 < len(self.held):
                below = self.regions._faces[1][level]
                inner = np.zeros(len(self.held[level + 1]), dtype=bool)
                inner[below.below[held[below.above]]] = True
        return tuple(chosen)

    @cached_property
    def pieces(self) -> tuple[tuple[int, ...], ...]:
        """Vertices and rays of the maximal cells of B among the generators of `regions`."""
        found = []
        for level, chosen in enumerate(self._maximal):
            faces = self.regions._faces[0][level]
            entries, start = bits_of(faces.start, chosen)
            members = self.regions.arrays.members[faces.entries[entries]].tolist()
            limits = start.tolist()
            found += [tuple(members[a:b]) for a, b in pairwise(limits)]
        return tuple(found)

    @cached_property
    def dimensions(self) -> IntArray:
        """Dimension of every maximal cell, not increasing."""
        top = self.regions.dimension
        sizes = [len(chosen) for chosen in self._maximal]
        return frozen(np.repeat(top - np.arange(len(sizes)), sizes))

    @cached_property
    def cells(self) -> PolyhedralComplex:
        """The maximal cells of B, exact, in the order of `dimensions`."""
        return self._as_complex(self.pieces)

    def _as_complex(self, pieces: tuple[tuple[int, ...], ...]) -> PolyhedralComplex:
        names = np.unique(np.array([g for piece in pieces for g in piece], dtype=np.int64))
        width = self.regions.network.n_inputs + 1
        rows = self.regions.exact_generators(names) if len(names) else integer_rows([], width)
        place = {name: number for number, name in enumerate(names.tolist())}
        cells = tuple(tuple(place[g] for g in piece) for piece in pieces)
        return PolyhedralComplex(frozen(rows), self.regions.lineality, cells)

    @property
    def open_cells(self) -> PolyhedralComplex:
        """The full-dimensional pieces of B: where it contains open sets (of the domain)."""
        full = int((self.dimensions == self.regions.dimension).sum())
        return self._as_complex(self.pieces[:full])

    @property
    def has_interior(self) -> bool:
        """Whether B contains an open set (of the domain)."""
        return bool(self.held[0].any())

    @property
    def is_empty(self) -> bool:
        """Whether B has no point at all."""
        return not self.pieces

    @property
    def dimension(self) -> int:
        """Largest dimension of a cell; -1 if B is empty."""
        return int(self.dimensions.max(initial=-1))

    def __len__(self) -> int:
        return len(self.pieces)

    # -- topology ------------------------------------------------------------------------------
    @cached_property
    def _bounded(self) -> Held:
        """Cells without rays, not counting the lineality space."""
        kept = []
        for faces, held in zip(self.regions._faces[0], self.held, strict=True):
            rays = ~self.regions.is_point[faces.generators(self.regions.arrays)]
            sums = np.concatenate([[0], np.cumsum(rays)])
            kept.append(held & (np.diff(sums[faces.start]) == 0))
        return tuple(kept)

    @property
    def f_vector(self) -> tuple[int, ...]:
        """Numbers of cells of the dimensions 0, 1, ..., bounded and unbounded, up to `dimension`.

        Along lines that all cells contain nothing begins or ends: then there are no cells of a
        lower dimension than they span.
        """
        counts = [0] * len(self.regions.lineality) + [int(held.sum()) for held in self.held[::-1]]
        return tuple(counts[: self.dimension + 1])

    @cached_property
    def betti_numbers(self) -> tuple[int, ...]:
        """Betti numbers of B over GF(2), of the dimensions 0 to `dimension`; exact.

        They are those of ordinary (singular) homology of the closed set B, bounded or not: B has
        the homotopy type of its bounded cells (times the lines that all cells contain).
        """
        counts = [int(flags.sum()) for flags in self._bounded[::-1]]
        boundaries = []
        for level in range(len(self.held) - 2, -1, -1):
            below = self.regions._faces[1][level]
            place = np.cumsum(self._bounded[level + 1]) - 1
            entries, start = bits_of(below.start, np.flatnonzero(self._bounded[level]))
            boundaries.append((start, place[below.below[entries]]))
        numbers = (*betti_numbers_mod_two(counts, boundaries), *[0] * len(self.regions.lineality))
        return numbers[: self.dimension + 1]

    @property
    def euler_characteristic(self) -> int:
        """Alternating sum of `betti_numbers`, which is that of the numbers of bounded cells."""
        counts = [int(flags.sum()) for flags in self._bounded[::-1]]
        return sum((-1) ** k * count for k, count in enumerate(counts))

    @property
    def euler_characteristic_compact(self) -> int:
        """Alternating sum of the f-vector: the Euler characteristic with compact support."""
        return sum((-1) ** k * count for k, count in enumerate(self.f_vector))

    @cached_property
    def components(self) -> IntArray:
        """Label of the connected component of each maximal cell."""
        first: dict[int, int] = {}
        edges = []
        for number, piece in enumerate(self.pieces):
            for generator in piece:
                # Two faces of a complex that meet have a vertex in common.
                if self.regions.is_point[generator]:
                    edges.append((first.setdefault(generator, number), number))
        return frozen(component_labels(len(self.pieces), edges))

    @property
    def n_components(self) -> int:
        """Number of connected components of B."""
        return int(self.components.max(initial=-1)) + 1

    # -- sizes ---------------------------------------------------------------------------------
    def _of_codimension_one(self) -> IntArray:
        return np.flatnonzero(self.dimensions == self.regions.dimension - 1)

    @cached_property
    def sizes(self) -> FloatArray:
        """Length, area, ... of each maximal cell, shape (n,).

        It is the volume of dimension one less than that of the domain: infinite for unbounded
        cells and for full-dimensional pieces, 0 for cells of lower dimension.  The relative error
        is proven to be at most 1e-6, and nearly always far smaller: cells for which floats do not
        prove it are measured from exact vertices, and at last exactly.  On a slice, sizes are those
        in the coordinates of the slice.
        """
        top = self.regions.dimension - 1
        sizes = np.where(self.dimensions > top, np.inf, 0.0)
        cells = self._of_codimension_one()
        if not len(cells) or len(self.regions.lineality):
            sizes[cells] = np.inf
            return frozen(sizes)
        faces = self._maximal[1]
        bounded = self._bounded[1][faces]
        value = np.full(len(faces), np.inf)
        value[bounded] = facet_sizes(self.regions, faces[bounded])
        sizes[cells] = value
        return frozen(sizes)

    def squared_sizes_exact(self, indices: Any = None) -> list[Fraction | float]:
        """Exact squares of `sizes` of some maximal cells (by default of all); inf as there.

        The squared length or area of one cell is rational; their sum is a sum of square roots, so
        `area` is a float.
        """
        chosen = np.arange(len(self)) if indices is None else np.asarray(indices, dtype=np.int64)
        before = int((self.dimensions == self.regions.dimension).sum())
        results: list[Fraction | float] = []
        for number in chosen.tolist():
            size = float(self.sizes[number])
            if math.isinf(size):
                results.append(size)
            elif self.dimensions[number] < self.regions.dimension - 1:
                results.append(Fraction(0))
            else:
                facet = int(self._maximal[1][number - before])
                results.append(exact_squared_size(self.regions, facet))
        return results

    @property
    def area(self) -> float:
        """Total of `sizes`: length in the plane, area in space; inf if it is not finite."""
        return math.fsum(self.sizes.tolist())

    # -- distances -----------------------------------------------------------------------------
    def nearest(self, point: Any, norm: Norm = 2) -> NearestPoint | None:
        """The point of B nearest to a given one, exactly; None if B is empty.

        Parameters
        ----------
        point : array_like, shape (d,)
            Inside the domain or not; on a slice, in its coordinates.
        norm : {1, 2, numpy.inf}
            Which distance is meant.

        Returns
        -------
        NearestPoint or None
            With the exact distance: rational for the norms 1 and inf, its square rational for 2.

        Notes
        -----
        Boxes around the cells, in floats with proven bounds, tell which cells may be near; those
        are projected on exactly, nearest box first, until no other box is as near as what was
        found.
        """
        return nearest_point(self.regions, self.pieces, point, norm)
