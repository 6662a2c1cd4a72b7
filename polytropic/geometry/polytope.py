"""Convex polyhedra in R^d with exact vertices, rays and facets."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows, primitive
from polytropic.arithmetic.numbers import (
    ExactArray,
    FloatArray,
    Numbers,
    ObjectArray,
    exact,
    frozen,
)
from polytropic.arithmetic.rows import Rows
from polytropic.engines.hulls import Report, check_engine
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.descriptions import (
    DoubleDescription,
    from_generators,
    from_inequalities,
    points_of,
)
from polytropic.geometry.queries import Queries

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Halfspaces", "Polytope", "directions_of", "homogeneous_points", "points_of"]


@dataclass(frozen=True)
class Halfspaces:
    """Rows of ``A x <= b`` (or of ``A x = b``).

    Attributes
    ----------
    exact_A : ExactArray, shape (k, d)
    exact_b : ExactArray, shape (k,)

    Notes
    -----
    The rows are primitive integer vectors ``[A | b]``; `A` and `b` are their float64 views.
    """

    exact_A: ExactArray
    exact_b: ExactArray

    @cached_property
    def A(self) -> FloatArray:
        """Normals, shape (k, d), as float64."""
        return self.exact_A.to_float()

    @cached_property
    def b(self) -> FloatArray:
        """Right-hand sides, shape (k,), as float64."""
        return self.exact_b.to_float()

    def __len__(self) -> int:
        return len(self.exact_b)

    def __repr__(self) -> str:
        return f"Halfspaces({len(self)} rows in dimension {self.exact_A.shape[1]})"


@dataclass(frozen=True, eq=False, repr=False)
class Polytope(Queries):
    """A convex polyhedron: the hull of points, rays and lines, or an intersection of halfspaces.

    Make one with `from_points`, `from_halfspaces` or `box`.  Input of any kind is exact: integers,
    fractions, and floats as the dyadic rationals that they encode.  Flat, unbounded, empty and
    one-point polyhedra are polyhedra like any other.

    Nothing is computed until it is asked for; the conversion between both descriptions then
    happens once, exactly.  Two polyhedra are equal (``==``) when they are equal as sets; ``<=`` is
    containment, ``+`` the Minkowski sum, ``&`` the intersection, ``|`` the hull of the union.

    Examples
    --------
    >>> square = Polytope.from_points([[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5]])
    >>> square.vertices
    array([[0., 0.],
           [0., 1.],
           [1., 0.],
           [1., 1.]])
    >>> len(square.facets), square.dimension
    (4, 2)
    >>> square == Polytope.box(0, 1, dim=2)
    True
    """

    ambient_dimension: int
    _generators: tuple[Rows, ObjectArray] | None
    _inequalities: tuple[Rows, ObjectArray] | None
    engine: str = "auto"
    _is_minimal: bool = False  # the generators are the vertices, in order

    # -- making --------------------------------------------------------------------------------
    @staticmethod
    def from_points(
        points: Numbers,
        rays: Numbers | None = None,
        lines: Numbers | None = None,
        *,
        engine: str = "auto",
    ) -> Polytope:
        """Hull of points, plus the cone over rays, plus the span of lines.

        Parameters
        ----------
        points : array_like, shape (n, d)
            At least one; d = 0 is a dimension like any other.
        rays, lines : array_like, shape (k, d), optional
            Directions; zero rows are ignored.
        engine : {"auto", "qhull", "dd", "cdd"}
            What converts it; ask `conversion` which way "auto" took.

        Returns
        -------
        Polytope

        Raises
        ------
        InputError
            If there is no point, an entry is NaN or infinite, rows are ragged, or widths differ.
        """
        vertices = exact(points, "points", ndim=2)
        if len(vertices) == 0:
            raise InputError(
                f"points has shape {vertices.shape}: give at least one point "
                "(Polytope.empty(dim) makes an empty polytope)"
            )
        dimension = vertices.shape[1]
        generators = _at_height_one(vertices)
        if rays is not None:
            directions = Rows(None, _directions(rays, "rays", dimension))
            if len(directions):
                generators = Rows.concatenate([generators, directions])
        lineality = _directions([] if lines is None else lines, "lines", dimension)
        return Polytope(dimension, (generators, frozen(lineality)), None, check_engine(engine))

    @staticmethod
    def from_halfspaces(
        A: Numbers,
        b: Numbers,
        A_eq: Numbers | None = None,
        b_eq: Numbers | None = None,
        *,
        engine: str = "auto",
    ) -> Polytope:
        """Solutions of ``A x <= b`` and, if given, ``A_eq x = b_eq``.

        Parameters
        ----------
        A : array_like, shape (k, d)
        b : array_like, shape (k,)
        A_eq : array_like, shape (m, d), optional
        b_eq : array_like, shape (m,), optional
        engine : {"auto", "qhull", "dd", "cdd"}

        Returns
        -------
        Polytope
            Possibly empty, see `is_empty`.

        Raises
        ------
        InputError
            As for `from_points`.
        """
        inequalities = _constraint_rows(A, b, "A", "b", None)
        width = inequalities.width
        equations = integer_rows([], width)
        if (A_eq is None) != (b_eq is None):
            raise InputError("A_eq and b_eq must be given together")
        if A_eq is not None and b_eq is not None:
            equations = _constraint_rows(A_eq, b_eq, "A_eq", "b_eq", width - 1).integers()
        return Polytope(width - 1, None, (inequalities, frozen(equations)), check_engine(engine))

    @staticmethod
    def box(lower: Numbers, upper: Numbers, dim: int | None = None) -> Polytope:
        """Axis-parallel box ``lower <= x <= upper``.

        Parameters
        ----------
        lower, upper : number or array_like, shape (d,)
        dim : int, optional
            Dimension, needed when both bounds are numbers.

        Returns
        -------
        Polytope

        Raises
        ------
        InputError
            If shapes differ, or a lower bound exceeds its upper bound.
        """
        low, high = (
            _bound(value, name, dim) for value, name in [(lower, "lower"), (upper, "upper")]
        )
        if low.shape == () and high.shape == ():
            raise InputError("give dim= when both bounds of a box are numbers")
        size = max(low.shape + high.shape)
        low, high = _spread(low, size), _spread(high, size)
        if low.shape != high.shape:
            raise InputError(f"lower has shape {low.shape} but upper has shape {high.shape}")
        gaps = (high - low).numerators.tolist()
        if any(gap < 0 for gap in gaps):
            axis = next(i for i, gap in enumerate(gaps) if gap < 0)
            raise InputError(f"lower[{axis}] exceeds upper[{axis}]: the box would be empty")
        identity = np.eye(size, dtype=np.int64)
        bounds = ExactArray.concatenate([high, -low])
        return Polytope.from_halfspaces(np.vstack([identity, -identity]), bounds)

    @staticmethod
    def empty(dim: int) -> Polytope:
        """Empty polytope in R^dim."""
        width = _check_dimension(dim) + 1
        none = integer_rows([], width)
        return Polytope(width - 1, (Rows(None, none), none), None)

    @staticmethod
    def _from_rows(generators: ObjectArray, lineality: ObjectArray) -> Polytope:
        """Wrap homogeneous integer rows: points (t > 0) and rays (t = 0), none of them zero."""
        rows = Rows.of(ExactArray(generators))
        return Polytope(generators.shape[1] - 1, (rows, frozen(lineality)), None)

    @staticmethod
    def _from_vertices(vertices: ExactArray) -> Polytope:
        """Hull of points that are known to be its vertices, sorted lexicographically."""
        none = integer_rows([], vertices.shape[1] + 1)
        return Polytope(
            vertices.shape[1], (_at_height_one(vertices), none), None, "auto", _is_minimal=True
        )

    @staticmethod
    def _from_constraints(inequalities: ObjectArray, equations: ObjectArray) -> Polytope:
        """Wrap integer rows r with ``r . (1, x) >= 0`` (or ``= 0``)."""
        rows = Rows.of(ExactArray(inequalities))
        return Polytope(inequalities.shape[1] - 1, None, (rows, frozen(equations)))

    # -- both descriptions ---------------------------------------------------------------------
    @cached_property
    def description(self) -> DoubleDescription:
        """Exact, canonical double description in homogeneous integer rows."""
        if self._generators is not None:
            return from_generators(*self._generators, self.engine)
        assert self._inequalities is not None
        return from_inequalities(*self._inequalities, self.engine)

    @property
    def conversion(self) -> Report:
        """Which engine converted one description into the other, and why that one.

        Examples
        --------
        >>> points = np.random.default_rng(0).standard_normal((50, 3))
        >>> Polytope.from_points(points).conversion.engine
        'qhull'
        >>> str(Polytope.from_points(points, engine="cdd").conversion)
        'cdd: asked for'
        """
        return self.description.report

    @property
    def vertices(self) -> FloatArray:
        """Vertices, shape (n, d), correctly rounded (with lines: a point of each minimal face)."""
        if self._is_minimal:
            return self.vertices_exact.to_float()
        return self.description.vertex_floats

    @cached_property
    def vertices_exact(self) -> ExactArray:
        """Vertices as exact rationals."""
        if self._is_minimal:
            assert self._generators is not None
            rows = self._generators[0]
            floats = rows.floats
            return points_of(rows.integers()) if floats is None else exact(floats[:, 1:])
        return self.description.vertices

    @property
    def rays(self) -> FloatArray:
        """Directions of the extreme rays, shape (k, d): primitive integer vectors as float64."""
        return self.rays_exact.to_float()

    @cached_property
    def rays_exact(self) -> ExactArray:
        """Primitive integer directions of the extreme rays."""
        if not self.n_rays:
            return ExactArray(integer_rows([], self.ambient_dimension))
        return directions_of(self.description.generators)

    @property
    def lines(self) -> FloatArray:
        """Basis of the lineality space, shape (l, d)."""
        return self.lines_exact.to_float()

    @cached_property
    def lines_exact(self) -> ExactArray:
        """Basis of the lineality space in integers."""
        return ExactArray(self.description.lineality[:, 1:])

    @cached_property
    def facets(self) -> Halfspaces:
        """Irredundant inequalities ``A x <= b``, one per facet."""
        return _halfspaces(self.description.facets)

    @cached_property
    def equations(self) -> Halfspaces:
        """Equations ``A x = b`` of the affine hull."""
        return _halfspaces(self.description.equations)

    @property
    def halfspaces(self) -> tuple[FloatArray, FloatArray]:
        """Facets as a pair ``(A, b)`` with ``A x <= b``, correctly rounded.

        Every row is scaled so that the largest entry of its normal is 1 or -1 (`facets` has them in
        integers).

        Examples
        --------
        >>> A, b = Polytope.from_points([[0, 0], [4, 0], [0, 2]]).halfspaces
        >>> A.tolist(), b.tolist()
        ([[-1.0, 0.0], [0.0, -1.0], [0.5, 1.0]], [0.0, 0.0, 2.0])
        """
        rows = self.description.unit_facets
        return frozen(0.0 - rows[:, 1:]), rows[:, 0]

    @property
    def incidence(self) -> NDArray[np.bool_]:
        """Which vertices (then rays) lie on which facets, shape (n_facets, n_vertices + n_rays)."""
        return self.description.incidence

    @property
    def facet_members(self) -> csr_array:
        """The same table as `incidence`, sparse: row i lists what lies on facet i."""
        return self.description.facet_members

    # -- numbers -------------------------------------------------------------------------------
    @property
    def n_vertices(self) -> int:
        """Number of vertices."""
        if self._is_minimal:
            assert self._generators is not None
            return len(self._generators[0])
        return self.description.n_vertices

    @property
    def n_rays(self) -> int:
        """Number of extreme rays."""
        return 0 if self._is_minimal else self.description.n_rays

    @property
    def n_facets(self) -> int:
        """Number of facets."""
        return self.description.n_facets

    @property
    def dimension(self) -> int:
        """Dimension of the affine hull; -1 for the empty polytope."""
        return self.description.dimension

    @property
    def is_empty(self) -> bool:
        """Whether there is no point in it."""
        return not self._is_minimal and self.dimension < 0

    @property
    def is_bounded(self) -> bool:
        """Whether it contains no ray and no line."""
        return self._is_minimal or (self.n_rays == 0 and len(self.description.lineality) == 0)

    # -- questions -----------------------------------------------------------------------------
    def _support_of_one(self, u: ExactArray) -> Fraction:
        if u.shape != (self.ambient_dimension,):
            raise InputError(f"direction must have shape ({self.ambient_dimension},)")
        if self.is_empty:
            raise EmptyPolytopeError("the empty polytope has no support function")
        along_rays = (self.rays_exact @ u).numerators.tolist()
        along_lines = (self.lines_exact @ u).numerators.tolist()
        if any(value > 0 for value in along_rays) or any(along_lines):
            raise InputError("the polyhedron is unbounded in this direction")
        return max((self.vertices_exact @ u).to_fractions().tolist())

    # -- identity ------------------------------------------------------------------------------
    def _key(self) -> tuple[Any, ...]:
        description = self.description
        rows = tuple(tuple(row) for row in description.generators.tolist())
        lines = tuple(tuple(row) for row in description.lineality.tolist())
        return self.ambient_dimension, rows, lines

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Polytope):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        if self._generators is not None:
            given = f"{len(self._generators[0])} generators"
        else:
            assert self._inequalities is not None
            given = f"{len(self._inequalities[0])} halfspaces"
        return f"Polytope({given} in dimension {self.ambient_dimension})"


def _at_height_one(points: ExactArray) -> Rows:
    """Homogeneous rows ``(1, x)``, up to positive factors."""
    if points.floats is not None:
        return Rows(np.column_stack([np.ones(len(points)), points.floats]))
    return Rows(None, homogeneous_points(points))


def homogeneous_points(points: ExactArray) -> ObjectArray:
    """Primitive integer rows ``(t, x)`` of points, shape (n, d) to (n, d + 1)."""
    common = points.denominator
    rows = [primitive([common, *row]) for row in points.numerators.tolist()]
    return integer_rows(rows, points.shape[1] + 1)


def directions_of(generators: ObjectArray) -> ExactArray:
    """Directions among homogeneous generators, as integers, shape (k, d)."""
    rows = [row[1:] for row in generators.tolist() if not row[0]]
    return ExactArray(integer_rows(rows, generators.shape[1] - 1))


def _directions(values: Numbers, name: str, dimension: int) -> ObjectArray:
    if np.size(np.asarray(values, dtype=object)) == 0:
        return integer_rows([], dimension + 1)
    array = exact(values, name, ndim=2)
    if array.shape[1] != dimension:
        raise InputError(f"{name} must have shape (k, {dimension}), got {array.shape}")
    rows = [primitive([0, *row]) for row in array.numerators.tolist() if any(row)]
    return integer_rows(rows, dimension + 1)


def _constraint_rows(
    A: Numbers, b: Numbers, name_A: str, name_b: str, dimension: int | None
) -> Rows:
    left, right = exact(A, name_A, ndim=2), exact(b, name_b, ndim=1)
    if dimension is not None and left.shape[1] != dimension:
        raise InputError(f"{name_A} must have {dimension} columns, got {left.shape[1]}")
    if len(left) != len(right):
        raise InputError(f"{name_A} has {len(left)} rows but {name_b} has {len(right)} entries")
    return Rows.of(ExactArray.concatenate([right.reshape(-1, 1), -left], axis=1))


def _halfspaces(rows: ObjectArray) -> Halfspaces:
    return Halfspaces(ExactArray(-rows[:, 1:]), ExactArray(rows[:, 0].copy()))


def _check_dimension(dim: Any) -> int:
    try:
        size = index(dim)
    except TypeError as problem:
        raise InputError(f"dim must be a non-negative integer, got {dim!r}") from problem
    if size < 0:
        raise InputError(f"dim must be a non-negative integer, got {dim!r}")
    return size


def _bound(value: Numbers, name: str, dim: int | None) -> ExactArray:
    array = exact(value, name)
    if array.ndim > 1:
        raise InputError(f"{name} must be a number or have shape (d,), got shape {array.shape}")
    if dim is not None:
        dim = _check_dimension(dim)
        if array.ndim == 1 and array.shape != (dim,):
            raise InputError(f"{name} must have shape ({dim},), got {array.shape}")
        return _spread(array, dim)
    return array


def _spread(array: ExactArray, size: int) -> ExactArray:
    if array.ndim == 1:
        return array
    return ExactArray(np.full(size, array.numerators.item(), dtype=object), array.denominator)
