"""Dual subdivisions: regular subdivisions of Newton polytopes with their true cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from polytropic.arithmetic.numbers import ExactArray, FloatArray
from polytropic.geometry.descriptions import points_of
from polytropic.tropical.polynomial import TropicalPolynomial

__all__ = ["DualCell", "DualSubdivision"]


@dataclass(frozen=True)
class DualCell:
    """A maximal cell of a dual subdivision.

    Attributes
    ----------
    polynomial : TropicalPolynomial
    members : tuple of int
        All monomials whose lifted points lie on the upper facet, vertices or not.
    corners : tuple of int
        Those that are vertices of the cell.
    point_exact : ExactArray, shape (d,)
        The point of the tropical hypersurface that is dual to the cell.
    """

    polynomial: TropicalPolynomial
    members: tuple[int, ...]
    corners: tuple[int, ...]
    point_exact: ExactArray

    @property
    def vertices_exact(self) -> ExactArray:
        """Vertices of the cell, exact, shape (k, d), sorted."""
        return self.polynomial.exponents_exact[np.array(self.corners)]

    @property
    def vertices(self) -> FloatArray:
        """Vertices of the cell, shape (k, d), sorted."""
        return self.vertices_exact.to_float()

    @property
    def point(self) -> FloatArray:
        """Dual point of the hypersurface, shape (d,)."""
        return self.point_exact.to_float()


@dataclass(frozen=True, repr=False)
class DualSubdivision:
    """The projection of the upper faces of the lifted polytope (Zhang, Naitzat and Lim, sec. 3).

    Cells are the true ones: a square stays a square.  k-dimensional cells are dual to
    (d - k)-dimensional cells of the hypersurface.

    Attributes
    ----------
    polynomial : TropicalPolynomial

    Examples
    --------
    >>> f = TropicalPolynomial([[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 0])
    >>> [cell.vertices.tolist() for cell in f.dual_subdivision().maximal_cells]
    [[[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]]
    """

    polynomial: TropicalPolynomial

    @property
    def vertices(self) -> tuple[int, ...]:
        """Monomials that are vertices of the subdivision."""
        return self.polynomial._envelope.vertices

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Edges of the subdivision, as pairs of monomials."""
        return self.polynomial._envelope.edges

    @cached_property
    def maximal_cells(self) -> tuple[DualCell, ...]:
        """Cells of the dimension of the Newton polytope, in the order of their dual points."""
        envelope = self.polynomial._envelope
        extreme = set(envelope.vertices)
        points = points_of(envelope.generators)
        cells = []
        for index, row in enumerate(envelope.incidence[: envelope.n_upper]):
            members = tuple(int(i) for i in row.nonzero()[0])
            corners = tuple(i for i in members if i in extreme)
            cells.append(DualCell(self.polynomial, members, corners, points[index]))
        return tuple(sorted(cells, key=lambda cell: cell.point_exact.to_fractions().tolist()))

    def __len__(self) -> int:
        return len(self.maximal_cells)

    def __repr__(self) -> str:
        return f"DualSubdivision({len(self)} maximal cells of {self.polynomial!r})"
