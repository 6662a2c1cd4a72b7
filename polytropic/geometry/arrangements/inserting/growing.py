"""The chambers of the hyperplanes that were inserted so far, and how one more splits them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytropic.arithmetic.numbers import FloatArray
from polytropic.geometry.arrangements.inserting import exact as insertion_exact
from polytropic.geometry.arrangements.inserting.exact import Vector
from polytropic.geometry.arrangements.inserting.integer_forms import Forms
from polytropic.geometry.arrangements.sign_vectors import Words, n_words

__all__ = ["Cells", "Growing", "no_cells"]


class Cells(NamedTuple):
    """Chambers as in `insertion.Chambers`; which points are proven."""

    bits: Words
    points: FloatArray
    sure: NDArray[np.bool_]
    exact: dict[int, Vector]

    def point(self, i: int) -> Vector:
        """A point of a chamber in integers."""
        return self.exact.get(i) or insertion_exact.integer_vector(self.points[i])


def no_cells(rows: int, width: int) -> Cells:
    """What an empty cone or section has."""
    return Cells(
        np.zeros((0, n_words(rows)), dtype=np.uint64), np.empty((0, width)), np.ones(0, bool), {}
    )


class Growing:
    """The chambers of the rows so far, in arrays with room for more."""

    def __init__(self, forms: Forms, width: int, walls: int, start: Vector) -> None:
        self.forms = forms
        self.bits = np.zeros((16, width), dtype=np.uint64)
        self.points = np.empty((16, forms.width))
        self.sure = np.ones(16, dtype=bool)
        self.doubts = np.empty((16, 2), dtype=np.int64)
        self.exact: dict[int, Vector] = {}
        self.count = 1
        self._put(0, (1 << walls) - 1, walls, start)

    def split(self, kernel: Callable[..., Any], j: int, column: int, section: Cells) -> None:
        """Insert row j, on which the earlier rows leave these chambers."""
        self._make_room(self.count + len(section.bits))
        self.count, cut, doubtful = kernel(
            self.bits, self.points, self.sure, self.count, self.forms.columns,
            self.forms.bounds, j, column, section.bits, section.points, section.sure, self.doubts,
        )  # fmt: skip
        assert cut == len(section.bits), "a chamber of the restriction is none of the arrangement"
        self.exact = {i: vector for i, vector in self.exact.items() if not self.sure[i]}
        rows = self.forms.vectors if doubtful else []
        for i, q in self.doubts[:doubtful].tolist():
            signs = int.from_bytes(self.bits[i].astype("<u8").tobytes(), "little")
            on_wall = insertion_exact.lifted(section.point(q), rows[j], column) if q >= 0 else None
            point = self.exact.get(i) or insertion_exact.integer_vector(self.points[i])
            parts = insertion_exact.split_exactly(rows, j, signs, point, on_wall)
            for (sign, vector), place in zip(parts, (i, self.count), strict=False):
                self._put(place, sign, j + 1, vector)
            self.count += len(parts) - 1

    def _put(self, place: int, signs: int, rows: int, vector: Vector) -> None:
        near, short = insertion_exact.rounded(self.forms.vectors[:rows], signs, vector)
        width = 64 * self.bits.shape[1]
        self.bits[place] = insertion_exact.as_words([signs], width)[0]
        self.points[place], self.sure[place] = near, short is None
        self.exact.pop(place, None)
        if short is not None:
            self.exact[place] = short

    def _make_room(self, count: int) -> None:
        if count <= len(self.bits):
            return
        room = max(count, len(self.bits) * 3 // 2)
        for name in ("bits", "points", "sure", "doubts"):
            old = getattr(self, name)
            new = np.zeros((room, *old.shape[1:]), dtype=old.dtype)
            new[: self.count] = old[: self.count]
            setattr(self, name, new)

    def cells(self) -> Cells:
        """What was found."""
        n = self.count
        return Cells(self.bits[:n].copy(), self.points[:n].copy(), self.sure[:n].copy(), self.exact)
