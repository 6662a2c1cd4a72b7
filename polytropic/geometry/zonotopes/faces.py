"""Faces of zonotopes by their sign vectors: counting, listing, and each as a zonotope."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np

from polytropic.arithmetic.bounded import SignArray
from polytropic.arithmetic.linalg import kernel, product
from polytropic.arithmetic.numbers import ExactArray, ObjectArray
from polytropic.arithmetic.rows import Rows
from polytropic.engines.linear_programs import solve
from polytropic.errors import InputError
from polytropic.geometry.arrangements.chambers import central_chambers
from polytropic.geometry.arrangements.counting.genericity import is_generic
from polytropic.geometry.arrangements.counting.whitney import (
    affine_whitney_numbers,
    count_chambers,
    face_numbers,
)
from polytropic.geometry.arrangements.hyperplanes import distinct_hyperplanes
from polytropic.geometry.arrangements.sign_vectors import SignVectors
from polytropic.geometry.zonotopes.zonotope import Zonotope

__all__ = [
    "ZonotopeFace",
    "count_upper_vertices",
    "count_vertices",
    "f_vector",
    "face",
    "faces",
    "is_face",
]

MAX_FLATS = 20_000_000
"""Most flats of one rank that counting keeps in memory, some hundred bytes each."""


# -- counting --------------------------------------------------------------------------------------
def count_vertices(zonotope: Zonotope) -> int:
    """Number of vertices, without listing them.

    Notes
    -----
    Zaslavsky: the absolute values of the coefficients of the characteristic polynomial of the
    arrangement add up to the number of its chambers.

    Raises
    ------
    BudgetError
        If that takes more than `MAX_FLATS` flats of one rank.
    """
    return count_chambers(zonotope.generators_exact, max_flats=MAX_FLATS)


def count_upper_vertices(zonotope: Zonotope) -> int:
    """Number of upper vertices: of regions of an affine arrangement; none is listed."""
    rows, upward = zonotope.generators_exact, zonotope._upward
    return sum(affine_whitney_numbers(rows, upward, max_flats=MAX_FLATS))


def f_vector(zonotope: Zonotope) -> tuple[int, ...]:
    """Numbers of faces of dimension 0, 1, ..., r, where r is the dimension of the zonotope.

    Notes
    -----
    Of generators in general position, C(m, k) flats of rank k have ``2 sum_{i < r-k} C(m-k-1, i)``
    faces each.  Otherwise faces of dimension k correspond to the faces of codimension k of the
    arrangement of hyperplanes normal to the generators.

    Examples
    --------
    >>> f_vector(Zonotope([[1, 0, 0], [0, 1, 0], [0, 0, 1]]))
    (8, 12, 6, 1)
    """
    if not zonotope.dimension:
        return (1,)
    planes = distinct_hyperplanes(zonotope.generators_exact)
    m, r = planes.rows.shape
    if is_generic(planes.rows):
        return (*(comb(m, k) * _generic_vertices(m - k, r - k) for k in range(r)), 1)
    # The arrangement has its least face, the lineality space, in dimension d - r.
    numbers = face_numbers(zonotope.generators_exact)
    return tuple(number for number in reversed(numbers) if number)


def _generic_vertices(m: int, d: int) -> int:
    """Vertices of a zonotope of m generators in R^d in general position."""
    return 2 * sum(comb(m - 1, i) for i in range(d))


# -- one face ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class ZonotopeFace:
    """A face of a zonotope.

    Attributes
    ----------
    zonotope : Zonotope
        The face itself: its generators are those of sign 0.
    signs : tuple of int, length m
        +1 for the generators of the whole zonotope that are added on the face, -1 for those that
        are not, 0 for those that are parallel to it.
    """

    zonotope: Zonotope
    signs: tuple[int, ...]

    @property
    def dimension(self) -> int:
        """Dimension of the face."""
        return self.zonotope.dimension


def face(zonotope: Zonotope, signs: Any) -> ZonotopeFace:
    """Return the face that a sign vector names.

    Parameters
    ----------
    zonotope : Zonotope
    signs : array_like of -1, 0, 1, shape (m,)

    Raises
    ------
    InputError
        If no face has this sign vector.

    Examples
    --------
    >>> edge = face(Zonotope([[1, 0], [0, 1], [1, 1]]), [0, 1, 1])
    >>> edge.zonotope.generators.tolist(), edge.zonotope.base.tolist(), edge.dimension
    ([[1.0, 0.0]], [1.0, 2.0], 1)
    """
    vector = _one(zonotope, signs)
    if not is_face(zonotope, vector):
        raise InputError(f"{vector.tolist()} is the sign vector of no face of this zonotope")
    base = zonotope.vertex_at(vector.reshape(1, -1))[0]
    generators = zonotope.generators_exact[np.flatnonzero(vector == 0)]
    return ZonotopeFace(Zonotope(generators, base), tuple(vector.tolist()))


def is_face(zonotope: Zonotope, signs: Any) -> bool:
    """Whether some linear function is positive, zero and negative where a sign vector says.

    Parameters
    ----------
    zonotope : Zonotope
    signs : array_like of -1, 0, 1, shape (m,)

    Returns
    -------
    bool

    Notes
    -----
    One exact linear program in d + 1 variables.

    Examples
    --------
    >>> hexagon = Zonotope([[1, 0], [0, 1], [1, 1]])
    >>> is_face(hexagon, [1, 0, 1]), is_face(hexagon, [1, 0, 0]), is_face(hexagon, [1, 1, -1])
    (True, False, False)
    """
    vector = _one(zonotope, signs)
    return witness(zonotope.generators_exact, vector) is not None


def witness(rows: ExactArray, signs: SignArray) -> tuple[Any, ...] | None:
    """A rational vector u with ``sign <row, u>`` as given for every row; None if there is none."""
    width = rows.shape[1]
    numerators = Rows.of(rows).integers()
    proper = np.flatnonzero(signs)
    side = signs[proper].astype(int).astype(object)
    strict = np.full((len(proper) + 1, width + 2), 0, dtype=object)
    strict[:-1, 1:-1] = numerators[proper] * side.reshape(-1, 1)
    strict[:-1, -1] = -1
    strict[-1, 0], strict[-1, -1] = 1, -1
    flat = np.full((len(signs) - len(proper), width + 2), 0, dtype=object)
    flat[:, 1:-1] = numerators[np.flatnonzero(signs == 0)]
    found = solve(Rows(None, strict), flat, [0] * width + [1])
    return tuple(found.point[:-1]) if found.value and found.value > 0 else None


def _one(zonotope: Zonotope, signs: Any) -> SignArray:
    vector = np.asarray(signs)
    if vector.ndim != 1:
        raise InputError(f"a sign vector has one axis, got shape {vector.shape}")
    return np.asarray(zonotope.as_signs(vector.reshape(1, -1)))[0]


# -- all faces -----------------------------------------------------------------------------------
def faces(zonotope: Zonotope, dimension: int) -> SignVectors:
    """Sign vectors of all faces of one dimension.

    Parameters
    ----------
    zonotope : Zonotope
    dimension : int
        From 0 (vertices) to the dimension of the zonotope (itself).

    Returns
    -------
    SignVectors, N vectors of width m
        `face` makes zonotopes of them.  Vector N-1-i is opposite to vector i, up to order within
        parallel faces.

    Raises
    ------
    InputError
        If there are no faces of this dimension.

    Notes
    -----
    The faces parallel to a flat of generators are the chambers that the other generators cut the
    orthogonal space of the flat into.

    Examples
    --------
    >>> cube = Zonotope([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    >>> [len(faces(cube, k)) for k in range(4)]
    [8, 12, 6, 1]
    """
    if not 0 <= dimension <= zonotope.dimension:
        raise InputError(f"a zonotope of dimension {zonotope.dimension} has no {dimension}-faces")
    if dimension == 0:
        return zonotope.sign_vectors
    if dimension == zonotope.dimension - 1:
        return zonotope.facets.sign_vectors
    rows = zonotope.generators_exact
    if dimension == zonotope.dimension:
        return SignVectors.from_signs(np.zeros((1, len(rows)), dtype=np.int8))
    planes = distinct_hyperplanes(rows)
    parts = [
        np.asarray(central_chambers(ExactArray(quotient)))
        for quotient in _quotients(planes.rows.numerators, dimension)
    ]
    signs = np.concatenate(parts)
    wide = np.zeros((len(signs), len(rows)), dtype=np.int8)
    kept = planes.member >= 0
    wide[:, kept] = signs[:, planes.member[kept]] * planes.orientation[kept]
    return SignVectors.from_signs(wide)


def _quotients(rows: ObjectArray, dimension: int) -> list[ObjectArray]:
    """The vectors modulo every flat of some rank, which become zero there."""
    level: dict[bytes, ObjectArray] = {b"": rows}
    for _ in range(dimension):
        following: dict[bytes, ObjectArray] = {}
        for quotient in level.values():
            classes = distinct_hyperplanes(ExactArray(quotient))
            inside = classes.member < 0
            for line in range(len(classes.rows)):
                key = np.packbits(inside | (classes.member == line)).tobytes()
                if key not in following:
                    following[key] = _modulo(quotient, int(classes.representative[line]))
        level = following
    return list(level.values())


def _modulo(rows: ObjectArray, index: int) -> ObjectArray:
    """Values of the rows on a basis of the space orthogonal to one of them."""
    return product(rows, kernel(rows[index : index + 1]))
