"""Exact volumes, areas and centroids of polytopes."""

from __future__ import annotations

import math
from fractions import Fraction

import flint
import numpy as np

from polytropic.arithmetic.linalg import product
from polytropic.arithmetic.numbers import ExactArray, ObjectArray, exact
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.volumes.lawrence import is_simple, lawrence_centroid, lawrence_volume
from polytropic.geometry.volumes.relative import (
    RelativeVolume,
    relative_volume,
    relative_volumes_of_facets,
)

__all__ = ["centroid", "normalised_volume", "surface_area", "volume", "volume_squared"]

_MAX_FACES = 2_000_000
_LONG = 64  # bits of a denominator
_PRECISIONS = (128, 512, 2048, 8192)


def volume(polytope: Polytope, *, max_faces: int = _MAX_FACES) -> Fraction:
    """Exact d-dimensional volume; zero for flat polytopes, in units of the coordinates.

    Parameters
    ----------
    polytope : Polytope
        Bounded.
    max_faces : int
        How many faces of the polytope may be measured on the way.

    Returns
    -------
    Fraction

    Raises
    ------
    InputError
        If the polyhedron is unbounded.
    BudgetError
        If there are too many faces.

    Notes
    -----
    Of a simplicial polytope one determinant per facet; of a simple one whose vertices have long
    denominators Lawrence's formula, one linear system per vertex; of others the recursion over
    faces of Cohen and Hickey with a memory, without determinants but those of the vertices if it is
    simple (see `polytropic.geometry.volumes.relative` and `polytropic.geometry.volumes.lawrence`).

    Examples
    --------
    >>> volume(Polytope.from_points([[0, 0], [1, 0], [0, 1]]))
    Fraction(1, 2)
    """
    _check_bounded(polytope)
    if polytope.dimension < polytope.ambient_dimension:
        return Fraction(0)
    if _has_long_vertices(polytope):
        return lawrence_volume(polytope.description)
    measured = relative_volume(polytope.description, max_faces=max_faces)
    edges, common = _edges(polytope, measured.basis)
    determinant = abs(int(flint.fmpz_mat(edges.tolist()).det())) if len(edges) else 1
    size = Fraction(determinant, common ** len(edges))
    return measured.ratio * size / math.factorial(len(edges))


def volume_squared(polytope: Polytope, *, max_faces: int = _MAX_FACES) -> Fraction:
    """Exact square of the k-dimensional volume of a polytope of dimension k.

    The volume of a flat polytope (in its affine hull, in units of the coordinates) need not be
    rational; its square is.

    Parameters
    ----------
    polytope : Polytope
        Bounded.  One point has volume one, the empty polytope zero.
    max_faces : int
        As for `volume`.

    Examples
    --------
    >>> volume_squared(Polytope.from_points([[0, 0, 0], [1, 1, 0], [0, 1, 1]]))
    Fraction(3, 4)
    """
    _check_bounded(polytope)
    if polytope.is_empty:
        return Fraction(0)
    return _squared(polytope, relative_volume(polytope.description, max_faces=max_faces))


def normalised_volume(polytope: Polytope, *, max_faces: int = _MAX_FACES) -> int:
    """Volume of a lattice polytope in units of the smallest lattice simplices of its affine hull.

    That is k! times the volume for which a fundamental cell of Z^d in the affine hull has volume
    one, for a polytope of dimension k: an integer.

    Parameters
    ----------
    polytope : Polytope
        Bounded, with integer vertices.
    max_faces : int
        As for `volume`.

    Raises
    ------
    InputError
        If the polyhedron is unbounded, or a vertex is not integral.

    Examples
    --------
    The permutahedron of n letters has (n - 1)! times n^(n - 2), the number of labelled trees.

    >>> from itertools import permutations
    >>> normalised_volume(Polytope.from_points(list(permutations(range(4))))) == 6 * 16
    True
    """
    _check_bounded(polytope)
    if polytope.is_empty:
        return 0
    if any(height != 1 for height in polytope.description.generators[:, 0].tolist()):
        raise InputError(
            "the polytope has a vertex that is not integral: it is no lattice polytope"
        )
    measured = relative_volume(polytope.description, max_faces=max_faces)
    edges, _ = _edges(polytope, measured.basis)
    # The invariant factors multiply to the index of the edges among all lattice vectors.
    factors = flint.fmpz_mat(edges.tolist()).snf() if edges.size else flint.fmpz_mat(0, 0)
    index = math.prod(int(factors[i, i]) for i in range(len(edges)))
    return int(measured.ratio * index)


