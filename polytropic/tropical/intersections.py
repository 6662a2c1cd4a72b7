"""Stable intersections of tropical hypersurfaces, with multiplicities.

The stable intersection of the hypersurfaces of f_1, ..., f_k is the limit of their intersections
when they are moved apart a little in general directions.  Locally, at a cell of dimension d - k of
their common subdivision, it depends only on the faces F_1, ..., F_k of the dual subdivisions that
meet there, and the multiplicity of the cell is the mixed volume of these faces in the k-dimensional
lattice they span: whatever the directions, so nothing is moved and nothing has to be generic.  See
Maclagan and Sturmfels, "Introduction to Tropical Geometry" (2015), sections 3.6 and 4.6.
"""

from __future__ import annotations

from dataclasses import dataclass

import flint
import numpy as np

from polytropic.arithmetic.numbers import ExactArray, FloatArray, ObjectArray
from polytropic.errors import InputError
from polytropic.geometry.complexes import PolyhedralComplex
from polytropic.geometry.polytope import Polytope
from polytropic.geometry.volumes.mixed import mixed_volume
from polytropic.tropical.faces import MAX_FACES
from polytropic.tropical.mixed import MixedSubdivision, checked
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.volumes import along_the_lattice
from polytropic.tropical.weighted import WeightedComplex

__all__ = ["StableIntersection", "stable_intersection"]


@dataclass(frozen=True, eq=False, repr=False)
class StableIntersection(WeightedComplex):
    """A stable intersection of k tropical hypersurfaces in R^d, of dimension d - k, balanced.

    Attributes
    ----------
    complex, weights, ridges
        As for `WeightedComplex`; the weights are the multiplicities.
    polynomials : tuple of k TropicalPolynomial
    faces : tuple of tuple of k tuples of int
        For every maximal cell and every polynomial, the monomials that are vertices of the face
        that is dual to its hypersurface there.
    """

    polynomials: tuple[TropicalPolynomial, ...]
    faces: tuple[tuple[tuple[int, ...], ...], ...]

    @property
    def dimension(self) -> int:
        """Dimension d - k (if it is not empty)."""
        return self.polynomials[0].n_variables - len(self.polynomials)

    @property
    def points_exact(self) -> ExactArray:
        """The points of an intersection of dimension zero, in the order of `weights`."""
        if self.dimension:
            raise InputError(f"this intersection has dimension {self.dimension}; see its complex")
        chosen = [cell[0] for cell in self.complex.cells]
        return self.complex.vertices_exact[np.array(chosen, dtype=np.int64)]

    @property
    def points(self) -> FloatArray:
        """The same, correctly rounded, shape (n, d)."""
        return self.points_exact.to_float()

    def __repr__(self) -> str:
        return (
            f"StableIntersection({len(self)} maximal cells of dimension {self.dimension}, "
            f"total multiplicity {self.total_weight})"
        )


def stable_intersection(
    *polynomials: TropicalPolynomial, max_faces: int = MAX_FACES
) -> StableIntersection:
    """Stable intersection of the hypersurfaces of at most d tropical polynomials in d variables.

    Parameters
    ----------
    *polynomials : TropicalPolynomial
        With integer exponents.  The same one may come twice: curves have self-intersections.
    max_faces : int
        How many faces of their Cayley configuration may be listed.

    Returns
    -------
    StableIntersection
        Points if there are d polynomials.

    Raises
    ------
    InputError
        If there are no or too many polynomials, they do not mix, or an exponent is not an integer.
    BudgetError
        If there are too many faces.

    Notes
    -----
    One convex hull of all monomials in dimension d + k; for each cell of dimension d - k on all
    hypersurfaces one determinant, or a mixed volume where the input is degenerate.  The
    multiplicities of points add up to the mixed volume of the Newton polytopes (the tropical
    theorem of Bernstein).

    Examples
    --------
    A tropical line meets itself stably in its vertex:

    >>> line = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0])
    >>> meeting = stable_intersection(line, line)
    >>> meeting.points.tolist(), meeting.weights
    ([[0.0, 0.0]], (1,))
    """
    factors, k = checked(polynomials), len(polynomials)
    if k > factors[0].n_variables:
        raise InputError(
            f"{k} hypersurfaces in R^{factors[0].n_variables} have no stable intersection"
        )
    if any(f.exponents_exact.denominator != 1 for f in factors):
        raise InputError("multiplicities need integer exponents")
    division = MixedSubdivision(factors)
    faces = division.corners(k, max_faces=max_faces)
    sizes = [_multiplicity(factors, corners) for corners in faces]
    kept = [i for i, size in enumerate(sizes) if size]
    found = division.dual_cells(k, max_faces=max_faces)
    cells = tuple(found.cells[i] for i in kept)
    return StableIntersection(
        PolyhedralComplex(found.generators, found.lineality, cells),
        tuple(sizes[i] for i in kept),
        _ridges(division, k, cells, max_faces),
        factors,
        tuple(faces[i] for i in kept),
    )


def _ridges(
    division: MixedSubdivision, k: int, cells: tuple[tuple[int, ...], ...], max_faces: int
) -> tuple[tuple[int, ...], ...]:
    """Cells of codimension one that lie on one of the maximal cells."""
    if k == division.n_variables:
        return ()
    cells_of: dict[int, set[int]] = {}
    for cell, members in enumerate(cells):
        for generator in members:
            cells_of.setdefault(generator, set()).add(cell)
    none: set[int] = set()
    ridges = division.dual_cells(k + 1, max_faces=max_faces).cells
    around = [set.intersection(*(cells_of.get(g, none) for g in ridge)) for ridge in ridges]
    return tuple(ridge for ridge, cells in zip(ridges, around, strict=True) if cells)


def _multiplicity(
    polynomials: tuple[TropicalPolynomial, ...], corners: tuple[tuple[int, ...], ...]
) -> int:
    """Mixed volume of faces in the lattice of the integer points of their span."""
    if min(len(face) for face in corners) == 1:
        return 0
    steps: list[ObjectArray] = []
    for f, face in zip(polynomials, corners, strict=True):
        rows = f.exponents_exact[np.array(face)].numerators
        steps.append(rows - rows[:1])
    joined = ExactArray(np.concatenate(steps))
    if len(corners) < joined.shape[1]:
        joined = along_the_lattice(joined)
    ends = np.cumsum([len(part) for part in steps])[:-1]
    parts = np.split(joined.numerators, ends)
    if all(len(part) == 2 for part in parts):
        return abs(int(flint.fmpz_mat([part[1].tolist() for part in parts]).det()))
    return int(mixed_volume(*(Polytope.from_points(ExactArray(part)) for part in parts)))
