"""The loops of `boundary_kernels` in NumPy: the readable version, and the one for small inputs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.minors import normals as minors_of
from polytropic.arithmetic.minors import roundings as roundings_of
from polytropic.arithmetic.numbers import FloatArray, IntArray
from polytropic.engines.slices import UNIT

__all__ = [
    "OPEN",
    "TINY",
    "edge_spread",
    "extents",
    "facing",
    "folds",
    "hits",
    "matched",
    "near_boundary",
    "planes",
]

OPEN = 2
"""The sign of what the error bound leaves undecided."""

TINY = 2.0**-900
"""Far above what underflow can do to one product of scaled coordinates."""

_EXACT = 2.0**52
_BLOCK = 1 << 16  # entries of one block of the products of facets and points: fits the cache

_Signs = NDArray[np.int8]


def edge_spread(lengths: FloatArray, end_errors: FloatArray, d: int) -> FloatArray:
    """Errors of edge vectors, in the 1-norm: of both ends, and of the subtraction."""
    return d * end_errors + 2 * UNIT * lengths


def matched(simplices: IntArray, neighbours: IntArray) -> IntArray:
    """Place, in the neighbour across each ridge, of the corner off the ridge.

    Shape (F, d), or (0, d) unless the neighbours match: the neighbour's neighbour is the simplex
    itself, once, and both share all corners but these two.
    """
    count, d = simplices.shape
    none = np.zeros((0, d), dtype=np.int64)
    if neighbours.min(initial=0) < 0 or neighbours.max(initial=-1) >= count:
        return none
    ordered = np.sort(simplices, axis=1)
    if (ordered[:, 1:] == ordered[:, :-1]).any():
        return none
    back = neighbours[neighbours] == np.arange(count)[:, None, None]
    if not (back.sum(axis=2) == 1).all():
        return none
    far = back.argmax(axis=2)
    for place in range(d):
        other = simplices[neighbours[:, place]]
        keep = np.arange(d) != far[:, place, None]
        mine = np.sort(np.delete(simplices, place, axis=1), axis=1)
        theirs = np.sort(other[keep].reshape(count, d - 1), axis=1)
        if not np.array_equal(mine, theirs) or (simplices[:, place] == other[~keep]).any():
            return none
    return far


def planes(
    points: FloatArray, errors: FloatArray, simplices: IntArray, whole: FloatArray, roundings: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Hyperplanes ``normal . (x - base)`` of simplices, the base being the first corner.

    Parameters
    ----------
    points, errors : arrays, shapes (n, d), (n,)
    simplices : int array, shape (F, d)
    whole : array, shape (n, d) or (0, 0)
        The same points up to powers of two, where they are integers.
    roundings : int
        On the way of one product to a normal.

    Returns
    -------
    normals : shape (F, d)
    size : shape (F,)
        Bound on the 1-norm of the true and of the computed normal.
    relative : shape (F,)
        For an edge ``e = x - base`` of 1-norm m, ``normal . e`` errs by at most
        ``size * ((m + spread of e) * relative + spread of e)``.
    integer_size : shape (F,)
        For integer points, the product of the 1-norms of the edges, each at least one: no number
        in the computation is larger.  Infinite otherwise.
    """
    d = points.shape[1]
    corners = points[simplices]
    edges = np.ascontiguousarray((corners[:, 1:] - corners[:, :1]).transpose(1, 2, 0))
    lengths = np.abs(edges).sum(axis=1)
    ends = errors[simplices[:, 1:].T] + errors[simplices[:, 0]]
    spread = edge_spread(lengths, ends, d)
    longest = lengths + spread
    size = np.prod(longest, axis=0) * (1 + 16 * d * UNIT) + TINY
    shares = np.where(longest > 0, spread / longest, 0.0).sum(axis=0)
    relative = 2 * (shares + (roundings + d + 2) * UNIT)
    integer_size = np.full(len(simplices), np.inf)
    if len(whole):
        reach = np.abs(whole[simplices[:, 1:]] - whole[simplices[:, :1]]).sum(axis=2)
        integer_size = np.maximum(reach, 1.0).prod(axis=1)
    return np.ascontiguousarray(minors_of(edges).T), size, relative, integer_size


def facing(
    points: FloatArray, errors: FloatArray, simplices: IntArray, neighbours: IntArray,
    far: IntArray, inside: FloatArray, normals: FloatArray, size: FloatArray, relative: FloatArray,
    whole: FloatArray, integer_size: FloatArray,
) -> tuple[_Signs, _Signs]:  # fmt: skip
    """Sides of the point inside, shape (F,), and of far corners, shape (F, d), once per ridge."""
    count, d = simplices.shape
    base = simplices[:, 0]
    sides = _signs(normals, size, relative, inside - points[base], errors[base], None)
    corners = np.zeros((count, d), dtype=np.int8)
    f, i = np.nonzero(neighbours > np.arange(count)[:, None])
    corner = simplices[neighbours[f, i], far[f, i]]
    edges, ends = points[corner] - points[base[f]], errors[corner] + errors[base[f]]
    exact = None
    if len(whole):
        reach = np.abs(whole[corner] - whole[base[f]]).sum(axis=1)
        exact = integer_size[f] * np.maximum(reach, 1.0) < _EXACT
    corners[f, i] = _signs(normals[f], size[f], relative[f], edges, ends, exact)
    return sides, corners


