"""The questions of `cone_kernels` about an open cone in Python integers."""

from __future__ import annotations

from collections.abc import Sequence

from polytropic.geometry.arrangements.inserting.exact import (
    Vector,
    dot,
    integer_vector,
    lifted,
    restrict_exactly,
    rounded,
    split_exactly,
)

__all__ = ["cone_exactly", "sides_exactly"]


def cone_exactly(rows: Sequence[Vector]) -> Vector | None:
    """A point where all rows, no two of them parallel or opposite, are positive, or None."""
    point = rows[0]
    for j in range(1, len(rows)):
        value = dot(rows[j], point)
        if value > 0:
            continue
        column, below = _section(rows[:j], rows[j])
        if below is None:
            assert value, "a point of a cone lies on a row that misses it"
            return None
        on_wall = lifted(below, rows[j], column)
        parts = split_exactly(rows, j, (1 << j) - 1, point, on_wall)
        signs, beyond = next(part for part in parts if part[0] >> j)
        near, short = rounded(rows[: j + 1], signs, beyond)
        point = short or integer_vector(near)
    return point


def _section(walls: Sequence[Vector], row: Vector) -> tuple[int, Vector | None]:
    """A point of the cone on the hyperplane of a row, less the coordinate that is told; or None."""
    column, classes, _, _, left = restrict_exactly([*walls, row], len(walls), len(walls))
    return column, cone_exactly(classes) if left else None


def sides_exactly(rows: Sequence[Vector], walls: int) -> tuple[list[int], Vector | None]:
    """Signs of the rows that do not matter in the cone of the first ones, and a point of it.

    The signs are those that `cone_kernels.sides` tells; the point is None if the cone is empty.
    """
    point = cone_exactly(rows[:walls])
    signs = [0] * len(rows)
    if point is None:
        return signs, None
    for i, row in enumerate(rows):
        frame = [rows[q] for q in range(walls) if q != i and not signs[q]]
        if frame and _section(frame, row)[1] is None:
            signs[i] = 1 if dot(row, point) > 0 else -1
    return signs, point
