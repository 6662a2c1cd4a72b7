"""What the summands of a Minkowski sum look like from far away: their edges and their rays.

A vertex of a sum is a choice of one vertex of every summand such that some linear function is
maximal in all of them at once.  So it is the directions of the edges at the vertices that count.
Here the edges of all summands are gathered, parallel ones (decided exactly) share one *line*, and
a *directed line* ``2 line`` or ``2 line + 1`` says which way one goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import integer_rounding
from polytropic.arithmetic.linalg import integer_rows, primitive
from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray, ObjectArray
from polytropic.geometry.faces.listing import edges
from polytropic.geometry.minkowski.quotient import Quotient
from polytropic.geometry.polytope import Polytope

__all__ = ["Directions", "Star", "Stars", "stars"]

_UNIT = 2.0**-53
_SMALL_BITS = 30
# Only finds candidates for parallel edges, and integers decide.  It loses none: each key is a
# product of two dot products of unit vectors that are right to about d 2^-52, so parallel edges
# have keys that differ by some 10^-13.
_NEAR = 1e-9
_FLAT = 1e-24  # least share of the largest variance that is stretched to one


@dataclass(frozen=True, eq=False)
class Directions:
    """Lines of all edges and rays of the summands, in coordinates of the sum's linear span.

    Attributes
    ----------
    values : array, shape (L, d)
        One vector per line.
    radii : array, shape (L,)
        Error bounds for all entries of a row.
    balanced : array, shape (L, d)
        Rows ``values @ balance``, of length one: only for proposals.
    balance : array, shape (d, d)
    small : int64 array, shape (L, d) or (0, d)
        The same vectors, up to positive factors, if all are small integers.
    """

    values: FloatArray
    radii: FloatArray
    balanced: FloatArray
    balance: FloatArray
    small: IntArray
    _points: list[ExactArray] = field(repr=False)
    _source: IntArray = field(repr=False)  # per line: whose points, first end, second end

    @property
    def dimension(self) -> int:
        """Dimension d of the span."""
        return self.values.shape[1]

    def integers(self, directed: Sequence[int]) -> ObjectArray:
        """Exact primitive vectors of directed lines."""
        rows = []
        for index in directed:
            owner, a, b = self._source[index >> 1]
            sign = -1 if index & 1 else 1
            ends = self._points[owner].numerators[[a, b]].tolist()
            rows.append(primitive([sign * (y - x) for x, y in zip(*ends, strict=True)]))
        return integer_rows(rows, self.dimension)


@dataclass(frozen=True, eq=False)
class Star:
    """The edges at the vertices of one summand, as a table with one row per vertex.

    Attributes
    ----------
    points : array, shape (n, d)
        The vertices, rounded.
    starts : int64 array, shape (n + 1,)
    lines : int32 array
        Directed lines of the edges at vertex v: ``lines[starts[v] : starts[v + 1]]``.
    ends : int64 array
        Where these edges lead.
    """

    points: FloatArray
    starts: IntArray
    lines: NDArray[np.int32]
    ends: IntArray

    def __len__(self) -> int:
        return len(self.points)


@dataclass(frozen=True, eq=False)
class Stars:
    """All summands of a sum, over the same lines.

    Attributes
    ----------
    summands : list of Star
    directions : Directions
    rays : int32 array
        Directed lines of the rays of all summands.
    """

    summands: list[Star]
    directions: Directions
    rays: NDArray[np.int32]


# -- edges -----------------------------------------------------------------------------------------
def stars(parts: Quotient) -> Stars:
    """Edges of all summands, with their directions."""
    columns = parts.columns
    points = [part.vertices_exact[:, columns] for part in parts.summands]
    pairs = [_edge_pairs(part) for part in parts.summands]
    origin = ExactArray.zeros(1, len(columns))
    for part in parts.summands:
        if part.n_rays:
            points.append(ExactArray.concatenate([origin, part.rays_exact[:, columns]]))
            tips = np.arange(1, part.n_rays + 1)
            pairs.append(np.column_stack([np.zeros_like(tips), tips]))
    directions, directed = _lines(points, pairs)
    count = len(parts.summands)
    summands = [_star(*args) for args in zip(points[:count], pairs, directed, strict=False)]
    return Stars(summands, directions, np.concatenate([*directed[count:], directed[0][:0]]))


def _star(points: ExactArray, pairs: IntArray, directed: NDArray[np.int32]) -> Star:
    tails = np.concatenate([pairs[:, 0], pairs[:, 1]])
    heads = np.concatenate([pairs[:, 1], pairs[:, 0]])
    lines = np.concatenate([directed, directed ^ 1])
    order = np.argsort(tails, kind="stable")
    starts = np.searchsorted(tails[order], np.arange(len(points) + 1))
    with np.errstate(over="ignore"):
        floats = np.nan_to_num(points.to_float())
    return Star(floats, starts.astype(np.int64), lines[order], heads[order])


def _edge_pairs(polytope: Polytope) -> IntArray:
    """Pairs of vertices that span an edge."""
    n = polytope.n_vertices
    if polytope.is_bounded and n == polytope.dimension + 1:
        return np.column_stack(np.triu_indices(n, 1)).astype(np.int64)
    return edges(polytope)


# -- parallel edges --------------------------------------------------------------------------------
def _lines(
    points: list[ExactArray], pairs: list[IntArray]
) -> tuple[Directions, list[NDArray[np.int32]]]:
    """Directions with parallel ones merged, and the directed line of every pair."""
    d = points[0].shape[1]
    rounded = [_differences(*both) for both in zip(points, pairs, strict=True)]
    values = np.concatenate([value for value, _ in rounded])
    radii = np.concatenate([radius for _, radius in rounded])
    owners = np.repeat(np.arange(len(pairs)), [len(ends) for ends in pairs])
    source = np.column_stack([owners, np.concatenate(pairs)])
    none = np.zeros((0, d), dtype=np.int64)
    loose = Directions(values, radii, values, np.eye(d), none, points, source)
    line_of, sign_of, chosen = _merged(loose)
    values, radii, small = _scaled(values[chosen], radii[chosen])
    balance = _balance(values)
    balanced = values @ balance
    balanced /= np.linalg.norm(balanced, axis=1)[:, None]
    directions = Directions(values, radii, balanced, balance, small, points, source[chosen])
    directed = (2 * line_of + (sign_of < 0)).astype(np.int32)
    return directions, np.split(directed, np.cumsum([len(ends) for ends in pairs])[:-1])


def _differences(points: ExactArray, pairs: IntArray) -> tuple[FloatArray, FloatArray]:
    """Vectors along pairs, up to positive factors, with error bounds for the entries of a row."""
    floats = points.floats
    if floats is not None:
        a, b = floats[pairs[:, 0]], floats[pairs[:, 1]]
        with np.errstate(all="ignore"):
            gap = b - a
            largest = np.abs(gap).max(axis=1, initial=0.0)
            part = gap - b
            lost = (b - (gap - part)) - (a + part)  # what the subtraction rounded away
            if np.isfinite(lost).all() and (largest > 2.0**-900).all():
                return gap, np.where((lost == 0).all(axis=1), 0.0, 2 * _UNIT * largest)
    numerators = points.numerators
    gaps = numerators[pairs[:, 1]] - numerators[pairs[:, 0]]
    rows = integer_rows([primitive(row) for row in gaps.tolist()], points.shape[1])
    bits = [max(abs(entry) for entry in row).bit_length() for row in rows.tolist()]
    if max(bits, default=0) <= _SMALL_BITS:
        return rows.astype(np.float64), np.zeros(len(rows))
    bounded = integer_rounding(rows)
    return bounded.value, bounded.error.max(axis=1, initial=0.0)


def _merged(loose: Directions) -> tuple[IntArray, IntArray, IntArray]:
    """Line and sign of every vector, and the vector that stands for every line."""
    values = loose.values
    count, d = values.shape
    line_of, sign_of = np.arange(count), np.ones(count, dtype=np.int64)
    if count == 0:
        return line_of, sign_of, line_of
    unit = values / np.abs(values).max(axis=1)[:, None]
    unit /= np.linalg.norm(unit, axis=1)[:, None]
    # An even function, so that opposite vectors come together.
    probe = np.random.default_rng(0).standard_normal((d, 2))
    key = (unit @ probe).prod(axis=1)
    order = np.argsort(key, kind="stable")
    breaks = np.flatnonzero(np.diff(key[order]) > _NEAR * d) + 1
    bounds = np.concatenate([[0], breaks, [count]])
    for k in np.flatnonzero(np.diff(bounds) > 1).tolist():
        _merge(np.sort(order[bounds[k] : bounds[k + 1]]), loose, line_of, sign_of)
    chosen, line_of = np.unique(line_of, return_inverse=True)
    return line_of, sign_of, chosen


def _merge(group: IntArray, loose: Directions, line_of: IntArray, sign_of: IntArray) -> None:
    first: dict[tuple[int, ...], int] = {}
    rows = loose.integers((2 * group).tolist()).tolist()
    for index, row in zip(group.tolist(), rows, strict=True):
        vector = tuple(row)
        opposite = tuple([-entry for entry in row])
        if opposite in first:
            line_of[index], sign_of[index] = first[opposite], -1
        else:
            line_of[index] = first.setdefault(vector, index)


def _scaled(values: FloatArray, radii: FloatArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Scale rows by powers of two to about one; the same as small integers, if they are."""
    exponents = np.frexp(np.abs(values).max(axis=1, initial=0.0))[1]
    scaled = np.ldexp(values, -exponents[:, None])
    none = np.zeros((0, values.shape[1]), dtype=np.int64)
    whole = np.ldexp(scaled, _SMALL_BITS)
    if radii.any() or (whole != np.rint(whole)).any():
        return scaled, np.ldexp(radii, -exponents), none
    integers = whole.astype(np.int64)
    common = np.gcd.reduce(integers, axis=1) if integers.size else np.ones(len(values), np.int64)
    return scaled, np.ldexp(radii, -exponents), integers // common[:, None]


def _balance(values: FloatArray) -> FloatArray:
    """Linear map after which the directions spread about evenly: it makes proposals better."""
    d = values.shape[1]
    if len(values) == 0:
        return np.eye(d)
    unit = values / np.linalg.norm(values, axis=1)[:, None]
    variances, axes = np.linalg.eigh(unit.T @ unit)
    widths = np.sqrt(np.maximum(variances, _FLAT * variances[-1]))
    balance: FloatArray = axes / widths
    return balance
