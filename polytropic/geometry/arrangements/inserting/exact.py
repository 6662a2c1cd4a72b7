"""The steps of `insertion` in Python integers: for rows of any size, and where floats fail.

Vectors are tuples of integers and matter up to positive factors; sign vectors are Python integers,
bit i set where row i is positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cmp_to_key
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from polytropic.arithmetic.linalg import primitive
from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.geometry.arrangements.sign_vectors import n_words

__all__ = [
    "Located",
    "Vector",
    "agrees",
    "as_words",
    "dot",
    "float_vector",
    "integer_vector",
    "lifted",
    "pencil_exactly",
    "restrict_exactly",
    "rounded",
    "split_exactly",
]

Vector: TypeAlias = tuple[int, ...]
Located: TypeAlias = Vector | None
"""A point in integers, or None if its rounding will do."""

_COMPARABLE = 4  # bits by which a pivot may be smaller than the largest entry
_MANTISSA = 53


def dot(one: Sequence[int], other: Sequence[int]) -> int:
    """Inner product."""
    return sum([x * y for x, y in zip(one, other, strict=True)])


def restrict_exactly(
    rows: Sequence[Vector], j: int, walls: int
) -> tuple[int, list[Vector], IntArray, IntArray, int]:
    """Restrict the first j rows to the hyperplane of row j; see `restriction_kernels.restrict`."""
    wall = rows[j]
    sizes = [abs(entry).bit_length() for entry in wall]
    column = next(k for k, size in enumerate(sizes) if size and size + _COMPARABLE >= max(sizes))
    lead = wall[column]
    if lead < 0:
        wall, lead = tuple([-entry for entry in wall]), -lead
    rest = wall[:column] + wall[column + 1 :]
    places: dict[Vector, int] = {}
    which, flips = [], []
    for row in rows[:j]:
        factor, others = row[column], row[:column] + row[column + 1 :]
        if factor:
            others = tuple([lead * x - factor * y for x, y in zip(others, rest, strict=True)])
        others = primitive(others)
        flip = 1 if next(filter(None, others)) > 0 else -1
        if flip < 0:
            others = tuple([-x for x in others])
        which.append(places.setdefault(others, len(places)))
        flips.append(flip)
    classes, turns = list(places), [1] * len(places)
    left = len(set(which[:walls]))  # the first rows have the first classes
    for place in range(left):
        turns[place] = flips[which.index(place)]
        classes[place] = tuple([turns[place] * x for x in classes[place]])
    flips = [flip * turns[place] for place, flip in zip(which, flips, strict=True)]
    if -1 in flips[:walls]:
        left = 0
    return column, classes, np.array(which, dtype=np.int64), np.array(flips, dtype=np.int64), left


def pencil_exactly(
    rows: Sequence[Vector], walls: int
) -> tuple[list[int], list[tuple[FloatArray, Located]]]:
    """Chambers of lines in the plane where the first rows are positive, and points as in `rounded`.

    There are none if there are no walls.
    """
    ends = _wedge(rows[:walls])
    if ends is None:
        return [], []
    if len(rows) == 1:
        return [1], [rounded(rows, 1, rows[0])]
    right, left = ends
    first, rays = (1 << walls) - 1, []
    for i, row in enumerate(rows[walls:], walls):
        one, other = dot(row, right), dot(row, left)
        first |= (one > 0 or (one == 0 and other > 0)) << i
        if (one > 0 > other) or (one < 0 < other):
            rays.append(((-row[1], row[0]) if one > 0 else (row[1], -row[0]), i))

    def turn(one: tuple[Vector, int], other: tuple[Vector, int]) -> int:
        cross = other[0][0] * one[0][1] - other[0][1] * one[0][0]
        return (cross > 0) - (cross < 0)

    rays.sort(key=cmp_to_key(turn))
    signs = [first]
    for _, i in rays:
        signs.append(signs[-1] ^ (1 << i))
    points = []
    for begin, end in pairwise([right, *(ray for ray, _ in rays), left]):
        # Between two rays: on the left of the first one and on the right of the other.
        sides = [(-begin[1], begin[0]), (end[1], -end[0])]
        points.append(rounded(sides, 3, _sum(*levelled(begin, end))))
    return signs, points


def _wedge(walls: Sequence[Vector]) -> tuple[Vector, Vector] | None:
    """The rays, on the right and on the left, between which walls in the plane are positive."""
    if not walls:
        return None
    a, b = walls[0]
    right, left = (b, -a), (-b, a)
    for x, y in walls[1:]:
        one, other = dot((x, y), right), dot((x, y), left)
        if one > 0 > other:
            left = (-y, x)
        elif one < 0 < other:
            right = (y, -x)
        elif one < 0 or other < 0:
            return None
    return right, left


def lifted(point: Sequence[int], wall: Vector, column: int) -> Vector:
    """The point of the hyperplane of a row whose coordinate `column` was left out."""
    lead, rest = wall[column], wall[:column] + wall[column + 1 :]
    height = -dot(rest, point) if lead > 0 else dot(rest, point)
    scaled = [abs(lead) * x for x in point]
    return (*scaled[:column], height, *scaled[column:])


def split_exactly(
    rows: Sequence[Vector], j: int, signs: int, point: Vector, wall_point: Vector | None
) -> list[tuple[int, Vector]]:
    """Sign vectors of the first j + 1 rows on one or both sides of row j, with points.

    Parameters
    ----------
    rows : sequence of vectors
    j, signs : int
        The row, and the signs of the rows before it.
    point : vector
        A point of the chamber.
    wall_point : vector or None
        A point of the chamber on the hyperplane; None if it is not cut.
    """
    value = dot(rows[j], point)
    if wall_point is None:
        assert value, "a chamber that touches a hyperplane is cut by it"
        return [(signs | (value > 0) << j, point)]
    if value:
        x, p = levelled(wall_point, point)
        away = tuple([a - b for a, b in zip(x, p, strict=True)])
        return [
            (signs | (value > 0) << j, point),
            (signs | (value < 0) << j, _towards(rows[:j], signs, x, away)),
        ]
    back = tuple([-entry for entry in rows[j]])
    below, above = (_towards(rows[:j], signs, *levelled(point, to)) for to in (back, rows[j]))
    return [(signs, below), (signs | 1 << j, above)]


def _towards(rows: Sequence[Vector], signs: int, x: Vector, way: Vector) -> Vector:
    """A point between x and the first hyperplane on the way, at a power of two."""
    far = None
    for r, row in enumerate(rows):
        value, change = dot(row, x), dot(row, way)
        if not signs >> r & 1:
            value, change = -value, -change
        assert value > 0, "a point lies outside its own chamber"
        if change < 0 and (far is None or value < -far * change):
            far = Fraction(value, -change)
    # 2^-shift lies between a quarter and all of the way.
    shift = 0 if far is None else far.denominator.bit_length() - far.numerator.bit_length() + 1
    if shift >= 0:
        return _sum(tuple([a << shift for a in x]), way)
    return _sum(x, tuple([b << -shift for b in way]))


def _sum(one: Sequence[int], other: Sequence[int]) -> Vector:
    return tuple([a + b for a, b in zip(one, other, strict=True)])


def levelled(one: Vector, other: Vector) -> tuple[Vector, Vector]:
    """Scale two vectors by powers of two to about the same size."""
    sizes = [max(abs(entry).bit_length() for entry in vector) for vector in (one, other)]
    first, second = (max(sizes) - size for size in sizes)
    return tuple([a << first for a in one]), tuple([b << second for b in other])


# -- roundings -----------------------------------------------------------------------------------
def rounded(rows: Sequence[Vector], signs: int, point: Vector) -> tuple[FloatArray, Located]:
    """A float point with given signs, or a near one and an integer vector that has them.

    A point too near to a hyperplane for floats is moved away from all of them first.
    """
    near = float_vector(point)
    if agrees(rows, signs, integer_vector(near)):
        return near, None
    point = primitive(_centred(rows, signs, point))
    near = float_vector(point)
    if agrees(rows, signs, integer_vector(near)):
        return near, None
    size, bits = max(abs(entry).bit_length() for entry in point), 2 * _MANTISSA
    while bits < size:
        short = primitive([_shifted(entry, size - bits) for entry in point])
        if agrees(rows, signs, short):
            return near, short
        bits *= 2
    return near, point


def _centred(rows: Sequence[Vector], signs: int, point: Vector) -> Vector:
    """Move a point along every axis to about the middle of its chamber."""
    values = [dot(row, point) for row in rows]
    for axis in range(len(point)):
        below: Fraction | None = None
        above: Fraction | None = None
        for row, value in zip(rows, values, strict=True):
            if not row[axis]:
                continue
            step = Fraction(-value, row[axis])  # where the row vanishes
            if step > 0:
                above = step if above is None else min(above, step)
            else:
                below = step if below is None else max(below, step)
        if below is None or above is None:
            continue  # there is no middle
        middle, width = (below + above) / 2, above - below
        # 2^-shift is between a quarter and one sixteenth of the width.
        shift = max(0, width.denominator.bit_length() - width.numerator.bit_length() + 3)
        move = (middle.numerator << shift) // middle.denominator
        scaled = [entry << shift for entry in point]
        scaled[axis] += move
        point = tuple(scaled)
        values = [
            (value << shift) + move * row[axis] for value, row in zip(values, rows, strict=True)
        ]
    return point


def _shifted(entry: int, bits: int) -> int:
    return entry >> bits if entry >= 0 else -(-entry >> bits)


def float_vector(point: Vector) -> FloatArray:
    """Nearest floats of a vector, scaled by a power of two to at most one."""
    scale = 1 << max(abs(entry).bit_length() for entry in point)
    return np.array([entry / scale for entry in point])


def integer_vector(point: FloatArray) -> Vector:
    """Primitive integers of a float vector."""
    ratios = [entry.as_integer_ratio() for entry in point.tolist()]
    common = max(denominator for _, denominator in ratios)  # they are powers of two
    return primitive([numerator * (common // denominator) for numerator, denominator in ratios])


def agrees(rows: Sequence[Vector], signs: int, point: Vector) -> bool:
    """Whether a point has the given signs, none of them zero."""
    for r, row in enumerate(rows):
        value = dot(row, point)
        if not (value > 0 if signs >> r & 1 else value < 0):
            return False
    return True


def as_words(signs: Sequence[int], width: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint64]]:
    """Pack sign vectors in words."""
    words = n_words(width)
    raw = b"".join(entry.to_bytes(8 * words, "little") for entry in signs)
    return np.frombuffer(raw, dtype="<u8").astype(np.uint64).reshape(len(signs), words)
