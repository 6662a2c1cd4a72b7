"""The choice of engine: facets of the cone over given rows.

This one question serves both directions.  Points ``(1, x)``, directions ``(0, x)``: the facets of
their cone are the facets of the polyhedron (and the face at infinity).  Inequalities ``(b, -a)``
together with ``(1, 0)``: the facets of their cone are the points and directions that generate the
polyhedron.

``auto`` tries the fast way first: Qhull on a slice of the cone, with a proof.  What cannot be
proven there is completed by gift wrapping, done by exact double description, or by cddlib in
rationals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.linalg import integer_rows, primitive
from polytropic.arithmetic.numbers import FloatArray, IntArray, ObjectArray
from polytropic.arithmetic.rows import Rows
from polytropic.arithmetic.signs import product_signs
from polytropic.arithmetic.sparse import csr_of_flags
from polytropic.engines import cdd, planar, qhull
from polytropic.engines.duality import facets_by_duality
from polytropic.engines.heights import positive_function
from polytropic.engines.slices import Slice, take_slice
from polytropic.engines.wrapping import wrapped_facets
from polytropic.errors import BudgetError, InputError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "ENGINES",
    "Attempt",
    "ConeFacets",
    "Report",
    "attempt",
    "check_engine",
    "cone_facets",
    "facets",
]

ENGINES = ("auto", "qhull", "dd", "cdd")

_SMALL = 12  # up to this many rows double description answers sooner than a proof takes
_QHULL_DIMENSION = 8
_WRAPPING_DIMENSION = 5
_FEW = 100  # rows up to which double description beats completing a wrong proposal
_PLAIN_DIMENSION = 3  # up to this dimension Qhull triangulates degenerate facets reliably
_MANY_OPEN = 2000  # open signs beyond which a proof from the other side is tried first
_SMALL_INTEGER = 256
_FEW_INTEGERS = 64  # rows up to which, from some dimension on, double description is quicker
_STEEP_DIMENSION = 5
_MANY = 1_000_000  # rays on the way beyond which a degenerate cone is worth a try with Qhull


@dataclass(frozen=True)
class Report:
    """Which way a conversion took, and why.

    Attributes
    ----------
    engine : str
        ``"qhull"``, ``"duality"``, ``"wrapping"``, ``"dd"``, ``"cdd"``, ``"planar"`` or ``"line"``.
    reason : str
    undecided : int
        Signs that floats left open and integers decided (``"qhull"`` only).
    """

    engine: str
    reason: str
    undecided: int = 0

    def __str__(self) -> str:
        signs = f"; {self.undecided} signs decided in integers" if self.undecided else ""
        return f"{self.engine}: {self.reason}{signs}"


@dataclass(frozen=True, eq=False)
class ConeFacets:
    """Facets of the cone over n rows.

    Attributes
    ----------
    make_members : callable
        Gives `members`.
    normals : Rows, length k
        Primitive functionals, non-negative on all rows.
    report : Report
    corners : int array, optional
        The extreme rows, sorted, where they are known.
    unit_normals : callable, optional
        Gives the normals divided by their largest entries but the first, correctly rounded, and
        which of them are certain.
    boundary : Boundary, optional
        What was proven, where Qhull proposed it.
    """

    make_members: Callable[[], csr_array]
    normals: Rows
    report: Report
    corners: IntArray | None = None
    unit_normals: Callable[[], tuple[FloatArray, NDArray[np.bool_]]] | None = None
    boundary: qhull.Boundary | None = None

    @cached_property
    def members(self) -> csr_array:
        """Rows on each facet, shape (k, n)."""
        return self.make_members()


def check_engine(engine: str) -> str:
    """Refuse the name of an engine that does not exist."""
    if engine not in ENGINES:
        raise InputError(f"there is no engine {engine!r}; choose one of {', '.join(ENGINES)}")
    return engine


@dataclass(frozen=True)
class Attempt:
    """What came of the fast way: the facets if they were proven, and what is left of it if not."""

    found: ConeFacets | None = None
    points: Slice | None = None
    proposal: qhull.Proposal | None = None


def attempt(rows: Rows, engine: str = "auto") -> Attempt:
    """Facets, if Qhull's proposal for the rows as they are can be proven.

    Success proves that the cone over the rows is pointed and full-dimensional.
    """
    if engine not in ("auto", "qhull") or not 3 <= rows.width <= _QHULL_DIMENSION + 1:
        return Attempt()
    if engine == "auto" and (len(rows) <= _SMALL or _looks_degenerate(rows)):
        return Attempt()
    points = _slice(rows)
    proposal = None if points is None else qhull.propose(points.points)
    if points is None or proposal is None:
        return Attempt()
    return Attempt(_by_qhull(points, proposal, _MANY_OPEN), points, proposal)


def cone_facets(rows: Rows, engine: str = "auto", tried: Attempt | None = None) -> ConeFacets:
    """Facets of the cone over rows that span the whole space.

    The cone may contain lines: then all facets vanish on some rows.

    Parameters
    ----------
    rows : Rows, length n >= 1, width D >= 1
        Their rank is D.
    engine : str
        One of `ENGINES`.
    tried : Attempt, optional
        What came of `attempt` with these rows, where it was made already.
    """
    if rows.width <= 2:
        return _known(rows, _in_the_plane(rows.integers()), Report("line", "two coordinates"))
    if engine == "cdd":
        return _known(rows, cdd.extreme_rays(rows.integers()), Report("cdd", "asked for"))
    if engine == "dd":
        return _by_double_description(rows, "asked for")
    degenerate = engine == "auto" and len(rows) > _SMALL and _looks_degenerate(rows)
    if degenerate:
        try:
            reason = "integers that are small, or few in a high dimension, are likely degenerate"
            return _by_double_description(rows, reason, max_rays=_MANY)
        except BudgetError:
            pass
    if degenerate:
        tried = attempt(rows, "qhull")
    elif tried is None:
        tried = attempt(rows, engine)
    if tried.found is not None:
        return tried.found
    if engine == "auto" and rows.width == 3 and (rows.first_signs() > 0).all():
        edges = planar.polygon_facets(rows.integers())
        return _known(rows, edges, Report("planar", "few points, or floats cannot tell them apart"))
    completed = _by_duality(tried) or _with_patience(tried) or _by_wrapping(rows, tried)
    if completed is not None:
        return completed
    return _by_double_description(rows, _why_not_qhull(rows))


def facets(rows: ObjectArray) -> tuple[ObjectArray, NDArray[np.bool_]]:
    """Facets of the polyhedron spanned by the generators of a full-dimensional cone.

    Parameters
    ----------
    rows : object array, shape (n, d + 1)
        Homogeneous integer generators, at least one of positive height; their rank is d + 1.

    Returns
    -------
    facets : object array, shape (k, d + 1)
        Primitive rows, non-negative on all generators; exact and complete.
    incidence : bool array, shape (k, n)
    """
    found = cone_facets(Rows(None, rows))
    incidence = found.members.toarray()
    points = np.array([row[0] > 0 for row in rows.tolist()], dtype=bool)
    proper = (incidence & points).any(axis=1)  # the others bound the polyhedron at infinity only
    return found.normals.integers()[proper], incidence[proper]


# -- the engines ---------------------------------------------------------------------------------
def _slice(rows: Rows) -> Slice | None:
    if (rows.first_signs() > 0).all():
        return take_slice(rows)
    height = positive_function(rows)
    return None if height is None else take_slice(rows, height)


def _by_qhull(
    points: Slice, proposal: qhull.Proposal, max_open: int | None = None
) -> ConeFacets | None:
    boundary = qhull.proven_boundary(points, proposal, max_open)
    if boundary is None:
        return None
    report = Report("qhull", "its proposal was proven", boundary.certificate.undecided)
    shape = (len(boundary.corners), points.dimension + 1)
    normals = Rows.later(shape, boundary)
    corners = boundary.certificate.corners if boundary.is_simplicial else None
    return ConeFacets(
        lambda: boundary.members, normals, report, corners, boundary.unit_rows, boundary
    )


def _by_duality(tried: Attempt) -> ConeFacets | None:
    """Prove the hyperplanes of Qhull's proposal from the other side."""
    if tried.points is None or tried.proposal is None:
        return None
    found = facets_by_duality(tried.points, tried.proposal)
    if found is None:
        return None
    report = Report("duality", "Qhull's hyperplanes were proven by the rays that they bound")
    members = csr_of_flags(found.incidence)
    return ConeFacets(lambda: members, Rows(None, found.normals), report, found.extreme)


