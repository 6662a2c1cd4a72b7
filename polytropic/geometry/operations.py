"""Polyhedra from polyhedra: sums, hulls, intersections, images.

Every operation returns a `Polytope` at once; the conversion that it may need happens when the
result is asked a question.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from polytropic.arithmetic.linalg import integer_rows, primitive, product
from polytropic.arithmetic.numbers import ExactArray, Numbers, ObjectArray, exact, exact_scalar
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.polytope import Polytope

__all__ = [
    "affine_image",
    "affine_preimage",
    "cartesian_product",
    "convex_hull",
    "dilate",
    "intersection",
    "polar",
    "translate",
]


def convex_hull(*polytopes: Polytope) -> Polytope:
    """Smallest closed convex polyhedron that contains all the given ones.

    Examples
    --------
    >>> hull = convex_hull(Polytope.box(0, 1, dim=2), Polytope.from_points([[3, 0]]))
    >>> hull.n_vertices
    4
    """
    parts = [part for part in _same_space(polytopes) if not part.is_empty]
    if not parts:
        return Polytope.empty(polytopes[0].ambient_dimension)
    generators = np.concatenate([part.description.generators for part in parts])
    lineality = np.concatenate([part.description.lineality for part in parts])
    return Polytope._from_rows(generators, lineality)


def intersection(*polytopes: Polytope) -> Polytope:
    """Set of the points that lie in all the given polyhedra.

    Examples
    --------
    >>> shifted = Polytope.box(0.5, 2, dim=2)
    >>> intersection(Polytope.box(0, 1, dim=2), shifted) == Polytope.box(0.5, 1, dim=2)
    True
    """
    parts = _same_space(polytopes)
    if any(part.is_empty for part in parts):
        return Polytope.empty(parts[0].ambient_dimension)
    inequalities = np.concatenate([part.description.facets for part in parts])
    equations = np.concatenate([part.description.equations for part in parts])
    return Polytope._from_constraints(inequalities, equations)


def affine_image(polytope: Polytope, matrix: Numbers, offset: Numbers | None = None) -> Polytope:
    """Image under ``x -> M x + v``.

    Parameters
    ----------
    polytope : Polytope
        In R^d.
    matrix : array_like, shape (e, d)
        Any rank: projections are images.
    offset : array_like, shape (e,), optional

    Returns
    -------
    Polytope
        In R^e.

    Examples
    --------
    >>> affine_image(Polytope.box(0, 1, dim=3), [[1, 1, 1]]).vertices.tolist()
    [[0.0], [3.0]]
    """
    rows = _homogeneous_map(matrix, offset, polytope.ambient_dimension)
    description = polytope.description
    images = [product(part, rows) for part in (description.generators, description.lineality)]
    kept = [[primitive(row) for row in image.tolist() if any(row)] for image in images]
    generators, lineality = (integer_rows(part, len(rows)) for part in kept)
    return Polytope._from_rows(generators, lineality)


def affine_preimage(polytope: Polytope, matrix: Numbers, offset: Numbers | None = None) -> Polytope:
    """Set of the points that ``x -> M x + v`` maps into the polyhedron.

    Parameters
    ----------
    polytope : Polytope
        In R^e.
    matrix : array_like, shape (e, d)
    offset : array_like, shape (e,), optional

    Examples
    --------
    >>> strip = affine_preimage(Polytope.box(0, 1, dim=1), [[1, 1]])
    >>> strip.lines.tolist()
    [[1.0, -1.0]]
    """
    width = exact(matrix, "matrix", ndim=2).shape[1]
    rows = _homogeneous_map(matrix, offset, width)
    if len(rows) != polytope.ambient_dimension + 1:
        raise InputError(
            f"matrix has {len(rows) - 1} rows but the polyhedron lies in dimension "
            f"{polytope.ambient_dimension}"
        )
    description = polytope.description
    parts = (description.facets, description.equations)
    inequalities, equations = (product(part, rows.T) for part in parts)
    return Polytope._from_constraints(inequalities, equations)


def translate(polytope: Polytope, offset: Numbers) -> Polytope:
    """Move by a vector.

    Examples
    --------
    >>> translate(Polytope.box(0, 1, dim=1), [2]).vertices.tolist()
    [[2.0], [3.0]]
    """
    return affine_image(polytope, np.eye(polytope.ambient_dimension, dtype=np.int64), offset)


def dilate(polytope: Polytope, factor: Any) -> Polytope:
    """Multiply by a number; zero gives the cone of directions (the origin if bounded).

    Examples
    --------
    >>> dilate(Polytope.box(0, 1, dim=1), -2).vertices.tolist()
    [[-2.0], [0.0]]
    """
    scale = exact_scalar(factor, "factor")
    size = polytope.ambient_dimension
    if scale == 0 and not polytope.is_empty:
        rays, lines = polytope.rays_exact, polytope.lines_exact
        return Polytope.from_points(ExactArray.zeros(1, size), rays, lines)
    return affine_image(polytope, exact(np.eye(size, dtype=np.int64)) * scale)


def cartesian_product(first: Polytope, second: Polytope) -> Polytope:
    """Set of all pairs, in the product of both spaces.

    Examples
    --------
    >>> interval = Polytope.box(0, 1, dim=1)
    >>> cartesian_product(interval, interval) == Polytope.box(0, 1, dim=2)
    True
    """
    sizes = first.ambient_dimension, second.ambient_dimension
    identity = np.eye(sum(sizes), dtype=np.int64)
    one = affine_preimage(first, identity[: sizes[0]])
    return intersection(one, affine_preimage(second, identity[sizes[0] :]))


def polar(polytope: Polytope) -> Polytope:
    """Set of all y with ``<x, y> <= 1`` for every x in the polyhedron.

    Raises
    ------
    EmptyPolytopeError
        If the polyhedron is empty (the polar would be the whole space by convention).

    Examples
    --------
    >>> polar(Polytope.box(-1, 1, dim=3)).n_vertices
    6
    """
    if polytope.is_empty:
        raise EmptyPolytopeError("the polar of the empty polytope is not defined here")
    description = polytope.description
    # (t, x) is a point x / t or a direction: t - <x, y> >= 0 in both cases.
    sign = np.array([1] + [-1] * polytope.ambient_dimension, dtype=object)
    lines = description.lineality * sign
    return Polytope._from_constraints(description.generators * sign, lines)


def _same_space(polytopes: tuple[Polytope, ...]) -> tuple[Polytope, ...]:
    if not polytopes:
        raise InputError("give at least one polytope")
    sizes = sorted({part.ambient_dimension for part in polytopes})
    if len(sizes) > 1:
        raise InputError(f"the polytopes lie in spaces of different dimensions: {sizes}")
    return polytopes


def _homogeneous_map(matrix: Numbers, offset: Numbers | None, width: int) -> ObjectArray:
    """Integer matrix of ``(t, x) -> (t, M x + v t)``, up to a positive factor."""
    linear = exact(matrix, "matrix", ndim=2)
    if linear.shape[1] != width:
        raise InputError(f"matrix must have shape (e, {width}), got {linear.shape}")
    size = linear.shape[0]
    shift = ExactArray.zeros(size) if offset is None else exact(offset, "offset", ndim=1)
    if shift.shape != (size,):
        raise InputError(f"offset must have shape ({size},), got {shift.shape}")
    lower = ExactArray.concatenate([shift.reshape(-1, 1), linear], axis=1)
    top = np.array([[lower.denominator] + [0] * width], dtype=object)
    return np.concatenate([top, lower.numerators])
