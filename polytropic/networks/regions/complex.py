"""Complexes of activation regions and their regions, as objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded, SignArray
from polytropic.arithmetic.linalg import identity
from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, ObjectArray, frozen
from polytropic.geometry.arrangements.sign_vectors import SignVectors
from polytropic.geometry.descriptions import points_of
from polytropic.geometry.graphs import component_labels
from polytropic.geometry.polytope import Polytope, directions_of
from polytropic.geometry.subdividing.cells import AT_INFINITY, Cells
from polytropic.geometry.subdividing.lineage import Lineage
from polytropic.networks.network import Network
from polytropic.networks.regions.maps import labels_of_maps
from polytropic.networks.regions.slices import Slice
from polytropic.networks.regions.stages import NetworkStages

__all__ = ["AffineMap", "Region", "RegionComplex"]


@dataclass(frozen=True)
class AffineMap:
    """The map ``x -> A x + b`` of a network on one of its regions.

    Attributes
    ----------
    A_exact : ExactArray, shape (p, d)
    b_exact : ExactArray, shape (p,)
    """

    A_exact: ExactArray
    b_exact: ExactArray

    @property
    def A(self) -> FloatArray:
        """Linear part, shape (p, d), correctly rounded."""
        return self.A_exact.to_float()

    @property
    def b(self) -> FloatArray:
        """Constant part, shape (p,), correctly rounded."""
        return self.b_exact.to_float()

    def __call__(self, x: Any) -> FloatArray:
        """Evaluate on a batch, shape (n, d) to (n, p), in float64."""
        values: FloatArray = np.asarray(x, dtype=np.float64) @ self.A.T + self.b
        return values


@dataclass(frozen=True, eq=False, repr=False)
class Region:
    """One activation region: a full-dimensional cell on which every unit keeps its sign."""

    complex: RegionComplex
    index: int

    @property
    def sign_vector(self) -> SignArray:
        """Sign of every unit on the interior, shape (n_units,); 0 where a unit vanishes."""
        return self.complex.signs[self.index]

    @property
    def members(self) -> IntArray:
        """Its vertices and rays among the generators of the complex."""
        start = self.complex.arrays.start
        members: IntArray = self.complex.arrays.members[start[self.index] : start[self.index + 1]]
        return members

    @cached_property
    def affine_map(self) -> AffineMap:
        """The affine map of the network on this region."""
        return self.complex.affine_map(self.index)

    @cached_property
    def _generators(self) -> ObjectArray:
        return self.complex.exact_generators(self.members)

    @property
    def vertices_exact(self) -> ExactArray:
        """Vertices as exact rationals, shape (n, d)."""
        return points_of(self._generators)

    @property
    def vertices(self) -> FloatArray:
        """Vertices, correctly rounded."""
        return self.vertices_exact.to_float()

    @property
    def rays_exact(self) -> ExactArray:
        """Primitive integer directions of the extreme rays, shape (k, d)."""
        return directions_of(self._generators)

    @property
    def rays(self) -> FloatArray:
        """Directions of the extreme rays as float64."""
        return self.rays_exact.to_float()

    @property
    def polytope(self) -> Polytope:
        """The region as a polyhedron."""
        return Polytope._from_rows(self._generators, self.complex.lineality)

    def __repr__(self) -> str:
        return f"Region({self.index} of {self.complex!r})"


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

    @cached_property
    def sign_vectors(self) -> SignArray:
        """The sign vectors unpacked: int8 array, shape (n, n_units)."""
        signs: SignArray = frozen(self.signs.unpacked())
        return signs

    @cached_property
    def cells(self) -> tuple[tuple[int, ...], ...]:
        """Vertices and rays of each region, as indices into `generators`."""
        members, bounds = self.arrays.members.tolist(), self.arrays.start.tolist()
        return tuple(tuple(members[a:b]) for a, b in zip(bounds, bounds[1:], strict=False))

    @property
    def n_generators(self) -> int:
        """Number of vertices and rays of the whole complex."""
        return len(self.is_point)

    @cached_property
    def generators(self) -> ObjectArray:
        """Homogeneous integer rows ``(t, x)``: vertices (t > 0) and rays (t = 0) of all regions."""
        return frozen(self.exact_generators(np.arange(self.n_generators)))

    def exact_generators(self, names: IntArray) -> ObjectArray:
        """Homogeneous integer rows of some vertices and rays."""
        return self._lineage.exact_rows(names.tolist(), self._stages.exact_values)

    # -- facets, adjacency and the three counts --------------------------------------------------
    @cached_property
    def facets(self) -> tuple[tuple[frozenset[int], ...], ...]:
        """For every region its facets, each as the set of its vertices and rays."""
        arrays, found = self.arrays, []
        for index, cell in enumerate(self.cells):
            own = arrays.tight[arrays.start[index] : arrays.start[index + 1]]
            named = arrays.names[arrays.name_start[index] : arrays.name_start[index + 1]]
            facets = []
            for b, name in enumerate(named.tolist()):
                # A face spanned by directions alone lies at infinity.
                if name != AT_INFINITY:
                    on = own[:, b >> 6] >> np.uint64(b & 63) & np.uint64(1)
                    facets.append(frozenset(g for g, o in zip(cell, on.tolist(), strict=True) if o))
            found.append(tuple(facets))
        return tuple(found)

    @cached_property
    def adjacency(self) -> IntArray:
        """Pairs of regions that share a facet, shape (n_pairs, 2), i < j, sorted."""
        first: dict[frozenset[int], int] = {}
        pairs = []
        for index, facets in enumerate(self.facets):
            for facet in facets:
                other = first.setdefault(facet, index)
                if other != index:
                    pairs.append((other, index))
        array = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
        return frozen(array)

    @cached_property
    def affine_labels(self) -> IntArray:
        """Label of the affine map of each region, shape (n,): equal maps have equal labels."""
        return frozen(labels_of_maps(self._stages.homogeneous, self.active_units, self._basis))

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

    @cached_property
    def active_units(self) -> NDArray[np.bool_]:
        """Which units are active (positive) on which region, shape (n, n_units)."""
        active: NDArray[np.bool_] = self.sign_vectors > 0
        return active

    # -- maps ----------------------------------------------------------------------------------
    @cached_property
    def _stages(self) -> NetworkStages:
        return NetworkStages(self.network)

    def affine_map(self, index: int) -> AffineMap:
        """Affine map of the network on one region, exactly."""
        size = self.network.n_inputs + 1
        active = self.signs[range(len(self))[index]] > 0
        rows = self._stages.homogeneous.exact_linear_map(active, identity(size))
        return AffineMap(rows[1:].T, rows[0])

    def __repr__(self) -> str:
        where = f"R^{self.network.n_inputs}" if self.domain is None else "a polyhedral domain"
        if self.slice is not None:
            where = f"a slice of R^{self.slice.ambient_dimension}"
        some = "" if self.complete else "at least "
        return f"RegionComplex({some}{len(self)} activation regions of {self.network!r} on {where})"
