"""Exact volume and centroid of polytopes."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import flint
import numpy as np

from polytropic.arithmetic.numbers import ExactArray, exact
from polytropic.errors import EmptyPolytopeError, InputError
from polytropic.geometry.faces import triangulation
from polytropic.geometry.polytope import Polytope

__all__ = ["centroid", "volume"]


def volume(polytope: Polytope) -> Fraction:
    """Exact d-dimensional volume; zero for flat polytopes, in units of the coordinates.

    Parameters
    ----------
    polytope : Polytope
        Bounded.

    Returns
    -------
    Fraction

    Raises
    ------
    InputError
        If the polyhedron is unbounded.

    Notes
    -----
    The sum of determinants over a triangulation by pulling.

    Examples
    --------
    >>> volume(Polytope.from_points([[0, 0], [1, 0], [0, 1]]))
    Fraction(1, 2)
    """
    if not polytope.is_bounded:
        raise InputError("the polyhedron is unbounded: it has no volume")
    if polytope.dimension < polytope.ambient_dimension:
        return Fraction(0)
    total = sum((weight for weight, _ in _simplices(polytope)), Fraction(0))
    return total / factorial(polytope.ambient_dimension)


def centroid(polytope: Polytope) -> ExactArray:
    """Exact centre of mass of a full-dimensional polytope, shape (d,).

    Raises
    ------
    EmptyPolytopeError, InputError
        If the polytope is empty, flat or unbounded.

    Examples
    --------
    >>> centroid(Polytope.from_points([[0, 0], [3, 0], [0, 3]])).to_fractions().tolist()
    [Fraction(1, 1), Fraction(1, 1)]
    """
    if polytope.is_empty:
        raise EmptyPolytopeError("the empty polytope has no centroid")
    if not polytope.is_bounded or polytope.dimension < polytope.ambient_dimension:
        raise InputError("only a bounded, full-dimensional polytope has a centroid here")
    total, moment = Fraction(0), np.full(polytope.ambient_dimension, Fraction(0), dtype=object)
    for weight, corners in _simplices(polytope):
        total += weight
        moment = moment + weight * corners.sum(axis=0) / len(corners)
    return exact(moment / total)


def _simplices(polytope: Polytope) -> list[tuple[Fraction, np.ndarray]]:
    """Weights (d! times volume) and corners of a triangulation."""
    points = polytope.vertices_exact.to_fractions()
    rows = polytope.description.generators
    found = []
    for simplex in triangulation(polytope):
        chosen = rows[list(simplex)]
        determinant = abs(int(flint.fmpz_mat(chosen.tolist()).det()))
        heights = int(np.prod(chosen[:, 0]))
        found.append((Fraction(determinant, heights), points[list(simplex)]))
    return found
