"""Weighted polyhedral complexes and the balancing condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from polytropic.arithmetic.linalg import echelon, integer_rows, primitive, product
from polytropic.arithmetic.numbers import ObjectArray
from polytropic.geometry.complexes import PolyhedralComplex
from polytropic.geometry.lattice.bases import split_lattice

__all__ = ["WeightedComplex"]


@dataclass(frozen=True, eq=False, repr=False)
class WeightedComplex:
    """A pure polyhedral complex with rational slopes and an integer weight on each maximal cell.

    Attributes
    ----------
    complex : PolyhedralComplex
        Its cells are the maximal ones.
    weights : tuple of int
        One for each.
    ridges : tuple of tuple of int
        Cells of codimension one, as indices of generators like the maximal cells.

    Examples
    --------
    >>> from polytropic.tropical.polynomial import TropicalPolynomial
    >>> line = TropicalPolynomial([[0, 0], [2, 0], [0, 1]], [0, 0, 0]).hypersurface().weighted
    >>> line.weights, [total.tolist() for total in line.balancing()]
    ((1, 2, 1), [[0, 0]])
    """

    complex: PolyhedralComplex
    weights: tuple[int, ...]
    ridges: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.weights)

    def __repr__(self) -> str:
        return f"WeightedComplex({len(self)} maximal cells of total weight {self.total_weight})"

    @property
    def total_weight(self) -> int:
        """Sum of all weights: of points, their number with multiplicities."""
        return sum(self.weights)

    @cached_property
    def cells_around(self) -> tuple[tuple[int, ...], ...]:
        """For every ridge the maximal cells that contain it."""
        cells_of: dict[int, set[int]] = {}
        for cell, members in enumerate(self.complex.cells):
            for generator in members:
                cells_of.setdefault(generator, set()).add(cell)
        none: set[int] = set()
        return tuple(
            tuple(sorted(set.intersection(*(cells_of.get(g, none) for g in ridge))))
            for ridge in self.ridges
        )

    def balancing(self) -> tuple[ObjectArray, ...]:
        """For every ridge the sum of weights times primitive vectors pointing into its cells.

        Returns
        -------
        tuple of object arrays of int
            One for each ridge, in a basis of the lattice Z^d modulo the span of the ridge: all of
            them zero exactly if the complex is balanced.

        Notes
        -----
        Read off the coordinates alone; two small integer matrices are reduced for each ridge.
        """
        rows = self.complex.generators
        sums = []
        for ridge, around in zip(self.ridges, self.cells_around, strict=True):
            origin = next(rows[g] for g in ridge if rows[g][0])
            quotient = self._quotient(_steps(rows[list(ridge)], origin))
            total = [0] * len(quotient)
            for cell in around:
                outside = sorted(set(self.complex.cells[cell]) - set(ridge))
                steps = product(_steps(rows[outside], origin), quotient).tolist()
                step = primitive(next(entries for entries in steps if any(entries)))
                total = [t + self.weights[cell] * s for t, s in zip(total, step, strict=True)]
            sums.append(np.array(total, dtype=object))
        return tuple(sums)

    def is_balanced(self) -> bool:
        """Whether the weighted primitive vectors around every ridge add up to zero, exactly."""
        return not any(any(total.tolist()) for total in self.balancing())

    def _quotient(self, steps: ObjectArray) -> ObjectArray:
        """Lattice basis of the integer functionals that vanish on a ridge's directions."""
        directions = np.concatenate([steps, self.complex.lineality[:, 1:]])
        return split_lattice(echelon(directions)[0])[2]


def _steps(generators: Sequence[ObjectArray] | ObjectArray, origin: ObjectArray) -> ObjectArray:
    """Positive multiples of the directions from a point to other points and along rays."""
    height, start = origin[0], origin[1:]
    moved = [row[1:] * height - start * row[0] for row in generators]
    return integer_rows([step.tolist() for step in moved], len(start))
