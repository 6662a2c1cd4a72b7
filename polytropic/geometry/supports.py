"""Support functions in many directions at once, and the faces where they are attained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.compiled import worth_compiling
from polytropic.arithmetic.dots import exact_dots, rounded_dots
from polytropic.arithmetic.maxima import Extremes, least_signs, row_maxima
from polytropic.arithmetic.numbers import ExactArray, FloatArray, Numbers, ObjectArray
from polytropic.arithmetic.numbers import exact as exactly
from polytropic.arithmetic.rows import Rows
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.optimisation import (
    given_halfspaces,
    given_points,
    is_converted,
    maximise,
)
from polytropic.geometry.polytope import Polytope, points_of
from polytropic.geometry.walks import vertex_graph

__all__ = ["MaximalFaces", "argmax", "maximisers", "support"]

Way = Literal["auto", "vertices", "lp"]

_FEW = 32  # directions for which linear programs are tried before a conversion
_PER_ENTRY = 1.3e-9  # seconds for comparing a vertex with others in a direction
_PER_POINT = 2e-4  # seconds for converting a point in the plane or in space


@dataclass(frozen=True, eq=False)
class MaximalFaces:
    """The faces of a polyhedron that are greatest in each of many directions.

    ``faces[i]`` lists the vertices (and, numbered after them as in `Polytope.incidence`, the rays)
    of the face in direction i; it is empty where the polyhedron is unbounded.

    Attributes
    ----------
    indptr : int array, shape (m + 1,)
    indices : int array
        Face i is ``indices[indptr[i] : indptr[i + 1]]``, ascending.
    """

    indptr: NDArray[np.intp]
    indices: NDArray[np.intp]

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Number of vertices and rays of every face, shape (m,)."""
        return np.diff(self.indptr)

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def __getitem__(self, i: int) -> NDArray[np.intp]:
        if not -len(self) <= i < len(self):
            raise IndexError(f"there are {len(self)} directions, not {i}")
        i %= len(self)
        return self.indices[self.indptr[i] : self.indptr[i + 1]]

    def __iter__(self) -> Iterator[NDArray[np.intp]]:
        return (self[i] for i in range(len(self)))


def support(
    polytope: Polytope, directions: Numbers, *, exact: bool = False, via: Way = "auto"
) -> FloatArray | ObjectArray:
    """Maxima of ``<u, x>`` over a polyhedron for many directions u.

    Parameters
    ----------
    polytope : Polytope
        Not empty.
    directions : array_like, shape (m, d)
    exact : bool
        Whether to return fractions.
    via : {"auto", "vertices", "lp"}
        Ask the points that are known (the vertices after a conversion, or those that were given),
        or solve a linear program for each direction.  "auto" does the latter for a few directions
        if only halfspaces were given.

    Returns
    -------
    float64 array, shape (m,)
        The exact maxima, correctly rounded; +inf where the polyhedron is unbounded.  With `exact`
        an object array of Fractions (and of the float +inf).

    Raises
    ------
    EmptyPolytopeError
        If the polyhedron is empty.
    InputError
        If the directions have the wrong shape or an entry that is not finite.

    Notes
    -----
    O(m n d) for n points, as one matrix product in blocks.  For very many directions of a
    converted polytope (up to dimension three: of any) whose vertices have few neighbours: the
    simplex method on the graph, walks starting at the vertices found for directions near by,
    O(m k d) for k neighbours of the few
    vertices on a walk.

    Examples
    --------
    >>> support(Polytope.box(-1, 2, dim=2), [[1, 1], [-1, 0.5], [0, 0]])
    array([4., 2., 0.])
    >>> support(Polytope.from_halfspaces([[1, 0]], [3]), [[2, 0], [0, 1]])
    array([ 6., inf])
    """
    u = _directions(polytope, directions)
    if via not in ("auto", "vertices", "lp"):
        raise InputError(f"via must be 'auto', 'vertices' or 'lp', got {via!r}")
    halfspaces_only = given_halfspaces(polytope) is not None and not is_converted(polytope)
    if via == "lp" or (via == "auto" and halfspaces_only and len(u) <= _FEW):
        return _by_programs(polytope, u, exact)
    if _conversion_pays(polytope, len(u)):
        _ = polytope.n_facets  # converts it
    points, recession = _points(polytope)
    where = _firsts(row_maxima(Rows.of(u), points, vertex_graph(polytope, len(u))))
    unbounded = _unbounded(u, recession)
    if exact:
        values = exact_dots(u, points, where)
        values[unbounded] = np.inf
        return values
    rounded = rounded_dots(u, points, where)
    rounded[unbounded] = np.inf
    return rounded


def argmax(polytope: Polytope, directions: Numbers) -> NDArray[np.intp]:
    """Index of the first vertex that is greatest in each direction; -1 where unbounded.

    Parameters
    ----------
    polytope : Polytope
        Not empty.
    directions : array_like, shape (m, d)

    Returns
    -------
    int array, shape (m,)
        Rows of `Polytope.vertices`.

    Raises
    ------
    EmptyPolytopeError, InputError
        As for `support`.

    Notes
    -----
    O(m n d) for n vertices.

    Examples
    --------
    >>> argmax(Polytope.box(0, 1, dim=2), [[1, 1], [-1, 0]]).tolist()
    [3, 0]
    """
    u = _directions(polytope, directions)
    _not_empty(polytope)
    where = _firsts(_vertex_maxima(polytope, u))
    where[_unbounded(u, _recession(polytope))] = -1
    return where