def _with_patience(tried: Attempt) -> ConeFacets | None:
    """Prove the proposal whatever it takes in integers."""
    if tried.points is None or tried.proposal is None:
        return None
    return _by_qhull(tried.points, tried.proposal)


def _by_wrapping(rows: Rows, tried: Attempt) -> ConeFacets | None:
    """Complete what Qhull proposes when it cannot be proven as it stands."""
    if rows.width > _WRAPPING_DIMENSION + 1 or len(rows) <= _FEW or _looks_degenerate(rows):
        return None
    if tried.proposal is None or not (rows.first_signs() > 0).all():
        return None
    found = wrapped_facets(rows.integers(), tried.proposal.simplices, facets)
    if found is None:
        return None
    report = Report("wrapping", "Qhull's proposal was wrong and was completed")
    return ConeFacets(lambda: csr_of_flags(found[1]), Rows(None, found[0]), report)


def _looks_degenerate(rows: Rows) -> bool:
    """Whether the rows are few, or small, integers and Qhull's triangulations may well break."""
    if rows.width <= _PLAIN_DIMENSION + 1 or rows.width > _QHULL_DIMENSION + 1:
        return False
    floats = rows.floats
    if len(rows) <= _FEW_INTEGERS and rows.width > _STEEP_DIMENSION + 1:
        return floats is None or bool((floats == np.rint(floats)).all())
    if floats is None:
        entries = rows.integers().ravel().tolist()
        return all(-_SMALL_INTEGER <= entry <= _SMALL_INTEGER for entry in entries)
    return bool((np.abs(floats) <= _SMALL_INTEGER).all() and (floats == np.rint(floats)).all())


