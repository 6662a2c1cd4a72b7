"""Where a classifier decides for which class, with all ties."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import IntArray, frozen
from polytropic.errors import InputError
from polytropic.geometry.graphs import component_labels
from polytropic.geometry.polytope import Polytope
from polytropic.networks.boundaries.comparing import Tournament, all_pairs, with_pairs
from polytropic.networks.boundaries.face_complexes import FaceComplex, held_faces
from polytropic.networks.boundaries.incidence_signs import incident, signs_at
from polytropic.networks.network import Network
from polytropic.networks.regions import RegionComplex, Slice, linear_regions

__all__ = ["ArgmaxBoundary", "argmax_boundary", "cut_by_winners"]


@dataclass(frozen=True, eq=False, repr=False)
class ArgmaxBoundary(FaceComplex):
    """The set where two outputs or more of a network tie for the largest, as a complex.

    What a `FaceComplex` answers it answers about this set; subsets are given by `ties` and
    `between`, the closed regions of one class by `won_by`.

    Attributes
    ----------
    network : Network
        As it was given.
    winners_at : bool array, shape (n_generators, k)
        Which outputs are largest at each vertex, or grow fastest along each ray, of `regions`.
    region_winners : bool array, shape (n_regions, k)
        Which outputs are largest all over each region of `regions`.
    """

    network: Network
    winners_at: NDArray[np.bool_]
    region_winners: NDArray[np.bool_]

    # -- ties ----------------------------------------------------------------------------------
    def _faces_with(self, least: int, among: tuple[int, ...] | None = None) -> FaceComplex:
        """Faces all over which at least so many outputs, or certain ones, are largest."""
        if among is None:
            return FaceComplex(self.regions, _tied(self.regions, self.winners_at, least))
        return FaceComplex(self.regions, _tied(self.regions, self.winners_at[:, among], least))

    def ties(self, n_winners: int) -> FaceComplex:
        """The points at which at least `n_winners` outputs tie for the largest.

        In general position it has codimension ``n_winners - 1``: 2 gives the boundary itself, 3
        its triple points (in the plane), triple lines (in space), and so on.
        """
        if not 1 <= n_winners <= self.network.n_outputs:
            raise InputError(f"from 1 to {self.network.n_outputs} outputs can tie, not {n_winners}")
        return self._faces_with(n_winners)

    def between(self, *classes: int) -> FaceComplex:
        """The points at which certain outputs (two or more) tie for the largest."""
        chosen = self._checked(classes)
        if len(chosen) < 2:
            raise InputError(f"between needs two different outputs or more, got {classes}")
        return self._faces_with(len(chosen), chosen)

    def won_by(self, output: int) -> FaceComplex:
        """The closed set where one output is largest, alone or not."""
        return self._faces_with(1, self._checked((output,)))

    def _checked(self, classes: tuple[int, ...]) -> tuple[int, ...]:
        if any(not 0 <= c < self.network.n_outputs for c in classes):
            raise InputError(f"the network has outputs 0 to {self.network.n_outputs - 1}")
        return tuple(sorted(set(classes)))

    @cached_property
    def winners_of_cells(self) -> tuple[tuple[int, ...], ...]:
        """The outputs that are largest all over each maximal cell."""
        found = [self.winners_at[list(piece)].all(axis=0) for piece in self.pieces]
        return tuple(tuple(np.flatnonzero(flags).tolist()) for flags in found)

    @cached_property
    def tie_sets(self) -> dict[tuple[int, ...], int]:
        """All sets of two outputs or more that tie somewhere with no other.

        For each the largest dimension of a face inside which exactly these are largest.
        """
        top, found = self.regions.dimension, dict[tuple[int, ...], int]()
        for level, held in enumerate(self.held):
            faces = self.regions._faces[0][level]
            if not held.any():
                continue
            members = faces.generators(self.regions.arrays)
            rows = _all_of(self.winners_at[members], faces.start)[held]
            for row in np.unique(rows, axis=0):
                found.setdefault(tuple(np.flatnonzero(row).tolist()), top - level)
        return dict(sorted(found.items()))

    # -- classes -------------------------------------------------------------------------------
    @cached_property
    def winners(self) -> IntArray:
        """Class of each region: the first of the outputs that are largest all over it."""
        return frozen(np.argmax(self.region_winners, axis=1))

    def n_regions_of(self, output: int) -> int:
        """Number of components of the open set where an output exceeds all others."""
        (output,) = self._checked((output,))
        alone = self.region_winners[:, output] & (self.region_winners.sum(axis=1) == 1)
        table = self.regions.facet_table
        if not len(table):
            return int(alone.sum())
        tied = _tied_at(self.winners_at[table.members], table.member_start, 2)
        pairs = table.regions[(table.regions[:, 1] >= 0) & ~tied]
        pairs = pairs[alone[pairs].all(axis=1)]
        labels = component_labels(len(alone), pairs)
        return len(np.unique(labels[alone]))

    def __repr__(self) -> str:
        return (
            f"ArgmaxBoundary({len(self)} cells of dimension up to {self.dimension} of "
            f"{self.network!r})"
        )


def argmax_boundary(
    network: Network,
    domain: Polytope | Slice | None = None,
    *,
    max_regions: int | None = None,
) -> ArgmaxBoundary:
    """Find where a classifier is undecided between its largest outputs, exactly.

    Parameters
    ----------
    network : Network
        With k >= 2 outputs; decides for the largest.
    domain : Polytope or Slice, optional
        As for `linear_regions`; by default all of R^d.
    max_regions : int, optional
        Stop with a `BudgetError` when there are more regions, counted after cutting.

    Returns
    -------
    ArgmaxBoundary

    Raises
    ------
    InputError
        If there is only one output (see `decision_boundary`), or the domain does not fit.
    BudgetError
        If there are more than `max_regions` regions.

    Notes
    -----
    The regions are cut where the players of a tournament between the outputs tie, k - 1 units more.
    An output is largest all over a face if and only if it is at all vertices, and grows fastest
    along all rays, of the face.

    Examples
    --------
    Three classes that meet at one point:

    >>> net = Network.from_layers(
    ...     [([[1, 0], [0, 1]], [0, 0]), ([[1, 0], [0, 1], [0, 0]], [0, 0, 1])]
    ... )
    >>> boundary = argmax_boundary(net, Polytope.box(-2, 2, dim=2))
    >>> boundary.tie_sets
    {(0, 1): 1, (0, 1, 2): 0, (0, 2): 1, (1, 2): 1}
    >>> boundary.ties(3).cells.vertices
    array([[1., 1.]])
    >>> [boundary.n_regions_of(k) for k in range(3)]
    [1, 1, 1]
    """
    if network.n_outputs < 2:
        raise InputError("a network with one output has no ties: use decision_boundary")
    regions, region_winners = cut_by_winners(network, domain, max_regions=max_regions)
    inner = network if regions.slice is None else regions.slice.restrict(network)
    winners_at = _winners_at(inner, regions, region_winners)
    held = _tied(regions, winners_at, 2)
    return ArgmaxBoundary(regions, held, network, frozen(winners_at), frozen(region_winners))


def cut_by_winners(
    network: Network, domain: Polytope | Slice | None, *, max_regions: int | None
) -> tuple[RegionComplex, NDArray[np.bool_]]:
    """Regions of a network with k >= 2 outputs, cut so that outputs win all over them, and which.

    Returns
    -------
    regions : RegionComplex
    winners : bool array, shape (n, k)
        Whether each output is largest all over each region.
    """
    if network.n_units:
        tournament = Tournament(network)
        regions = linear_regions(tournament.network, domain, max_regions=max_regions)
        return regions, tournament.winners(regions.sign_vectors[:, network.n_units :])
    # Nothing may pass the first units of a network on all of R^d: compare all pairs at once.
    regions = linear_regions(with_pairs(network), domain, max_regions=max_regions)
    pairs = all_pairs(network.n_outputs)
    winners = np.ones((len(regions), network.n_outputs), dtype=bool)
    for (i, j), signs in zip(pairs.tolist(), regions.sign_vectors.T, strict=True):
        winners[:, i] &= signs >= 0
        winners[:, j] &= signs <= 0
    return regions, winners


def _winners_at(
    network: Network, regions: RegionComplex, region_winners: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which outputs are largest at every generator.

    Those that win on a region around it are, by continuity; the others are compared with the first
    of these.
    """
    winners = incident(regions, region_winners)
    names = np.flatnonzero(winners.any(axis=1))
    known, pairs = winners[names], all_pairs(network.n_outputs)
    best = np.argmax(known, axis=1)[:, None] == np.arange(network.n_outputs)
    first, second = pairs.T
    wanted = (best[:, first] & ~known[:, second]) | (best[:, second] & ~known[:, first])
    signs = signs_at(with_pairs(network), regions, names, wanted)
    beaten = np.zeros((len(names), network.n_outputs), dtype=bool)
    for (i, j), column in zip(pairs.tolist(), signs.T, strict=True):
        beaten[:, i] |= column < 0
        beaten[:, j] |= column > 0
    winners[names] = ~beaten
    return winners


def _tied(
    regions: RegionComplex, winners_at: NDArray[np.bool_], least: int
) -> tuple[NDArray[np.bool_], ...]:
    return held_faces(regions, lambda start, members: _tied_at(winners_at[members], start, least))


def _tied_at(winners: NDArray[np.bool_], start: IntArray, least: int) -> NDArray[np.bool_]:
    """Whether at least so many outputs are largest at all generators of each face."""
    flags: NDArray[np.bool_] = _all_of(winners, start).sum(axis=1) >= least
    return flags


def _all_of(rows: NDArray[np.bool_], start: IntArray) -> NDArray[np.bool_]:
    return np.logical_and.reduceat(rows, start[:-1], axis=0)
