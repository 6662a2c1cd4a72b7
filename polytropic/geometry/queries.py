"""The questions of `polytropic.geometry` as methods of a polytope, for who looks for them there.

Every method is one call of the function of the same (or the named) module, which has the details:
parameters, errors, cost.  The modules build on `Polytope`, so they are imported when they are used.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeGuard, cast

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import ExactArray, IntArray, Numbers, exact

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from polytropic.geometry.chebyshev import ChebyshevBall
    from polytropic.geometry.faces.lattice import FaceLattice
    from polytropic.geometry.lattice.ehrhart import EhrhartPolynomial
    from polytropic.geometry.normal_fan import NormalFan
    from polytropic.geometry.optimisation import Optimum
    from polytropic.geometry.polytope import Polytope
    from polytropic.geometry.supports import MaximalFaces

__all__ = ["Queries"]


class Queries:
    """Methods of `Polytope` that live in modules of their own."""

    __slots__ = ()

    @property
    def _polytope(self) -> Polytope:
        return cast("Polytope", self)

    @staticmethod
    def _is_one(other: object) -> TypeGuard[Polytope]:
        return isinstance(other, Queries)

    # -- faces ---------------------------------------------------------------------------------
    @property
    def f_vector(self) -> tuple[int, ...]:
        """Numbers of faces of dimension 0, 1, ..., k (see `faces.f_vector`)."""
        from polytropic.geometry.faces.listing import f_vector

        return f_vector(self._polytope)

    def faces(self, dimension: int | None = None) -> Any:
        """Faces as tuples of vertices: of one dimension, or a list of all by dimension."""
        from polytropic.geometry.faces.listing import faces, faces_of_dimension

        if dimension is None:
            return faces(self._polytope)
        return faces_of_dimension(self._polytope, dimension)

    @property
    def edges(self) -> IntArray:
        """Pairs of vertices that span an edge, shape (n_edges, 2)."""
        from polytropic.geometry.faces.listing import edges

        return edges(self._polytope)

    def face_lattice(self) -> FaceLattice:
        """All faces ordered by inclusion."""
        from polytropic.geometry.faces.lattice import face_lattice

        return face_lattice(self._polytope)

    def vertex_adjacency(self) -> csr_array:
        """Sparse symmetric matrix of edges between vertices (then rays)."""
        from polytropic.geometry.faces.adjacency import vertex_adjacency

        return vertex_adjacency(self._polytope)

    def facet_adjacency(self) -> csr_array:
        """Sparse symmetric matrix of facets that share a ridge."""
        from polytropic.geometry.faces.adjacency import facet_adjacency

        return facet_adjacency(self._polytope)

    def graph(self) -> Any:
        """Vertices and edges as a networkx graph (needs networkx)."""
        from polytropic.geometry.faces.adjacency import graph

        return graph(self._polytope)

    def normal_fan(self) -> NormalFan:
        """Outer normal cones of all vertices."""
        from polytropic.geometry.normal_fan import normal_fan

        return normal_fan(self._polytope)

    # -- measure -------------------------------------------------------------------------------
    @property
    def volume(self) -> Fraction:
        """Exact volume; zero if flat (see `measure` for relative volumes)."""
        from polytropic.geometry.volumes.measure import volume

        return volume(self._polytope)

    @property
    def centroid(self) -> ExactArray:
        """Exact centre of mass, within the affine hull."""
        from polytropic.geometry.volumes.measure import centroid

        return centroid(self._polytope)

    def triangulation(
        self, kind: Literal["pulling", "placing", "delaunay", "regular"] = "pulling", **options: Any
    ) -> IntArray:
        """Simplices as rows of vertices, shape (n, k + 1)."""
        from polytropic.geometry.volumes.triangulations import triangulation

        return triangulation(self._polytope, kind, **options)

    def chebyshev_ball(self) -> ChebyshevBall:
        """A largest inscribed ball, with proven bounds of its radius."""
        from polytropic.geometry.chebyshev import chebyshev_ball

        return chebyshev_ball(self._polytope)

    def interior_point(self) -> ExactArray:
        """An exact point of the relative interior."""
        from polytropic.geometry.chebyshev import interior_point

        return interior_point(self._polytope)

    # -- directions and points -----------------------------------------------------------------
    def support(self, directions: Numbers) -> Any:
        """Maximum of ``<u, x>``: exact for one direction, correctly rounded floats for many.

        Parameters
        ----------
        directions : array_like, shape (d,) or (m, d)

        Returns
        -------
        Fraction, or float array of shape (m,)
            Infinite floats where it is unbounded; one unbounded direction is refused.

        Raises
        ------
        EmptyPolytopeError
            If the polyhedron is empty.
        InputError
            If a single direction is unbounded, or the shape is wrong.

        Examples
        --------
        >>> from polytropic import Polytope
        >>> Polytope.box(0, 1, dim=2).support([3, -1])
        Fraction(3, 1)
        >>> Polytope.box(0, 1, dim=2).support([[3, -1], [1, 1]])
        array([3., 2.])
        """
        from polytropic.geometry.supports import support

        given = exact(directions, "direction" if np.ndim(directions) == 1 else "directions")
        if given.ndim != 1:
            return support(self._polytope, given)
        return self._polytope._support_of_one(given)

    def maximisers(self, directions: Numbers) -> MaximalFaces:
        """The exact faces on which many linear functions are largest."""
        from polytropic.geometry.supports import maximisers

        return maximisers(self._polytope, directions)

    def maximise(self, objective: Numbers) -> Optimum:
        """Exact linear optimum with a certificate; no vertices are enumerated for halfspaces."""
        from polytropic.geometry.optimisation import maximise

        return maximise(self._polytope, objective)

    def minimise(self, objective: Numbers) -> Optimum:
        """Exact linear optimum with a certificate."""
        from polytropic.geometry.optimisation import minimise

        return minimise(self._polytope, objective)

    def contains(self, points: Any) -> NDArray[np.bool_]:
        """Decide exactly which points lie in the polyhedron (boundary included).

        Parameters
        ----------
        points : array_like, shape (n, d)

        Returns
        -------
        bool array, shape (n,)

        Examples
        --------
        >>> from polytropic import Polytope
        >>> Polytope.box(0, 1, dim=1).contains([[1.0], [1.0000000000000002]])
        array([ True, False])
        """
        from polytropic.geometry.containment import contains

        return contains(self._polytope, points)

    def __le__(self, other: object) -> bool:
        """Whether the other polyhedron contains this one."""
        if not self._is_one(other):
            return NotImplemented
        from polytropic.geometry.isomorphism import contains_polytope

        return contains_polytope(other, self._polytope)

    def __ge__(self, other: object) -> bool:
        """Whether this polyhedron contains the other one."""
        if not self._is_one(other):
            return NotImplemented
        from polytropic.geometry.isomorphism import contains_polytope

        return contains_polytope(self._polytope, other)

    # -- new polytopes -------------------------------------------------------------------------
    def __add__(self, other: object) -> Polytope:
        """Minkowski sum."""
        if not self._is_one(other):
            return NotImplemented
        from polytropic.geometry.minkowski.sums import minkowski_sum

        return minkowski_sum(self._polytope, other)

    def __and__(self, other: object) -> Polytope:
        """Intersection."""
        if not self._is_one(other):
            return NotImplemented
        from polytropic.geometry.operations import intersection

        return intersection(self._polytope, other)

    def __or__(self, other: object) -> Polytope:
        """Convex hull of the union."""
        if not self._is_one(other):
            return NotImplemented
        from polytropic.geometry.operations import convex_hull

        return convex_hull(self._polytope, other)

    def __rmul__(self, factor: Any) -> Polytope:
        """Dilation."""
        from polytropic.geometry.operations import dilate

        return dilate(self._polytope, factor)

    __mul__ = __rmul__

    def __neg__(self) -> Polytope:
        """Reflection in the origin."""
        from polytropic.geometry.operations import dilate

        return dilate(self._polytope, -1)

    def polar(self) -> Polytope:
        """All y with ``<x, y> <= 1`` for every x in the polyhedron."""
        from polytropic.geometry.operations import polar

        return polar(self._polytope)

    def project(self, keep: Sequence[int]) -> Polytope:
        """Projection onto some of the coordinates."""
        from polytropic.geometry.sections import project

        return project(self._polytope, keep)

    def slice(self, A_eq: Numbers, b_eq: Numbers) -> Polytope:
        """Intersection with an affine subspace, in the same space."""
        from polytropic.geometry.sections import slice_polytope

        return slice_polytope(self._polytope, A_eq, b_eq)

    # -- lattices ------------------------------------------------------------------------------
    def lattice_points(self) -> NDArray[Any]:
        """All integer points, sorted, shape (n, d)."""
        from polytropic.geometry.lattice.points import lattice_points

        return lattice_points(self._polytope)

    def ehrhart_polynomial(self) -> EhrhartPolynomial:
        """The polynomial that counts the integer points of the dilations of a lattice polytope."""
        from polytropic.geometry.lattice.ehrhart import ehrhart_polynomial

        return ehrhart_polynomial(self._polytope)

    # -- what it is ----------------------------------------------------------------------------
    @property
    def is_simple(self) -> bool:
        """Whether every vertex lies on as many edges as the dimension."""
        from polytropic.geometry.recognition import is_simple

        return is_simple(self._polytope)

    @property
    def is_simplicial(self) -> bool:
        """Whether every facet is a simplex."""
        from polytropic.geometry.recognition import is_simplicial

        return is_simplicial(self._polytope)

    @property
    def is_zonotope(self) -> bool:
        """Whether it is a sum of segments."""
        from polytropic.geometry.recognition import is_zonotope

        return is_zonotope(self._polytope)

    @property
    def is_generalised_permutohedron(self) -> bool:
        """Whether all edges are parallel to some ``e_i - e_j``."""
        from polytropic.geometry.recognition import is_generalised_permutohedron

        return is_generalised_permutohedron(self._polytope)

    @property
    def is_lattice_polytope(self) -> bool:
        """Whether it is bounded with integer vertices."""
        from polytropic.geometry.recognition import is_lattice_polytope

        return is_lattice_polytope(self._polytope)

    @property
    def is_reflexive(self) -> bool:
        """Whether it and its polar are lattice polytopes with the origin inside."""
        from polytropic.geometry.recognition import is_reflexive

        return is_reflexive(self._polytope)

    def is_isomorphic(self, other: Polytope) -> bool:
        """Whether both have the same face lattice."""
        from polytropic.geometry.isomorphism import isomorphic

        return isomorphic(self._polytope, other)

    # -- files and pictures --------------------------------------------------------------------
    @staticmethod
    def read(path: str | os.PathLike[str]) -> Polytope:
        """Read a polytope from an ``.ine``, ``.ext`` or polymake file (see `files`)."""
        from polytropic.geometry.formats.files import read_polytope

        return read_polytope(path)

    def write(
        self,
        path: str | os.PathLike[str],
        representation: Literal["H", "V"] | None = None,
        *,
        minimal: bool = False,
    ) -> None:
        """Write ``.ine`` or ``.ext``, exactly; ``.off``, ``.obj``, ``.ply``, ``.stl`` in space."""
        from polytropic.geometry.formats.files import write_polytope
        from polytropic.geometry.formats.meshes import write_mesh

        if os.fspath(path).lower().endswith((".off", ".obj", ".ply", ".stl")):
            write_mesh(self._polytope, path)
        else:
            write_polytope(self._polytope, path, representation, minimal=minimal)

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        """What shapely and others read: ``shapely.geometry.shape(polytope)``."""
        from polytropic.geometry.formats.shapes import geo_interface

        return geo_interface(self._polytope)

    def _repr_svg_(self) -> str | None:
        """A picture for notebooks, in the plane."""
        from polytropic.geometry.formats.pictures import svg

        return svg(self._polytope) if self._polytope.ambient_dimension == 2 else None
