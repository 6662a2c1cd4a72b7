"""Facets of zonotopes: exact halfspaces, each with the generators that span it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows, kernel, primitive
from polytropic.arithmetic.numbers import ExactArray, FloatArray, ObjectArray, frozen, nearest
from polytropic.geometry.arrangements.counting.genericity import surely_generic
from polytropic.geometry.arrangements.counting.walk import Budget, Lattice, levels
from polytropic.geometry.arrangements.hyperplanes import Hyperplanes, distinct_hyperplanes
from polytropic.geometry.arrangements.sign_vectors import SignVectors, mask_words
from polytropic.geometry.polytope import Halfspaces, Polytope
from polytropic.geometry.zonotopes.spans import MAX_SUBSETS, spans, spans_of
from polytropic.geometry.zonotopes.subset_sums import SubsetSums
from polytropic.geometry.zonotopes.zonotope import Zonotope

__all__ = ["ZonotopeFacets", "facets"]

_MANY = 20_000  # subsets, beyond which degenerate generators have their flats listed first


@dataclass(frozen=True, eq=False, repr=False)
class ZonotopeFacets:
    """The facets of a zonotope, relative to its affine hull.

    Attributes
    ----------
    halfspaces : Halfspaces
        ``A x <= b``, one row for each facet; facet F-1-i is opposite to facet i.
    equations : Halfspaces
        ``A x = b`` of the affine hull.
    sign_vectors : SignVectors, F vectors of width m
        0 for the generators that are parallel to a facet, +1 for those that are added on it, -1
        for those that are not (and 0 for zero generators).
    """

    halfspaces: Halfspaces
    equations: Halfspaces
    sign_vectors: SignVectors

    @property
    def A(self) -> FloatArray:
        """Outward normals as float64, shape (F, d): primitive integer vectors, rounded."""
        return self.halfspaces.A

    @property
    def b(self) -> FloatArray:
        """Right-hand sides as float64, shape (F,)."""
        return self.halfspaces.b

    @property
    def exact_A(self) -> ExactArray:
        """Outward normals in integers, shape (F, d)."""
        return self.halfspaces.exact_A

    @property
    def exact_b(self) -> ExactArray:
        """Right-hand sides in integers, shape (F,)."""
        return self.halfspaces.exact_b

    def generators_of(self, facet: int) -> tuple[int, ...]:
        """Numbers of the non-zero generators parallel to a facet: the flat that it belongs to."""
        signs = np.asarray(self.sign_vectors[facet])
        return tuple(np.flatnonzero((signs == 0) & self._nonzero).tolist())

    @cached_property
    def _nonzero(self) -> NDArray[np.bool_]:
        signs = np.asarray(self.sign_vectors)
        return np.asarray((signs != 0).any(axis=0))

    @cached_property
    def unit_rows(self) -> tuple[FloatArray, FloatArray]:
        """The rows scaled to largest normal entries of 1 or -1, correctly rounded."""
        normals, bounds = self.exact_A.numerators.tolist(), self.exact_b.numerators.tolist()
        sizes = [max(abs(entry) for entry in row) for row in normals]
        A = [[nearest(x, size) for x in row] for row, size in zip(normals, sizes, strict=True)]
        b = [nearest(x, size) for x, size in zip(bounds, sizes, strict=True)]
        shape = self.exact_A.shape
        left = np.array(A, dtype=np.float64).reshape(shape)
        return frozen(left), frozen(np.array(b, dtype=np.float64))

    @cached_property
    def polytope(self) -> Polytope:
        """The same set, by its inequalities and equations."""
        sides = [(self.exact_A, self.exact_b), (self.equations.exact_A, self.equations.exact_b)]
        rows = [
            np.concatenate([b.numerators.reshape(-1, 1), -A.numerators], axis=1) for A, b in sides
        ]
        return Polytope._from_constraints(rows[0], rows[1])

    def __len__(self) -> int:
        return len(self.halfspaces)

    def __repr__(self) -> str:
        return f"ZonotopeFacets({len(self)} facets in dimension {self.exact_A.shape[1]})"


def facets(zonotope: Zonotope, *, max_subsets: int = MAX_SUBSETS) -> ZonotopeFacets:
    """Facets of a zonotope, exactly.

    Parameters
    ----------
    zonotope : Zonotope
    max_subsets : int
        Budget for the number of subsets of r - 1 distinct generators, r the dimension, or of flats
        of any rank if they are listed.

    Returns
    -------
    ZonotopeFacets

    Raises
    ------
    BudgetError
        In advance.

    Notes
    -----
    Facets come in opposite pairs, one for every hyperplane that generators span: C(m, r - 1) of
    them in general position.  Each hyperplane is found by its subsets (see `spans`) and kept once;
    when there are many subsets and they are not generic, flats are listed instead.

    Examples
    --------
    >>> hexagon = Zonotope([[1, 0], [0, 1], [1, 1]])
    >>> found = facets(hexagon)
    >>> len(found), found.exact_A.numerators.tolist()[0], found.sign_vectors[0].tolist()
    (6, [0, 1], [0, 1, 1])
    """
    rows = zonotope.generators_exact
    planes = distinct_hyperplanes(rows)
    normals, signs = _one_side(planes, max_subsets)
    width = zonotope.ambient_dimension
    wide = np.full((len(normals), width), 0, dtype=object)
    wide[:, planes.columns] = normals
    everything = _expanded(planes, signs)
    both = SignVectors.concatenate([everything, (-everything)[::-1]])
    halfspaces = _supporting(zonotope, np.concatenate([wide, -wide[::-1]]), both)
    return ZonotopeFacets(halfspaces, _equations(zonotope), both)


def _one_side(planes: Hyperplanes, max_subsets: int) -> tuple[ObjectArray, Any]:
    """A normal of every hyperplane spanned by distinct lines, and the signs of the lines."""
    size, rank = planes.rows.shape
    normals, signs = [np.empty((0, rank), dtype=object)], [np.zeros((0, size), dtype=np.int8)]
    if not rank:
        return normals[0], signs[0]
    if comb(size, rank - 1) > _MANY and not surely_generic(planes.rows):
        return _one_side_of_flats(planes, max_subsets)
    found: set[bytes] = set()
    for span in spans(planes.rows.numerators, max_subsets=max_subsets):
        zero = mask_words(span.signs == 0)
        proper = np.flatnonzero((span.signs != 0).any(axis=1))
        generic = ((span.signs == 0).sum(axis=1) == rank - 1)[proper]
        new = proper[generic]  # subsets of independent vectors with nothing else on their span
        step, raw = zero.shape[1] * 8, zero.tobytes()
        for index in proper[~generic].tolist():
            key = raw[index * step : (index + 1) * step]
            if key not in found:
                found.add(key)
                new = np.append(new, index)
        normals.append(span.normals(new))
        signs.append(span.signs[new])
    return np.concatenate(normals), np.concatenate(signs)


def _one_side_of_flats(planes: Hyperplanes, max_flats: int) -> tuple[ObjectArray, Any]:
    """The same from a list of flats, each with one basis: no hyperplane is met twice."""
    rank = planes.rows.shape[1]
    *_, level = levels(Lattice(planes.rows), rank - 1, Budget(max_flats=max_flats))
    found = list(spans_of(planes.rows.numerators, level.bases.astype(np.intp)))
    normals = [span.normals() for span in found]
    return np.concatenate(normals), np.concatenate([span.signs for span in found])


def _expanded(planes: Hyperplanes, signs: Any) -> SignVectors:
    kept = planes.member >= 0
    step = max(1, (1 << 24) // max(1, planes.n_rows))
    parts = []
    for start in range(0, max(len(signs), 1), step):
        block = signs[start : start + step]
        wide = np.zeros((len(block), planes.n_rows), dtype=np.int8)
        wide[:, kept] = block[:, planes.member[kept]] * planes.orientation[kept]
        parts.append(SignVectors(mask_words(wide > 0), mask_words(wide != 0), planes.n_rows))
    return SignVectors.concatenate(parts)


def _supporting(zonotope: Zonotope, normals: ObjectArray, signs: SignVectors) -> Halfspaces:
    """Halfspaces of outward normals, through the sums of the generators on the positive side."""
    sums = SubsetSums(zonotope.generators_exact, zonotope.base_exact).exact(signs.positive)
    heights = (normals * sums.numerators).sum(axis=1)
    above = normals * sums.denominator
    rows = [
        primitive([height, *row])
        for height, row in zip(heights.tolist(), above.tolist(), strict=True)
    ]
    table = integer_rows(rows, normals.shape[1] + 1)
    return Halfspaces(ExactArray(table[:, 1:].copy()), ExactArray(table[:, 0].copy()))


def _equations(zonotope: Zonotope) -> Halfspaces:
    width = zonotope.ambient_dimension
    rows = zonotope.generators_exact.numerators
    normals = kernel(rows) if len(rows) else np.eye(width, dtype=int).astype(object)
    base = zonotope.base_exact
    heights = (normals * base.numerators).sum(axis=1)
    table = integer_rows(
        [
            primitive([height, *[x * base.denominator for x in row]])
            for height, row in zip(heights.tolist(), normals.tolist(), strict=True)
        ],
        width + 1,
    )
    return Halfspaces(ExactArray(table[:, 1:].copy()), ExactArray(table[:, 0].copy()))
