"""Tropical hypersurfaces as polyhedral complexes, and their two-coloured parts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from polytropic.arithmetic.numbers import IntArray, frozen
from polytropic.errors import InputError
from polytropic.geometry.complexes import PolyhedralComplex
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = ["TropicalHypersurface", "dual_complex"]


def dual_complex(f: TropicalPolynomial, faces: tuple[tuple[int, ...], ...]) -> PolyhedralComplex:
    """Cells of R^d where the monomials of each given face of the upper hull are all maximal."""
    envelope = f._envelope
    cells = tuple(envelope.facets_through(face) for face in faces)
    return PolyhedralComplex(frozen(envelope.generators), frozen(envelope.lineality), cells)


@dataclass(frozen=True, repr=False)
class TropicalHypersurface:
    """The set of points where at least two monomials of a tropical polynomial are maximal.

    Its maximal cells are dual to the edges of the dual subdivision, its vertices to the maximal
    cells, its rays to the facets of the Newton polytope.

    Attributes
    ----------
    polynomial : TropicalPolynomial

    Examples
    --------
    The tropical line:

    >>> line = TropicalPolynomial([[0, 0], [1, 0], [0, 1]], [0, 0, 0]).hypersurface()
    >>> line.complex.vertices, sorted(line.complex.rays.tolist())
    (array([[0., 0.]]), [[-1.0, 0.0], [0.0, -1.0], [1.0, 1.0]])
    >>> line.weights
    array([1, 1, 1])
    """

    polynomial: TropicalPolynomial

    @property
    def monomials(self) -> tuple[tuple[int, int], ...]:
        """For every maximal cell, the two regions that it separates."""
        return self.polynomial._envelope.edges

    @cached_property
    def complex(self) -> PolyhedralComplex:
        """The maximal cells, of dimension d - 1, in the order of `monomials`."""
        return dual_complex(self.polynomial, self.monomials)

    @cached_property
    def regions(self) -> PolyhedralComplex:
        """Closures of the linear regions, one per vertex of the dual subdivision."""
        vertices = self.polynomial._envelope.vertices
        return dual_complex(self.polynomial, tuple((i,) for i in vertices))

    @cached_property
    def weights(self) -> IntArray:
        """Lattice length of the edge dual to every maximal cell.

        Raises
        ------
        InputError
            If an exponent is not an integer.
        """
        powers = self.polynomial.exponents_exact
        if powers.denominator != 1:
            raise InputError("weights need integer exponents")
        rows = powers.numerators
        lengths = [math.gcd(*(rows[i] - rows[j]).tolist()) for i, j in self.monomials]
        return frozen(np.array(lengths, dtype=np.int64))

    def __repr__(self) -> str:
        return f"TropicalHypersurface({len(self.monomials)} maximal cells of {self.polynomial!r})"
