"""Linear regions of networks: every activation region, exactly, on R^d or on a polyhedron."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded, SignArray, affine
from polytropic.arithmetic.linalg import echelon, identity, integer_rows
from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, ObjectArray, frozen
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.descriptions import points_of
from polytropic.geometry.graphs import component_labels
from polytropic.geometry.polytope import Polytope, directions_of
from polytropic.geometry.subdivide import Subdivision, pointed_fan
from polytropic.networks.homogeneous import HomogeneousNetwork
from polytropic.networks.network import Network

__all__ = ["AffineMap", "Region", "RegionComplex", "linear_regions"]

Progress = Callable[[int, int, int], None]
"""Called as ``progress(layers_done, n_layers, n_cells)``."""


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
        signs: SignArray = self.complex.sign_vectors[self.index]
        return signs

    @cached_property
    def affine_map(self) -> AffineMap:
        """The affine map of the network on this region."""
        return self.complex.affine_map(self.index)

    @cached_property
    def _generators(self) -> ObjectArray:
        return self.complex.generators[list(self.complex.cells[self.index])]

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
    domain : Polytope or None
        None is all of R^d.
    sign_vectors : int8 array, shape (n, n_units)
        One row per activation region, in lexicographic order.
    cells : tuple of tuple of int
        Indices into `generators` of the vertices and rays of each region.
    """

    network: Network
    domain: Polytope | None
    sign_vectors: SignArray
    cells: tuple[tuple[int, ...], ...]
    _subdivision: Subdivision
    _order: IntArray
    _is_point: NDArray[np.bool_]
    _basis: ObjectArray

    # -- cells ---------------------------------------------------------------------------------
    @property
    def n_activation_regions(self) -> int:
        """Number of activation regions."""
        return len(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, index: int) -> Region:
        return Region(self, range(len(self))[index])

    def __iter__(self) -> Iterator[Region]:
        return (Region(self, index) for index in range(len(self)))

    @cached_property
    def generators(self) -> ObjectArray:
        """Homogeneous integer rows ``(t, x)``: vertices (t > 0) and rays (t = 0) of all regions."""
        return frozen(self._subdivision.exact_generators())

    @property
    def lineality(self) -> ObjectArray:
        """Directions ``(0, x)`` along which the network and its domain are constant."""
        return self._subdivision.lineality

    @cached_property
    def facets(self) -> tuple[tuple[frozenset[int], ...], ...]:
        """For every region its facets, each as the set of its vertices and rays."""
        found, is_point = self._subdivision.facets(), self._is_point.tolist()
        # A face spanned by directions alone lies at infinity: it bounds the cone, not the region.
        return tuple(
            tuple(facet for facet in found[i] if any(is_point[g] for g in facet))
            for i in self._order.tolist()
        )

    # -- adjacency and the three counts --------------------------------------------------------
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
        return frozen(_equal_maps(self._homogeneous, self.active_units, self._basis))

    @cached_property
    def linear_labels(self) -> IntArray:
        """Label of the linear region that each activation region belongs to, shape (n,)."""
        same = self.affine_labels[self.adjacency[:, 0]] == self.affine_labels[self.adjacency[:, 1]]
        return frozen(component_labels(len(self), self.adjacency[same]))

    @property
    def n_linear_regions(self) -> int:
        """Number of linear regions (facet-connected sets with one affine map)."""
        return int(self.linear_labels.max()) + 1

    @property
    def n_affine_maps(self) -> int:
        """Number of distinct affine maps."""
        return int(self.affine_labels.max()) + 1

    @property
    def active_units(self) -> NDArray[np.bool_]:
        """Which units are active (positive) on which region, shape (n, n_units)."""
        active: NDArray[np.bool_] = self.sign_vectors > 0
        return active

    # -- maps ----------------------------------------------------------------------------------
    @cached_property
    def _homogeneous(self) -> HomogeneousNetwork:
        return HomogeneousNetwork(self.network)

    def affine_map(self, index: int) -> AffineMap:
        """Affine map of the network on one region, exactly."""
        size = self.network.n_inputs + 1
        rows = self._homogeneous.exact_linear_map(self.active_units[index], identity(size))
        return AffineMap(rows[1:].T, rows[0])

    def __repr__(self) -> str:
        where = f"R^{self.network.n_inputs}" if self.domain is None else "a polyhedral domain"
        return f"RegionComplex({len(self)} activation regions of {self.network!r} on {where})"


