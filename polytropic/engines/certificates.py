"""A proof that simplices proposed by a float engine are the boundary of a convex hull.

Whatever proposed the simplices, the following is verified of them; every sign comes from floats
with a proven error bound, or from integers where the bound leaves it open.

1. *Around a point.*  A fixed point o lies off every hyperplane; each simplex is oriented so that o
   is on its positive side.
2. *Cycle.*  The simplices match in pairs along ridges, with opposite orientations.
3. *Once.*  A line through o meets exactly two of the simplices, both in their interior.
4. *Convex.*  At every ridge, the neighbour's far corner is not on the negative side.
5. *Inside.*  No further point is on the negative side of any simplex.

By 1 and 2 the cones from o over the simplices cover the space, all directions off a set of
codimension two equally often; by 3 once.  So they form a complete fan, and the function that is one
on all simplices and linear on each cone is well defined.  By 4 it is convex across every wall of
the fan, hence convex: its level set {<= 1} is a convex polytope, whose boundary the simplices
triangulate face to face.  By 5 it holds all points.  Simplices of one facet are those joined
through ridges at which 4 holds with equality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.minors import roundings
from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.engines import boundary_reference
from polytropic.engines.boundary_reference import OPEN, TINY, edge_spread
from polytropic.engines.slices import UNIT, Slice

__all__ = ["Certificate", "certify"]

_BLOCK = 1 << 16  # entries of one block of the products of facets and points: fits the cache
_COMPILED = 256  # from this many points on the compiled loops are worth loading


@dataclass(frozen=True, eq=False)
class Certificate:
    """A proven boundary.

    Attributes
    ----------
    simplices : int array, shape (F, d)
    corners : int array
        All points that are corners of simplices, sorted.
    inside : float array, shape (d,)
        The point o, in the coordinates of the slice.
    flat : int array, shape (k, 2)
        Pairs of neighbouring simplices in one hyperplane.
    touching : int array, shape (t, 2)
        (simplex, point) for points that are no corners, on the hyperplane of a simplex.
    undecided : int
        Number of signs that floats left open.
    """

    simplices: IntArray
    corners: IntArray
    inside: FloatArray
    flat: IntArray
    touching: IntArray
    undecided: int


class _Planes(NamedTuple):
    """What `boundary_reference.planes` returns."""

    normal: FloatArray  # (F, d)
    size: FloatArray  # (F,)
    relative: FloatArray  # (F,)
    integer_size: FloatArray  # (F,)


@np.errstate(all="ignore")  # what overflows decides nothing
def certify(
    simplices: IntArray, neighbours: IntArray, points: Slice, max_open: int | None = None
) -> Certificate | None:
    """Prove that simplices bound the convex hull of points, or return None.

    Parameters
    ----------
    simplices : int array, shape (F, d)
        Corners; d >= 2.
    neighbours : int array, shape (F, d)
        Neighbour i shares all corners but corner i.
    points : Slice
    max_open : int, optional
        Give up if floats leave more than so many signs of ridges open.

    Returns
    -------
    Certificate or None

    Notes
    -----
    O(F d 2^d) floating point operations for steps 1 to 4; step 5 costs O(F d) for each point that
    is no corner and not near the middle.
    """
    loops = _loops(len(points.points))
    far = loops.matched(simplices, neighbours)
    if len(far) != len(simplices) or not len(far):
        return None
    is_corner = np.zeros(len(points.points), dtype=bool)
    is_corner[simplices] = True
    found = _lone_middle(simplices, points, points.points[is_corner], loops)
    if found is None:
        return None
    whole = points.unscaled if points.is_integral else np.zeros((0, 0))
    planes = _Planes(
        *loops.planes(points.points, points.errors, simplices, whole, roundings(points.dimension))
    )
    sides, corners = loops.facing(
        points.points, points.errors, simplices, neighbours, far, found, *planes[:3], whole,
        planes.integer_size,
    )  # fmt: skip
    if max_open is not None and np.count_nonzero(corners == OPEN) > max_open:
        return None
    left_open = _decide(simplices, neighbours, far, found, sides, corners, points)
    if not sides.all():
        return None
    convex, flat = loops.folds(simplices, neighbours, far, sides, corners)
    if not convex:
        return None
    others = np.flatnonzero(~is_corner)
    touching, more = _touching(simplices, neighbours, planes, sides, points, found, others, loops)
    if touching is None:
        return None
    corners = np.flatnonzero(is_corner)
    return Certificate(simplices, corners, found, flat, touching, left_open + more)


def _loops(n_points: int) -> Any:
    """The compiled loops for large inputs; loading them takes longer than a small input does."""
    if n_points < _COMPILED:
        return boundary_reference
    from polytropic.engines import boundary_kernels

    return boundary_kernels


def _decide(
    simplices: IntArray, neighbours: IntArray, far: IntArray, inside: FloatArray,
    sides: NDArray[np.int8], corners: NDArray[np.int8], points: Slice,
) -> int:  # fmt: skip
    """Decide in integers, in place, what floats left open; return how much that was."""
    unsure = np.flatnonzero(sides == OPEN)
    sides[unsure] = points.orientations(simplices[unsure], inside)
    f, i = np.nonzero(corners == OPEN)
    ends = simplices[neighbours[f, i], far[f, i]]
    corners[f, i] = points.orientations(np.column_stack([simplices[f], ends]))
    return len(unsure) + len(f)


# -- a line that meets the boundary twice --------------------------------------------------------
def _lone_middle(
    simplices: IntArray, points: Slice, corners: FloatArray, loops: Any
) -> FloatArray | None:
    """A point among the corners such that a line through it meets two simplices, inside both."""
    for attempt in range(3):
        inside = _middle(corners, attempt)
        if not np.isfinite(inside).all():
            return None
        hits = loops.hits(points.points, points.errors, simplices, inside)
        if hits >= 0:
            return inside if hits == 2 else None
    return None


def _middle(corners: FloatArray, attempt: int) -> FloatArray:
    """A point inside, in general position by uneven (but always the same) weights."""
    weights = np.random.default_rng(attempt).uniform(0.5, 1.5, len(corners))
    return (weights @ corners) / weights.sum()


# -- points that are no corners ------------------------------------------------------------------
def _touching(
    simplices: IntArray,
    neighbours: IntArray,
    planes: _Planes,
    sides: NDArray[np.int8],
    points: Slice,
    inside: FloatArray,
    others: NDArray[np.intp],
    loops: Any,
) -> tuple[IntArray | None, int]:
    """(simplex, point) pairs with the point on the hyperplane; None if a point lies outside."""
    none = np.zeros((0, 2), dtype=np.int64)
    if not len(others):
        return none, 0
    base = simplices[:, 0]
    extent, reach = loops.extents(points.points, others, inside)
    level = points.points[base] - inside
    outward = planes.normal * -sides[:, None]
    levels = (outward * level).sum(axis=1)
    # error of  outward . (x - base)  at any of the points, relative to the level of the hyperplane
    far = reach + np.abs(level).sum(axis=1)
    d = points.dimension
    spread = d * (points.errors[others].max() + points.errors[base]) + 8 * UNIT * far
    error = planes.size * (far * (planes.relative + 8 * (d + 2) * UNIT) + 2 * spread) + TINY
    scaled = outward / levels[:, None]
    share = error / levels
    if (levels > 4 * error).all() and np.isfinite(scaled).all() and (share < 0.01).all():
        # A functional of true value v errs by (1 + |v|) share, up to terms of second order.
        slack = 8 * float(share.max()) + 2.0**-40
        limit = 1 - slack
        ball = (limit**2 / (scaled**2).sum(axis=1).max()) * (1 - 2.0**-40)
        box = extent * (limit / (np.abs(scaled) @ extent).max() * (1 - 2.0**-40))
        others = loops.near_boundary(
            points.points, others, inside, scaled, limit, ball, box, neighbours, slack
        )
    return _exactly_touching(simplices, planes, sides, points, others)


def _values(
    planes: _Planes, which: IntArray, base: IntArray, end: IntArray, points: Slice
) -> tuple[FloatArray, FloatArray]:
    """Values of hyperplanes at one point each, and their error bounds."""
    edges = points.points[end] - points.points[base]
    value = (planes.normal[which] * edges).sum(axis=1)
    lengths = np.abs(edges).sum(axis=1)
    spread = edge_spread(lengths, points.errors[end] + points.errors[base], points.dimension)
    error = planes.size[which] * ((lengths + spread) * planes.relative[which] + spread) + TINY
    return value, error


def _exactly_touching(
    simplices: IntArray,
    planes: _Planes,
    sides: NDArray[np.int8],
    points: Slice,
    others: NDArray[np.intp],
) -> tuple[IntArray | None, int]:
    found = []
    left_open = 0
    step = max(1, (16 * _BLOCK) // max(1, len(simplices)))
    for start in range(0, len(others), step):
        block = others[start : start + step]
        which = np.tile(np.arange(len(simplices)), len(block))
        corner = np.repeat(block, len(simplices))
        value, error = _values(planes, which, simplices[which, 0], corner, points)
        signs = np.sign(value).astype(np.int8)
        left = np.flatnonzero(~(np.abs(value) > error))
        signs[left] = points.orientations(np.column_stack([simplices[which[left]], corner[left]]))
        signs *= sides[which]
        if (signs < 0).any():
            return None, left_open
        level = signs == 0
        left_open += len(left)
        found.append(np.column_stack([which[level], corner[level]]))
    if not found:
        return np.zeros((0, 2), dtype=np.int64), left_open
    return np.concatenate(found), left_open
