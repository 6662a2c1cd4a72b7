"""Double descriptions: a polyhedron with its generators, its facets and their incidences.

All rows are homogeneous and integer: generators ``(t, x)``, inequalities r with
``r . (t, x) >= 0``.  The result is canonical (minimal, primitive, reduced modulo lineality or
equations, sorted), so equal polyhedra have equal descriptions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import (
    echelon,
    identity,
    integer_rows,
    kernel,
    product,
    reduce_modulo,
)
from polytropic.arithmetic.numbers import ObjectArray
from polytropic.arithmetic.signs import product_signs
from polytropic.engines import hulls
from polytropic.geometry.incidence import irredundant

__all__ = ["DoubleDescription", "from_generators", "from_inequalities"]


@dataclass(frozen=True, eq=False)
class DoubleDescription:
    """Canonical generators and inequalities of a polyhedron in R^d.

    Attributes
    ----------
    generators : object array, shape (n, d + 1)
        Vertices first (t > 0), then rays (t = 0); minimal.
    lineality : object array, shape (l, d + 1)
        Echelon basis of the lineality space.
    facets : object array, shape (k, d + 1)
        One row per facet; minimal.
    equations : object array, shape (m, d + 1)
        Echelon basis of the equations of the affine hull.
    """

    generators: ObjectArray
    lineality: ObjectArray
    facets: ObjectArray
    equations: ObjectArray

    @property
    def n_vertices(self) -> int:
        """Number of generators that are points."""
        return sum(1 for row in self.generators.tolist() if row[0])

    @property
    def dimension(self) -> int:
        """Dimension of the polyhedron; -1 if it is empty."""
        if not len(self.generators):
            return -1
        return int(self.equations.shape[1] - 1 - len(self.equations))

    @cached_property
    def incidence(self) -> NDArray[np.bool_]:
        """Which generators lie on which facets, shape (k, n)."""
        return product_signs(self.facets, self.generators) == 0


def from_generators(generators: ObjectArray, lineality: ObjectArray) -> DoubleDescription:
    """Describe the polyhedron spanned by points, rays and lines.

    The cone over it is first brought to a pointed, full-dimensional one by exact linear algebra,
    so that flat input, lines and high ambient dimensions cost nothing extra.
    """
    width = generators.shape[1]
    if not len(generators):
        empty = integer_rows([], width)
        return DoubleDescription(empty, empty, empty, identity(width))
    lines, line_pivots = echelon(lineality)
    generators = _distinct(reduce_modulo(generators, lines, line_pivots))
    equations, _ = echelon(kernel(np.concatenate([generators, lines])))
    _, span_pivots = echelon(generators)
    small = generators[:, span_pivots]
    small_facets, incidence = hulls.facets(small)
    wide = np.full((len(small_facets), width), 0, dtype=object)
    wide[:, span_pivots] = small_facets
    at_infinity = np.array([not row[0] for row in generators.tolist()])
    hidden = at_infinity & incidence.all(axis=0)
    if hidden.any():  # a ray on which every facet vanishes has its opposite in the cone
        more = np.concatenate([lines, generators[hidden]])
        return from_generators(generators[~hidden], more)
    tight = np.concatenate([incidence, at_infinity[None, :]])
    extreme = generators[irredundant(tight.T)]
    return DoubleDescription(
        _sorted_generators(extreme),
        lines,
        _canonical_inequalities(_vanish_on(wide, lines, line_pivots), equations),
        equations,
    )


def from_inequalities(inequalities: ObjectArray, equations: ObjectArray) -> DoubleDescription:
    """Describe the polyhedron given by inequalities and equations."""
    width = inequalities.shape[1]
    rows, lines = hulls.generators(inequalities, equations)
    if not len(rows):
        return from_generators(rows, lines)
    lines, line_pivots = echelon(lines)
    generators = _distinct(reduce_modulo(rows, lines, line_pivots))
    equations, _ = echelon(kernel(np.concatenate([generators, lines])))
    candidates = _canonical_inequalities(inequalities, equations)
    touching = product_signs(candidates, generators) == 0
    points = np.array([bool(row[0]) for row in generators.tolist()])
    # An inequality that no point satisfies with equality bounds the polyhedron at infinity only.
    proper = (touching & points).any(axis=1) & ~touching.all(axis=1)
    facets, on_facet = candidates[proper], touching[proper]
    keep = irredundant(on_facet)
    tight = np.concatenate([on_facet, ~points[None, :]])
    extreme = generators[irredundant(tight.T)]
    return DoubleDescription(
        _sorted_generators(extreme), lines, facets[keep].reshape(-1, width), equations
    )


def _distinct(rows: ObjectArray) -> ObjectArray:
    unique = dict.fromkeys(tuple(row) for row in rows.tolist() if any(row))
    return integer_rows(list(unique), rows.shape[1])


def _vanish_on(facets: ObjectArray, lines: ObjectArray, pivots: Sequence[int]) -> ObjectArray:
    """Extend functionals from the quotient by the lines: choose pivot entries that kill them."""
    common = math.lcm(*(int(line[pivot]) for line, pivot in zip(lines, pivots, strict=True)))
    extended = facets * common
    heights = product(facets, lines)
    for index, pivot in enumerate(pivots):
        extended[:, pivot] = -heights[:, index] * (common // lines[index, pivot])
    return extended


def _canonical_inequalities(rows: ObjectArray, equations: ObjectArray) -> ObjectArray:
    basis, pivots = echelon(equations)
    reduced = _distinct(reduce_modulo(rows, basis, pivots))
    return integer_rows(sorted(tuple(row) for row in reduced.tolist()), rows.shape[1])


def _sorted_generators(rows: ObjectArray) -> ObjectArray:
    def place(row: Sequence[int]) -> tuple[bool, list[Fraction]]:
        return row[0] == 0, [Fraction(entry, row[0] or 1) for entry in row]

    return integer_rows(sorted(rows.tolist(), key=place), rows.shape[1])
