"""Polyhedral complexes as values: cells given by the indices of shared vertices and rays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from polytropic.arithmetic.numbers import ExactArray, FloatArray, ObjectArray
from polytropic.geometry.descriptions import points_of
from polytropic.geometry.polytope import Polytope, directions_of

__all__ = ["Cell", "PolyhedralComplex"]


@dataclass(frozen=True, eq=False)
class PolyhedralComplex:
    """A finite set of polyhedra that meet in common faces.

    Attributes
    ----------
    generators : object array, shape (n, d + 1)
        Homogeneous integer rows ``(t, x)``: points have t > 0, directions t = 0.
    lineality : object array, shape (l, d + 1)
        Directions contained with both signs in every cell.
    cells : tuple of tuple of int
        The maximal cells, as indices into `generators`; each has at least one point.
    """

    generators: ObjectArray
    lineality: ObjectArray
    cells: tuple[tuple[int, ...], ...]

    @property
    def ambient_dimension(self) -> int:
        """Dimension d of the space."""
        return int(self.generators.shape[1] - 1)

    @cached_property
    def vertices_exact(self) -> ExactArray:
        """All vertices as exact rationals, shape (n, d)."""
        return points_of(self.generators)

    @property
    def vertices(self) -> FloatArray:
        """All vertices, correctly rounded."""
        return self.vertices_exact.to_float()

    @cached_property
    def rays_exact(self) -> ExactArray:
        """All ray directions as primitive integers, shape (k, d)."""
        return directions_of(self.generators)

    @property
    def rays(self) -> FloatArray:
        """All ray directions as float64."""
        return self.rays_exact.to_float()

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, index: int) -> Cell:
        return Cell(self, self.cells[index])

    def __iter__(self) -> Iterator[Cell]:
        return (Cell(self, members) for members in self.cells)

    def __repr__(self) -> str:
        return f"PolyhedralComplex({len(self)} maximal cells in dimension {self.ambient_dimension})"


@dataclass(frozen=True, eq=False)
class Cell:
    """One cell of a complex."""

    complex: PolyhedralComplex
    members: tuple[int, ...]

    @cached_property
    def _rows(self) -> ObjectArray:
        return self.complex.generators[list(self.members)]

    @property
    def vertices_exact(self) -> ExactArray:
        """Vertices as exact rationals, shape (n, d)."""
        return points_of(self._rows)

    @property
    def vertices(self) -> FloatArray:
        """Vertices, correctly rounded."""
        return self.vertices_exact.to_float()

    @property
    def rays(self) -> FloatArray:
        """Ray directions, shape (k, d)."""
        return directions_of(self._rows).to_float()

    @property
    def polytope(self) -> Polytope:
        """The cell as a polyhedron."""
        return Polytope._from_rows(self._rows, self.complex.lineality)

    @property
    def dimension(self) -> int:
        """Dimension of the cell."""
        return self.polytope.dimension
