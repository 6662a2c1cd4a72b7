"""In which regions points lie, exactly.

The regions whose closure holds a point x of the domain are those whose sign vector s agrees with
the signs of all units at x wherever these are not zero.  For if x lies in the closure, each unit is
a continuous function that has the sign s_i (or vanishes, if s_i = 0) on the region.  Conversely let
the signs agree.  Going up layer by layer, the value of a unit at x is that of the affine form which
it is on the region: for the first layer there is nothing to say, and if it holds for one layer then
each activation takes the same branch at x as on the region, or its unit is zero at x, where both
branches meet (a unit with s_i = 0 is an affine form that vanishes on the region, so everywhere on
the domain).  So x satisfies all inequalities of the closure, and the region is full-dimensional.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.bounded import UNDECIDED, Bounded, SignArray, round_ratios
from polytropic.arithmetic.dots import row_ratios
from polytropic.arithmetic.linalg import integer_rows
from polytropic.arithmetic.numbers import ExactArray, IntArray
from polytropic.geometry.arrangements.sign_vectors import SignVectors
from polytropic.networks.regions.stages import NetworkStages

__all__ = ["SignSearch", "signs_of_units"]

_BLOCK = 1 << 22  # values of units at a time
_CODE = "S"


def signs_of_units(stages: NetworkStages, points: ExactArray) -> SignArray:
    """Sign of every unit with an activation at points, shape (n, d) to (n, n_units); exact.

    Floats with a proven bound decide nearly all; points at which they leave a sign open are
    evaluated once more in integers.
    """
    count = len(stages)
    n_units = sum(stages.n_functions(k) for k in range(count))
    signs = np.zeros((len(points), n_units), dtype=np.int8)
    step = max(1, _BLOCK // max(1, n_units))
    for first in range(0, len(points), step):
        _fill(stages, points[first : first + step], signs[first : first + step])
    return signs


def _fill(stages: NetworkStages, points: ExactArray, signs: SignArray) -> None:
    heights, y = np.ones(len(points)), _rounded(points)
    for stage in range(len(stages)):
        z = stages.values(stage, y, heights)
        begin, n = stages.first_function(stage), stages.n_functions(stage)
        signs[:, begin : begin + n] = Bounded(z.value[:, :n], z.error[:, :n]).signs()
        y = stages.left(stage, z)
    open_rows = np.flatnonzero((signs == UNDECIDED).any(axis=1))
    if not len(open_rows):
        return
    numerators, denominators = row_ratios(points[open_rows])
    rows = [[t, *row] for t, row in zip(denominators, numerators.tolist(), strict=True)]
    exact_rows = integer_rows(rows, points.shape[1] + 1)
    for stage in range(len(stages)):
        begin, n = stages.first_function(stage), stages.n_functions(stage)
        values = stages.exact_values(stage, exact_rows).numerators[:, :n]
        above, below = (values > 0).astype(np.int8), (values < 0).astype(np.int8)
        signs[open_rows, begin : begin + n] = above - below


def _rounded(points: ExactArray) -> Bounded:
    if points.floats is not None:
        return Bounded(points.floats, np.zeros(points.shape))
    numerators, denominators = row_ratios(points)
    rounded = round_ratios(numerators.tolist(), denominators)
    return Bounded(*(part.reshape(points.shape) for part in rounded))


class SignSearch:
    """Finds the sign vectors that agree with given signs where those are not zero.

    Parameters
    ----------
    signs : SignVectors
        In any order.

    Notes
    -----
    Vectors are sorted once by keys of two bits per entry.  The vectors for one point share the
    entries before its first zero; each zero splits what is left into at most three ranges of the
    sorted keys, found by binary search for all points together.
    """

    def __init__(self, signs: SignVectors) -> None:
        self._width = signs.width
        step = max(1, _BLOCK // max(1, signs.width))
        keys = [self._keys(part.unpacked() + 1) for part in signs.blocks(step)]
        self._sorted = np.concatenate(keys) if keys else self._keys(np.zeros((0, signs.width)))
        self._order = np.arange(len(signs))
        if len(signs) > 1 and (self._sorted[1:] < self._sorted[:-1]).any():
            self._order = np.argsort(self._sorted, kind="stable")
            self._sorted = self._sorted[self._order]

    def _keys(self, codes: NDArray[np.generic]) -> NDArray[np.bytes_]:
        """Byte strings in the same order as rows of codes 0 to 3."""
        width = max(1, -(-self._width // 4))
        padded = np.zeros((len(codes), 4 * width), dtype=np.uint8)
        padded[:, : self._width] = codes
        packed = (
            padded[:, 0::4] << 6 | padded[:, 1::4] << 4 | padded[:, 2::4] << 2 | padded[:, 3::4]
        )
        return np.ascontiguousarray(packed).view(f"{_CODE}{width}").ravel()

    def matching(self, signs: SignArray) -> tuple[IntArray, IntArray]:
        """Pairs (row of `signs`, index of a vector that agrees with it), sorted."""
        rows: IntArray = np.arange(len(signs))
        after = _next_zeros(signs)
        codes = (signs + 1).astype(np.uint8)
        place: IntArray = after[:, 0]
        ends = []
        while len(rows):
            low, high = self._range(codes, place)
            done = (place == self._width) & (low < high)
            ends.append((rows[done], low[done], high[done]))
            further = np.repeat(np.flatnonzero((place < self._width) & (low < high)), 3)
            rows, codes, place = rows[further], codes[further], place[further]
            codes[np.arange(len(rows)), place] = np.arange(len(rows)) % 3
            place = after[rows, place + 1]
        if not ends:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        rows, low, high = (np.concatenate(part) for part in zip(*ends, strict=True))
        sizes = high - low
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        rows, found = np.repeat(rows, sizes), self._order[np.repeat(low, sizes) + within]
        order = np.lexsort((found, rows))
        return rows[order], found[order]

    def _range(
        self, codes: NDArray[np.uint8], place: IntArray
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Where the sorted vectors with these codes before a place begin and end."""
        later = np.arange(self._width)[None, :] >= place[:, None]
        low = np.searchsorted(self._sorted, self._keys(np.where(later, 0, codes)), side="left")
        high = np.searchsorted(self._sorted, self._keys(np.where(later, 3, codes)), side="right")
        return low, high


def _next_zeros(signs: SignArray) -> IntArray:
    """Place of the first zero at or after each place, or the width; shape (n, width + 1)."""
    width = signs.shape[1]
    places = np.full((len(signs), width + 1), width, dtype=np.int64)
    places[:, :width][signs == 0] = np.nonzero(signs == 0)[1]
    after: IntArray = np.minimum.accumulate(places[:, ::-1], axis=1)[:, ::-1]
    return after
