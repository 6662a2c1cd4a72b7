"""Nearest points of one polyhedron, in rational arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction

import flint

from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import ObjectArray
from polytropic.geometry.optimisation import minimise
from polytropic.geometry.polytope import Polytope

__all__ = ["dot", "project_by_program", "project_orthogonally"]

Vector = list[Fraction]


# -- norms 1 and infinity: linear programs ---------------------------------------------------------
def project_by_program(polytope: Polytope, target: Vector, norm: float) -> tuple[Vector, Fraction]:
    """A nearest point of a polyhedron in the norm 1 or inf, and the squared distance.

    Parameters
    ----------
    polytope : Polytope
        Not empty.
    target : list of Fraction, length d
    norm : {1, inf}

    Notes
    -----
    One linear program with d + 1 (norm inf) or 2 d variables, solved exactly.
    """
    d = len(target)
    extra = d if norm == 1 else 1
    width = 1 + d + extra
    own = polytope.description
    inequalities = [row + [0] * extra for row in own.facets.tolist()]
    equations = [row + [0] * extra for row in own.equations.tolist()]
    for axis, x in enumerate(target):
        for sign in (1, -1):
            row = [0] * width
            row[0], row[1 + axis] = -sign * x.numerator, sign * x.denominator
            row[1 + d + (axis if extra > 1 else 0)] = x.denominator
            inequalities.append(row)
    lifted = Polytope._from_constraints(
        integer_rows(inequalities, width), integer_rows(equations, width)
    )
    best = minimise(lifted, [0] * d + [1] * extra)
    assert best.point is not None
    assert best.value is not None
    return best.point.to_fractions().tolist()[:d], best.value**2


# -- norm 2: Wolfe's method ------------------------------------------------------------------------
def project_orthogonally(
    rows: ObjectArray, lineality: ObjectArray, target: Vector
) -> tuple[Vector, Fraction]:
    """The nearest point of a polyhedron in the norm 2, and the squared distance.

    Parameters
    ----------
    rows : object array, shape (n, d + 1)
        Homogeneous integer rows: points (t > 0), at least one, and directions (t = 0).
    lineality : object array, shape (l, d + 1)
        Independent directions.
    target : list of Fraction, length d

    Notes
    -----
    Wolfe, "Finding the nearest point in a polytope" (1976), with directions beside points: keep
    independent generators whose affine span has its nearest point y inside their hull; add one
    that lies on the near side of the plane through y, as long as there is one.  Every step comes
    nearer, so it ends; all steps are solutions of systems of at most d equations.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.array([[1, 0, 2], [1, 2, 0], [0, 1, 1]], dtype=object)
    >>> project_orthogonally(rows, rows[:0], [Fraction(0), Fraction(0)])
    ([Fraction(1, 1), Fraction(1, 1)], Fraction(2, 1))
    """
    points = [[Fraction(x, row[0]) for x in row[1:]] for row in rows.tolist() if row[0]]
    directions = [list(map(Fraction, row[1:])) for row in rows.tolist() if not row[0]]
    lines = [list(map(Fraction, row[1:])) for row in lineality.tolist()]
    generators, n_points = points + directions, len(points)
    squares = [dot(gap, gap) for gap in (_minus(p, target) for p in points)]
    active = [squares.index(min(squares))]
    weights = {active[0]: Fraction(1)}
    y, _ = _nearest_in_span(generators, n_points, active, lines, target)
    while True:
        away = _minus(y, target)
        height = dot(y, away)
        slopes = [dot(g, away) - (height if i < n_points else 0) for i, g in enumerate(generators)]
        entering = min(range(len(slopes)), key=slopes.__getitem__)
        if slopes[entering] >= 0:
            return y, dot(away, away)
        active.append(entering)
        weights[entering] = Fraction(0)
        while True:
            y, wanted = _nearest_in_span(generators, n_points, active, lines, target)
            if all(wanted[i] > 0 for i in active):
                weights = wanted
                break
            falling = [i for i in active if wanted[i] <= 0]
            step = min(weights[i] / (weights[i] - wanted[i]) for i in falling)
            weights = {i: weights[i] + step * (wanted[i] - weights[i]) for i in active}
            active = [i for i in active if weights[i] > 0]


def _nearest_in_span(
    generators: list[Vector], n_points: int, active: list[int], lines: list[Vector], target: Vector
) -> tuple[Vector, dict[int, Fraction]]:
    """Nearest point of an affine span, and the weights of the generators that make it."""
    anchor = next(i for i in active if i < n_points)
    others = [i for i in active if i != anchor]
    origin = generators[anchor]
    edges = [_minus(generators[i], origin) if i < n_points else generators[i] for i in others]
    edges += lines
    factors = _least_squares(edges, _minus(target, origin))
    y = origin
    for factor, edge in zip(factors, edges, strict=True):
        y = [a + factor * b for a, b in zip(y, edge, strict=True)]
    weights = dict(zip(others, factors, strict=False))
    weights[anchor] = 1 - sum((weights[i] for i in others if i < n_points), Fraction(0))
    return y, weights


def _least_squares(edges: list[Vector], gap: Vector) -> Vector:
    """Factors of independent vectors whose sum is nearest to a given one."""
    if not edges:
        return []
    # Scaled to integers first: FLINT then works with small fractions only at the end.
    scales = [math.lcm(*(x.denominator for x in edge)) for edge in edges]
    whole = [[int(x * s) for x in edge] for edge, s in zip(edges, scales, strict=True)]
    common = math.lcm(*(x.denominator for x in gap))
    matrix = flint.fmpz_mat(whole)
    right = matrix * flint.fmpz_mat([[int(x * common)] for x in gap])
    found = (matrix * matrix.transpose()).solve(right)
    return [
        Fraction(int(found[i, 0].p), int(found[i, 0].q)) * scale / common
        for i, scale in enumerate(scales)
    ]


def dot(a: Vector, b: Vector) -> Fraction:
    """Scalar product."""
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def _minus(a: Vector, b: Vector) -> Vector:
    return [x - y for x, y in zip(a, b, strict=True)]
