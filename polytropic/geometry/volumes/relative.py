"""Volumes of polytopes and of their faces, measured by simplices of their own vertices.

A face F of dimension k has a *basis*, k + 1 of its vertices in general position, and a *ratio*, its
volume divided by that of the simplex on the basis.  The ratio is rational whatever the position of
F in space, it needs no coordinates on F, and volumes, areas, lattice volumes and centroids of flat
and full-dimensional polytopes follow from it.

The face is the union of the cones from its first vertex over its facets G that miss this vertex,
so volumes of faces follow from those of smaller faces, each of which is measured once.  How much
the cone over G weighs is

* in a simple polytope the slack of the vertex at the facet that cuts out G: for the vertices
  a_0, ..., a_k and the facets r_1, ..., r_k of a flag, the matrix r_i(a_j) is triangular, hence
  ``|det(a_0, ..., a_k)|`` is the product of the slacks r_i(a_(i-1)) divided by the determinant of
  the facets through the last vertex, which does not depend on their order;
* in general the determinant of the vertex and the basis of G, in coordinates of the span of F.

The recursion is that of Cohen and Hickey (1979), "Two algorithms for determining volumes of convex
polyhedra", J. ACM 26, with a memory for faces; see Büeler, Enge and Fukuda (2000), "Exact volume
computation for polytopes: a practical study".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import flint
import numpy as np

from polytropic.arithmetic.linalg import product
from polytropic.arithmetic.numbers import IntArray, ObjectArray
from polytropic.errors import BudgetError
from polytropic.geometry.descriptions import DoubleDescription
from polytropic.geometry.volumes.pulling import Face, FaceTree
from polytropic.geometry.volumes.simplices import determinants

__all__ = [
    "RelativeVolume",
    "fraction_of",
    "relative_volume",
    "relative_volumes_of_facets",
    "sum_by_halves",
]

_Sums = list[flint.fmpq]


@dataclass(frozen=True)
class RelativeVolume:
    """Volume of a face over that of a simplex of its vertices.

    Attributes
    ----------
    basis : tuple of int
        Vertices of the simplex.
    ratio : Fraction
        At least 1 if the simplex lies in the face, as it does.
    moment : tuple of Fraction
        Sum over the simplices of a triangulation of their relative volume times the sum of their
        corners; () unless asked for.
    """

    basis: tuple[int, ...]
    ratio: Fraction
    moment: tuple[Fraction, ...] = ()


def relative_volume(
    description: DoubleDescription, *, moments: bool = False, max_faces: int
) -> RelativeVolume:
    """Measure a non-empty bounded polytope.

    Raises
    ------
    BudgetError
        If more than `max_faces` faces had to be measured.
    """
    degrees = np.asarray(description.facet_members.sum(axis=0)).ravel()
    # Vertices on many facets first: their cones have fewer bases.
    order = np.argsort(-degrees, kind="stable").tolist()
    tree = FaceTree(description.facet_members, description.dimension, order)
    if tree.is_simplicial and not tree.is_simple and not moments:
        return _simplicial(description, tree, order)
    measure = _measure(description, tree, order, moments, max_faces)
    return measure.result(tree.everything, description.dimension)


def relative_volumes_of_facets(
    description: DoubleDescription, *, max_faces: int
) -> list[RelativeVolume]:
    """Measure all facets of a bounded polytope of dimension one or more, in their order."""
    order = list(range(description.n_vertices))
    tree = FaceTree(description.facet_members, description.dimension, order)
    if tree.is_simplicial:
        return [RelativeVolume(facet, Fraction(1)) for facet in tree.facets]
    measure = _measure(description, tree, order, False, max_faces)
    return [measure.result(facet, description.dimension - 1) for facet in tree.facets]


def _simplicial(description: DoubleDescription, tree: FaceTree, order: list[int]) -> RelativeVolume:
    rows = description.generators[:, _coordinates(description)]
    cones = [(0, *facet) for _, facet in tree.below(tree.everything, tree.dimension)]
    simplices: IntArray = np.array(order, dtype=np.int64)[np.array(cones, dtype=np.int64)]
    heights = description.generators[:, 0]
    sizes = [
        flint.fmpq(abs(size), height)
        for size, height in zip(
            determinants(rows, simplices).tolist(),
            heights[simplices].prod(axis=1).tolist(),
            strict=True,
        )
    ]
    return RelativeVolume(
        tuple(simplices[0].tolist()), fraction_of(sum_by_halves(sizes) / sizes[0])
    )


def _coordinates(description: DoubleDescription) -> list[int]:
    """Columns of homogeneous coordinates that are coordinates on the span of the polytope.

    Facets are reduced modulo the equations, so they have entries in these columns only.
    """
    fixed = {next(i for i, entry in enumerate(row) if entry) for row in description.equations}
    return [column for column in range(description.equations.shape[1]) if column not in fixed]


# -- the recursion -------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Part:
    """A measured face: sums in units of their own, in which the basis weighs `unit`."""

    basis: Face
    unit: flint.fmpq
    sums: _Sums


class _Measure:
    """Measures faces, each once.

    `sums` are the volume and, if wanted, the moments.
    """

    def __init__(
        self,
        description: DoubleDescription,
        tree: FaceTree,
        order: list[int],
        moments: bool,
        max_faces: int,
    ) -> None:
        self.tree, self.order, self.max_faces = tree, order, max_faces
        self.rows: ObjectArray = description.generators[order]
        self.known: dict[Face, _Part] = {}
        self.points: list[_Sums] = [
            [flint.fmpq(entry, row[0]) for entry in row[1:]] if moments else []
            for row in self.rows.tolist()
        ]

    def result(self, face: Face, dimension: int) -> RelativeVolume:
        part = self.part(face, dimension)
        ratio, *moment = (fraction_of(entry / part.unit) for entry in part.sums)
        return RelativeVolume(tuple(self.order[i] for i in part.basis), ratio, tuple(moment))

    def part(self, face: Face, dimension: int) -> _Part:
        found = self.known.get(face)
        if found is None:
            if len(self.known) >= self.max_faces:
                raise BudgetError(
                    f"more than max_faces={self.max_faces} faces have to be measured; "
                    "allow more if there is time and memory"
                )
            found = self.known[face] = self._measured(face, dimension)
        return found

    def _measured(self, face: Face, dimension: int) -> _Part:
        raise NotImplementedError

    def _cones(self, apex: int, factors: list[flint.fmpq], parts: list[_Part]) -> _Sums:
        """Sums over the cones; every simplex gets one corner more."""
        volumes = [factor * part.sums[0] for factor, part in zip(factors, parts, strict=True)]
        volume = sum_by_halves(volumes)
        moments = [
            volume * entry
            + sum_by_halves([f * part.sums[i] for f, part in zip(factors, parts, strict=True)])
            for i, entry in enumerate(self.points[apex], 1)
        ]
        return [volume, *moments]


class _SimpleMeasure(_Measure):
    """Of simple polytopes, by slacks."""

    def __init__(
        self,
        description: DoubleDescription,
        tree: FaceTree,
        order: list[int],
        moments: bool,
        max_faces: int,
    ) -> None:
        super().__init__(description, tree, order, moments, max_faces)
        self.normals = description.facets
        self.slacks: dict[int, list[int]] = {}
        self.leaves = _leaves(self.normals, self.rows, _coordinates(description), tree)

    def _measured(self, face: Face, dimension: int) -> _Part:
        apex = face[0]
        if dimension == 0:
            leaf = self.leaves[apex]
            return _Part(face, leaf, [leaf, *(leaf * entry for entry in self.points[apex])])
        below = self.tree.below(face, dimension)
        parts = [self.part(cut, dimension - 1) for _, cut in below]
        if apex not in self.slacks:
            column = product(self.normals, self.rows[apex : apex + 1])[:, 0]
            self.slacks[apex] = column.tolist()
        slacks, height = self.slacks[apex], self.rows[apex, 0]
        factors = [flint.fmpq(slacks[facet], height) for facet, _ in below]
        sums = self._cones(apex, factors, parts)
        return _Part((apex, *parts[0].basis), factors[0] * parts[0].unit, sums)


def _leaves(
    normals: ObjectArray, rows: ObjectArray, coordinates: list[int], tree: FaceTree
) -> list[flint.fmpq]:
    """For every vertex 1 / |c|, where the facets through it have the cross product c times it.

    Cross products are taken in coordinates of the span of the polytope.
    """
    leaves = [flint.fmpq(1)] * len(rows)
    used = [next(c for c in coordinates if row[c]) for row in rows.tolist()]
    for column in set(used):
        chosen = [vertex for vertex, c in enumerate(used) if c == column]
        others = [c for c in coordinates if c != column]
        minors = determinants(normals[:, others], [tree.through(vertex) for vertex in chosen])
        for vertex, minor in zip(chosen, minors.tolist(), strict=True):
            entry = abs(rows[vertex, column])
            leaves[vertex] = flint.fmpq(entry, rows[vertex, 0] * abs(minor))
    return leaves


class _GeneralMeasure(_Measure):
    """Of all polytopes, by determinants in coordinates of every face; units are one."""

    def _measured(self, face: Face, dimension: int) -> _Part:
        one = flint.fmpq(1)
        if len(face) == dimension + 1:
            corners = zip(*(self.points[vertex] for vertex in face), strict=True)
            return _Part(face, one, [one, *(sum_by_halves(list(column)) for column in corners)])
        apex = face[0]
        parts = [self.part(cut, dimension - 1) for _, cut in self.tree.below(face, dimension)]
        bases = [(apex, *part.basis) for part in parts]
        columns = _pivots(self.rows[list(bases[0])])
        sizes = determinants(self.rows[:, columns], bases).tolist()
        heights = [math.prod(self.rows[list(basis), 0].tolist()) for basis in bases]
        weights = [flint.fmpq(abs(s), h) for s, h in zip(sizes, heights, strict=True)]
        factors = [weight / weights[0] for weight in weights]
        return _Part(bases[0], one, self._cones(apex, factors, parts))


def _pivots(rows: ObjectArray) -> list[int]:
    """Columns in which the independent rows of a matrix have a determinant other than zero."""
    if rows.shape[0] == rows.shape[1]:
        return list(range(rows.shape[1]))
    reduced, _, _ = flint.fmpz_mat(rows.tolist()).rref()
    return [next(c for c, entry in enumerate(row) if entry) for row in reduced.tolist()]


def _measure(
    description: DoubleDescription,
    tree: FaceTree,
    order: list[int],
    moments: bool,
    max_faces: int,
) -> _Measure:
    kind = _SimpleMeasure if tree.is_simple else _GeneralMeasure
    return kind(description, tree, order, moments, max_faces)


def sum_by_halves(terms: list[flint.fmpq]) -> flint.fmpq:
    """Sum by halves: the long fractions are few."""
    while len(terms) > 1:
        odd = terms[-1:] if len(terms) % 2 else []
        terms = [a + b for a, b in zip(terms[0::2], terms[1::2], strict=False)] + odd
    return terms[0] if terms else flint.fmpq(0)


def fraction_of(value: flint.fmpq) -> Fraction:
    """Return the same number as a `Fraction`."""
    return Fraction(int(value.p), int(value.q))
