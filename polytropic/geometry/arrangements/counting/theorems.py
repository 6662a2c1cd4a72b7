"""Counting theorems on zonotopes and arrangements, with their hypotheses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import NamedTuple

from polytropic.arithmetic.numbers import ExactArray
from polytropic.errors import InputError
from polytropic.geometry.arrangements.counting.genericity import is_generic

__all__ = [
    "Buck",
    "Regions",
    "buck",
    "generic_facet_count",
    "generic_vertex_count",
    "upper_vertex_bound",
    "zaslavsky",
]


class Regions(NamedTuple):
    """Numbers of regions of an arrangement.

    Attributes
    ----------
    regions : int
    bounded : int
        Relatively bounded ones: the bounded regions of the essentialisation.
    """

    regions: int
    bounded: int


@dataclass(frozen=True)
class Buck:
    """Numbers of faces of a generic affine arrangement in R^d.

    Attributes
    ----------
    faces : tuple of int, length d + 1
        Faces of dimension 0, ..., d.
    bounded_faces : tuple of int, length d + 1
    """

    faces: tuple[int, ...]
    bounded_faces: tuple[int, ...]

    @property
    def regions(self) -> int:
        """Number of regions."""
        return self.faces[-1]

    @property
    def bounded(self) -> int:
        """Number of bounded regions."""
        return self.bounded_faces[-1]


def generic_vertex_count(m: int, d: int, rows: ExactArray | None = None) -> int:
    """Vertices of a zonotope with m generic generators in R^d: ``2 sum_{i<d} C(m - 1, i)``.

    Parameters
    ----------
    m, d : int
    rows : ExactArray, shape (m, d), optional
        Generators, whose genericity is then checked.

    Raises
    ------
    InputError
        If a number is negative, or the generators are not generic.

    Notes
    -----
    ``2^m`` when m <= d.  The same number counts the chambers of the central arrangement (Schläfli
    1850; Cover 1965, Theorem 1).

    Examples
    --------
    >>> generic_vertex_count(100, 3), generic_vertex_count(2, 3)
    (9902, 4)
    """
    _checked(m, d, rows)
    return 1 if m == 0 or d == 0 else 2 * sum(comb(m - 1, i) for i in range(d))


def generic_facet_count(m: int, d: int, rows: ExactArray | None = None) -> int:
    """Facets of a zonotope with m generic generators in R^d: ``2 C(m, d - 1)``.

    Parameters
    ----------
    m, d : int
    rows : ExactArray, shape (m, d), optional
        Generators, whose genericity is then checked.

    Notes
    -----
    With m < d generators the zonotope is a cube of dimension m, with 2 m facets.

    Examples
    --------
    >>> generic_facet_count(4, 3), generic_facet_count(2, 3)
    (12, 4)
    """
    _checked(m, d, rows)
    return 2 * m if m < d else 2 * comb(m, d - 1) if d else 0


def zaslavsky(polynomial: Sequence[int]) -> Regions:
    """Regions of an arrangement from its characteristic polynomial: ``|chi(-1)|``, ``|chi(1)|``.

    Parameters
    ----------
    polynomial : sequence of int
        Coefficients, the highest first.

    Raises
    ------
    InputError
        If this is no characteristic polynomial: it starts with 1, and signs alternate until the
        coefficients vanish.

    Notes
    -----
    Zaslavsky (1975), "Facing up to arrangements", Theorems A and C.  A central arrangement with at
    least one hyperplane has no relatively bounded region.

    Examples
    --------
    Three lines in general position, ``t^2 - 3 t + 3``:

    >>> zaslavsky([1, -3, 3])
    Regions(regions=7, bounded=1)
    """
    coefficients = [int(c) for c in polynomial]
    sizes = [-c if k % 2 else c for k, c in enumerate(coefficients)]
    support = max((k + 1 for k, c in enumerate(sizes) if c), default=0)
    if not sizes or sizes[0] != 1 or min(sizes[:support]) <= 0:
        raise InputError(
            f"{coefficients} is no characteristic polynomial: give coefficients from the highest "
            f"on; the first is 1 and the signs alternate"
        )
    return Regions(sum(sizes), abs(sum(coefficients)))


def buck(m: int, d: int) -> Buck:
    """Faces of m affine hyperplanes in general position in R^d.

    Raises
    ------
    InputError
        If a number is negative.

    Notes
    -----
    Buck (1943), "Partition of space": each of the ``C(m, d - k)`` flats of dimension k holds the
    regions of m - d + k generic hyperplanes in R^k.

    Examples
    --------
    >>> found = buck(4, 2)
    >>> found.faces, found.regions, found.bounded
    ((6, 16, 11), 11, 3)
    """
    _checked(m, d, None)
    faces, bounded = [], []
    for k in range(d + 1):
        count, others = comb(m, d - k), m - d + k
        faces.append(count * sum(comb(others, i) for i in range(k + 1)) if count else 0)
        # No hyperplane bounds nothing, unless the space is a point.
        inside = comb(others - 1, k) if others > 0 else int(k == 0)
        bounded.append(count * inside)
    return Buck(tuple(faces), tuple(bounded))


def upper_vertex_bound(m: int, d: int, rows: ExactArray | None = None) -> int:
    """Most upper vertices of a sum of m segments in R^(d+1): ``sum_{j<=d} C(m, j)``.

    Parameters
    ----------
    m, d : int
    rows : ExactArray, shape (m, d + 1), optional
        Generators, whose shape is then checked; the bound holds for any.

    Notes
    -----
    Zhang, Naitzat and Lim (2018), "Tropical geometry of deep neural networks", Corollary 3.4.

    Examples
    --------
    >>> upper_vertex_bound(3, 2)
    7
    """
    _checked(m, d, None)
    if rows is not None and rows.shape != (m, d + 1):
        raise InputError(f"rows have shape {rows.shape}, not {(m, d + 1)}")
    return sum(comb(m, j) for j in range(d + 1))


def _checked(m: int, d: int, rows: ExactArray | None) -> None:
    if m < 0 or d < 0:
        raise InputError(f"m = {m} and d = {d} must not be negative")
    if rows is None:
        return
    if rows.shape != (m, d):
        raise InputError(f"rows have shape {rows.shape}, not {(m, d)}")
    found = is_generic(rows)
    if not found:
        raise InputError(f"the rows are not generic: {found.explanation}")
