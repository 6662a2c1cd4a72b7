"""Zonotopes: Minkowski sums of segments, with exact vertices and sign vectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import (
    ExactArray,
    FloatArray,
    Numbers,
    exact,
    exact_scalar,
)
from polytropic.errors import InputError
from polytropic.geometry.arrangements.chambers import (
    central_chambers,
    chamber_blocks,
    chambers_above,
)
from polytropic.geometry.arrangements.sign_vectors import SignVectors
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.zonotopes.subset_sums import SubsetSums

if TYPE_CHECKING:
    from polytropic.geometry.lattice.ehrhart import EhrhartPolynomial
    from polytropic.geometry.zonotopes.faces import ZonotopeFace
    from polytropic.geometry.zonotopes.facets import ZonotopeFacets
    from polytropic.geometry.zonotopes.merging import Reduction
    from polytropic.geometry.zonotopes.over_approximation import Method, OverApproximation
    from polytropic.geometry.zonotopes.tiling import Tiling

__all__ = ["Zonotope"]


@dataclass(frozen=True, init=False, repr=False)
class Zonotope:
    """The Minkowski sum ``base + sum_i [0, 1] g_i`` of segments.

    Its vertices are in bijection with the chambers of the hyperplanes normal to the generators:
    the vertex of a chamber is the base plus the generators that are positive on it.

    Parameters
    ----------
    generators : array_like, shape (m, d)
        Zero, parallel and repeated rows are welcome.
    base : array_like, shape (d,), optional
        The origin by default.

    Raises
    ------
    InputError
        If shapes do not match, or an entry is NaN or infinite.

    Examples
    --------
    >>> hexagon = Zonotope([[1, 0], [0, 1], [1, 1]])
    >>> hexagon.n_vertices, len(hexagon.facets), hexagon.volume
    (6, 6, Fraction(3, 1))
    >>> sorted(hexagon.vertices.tolist())
    [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 2.0], [2.0, 1.0], [2.0, 2.0]]
    """

    generators_exact: ExactArray
    base_exact: ExactArray

    # NumPy leaves `matrix @ zonotope` to the zonotope.
    __array_ufunc__ = None

    def __init__(self, generators: Numbers, base: Numbers | None = None):
        rows = exact(generators, "generators", ndim=2)
        if rows.shape[1] == 0:
            raise InputError("generators has no columns: the dimension must be at least 1")
        origin = ExactArray.zeros(rows.shape[1]) if base is None else exact(base, "base", ndim=1)
        if origin.shape != (rows.shape[1],):
            raise InputError(f"base must have shape ({rows.shape[1]},), got {origin.shape}")
        object.__setattr__(self, "generators_exact", rows)
        object.__setattr__(self, "base_exact", origin)

    @staticmethod
    def from_polytope(polytope: Polytope) -> Zonotope:
        """The zonotope that a polytope is, with one generator for each direction of its edges.

        Raises
        ------
        InputError
            If it is no zonotope.

        Examples
        --------
        >>> Zonotope.from_polytope(Polytope.box(-1, 1, dim=2)).generators.tolist()
        [[0.0, 2.0], [2.0, 0.0]]
        """
        from polytropic.geometry.recognition import zonotope_generators

        generators = zonotope_generators(polytope)
        if generators is None:
            raise InputError("the polytope is no zonotope: it is no Minkowski sum of segments")
        return Zonotope(generators, polytope.vertices_exact[0])

    @property
    def generators(self) -> FloatArray:
        """Generators as float64, shape (m, d)."""
        return self.generators_exact.to_float()

    @property
    def base(self) -> FloatArray:
        """Base point as float64, shape (d,)."""
        return self.base_exact.to_float()

    @property
    def ambient_dimension(self) -> int:
        """Dimension d of the space."""
        return self.generators_exact.shape[1]

    @cached_property
    def dimension(self) -> int:
        """Dimension of the zonotope: the rank of its generators."""
        from polytropic.geometry.arrangements.hyperplanes import distinct_hyperplanes

        return len(distinct_hyperplanes(self.generators_exact).columns)

    @property
    def order(self) -> float:
        """Number of generators per dimension, m / d."""
        return len(self.generators_exact) / self.ambient_dimension

    # -- vertices ------------------------------------------------------------------------------
    @cached_property
    def sign_vectors(self) -> SignVectors:
        """One vector per vertex, N of width m, in the order of `vertices`, packed.

        Entry +1 means that the generator is added at this vertex, -1 that it is not, and 0 marks a
        zero generator.  ``np.asarray`` unpacks them.  Vertex N-1-i is opposite to vertex i.
        """
        return central_chambers(self.generators_exact)

    @cached_property
    def vertices(self) -> FloatArray:
        """Vertices, shape (N, d), correctly rounded, in the order of `sign_vectors`."""
        return self._sums.rounded(self.sign_vectors.positive)

    @cached_property
    def vertices_exact(self) -> ExactArray:
        """Vertices as exact rationals, in the order of `sign_vectors`."""
        return self._sums.exact(self.sign_vectors.positive)

    @property
    def n_vertices(self) -> int:
        """Number of vertices, counted without listing them."""
        if "sign_vectors" not in self.__dict__:
            from polytropic.geometry.zonotopes.faces import count_vertices

            return count_vertices(self)
        return len(self.sign_vectors)

    def vertex_blocks(self, size: int = 1 << 16) -> Iterator[tuple[SignVectors, FloatArray]]:
        """Sign vectors and vertices about `size` at a time, for lists that do not fit.

        Examples
        --------
        >>> [len(points) for _, points in Zonotope([[1, 0], [0, 1]]).vertex_blocks(2)]
        [2, 2]
        """
        for signs, _ in chamber_blocks(self.generators_exact, None, size):
            yield signs, self._sums.rounded(signs.positive)

    def vertex_at(self, signs: Any) -> ExactArray:
        """Sums ``base + sum of the generators with sign +1`` for sign vectors, shape (n, d).

        Parameters
        ----------
        signs : SignVectors or array_like of -1, 0, 1, shape (n, m)

        Examples
        --------
        >>> Zonotope([[1, 0], [0, 2]]).vertex_at([[1, 1], [-1, 1]]).to_float().tolist()
        [[1.0, 2.0], [0.0, 2.0]]
        """
        return self._sums.exact(self.as_signs(signs).positive)

    # -- upper hull ----------------------------------------------------------------------------
    @cached_property
    def upper_sign_vectors(self) -> SignVectors:
        """Sign vectors of the vertices on upper faces, in the order of `upper_vertices`."""
        return chambers_above(self.generators_exact, self._upward)

    @cached_property
    def upper_vertices(self) -> FloatArray:
        """Vertices on faces whose outward normal has positive last coordinate, shape (N, d)."""
        return self._sums.rounded(self.upper_sign_vectors.positive)

    @cached_property
    def upper_vertices_exact(self) -> ExactArray:
        """Upper vertices as exact rationals."""
        return self._sums.exact(self.upper_sign_vectors.positive)

    @property
    def n_upper_vertices(self) -> int:
        """Number of upper vertices; at most ``sum_{j<d} C(m, j)`` (Corollary 3.4).

        Counted without listing them.
        """
        if "upper_sign_vectors" not in self.__dict__:
            from polytropic.geometry.zonotopes.faces import count_upper_vertices

            return count_upper_vertices(self)
        return len(self.upper_sign_vectors)

    # -- faces ---------------------------------------------------------------------------------
    @cached_property
    def facets(self) -> ZonotopeFacets:
        """Facets with exact halfspaces and the generators parallel to each."""
        from polytropic.geometry.zonotopes.facets import facets

        return facets(self)

    @property
    def halfspaces(self) -> tuple[FloatArray, FloatArray]:
        """Facets as a pair ``(A, b)`` with ``A x <= b``, scaled as those of `Polytope`."""
        return self.facets.unit_rows

    @cached_property
    def f_vector(self) -> tuple[int, ...]:
        """Numbers of faces of dimension 0, 1, ..., `dimension`."""
        from polytropic.geometry.zonotopes.faces import f_vector

        return f_vector(self)

    def faces(self, dimension: int) -> SignVectors:
        """Sign vectors of the faces of one dimension; see `zonotopes.faces.faces`."""
        from polytropic.geometry.zonotopes.faces import faces

        return faces(self, dimension)

    def face(self, signs: Any) -> ZonotopeFace:
        """The face of a sign vector: a zonotope itself; see `zonotopes.faces.face`."""
        from polytropic.geometry.zonotopes.faces import face

        return face(self, signs)

    def is_face(self, signs: Any) -> bool:
        """Whether a sign vector belongs to a face; see `zonotopes.faces.is_face`."""
        from polytropic.geometry.zonotopes.faces import is_face

        return is_face(self, signs)

    def to_polytope(self) -> Polytope:
        """The zonotope as a polytope given by its vertices."""
        return Polytope._from_vertices(_sorted(self.vertices_exact))

    # -- measures --------------------------------------------------------------------------------
    @cached_property
    def volume(self) -> Fraction:
        """Exact d-dimensional volume, zero if flat; see `zonotopes.measures.volume`."""
        from polytropic.geometry.zonotopes.measures import volume

        return volume(self)

    @cached_property
    def ehrhart_polynomial(self) -> EhrhartPolynomial:
        """Lattice points of dilations; see `zonotopes.measures.ehrhart_polynomial`."""
        from polytropic.geometry.zonotopes.measures import ehrhart_polynomial

        return ehrhart_polynomial(self)

    @property
    def lattice_point_count(self) -> int:
        """Number of lattice points; generators and base must be integer."""
        return self.ehrhart_polynomial(1)

    # -- points and directions -------------------------------------------------------------------
    def support(self, directions: Numbers) -> FloatArray:
        """Maximum of ``<u, x>``, evaluated in float64 with its roundings: shape (n, d) to (n,)."""
        u = self._directions(directions).to_float()
        best: FloatArray = np.maximum(u @ self.generators.T, 0).sum(axis=1) + u @ self.base
        return best

    def support_exact(self, directions: Numbers) -> ExactArray:
        """Maximum of ``<u, x>`` as exact rationals: shape (n, d) to (n,).

        Examples
        --------
        >>> Zonotope([[1, 0], [0, 2]]).support_exact([[1, 1], [-1, 3]]).to_float().tolist()
        [3.0, 6.0]
        """
        u = self._directions(directions)
        heights = u @ self.generators_exact.T
        above = np.maximum(heights.numerators, 0).sum(axis=1, initial=0)
        return ExactArray(above.astype(object), heights.denominator) + u @ self.base_exact

    def contains(self, points: Numbers) -> NDArray[np.bool_]:
        """Which points lie in it, exactly; see `zonotopes.containment.contains`."""
        from polytropic.geometry.zonotopes.containment import contains

        return contains(self, points)

    @property
    def centre(self) -> FloatArray:
        """Centre of symmetry, correctly rounded, shape (d,)."""
        return self.centre_exact.to_float()

    @property
    def centre_exact(self) -> ExactArray:
        """Centre of symmetry, ``base + sum g_i / 2``."""
        rows = self.generators_exact
        total = rows.numerators.sum(axis=0, initial=0).astype(object)
        return self.base_exact + ExactArray(total, 2 * rows.denominator)

    # -- other forms -----------------------------------------------------------------------------
    def reduced(self) -> Reduction:
        """Parallel generators merged, zero ones dropped; see `zonotopes.merging.reduced`."""
        from polytropic.geometry.zonotopes.merging import reduced

        return reduced(self)

    def over_approximation(self, order: float, method: Method = "girard") -> OverApproximation:
        """A zonotope around it with fewer generators; see `over_approximation.reduce_order`."""
        from polytropic.geometry.zonotopes.over_approximation import reduce_order

        return reduce_order(self, order, method=method)

    def tiling(self) -> Tiling:
        """A fine tiling by parallelotopes; see `zonotopes.tiling.tiling`."""
        from polytropic.geometry.zonotopes.tiling import tiling

        return tiling(self)

    def translate(self, offset: Numbers) -> Zonotope:
        """The zonotope moved by a vector of shape (d,)."""
        move = exact(offset, "offset", ndim=1)
        if move.shape != self.base_exact.shape:
            raise InputError(f"offset must have shape ({self.ambient_dimension},)")
        return Zonotope(self.generators_exact, self.base_exact + move)

    def image(self, matrix: Numbers, offset: Numbers | None = None) -> Zonotope:
        """Image under ``x -> matrix x + offset``, also written ``matrix @ zonotope``.

        Parameters
        ----------
        matrix : array_like, shape (k, d)
        offset : array_like, shape (k,), optional

        Examples
        --------
        >>> square = Zonotope([[1, 0], [0, 1]])
        >>> square.image([[1, 1]], [2]).generators.tolist()
        [[1.0], [1.0]]
        >>> (np.array([[0, 2], [1, 0]]) @ square).generators.tolist()
        [[0.0, 1.0], [2.0, 0.0]]
        """
        A = exact(matrix, "matrix", ndim=2)
        if A.shape[1] != self.ambient_dimension:
            raise InputError(f"matrix must have {self.ambient_dimension} columns, got {A.shape}")
        found = Zonotope(self.generators_exact @ A.T, A @ self.base_exact)
        return found if offset is None else found.translate(offset)

    def __rmatmul__(self, matrix: Numbers) -> Zonotope:
        return self.image(matrix)

    def __add__(self, other: object) -> Zonotope:
        if not isinstance(other, Zonotope):
            return NotImplemented
        if other.ambient_dimension != self.ambient_dimension:
            raise InputError(
                f"cannot add zonotopes in dimensions {self.ambient_dimension} and "
                f"{other.ambient_dimension}"
            )
        both = ExactArray.concatenate([self.generators_exact, other.generators_exact])
        return Zonotope(both, self.base_exact + other.base_exact)

    def __mul__(self, factor: Any) -> Zonotope:
        scale = exact_scalar(factor, "factor")
        return Zonotope(self.generators_exact * scale, self.base_exact * scale)

    __rmul__ = __mul__

    def __neg__(self) -> Zonotope:
        return Zonotope(-self.generators_exact, -self.base_exact)

    def __reduce__(self) -> tuple[Any, ...]:
        return Zonotope, (self.generators_exact, self.base_exact)

    def __repr__(self) -> str:
        return (
            f"Zonotope({len(self.generators_exact)} generators in dimension "
            f"{self.ambient_dimension})"
        )

    # -- shared by the modules beside this one -----------------------------------------------------
    @cached_property
    def _sums(self) -> SubsetSums:
        return SubsetSums(self.generators_exact, self.base_exact)

    @property
    def _upward(self) -> ExactArray:
        form = np.full(self.ambient_dimension, 0, dtype=object)
        form[-1] = 1
        return ExactArray(form)

    def _directions(self, directions: Numbers) -> ExactArray:
        u = exact(directions, "directions", ndim=2)
        if u.shape[1] != self.ambient_dimension:
            raise InputError(f"directions must have shape (n, {self.ambient_dimension})")
        return u

    def as_signs(self, signs: Any) -> SignVectors:
        """Read sign vectors, shape (n, m), and check their width."""
        vectors = signs if isinstance(signs, SignVectors) else SignVectors.from_signs(signs)
        if vectors.width != len(self.generators_exact):
            raise InputError(
                f"sign vectors must have {len(self.generators_exact)} entries, one for each "
                f"generator, got {vectors.width}"
            )
        return vectors


def _sorted(points: ExactArray) -> ExactArray:
    """Points in lexicographic order."""
    if points.floats is not None:
        return points[np.lexsort(points.floats.T[::-1])]
    rows = points.numerators.tolist()
    return points[np.array(sorted(range(len(rows)), key=rows.__getitem__), dtype=np.intp)]