def linear_regions(
    network: Network,
    domain: Polytope | None = None,
    *,
    max_regions: int | None = None,
    progress: Progress | None = None,
) -> RegionComplex:
    """Enumerate every activation region of a network, exactly.

    Parameters
    ----------
    network : Network
        Of any depth, with input dimension d.
    domain : Polytope, optional
        A polyhedron in R^d of any dimension, such as ``Polytope.box(-1, 1, dim=d)``; by default
        all of R^d.
    max_regions : int, optional
        Stop with a `BudgetError` when there are more.
    progress : callable, optional
        Called as ``progress(layers_done, n_layers, n_cells)``.

    Returns
    -------
    RegionComplex

    Raises
    ------
    InputError
        If the domain has another dimension than the input of the network, or is empty.
    BudgetError
        If there are more than `max_regions` regions.

    Notes
    -----
    Regions are full-dimensional in the domain.  Each region is cut by the units of each layer in
    turn; the time is proportional to the number of regions (for fixed d), about as many float
    operations as evaluating the network at every vertex, and exact work only where the float
    filter is undecided.

    Zhang, Naitzat and Lim, Theorem 6.3, bounds the number of linear regions.

    Examples
    --------
    Three lines through a point:

    >>> net = Network.from_layers([([[1, 0], [0, 1], [1, 1]], [0, 0, 0]), ([[1, 1, 1]], [0])])
    >>> regions = linear_regions(net)
    >>> regions.n_activation_regions, regions.n_linear_regions, regions.n_affine_maps
    (6, 6, 6)
    >>> regions[0].affine_map.A
    array([[0., 0.]])
    """
    generators, tight, n_bits, lineality = _domain_cone(network, domain)
    homogeneous = HomogeneousNetwork(network)
    forms = _first_forms(homogeneous, network.n_inputs)
    fan = pointed_fan(generators, tight, n_bits, lineality, forms, max_regions)
    subdivision = Subdivision(fan, max_regions)
    y, heights = homogeneous.start(fan.generators)
    for stage, here in enumerate(homogeneous.stages):
        z = homogeneous.preactivation(stage, y, heights)
        if not here.is_linear:
            z, heights = subdivision.cut(
                z, heights, partial(homogeneous.exact_preactivation, stage)
            )
        y = homogeneous.activate(stage, z)
        if progress is not None:
            progress(stage + 1, len(homogeneous.stages), subdivision.n_cells)
    basis, _ = echelon(np.concatenate([generators, lineality]))
    return _collect(network, domain, subdivision, heights, basis)


def _domain_cone(
    network: Network, domain: Polytope | None
) -> tuple[ObjectArray, list[int], int, ObjectArray]:
    """Generators of the cone over the domain, what is tight at them, and the lineality."""
    size = network.n_inputs + 1
    if domain is None:
        apex = integer_rows([[1] + [0] * (size - 1)], size)
        return apex, [0], 1, identity(size)[1:]
    if not isinstance(domain, Polytope):
        raise InputError(
            f"domain must be a Polytope (for a box: Polytope.box(lower, upper)), got {domain!r}"
        )
    if domain.ambient_dimension != network.n_inputs:
        raise InputError(
            f"the network takes {network.n_inputs} inputs but the domain lies in dimension "
            f"{domain.ambient_dimension}"
        )
    if domain.is_empty:
        raise EmptyPolytopeError("the domain is empty: there is no region to count")
    description = domain.description
    # The last bit is the inequality t >= 0, tight at the rays.
    at_infinity = [not row[0] for row in description.generators.tolist()]
    incidence = np.vstack([description.incidence, np.array(at_infinity)[None, :]])
    tight = [sum(1 << int(k) for k in np.flatnonzero(column)) for column in incidence.T]
    return description.generators, tight, len(incidence), description.lineality


def _first_forms(homogeneous: HomogeneousNetwork, n_inputs: int) -> ObjectArray:
    """The units of the first layer with an activation, as linear forms on ``(t, x)``."""
    size = n_inputs + 1
    for stage, here in enumerate(homogeneous.stages):
        if not here.is_linear:
            heights_and_values = homogeneous.exact_preactivation(stage, identity(size))
            return heights_and_values.numerators.T
    return integer_rows([], size)


def _collect(
    network: Network,
    domain: Polytope | None,
    subdivision: Subdivision,
    heights: FloatArray,
    basis: ObjectArray,
) -> RegionComplex:
    """Sort the cells by sign vector."""
    signs, cells = subdivision.signs, subdivision.cells
    order = np.lexsort(signs.T[::-1]) if signs.shape[1] else np.arange(len(cells))
    return RegionComplex(
        network,
        domain,
        frozen(signs[order]),
        tuple(tuple(cells[i]) for i in order.tolist()),
        subdivision,
        frozen(order),
        frozen(heights > 0),
        basis,
    )


def _equal_maps(
    homogeneous: HomogeneousNetwork, patterns: NDArray[np.bool_], basis: ObjectArray
) -> IntArray:
    """Label patterns by the map they select; only maps that floats cannot tell apart are exact."""
    maps = homogeneous.bounded_linear_maps(patterns, basis)
    labels = np.arange(len(patterns), dtype=np.int64)
    for group in _indistinct(maps):
        first: dict[ExactArray, int] = {}
        for index in sorted(group):
            key = homogeneous.exact_linear_map(patterns[index], basis)
            labels[index] = first.setdefault(key, index)
    # Each label is now the first region with that map: number them in this order.
    numbered: IntArray = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    return numbered


def _indistinct(maps: Bounded) -> list[list[int]]:
    """Groups of at least two rows; rows that share no group certainly differ.

    Rows are compared by two fixed combinations of their entries, which generic rows tell apart.
    """
    size = maps.value.shape[1]
    weights = np.cos(np.arange(1, 2 * size + 1)).reshape(2, size)
    exact_weights = Bounded(weights, np.zeros_like(weights))
    no_bias = Bounded(np.zeros(2), np.zeros(2))
    shadows = affine(maps, np.zeros(len(maps.value)), exact_weights, no_bias)
    groups = [list(range(len(maps.value)))]
    for column in range(2):
        parts = [part for group in groups for part in _split_intervals(shadows, column, group)]
        groups = [part for part in parts if len(part) > 1]
    return groups


def _split_intervals(maps: Bounded, column: int, group: list[int]) -> list[list[int]]:
    value, error = maps.value[group, column], maps.error[group, column]
    with np.errstate(all="ignore"):
        low, high = value - error, value + error
    if not (np.isfinite(low) & np.isfinite(high)).all():
        return [group]
    order = np.argsort(low)
    reach = np.maximum.accumulate(high[order])
    cuts = np.flatnonzero(low[order][1:] > reach[:-1]) + 1
    members = np.array(group)[order]
    return [part.tolist() for part in np.split(members, cuts)]
