"""Points deep inside: relative interior points and largest inscribed balls, with proofs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import flint
import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import echelon, integer_rows, reduce_modulo
from polytropic.arithmetic.numbers import ExactArray, ObjectArray, exact
from polytropic.arithmetic.rows import Rows
from polytropic.engines.linear_programs import Solution, solve
from polytropic.errors import EmptyPolytopeError
from polytropic.geometry.optimisation import given_halfspaces, given_points, is_converted
from polytropic.geometry.polytope import Polytope

__all__ = ["ChebyshevBall", "chebyshev_ball", "interior_point"]

_BITS = 64  # to which lengths of normals, in general irrational, are known


@dataclass(frozen=True)
class ChebyshevBall:
    """A largest ball inside a polyhedron, within its affine hull.

    Attributes
    ----------
    centre : ExactArray, shape (d,)
        Exactly the centre of an inscribed ball of radius `lower`.
    lower, upper : Fraction or None
        Proven bounds of the largest radius, equal up to about 2^-63 of their size (and equal
        altogether if the lengths of all normals are rational); None if the radius is infinite.
    dimension : int
        Of the ball, and of the affine hull of the polyhedron.
    """

    centre: ExactArray
    lower: Fraction | None
    upper: Fraction | None
    dimension: int

    @property
    def radius(self) -> float:
        """Largest radius, rounded; infinite if there are balls of every radius."""
        return math.inf if self.lower is None else float(self.lower)

    @property
    def radius_bounds(self) -> tuple[float, float]:
        """Floats that enclose the largest radius."""
        if self.lower is None or self.upper is None:
            return math.inf, math.inf
        low, high = float(self.lower), float(self.upper)
        if Fraction(low) > self.lower:
            low = math.nextafter(low, -math.inf)
        if Fraction(high) < self.upper:
            high = math.nextafter(high, math.inf)
        return low, high


def chebyshev_ball(polytope: Polytope) -> ChebyshevBall:
    """Largest ball inside a polyhedron; for a flat one, within its affine hull.

    Parameters
    ----------
    polytope : Polytope
        Not empty.  A single point has the ball of radius zero.

    Returns
    -------
    ChebyshevBall
        The centre need not be unique; this one is exact and reproducible.

    Raises
    ------
    EmptyPolytopeError
        If the polyhedron is empty.

    Notes
    -----
    The linear program ``max r : <a_i, x> + |a_i| r <= b_i`` with every length rounded up gives a
    ball that certainly fits; its dual solution, weighed with the lengths rounded down, bounds
    every ball (weak duality).  Polyhedra given by halfspaces are not converted.

    Examples
    --------
    >>> ball = chebyshev_ball(Polytope.from_halfspaces([[-1, 0], [0, -1], [1, 1]], [0, 0, 1]))
    >>> round(ball.radius, 12), bool(ball.upper - ball.lower < 2**-60)
    (0.292893218813, True)
    >>> chebyshev_ball(Polytope.from_points([[0, 0], [3, 4]])).radius
    2.5
    >>> chebyshev_ball(Polytope.from_halfspaces([[1, 0]], [0])).radius
    inf
    """
    hull = affine_hull(*_rows_of(polytope), "the empty polytope contains no ball")
    centre = exact(np.array(hull.point, dtype=object), ndim=1)
    dimension = hull.equations.shape[1] - 1 - len(hull.equations)
    if dimension == 0:
        return ChebyshevBall(centre, Fraction(0), Fraction(0), 0)
    bounds = [_length_bounds(s) for s in _squared_lengths(hull.rows, hull.equations)]
    lower = [low for low, _, _ in bounds]
    scaled = [
        [*(entry << shift for entry in row), -high]
        for row, (_, high, shift) in zip(hull.rows.tolist(), bounds, strict=True)
    ]
    found = _deepest(integer_rows(scaled, hull.rows.shape[1] + 1), hull.equations)
    if found.value is None:
        return ChebyshevBall(centre, None, None, dimension)
    inner = [(i, f) for i, f in found.multipliers.items() if i < len(lower)]
    weight = sum((f * lower[i] for i, f in inner), Fraction(0))
    centre = exact(np.array(found.point[:-1], dtype=object), ndim=1)
    return ChebyshevBall(centre, found.value, found.value / weight, dimension)


def interior_point(polytope: Polytope) -> ExactArray:
    """An exact point of the relative interior, shape (d,).

    Parameters
    ----------
    polytope : Polytope
        Not empty.

    Returns
    -------
    ExactArray
        The mean of the points (plus the sum of the rays) if the polyhedron was given by points or
        has been converted; otherwise what linear programming finds.  Always the same.

    Raises
    ------
    EmptyPolytopeError
        If the polyhedron is empty.

    Notes
    -----
    From halfspaces: one linear program, and one more for every implicit equation at worst.

    Examples
    --------
    >>> interior_point(Polytope.box(0, 1, dim=2)).to_float()
    array([0.5, 0.5])
    """
    problem = "the empty polytope has no interior point"
    points = given_points(polytope)
    if points is None and not is_converted(polytope):
        hull = affine_hull(*_rows_of(polytope), problem)
        return exact(np.array(hull.point, dtype=object), ndim=1)
    if points is None or is_converted(polytope):
        rows = polytope.description.generators.tolist()
    else:
        rows = points[0].integers().tolist()
    count = sum(1 for row in rows if row[0])
    if not count:
        raise EmptyPolytopeError(problem)
    weights = [Fraction(1, row[0] * count) if row[0] else Fraction(1) for row in rows]
    columns = zip(*(row[1:] for row in rows), strict=True)
    mean = [sum((w * x for w, x in zip(weights, c, strict=True)), Fraction(0)) for c in columns]
    return exact(np.array(mean, dtype=object), ndim=1)


class AffineHull(NamedTuple):
    """A relative interior point, the inequalities that are not constant, all equations."""

    point: tuple[Fraction, ...]
    rows: ObjectArray
    equations: ObjectArray


def _rows_of(polytope: Polytope) -> tuple[ObjectArray, ObjectArray]:
    given = given_halfspaces(polytope)
    if given is None or is_converted(polytope):
        return polytope.description.facets, polytope.description.equations
    return given[0].integers(), given[1]


def affine_hull(rows: ObjectArray, equations: ObjectArray, problem: str = "") -> AffineHull:
    """Find the equations that the inequalities imply, one linear program for each at worst."""
    while True:
        constant = _constant(rows, equations)
        width = rows.shape[1]
        slack = _slack_rows(rows, constant)
        found = _deepest(integer_rows(slack, width + 1), equations)
        if found.status == "empty" or (found.value is not None and found.value < 0):
            raise EmptyPolytopeError(problem or "the polyhedron is empty")
        if found.value:
            return AffineHull(found.point[:-1], rows[~constant], _independent(equations))
        # No room: the rows that hold each other back hold with equality everywhere.
        tight = [row for row in found.multipliers if row < len(rows)]
        equations = np.concatenate([equations, rows[tight]])
        rows = np.delete(rows, tight, axis=0)


def _slack_rows(rows: ObjectArray, constant: NDArray[np.bool_]) -> list[list[int]]:
    """Rows that leave room in proportion to their size, and a bound of that room.

    Any positive factors and bound would do; these are such that floats see what goes on.
    """
    slack, reach = [], 0
    for row, flat in zip(rows.tolist(), constant, strict=True):
        bits = max((x.bit_length() for x in row[1:]), default=0)
        slack.append([*row, 0 if flat else -(1 << bits)])
        reach = max(reach, row[0].bit_length() - bits)
    return [*slack, [1 << reach] + [0] * (rows.shape[1] - 1) + [-1]]


def _deepest(rows: ObjectArray, equations: ObjectArray) -> Solution:
    """Maximise the last coordinate."""
    flat = np.concatenate([equations, np.full((len(equations), 1), 0, dtype=object)], axis=1)
    return solve(Rows(None, rows), flat, [0] * (rows.shape[1] - 2) + [1])


def _constant(rows: ObjectArray, equations: ObjectArray) -> NDArray[np.bool_]:
    """Which inequalities are constant on the affine space of the equations."""
    basis, pivots = echelon(equations[:, 1:])
    left = reduce_modulo(rows[:, 1:], basis, pivots)
    return np.array([not any(row) for row in left.tolist()], dtype=bool)


def _independent(equations: ObjectArray) -> ObjectArray:
    """Echelon basis whose pivots are not in the first column (consistent equations have none)."""
    width = equations.shape[1]
    order = [*range(1, width), 0]
    basis = echelon(equations[:, order])[0]
    return basis[:, [width - 1, *range(width - 1)]]


def _squared_lengths(rows: ObjectArray, equations: ObjectArray) -> list[Fraction]:
    """Squared lengths of the normals, projected to the space of the equations."""
    normals, across = rows[:, 1:], equations[:, 1:]
    squares = [Fraction(sum(x * x for x in row)) for row in normals.tolist()]
    if not len(across) or not len(rows):
        return squares
    table = flint.fmpz_mat(across.tolist())
    mixed = table * flint.fmpz_mat(normals.tolist()).transpose()
    factors = (table * table.transpose()).solve(mixed).tolist()
    for column in range(len(rows)):
        for i in range(len(across)):
            f = factors[i][column] * mixed[i, column]
            squares[column] -= Fraction(int(f.p), int(f.q))
    return squares


def _length_bounds(square: Fraction) -> tuple[int, int, int]:
    """Integers with ``low <= sqrt(square) * 2**shift <= high``, of about 64 bits."""
    bits = (square.numerator.bit_length() - square.denominator.bit_length()) // 2
    shift = max(0, _BITS - bits)
    scaled, rest = divmod(square.numerator << (2 * shift), square.denominator)
    low = math.isqrt(scaled)
    return low, low + int(bool(rest) or low * low < scaled), shift