def surface_area(polytope: Polytope, *, max_faces: int = _MAX_FACES) -> float:
    """Total (k - 1)-dimensional volume of the facets, correctly rounded.

    Parameters
    ----------
    polytope : Polytope
        Bounded, of dimension k >= 1.
    max_faces : int
        As for `volume`.

    Returns
    -------
    float
        The float64 nearest to the sum of square roots that the area is.

    Raises
    ------
    EmptyPolytopeError, InputError
        If the polytope is empty, unbounded or a point.
    BudgetError
        If there are too many faces.

    Examples
    --------
    >>> surface_area(Polytope.box(0, 1, dim=3))
    6.0
    >>> surface_area(Polytope.from_points([[1, 0, 0], [0, 1, 0], [0, 0, 1]])) == 18**0.5
    True
    """
    _check_bounded(polytope)
    if polytope.dimension < 1:
        raise EmptyPolytopeError("a polytope needs dimension one or more to have facets")
    parts = relative_volumes_of_facets(polytope.description, max_faces=max_faces)
    return _sum_of_roots([_squared(polytope, part) for part in parts])


def centroid(polytope: Polytope, *, max_faces: int = _MAX_FACES) -> ExactArray:
    """Exact centre of mass, shape (d,); of a flat polytope, within its affine hull.

    Parameters
    ----------
    polytope : Polytope
        Bounded.
    max_faces : int
        As for `volume`.

    Raises
    ------
    EmptyPolytopeError, InputError
        If the polytope is empty or unbounded.
    BudgetError
        If there are too many faces.

    Examples
    --------
    >>> centroid(Polytope.from_points([[0, 0], [3, 0], [0, 3]])).to_fractions().tolist()
    [Fraction(1, 1), Fraction(1, 1)]
    """
    if polytope.is_empty:
        raise EmptyPolytopeError("the empty polytope has no centroid")
    _check_bounded(polytope)
    if _has_long_vertices(polytope):
        return _over_one_denominator(lawrence_centroid(polytope.description))
    measured = relative_volume(polytope.description, moments=True, max_faces=max_faces)
    corners = polytope.dimension + 1
    middle = np.empty(polytope.ambient_dimension, dtype=object)
    middle[:] = [entry / (measured.ratio * corners) for entry in measured.moment]
    return exact(middle)


def _over_one_denominator(entries: list[flint.fmpq]) -> ExactArray:
    """Collect fractions, in FLINT: they may have a million digits."""
    common = flint.fmpz(1)
    for entry in entries:
        common = common.lcm(entry.q)
    numerators = np.empty(len(entries), dtype=object)
    numerators[:] = [int((entry * common).p) for entry in entries]
    return ExactArray(numerators, int(common))


def _has_long_vertices(polytope: Polytope) -> bool:
    """Whether it is simple and full-dimensional, and sums of its fractions are best avoided."""
    if not 1 < polytope.dimension == polytope.ambient_dimension:
        return False
    heights = polytope.description.generators[:, 0].tolist()
    return max(heights).bit_length() > _LONG and is_simple(polytope.description)


def _edges(polytope: Polytope, basis: tuple[int, ...]) -> tuple[ObjectArray, int]:
    """Edges from the first corner of a simplex of vertices, as integers over one denominator."""
    corners = polytope.vertices_exact[list(basis)]
    edges: ObjectArray = corners.numerators[1:] - corners.numerators[:1]
    return edges, corners.denominator


def _squared(polytope: Polytope, measured: RelativeVolume) -> Fraction:
    """Square of a volume, by Gram's determinant of the edges of the simplex that measures it."""
    edges, common = _edges(polytope, measured.basis)
    gram = int(flint.fmpz_mat(product(edges, edges).tolist()).det()) if edges.size else 1
    size = Fraction(gram, common ** (2 * len(edges)))
    return measured.ratio**2 * size / math.factorial(len(edges)) ** 2


def _sum_of_roots(squares: list[Fraction]) -> float:
    """Nearest float to a sum of square roots, from enclosures of growing precision.

    A sum that is a tie between two floats, or closer to one than the last precision can tell, gets
    one of the two.
    """
    previous = flint.ctx.prec
    try:
        for precision in _PRECISIONS:
            flint.ctx.prec = precision
            roots = [flint.arb(flint.fmpq(s.numerator, s.denominator)).sqrt() for s in squares]
            total = sum(roots, flint.arb(0))
            low, high = (_nearest(end) for end in (total.lower(), total.upper()))
            if low == high:
                break
        return low
    finally:
        flint.ctx.prec = previous


def _nearest(value: flint.arb) -> float:
    mantissa, exponent = value.mid().man_exp()
    size = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    try:
        return size.numerator / size.denominator
    except OverflowError:
        return math.inf


def _check_bounded(polytope: Polytope) -> None:
    if not polytope.is_bounded:
        raise InputError("the polyhedron is unbounded: it has no volume")
