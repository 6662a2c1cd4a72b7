"""Lattice bases of flat pieces of space, and coordinates along them."""

from __future__ import annotations

import math
from fractions import Fraction

import flint
import numpy as np

from polytropic.arithmetic.linalg import echelon, identity, integer_rows, primitive, product
from polytropic.arithmetic.numbers import ExactArray, ObjectArray
from polytropic.geometry.polytope import Polytope

__all__ = ["coordinates", "in_coordinates", "shadow_facets", "split_lattice"]


def coordinates(vectors: ExactArray, basis: ObjectArray) -> ExactArray:
    """Rational coordinates of vectors in the span of independent integer rows."""
    size = len(basis)
    if not size:
        return ExactArray(integer_rows([[] for _ in range(len(vectors))], 0))
    columns = echelon(basis)[1]
    inverse = flint.fmpz_mat(basis[:, columns].tolist()).inv()
    entries = [[Fraction(int(x.p), int(x.q)) for x in row] for row in inverse.tolist()]
    common = math.lcm(*(x.denominator for row in entries for x in row))
    rows = integer_rows([[int(x * common) for x in row] for row in entries], size)
    return vectors[:, columns] @ ExactArray(rows, common)


def in_coordinates(facets: ObjectArray, corner: ExactArray, basis: ObjectArray) -> ObjectArray:
    """Rows ``(b, -a)`` on ``corner + z @ basis`` as primitive integer rows on ``(1, z)``."""
    slack = corner.numerators @ facets[:, 1:].T + facets[:, 0] * corner.denominator
    slopes = product(facets[:, 1:], basis) * corner.denominator
    rows = np.concatenate([slack.T, slopes], axis=1)
    return integer_rows([primitive(row) for row in rows.tolist()], rows.shape[1])


def shadow_facets(corners: ExactArray, size: int) -> ObjectArray:
    """Facets of the projection to the first coordinates, of full dimension."""
    if size > 2:
        return Polytope.from_points(corners[:, :size]).description.facets
    over, points = corners.denominator, corners.numerators[:, :size].tolist()
    if size == 1:
        low, high = min(points)[0], max(points)[0]
        rows = [[-low, over], [high, -over]]
    else:
        rows = [_side(p, q, over) for p, q in _polygon(points)]
    return integer_rows([primitive(row) for row in rows], size + 1)


def _polygon(points: list[list[int]]) -> list[tuple[list[int], list[int]]]:
    """Sides of a planar hull, the hull to their left (Andrew's monotone chain)."""
    corners: list[list[int]] = []
    ordered = sorted(points)
    for chain in (ordered, ordered[::-1]):
        start = len(corners)
        for point in chain:
            while len(corners) >= start + 2 and _turn(corners[-2], corners[-1], point) <= 0:
                corners.pop()
            corners.append(point)
        corners.pop()  # the first of the other chain
    return list(zip(corners, [*corners[1:], corners[0]], strict=True))


def _turn(a: list[int], b: list[int], c: list[int]) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _side(p: list[int], q: list[int], over: int) -> list[int]:
    """Row of what lies to the left of p -> q, whose coordinates are divided by `over`."""
    dx, dy = q[0] - p[0], q[1] - p[1]
    return [dy * p[0] - dx * p[1], -dy * over, dx * over]


def split_lattice(normals: ObjectArray) -> tuple[ObjectArray, ObjectArray, ObjectArray]:
    """Split Z^d by independent integer equations.

    Returns
    -------
    triangle : object array, shape (m, m)
    particular : object array, shape (m, d)
        With ``particular @ normals.T == triangle``.
    basis : object array, shape (d - m, d)
        Lattice basis, made short, of the integer vectors that all normals annihilate.
    """
    m, d = normals.shape
    if m == 0:
        return integer_rows([], 0), integer_rows([], d), identity(d)
    joined = np.concatenate([normals.T, identity(d)], axis=1)
    reduced = flint.fmpz_mat(joined.tolist()).hnf().tolist()
    rows = integer_rows([[int(x) for x in row] for row in reduced], m + d)
    basis = rows[m:, m:]
    if len(basis):
        short = flint.fmpz_mat(basis.tolist()).lll().tolist()
        basis = integer_rows([[int(x) for x in row] for row in short], d)
    return rows[:m, :m], rows[:m, m:], basis
