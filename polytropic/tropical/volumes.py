"""Normalised volumes of the cells of a subdivision, exactly."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from polytropic.arithmetic.linalg import kernel
from polytropic.arithmetic.minors import normals
from polytropic.arithmetic.numbers import ExactArray, ObjectArray
from polytropic.errors import InputError
from polytropic.geometry.lattice.bases import coordinates, split_lattice
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.volumes.measure import volume

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["along_the_lattice", "normalised_volumes"]


def along_the_lattice(vectors: ExactArray) -> ExactArray:
    """Coordinates of integer vectors in a lattice basis of the integer points of their span.

    Examples
    --------
    >>> from polytropic.arithmetic.numbers import exact
    >>> sorted(map(abs, along_the_lattice(exact([[2, 2], [3, 3]])).numerators.ravel().tolist()))
    [2, 3]
    """
    basis = split_lattice(kernel(vectors.numerators))[2]
    return coordinates(vectors, basis)


def normalised_volumes(
    points: ExactArray, cells: csr_array, dimension: int
) -> tuple[Fraction, ...]:
    """Volumes of polytopes on shared points in units of the smallest lattice simplices.

    Parameters
    ----------
    points : ExactArray, shape (n, d)
    cells : csr_array, shape (k, n)
        Vertices of each polytope, all of which have the dimension of all points together.
    dimension : int

    Raises
    ------
    InputError
        If that is less than d and a point is not integral.

    Notes
    -----
    One determinant for each simplex; the others are measured by `polytropic.volume`.
    """
    if not dimension:
        return (Fraction(1),) * cells.shape[0]
    if dimension < points.shape[1]:
        if points.denominator != 1:
            raise InputError("volumes of a flat Newton polytope need integer exponents")
        points = along_the_lattice(ExactArray(points.numerators - points.numerators[:1]))
    sizes = np.diff(cells.indptr)
    found: list[Fraction] = [Fraction(0)] * cells.shape[0]
    simplices = np.flatnonzero(sizes == dimension + 1)
    if len(simplices):
        starts = cells.indptr[simplices]
        lists = cells.indices[starts[:, None] + np.arange(dimension + 1)]
        unit = points.denominator**dimension
        for cell, size in zip(
            simplices.tolist(), _determinants(points.numerators[lists]), strict=True
        ):
            found[cell] = Fraction(size, unit)
    for cell in np.flatnonzero(sizes > dimension + 1).tolist():
        corners = cells.indices[cells.indptr[cell] : cells.indptr[cell + 1]]
        polytope = Polytope.from_points(points[corners.astype(np.int64)])
        found[cell] = volume(polytope) * math.factorial(dimension)
    return tuple(found)


def _determinants(corners: ObjectArray) -> list[int]:
    """Absolute determinants of the edge vectors of simplices, corners of shape (k, d + 1, d)."""
    edges = (corners[:, 1:] - corners[:, :1]).transpose(1, 2, 0)
    planes = normals(np.ascontiguousarray(edges[:-1]))
    return [abs(value) for value in (planes * edges[-1]).sum(axis=0).tolist()]
