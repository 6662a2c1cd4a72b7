"""Which points lie in a polyhedron, exactly, from the description at hand."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import UNDECIDED
from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.maxima import least_signs
from polytropic.arithmetic.numbers import ExactArray, Numbers, ObjectArray, exact
from polytropic.arithmetic.rows import Rows
from polytropic.engines.linear_programs import solve
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.chebyshev import affine_hull
from polytropic.geometry.optimisation import given_halfspaces, given_points, is_converted
from polytropic.geometry.polytope import Polytope, homogeneous_points
from polytropic.geometry.walks import slack_signs

__all__ = ["contains", "strictly_contains"]

Way = Literal["auto", "facets", "lp"]

_FACETS_PER_PROGRAM = 250  # that a conversion finds while one linear program is solved


def contains(polytope: Polytope, points: Numbers, *, via: Way = "auto") -> NDArray[np.bool_]:
    """Which points lie in a polyhedron, its boundary included.

    Parameters
    ----------
    polytope : Polytope
        Of any kind; nothing lies in the empty one.
    points : array_like, shape (n, d)
    via : {"auto", "facets", "lp"}
        Inequalities (those that were given, or the facets), or a linear program for each point,
        which needs no conversion of a polyhedron given by points.  "auto" chooses the latter for
        few points of a polyhedron that may have many facets.

    Returns
    -------
    bool array, shape (n,)

    Raises
    ------
    InputError
        If the points have the wrong shape or an entry that is not finite.

    Notes
    -----
    O(n k d) for k inequalities, in blocks; points found outside are dropped on the way.  For very
    many points and a converted polytope whose facets have few neighbours: walks on the facets.

    Examples
    --------
    >>> contains(Polytope.box(0, 1, dim=1), [[1.0], [1.0000000000000002]])
    array([ True, False])
    >>> contains(Polytope.from_points([[0, 0], [2, 1]]), [[1, 0.5], [1, 1]], via="lp")
    array([ True, False])
    """
    rows = _rows(polytope, points)
    if _by_program(polytope, len(rows), via):
        return np.array([_separation(polytope, row) == 0 for row in rows.integers()], dtype=bool)
    inequalities, equations = _constraints(polytope)
    if inequalities is None:
        return np.zeros(len(rows), dtype=bool)
    return _satisfied(rows, inequalities, equations, 0, slack_signs(polytope, rows))


def strictly_contains(
    polytope: Polytope, points: Numbers, *, via: Way = "auto"
) -> NDArray[np.bool_]:
    """Which points lie in the relative interior of a polyhedron; see `contains`.

    Examples
    --------
    >>> strictly_contains(Polytope.box(0, 1, dim=1), [[0.5], [1]])
    array([ True, False])
    >>> strictly_contains(Polytope.from_points([[0, 0], [2, 2]]), [[1, 1], [2, 2]])
    array([ True, False])
    """
    rows = _rows(polytope, points)
    if _by_program(polytope, len(rows), via):
        found = [_separation(polytope, row) == 0 and _is_deep(polytope, row)
                 for row in rows.integers()]  # fmt: skip
        return np.array(found, dtype=bool)
    if given_halfspaces(polytope) is not None and not is_converted(polytope):
        given = given_halfspaces(polytope)
        assert given is not None
        try:
            hull = affine_hull(given[0].integers(), given[1])
        except EmptyPolytopeError:
            return np.zeros(len(rows), dtype=bool)
        return _satisfied(rows, hull.rows, hull.equations, 1)
    inequalities, equations = _constraints(polytope)
    if inequalities is None:
        return np.zeros(len(rows), dtype=bool)
    return _satisfied(rows, inequalities, equations, 1, slack_signs(polytope, rows))


def _satisfied(
    rows: Rows,
    inequalities: ObjectArray,
    equations: ObjectArray,
    least: int,
    known: NDArray[np.int8] | None = None,
) -> NDArray[np.bool_]:
    """Which rows fulfil everything; signs of the least slacks may be known."""
    if known is None:
        signs = least_signs(rows, inequalities)
    else:
        signs = known.copy()
        (index,) = np.nonzero(signs == UNDECIDED)
        signs[index] = least_signs(rows.take(index), inequalities)
    inside: NDArray[np.bool_] = signs >= least
    if len(equations) and inside.any():
        (index,) = np.nonzero(inside)
        both: ObjectArray = np.concatenate([equations, -equations])
        inside[index] = least_signs(rows.take(index), both) == 0
    return inside


def _constraints(polytope: Polytope) -> tuple[ObjectArray | None, ObjectArray]:
    given = given_halfspaces(polytope)
    if given is not None and not is_converted(polytope):
        return given[0].integers(), given[1]
    description = polytope.description
    return None if polytope.is_empty else description.facets, description.equations


def _rows(polytope: Polytope, points: Numbers) -> Rows:
    array: ExactArray = exact(points, "points", ndim=2)
    if array.shape[1] != polytope.ambient_dimension:
        raise InputError(
            f"points must have shape (n, {polytope.ambient_dimension}), got {array.shape}"
        )
    if array.floats is not None:
        return Rows(np.column_stack([np.ones(len(array)), array.floats]))
    return Rows(None, homogeneous_points(array))


# -- without a conversion --------------------------------------------------------------------------
def _by_program(polytope: Polytope, n_points: int, via: str) -> bool:
    if via not in ("auto", "facets", "lp"):
        raise InputError(f"via must be 'auto', 'facets' or 'lp', got {via!r}")
    given = given_points(polytope)
    if given is None or via == "facets":
        return False
    if via == "lp":
        return True
    likely_facets = math.comb(len(given[0]), polytope.ambient_dimension // 2)
    return not is_converted(polytope) and n_points * _FACETS_PER_PROGRAM < likely_facets


def _separation(polytope: Polytope, point: ObjectArray) -> int:
    """Sign of the least value at a point of all inequalities that hold on the polyhedron."""
    generators, lineality = _cone(polytope)
    if not generators[:, 0].any():
        return -1
    bound = integer_rows([[1, *point.tolist()]], generators.shape[1] + 1)
    rows: ObjectArray = np.concatenate([_valid(generators), bound])
    found = solve(Rows(None, rows), _valid(lineality), (-point).tolist())
    return -1 if found.value else 0


def _is_deep(polytope: Polytope, point: ObjectArray) -> bool:
    """Whether every inequality that is tight at a point is tight on the whole polyhedron."""
    generators, lineality = _cone(polytope)
    total = generators.sum(axis=0)
    bound = integer_rows([[1, *(-total).tolist()]], len(total) + 1)
    rows: ObjectArray = np.concatenate([_valid(generators), bound])
    tight: ObjectArray = np.concatenate([lineality, point.reshape(1, -1)])
    return not solve(Rows(None, rows), _valid(tight), total.tolist()).value


def _cone(polytope: Polytope) -> tuple[ObjectArray, ObjectArray]:
    given = given_points(polytope)
    assert given is not None
    return given[0].integers(), given[1]


def _valid(generators: ObjectArray) -> ObjectArray:
    """Rows that say that an inequality (a vector) holds on generators."""
    zeros = np.full((len(generators), 1), 0, dtype=object)
    rows: ObjectArray = np.concatenate([zeros, generators], axis=1)
    return rows
