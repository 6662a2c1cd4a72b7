"""Summands of a Minkowski sum without the lines of the sum.

Modulo its lines a polyhedron has vertices.  The sum may contain lines that no summand contains: two
opposite rays make one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polytropic.arithmetic.linalg import echelon, integer_rows, kernel
from polytropic.arithmetic.numbers import ExactArray, IntArray, ObjectArray
from polytropic.geometry.polytope import Polytope

__all__ = ["Quotient", "quotient"]


@dataclass(frozen=True, eq=False)
class Quotient:
    """Summands modulo the lines of their sum, in coordinates that span the rest.

    Attributes
    ----------
    summands : list of Polytope
        Without lines.
    origins : list of int array
        Vertex of the given polyhedron from which each vertex comes.
    lineality : object array, shape (l, d)
        Echelon basis of the lines of the sum.
    columns : list of int
        Coordinates in which the edges are told apart.
    """

    summands: list[Polytope]
    origins: list[IntArray]
    lineality: ObjectArray
    columns: list[int]

    def pull_back(self, functionals: ExactArray) -> ExactArray:
        """Linear functions of the chosen coordinates as functions on the whole space."""
        size = self.lineality.shape[1]
        if len(self.columns) == size:
            return functionals
        wide = np.full((len(functionals), size), 0, dtype=object)
        wide[:, self.columns] = functionals.numerators
        factor = 1
        for line in self.lineality.tolist():
            pivot = next(j for j, entry in enumerate(line) if entry)
            heights = wide @ np.array(line, dtype=object)
            wide, factor = wide * line[pivot], factor * line[pivot]
            wide[:, pivot] = -heights
        return ExactArray(wide, functionals.denominator * factor)


def quotient(polytopes: Sequence[Polytope]) -> Quotient:
    """Divide by the lines of the sum (two opposite rays make one) and choose coordinates."""
    size = polytopes[0].ambient_dimension
    lineality = _lines_of_sum(polytopes)
    summands = list(polytopes)
    origins = [np.arange(part.n_vertices) for part in polytopes]
    if len(lineality):
        divided = [_divided(part, lineality) for part in polytopes]
        summands, origins = [part for part, _ in divided], [origin for _, origin in divided]
    if any(part.dimension == size for part in summands):
        return Quotient(summands, origins, lineality, list(range(size)))
    spans = [kernel(part.description.equations[:, 1:]) for part in summands]
    return Quotient(summands, origins, lineality, echelon(np.concatenate(spans))[1])


def _lines_of_sum(polytopes: Sequence[Polytope]) -> ObjectArray:
    size = polytopes[0].ambient_dimension
    if all(part.is_bounded for part in polytopes):
        return integer_rows([], size)
    rays = ExactArray.concatenate([part.rays_exact for part in polytopes])
    lines = ExactArray.concatenate([part.lines_exact for part in polytopes])
    cone = Polytope.from_points(ExactArray.zeros(1, size), rays, lines)
    return cone.description.lineality[:, 1:]


def _divided(polytope: Polytope, lineality: ObjectArray) -> tuple[Polytope, IntArray]:
    """Image modulo lines, and for each of its vertices the first one that is mapped to it."""
    points = _modulo(polytope.vertices_exact, lineality)
    rays = _modulo(polytope.rays_exact, lineality)
    image = Polytope.from_points(points, rays)
    first: dict[tuple[object, ...], int] = {}
    for index, row in enumerate(points.to_fractions().tolist()):
        first.setdefault(tuple(row), index)
    rows = image.vertices_exact.to_fractions().tolist()
    return image, np.array([first[tuple(row)] for row in rows], dtype=np.int64)


def _modulo(points: ExactArray, lineality: ObjectArray) -> ExactArray:
    """Subtract multiples of the lines until their pivot coordinates vanish."""
    for line in lineality.tolist():
        pivot = next(j for j, entry in enumerate(line) if entry)
        vector = ExactArray(integer_rows([line], len(line)))
        points = points * line[pivot] - points[:, [pivot]] @ vector
        points = ExactArray(points.numerators, points.denominator * line[pivot])
    return points
