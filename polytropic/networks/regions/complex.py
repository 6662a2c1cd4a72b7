"""Complexes of activation regions of networks, as objects."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded, SignArray
from polytropic.arithmetic.linalg import identity
from polytropic.arithmetic.numbers import (
    ExactArray,
    FloatArray,
    IntArray,
    Numbers,
    ObjectArray,
    exact,
    frozen,
)
from polytropic.errors import InputError
from polytropic.geometry.arrangements.sign_vectors import SignVectors
from polytropic.geometry.chebyshev import ChebyshevBall, chebyshev_ball
from polytropic.geometry.graphs import component_labels
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.subdividing.cells import Cells
from polytropic.geometry.subdividing.lineage import Lineage
from polytropic.networks.formats.files import MAX_BYTES
from polytropic.networks.network import Network
from polytropic.networks.regions.bending import BentHyperplane, bent_hyperplane
from polytropic.networks.regions.convexity import convex_labels
from polytropic.networks.regions.faces import Faces, Incidences, faces_below, regions_as_faces
from polytropic.networks.regions.facets import (
    FacetTable,
    adjacency_matrix,
    adjacent_pairs,
    facet_table,
    region_graph,
)
from polytropic.networks.regions.locating import SignSearch, signs_of_units
from polytropic.networks.regions.maps import labels_of_maps
from polytropic.networks.regions.measures import (
    Measures,
    exact_volume,
    interior_row,
    measures,
    simplices_of,
)
from polytropic.networks.regions.parts import chosen_regions, part_of_complex
from polytropic.networks.regions.region import AffineMap, LinearRegion, Region
from polytropic.networks.regions.slices import Slice
from polytropic.networks.regions.stages import NetworkStages
from polytropic.networks.regions.statistics import RegionStatistics, region_statistics
from polytropic.networks.regions.storing import load_regions, save_regions

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["AffineMap", "LinearRegion", "Region", "RegionComplex"]

_VOLUME_ERROR = 1e-3


@dataclass(frozen=True, eq=False, repr=False)
class RegionComplex:
    """All activation regions of a network, and how they make its linear regions.

    Three counts are kept apart:

    * `n_activation_regions`: cells on which every unit keeps its sign;
    * `n_linear_regions`: maximal sets of cells that are connected through facets and carry one
      affine map (cells that meet only in codimension 2 or more are not connected);
    * `n_affine_maps`: distinct affine maps.

    Attributes
    ----------
    network : Network
        On a slice, the network as a function of the coordinates of the slice.
    domain : Polytope or None
        None is all of R^d.
    slice : Slice or None
        The slice that the coordinates are those of.
    signs : SignVectors
        One sign vector per activation region, packed, in lexicographic order (-1 before 0 before
        1): entry i is the sign of unit i among the units that have an activation, layer by layer.
    arrays : Cells
        Vertices, rays and facets of all regions in a few arrays; a facet is named by the number of
        the unit that vanishes on it (the first one), or negatively by an inequality of the domain.
    places : Bounded, shape (n_generators, d)
        Coordinates of vertices (and directions of rays) in floats, with bounds on their errors.
    is_point : bool array, shape (n_generators,)
        Which generators are vertices; the others are rays.
    lineality : object array, shape (l, d + 1)
        Directions ``(0, x)`` along which the network and its domain are constant.
    complete : bool
        False if a time limit stopped the enumeration: then regions are missing.
    is_part : bool
        Whether it was picked out of a larger complex, see `subcomplex`.

    Examples
    --------
    Two lines cut a square into four; the network is zero on one of them:

    >>> from polytropic import linear_regions
    >>> net = Network.from_layers([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [0])])
    >>> regions = linear_regions(net, Polytope.box(-1, 1, dim=2))
    >>> regions.f_vector, regions.euler_characteristic
    ((9, 12, 4), 1)
    >>> regions.volumes
    array([1., 1., 1., 1.])
    >>> regions.adjacency.tolist()
    [[0, 1], [0, 2], [1, 3], [2, 3]]
    >>> regions.locate([[0.5, -0.5], [0, 0], [2, 2]])
    array([ 2,  0, -1])
    >>> regions.bent_hyperplane(1).dimension
    1
    >>> regions.linear_region(0).is_convex
    True
    """

    network: Network
    domain: Polytope | None
    slice: Slice | None
    signs: SignVectors
    arrays: Cells
    places: Bounded
    is_point: NDArray[np.bool_]
    lineality: ObjectArray
    complete: bool
    _lineage: Lineage
    _basis: ObjectArray
    is_part: bool = False

    # -- cells ---------------------------------------------------------------------------------
    @property
    def n_activation_regions(self) -> int:
        """Number of activation regions."""
        return len(self)

    def __len__(self) -> int:
        return self.arrays.n_cells

    def __getitem__(self, index: int) -> Region:
        return Region(self, range(len(self))[index])

    def __iter__(self) -> Iterator[Region]:
        return (Region(self, index) for index in range(len(self)))

    @property
    def dimension(self) -> int:
        """Dimension of the regions: that of the domain."""
        return len(self._basis) - 1

    @cached_property
    def sign_vectors(self) -> SignArray:
        """The sign vectors unpacked: int8 array, shape (n, n_units)."""
        signs: SignArray = frozen(self.signs.unpacked())
        return signs

    @cached_property
    def active_units(self) -> NDArray[np.bool_]:
        """Which units are active (positive) on which region, shape (n, n_units)."""
        active: NDArray[np.bool_] = self.sign_vectors > 0
        return active

    @cached_property
    def cells(self) -> tuple[tuple[int, ...], ...]:
        """Vertices and rays of each region, as indices into `generators`."""
        members, bounds = self.arrays.members.tolist(), self.arrays.start.tolist()
        return tuple(tuple(members[a:b]) for a, b in pairwise(bounds))

    @cached_property
    def owners(self) -> IntArray:
        """The region that each entry of ``arrays.members`` belongs to."""
        return frozen(np.repeat(np.arange(len(self)), np.diff(self.arrays.start)))

    @cached_property
    def is_bounded(self) -> NDArray[np.bool_]:
        """Which regions are bounded, shape (n,)."""
        if len(self.lineality):
            return frozen(np.zeros(len(self), dtype=bool))
        rays = ~self.is_point[self.arrays.members]
        return frozen(np.bincount(self.owners[rays], minlength=len(self)) == 0)

    # -- generators ----------------------------------------------------------------------------
    @property
    def n_generators(self) -> int:
        """Length of `generators`."""
        return len(self.is_point)

    @cached_property
    def generators(self) -> ObjectArray:
        """Homogeneous integer rows ``(t, x)``: vertices (t > 0) and rays (t = 0) of all regions."""
        return frozen(self.exact_generators(np.arange(self.n_generators)))

    def exact_generators(self, names: IntArray) -> ObjectArray:
        """Homogeneous integer rows of some vertices and rays."""
        return self._lineage.exact_rows(names.tolist(), self._stages.exact_values)

    @cached_property
    def _used(self) -> NDArray[np.bool_]:
        used = np.zeros(self.n_generators, dtype=bool)
        used[self.arrays.members] = True
        return used

    @property
    def n_vertices(self) -> int:
        """Number of vertices (modulo `lineality`) of all regions together."""
        return int((self._used & self.is_point).sum())

    @property
    def n_rays(self) -> int:
        """Number of directions of extreme rays of all regions together."""
        return int((self._used & ~self.is_point).sum())

    # -- faces ---------------------------------------------------------------------------------
    @cached_property
    def _faces(self) -> tuple[list[Faces], list[Incidences]]:
        return [regions_as_faces(self.arrays)], []

    def faces(self, dimension: int) -> Faces:
        """All faces of one dimension, each once, in terms of `arrays`.

        Parameters
        ----------
        dimension : int
            At least that of the lineality space, at most that of the regions.

        Raises
        ------
        InputError
            If faces cannot have this dimension.
        """
        level = self.dimension - dimension
        if not 0 <= level <= self.dimension - len(self.lineality):
            raise InputError(
                f"faces of these regions have dimensions {len(self.lineality)} to "
                f"{self.dimension}, not {dimension}"
            )
        levels, incidences = self._faces
        while len(levels) <= level:
            faces, found = faces_below(levels[-1], self.arrays, self.is_point)
            levels.append(faces)
            incidences.append(found)
        return levels[level]

    def _all_faces(self) -> tuple[list[Faces], list[Incidences]]:
        self.faces(len(self.lineality))
        return self._faces

    @property
    def f_vector(self) -> tuple[int, ...]:
        """Numbers of faces of the dimensions 0, 1, ..., d, bounded and unbounded ones.

        A face is a region or an intersection of facets of a region, unless it is empty; what two
        regions have in common counts once.  Faces at infinity do not count.  Along `lineality`
        nothing begins or ends: there are no faces of a lower dimension than it has.
        """
        return tuple([0] * len(self.lineality) + [len(f) for f in self._all_faces()[0][::-1]])

    @property
    def f_vector_bounded(self) -> tuple[int, ...]:
        """Numbers of bounded faces of the dimensions 0, 1, ..., d."""
        if len(self.lineality):
            return (0,) * (self.dimension + 1)
        counts = []
        for faces in self._all_faces()[0][::-1]:
            rays = ~self.is_point[faces.generators(self.arrays)]
            sums = np.concatenate([[0], np.cumsum(rays)])
            counts.append(int((np.diff(sums[faces.start]) == 0).sum()))
        return tuple(counts)

    @property
    def euler_characteristic(self) -> int:
        """Alternating sum of the f-vector: of the union of the regions, with compact support.

        A complete complex gives 1 for a bounded domain and ``(-1)^d`` for all of R^d; 0 for an
        unbounded domain without lines, and ``(-1)^l`` for a bounded one times R^l.
        """
        return sum((-1) ** k * count for k, count in enumerate(self.f_vector))

    # -- facets and adjacency --------------------------------------------------------------------
    @cached_property
    def facet_table(self) -> FacetTable:
        """The facets of all regions in a few arrays: which region has which, and which share one.

        Two regions are neighbours when a facet of both has the same vertices and rays.
        """
        if self.dimension == len(self.lineality):
            none = np.zeros(0, dtype=np.int32)
            nothing = np.zeros(1, dtype=np.int64)
            start = np.zeros(len(self) + 1, dtype=np.int64)
            return FacetTable(start, none, none, np.zeros((0, 2), dtype=np.int64), nothing, none)
        faces = self.faces(self.dimension - 1)
        return facet_table(self.arrays, faces, self._faces[1][0])

    @cached_property
    def facets(self) -> tuple[tuple[frozenset[int], ...], ...]:
        """For every region its facets, each as the set of its vertices and rays."""
        table = self.facet_table
        members, limits = table.members.tolist(), table.member_start.tolist()
        sets = [frozenset(members[a:b]) for a, b in pairwise(limits)]
        own, start = table.facets.tolist(), table.start.tolist()
        return tuple(tuple(sets[f] for f in own[a:b]) for a, b in pairwise(start))

    @cached_property
    def adjacency(self) -> IntArray:
        """Pairs of regions that share a facet, shape (n_pairs, 2), i < j, sorted."""
        return adjacent_pairs(self.facet_table)

    @property
    def adjacency_matrix(self) -> csr_array:
        """Symmetric sparse matrix (SciPy, CSR) with ones where two regions share a facet."""
        return adjacency_matrix(len(self), self.adjacency)

    def graph(self) -> Any:
        """The regions and their adjacency as a networkx graph; edges have the attribute `unit`."""
        return region_graph(len(self), self.facet_table)

    # -- maps and the three counts ---------------------------------------------------------------
    @cached_property
    def _stages(self) -> NetworkStages:
        return NetworkStages(self.network)

    def affine_map(self, index: int) -> AffineMap:
        """Affine map of the network on one region, exactly."""
        size = self.network.n_inputs + 1
        active = self.signs[range(len(self))[index]] > 0
        rows = self._stages.homogeneous.exact_linear_map(active, identity(size))
        return AffineMap(rows[1:].T, rows[0])

    @cached_property
    def affine_labels(self) -> IntArray:
        """Label of the affine map of each region, shape (n,): equal maps have equal labels."""
        homogeneous = self._stages.homogeneous
        return frozen(labels_of_maps(self.network, homogeneous, self.active_units, self._basis))

    @cached_property
    def linear_labels(self) -> IntArray:
        """Label of the linear region that each activation region belongs to, shape (n,)."""
        same = self.affine_labels[self.adjacency[:, 0]] == self.affine_labels[self.adjacency[:, 1]]
        return frozen(component_labels(len(self), self.adjacency[same]))

    @property
    def n_linear_regions(self) -> int:
        """Number of linear regions (facet-connected sets with one affine map)."""
        return int(self.linear_labels.max(initial=-1)) + 1

    @property
    def n_affine_maps(self) -> int:
        """Number of distinct affine maps."""
        return int(self.affine_labels.max(initial=-1)) + 1

    def linear_region(self, label: int) -> LinearRegion:
        """One linear region: its activation regions, its map, whether it is convex."""
        return LinearRegion(self, range(self.n_linear_regions)[label])

    @cached_property
    def convex_linear_regions(self) -> NDArray[np.bool_]:
        """Whether each linear region is convex, shape (n_linear_regions,)."""
        if self.dimension - len(self.lineality) < 2:
            return frozen(np.ones(self.n_linear_regions, dtype=bool))
        ridges = self.faces(self.dimension - 2)
        convex = convex_labels(
            self.linear_labels, self.facet_table, ridges, self._faces[1][1], self.arrays,
            self.exact_generators,
        )  # fmt: skip
        return frozen(convex)

    # -- sizes ---------------------------------------------------------------------------------
    @cached_property
    def _measures(self) -> Measures:
        return measures(*self._all_faces(), self.arrays, self.places)

    @cached_property
    def relative_volumes(self) -> FloatArray:
        """Volume of each region in the space that the domain spans, shape (n,); see `volumes`."""
        return frozen(self._sizes(self.dimension))

    @cached_property
    def volumes(self) -> FloatArray:
        """Volume of each region, shape (n,): inf if it is unbounded, 0 if the domain is flat.

        The relative error is proven to be at most 1e-3, and nearly always far smaller: regions
        for which floats do not prove it (tiny ones, with poorly known vertices) are measured
        exactly.  For one region exactly, see `volumes_exact`.
        """
        if self.dimension < self.network.n_inputs:
            return frozen(np.where(self.is_bounded, 0.0, np.inf))
        return self.relative_volumes

    def _sizes(self, dimension: int) -> FloatArray:
        if len(self.lineality):
            return np.full(len(self), np.inf)
        value, error = self._measures.volume
        sizes = np.where(self.is_bounded, value, np.inf)
        with np.errstate(invalid="ignore"):
            poor = np.flatnonzero(self.is_bounded & ~(error <= _VOLUME_ERROR * value))
        if len(poor) and dimension == self.network.n_inputs:
            sizes[poor] = [float(volume) for volume in self.volumes_exact(poor)]
        return sizes

    def volumes_exact(self, indices: Any = None) -> list[Fraction | float]:
        """Exact volumes of some regions (by default of all); inf if unbounded, 0 if flat.

        Notes
        -----
        About d! determinants for each region: meant for thousands of regions, not for millions.
        """
        levels, incidences = self._all_faces()
        chosen = self._indices(indices)
        bounded = chosen[self.is_bounded[chosen]]
        found: dict[int, Fraction | float] = {int(i): Fraction(0) for i in bounded}
        if self.dimension == self.network.n_inputs:
            members = np.unique(self.arrays.members[np.isin(self.owners, bounded)]).astype(np.int64)
            rows = dict(zip(members.tolist(), self.exact_generators(members).tolist(), strict=True))
            for i in found:
                found[i] = exact_volume(simplices_of(i, 0, levels, incidences, self.arrays), rows)
        return [found.get(i, math.inf) for i in chosen.tolist()]

    @cached_property
    def centroids(self) -> FloatArray:
        """Centre of mass of each region in floats, shape (n, d); NaN if it is unbounded."""
        if len(self.lineality):
            return frozen(np.full((len(self), self.network.n_inputs), np.nan))
        return frozen(np.where(self.is_bounded[:, None], self._measures.centroid, np.nan))

    @cached_property
    def interior_points(self) -> FloatArray:
        """Mean of the vertices plus the sum of the rays of each region, rounded; shape (n, d)."""
        members, start = self.arrays.members, self.arrays.start[:-1]
        if not len(start):
            return frozen(np.zeros((0, self.network.n_inputs)))
        point = self.is_point[members][:, None]
        values = self.places.value[members]
        means = np.add.reduceat(np.where(point, values, 0.0), start)
        means /= np.add.reduceat(point.astype(np.float64), start)
        return frozen(means + np.add.reduceat(np.where(point, 0.0, values), start))

    def interior_points_exact(self, indices: Any = None) -> ExactArray:
        """Points that are certainly inside some regions (by default all), shape (k, d).

        Each is the mean of the vertices plus the sum of the rays as primitive integer vectors, so
        it is that of `interior_points` only where there are no rays.
        """
        chosen = self._indices(indices)
        size = self.network.n_inputs
        points = np.empty((len(chosen), size), dtype=object)
        for row, index in enumerate(chosen.tolist()):
            points[row] = interior_row(self.exact_generators(self[index].members))
        return exact(points, ndim=2) if points.size else ExactArray(points)

    def chebyshev_balls(self, indices: Any = None) -> list[ChebyshevBall]:
        """Largest balls inside some regions (by default all), one linear program for each."""
        return [chebyshev_ball(self[i].polytope) for i in self._indices(indices).tolist()]

    def chebyshev_centres(self, indices: Any = None) -> FloatArray:
        """Centres of largest balls inside some regions, shape (k, d); see `chebyshev_balls`."""
        balls = self.chebyshev_balls(indices)
        centres = [ball.centre.to_float() for ball in balls]
        return np.array(centres, dtype=np.float64).reshape(len(balls), self.network.n_inputs)

    def inradii(self, indices: Any = None) -> FloatArray:
        """Radii of largest balls inside some regions (within the span of the domain)."""
        return np.array([ball.radius for ball in self.chebyshev_balls(indices)], dtype=np.float64)

    def _indices(self, indices: Any) -> IntArray:
        if indices is None:
            return np.arange(len(self))
        array = np.asarray(indices, dtype=np.int64).reshape(-1)
        if ((array < 0) | (array >= len(self))).any():
            raise InputError(f"regions have the indices 0 to {len(self) - 1}")
        return array

    # -- finding -------------------------------------------------------------------------------
    @cached_property
    def _search(self) -> SignSearch:
        return SignSearch(self.signs)

    def locate(self, points: Numbers) -> IntArray:
        """The first region whose closure holds each point; -1 if there is none.

        Parameters
        ----------
        points : array_like, shape (n, d)
            On a slice, in its coordinates.

        Returns
        -------
        int array, shape (n,)

        Raises
        ------
        InputError
            If the points have another shape, or an entry that is not finite.
        """
        start, found = self.locate_all(points)
        first = np.full(len(start) - 1, -1, dtype=np.int64)
        some = start[:-1] < start[1:]
        first[some] = found[start[:-1][some]]
        return first

    def locate_all(self, points: Numbers) -> tuple[IntArray, IntArray]:
        """All regions whose closure holds each point, exactly.

        Parameters
        ----------
        points : array_like, shape (n, d)

        Returns
        -------
        start : int array, shape (n + 1,)
            Where the regions of each point begin.
        regions : int array
            Indices of regions, increasing for each point.
        """
        places = exact(points, "points", ndim=2)
        if places.shape[1] != self.network.n_inputs:
            raise InputError(f"points must have shape (n, {self.network.n_inputs})")
        inside = np.arange(len(places))
        if self.domain is not None and len(places):
            inside = np.flatnonzero(self.domain.contains(places))
        rows, found = self._search.matching(signs_of_units(self._stages, places[inside]))
        counts = np.bincount(inside[rows], minlength=len(places))
        start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return start, found

    def bent_hyperplane(self, unit: int) -> BentHyperplane:
        """Where a unit vanishes: all largest faces of the complex on which it does."""
        return bent_hyperplane(self, unit)

    def statistics(self, sample: int = 200) -> RegionStatistics:
        """Numbers about the complex; inradii of at most `sample` regions."""
        return region_statistics(self, sample)

    # -- parts and files -------------------------------------------------------------------------
    def subcomplex(self, which: Any) -> RegionComplex:
        """Some of the regions, as a complex that answers the same questions.

        Parameters
        ----------
        which : callable, bool array or index array
            A predicate of a `Region`; one flag for each region; or indices.
        """
        return part_of_complex(self, chosen_regions(self, which))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the complex to a file, exactly (see `RegionComplex.load`)."""
        save_regions(self, path)

    @staticmethod
    def load(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> RegionComplex:
        """Read a complex from a file that `save` wrote; no pickle is read."""
        return load_regions(path, max_bytes=max_bytes)

    def __repr__(self) -> str:
        where = f"R^{self.network.n_inputs}" if self.domain is None else "a polyhedral domain"
        if self.slice is not None:
            where = f"a slice of R^{self.slice.ambient_dimension}"
        some = "" if self.complete or self.is_part else "at least "
        return f"RegionComplex({some}{len(self)} activation regions of {self.network!r} on {where})"
