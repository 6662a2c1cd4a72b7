"""Bent hyperplanes: where one unit of a network vanishes, as part of the complex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import UNDECIDED, Bounded
from polytropic.arithmetic.linalg import rank
from polytropic.arithmetic.numbers import IntArray
from polytropic.errors import InputError
from polytropic.geometry.graphs import component_labels
from polytropic.geometry.polytope import Polytope

if TYPE_CHECKING:
    from polytropic.networks.regions.complex import RegionComplex

__all__ = ["BentHyperplane", "bent_hyperplane"]


@dataclass(frozen=True, eq=False, repr=False)
class BentHyperplane:
    """The zeros of one unit before its activation, as faces of the complex of regions.

    Attributes
    ----------
    complex : RegionComplex
    unit : int
    pieces : tuple of tuples of int
        The largest faces of the complex on which the unit vanishes: their vertices and rays among
        the generators of the complex.
    dimensions : int array, shape (n,)
        Facets of regions have d - 1; a unit may also vanish on whole regions, or on less.
    components : int array, shape (n,)
        Label of the connected component of each piece.
    """

    complex: RegionComplex
    unit: int
    pieces: tuple[tuple[int, ...], ...]
    dimensions: IntArray
    components: IntArray

    def __len__(self) -> int:
        return len(self.pieces)

    @property
    def is_empty(self) -> bool:
        """Whether the unit vanishes nowhere."""
        return not self.pieces

    @property
    def dimension(self) -> int:
        """Largest dimension of a piece; -1 if there is none."""
        return int(self.dimensions.max(initial=-1))

    @property
    def n_components(self) -> int:
        """Number of connected components."""
        return int(self.components.max(initial=-1)) + 1

    def polytope(self, piece: int) -> Polytope:
        """One piece as a polyhedron."""
        rows = self.complex.exact_generators(np.array(self.pieces[piece]))
        return Polytope._from_rows(rows, self.complex.lineality)

    def __repr__(self) -> str:
        return (
            f"BentHyperplane(unit {self.unit}: {len(self)} pieces of dimension up to "
            f"{self.dimension} in {self.n_components} components)"
        )


def bent_hyperplane(regions: RegionComplex, unit: int) -> BentHyperplane:
    """Where a unit vanishes on the regions of a complex.

    Parameters
    ----------
    regions : RegionComplex
    unit : int
        Entry of the sign vectors.

    Notes
    -----
    On a region, where it is linear and has one sign, a unit vanishes on the face that is spanned by
    the vertices and rays at which it does.  Its signs there come from floats with a proven bound,
    from the facets that it owns, and for the rest from integers.
    """
    n_units = regions.signs.width
    if not 0 <= unit < n_units:
        raise InputError(f"there are units 0 to {n_units - 1} with an activation, no unit {unit}")
    zero = _vanishing(regions, unit)
    cells = regions.arrays
    on = zero[cells.members]
    with_point = np.bincount(
        regions.owners[on & regions.is_point[cells.members]], minlength=cells.n_cells
    )
    found = _facets_of_unit(regions, unit)
    for cell in np.flatnonzero(with_point).tolist():
        own = slice(cells.start[cell], cells.start[cell + 1])
        face = tuple(sorted(cells.members[own][on[own]].tolist()))
        dimension = -1
        if len(face) == own.stop - own.start:
            dimension = regions.dimension
        found[face] = max(dimension, found.get(face, -1))
    pieces = _largest(list(found))
    dimensions = [
        found[piece] if found[piece] >= 0 else _dimension(regions, piece) for piece in pieces
    ]
    return BentHyperplane(
        regions,
        unit,
        tuple(pieces),
        np.array(dimensions, dtype=np.int64),
        _components(pieces, regions.is_point),
    )


def _facets_of_unit(regions: RegionComplex, unit: int) -> dict[tuple[int, ...], int]:
    """The facets that a unit owns, and their dimension."""
    table = regions.facet_table
    facets = np.flatnonzero(table.facet_names == unit).tolist()
    return {tuple(table.members_of(facet).tolist()): regions.dimension - 1 for facet in facets}


def _vanishing(regions: RegionComplex, unit: int) -> NDArray[np.bool_]:
    """At which generators of the complex the unit is zero."""
    stages = regions._stages
    stage = next(
        k for k in range(len(stages)) if unit < stages.first_function(k) + stages.n_functions(k)
    )
    column = unit - stages.first_function(stage)
    heights, y = regions.is_point.astype(np.float64), regions.places
    values = stages.values_from_start(stage, y, heights)
    signs = Bounded(values.value[:, column], values.error[:, column]).signs()
    named = np.zeros(len(signs), dtype=bool)
    named[regions.facet_table.members[_in_facets(regions, unit)]] = True
    used = np.zeros(len(signs), dtype=bool)
    used[regions.arrays.members] = True
    open_ones = np.flatnonzero((signs == UNDECIDED) & ~named & used)
    zero: NDArray[np.bool_] = (signs == 0) | named
    if len(open_ones):
        rows = regions.exact_generators(open_ones)
        zero[open_ones] = stages.exact_values(stage, rows).numerators[:, column] == 0
    return zero & used


def _in_facets(regions: RegionComplex, unit: int) -> NDArray[np.bool_]:
    """Which entries of the members of facets belong to facets of a unit."""
    table = regions.facet_table
    return np.repeat(table.facet_names == unit, np.diff(table.member_start))


def _largest(faces: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Faces that are no proper part of another one, in increasing order."""
    at: dict[int, list[frozenset[int]]] = {}
    kept = []
    for face in sorted(faces, key=lambda face: (-len(face), face)):
        own = frozenset(face)
        # A larger one that contains it comes before it and has its first generator.
        if any(own < other for other in at.get(face[0], [])):
            continue
        kept.append(face)
        for generator in face:
            at.setdefault(generator, []).append(own)
    return sorted(kept)


def _dimension(regions: RegionComplex, piece: tuple[int, ...]) -> int:
    return rank(regions.exact_generators(np.array(piece))) - 1 + len(regions.lineality)


def _components(pieces: list[tuple[int, ...]], is_point: NDArray[np.bool_]) -> IntArray:
    """Pieces that share a vertex are connected: two faces of the complex meet in a face."""
    first: dict[int, int] = {}
    edges = []
    for number, piece in enumerate(pieces):
        for generator in piece:
            if is_point[generator]:
                edges.append((first.setdefault(generator, number), number))
    return component_labels(len(pieces), edges)
