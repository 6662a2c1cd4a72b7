"""Arrangements made from arrangements: the exact maps and tables that go with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from polytropic.arithmetic.linalg import echelon, identity, integer_rows, kernel
from polytropic.arithmetic.numbers import ExactArray, Numbers, exact
from polytropic.errors import InputError
from polytropic.geometry.arrangements.hyperplanes import distinct_hyperplanes
from polytropic.geometry.arrangements.intersections import affine_subspace

if TYPE_CHECKING:
    from polytropic.geometry.arrangements.arrangement import HyperplaneArrangement

__all__ = [
    "Essentialization",
    "Localization",
    "Restriction",
    "essential_maps",
    "infinity_form",
    "restricted_rows",
    "row_classes",
]


@dataclass(frozen=True)
class Restriction:
    """An arrangement restricted to a flat ``{origin + y @ directions}``.

    Attributes
    ----------
    arrangement : HyperplaneArrangement
        In the coordinates y; row i is row i of the original one, so that its sign vectors are
        those of the faces of the original arrangement that lie in the flat.
    origin : ExactArray, shape (d,)
    directions : ExactArray, shape (k, d)
    containing : tuple of int
        Rows that contain the flat: zero rows of the restriction.
    missing : tuple of int
        Rows whose hyperplanes do not meet the flat.
    merged : tuple of tuples of int
        Rows that became one hyperplane of the flat, where there is more than one.
    """

    arrangement: HyperplaneArrangement
    origin: ExactArray
    directions: ExactArray
    containing: tuple[int, ...]
    missing: tuple[int, ...]
    merged: tuple[tuple[int, ...], ...]

    def embed(self, points: Numbers) -> ExactArray:
        """Points of the flat in the original space, shape (n, k) to (n, d)."""
        y = exact(points, "points", ndim=2)
        if y.shape[1] != len(self.directions):
            raise InputError(f"points must have shape (n, {len(self.directions)}), got {y.shape}")
        ones = ExactArray(np.full((len(y), 1), 1, dtype=object))
        return y @ self.directions + ones @ self.origin.reshape(1, -1)


@dataclass(frozen=True)
class Essentialization:
    """An arrangement divided by its lineality space.

    Attributes
    ----------
    arrangement : HyperplaneArrangement
        In R^r, with the same sign vectors.
    projection : ExactArray, shape (r, d)
        A point x of the original space becomes ``projection @ x``; its signs stay.
    section : ExactArray, shape (d, r)
        A way back: ``projection @ section`` is the identity.
    lineality : ExactArray, shape (d - r, d)
        Rows that span the kernel of the projection: directions in which nothing changes.
    """

    arrangement: HyperplaneArrangement
    projection: ExactArray
    section: ExactArray
    lineality: ExactArray


@dataclass(frozen=True)
class Localization:
    """The hyperplanes through a flat.

    Attributes
    ----------
    arrangement : HyperplaneArrangement
    rows : tuple of int
        The rows of the original arrangement that it consists of.
    """

    arrangement: HyperplaneArrangement
    rows: tuple[int, ...]


def infinity_form(dimension: int) -> ExactArray:
    """The last coordinate of R^{d+1}."""
    return ExactArray(integer_rows([[0] * dimension + [1]], dimension + 1))[0]


def restricted_rows(
    lifted: ExactArray, equations: ExactArray
) -> tuple[ExactArray, ExactArray, ExactArray]:
    """Rows of the restriction to an affine subspace, and its origin and directions."""
    origin, directions = affine_subspace(equations)
    ends = ExactArray.concatenate([origin, ExactArray(np.array([1], dtype=object))])
    # Directions (y, 0) and the point (origin, 1) of the cone.
    nothing = ExactArray.zeros(len(directions), 1)
    frame = ExactArray.concatenate(
        [ExactArray.concatenate([directions, nothing], axis=1), ends.reshape(1, -1)]
    )
    return lifted @ frame.T, origin, directions


def row_classes(
    lifted: ExactArray,
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """Rows that are the whole space, that are empty, and that share a hyperplane."""
    form = infinity_form(lifted.shape[1] - 1).reshape(1, -1)
    member = distinct_hyperplanes(ExactArray.concatenate([form, lifted])).member[1:]
    groups: dict[int, list[int]] = {}
    for row, group in enumerate(member.tolist()):
        groups.setdefault(group, []).append(row)
    whole, empty = tuple(groups.pop(-1, [])), tuple(groups.pop(0, []))
    return whole, empty, tuple(tuple(rows) for rows in groups.values() if len(rows) > 1)


def essential_maps(
    normals: ExactArray,
) -> tuple[list[int], ExactArray, ExactArray, ExactArray]:
    """Columns that carry the rank, projection, section and lineality space.

    Notes
    -----
    In reduced echelon form R of the normals A, ``A = A[:, columns] @ R``.
    """
    width = normals.shape[1]
    basis, pivots = echelon(normals.numerators)
    leads = [int(row[p]) for row, p in zip(basis, pivots, strict=True)]
    projection = ExactArray.of_rows(basis, leads)
    section = ExactArray(identity(width)[:, pivots].copy())
    none = integer_rows([], width)
    lineality = kernel(normals.numerators) if width else none
    return pivots, projection, section, ExactArray(lineality)
