"""Tropical curves in the plane: degree, genus, edges, smoothness."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from polytropic.errors import InputError
from polytropic.geometry.lattice import interior_lattice_points
from polytropic.tropical.polynomial import TropicalPolynomial
from polytropic.tropical.subdivision import DualSubdivision

__all__ = ["PlaneCurve", "plane_curve"]


@dataclass(frozen=True)
class PlaneCurve:
    """Numbers of a tropical curve in the plane.

    Attributes
    ----------
    degree : int
        Degree of the projective closure: the number of points, with multiplicities, in which the
        curve meets a general tropical line.  (Common factors that are monomials do not count.)
    genus : int
        First Betti number of the curve, its number of independent cycles.  That is the number of
        bounded regions: of vertices of the dual subdivision inside the Newton polygon (for a
        curve that is not empty; parallel lines have genus 0).
    arithmetic_genus : int
        Number of integer points inside the Newton polygon: what the genus is at most, and of a
        smooth curve exactly.
    n_crossings : int
        Parallelograms of the dual subdivision: vertices at which two lines cross.
    n_vertices, n_bounded_edges, n_unbounded_edges : int
        Parallel lines have no vertex; a line counts as one unbounded edge.
    is_smooth : bool
        Whether the dual subdivision is a unimodular triangulation.
    self_intersection : int
        Total multiplicity of the stable intersection with itself: twice the area of the Newton
        polygon.
    """

    degree: int
    genus: int
    arithmetic_genus: int
    n_crossings: int
    n_vertices: int
    n_bounded_edges: int
    n_unbounded_edges: int
    is_smooth: bool
    self_intersection: int


def plane_curve(f: TropicalPolynomial) -> PlaneCurve:
    """Degree, genus and further numbers of the tropical curve of a polynomial in two variables.

    Parameters
    ----------
    f : TropicalPolynomial
        In two variables, with integer exponents.

    Returns
    -------
    PlaneCurve

    Raises
    ------
    InputError
        If there are not two variables, an exponent is not an integer, or f is the tropical zero.

    Examples
    --------
    A honeycomb cubic has one cycle:

    >>> exponents = [(i, j) for i in range(4) for j in range(4 - i)]
    >>> f = TropicalPolynomial(exponents, [-(i * i + i * j + j * j) for i, j in exponents])
    >>> curve = plane_curve(f)
    >>> curve.degree, curve.genus, curve.is_smooth, curve.self_intersection
    (3, 1, True, 9)
    """
    if not isinstance(f, TropicalPolynomial) or f.n_variables != 2:
        raise InputError(f"a plane curve needs a TropicalPolynomial in two variables, got {f!r}")
    if f.exponents_exact.denominator != 1:
        raise InputError("degree and genus need integer exponents")
    division = f.dual_subdivision()
    walls = f._envelope.newton.members
    powers = f.exponents_exact.numerators
    sums = powers.sum(axis=1)
    flat = division.dimension < 2
    area = Fraction(0) if flat else sum(division.normalised_volumes, Fraction(0))
    on_wall = np.zeros(f.n_monomials, dtype=bool)
    on_wall[walls.indices] = True
    unbounded = _unbounded(f)
    return PlaneCurve(
        degree=int(max(sums) - min(powers[:, 0]) - min(powers[:, 1])),
        genus=0 if flat else int((~on_wall[list(division.vertices)]).sum()),
        arithmetic_genus=0 if flat else len(interior_lattice_points(f.newton_polytope())),
        n_crossings=0 if flat else _parallelograms(division),
        n_vertices=0 if flat else len(division),
        n_bounded_edges=len(division.edges) - unbounded,
        n_unbounded_edges=unbounded,
        is_smooth=not flat and division.is_unimodular,
        self_intersection=int(area),
    )


def _unbounded(f: TropicalPolynomial) -> int:
    """Edges on the boundary of the Newton polygon; all of them, if that is a segment."""
    table = f._envelope.edge_table
    if f._envelope.dimension < 2:
        return len(table.edges)
    rays = table.facets[:, f._envelope.n_upper :]
    return int((np.diff(rays.tocsr().indptr) > 0).sum())


def _parallelograms(division: DualSubdivision) -> int:
    corners = division.corners
    count = 0
    powers = division.polynomial.exponents_exact.numerators
    for cell in np.flatnonzero(np.diff(corners.indptr) == 4).tolist():
        four = powers[corners.indices[corners.indptr[cell] : corners.indptr[cell + 1]]].tolist()
        # Sorted corners of a parallelogram: the first and the last are opposite.
        (a, b), (c, d), (e, g), (h, i) = four
        count += (a + h, b + i) == (c + e, d + g)
    return count
