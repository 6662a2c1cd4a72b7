"""Double descriptions: a polyhedron with its generators, its facets and their incidences.

All rows are homogeneous: generators ``(t, x)``, inequalities r with ``r . (t, x) >= 0``.  The
result is canonical (minimal, primitive, reduced modulo lineality or equations, sorted), so equal
polyhedra have equal descriptions.

Both directions are one question about a cone: which are its facets, and which of the given rows are
extreme?  From generators the cone is that over the polyhedron.  From inequalities it is the dual
one, spanned by the inequalities and by ``(1, 0, ..., 0)``; its facets are the generators.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

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
from polytropic.arithmetic.numbers import (
    ExactArray,
    FloatArray,
    IntArray,
    ObjectArray,
    frozen,
    nearest,
)
from polytropic.arithmetic.rows import Rows
from polytropic.arithmetic.sparse import columns, csr_of_flags, sorted_lists
from polytropic.engines import hulls
from polytropic.geometry.incidence import extreme_members

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["DoubleDescription", "from_generators", "from_inequalities", "points_of"]


class DoubleDescription:
    """Canonical generators and inequalities of a polyhedron in R^d.

    The combinatorics is there from the start; exact coordinates are computed when asked for.

    Attributes
    ----------
    dimension : int
        Dimension of the polyhedron; -1 if it is empty.
    lineality : object array, shape (l, d + 1)
        Echelon basis of the lineality space.
    equations : object array, shape (m, d + 1)
        Echelon basis of the equations of the affine hull.
    n_vertices, n_rays, n_facets : int
    report : Report
        Which engine found it, and why that one.
    """

    def __init__(
        self,
        lineality: ObjectArray,
        equations: ObjectArray,
        generators: Callable[[], Rows],
        facets: Callable[[], Rows],
        members: Callable[[], csr_array],
        n_facets: int,
        at_infinity: NDArray[np.bool_],
        report: hulls.Report,
        unit_facets: Callable[[], tuple[FloatArray, NDArray[np.bool_]]] | None = None,
    ) -> None:
        self.lineality = frozen(lineality)
        self.equations = frozen(equations)
        self.n_rays = int(at_infinity.sum())
        self.n_vertices = len(at_infinity) - self.n_rays
        self.n_facets = n_facets
        self.report = report
        width = equations.shape[1]
        self.dimension = width - 1 - len(equations) if len(at_infinity) else -1
        self._unordered_generators = generators
        self._unordered_facets = facets
        self._unordered_members = members
        self._unordered_units = unit_facets
        self._at_infinity = at_infinity

    def __getstate__(self) -> dict[str, object]:
        kept = {k: v for k, v in self.__dict__.items() if not k.startswith("_unordered")}
        return {
            **kept,
            "_rows": self._rows,
            "_ordered": self._ordered,
            "_facet_rows": self._facet_rows,
            "_unordered_units": None,
        }

    def __setstate__(self, state: dict[str, object]) -> None:
        for value in state.values():
            if isinstance(value, np.ndarray):
                frozen(value)  # pickling forgets it
        self.__dict__.update(state)

    @cached_property
    def _rows(self) -> Rows:
        return self._unordered_generators()

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        """Canonical order of the generators: vertices lexicographically, then rays."""
        return _lexicographic(self._rows, self._at_infinity)

    @cached_property
    def _ordered(self) -> tuple[csr_array, NDArray[np.intp]]:
        """The table of members in canonical order, and that order of the facets."""
        table = columns(self._unordered_members(), self._order)
        table.sort_indices()
        order = sorted_lists(table)
        return table[order], order

    @property
    def facet_members(self) -> csr_array:
        """Which generators lie on which facets, as a sparse table of shape (k, n)."""
        return self._ordered[0]

    @cached_property
    def incidence(self) -> NDArray[np.bool_]:
        """Which generators lie on which facets, shape (k, n)."""
        return frozen(self.facet_members.toarray())

    @cached_property
    def generators(self) -> ObjectArray:
        """Vertices first (t > 0), then rays (t = 0); minimal, primitive; shape (n, d + 1)."""
        return frozen(self._rows.integers()[self._order])

    @cached_property
    def vertices(self) -> ExactArray:
        """Vertices, shape (n_vertices, d)."""
        order = self._order[: self.n_vertices]
        floats = self._rows.floats
        if floats is not None and (floats[order, 0] == 1).all():
            return ExactArray.of_floats(floats[order, 1:])
        return points_of(self.generators)

    @cached_property
    def vertex_floats(self) -> FloatArray:
        """Vertices, correctly rounded."""
        return frozen(self._rows.points()[self._order[: self.n_vertices]])

    @cached_property
    def _facet_rows(self) -> Rows:
        return self._unordered_facets().take(self._ordered[1])

    def _some_facets(self, index: NDArray[np.intp]) -> ObjectArray:
        """Exact rows of some facets, the others left alone while nobody has asked for all."""
        if "_facet_rows" in self.__dict__:
            return self._facet_rows.integers(index)
        return self._unordered_facets().integers(self._ordered[1][index])

    @property
    def facets(self) -> ObjectArray:
        """One primitive row per facet, shape (k, d + 1)."""
        return frozen(self._facet_rows.integers())

    @cached_property
    def unit_facets(self) -> FloatArray:
        """The rows of `facets`, each divided by its largest entry after the first and rounded."""
        width = self.equations.shape[1]
        values = np.full((self.n_facets, width), np.nan)
        left = np.arange(self.n_facets)
        if self._unordered_units is not None:
            values, sure = self._unordered_units()
            values, sure = values[self._ordered[1]], sure[self._ordered[1]]
            left = np.flatnonzero(~sure)
        if len(left):
            for index, row in zip(left, self._some_facets(left).tolist(), strict=True):
                largest = max(abs(entry) for entry in row[1:])
                values[index] = [nearest(entry, largest) for entry in row]
        return frozen(values)


def points_of(generators: ObjectArray) -> ExactArray:
    """Points among homogeneous generators, as rationals, shape (n, d)."""
    heights = generators[:, 0].tolist()
    is_point = np.array([bool(t) for t in heights], dtype=bool)
    return ExactArray.of_rows(generators[is_point, 1:], [t for t in heights if t])


def from_generators(
    generators: Rows, lineality: ObjectArray, engine: str = "auto"
) -> DoubleDescription:
    """Describe the polyhedron spanned by points, rays and lines.

    Parameters
    ----------
    generators : Rows, width d + 1
        First entries are positive (points) or zero (rays).
    lineality : object array, shape (l, d + 1)
    engine : str
    """
    if not len(generators):
        return _empty(generators.width)
    cone = _cone(generators, lineality, engine)
    at_infinity = cone.rows.first_signs()[cone.extreme] == 0
    proper = np.arange(cone.n_facets)
    if at_infinity.any() or len(at_infinity) == 1:
        # A facet without a point is the face at infinity.
        members = columns(cone.members(), cone.extreme)
        proper = np.flatnonzero(members @ (~at_infinity).astype(np.int64) > 0)
    all_proper = len(proper) == cone.n_facets
    return DoubleDescription(
        cone.lines,
        cone.equations,
        lambda: cone.rows.take(cone.extreme),
        lambda: cone.normals() if all_proper else cone.normals().take(proper),
        lambda: columns(cone.members() if all_proper else cone.members()[proper], cone.extreme),
        len(proper),
        at_infinity,
        cone.report,
        cone.unit_normals if all_proper else None,
    )


def from_inequalities(
    inequalities: Rows, equations: ObjectArray, engine: str = "auto"
) -> DoubleDescription:
    """Describe the polyhedron given by inequalities and equations."""
    width = inequalities.width
    far = len(inequalities)
    rows = Rows.concatenate([inequalities, Rows(np.eye(1, width))])
    cone = _cone(rows, equations, engine)
    # A generator of the polyhedron is a ray exactly if the coordinate t vanishes there.
    at_infinity = columns(cone.members(), [far]).toarray().ravel()
    if at_infinity.all():
        return _empty(width)
    members = columns(cone.members(), cone.extreme).T.tocsr()
    proper = np.flatnonzero(members @ (~at_infinity).astype(np.int64) > 0)
    return DoubleDescription(
        cone.equations,
        cone.lines,
        cone.normals,
        lambda: cone.rows.take(cone.extreme[proper]),
        lambda: members[proper],
        len(proper),
        at_infinity,
        cone.report,
    )


def _empty(width: int) -> DoubleDescription:
    none = integer_rows([], width)
    table = csr_of_flags(np.zeros((0, 0), dtype=bool))
    report = hulls.Report("line", "the polyhedron is empty")
    rows, nobody = Rows(None, none), np.zeros(0, dtype=bool)
    return DoubleDescription(
        none, identity(width), lambda: rows, lambda: rows, lambda: table, 0, nobody, report
    )


# -- the cone over rows --------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class _Cone:
    """The cone over rows plus a linear space: its facets and which rows are extreme.

    The rows are reduced modulo `lines`, the lineality space; `members` tells which of them lie on
    which facets; the normals are reduced modulo `equations`.
    """

    rows: Rows
    lines: ObjectArray
    equations: ObjectArray
    extreme: IntArray
    members: Callable[[], csr_array]
    n_facets: int
    normals: Callable[[], Rows]
    report: hulls.Report
    unit_normals: Callable[[], tuple[FloatArray, NDArray[np.bool_]]] | None = None


def _cone(rows: Rows, lineality: ObjectArray, engine: str) -> _Cone:
    tried = None
    if not len(lineality):
        tried = hulls.attempt(rows, engine)
        found = tried.found
        if found is not None:  # it is pointed and full-dimensional
            none = integer_rows([], rows.width)
            extreme = _extreme(found, rows.width)
            return _Cone(
                rows, none, none, extreme, lambda: found.members, len(found.normals),
                lambda: found.normals, found.report, found.unit_normals,
            )  # fmt: skip
    return _reduced_cone(rows, lineality, engine, tried)


def _reduced_cone(
    rows: Rows, lineality: ObjectArray, engine: str, tried: hulls.Attempt | None
) -> _Cone:
    """Bring the cone to a pointed, full-dimensional one by exact linear algebra."""
    width = rows.width
    lines, line_pivots = echelon(lineality)
    reduced = rows
    if len(lines):
        reduced = Rows(None, reduce_modulo(rows.integers(), lines, line_pivots))
    integers = reduced.integers()
    alive = (integers != 0).any(axis=1)
    span, span_pivots = echelon(integers)
    equations, equation_pivots = integer_rows([], width), list[int]()
    if len(span) + len(lines) < width:
        equations, equation_pivots = echelon(kernel(np.concatenate([span, lines])))
    if not alive.any():
        return _linear_space(reduced, lines, equations)
    full = len(span_pivots) == width
    small = reduced if full else Rows(None, integers[:, span_pivots])
    found = hulls.cone_facets(small, engine, tried if full else None)
    on_facets = np.bincount(found.members.indices, minlength=len(rows))
    hidden = alive & (on_facets == len(found.normals))
    if hidden.any():  # a row on which every facet vanishes has its opposite in the cone
        more = np.concatenate([lines, integers[hidden]])
        return _reduced_cone(rows, more, engine, None)

    def normals() -> Rows:
        if full:
            return found.normals
        wide = np.full((len(found.normals), width), 0, dtype=object)
        wide[:, span_pivots] = found.normals.integers()
        lifted = _vanish_on(wide, lines, line_pivots)
        return Rows(None, reduce_modulo(lifted, equations, equation_pivots))

    return _Cone(
        reduced, lines, equations, _extreme(found, len(span_pivots), alive),
        lambda: found.members, len(found.normals), normals, found.report,
        found.unit_normals if full else None,
    )  # fmt: skip


def _linear_space(rows: Rows, lines: ObjectArray, equations: ObjectArray) -> _Cone:
    """The cone over rows that vanish modulo the lines."""
    table = csr_of_flags(np.zeros((0, len(rows)), dtype=bool))
    nobody = np.zeros(0, dtype=np.int64)
    return _Cone(
        rows, lines, equations, nobody, lambda: table, 0,
        lambda: Rows(None, integer_rows([], rows.width)),
        hulls.Report("line", "the cone is a linear space"),
    )  # fmt: skip


def _extreme(
    found: hulls.ConeFacets, rank: int, alive: NDArray[np.bool_] | None = None
) -> IntArray:
    """Extreme rows, zero rows left out."""
    if found.corners is not None:
        return found.corners
    if alive is None or alive.all():
        return extreme_members(found.members, rank)
    index = np.flatnonzero(alive)
    return index[extreme_members(columns(found.members, index), rank)]


def _vanish_on(facets: ObjectArray, lines: ObjectArray, pivots: Sequence[int]) -> ObjectArray:
    """Extend functionals from the quotient by the lines: choose pivot entries that kill them."""
    if not len(lines):
        return facets
    common = math.lcm(*(int(line[pivot]) for line, pivot in zip(lines, pivots, strict=True)))
    extended = facets * common
    heights = product(facets, lines)
    for index, pivot in enumerate(pivots):
        extended[:, pivot] = -heights[:, index] * (common // lines[index, pivot])
    return extended


def _lexicographic(rows: Rows, at_infinity: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Order of generators: points by their coordinates, then rays by their primitive rows."""
    points, rays = np.flatnonzero(~at_infinity), np.flatnonzero(at_infinity)
    if len(rays):
        directions = rows.integers(rays).tolist()
        rays = rays[sorted(range(len(rays)), key=directions.__getitem__)]
    chosen = rows.take(points) if len(rays) else rows
    ranks = chosen.points().T
    if rows.floats is None or not (rows.floats[points, 0] == 1).all():
        ranks = np.array([_rank(chosen, column, ranks[column]) for column in range(len(ranks))])
    if len(ranks):
        points = points[np.lexsort(ranks[::-1])]
    return np.concatenate([points, rays])


def _rank(rows: Rows, column: int, rounded: FloatArray) -> FloatArray:
    """Ranks of the true values of one coordinate: of equal roundings only the exact ones tell."""
    order = np.argsort(rounded, kind="stable")
    steps = rounded[order[1:]] != rounded[order[:-1]]
    tied = np.zeros(len(order), dtype=bool)
    tied[1:] |= ~steps
    tied[:-1] |= ~steps
    ranks = np.empty(len(order))
    ranks[order] = np.concatenate([[0.0], np.cumsum(steps)])
    left = np.flatnonzero(tied[np.argsort(order)])
    exact = [Fraction(row[column + 1], row[0]) for row in rows.integers(left).tolist()]
    groups: dict[float, set[Fraction]] = {}
    for index, value in zip(left.tolist(), exact, strict=True):
        groups.setdefault(float(ranks[index]), set()).add(value)
    places = {g: {v: k for k, v in enumerate(sorted(group))} for g, group in groups.items()}
    for index, value in zip(left.tolist(), exact, strict=True):
        place = places[float(ranks[index])]
        ranks[index] += place[value] / len(place) if len(place) > 1 else 0.0
    return ranks