def _by_double_description(rows: Rows, reason: str, max_rays: int | None = None) -> ConeFacets:
    from polytropic.engines.double_description import extreme_rays

    found = extreme_rays(rows.integers(), max_rays=max_rays)
    return ConeFacets(found.members, Rows(None, found.integers), Report("dd", reason))


def _why_not_qhull(rows: Rows) -> str:
    if rows.width > _QHULL_DIMENSION + 1:
        return f"dimension {rows.width - 1} is too high for Qhull"
    if len(rows) <= _SMALL:
        return "so few rows are done at once"
    return "Qhull's proposal could not be proven"


def _known(rows: Rows, normals: ObjectArray, report: Report) -> ConeFacets:
    incidence = product_signs(normals, rows.integers()) == 0
    return ConeFacets(lambda: csr_of_flags(incidence), Rows(None, normals), report)


def _in_the_plane(rows: ObjectArray) -> ObjectArray:
    """Facets of a cone that spans R^1 or R^2, one generator after the other."""
    if rows.shape[1] == 1:
        signs = {(x > 0) - (x < 0) for x in rows[:, 0].tolist()} - {0}
        return integer_rows([[sign] for sign in signs] if len(signs) == 1 else [], 1)
    (p, q), *others = [(x, y) for x, y in rows.tolist() if x or y]
    # Normals of both sides of the cone, positive inside; at first the cone is one ray.
    left, right = (-q, p), (q, -p)
    flat = True
    for x, y in others:
        on_left, on_right = left[0] * x + left[1] * y, right[0] * x + right[1] * y
        if flat:
            if on_left > 0:
                right, flat = (y, -x), False
            elif on_left < 0:
                left, flat = (-y, x), False
            elif p * x + q * y < 0:
                return _beyond_a_line(rows, left)
        elif on_left < 0 and on_right < 0:
            return integer_rows([], 2)
        elif (on_left < 0 and on_right == 0) or (on_right < 0 and on_left == 0):
            return _beyond_a_line(rows, left if on_left == 0 else right)
        elif on_left < 0:
            left = (-y, x)
        elif on_right < 0:
            right = (y, -x)
    return integer_rows([primitive(left), primitive(right)], 2)


def _beyond_a_line(rows: ObjectArray, normal: tuple[int, int]) -> ObjectArray:
    """Facets of a cone in R^2 that contains the line on which a normal vanishes."""
    sides = {normal[0] * x + normal[1] * y for x, y in rows.tolist()}
    if min(sides) < 0 < max(sides):
        return integer_rows([], 2)
    sign = -1 if min(sides) < 0 else 1
    return integer_rows([primitive([sign * entry for entry in normal])], 2)
