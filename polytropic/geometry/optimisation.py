"""Linear optimisation over polyhedra: exact optima with proofs, from the description at hand.

A polyhedron that was given by halfspaces is asked through linear programming and never converted;
one that was given by points is asked through its points.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from polytropic.arithmetic.linalg import integer_rows, primitive
from polytropic.arithmetic.numbers import ExactArray, Numbers, ObjectArray, exact
from polytropic.arithmetic.rows import Rows
from polytropic.engines.linear_programs import Solution, solve
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.polytope import Halfspaces, Polytope

__all__ = ["Optimum", "bounding_box", "maximise", "minimise", "optimal_face"]


def given_halfspaces(polytope: Polytope) -> tuple[Rows, ObjectArray] | None:
    """Inequalities and equations as they were given, if they were (homogeneous rows)."""
    return polytope._inequalities


def given_points(polytope: Polytope) -> tuple[Rows, ObjectArray] | None:
    """Points, rays and lines as they were given, if they were (homogeneous rows)."""
    return polytope._generators


def is_converted(polytope: Polytope) -> bool:
    """Whether both descriptions are known already."""
    return "description" in vars(polytope)


@dataclass(frozen=True)
class Optimum:
    """What a linear function comes to on a polyhedron, with its proof.

    Attributes
    ----------
    status : {"optimal", "unbounded", "empty"}
    value : Fraction or None
        The exact optimum; None unless optimal.
    point : ExactArray, shape (d,), or None
        Where it is attained (for "unbounded": some point of the polyhedron).  A vertex, except
        that polyhedra given by points together with rays name one of these points, and those with
        lines have no vertices (then: a point of a minimal face).
    ray : ExactArray, shape (d,), or None
        For "unbounded": a direction of the recession cone in which the function improves.
    constraints, equations : Halfspaces or None
        The rows that the multipliers belong to, in the order in which they were given and scaled to
        primitive integers; None if the polyhedron was given by points.
    multipliers : ExactArray, shape (k,), or None
        Of the constraints, none negative.  For "optimal" the multiples of the rows of A sum to the
        objective (to its negative for `minimise`, as those of b to the negative of the optimum) and
        those of b to the optimum; for "empty" to zero and to a negative number, which no point can
        satisfy (Farkas).
    equation_multipliers : ExactArray, shape (m,), or None
        The same for the equations, of any sign.
    """

    status: Literal["optimal", "unbounded", "empty"]
    value: Fraction | None = None
    point: ExactArray | None = None
    ray: ExactArray | None = None
    constraints: Halfspaces | None = None
    equations: Halfspaces | None = None
    multipliers: ExactArray | None = None
    equation_multipliers: ExactArray | None = None


def maximise(polytope: Polytope, objective: Numbers) -> Optimum:
    """Maximise ``<objective, x>`` over a polyhedron, exactly.

    Parameters
    ----------
    polytope : Polytope
        Of any kind: flat, unbounded, with lines, empty.
    objective : array_like, shape (d,)

    Returns
    -------
    Optimum

    Raises
    ------
    InputError
        If the objective has the wrong shape or an entry that is not finite.

    Notes
    -----
    From halfspaces: HiGHS proposes a basis, which is solved and proved (or repaired by exact
    pivots) in rational arithmetic; no vertices are enumerated.  From n points: O(n d).

    Examples
    --------
    >>> square = Polytope.from_halfspaces([[1, 0], [0, 1], [-1, 0], [0, -1]], [1, 1, 0, 0])
    >>> best = maximise(square, [2, 0.5])
    >>> best.value, best.point.to_float(), best.multipliers.to_float()
    (Fraction(5, 2), array([1., 1.]), array([2. , 0.5, 0. , 0. ]))
    >>> maximise(Polytope.from_halfspaces([[-1]], [0]), [3]).status
    'unbounded'
    """
    goal = _objective(polytope, objective)
    halfspaces = given_halfspaces(polytope)
    if halfspaces is not None:
        scale = Fraction(1, goal.denominator)
        found = solve(*halfspaces, goal.numerators.tolist())
        return _of_solution(found, halfspaces, scale)
    return _over_points(polytope, goal)


def minimise(polytope: Polytope, objective: Numbers) -> Optimum:
    """Minimise ``<objective, x>`` over a polyhedron, exactly; see `maximise`.

    Examples
    --------
    >>> minimise(Polytope.from_points([[1, 5], [2, 3]]), [0, 1]).value
    Fraction(3, 1)
    """
    found = maximise(polytope, -_objective(polytope, objective))
    if found.value is None:
        return found
    fields = {**vars(found), "value": -found.value}
    return Optimum(**fields)


def optimal_face(polytope: Polytope, objective: Numbers) -> Polytope:
    """Face of all points at which ``<objective, x>`` is greatest.

    Parameters
    ----------
    polytope : Polytope
        Not empty.
    objective : array_like, shape (d,)

    Returns
    -------
    Polytope
        In the same description as the polytope was given; nothing is converted.

    Raises
    ------
    EmptyPolytopeError, InputError
        If the polyhedron is empty, or unbounded in this direction.

    Examples
    --------
    >>> optimal_face(Polytope.box(0, 1, dim=3), [0, 1, 0]).vertices.shape
    (4, 3)
    """
    goal = _objective(polytope, objective)
    found = maximise(polytope, goal)
    if found.status == "empty":
        raise EmptyPolytopeError("the empty polytope has no optimal face")
    if found.value is None:
        raise InputError("the polyhedron is unbounded in this direction: it has no optimal face")
    halfspaces = given_halfspaces(polytope)
    if halfspaces is not None:
        level = found.value
        row = [-level.numerator * goal.denominator]
        row += [level.denominator * entry for entry in goal.numerators.tolist()]
        extra = integer_rows([primitive(row)], len(row))
        equations = np.concatenate([halfspaces[1], extra])
        return Polytope._from_constraints(halfspaces[0].integers(), equations)
    rows, lineality = _generator_rows(polytope)
    values = _values(rows, goal)
    kept = [
        v == (found.value if row[0] else 0) for v, row in zip(values, rows.tolist(), strict=True)
    ]
    return Polytope._from_rows(rows[np.array(kept, dtype=bool)], lineality)


def bounding_box(polytope: Polytope) -> tuple[ExactArray, ExactArray]:
    """Least and greatest value of every coordinate, exactly.

    Parameters
    ----------
    polytope : Polytope
        Bounded and not empty.

    Returns
    -------
    lower, upper : ExactArray, shape (d,)

    Raises
    ------
    EmptyPolytopeError, InputError
        If the polyhedron is empty, or some coordinate is unbounded on it.

    Notes
    -----
    2 d linear programs for halfspaces, O(n d) for n points.

    Examples
    --------
    >>> low, high = bounding_box(Polytope.from_points([[0, 3], [1, 2]]))
    >>> low.to_float(), high.to_float()
    (array([0., 2.]), array([1., 3.]))
    """
    d = polytope.ambient_dimension
    bounds: list[list[Fraction]] = [[], []]
    for axis, unit in enumerate(np.eye(d, dtype=np.int64)):
        for side, find in enumerate((minimise, maximise)):
            found = find(polytope, unit)
            if found.status == "empty":
                raise EmptyPolytopeError("the empty polytope has no bounding box")
            if found.value is None:
                raise InputError(f"coordinate {axis} is unbounded on the polyhedron: no box")
            bounds[side].append(found.value)
    if d == 0 and maximise(polytope, []).status == "empty":
        raise EmptyPolytopeError("the empty polytope has no bounding box")
    lower, upper = (_vector(side) for side in bounds)
    return lower, upper


# -- from halfspaces -------------------------------------------------------------------------------
def _of_solution(found: Solution, halfspaces: tuple[Rows, ObjectArray], scale: Fraction) -> Optimum:
    rows, equations = halfspaces
    optimal = found.status == "optimal"
    factors = [Fraction(0)] * (len(rows) + len(equations))
    for row, factor in found.multipliers.items():
        factors[row] = factor * scale if optimal else factor
    proved = found.status != "unbounded"
    return Optimum(
        found.status,
        None if found.value is None else found.value * scale,
        None if found.status == "empty" else _vector(found.point),
        _vector(found.ray) if found.status == "unbounded" else None,
        _halfspaces(rows.integers()),
        _halfspaces(equations),
        _vector(factors[: len(rows)]) if proved else None,
        _vector(factors[len(rows) :]) if proved else None,
    )


def _halfspaces(rows: ObjectArray) -> Halfspaces:
    return Halfspaces(ExactArray(-rows[:, 1:]), ExactArray(rows[:, 0].copy()))


# -- from points -----------------------------------------------------------------------------------
def _over_points(polytope: Polytope, goal: ExactArray) -> Optimum:
    rows, lineality = _generator_rows(polytope)
    along = _values(lineality, goal)
    heights = rows[:, 0].tolist()
    values = _values(rows, goal)
    if not any(heights):
        return Optimum("empty")
    ray = next((i for i, v in enumerate(along) if v), None)
    if ray is not None:
        sign = 1 if along[ray] > 0 else -1
        return Optimum("unbounded", None, _first_point(rows), ExactArray(sign * lineality[ray, 1:]))
    ray = next((i for i, (t, v) in enumerate(zip(heights, values, strict=True)) if not t and v > 0),
               None)  # fmt: skip
    if ray is not None:
        return Optimum("unbounded", None, _first_point(rows), ExactArray(rows[ray, 1:].copy()))
    best = max(v for t, v in zip(heights, values, strict=True) if t)
    tied = [row for row, v in zip(rows.tolist(), values, strict=True) if row[0] and v == best]
    # The lexicographically first of the best points is a vertex of their hull.
    first = min([Fraction(x, row[0]) for x in row[1:]] for row in tied)
    return Optimum("optimal", best, _vector(first))


def _generator_rows(polytope: Polytope) -> tuple[ObjectArray, ObjectArray]:
    given = given_points(polytope)
    if is_converted(polytope) or given is None:
        return polytope.description.generators, polytope.description.lineality
    return given[0].integers(), given[1]


def _values(rows: ObjectArray, goal: ExactArray) -> list[Fraction]:
    """Values of a linear function on homogeneous rows (of directions: as they are)."""
    found = ExactArray(rows[:, 1:]) @ goal
    over = found.denominator
    return [
        Fraction(v, over * (t or 1))
        for t, v in zip(rows[:, 0].tolist(), found.numerators.tolist(), strict=True)
    ]


def _first_point(rows: ObjectArray) -> ExactArray:
    row = next(row for row in rows.tolist() if row[0])
    return _vector([Fraction(x, row[0]) for x in row[1:]])


def _vector(entries: object) -> ExactArray:
    return exact(np.array([*entries], dtype=object), ndim=1)  # type: ignore[misc]


def _objective(polytope: Polytope, objective: Numbers) -> ExactArray:
    goal = exact(objective, "objective", ndim=1)
    if goal.shape != (polytope.ambient_dimension,):
        raise InputError(
            f"objective must have shape ({polytope.ambient_dimension},), got {goal.shape}"
        )
    return goal
