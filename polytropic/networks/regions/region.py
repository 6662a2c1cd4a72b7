"""One region of a complex, and the affine map of a network on it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import SignArray
from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, ObjectArray
from polytropic.geometry.descriptions import points_of
from polytropic.geometry.polytope import Polytope, directions_of

if TYPE_CHECKING:
    from polytropic.networks.regions.complex import RegionComplex

__all__ = ["AffineMap", "LinearRegion", "Region"]


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
        members = self.complex.arrays.members[start[self.index] : start[self.index + 1]]
        return members.astype(np.int64)

    @cached_property
    def affine_map(self) -> AffineMap:
        """The affine map of the network on this region."""
        return self.complex.affine_map(self.index)

    @property
    def linear_region(self) -> int:
        """Label of the linear region that it belongs to."""
        return int(self.complex.linear_labels[self.index])

    # -- geometry ------------------------------------------------------------------------------
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

    @property
    def volume(self) -> Fraction | float:
        """Exact d-dimensional volume; infinite if the region is unbounded."""
        return self.complex.volumes_exact([self.index])[0]

    @property
    def interior_point(self) -> ExactArray:
        """An exact point of the (relative) interior, shape (d,)."""
        return self.complex.interior_points_exact([self.index])[0]

    # -- neighbours ----------------------------------------------------------------------------
    @property
    def _facet_run(self) -> slice:
        start = self.complex.facet_table.start
        return slice(int(start[self.index]), int(start[self.index + 1]))

    @property
    def n_facets(self) -> int:
        """Number of facets."""
        run = self._facet_run
        return run.stop - run.start

    @property
    def facets(self) -> NDArray[np.int32]:
        """What each facet is: the unit that vanishes there, or ``-2 - i`` for a domain's i-th."""
        return self.complex.facet_table.names[self._facet_run]

    @property
    def neighbours(self) -> IntArray:
        """The region on the other side of each facet; -1 where there is none."""
        table = self.complex.facet_table
        sides = table.regions[table.facets[self._facet_run]]
        others: IntArray = np.where(sides[:, 0] == self.index, sides[:, 1], sides[:, 0])
        return others

    def __repr__(self) -> str:
        return f"Region({self.index} of {self.complex!r})"


@dataclass(frozen=True, eq=False, repr=False)
class LinearRegion:
    """One linear region: activation regions, connected through facets, with one affine map."""

    complex: RegionComplex
    label: int

    @cached_property
    def regions(self) -> IntArray:
        """The activation regions that make it, increasing."""
        return np.flatnonzero(self.complex.linear_labels == self.label)

    @cached_property
    def affine_map(self) -> AffineMap:
        """The affine map of the network on it."""
        return self.complex.affine_map(int(self.regions[0]))

    @property
    def is_convex(self) -> bool:
        """Whether it is a convex set."""
        return bool(self.complex.convex_linear_regions[self.label])

    def __len__(self) -> int:
        return len(self.regions)

    def __repr__(self) -> str:
        return f"LinearRegion({self.label}: {len(self)} activation regions of {self.complex!r})"
