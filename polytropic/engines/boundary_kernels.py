"""Compiled loops of `certificates`; `boundary_reference` says the same in NumPy.

All bounds are those of the reference; see there.  Signs are -1, 0, 1, or `OPEN` where the error
bound leaves a sign undecided.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

__all__ = ["extents", "facing", "folds", "hits", "matched", "near_boundary", "planes"]

OPEN = 2
_UNIT = 2.0**-53
_TINY = 2.0**-900
_EXACT = 2.0**52


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def matched(simplices: Any, neighbours: Any) -> Any:
    """Places of the far corners, or an empty array if the neighbours do not match."""
    count, d = simplices.shape
    far = np.empty((count, d), dtype=np.int64)
    none = np.empty((0, d), dtype=np.int64)
    for f in range(count):
        for i in range(d):
            for j in range(i):
                if simplices[f, i] == simplices[f, j]:
                    return none
            g = neighbours[f, i]
            if g < 0 or g >= count:
                return none
            place = -1
            for j in range(d):
                if neighbours[g, j] == f:
                    if place >= 0:
                        return none
                    place = j
            if place < 0 or simplices[g, place] == simplices[f, i]:
                return none
            for j in range(d):
                if j != i:
                    found = False
                    for k in range(d):
                        if k != place and simplices[g, k] == simplices[f, j]:
                            found = True
                    if not found:
                        return none
            far[f, i] = place
    return far


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def planes(points: Any, errors: Any, simplices: Any, whole: Any, roundings: int) -> Any:
    """Normals, their sizes and relative errors, and sizes of integer edges (see the reference)."""
    count, d = simplices.shape
    normals = np.empty((count, d))
    size = np.empty(count)
    relative = np.empty(count)
    integer_size = np.full(count, np.inf)
    everything = (1 << d) - 1
    minors = np.empty(everything + 1)
    edge = np.empty((d, d))
    bits = np.zeros(everything + 1, dtype=np.int64)
    for mask in range(1, everything + 1):
        bits[mask] = bits[mask >> 1] + (mask & 1)
    minors[0] = 1.0
    for f in range(count):
        base = simplices[f, 0]
        total, shares, integral = 1.0, 0.0, 1.0
        for r in range(d - 1):
            corner = simplices[f, r + 1]
            length, reach = 0.0, 0.0
            for c in range(d):
                edge[r, c] = points[corner, c] - points[base, c]
                length += abs(edge[r, c])
                if len(whole):
                    reach += abs(whole[corner, c] - whole[base, c])
            spread = d * (errors[corner] + errors[base]) + 2 * _UNIT * length
            total *= length + spread
            if length + spread > 0:
                shares += spread / (length + spread)
            integral *= max(reach, 1.0)
        size[f] = total * (1 + 16 * d * _UNIT) + _TINY
        relative[f] = 2 * (shares + (roundings + d + 2) * _UNIT)
        if len(whole):
            integer_size[f] = integral
        for mask in range(1, everything):
            level = bits[mask]
            value, sign = 0.0, 1.0
            for c in range(d - 1, -1, -1):
                if mask >> c & 1:
                    value += sign * edge[level - 1, c] * minors[mask ^ (1 << c)]
                    sign = -sign
            minors[mask] = value
        for c in range(d):
            minor = minors[everything ^ (1 << c)]
            normals[f, c] = minor if (d - 1 + c) % 2 == 0 else -minor
    return normals, size, relative, integer_size


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def facing(
    points: Any, errors: Any, simplices: Any, neighbours: Any, far: Any, inside: Any,
    normals: Any, size: Any, relative: Any, whole: Any, integer_size: Any,
) -> Any:  # fmt: skip
    """Side of the point inside, and of the far corner across each ridge (once per ridge)."""
    count, d = simplices.shape
    sides = np.empty(count, dtype=np.int8)
    corners = np.zeros((count, d), dtype=np.int8)
    for f in range(count):
        base = simplices[f, 0]
        value, length = 0.0, 0.0
        for c in range(d):
            step = inside[c] - points[base, c]
            value += normals[f, c] * step
            length += abs(step)
        spread = d * errors[base] + 2 * _UNIT * length
        error = size[f] * ((length + spread) * relative[f] + spread) + _TINY
        sides[f] = 1 if value > error else (-1 if value < -error else OPEN)
        for i in range(d):
            g = neighbours[f, i]
            if g < f:
                continue
            corner = simplices[g, far[f, i]]
            value, length, reach = 0.0, 0.0, 0.0
            for c in range(d):
                step = points[corner, c] - points[base, c]
                value += normals[f, c] * step
                length += abs(step)
                if len(whole):
                    reach += abs(whole[corner, c] - whole[base, c])
            spread = d * (errors[corner] + errors[base]) + 2 * _UNIT * length
            error = size[f] * ((length + spread) * relative[f] + spread) + _TINY
            if abs(value) > error or integer_size[f] * max(reach, 1.0) < _EXACT:
                corners[f, i] = 1 if value > 0 else (-1 if value < 0 else 0)
            else:
                corners[f, i] = OPEN
    return sides, corners


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def folds(simplices: Any, neighbours: Any, far: Any, sides: Any, corners: Any) -> Any:
    """Whether it is a convex cycle, and the flat pairs of neighbours."""
    count, d = simplices.shape
    flat = np.empty((count * d, 2), dtype=np.int64)
    n_flat = 0
    orientation = np.empty((count, d), dtype=np.int8)
    for f in range(count):
        parity = 0
        for i in range(d):
            for j in range(i + 1, d):
                parity += simplices[f, i] > simplices[f, j]
        for i in range(d):
            rank = 0
            for j in range(d):
                rank += simplices[f, j] < simplices[f, i]
            orientation[f, i] = sides[f] if (parity + rank) % 2 == 0 else -sides[f]
    for f in range(count):
        for i in range(d):
            g = neighbours[f, i]
            if orientation[f, i] + orientation[g, far[f, i]] != 0:
                return False, flat[:0]
            if g > f:
                sign = corners[f, i] * sides[f]
                if sign < 0:
                    return False, flat[:0]
                if sign == 0:
                    flat[n_flat, 0] = f
                    flat[n_flat, 1] = g
                    n_flat += 1
    return True, flat[:n_flat]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def extents(points: Any, chosen: Any, inside: Any) -> Any:
    """Largest absolute coordinates, and largest 1-norm, of chosen points seen from inside."""
    d = points.shape[1]
    largest = np.zeros(d)
    longest = 0.0
    for index in chosen:
        length = 0.0
        for c in range(d):
            step = abs(points[index, c] - inside[c])
            length += step
            largest[c] = max(largest[c], step)
        longest = max(longest, length)
    return largest, longest


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def near_boundary(
    points: Any, chosen: Any, inside: Any, scaled: Any, limit: float, ball: float, box: Any,
    neighbours: Any, slack: float,
) -> Any:  # fmt: skip
    """Chosen points at which some functional may exceed the limit.

    The functionals are the vertices of the polar polytope, neighbours joined by edges: one that is
    larger at x than all its neighbours (by more than the slack that covers all errors) is largest.
    The slack covers values of size one; the largest functional is positive anywhere, so a walk that
    ends far below zero was misled.
    """
    count, d = scaled.shape
    kept = np.empty(len(chosen), dtype=np.int64)
    n_kept = 0
    moved = np.empty(d)
    best = 0  # where the last walk ended, the next one starts
    for index in chosen:
        square, boxed = 0.0, True
        for c in range(d):
            moved[c] = points[index, c] - inside[c]
            square += moved[c] * moved[c]
            boxed = boxed and abs(moved[c]) <= box[c]
        if square < ball or boxed:
            continue
        level = _value(scaled, best, moved)
        while level <= limit:
            upward, strict = -1, True
            for i in range(neighbours.shape[1]):
                value = _value(scaled, neighbours[best, i], moved)
                if value >= level - slack:
                    strict = False
                if value > level:
                    upward, level = neighbours[best, i], value
            if upward < 0:
                break
            best = upward
        if level <= limit and not (strict and level > -0.5):
            for f in range(count):
                if _value(scaled, f, moved) > limit:
                    level = limit + 1
                    break
        if level > limit:
            kept[n_kept] = index
            n_kept += 1
    return kept[:n_kept]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _value(scaled: Any, f: int, moved: Any) -> float:
    value = 0.0
    for c in range(len(moved)):
        value += scaled[f, c] * moved[c]
    return value


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def hits(points: Any, errors: Any, simplices: Any, inside: Any) -> int:
    """Number of simplices that the line along the first axis meets; -1 if that is unsure."""
    count, d = simplices.shape
    size = d - 1
    everything = (1 << size) - 1
    minors = np.empty(everything + 1)
    minors[0] = 1.0
    bits = np.zeros(everything + 1, dtype=np.int64)
    for mask in range(1, everything + 1):
        bits[mask] = bits[mask >> 1] + (mask & 1)
    corners, slack = np.empty((d, size)), np.empty(d)
    steps = size * (size + 1) // 2 + size + 2
    met = 0
    for f in range(count):
        near = True
        for c in range(size):
            below, above = False, False
            for i in range(d):
                vertex = simplices[f, i]
                moved = points[vertex, c + 1] - inside[c + 1]
                spread = errors[vertex] + 2 * _UNIT * abs(moved)
                below = below or moved - spread <= 0
                above = above or moved + spread >= 0
                corners[i, c] = moved
            if not (below and above):
                near = False
                break
        if not near:
            continue
        for i in range(d):
            largest = 0.0
            for c in range(size):
                largest = max(largest, abs(corners[i, c]))
            slack[i] = errors[simplices[f, i]] + 2 * _UNIT * largest
        positive, negative = 0, 0
        for left_out in range(d):
            product, shares, row = 1.0, 0.0, 0
            for i in range(d):
                if i == left_out:
                    continue
                length = size * slack[i]
                for c in range(size):
                    length += abs(corners[i, c])
                product *= length
                if length > 0:
                    shares += size * slack[i] / length
            for mask in range(1, everything + 1):
                row = bits[mask] - 1
                if row >= left_out:
                    row += 1
                value, sign = 0.0, 1.0
                for c in range(size - 1, -1, -1):
                    if mask >> c & 1:
                        value += sign * corners[row, c] * minors[mask ^ (1 << c)]
                        sign = -sign
                minors[mask] = value
            value = minors[everything] if left_out % 2 == 0 else -minors[everything]
            bound = product * 2 * (shares + steps * _UNIT) + _TINY
            positive += value > bound
            negative += value < -bound
        if positive == d or negative == d:
            met += 1
        elif positive == 0 or negative == 0:
            return -1
    return met