def maximisers(polytope: Polytope, directions: Numbers) -> MaximalFaces:
    """Faces of a polyhedron that are greatest in many directions, exactly.

    Parameters
    ----------
    polytope : Polytope
        Not empty.
    directions : array_like, shape (m, d)

    Returns
    -------
    MaximalFaces

    Raises
    ------
    EmptyPolytopeError, InputError
        As for `support`.

    Notes
    -----
    O(m n d) for n vertices: floats with a proven error bound find the vertices that may be
    greatest, and integers decide between them.

    Examples
    --------
    >>> faces = maximisers(Polytope.box(0, 1, dim=2), [[1, 0], [1, 0.25]])
    >>> [face.tolist() for face in faces]
    [[2, 3], [3]]
    """
    u = _directions(polytope, directions)
    _not_empty(polytope)
    found = _vertex_maxima(polytope, u)
    if polytope.is_bounded:
        return MaximalFaces(*found)
    unbounded = _unbounded(u, _recession(polytope))
    owner = np.repeat(np.arange(len(u)), np.diff(found.indptr))
    kept = ~unbounded[owner]
    level, ray = np.nonzero(_level(u, polytope.rays_exact.numerators) & ~unbounded[:, None])
    owners = np.concatenate([owner[kept], level])
    members = np.concatenate([found.indices[kept], polytope.n_vertices + ray])
    order = np.lexsort((members, owners))
    counts = np.bincount(owners, minlength=len(u))
    return MaximalFaces(np.concatenate([[0], np.cumsum(counts)]), members[order])


def _by_programs(polytope: Polytope, u: ExactArray, exact: bool) -> FloatArray | ObjectArray:
    values = np.empty(len(u), dtype=object)
    for i in range(len(u)):
        found = maximise(polytope, u[i])
        if found.status == "empty":
            raise EmptyPolytopeError("the empty polytope has no support function")
        values[i] = np.inf if found.value is None else found.value
    if exact:
        return values
    return np.array([_rounded(x) for x in values.tolist()], dtype=np.float64)


def _rounded(value: object) -> float:
    if isinstance(value, float):
        return value
    return float(exactly(value).to_float())


def _vertex_maxima(polytope: Polytope, u: ExactArray) -> Extremes:
    return row_maxima(Rows.of(u), polytope.vertices_exact, vertex_graph(polytope, len(u)))


def _firsts(found: Extremes) -> NDArray[np.intp]:
    first: NDArray[np.intp] = found.indices[found.indptr[:-1]]
    return first


def _conversion_pays(polytope: Polytope, n_directions: int) -> bool:
    """Whether so many directions are asked that vertices and edges are found by the way."""
    given = given_points(polytope)
    if given is None or is_converted(polytope) or polytope.ambient_dimension > 3:
        return False  # in more dimensions there may be too many facets
    seconds = n_directions * len(given[0]) * _PER_ENTRY
    return seconds > len(given[0]) * _PER_POINT and worth_compiling(seconds)


def _points(polytope: Polytope) -> tuple[ExactArray, ObjectArray]:
    """Points whose hull carries the support function, and directions that must not rise."""
    given = given_points(polytope)
    if given is None or is_converted(polytope):
        _not_empty(polytope)
        return polytope.vertices_exact, _recession(polytope)
    rows, lineality = given
    is_point = rows.first_signs() > 0
    if not is_point.any():
        raise EmptyPolytopeError("the empty polytope has no support function")
    rays = rows.integers(np.nonzero(~is_point)[0])[:, 1:]
    kept = rows.take(np.nonzero(is_point)[0])
    if kept.floats is not None:
        points = ExactArray.of_floats(kept.floats[:, 1:])
    else:
        points = points_of(kept.integers())
    return points, _both(rays, lineality[:, 1:])


def _recession(polytope: Polytope) -> ObjectArray:
    return _both(polytope.rays_exact.numerators, polytope.lines_exact.numerators)


def _both(rays: ObjectArray, lines: ObjectArray) -> ObjectArray:
    joined: ObjectArray = np.concatenate([rays, lines, -lines])
    return joined


def _unbounded(u: ExactArray, recession: ObjectArray) -> NDArray[np.bool_]:
    if not len(recession):
        return np.zeros(len(u), dtype=bool)
    return least_signs(Rows.of(u), -recession) < 0


def _level(u: ExactArray, rays: ObjectArray) -> NDArray[np.bool_]:
    """Which rays are orthogonal to which directions, shape (m, number of rays)."""
    rows = Rows.of(u)
    found = np.zeros((len(u), len(rays)), dtype=bool)
    for j in range(len(rays)):
        found[:, j] = least_signs(rows, rays[j : j + 1]) == 0
    return found


def _not_empty(polytope: Polytope) -> None:
    if polytope.is_empty:
        raise EmptyPolytopeError("the empty polytope has no support function")


def _directions(polytope: Polytope, directions: Numbers) -> ExactArray:
    u = exactly(directions, "directions", ndim=2)
    if u.shape[1] != polytope.ambient_dimension:
        raise InputError(
            f"directions must have shape (m, {polytope.ambient_dimension}), got {u.shape}"
        )
    return u