def _signs(
    normals: FloatArray, size: FloatArray, relative: FloatArray, edges: FloatArray,
    end_errors: FloatArray, exact: NDArray[np.bool_] | None,
) -> _Signs:  # fmt: skip
    value = (normals * edges).sum(axis=1)
    lengths = np.abs(edges).sum(axis=1)
    spread = edge_spread(lengths, end_errors, edges.shape[1])
    error = size * ((lengths + spread) * relative + spread) + TINY
    certain = np.abs(value) > error
    if exact is not None:
        certain |= exact
    return np.where(certain, np.sign(value), OPEN).astype(np.int8)


def folds(
    simplices: IntArray, neighbours: IntArray, far: IntArray, sides: _Signs, corners: _Signs
) -> tuple[bool, IntArray]:
    """Whether neighbours induce opposite orientations and are nowhere concave; the flat pairs."""
    count = len(simplices)
    none = np.zeros((0, 2), dtype=np.int64)
    rank = (simplices[:, :, None] > simplices[:, None, :]).sum(axis=2)
    parity = np.triu(simplices[:, :, None] > simplices[:, None, :], 1).sum(axis=(1, 2))
    orientation = sides[:, None].astype(np.int64) * (1 - 2 * ((parity[:, None] + rank) % 2))
    if (orientation + orientation[neighbours, far]).any():
        return False, none
    f, i = np.nonzero(neighbours > np.arange(count)[:, None])
    signs = corners[f, i] * sides[f]
    if (signs < 0).any():
        return False, none
    flat = signs == 0
    return True, np.column_stack([f[flat], neighbours[f[flat], i[flat]]])


def extents(points: FloatArray, chosen: IntArray, inside: FloatArray) -> tuple[FloatArray, float]:
    """Largest absolute coordinates, and largest 1-norm, of chosen points seen from inside."""
    moved = np.abs(points[chosen] - inside)
    return moved.max(axis=0), float(moved.sum(axis=1).max())


def near_boundary(
    points: FloatArray, chosen: IntArray, inside: FloatArray, scaled: FloatArray, limit: float,
    ball: float, box: FloatArray, neighbours: IntArray, slack: float,
) -> IntArray:  # fmt: skip
    """Chosen points x at which some functional ``scaled . (x - inside)`` exceeds the limit.

    The compiled version walks to the largest functional along neighbours; this one tries all.
    Points in a ball (of that squared radius) or a box (of those half-widths) are known not to.
    """
    moved = points[chosen] - inside
    safe = ((moved**2).sum(axis=1) < ball) | (np.abs(moved) <= box).all(axis=1)
    chosen, moved = chosen[~safe], moved[~safe]
    near = np.zeros(len(chosen), dtype=bool)
    step = max(1, _BLOCK // len(scaled))
    for start in range(0, len(moved), step):
        block = slice(start, start + step)
        near[block] = ((scaled @ moved[block].T) > limit).any(axis=0)
    return chosen[near]


def hits(points: FloatArray, errors: FloatArray, simplices: IntArray, inside: FloatArray) -> int:
    """Number of simplices that the line through `inside` along the first axis meets.

    -1 if the line may pass through the boundary of a simplex.
    """
    d = points.shape[1]
    near = np.arange(len(simplices))
    for axis in range(1, d):
        # Simplices on one side of the line, seen along one axis, are out of the way.
        moved = points[simplices[near], axis] - inside[axis]
        slack = errors[simplices[near]] + 2 * UNIT * np.abs(moved)
        near = near[((moved - slack).min(axis=1) <= 0) & ((moved + slack).max(axis=1) >= 0)]
    corners = points[simplices[near], 1:] - inside[1:]
    slack = errors[simplices[near]] + 2 * UNIT * np.abs(corners).max(axis=2, initial=0.0)
    sides = np.empty((len(near), d), dtype=np.int8)
    for left_out in range(d):
        rows = np.delete(corners, left_out, axis=1).transpose(1, 2, 0)
        minors, bound = _determinants(rows, np.delete(slack, left_out, axis=1).T)
        sides[:, left_out] = np.where(np.abs(minors) > bound, np.sign(minors), 0)
    sides *= (-1) ** np.arange(d, dtype=np.int8)
    # The line meets the simplex inside exactly if the origin is a positive combination of its
    # projected corners; it stays clear of it if two coefficients have different signs.
    positive, negative = (sides > 0).sum(axis=1), (sides < 0).sum(axis=1)
    met = (positive == d) | (negative == d)
    clear = (positive > 0) & (negative > 0)
    return int(met.sum()) if (met | clear).all() else -1


def _determinants(rows: FloatArray, errors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Determinants of square matrices with rows [r, c, i] known up to errors [r, i]."""
    size = len(rows)
    lengths = np.abs(rows).sum(axis=1)
    whole = lengths + size * errors
    product = np.prod(whole, axis=0)
    shares = np.where(whole > 0, size * errors / whole, 0.0).sum(axis=0)
    planes = minors_of(np.ascontiguousarray(rows[:-1]))
    values = (planes * rows[-1]).sum(axis=0)
    steps = roundings_of(size) + size + 2
    return values, product * 2 * (shares + steps * UNIT) + TINY
