"""A point inside every chamber that a sweep lists, from the subset of forms it belongs to."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import NamedTuple

import flint
import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import Bounded
from polytropic.arithmetic.linalg import primitive
from polytropic.arithmetic.numbers import ExactArray, FloatArray, IntArray
from polytropic.geometry.arrangements.sign_vectors import Words, mask_words
from polytropic.geometry.arrangements.sweeping.flag import rounded_rows
from polytropic.geometry.arrangements.sweeping.sweep import Sweep

__all__ = ["InteriorPoints", "are_inside", "sweep_points"]

_UNIT = 2.0**-53
_TINY = 2.0**-1000
_ENTRIES = 1 << 22  # of the arrays in use at a time


class InteriorPoints(NamedTuple):
    """Rays of R^n inside cones.

    Attributes
    ----------
    floats : float64 array, shape (N, n)
        Each stands for the point that its bits encode, unless `integers` has a better one.
    integers : dict
        Integer vectors, for the cones in which no float64 point was found.
    """

    floats: FloatArray
    integers: dict[int, tuple[int, ...]]

    def exact_rays(self) -> ExactArray:
        """The rays as exact numbers, shape (N, n)."""
        if not self.integers:
            return ExactArray.of_floats(self.floats)
        rows = ExactArray.of_floats(self.floats).to_fractions().tolist()
        for index, ray in self.integers.items():
            rows[index] = [Fraction(entry) for entry in ray]
        numerators = np.empty(self.floats.shape, dtype=object)
        denominators = []
        for index, row in enumerate(rows):
            common = lcm(*(entry.denominator for entry in row))
            numerators[index] = [int(entry * common) for entry in row]
            denominators.append(common)
        return ExactArray.of_rows(numerators, denominators)

    def opposite(self) -> InteriorPoints:
        """Rays of the opposite cones."""
        integers = {i: tuple([-entry for entry in ray]) for i, ray in self.integers.items()}
        return InteriorPoints(-self.floats, integers)

    def part(self, start: int, stop: int) -> InteriorPoints:
        """The rays from one place up to another."""
        inside = {i - start: ray for i, ray in self.integers.items() if start <= i < stop}
        return InteriorPoints(self.floats[start:stop], inside)


def sweep_points(sweep: Sweep, bits: Words, subsets: list[tuple[int, IntArray]]) -> InteriorPoints:
    """Points inside the chambers of one block of `Sweep.blocks`.

    Parameters
    ----------
    sweep : Sweep
    bits : uint64 array, shape (N, W)
    subsets : list of (level, rows)

    Returns
    -------
    InteriorPoints
        In the coordinates of ``sweep.rows``; every point is proven to lie inside.

    Notes
    -----
    The forms of the subset are given small values of the right signs, the others keep those they
    have at the vertex: O(n^3 + m n) for each chamber.
    """
    rows = rounded_rows(sweep.rows)
    floats = np.empty((len(bits), sweep.n))
    integers: dict[int, tuple[int, ...]] = {}
    most = max(1, _ENTRIES // (sweep.n**2 + len(sweep.rows)))
    at = 0
    for level, members in subsets:
        for start in range(0, len(members), most):
            part = members[start : start + most]
            here = slice(at, at + len(part))
            with np.errstate(all="ignore"):
                floats[here] = _near_vertices(sweep, level, part, bits[here])
            inside = are_inside(floats[here], rows, bits[here])
            for k in np.flatnonzero(~inside).tolist():
                ray = _exact_point(sweep, level, part[k], bits[at + k])
                floats[at + k] = _as_floats(ray)
                if not _is_inside(floats[at + k], sweep.rows, bits[at + k]):
                    integers[at + k] = ray
            at += len(part)
    return InteriorPoints(floats, integers)


def are_inside(points: FloatArray, rows: Bounded, bits: Words) -> NDArray[np.bool_]:
    """Whether rows have the signs that `bits` say at points, surely: shape (N,).

    ``rows`` are known up to positive factors and the errors that come with them.
    """
    n = points.shape[1]
    scale = np.abs(points).max(axis=1, initial=0.0, keepdims=True)
    with np.errstate(all="ignore"):
        unit = np.ldexp(points, -np.frexp(scale)[1])
        # What became subnormal here is covered by the tiny term: entries of rows are at most one.
        values = unit @ rows.value.T
        weights = np.abs(rows.value) * ((2 * n + 2) * _UNIT) + 2 * rows.error
        bound = np.abs(unit) @ weights.T + _TINY
        sure = (np.abs(values) > bound).all(axis=1)
    return sure & (mask_words(values > 0) == bits).all(axis=1)


def _near_vertices(sweep: Sweep, level: int, members: IntArray, bits: Words) -> FloatArray:
    flag, n = sweep.flag, sweep.n
    forms = flag.forms.value
    size, depth = members.shape
    signs = np.empty((size, depth))
    for k in range(depth):
        word = bits[np.arange(size), members[:, k] >> 6] >> (members[:, k] & 63).astype(np.uint64)
        signs[:, k] = 2.0 * (word & np.uint64(1)).astype(float) - 1.0
    # Unknown coordinates of the flag; below the members' equations those that fix the rest.
    system = np.zeros((size, n, n))
    system[:, :depth] = forms[members]
    right = np.zeros((size, n, 2))
    right[:, :depth, 1] = signs
    for k in range(level + 1):
        system[:, depth + k, n - 1 - k] = 1.0
    right[:, depth + level, 0] = -1.0 if level else 1.0
    if level:
        right[:, depth, 1] = 1.0
    solved = _solve(system, right)
    vertex, inward = solved[:, :, 0], solved[:, :, 1]
    at_vertex, slope = vertex @ forms.T, inward @ forms.T
    at_vertex[np.arange(size)[:, None], members] = np.inf
    at_vertex[:, 0] = np.inf
    ratio = np.where(at_vertex * slope < 0, np.abs(at_vertex / slope), np.inf)
    reach = np.abs(vertex).max(axis=1) / np.abs(inward).max(axis=1)
    step = np.minimum(0.5 * ratio.min(axis=1), reach)
    return flag.from_flag(vertex + step[:, None] * inward)


def _solve(system: FloatArray, right: FloatArray) -> FloatArray:
    try:
        solved: FloatArray = np.asarray(np.linalg.solve(system, right), dtype=np.float64)
        return solved
    except np.linalg.LinAlgError:
        if len(system) == 1:
            return np.full_like(right, np.nan)
        half = len(system) // 2
        parts = [_solve(system[:half], right[:half]), _solve(system[half:], right[half:])]
        return np.concatenate(parts)


def _exact_point(sweep: Sweep, level: int, members: IntArray, bits: Words) -> tuple[int, ...]:
    """An integer vector inside one chamber."""
    n = sweep.n
    forms = [[int(x) for x in row] for row in sweep.flag.exact_forms().tolist()]
    signs = [
        1 if bits[i >> 6] >> np.uint64(i & 63) & np.uint64(1) else -1 for i in range(len(forms))
    ]
    chosen = members.tolist()
    depth = len(chosen)
    system = [forms[i] for i in chosen]
    system += [[int(k == n - 1 - q) for k in range(n)] for q in range(level + 1)]
    right = [[0, signs[i]] for i in chosen] + [[0, 0] for _ in range(level + 1)]
    right[depth + level][0] = -1 if level else 1
    if level:
        right[depth][1] = 1
    solved = flint.fmpq_mat(flint.fmpz_mat(system)).solve(flint.fmpq_mat(flint.fmpz_mat(right)))
    values = (flint.fmpq_mat(flint.fmpz_mat(forms)) * solved).tolist()
    step = Fraction(1)
    for i, (start, slope) in enumerate(values):
        if start and signs[i] * slope < 0:
            step = min(step, Fraction(int((-start / slope).p), 2 * int((-start / slope).q)))
    point = [Fraction(int(a.p), int(a.q)) + step * Fraction(int(b.p), int(b.q))
             for a, b in solved.tolist()]  # fmt: skip
    return primitive(sweep.flag.exactly_from_flag(point))


def _as_floats(ray: tuple[int, ...]) -> FloatArray:
    shift = max(abs(entry).bit_length() for entry in ray)
    return np.array([entry / (1 << shift) for entry in ray])


def _is_inside(point: FloatArray, rows: ExactArray, bits: Words) -> bool:
    values = (rows @ ExactArray.of_floats(point.reshape(-1, 1))).numerators[:, 0].tolist()
    positive = mask_words([value > 0 for value in values])
    return all(values) and bool((positive == bits).all())
