"""Slices, sections, projections and Minkowski differences of polyhedra.

Slices, sections and differences are statements about inequalities, so they use the inequalities
that a polyhedron was given by, without converting it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import index
from typing import Literal

import numpy as np

from polytropic.arithmetic.linalg import (
    echelon,
    identity,
    integer_rows,
    kernel,
    primitive,
    product,
    rank,
)
from polytropic.arithmetic.numbers import ExactArray, Numbers, ObjectArray, exact
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.operations import affine_image
from polytropic.geometry.polytope import Polytope

__all__ = ["minkowski_difference", "project", "project_along", "section", "slice_polytope"]

Method = Literal["auto", "generators", "cone"]


def slice_polytope(polytope: Polytope, A_eq: Numbers, b_eq: Numbers) -> Polytope:
    """Points of a polyhedron on the affine subspace ``A_eq x = b_eq``, in the same space.

    Parameters
    ----------
    polytope : Polytope
        In R^d.
    A_eq : array_like, shape (m, d)
    b_eq : array_like, shape (m,)

    Returns
    -------
    Polytope
        In R^d; possibly empty.

    Raises
    ------
    InputError
        If shapes do not match or entries are not finite.

    Examples
    --------
    >>> slice_polytope(Polytope.box(0, 1, dim=3), [[1, 1, 1]], [1.5]).n_vertices
    6
    """
    left, right = exact(A_eq, "A_eq", ndim=2), exact(b_eq, "b_eq", ndim=1)
    size = polytope.ambient_dimension
    if left.shape[1] != size or len(left) != len(right):
        raise InputError(
            f"A_eq and b_eq must have shapes (m, {size}) and (m,), got {left.shape} and "
            f"{right.shape}"
        )
    rows = ExactArray.concatenate([right.reshape(-1, 1), -left], axis=1)
    inequalities, equations = _constraints(polytope)
    return Polytope._from_constraints(inequalities, np.concatenate([equations, rows.numerators]))


def section(polytope: Polytope, origin: Numbers, directions: Numbers) -> Polytope:
    """Slice by an affine subspace, in coordinates of the subspace.

    Parameters
    ----------
    polytope : Polytope
        In R^d.
    origin : array_like, shape (d,)
    directions : array_like, shape (k, d)
        Independent; they need be neither orthogonal nor of length one.

    Returns
    -------
    Polytope
        In R^k: all u with ``origin + u @ directions`` in the polyhedron.

    Raises
    ------
    InputError
        If shapes do not match, entries are not finite, or the directions are dependent.

    Examples
    --------
    >>> cube = Polytope.box(-1, 1, dim=3)
    >>> section(cube, [0, 0, 0], [[1, -1, 0], [0, 1, -1]]).n_vertices
    6
    """
    start, span = exact(origin, "origin", ndim=1), exact(directions, "directions", ndim=2)
    size = polytope.ambient_dimension
    if start.shape != (size,) or span.shape[1] != size:
        raise InputError(
            f"origin and directions must have shapes ({size},) and (k, {size}), got "
            f"{start.shape} and {span.shape}"
        )
    if rank(span.numerators) < len(span):
        raise InputError("the directions are linearly dependent: they give no coordinates")
    affine = ExactArray.concatenate([start.reshape(1, -1), span])
    # (t, u) -> (t, t origin + u directions), up to a positive factor, as columns.
    first = [[affine.denominator]] + [[0]] * len(span)
    substitution = np.concatenate([np.array(first, dtype=object), affine.numerators], axis=1)
    inequalities, equations = (product(part, substitution) for part in _constraints(polytope))
    return Polytope._from_constraints(inequalities, equations)


def minkowski_difference(polytope: Polytope, other: Polytope) -> Polytope:
    """All x for which the translate ``x + other`` lies in the polyhedron.

    Parameters
    ----------
    polytope, other : Polytope
        In the same space; both may be unbounded or flat.

    Returns
    -------
    Polytope
        Possibly empty, for instance if `other` is unbounded where the polyhedron is not.

    Raises
    ------
    EmptyPolytopeError
        If `other` is empty (every x would do).
    InputError
        If the spaces differ.

    Notes
    -----
    Every inequality ``a x <= b`` becomes ``a x <= b - h(a)`` with the support function h of
    `other`, every equation as it stands if `other` is constant along it.  Schneider (2014), "Convex
    bodies: the Brunn-Minkowski theory", section 3.1.

    Examples
    --------
    >>> triangle = Polytope.from_points([[0, 0], [3, 0], [0, 3]])
    >>> minkowski_difference(triangle, Polytope.box(0, 1, dim=2)).vertices.tolist()
    [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    """
    size = polytope.ambient_dimension
    if other.ambient_dimension != size:
        raise InputError(
            f"the polytopes lie in spaces of different dimensions: {size} and "
            f"{other.ambient_dimension}"
        )
    if other.is_empty:
        raise EmptyPolytopeError("every translate of the empty polytope lies in the polyhedron")
    inequalities, equations = _constraints(polytope)
    # An equation is two inequalities: they contradict each other unless `other` lies along it.
    rows = np.concatenate([inequalities, equations, -equations])
    generators, lines = other.description.generators, other.description.lineality
    n = other.n_vertices
    unbounded = (product(rows, generators[n:]) < 0).any(), (product(rows, lines) != 0).any()
    if any(unbounded) and len(rows):
        return Polytope.empty(size)
    points = other.vertices_exact
    lowest = product(rows[:, 1:], points.numerators).min(axis=1)
    shifted = rows * points.denominator
    shifted[:, 0] += lowest
    return Polytope._from_constraints(shifted, integer_rows([], size + 1))


# -- projections ---------------------------------------------------------------------------------
def project(polytope: Polytope, keep: Sequence[int], *, method: Method = "auto") -> Polytope:
    """Image under forgetting coordinates.

    Parameters
    ----------
    polytope : Polytope
        In R^d.
    keep : sequence of int
        Which coordinates to keep, in this order, without repetition.
    method : {"auto", "generators", "cone"}
        Project the vertices and rays, or combine inequalities (see Notes).  By default the first,
        unless only inequalities are known and their combinations form a cone of lower dimension
        than the polyhedron: both have to be converted, from equally many inequalities.

    Returns
    -------
    Polytope
        In the space of the kept coordinates.

    Raises
    ------
    InputError
        If a coordinate does not exist or is repeated, or the method is unknown.

    Notes
    -----
    For ``A x + B y <= b`` the shadow on x is given by ``w A x <= w b`` for the extreme rays w of
    the projection cone ``{w >= 0, w B = 0}``, after the equations have been solved for as many of
    the forgotten coordinates as they allow (block elimination; Balas 2005, "Projection, lifting and
    extended formulation").  The cone may have far more rays than the shadow has facets, and the
    polyhedron far more vertices than the shadow; neither way is always better.

    Examples
    --------
    >>> octahedron = Polytope.from_points(
    ...     [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0], [0, -1, 0], [0, 0, -1]]
    ... )
    >>> project(octahedron, [0, 2]).vertices.tolist()
    [[-1.0, 0.0], [0.0, -1.0], [0.0, 1.0], [1.0, 0.0]]
    """
    kept = _coordinates(keep, polytope.ambient_dimension)
    if method not in ("auto", "generators", "cone"):
        raise InputError(f"method must be auto, generators or cone, got {method!r}")
    if method == "cone" or (method == "auto" and _is_given_by_halfspaces(polytope)):
        system = _solved(polytope, kept)
        if method == "cone" or system.prefers_cone:
            return system.shadow()
    description = polytope.description
    columns = [0, *(c + 1 for c in kept)]
    parts = (description.generators, description.lineality)
    images = [
        integer_rows(
            [primitive(row) for row in part[:, columns].tolist() if any(row)], len(columns)
        )
        for part in parts
    ]
    return Polytope._from_rows(*images)


def project_along(polytope: Polytope, directions: Numbers) -> Polytope:
    """Image in the quotient of the space by some directions.

    Parameters
    ----------
    polytope : Polytope
        In R^d.
    directions : array_like, shape (k, d)
        What is collapsed to zero.

    Returns
    -------
    Polytope
        In R^(d - r) for directions of rank r: the image under the canonical basis of the integer
        linear forms that vanish on the directions (`polytropic.arithmetic.linalg.kernel`).

    Raises
    ------
    InputError
        If shapes do not match, or nothing would be left (rank d).

    Examples
    --------
    >>> project_along(Polytope.box(0, 1, dim=3), [[1, 1, 1]]).n_vertices
    6
    """
    span = exact(directions, "directions", ndim=2)
    if span.shape[1] != polytope.ambient_dimension:
        raise InputError(
            f"directions must have shape (k, {polytope.ambient_dimension}), got {span.shape}"
        )
    forms = kernel(span.numerators)
    if not len(forms):
        raise InputError("the directions span the whole space: nothing would be left")
    return affine_image(polytope, ExactArray(forms))


@dataclass(frozen=True)
class _System:
    """Inequalities ``forgotten . y + kept . (t, x) >= 0`` and equations in (t, x) alone."""

    forgotten: ObjectArray
    kept: ObjectArray
    equations: ObjectArray

    @property
    def prefers_cone(self) -> bool:
        """Whether the projection cone has a lower dimension than the polyhedron (generically)."""
        count, gone = self.forgotten.shape
        whole = gone + self.kept.shape[1] - 1 - len(self.equations)
        return count - gone < whole

    def shadow(self) -> Polytope:
        """Project by combining inequalities."""
        weights = _projection_cone(self.forgotten)
        return Polytope._from_constraints(product(weights, self.kept.T), self.equations)


def _solved(polytope: Polytope, kept: list[int]) -> _System:
    """Solve the equations for forgotten coordinates, as far as they go."""
    inequalities, equations = _constraints(polytope)
    gone = [c for c in range(polytope.ambient_dimension) if c not in set(kept)]
    order = [*(c + 1 for c in gone), 0, *(c + 1 for c in kept)]
    solved, pivots = echelon(equations[:, order])
    reduced = _reduce(inequalities[:, order], solved, pivots)
    used = [pivot for pivot in pivots if pivot < len(gone)]
    free = [c for c in range(len(gone)) if c not in set(used)]
    cut = len(gone)
    return _System(reduced[:, free], reduced[:, cut:], solved[len(used) :, cut:])


def _reduce(rows: ObjectArray, basis: ObjectArray, pivots: list[int]) -> ObjectArray:
    """Clear pivot columns, with positive factors only."""
    reduced = rows.copy()
    for vector, pivot in zip(basis, pivots, strict=True):
        reduced = reduced * vector[pivot] - np.multiply.outer(reduced[:, pivot], vector)
    return integer_rows([primitive(row) for row in reduced.tolist()], rows.shape[1])


def _projection_cone(forgotten: ObjectArray) -> ObjectArray:
    """Extreme rays w >= 0 with ``w @ forgotten = 0``, shape (n, number of rows)."""
    count = len(forgotten)
    if not forgotten.shape[1] or not count:
        return identity(count)
    positive, balanced = (
        integer_rows([[0, *row] for row in part.tolist()], count + 1)
        for part in (identity(count), forgotten.T)
    )
    cone = Polytope._from_constraints(positive, balanced)
    return cone.rays_exact.numerators


# -- helpers -------------------------------------------------------------------------------------
def _is_given_by_halfspaces(polytope: Polytope) -> bool:
    return polytope._inequalities is not None and "description" not in polytope.__dict__


def _constraints(polytope: Polytope) -> tuple[ObjectArray, ObjectArray]:
    """Inequalities and equations, as given or else irredundant ones."""
    if polytope._inequalities is not None and _is_given_by_halfspaces(polytope):
        rows, equations = polytope._inequalities
        return rows.integers(), equations
    description = polytope.description
    return description.facets, description.equations


def _coordinates(keep: Sequence[int], size: int) -> list[int]:
    try:
        kept = [index(c) for c in keep]
    except TypeError as problem:
        raise InputError("keep must list coordinates as integers") from problem
    if any(not 0 <= c < size for c in kept) or len(set(kept)) < len(kept):
        raise InputError(f"keep must list different coordinates between 0 and {size - 1}: {kept}")
    return kept
