"""Decision boundaries of deep networks, cut out of their activation regions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import SignArray
from polytropic.arithmetic.numbers import IntArray, exact, exact_scalar, frozen
from polytropic.errors import InputError
from polytropic.geometry.graphs import component_labels
from polytropic.geometry.polytope import Polytope
from polytropic.networks.boundaries.comparing import checked_classes, with_difference
from polytropic.networks.boundaries.face_complexes import FaceComplex, held_faces
from polytropic.networks.boundaries.incidence_signs import incident, signs_at
from polytropic.networks.network import Network
from polytropic.networks.regions import RegionComplex, Slice, linear_regions
from polytropic.networks.regions.facets import FacetTable
from polytropic.networks.regions.locating import signs_of_units

__all__ = ["BoundaryComplex", "boundary_complex"]


@dataclass(frozen=True, eq=False, repr=False)
class BoundaryComplex(FaceComplex):
    """The set B where a network takes a threshold value, as a complex of faces of its regions.

    What a `FaceComplex` answers it answers about B: cells, components, Betti numbers, area,
    nearest points.

    Attributes
    ----------
    network : Network
        As it was given; points of a slice are in the coordinates of the slice.
    threshold : Fraction
    classes : pair of int or None
        The two outputs whose difference is compared with the threshold; None for a single output.
    all_regions : RegionComplex
        Regions of the network, cut by B: the last entry of their sign vectors is the side.
    on_boundary : bool array, shape (n_generators,)
        Which vertices and rays of `all_regions` lie in B.
    """

    network: Network
    threshold: Fraction
    classes: tuple[int, int] | None
    all_regions: RegionComplex
    on_boundary: NDArray[np.bool_]

    # -- sides ---------------------------------------------------------------------------------
    @cached_property
    def sides(self) -> SignArray:
        """The side of every region of `all_regions`: 1 above the threshold, -1 below, 0 in B."""
        signs: SignArray = frozen(self.all_regions.sign_vectors[:, -1].copy())
        return signs

    def side_of(self, points: Any) -> SignArray:
        """On which side points lie, exactly: 1 above the threshold, -1 below, 0 in B.

        Parameters
        ----------
        points : array_like, shape (n, d)
            On a slice, in its coordinates; they need not lie in the domain.
        """
        places = exact(points, "points", ndim=2)
        size = self.all_regions.network.n_inputs
        if places.shape[1] != size:
            raise InputError(f"points must have shape (n, {size}), got {places.shape}")
        signs: SignArray = signs_of_units(self.all_regions._stages, places)[:, -1]
        return signs

    @cached_property
    def _facet_in_boundary(self) -> NDArray[np.bool_]:
        table: FacetTable = self.all_regions.facet_table
        if not len(table):
            return np.zeros(0, dtype=bool)
        return np.logical_and.reduceat(self.on_boundary[table.members], table.member_start[:-1])

    @cached_property
    def region_components(self) -> IntArray:
        """Label of the component of the complement of B of each of `all_regions`; -1 inside B.

        Regions on one side that share a facet are connected, unless the facet lies in B.
        """
        inside = np.flatnonzero(self.sides != 0)
        place = np.cumsum(self.sides != 0) - 1
        sides = self.all_regions.facet_table.regions
        crossed = sides[(sides[:, 1] >= 0) & ~self._facet_in_boundary]
        crossed = crossed[(self.sides[crossed] != 0).all(axis=1)]
        labels = np.full(len(self.sides), -1, dtype=np.int64)
        labels[inside] = component_labels(len(inside), place[crossed])
        return frozen(labels)

    @property
    def n_positive_regions(self) -> int:
        """Number of connected components of the set where the value exceeds the threshold."""
        return len(np.unique(self.region_components[self.sides > 0]))

    @property
    def n_negative_regions(self) -> int:
        """Number of connected components of the set where the value is below the threshold."""
        return len(np.unique(self.region_components[self.sides < 0]))

    @cached_property
    def crossings(self) -> NDArray[np.bool_]:
        """Which maximal cells separate the two sides, shape (n,).

        The others are full-dimensional pieces, cells of lower dimension, cells where the value only
        touches the threshold, and cells on the boundary of the domain.
        """
        table = self.all_regions.facet_table
        held = np.flatnonzero(self._facet_in_boundary & (table.regions[:, 1] >= 0))
        opposite = self.sides[table.regions[held]].prod(axis=1) < 0
        members = {tuple(table.members_of(f).tolist()) for f in held[opposite].tolist()}
        names = self._names
        return frozen(
            np.array([tuple(names[list(p)].tolist()) in members for p in self.pieces], dtype=bool)
        )

    @cached_property
    def _names(self) -> IntArray:
        """Numbers in `all_regions` of the generators of `regions`."""
        names = np.full(self.regions.n_generators, -1, dtype=np.int64)
        chosen = touching(self.all_regions, self.on_boundary)
        names[self.regions.arrays.members] = _members_of(self.all_regions, chosen)
        return names

    def __repr__(self) -> str:
        return (
            f"BoundaryComplex({len(self)} cells of dimension up to {self.dimension} of "
            f"{self.network!r})"
        )


def touching(regions: RegionComplex, on: NDArray[np.bool_]) -> IntArray:
    """Regions with a vertex among some generators."""
    members = regions.arrays.members
    return np.unique(regions.owners[on[members] & regions.is_point[members]])


def boundary_complex(
    network: Network,
    threshold: Any = 0,
    *,
    classes: tuple[int, int] | None = None,
    domain: Polytope | Slice | None = None,
    max_regions: int | None = None,
) -> BoundaryComplex:
    """Find where a network crosses a threshold in a domain, through its activation regions.

    Parameters
    ----------
    network : Network
        Of any depth.
    threshold : number
        For one output: the value c of ``{x : net(x) = c}``.  For two classes: the margin c of
        ``{x : net_i(x) - net_j(x) = c}``.
    classes : pair of int, optional
        The outputs i and j to compare; by default (0, 1) when there are exactly two outputs.
    domain : Polytope or Slice, optional
        As for `linear_regions`; by default all of R^d.
    max_regions : int, optional
        Stop with a `BudgetError` when there are more regions, counted after cutting.

    Returns
    -------
    BoundaryComplex

    Raises
    ------
    InputError
        If the classes are missing, equal or out of range, or the domain does not fit.
    BudgetError
        If there are more than `max_regions` regions.

    Notes
    -----
    The threshold is one more unit, so the time is that of listing the regions of a network with
    one unit more; faces are computed only for regions that touch B.

    Examples
    --------
    The diamond |x| + |y| = 1:

    >>> absolute = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    >>> net = Network.from_layers([(absolute, [0] * 4), ([[1] * 4], [0])])
    >>> diamond = boundary_complex(net, 1, domain=Polytope.box(-2, 2, dim=2))
    >>> len(diamond), diamond.betti_numbers, round(diamond.area, 12)
    (4, (1, 1), 5.656854249492)
    >>> diamond.n_positive_regions, diamond.n_negative_regions
    (1, 1)
    >>> nearest = diamond.nearest([1, 1])
    >>> nearest.point, nearest.squared_distance
    (array([0.5, 0.5]), Fraction(1, 2))
    """
    margin = exact_scalar(threshold, "threshold")
    if classes is not None or network.n_outputs != 1:
        classes = checked_classes(classes, network.n_outputs)
    probe = with_difference(network, margin, classes)
    regions = linear_regions(probe, domain, max_regions=max_regions)
    on = _on_boundary(regions)
    chosen = touching(regions, on)
    near = regions.subcomplex(chosen)
    on_near = np.zeros(near.n_generators, dtype=bool)
    on_near[near.arrays.members] = on[_members_of(regions, chosen)]
    held = held_faces(near, lambda start, members: _all_of(on_near[members], start))
    return BoundaryComplex(near, held, network, margin, classes, regions, frozen(on))


def _members_of(regions: RegionComplex, chosen: IntArray) -> IntArray:
    """Members of some regions, one region after the other."""
    return regions.arrays.members[np.isin(regions.owners, chosen)].astype(np.int64)


def _all_of(flags: NDArray[np.bool_], start: IntArray) -> NDArray[np.bool_]:
    return np.logical_and.reduceat(flags, start[:-1])


def _on_boundary(regions: RegionComplex) -> NDArray[np.bool_]:
    """At which generators the last unit vanishes.

    It does where regions of both signs meet; generators of regions of one sign are evaluated.
    """
    signs = regions.sign_vectors[:, -1]
    sides = np.stack([signs == 0, signs > 0, signs < 0], axis=1)
    zero, above, below = incident(regions, sides).T
    on: NDArray[np.bool_] = zero | (above & below)
    open_ones = np.flatnonzero(~on & (above | below))
    on[open_ones] = signs_at(regions.network, regions, open_ones)[:, 0] == 0
    return on
